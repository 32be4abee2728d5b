"""Every read of the telephone desk: the studies, the number in hand, and the supervisor's wall."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.accounts.models import User
from surveys.dispositions import name_of
from surveys.models import QuotaSlot
from surveys.statistics.rates import DISPOSITIONS, outcome_rates, tally
from surveys.telephone import queue, rules
from surveys.telephone.models import (
    CallAppointment,
    CallAttempt,
    DoNotCall,
    SampleNumber,
    Seat,
    TelephoneStudy,
    number_index,
)
from surveys.telephone.planning import is_silenced
from surveys.telephone.rules.quality import RefusalFlag

# Somebody whose place was not heard of for so long has gone home.
SEEN = timedelta(hours=1)
INTERVIEWS = ("1.1", "1.2")
# So many of what is to be looked at stand on the wall.
LOOK_MOST = 20


@dataclass(frozen=True)
class InHand:
    """The number an interviewer holds: the calls before, what was agreed, and the zone of who is called."""

    number: SampleNumber
    attempts: list[tuple[CallAttempt, Any]]
    appointment: CallAppointment | None
    zone: ZoneInfo


@dataclass(frozen=True)
class Person:
    """One interviewer on the wall; `state` is calling, paused, waiting or away."""

    user: User
    state: str
    since: datetime | None
    calls: int
    interviews: int
    refusals: int
    flag: RefusalFlag | None


@dataclass(frozen=True)
class Wall:
    """All a supervisor sees at once. `codes` are (code, name, numbers); rates are shares of 1, by name."""

    people: list[Person]
    codes: list[tuple[str, Any, int]]
    rates: Mapping[str, float | None]
    quotas: list[tuple[str, int, int]]
    sample: int
    final: int
    late: list[CallAttempt]
    flagged: list[CallAttempt]


def studies(actor: Actor) -> list[TelephoneStudy]:
    """List the studies, the newest first."""
    return list(TelephoneStudy.objects.visible_to(actor).select_related("questionnaire"))


def in_hand(study: TelephoneStudy, interviewer: User, now: datetime) -> InHand | None:
    """Return what an interviewer needs to call the number in hand; None when there is none."""
    number = queue.in_hand(study, interviewer, now)
    return _hand(number) if number is not None else None


def called(study: TelephoneStudy, key: UUID) -> InHand | None:
    """Return the same of the number that a ticket was given for, whoever has it by now."""
    number = SampleNumber.objects.filter(study=study, key=key).first()
    return _hand(number) if number is not None else None


def _hand(number: SampleNumber) -> InHand:
    attempts = [(one, name_of(one.code)) for one in number.attempts.select_related("interviewer")]
    promise = number.appointments.filter(is_open=True).first()
    return InHand(number, attempts, promise, ZoneInfo(number.zone))


def own_promises(study: TelephoneStudy, interviewer: User, now: datetime) -> list[CallAppointment]:
    """List the call-backs of the day that an interviewer has promised, by their time; without the numbers."""
    promises = CallAppointment.objects.filter(number__study=study, interviewer=interviewer, is_open=True)
    return list(promises.filter(at__lt=now + timedelta(days=1)).select_related("number").order_by("at"))


def code_counts(study: TelephoneStudy) -> dict[str, int]:
    """Count the numbers of the sample by the code they have now; one query."""
    counts = SampleNumber.objects.filter(study=study).values_list("code").annotate(Count("pk")).order_by("code")
    return dict(counts)


def rates(study: TelephoneStudy) -> dict[str, float | None]:
    """Return the rates of the Standard Definitions for the sample as it stands (`surveys.statistics.rates`)."""
    rows = ((0, code, str(count)) for code, count in code_counts(study).items())
    return outcome_rates(tally(rows).counts)


def wall(study: TelephoneStudy, *, now: datetime) -> Wall:
    """Return who does what, what became of the sample, and what to look at. The caller has checked who asks."""
    codes = code_counts(study)
    slots = QuotaSlot.objects.filter(questionnaire=study.questionnaire_id).values("cell").order_by("cell")
    quotas = slots.annotate(taken=Count("pk", filter=Q(response__isnull=False)), places=Count("pk"))
    late = CallAttempt.objects.filter(number__study=study, is_late=True).select_related("number", "interviewer")
    interviews = CallAttempt.objects.filter(number__study=study, code__in=INTERVIEWS)
    flagged = interviews.exclude(response__flags=[]).select_related("number", "interviewer", "response")
    return Wall(
        people=_people(study, now),
        codes=[(code, name_of(code), count) for code, count in codes.items()],
        rates=rates(study),
        quotas=[(row["cell"], row["taken"], row["places"]) for row in quotas],
        sample=sum(codes.values()),
        final=sum(count for code, count in codes.items() if not DISPOSITIONS[code].interim),
        late=list(late.order_by("-ended_at")[:LOOK_MOST]),
        flagged=list(flagged.order_by("-ended_at")[:LOOK_MOST]),
    )


def _people(study: TelephoneStudy, now: datetime) -> list[Person]:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    calls = CallAttempt.objects.filter(number__study=study)
    refused, spoken = _codes_of("R"), _codes_of("I", "P", "R", "O")
    of_study = {
        row["interviewer"]: row
        for row in calls.values("interviewer").annotate(
            calls=Count("pk", filter=Q(ended_at__gte=today)),
            interviews=Count("pk", filter=Q(ended_at__gte=today, code__in=INTERVIEWS)),
            refusals=Count("pk", filter=Q(ended_at__gte=today, code__in=refused)),
            all_refusals=Count("pk", filter=Q(code__in=refused)),
            spoken=Count("pk", filter=Q(code__in=spoken)),
        )
    }
    contacts = {str(pk): (row["all_refusals"], row["spoken"]) for pk, row in of_study.items() if row["spoken"]}
    flags = {flag.interviewer: flag for flag in rules.refusal_flags(contacts)}
    held = set(queue.held_now(study, now).values_list("held_by", flat=True))
    people = []
    for seat in Seat.objects.filter(study=study).select_related("interviewer"):
        row: Mapping[str, Any] = of_study.get(seat.interviewer_id, {})
        state, since = _state(seat, held, now)
        people.append(
            Person(
                seat.interviewer,
                state,
                since,
                row.get("calls", 0),
                row.get("interviews", 0),
                row.get("refusals", 0),
                flags.get(str(seat.interviewer_id)),
            )
        )
    return people


def _codes_of(*groups: str) -> list[str]:
    """The codes that count as one of the groups; an interim one as it would if the field closed now."""
    return [code for code, one in DISPOSITIONS.items() if one.group in groups]


def _state(seat: Seat, held: Collection[int | None], now: datetime) -> tuple[str, datetime | None]:
    if seat.paused_at is not None:
        return "paused", seat.paused_at
    if seat.interviewer_id in held:
        return "calling", seat.seen_at
    return ("waiting", seat.seen_at) if seat.seen_at > now - SEEN else ("away", seat.seen_at)


def check_list(study: TelephoneStudy) -> list[CallAttempt]:
    """Return the interviews whose respondents are called again to check: a tenth of every interviewer's, rounded up."""
    made = CallAttempt.objects.filter(number__study=study, code__in=INTERVIEWS)
    found = {
        str(one.pk): one
        for one in made.select_related("number", "interviewer", "response").annotate(seconds=F("response__seconds"))
    }
    drawn = rules.recontact_draw({key: str(one.interviewer_id) for key, one in found.items()}, study.seed)
    return [found[key] for key in drawn]


def is_on_a_list(study: TelephoneStudy, number: str) -> bool:
    """Tell whether a number is on the do-not-call list of a study or of all. Raises what `normal_number` raises."""
    return is_silenced(study, number_index(rules.normal_number(number, study.country).e164))


def silenced_counts(study: TelephoneStudy, actor: Actor) -> tuple[int, int]:
    """Count the numbers on the do-not-call list: of this study, and of all studies."""
    entries = DoNotCall.objects.visible_to(actor)
    return entries.filter(study=study).count(), entries.filter(study=None).count()
