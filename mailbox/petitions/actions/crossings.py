"""What happens at a threshold: the crossing is written once and for good, and one case is opened for it.

A crossing is never erased. Where signatures are taken back or found invalid the day on which the petition fell below
stands beside it; what was earned stays earned, and reaching the number again earns nothing a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext

from engage.accounts.actors import SYSTEM
from engage.calendars.actions import keep_profile
from engage.calendars.profiles import CALENDAR, Profile, Target
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.journal.actions.sealing import hold
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import Submission
from mailbox.actions.register import NewCase, write_case
from mailbox.kinds import kind_of
from mailbox.models import Case, Intake
from mailbox.petitions.answering import rules
from mailbox.petitions.models import Crossing, Petition, PetitionCount, PetitionEvent, State, Threshold

log = logging.getLogger(__name__)

# Any number that nothing else takes: it lets one process count at a time.
LOCK = 7_203_114
# A petition that closed with the last signatures still to be counted has earned what they earn.
EARNING = (State.OPEN, State.CLOSED)
AT_ONCE = 1_000
KIND = "petition_answer"
TARGET, EVENT = "answer", "threshold_crossed"


def marks() -> list[rules.Mark]:
    """Return all thresholds as the rules take them."""
    return [
        rules.Mark(row.pk, row.kind, row.number, row.days, row.valid_from) for row in Threshold.objects.order_by("pk")
    ]


def judge(petitions: Sequence[int], now: datetime) -> int:
    """Write who crossed a threshold and who fell below one, among petitions whose counts moved; returns how many.

    Inside the transaction that moved the counts, under its lock.
    """
    found = 0
    for start in range(0, len(petitions), AT_ONCE):
        found += _judge(petitions[start : start + AT_ONCE], marks(), now)
    return found


def _judge(petitions: Sequence[int], known: list[rules.Mark], now: datetime) -> int:
    rows = PetitionCount.objects.filter(petition__in=petitions).select_related("petition__submission")
    crossed = {(one.petition_id, one.kind): one for one in Crossing.objects.filter(petition__in=petitions)}
    found = 0
    for row in rows:
        for kind in Threshold.Kind.values:
            before = crossed.get((row.petition_id, kind))
            if before is None:
                mark = _earned(row, kind, known)
                if mark is not None:
                    _cross(row.petition, row.total, mark, now)
                    found += 1
            elif row.total < before.number and before.fell_below_at is None:
                _fall_below(before, row.petition, now)
                found += 1
    return found


def _earned(row: PetitionCount, kind: str, known: list[rules.Mark]) -> rules.Mark | None:
    petition = row.petition
    if petition.opened_at is None or petition.state not in EARNING:
        return None
    mark = rules.mark_of(known, kind, timezone.localdate(petition.opened_at))
    return mark if mark is not None and row.total >= mark.number else None


def _cross(petition: Petition, total: int, mark: rules.Mark, now: datetime) -> None:
    due = rules.due_on(timezone.localdate(now), mark.days)
    crossing = Crossing.objects.create(
        petition=petition, kind=mark.kind, threshold_id=mark.key, number=mark.number, crossed_at=now, due_on=due
    )
    if mark.kind == Threshold.Kind.ANSWER:
        _await(petition, "answer_state", Petition.Answer.AWAITING)
    else:
        _await(petition, "debate_state", Petition.Debate.AWAITING)
    PetitionEvent.objects.create(
        petition=petition, at=now, code="crossed", params={"number": mark.number, "kind": mark.kind}
    )
    timeline.add(petition.submission, f"petition.crossed_{mark.kind}", at=now, number=mark.number)
    journal.record(
        SYSTEM, "petition.crossed", crossing, petition=petition.pk, kind=mark.kind, number=mark.number, total=total
    )


def _await(petition: Petition, column: str, state: str) -> None:
    """Say that something is owed, unless it was given before it was earned."""
    Petition.objects.filter(pk=petition.pk, **{column: "none"}).update(**{column: state})


def _fall_below(crossing: Crossing, petition: Petition, now: datetime) -> None:
    Crossing.objects.filter(pk=crossing.pk).update(fell_below_at=now)
    PetitionEvent.objects.create(
        petition=petition, at=now, code="fell_below", params={"number": crossing.number, "kind": crossing.kind}
    )
    journal.record(SYSTEM, "petition.fell_below", crossing, petition=petition.pk, number=crossing.number)


@transaction.atomic
def judge_all(now: datetime) -> int:
    """Look at all petitions that have enough signatures for something they did not earn yet; returns how many did.

    Thresholds are edited; a count that does not move any more is looked at here.
    """
    least = min((mark.number for mark in marks()), default=None)
    if least is None or not hold(LOCK):
        return 0
    both = Crossing.objects.filter(petition=OuterRef("petition"))
    rows = PetitionCount.objects.filter(total__gte=least, petition__state__in=EARNING)
    missing = rows.exclude(
        Exists(both.filter(kind=Threshold.Kind.ANSWER)), Exists(both.filter(kind=Threshold.Kind.DEBATE))
    )
    return judge(list(missing.order_by("pk").values_list("pk", flat=True)), now)


# --- the case ---------------------------------------------------------------------------------------------------------


def open_cases(now: datetime) -> int:
    """Open the cases of crossings that have none yet, each in its own transaction; returns how many.

    What stands in the way of one is logged and tried again; the others are opened.
    """
    opened = 0
    for key in list(Crossing.objects.filter(case=None).order_by("pk").values_list("pk", flat=True)):
        try:
            opened += _open_case(key, now)
        except Refused as refusal:
            log.error("no case for crossing %s: %s", key, refusal.code)
    return opened


@transaction.atomic
def _open_case(key: int, now: datetime) -> int:
    crossing = (
        Crossing.objects.select_for_update(of=("self",))
        .select_related("petition__submission", "petition__department", "threshold")
        .get(pk=key)
    )
    if crossing.case_id is not None:
        return 0
    petition = crossing.petition
    given = participation.Envelope(
        # The same crossing is the same case, whoever asks and however often.
        token=participation.token_of("petition-crossing", f"{petition.pk}:{crossing.kind}"),
        language=petition.language,
        received_at=crossing.crossed_at,
        channel="import:petition",
    )
    submission = participation.once(given, lambda: _write(crossing, given))
    crossing.case = Case.objects.get(pk=submission.pk)
    crossing.save(update_fields=["case"])
    journal.record(SYSTEM, "petition.case_opened", crossing, petition=petition.pk, case=submission.pk)
    return 1


def _write(crossing: Crossing, given: participation.Envelope) -> Submission:
    machine, petition = kind_of(KIND), crossing.petition
    intake = Intake.objects.select_related("department").filter(kind=KIND).first()
    unit = petition.department or (intake.department if intake else None)
    unit = unit or Department.objects.active().filter(depth=1).first()
    days = (crossing.due_on - timezone.localdate(crossing.crossed_at)).days
    submission = participation.open_submission(KIND, given, actor=SYSTEM, department_id=unit.pk if unit else None)
    write_case(
        submission,
        machine,
        intake=intake,
        triage=unit,
        new=NewCase(kind=KIND, text="", family=_clock(days), may_publish=True),
        title=petition.title,
        text=_words(crossing),
        actor=SYSTEM,
        # The zone in which the due day was written beside the petition.
        zone=settings.TIME_ZONE,
    )
    return submission


def _clock(days: int) -> str:
    """Return the family of clocks that gives so many days, which a threshold names and no law."""
    code = f"petition-answer-{days}"
    target = Target(TARGET, days, CALENDAR, counts_from=EVENT, from_receipt=False, extension_limit=None)
    keep_profile(
        Profile(
            code=code,
            family=code,
            kind="petition",
            calendar=settings.WORK_CALENDAR,
            valid_from=date(2005, 1, 1),
            targets=(target,),
            source="Threshold of signature petitions, set by the office",
        )
    )
    return code


def _words(crossing: Crossing) -> str:
    """Return the petition as the unit that answers reads it, in its own language."""
    petition = crossing.petition
    with translation.override(petition.language):
        earned = (
            gettext("The petition %(reference)s has %(number)s signatures and has earned a debate or hearing.")
            if crossing.kind == Threshold.Kind.DEBATE
            else gettext("The petition %(reference)s has %(number)s signatures and has earned an answer.")
        )
        first = earned % {"reference": petition.reference, "number": f"{crossing.number:,}"}
    parts: Iterable[str] = (petition.action, petition.background, petition.details, first)
    return "\n\n".join(part for part in parts if part)
