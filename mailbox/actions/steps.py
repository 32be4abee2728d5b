"""The engine: one step of a case by the table of its kind. Every other action of this room ends here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise, lazystr

from engage.accounts.actors import SYSTEM, Actor, is_staff
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import local_day
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from mailbox import rules
from mailbox.access import deciders_instead_of, standing_of, unit_above
from mailbox.actions import clocks, handovers, held
from mailbox.actions.checklist import open_items
from mailbox.actions.notices import make_notice
from mailbox.desk.models import HeldStep
from mailbox.kinds import kind_of
from mailbox.kinds.reasons import REASONS, RESULTS
from mailbox.machine import BACK, SAME, Hands, Needs, Phase, Transition, Who
from mailbox.models import Case, CoConsultation, Draft, Question, StepRecord, reach_of


@dataclass(frozen=True)
class Given:
    """What somebody fills in for a step. `told` fills further places of the sentence told to the sender."""

    department: int | None = None
    reason: str = ""
    note: str = ""
    words: str = ""
    units: int = 0
    cites: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    draft: Draft | None = None

    def by_need(self) -> dict[Needs, Any]:
        """Return what is given under the names the tables use."""
        return {
            Needs.DEPARTMENT: self.department,
            Needs.NOTE: self.note.strip(),
            Needs.WORDS: self.words.strip(),
            Needs.UNITS: self.units,
            Needs.CITES: self.cites,
        }


NOTHING = Given()


def locked_case(case_id: int, actor: Actor) -> Case:
    """Return a case the actor may see, locked until the transaction ends; Case.DoesNotExist for any other.

    Refused("case_moved") for one that lay at a unit of the actor's and has left it meanwhile: who worked on it is told
    where it went.
    """
    case = (
        Case.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("submission__contact", "triage", "lead", "reviewer")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        say_if_moved_away(case_id, actor)
        raise Case.DoesNotExist
    return case


def say_if_moved_away(case_id: int, actor: Actor) -> None:
    """Refused("case_moved") for a case that lay at a unit of the actor's and has left it."""
    if not is_staff(actor):
        return
    own, out = reach_of(actor)
    left = Case.objects.exclude(barred__in=out).filter(pk=case_id, steps__department__in=own).first()
    if left is not None:
        raise _moved(left)


def check_revision(case: Case, revision: int | None) -> None:
    """Refuse to act on an older view: Refused("case_moved") says what happened meanwhile, by whom and when."""
    if revision is not None and revision != case.revision:
        raise _moved(case)


def _moved(case: Case) -> Refused:
    last = case.steps.select_related("by").last()
    return Refused(
        "case_moved",
        kind=case.kind,
        state=case.state,
        step=last.code if last else "",
        by=str(last.by) if last and last.by else "",
        at=last.at if last else case.state_since,
        department=lazystr(case.desk) if case.desk else "",  # whoever reads it, in their language
        revision=case.revision,
    )


@transaction.atomic
def take_step(
    case_id: int,
    code: str,
    given: Given = NOTHING,
    *,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    token: UUID | None = None,
    undo: bool = False,
) -> Case:
    """Take a step that writes nothing but itself. The same token again changes nothing.

    With `undo` who takes it can take it back for a few seconds (`actions.undo`); its sender is told afterwards.
    Raises Case.DoesNotExist for a case the actor may not see, Refused("step_unknown"), Refused("case_moved"),
    Refused("case_merged"), Refused("transition_not_allowed", by=..., when=...), Refused("step_needs"),
    Refused("step_reason_missing"), what the guards of the step refuse, and what the clocks refuse.
    """
    case = locked_case(case_id, actor)
    transition = transition_of(case, code)
    if transition.door:
        raise ValueError(f"{case.kind}.{code} is taken by {transition.door}")
    if token is not None and StepRecord.objects.filter(token=token, case=case).exists():
        return case
    return apply_step(case, transition, given, actor=actor, now=now, revision=revision, token=token, undo=undo)


def transition_of(case: Case, code: str) -> Transition:
    """Return a row of the case's table; Refused("step_unknown") when its kind has no such step."""
    if not case.machine.has(code):
        raise Refused("step_unknown", step=code, kind=case.kind)
    return case.machine.transition(code)


