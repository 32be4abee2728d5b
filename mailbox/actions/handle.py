"""Steps that officers and senders take most, by their names; each is one row of the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from mailbox import rules
from mailbox.access import holds_role_in, standing_of
from mailbox.actions import clocks
from mailbox.actions.register import add_message
from mailbox.actions.steps import Given, apply_step, check_revision, locked_case, take_step
from mailbox.kinds import KINDS
from mailbox.machine import Who
from mailbox.models import Case, CaseClock, DueMove, Question

AT_ONCE = 500


@transaction.atomic
def route_case(case_id: int, *, to: int, note: str = "", words: str = "", actor: Actor, **how: Any) -> Case:
    """Pass a case to a unit: from the receiving unit, or on from the unit in charge. Raises as `take_step`."""
    given = Given(department=to, note=note, words=words)
    case = locked_case(case_id, actor)
    machine = case.machine
    passing = [code for code in ("route", "transfer") if machine.has(code)]
    code = next((one for one in passing if case.state in machine.transition(one).sources), passing[0])
    return take_step(case_id, code, given, actor=actor, **how)


def accept_case(case_id: int, *, actor: Actor, **how: Any) -> Case:
    """Take a case on for the own unit; who does owns it. Raises as `take_step`."""
    return take_step(case_id, "accept", actor=actor, **how)


def object_to_case(case_id: int, *, note: str, actor: Actor, **how: Any) -> Case:
    """Send a case back: the own unit is not in charge. Raises as `take_step`."""
    return take_step(case_id, "object", Given(note=note), actor=actor, **how)


def ask_detail(case_id: int, *, words: str, actor: Actor, **how: Any) -> Case:
    """Ask the sender once for everything that is missing. Raises as `take_step`."""
    return take_step(case_id, "ask_detail", Given(words=words), actor=actor, **how)


@transaction.atomic
def give_detail(case_id: int, *, words: str, actor: Actor, now: datetime, **how: Any) -> Case:
    """Answer what was asked; the words join the thread. Raises as `take_step`."""
    locked_case(case_id, actor)
    case = take_step(case_id, "give_detail", Given(words=words), actor=actor, now=now, **how)
    add_message(case_id, words, actor=actor, now=now)
    case.refresh_from_db(fields=["revision"])
    return case


def extend_case(case_id: int, *, units: int, reason: str, words: str, actor: Actor, **how: Any) -> Case:
    """Add days to the reply with a notice to the sender. Raises as `take_step`, also clock_extension_too_long."""
    if units < 1:
        raise Refused("step_needs", what="units")
    return take_step(case_id, "extend", Given(units=units, reason=reason, words=words), actor=actor, **how)


@transaction.atomic
def assign_case(case_id: int, *, to: int | None, actor: Actor, now: datetime, revision: int | None = None) -> Case:
    """Give a case to an officer of the unit where it lies, or to nobody.

    Raises Refused("not_allowed"), Refused("case_moved"), Refused("assignee_elsewhere").
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD, Who.APPROVER, Who.ARBITER}:
        raise Refused("not_allowed")
    unit = case.desk or case.triage
    if to is not None and (unit is None or not holds_role_in(to, Role.OFFICER, unit)):
        raise Refused("assignee_elsewhere")
    if case.owner_id != to:
        case.owner = User.objects.get(pk=to) if to is not None else None
        case.revision += 1
        case.save(update_fields=["owner", "revision"])
        journal.record(actor, "case.assigned", case, to=to)
    return case


@transaction.atomic
def set_questions(case_id: int, texts: list[str], *, actor: Actor, revision: int | None = None) -> list[Question]:
    """Split a letter into the questions its answer must settle; replaces those that were there.

    Raises Refused("not_allowed"), Refused("case_moved").
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    wanted = [text for text in (rules.check_length(one, rules.NOTE_MOST) for one in texts) if text]
    case.questions.all().delete()
    made = Question.objects.bulk_create(
        Question(case=case, number=number, text=text) for number, text in enumerate(wanted, start=1)
    )
    journal.record(actor, "case.questions_set", case, n=len(made))
    return made


@transaction.atomic
def settle_question(question_id: int, *, because: str = "", answered: bool, actor: Actor) -> Question:
    """Say that the answer settles a question, or why it does not.

    Raises Refused("not_allowed"), Refused("question_because_missing"), Question.DoesNotExist.
    """
    question = Question.objects.visible_to(actor).select_related("case").get(pk=question_id)
    case = locked_case(question.case_id, actor)
    if Who.LEAD not in standing_of(case, actor):
        raise Refused("not_allowed")
    why = rules.check_length(because, rules.NOTE_MOST)
    if not answered and not why:
        raise Refused("question_because_missing", number=question.number)
    question.state = Question.State.ANSWERED if answered else Question.State.NOT_ANSWERED
    question.because = "" if answered else why
    question.save(update_fields=["state", "because"])
    journal.record(actor, "case.question_settled", question, case=case.pk, answered=answered)
    return question


def run_due_steps(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Take the steps of the platform whose time has come: details that never came, ratings over, decisions final.

    Each in its own transaction; what a rule still forbids waits for the next turn. Returns how many were taken.
    """
    taken = 0
    for machine in KINDS.values():
        for code, days in rules.AUTOMATIC.items():
            if not machine.has(code):
                continue
            transition = machine.transition(code)
            before = now - rules.days_of(machine, days)
            waiting = Case.objects.filter(kind=machine.code, state__in=transition.sources, state_since__lt=before)
            for pk in waiting.order_by("state_since").values_list("pk", flat=True)[:limit]:
                taken += _take_if_allowed(pk, code, now)
    return taken


@transaction.atomic
def _take_if_allowed(case_id: int, code: str, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    transition = case.machine.transition(code)
    given = Given(reason=transition.reasons[0] if transition.reasons else "")
    try:
        apply_step(case, transition, given, actor=SYSTEM, now=now)
    except Refused:  # not yet, or taken by somebody meanwhile
        return 0
    return 1


@transaction.atomic
def recount_clocks(calendar: str, revision: Any, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Count open clocks again that were counted with an older state of a calendar; returns how many were read.

    A clock that stopped keeps its day. The sender is told only of a day that is later than before.
    """
    stale = (
        CaseClock.objects.filter(calendar=calendar, stopped_at=None)
        .exclude(counted_at=revision)
        .order_by("case_id", "pk")
        .values_list("case_id", flat=True)
    )
    done = 0
    for case_id in dict.fromkeys(stale[:limit]):
        case = locked_case(case_id, SYSTEM)
        for clock in clocks.open_clocks(case):
            if clock.calendar == calendar and clock.counted_at != revision:
                done += 1
                _recount(case, clock, now)
        clocks.show_at_desk(case)
        case.save(update_fields=["due", "due_order", "may_move", "low_rated"])
    return done


def _recount(case: Case, clock: CaseClock, now: datetime) -> None:
    before = clock.due
    if not clocks.recount(clock):
        return
    journal.record(
        SYSTEM,
        "case.due_moved",
        case,
        target=clock.target,
        before=before.isoformat() if before else "",
        after=clock.due.isoformat() if clock.due else "",
    )
    DueMove.objects.create(case=case, target=clock.target, before=before, after=clock.due, at=now)
    if before and clock.due and clock.due > before and clock.target not in case.machine.targets_of_sender:
        timeline.add(case.submission, "case.due_later", at=now, due={"day": clock.due.isoformat()})