def apply_step(
    case: Case,
    transition: Transition,
    given: Given = NOTHING,
    *,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    token: UUID | None = None,
    undo: bool = False,
) -> Case:
    """Carry a step out on a locked case: table, guards, hands, clocks, record, notice, timeline, journal."""
    check_revision(case, revision)
    given = _cleaned(given)
    check_allowed(case, transition, given, actor=actor, now=now)
    say_held(case)
    seen = held.snapshot(case) if undo and rules.may_be_undone(transition) and isinstance(actor, User) else None
    before, unit_before = case.state, case.lead or case.triage
    taker = actor if isinstance(actor, User) else None
    _hand_over(case, transition, given, taker)
    due = clocks.apply(case, transition.effects, now=now, units=given.units)
    _enter(case, transition, now)
    case.revision += 1
    clocks.show_at_desk(case)
    case.save()
    unit = case.lead or unit_before
    record = StepRecord.objects.create(
        case=case,
        kind=case.kind,
        code=transition.code,
        from_state=before,
        to_state=case.state,
        at=now,
        by=taker,
        stood_as=stood_as(case, transition, actor),
        department=unit,
        reason=given.reason,
        note=given.note,
        words=given.words,
        units=given.units or None,
        revision=case.revision,
        token=token,
    )
    handovers.follow(case, transition, record, came_from=unit_before, now=now)
    if seen is None:
        tell(case, transition, given, record, due=due)
    else:
        held.keep(case, record, seen, given, due)
    journal.record(
        actor,
        f"case.{transition.code}",
        case,
        kind=case.kind,
        before=before,
        after=case.state,
        reason=given.reason,
        department=unit.pk if unit else None,
        due=case.due.isoformat() if case.due else "",
    )
    return case


def check_allowed(case: Case, transition: Transition, given: Given, *, actor: Actor, now: datetime) -> None:
    """Refuse what the table, a merge or a guard forbids."""
    standing = standing_of(case, actor)
    if case.is_merged and not standing & {Who.SYSTEM, Who.CITIZEN}:
        raise Refused("case_merged", into=str(case.merged_into))
    rules.check_step(
        case.machine,
        transition,
        state=case.state,
        standing=standing,
        given=given.by_need(),
        reason=given.reason,
    )
    if transition.guards:
        rules.check_guards(case.machine, transition, facts_of(case, now=now, note=given.note, actor=actor))


def facts_of(case: Case, *, now: datetime, note: str = "", actor: Actor = SYSTEM) -> rules.Facts:
    """Collect what guards look at."""
    taken = rules.taken_of(case.steps.filter(kind=case.kind).values_list("code", "reason"))
    rating = case.ratings.last()
    today = clocks.today_of(case, now)
    since = local_day(case.state_since, clocks.zone_of(case))
    profile = clocks.profile_of_receipt(case)
    return rules.Facts(
        today=today,
        now=now,
        state_since=case.state_since,
        taken=taken,
        clocks={clock.target: rules.ClockFacts(True, clock.due) for clock in clocks.open_clocks(case)},
        open_opinions=case.consultations.filter(state=CoConsultation.State.OPEN).count(),
        open_questions=tuple(
            case.questions.filter(state=Question.State.OPEN).values_list("number", flat=True),
        ),
        workdays_in_state=calendars.work_calendar(profile.calendar).count(since, today),
        last_rating=rating.score if rating else 0,
        result=case.result,
        open_items=open_items(case),
        note=note,
        **review_facts(case, actor),
    )


def review_facts(case: Case, actor: Actor) -> dict[str, Any]:
    """Return who else decides a review; nothing is read where none is decided."""
    if not case.state_of.reviewing or not isinstance(actor, User):
        return {}
    return {"deciders": deciders_instead_of(case, actor), "decides_at": case.reviewer.name if case.reviewer else ""}


def _cleaned(given: Given) -> Given:
    note = rules.check_length(given.note, rules.NOTE_MOST)
    words = rules.check_length(given.words, rules.WORDS_MOST)
    if given.units > rules.UNITS_MOST:
        raise Refused("clock_extension_too_long", limit=rules.UNITS_MOST, given=0)
    return Given(given.department, given.reason, note, words, given.units, given.cites, given.told, given.draft)


def stood_as(case: Case, transition: Transition, actor: Actor) -> str:
    """Return in which of the places that the row allows the actor stood."""
    standing = standing_of(case, actor)
    return next((str(who) for who in transition.who if who in standing), str(transition.who[0]))


def _hand_over(case: Case, transition: Transition, given: Given, taker: User | None) -> None:
    if transition.hands is Hands.LEAD:
        case.lead, case.owner = _receiving(case, given.department), None
    elif transition.hands is Hands.TRIAGE:
        case.lead, case.owner = None, None
    elif transition.hands is Hands.HERE:
        case.lead, case.owner = case.triage, taker
    elif transition.hands is Hands.TAKER:
        case.owner = taker
    elif transition.hands is Hands.UP:
        below = case.reviewer or case.lead or case.triage
        case.reviewer = unit_above(below) if below else None


def _receiving(case: Case, department_id: int | None) -> Department:
    """Return the unit that gets the case; refused for one out of service, the same, or the one it accuses."""
    department = Department.objects.filter(pk=department_id, active=True).first()
    if department is None:
        raise Refused("department_gone")
    if case.lead_id == department.pk:
        raise Refused("route_to_itself")
    if case.barred is not None and department.path.startswith(case.barred.path):
        raise Refused("route_barred", department=department.name)
    return department


def _enter(case: Case, transition: Transition, now: datetime) -> None:
    """Put the case into the state the row names."""
    machine = case.machine
    target = transition.to
    if target == SAME:
        target = case.state
    elif target == BACK:
        target = case.back_to
    if target != case.state:
        if machine.state(target).returns and not machine.state(case.state).returns:
            case.back_to = case.state
        case.state, case.state_since = target, now
    place(case, now)


def place(case: Case, now: datetime) -> None:
    """Set what the desk lists a case by: its phase, and the unit where it lies."""
    state = case.state_of
    case.phase = rules.phase_at_desk(state.phase, merged=case.is_merged)
    case.at_desk = rules.is_open(case.phase)
    case.desk = (case.reviewer if state.reviewing else None) or case.lead or case.triage
    if state.phase is Phase.CLOSED:
        case.closed_at = case.closed_at or now
        case.suspect = False


def both_languages(text: Any) -> dict[str, str]:
    """Return a translatable text in both languages, as timeline entries keep it."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = str(text)
    return found


def name_of(department: Department | None) -> dict[str, str]:
    """Return a unit's name in both languages."""
    if department is None:
        return {"zh": "", "en": ""}
    return {"zh": department.name_zh or department.name_en, "en": department.name_en or department.name_zh}


def say_held(case: Case) -> None:
    """Tell the sender of a locked case what was held back while its last step could be taken back."""
    row = HeldStep.objects.select_related("record__department").filter(case=case).first()
    if row is not None:
        HeldStep.objects.filter(pk=case.pk).delete()
        given, due = held.given_of(row)
        tell(case, kind_of(row.record.kind).transition(row.record.code), Given(**given), row.record, due=due)


def tell(case: Case, transition: Transition, given: Given, record: StepRecord, *, due: date | None) -> None:
    """Tell the sender of a step that was taken: the sentence on the timeline, and the notice where the row has one."""
    unit, now = record.department, record.at
    reason = _reason(given)
    if transition.told is not None:
        values: dict[str, Any] = {"department": name_of(unit), "reviewer": name_of(case.reviewer)}
        if reason:
            values["reason"] = both_languages(reason)
        if due is not None:
            values["due"] = {"day": due.isoformat()}
        if given.units:
            values["units"] = given.units
        timeline.add(case.submission, told_code(record.kind, transition.code), at=now, **values, **given.told)
    notice = notice_parts(case, transition, given, unit, due)
    if notice is not None:
        make_notice(case, step=record, now=now, **notice)


def _reason(given: Given) -> str | Promise:
    return REASONS.get(given.reason) or RESULTS.get(given.reason) or ""


def notice_parts(
    case: Case, transition: Transition, given: Given, unit: Department | None, due: date | None
) -> dict[str, Any] | None:
    """Return what the notice of a step is made of, as `make_notice` and `content_of` take it; None without a notice."""
    form = case.machine.answer_notice if transition.door == "send_due_answers" else transition.notice
    if not form:
        return None
    result = given.draft.result if given.draft else ""
    signs = case.reviewer if "review_opinion" in form or form == "final_opinion" else unit
    return {
        "form": form,
        "department": signs or unit,
        "words": given.draft.text if given.draft else given.words,
        "basis": given.draft.basis if given.draft else "",
        "cites": given.draft.cites if given.draft else given.cites,
        "values": {
            "department": unit or "",
            "reviewer": case.reviewer or "",
            "reason": RESULTS.get(result) or _reason(given),
            "due": due or "",
            "units": given.units,
            "right": due if transition.code in ("answer", "decide_review") and due else "",
            "other": given.told.get("other", ""),
        },
    }


def told_code(kind: str, step: str) -> str:
    """Return the timeline code of a step."""
    return f"{kind}.{step}"
