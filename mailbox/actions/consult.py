"""Asking another unit inside a case: a question with a day of its own, an opinion, silence, or a waiver."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from engage.accounts.actors import SYSTEM, Actor, Role
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import local_day
from engage.calendars.models import ClockProfile
from engage.calendars.rows import profile_of
from engage.departments.models import Department
from engage.departments.queries import roles_in
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox import rules
from mailbox.access import standing_of
from mailbox.actions import clocks, held
from mailbox.actions.steps import Given, apply_step, locked_case, name_of
from mailbox.machine import Who
from mailbox.models import Case, CoConsultation, Opinion


@transaction.atomic
def consult(
    case_id: int,
    *,
    department_id: int,
    question: str,
    days: int | None = None,
    co_author: bool = False,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    undo: bool = False,
) -> CoConsultation:
    """Ask another unit; `days` are working days, `consult_days` unless given.

    `co_author`: it made what is asked for together with the unit in charge. Where the dated profile of the case says
    so, its silence counts as agreement (`note_silence`): in China under the text of 2019, art. 34. With `undo` it can
    be taken back as `take_step`.

    Raises as `take_step`, and Refused("department_gone"), Refused("consult_itself"), Refused("consult_open"),
    Refused("case_text_missing"), Refused("route_barred"), Refused("consult_days_wrong", most=...).
    """
    case = locked_case(case_id, actor)
    words = rules.check_length(question, rules.NOTE_MOST)
    if not words:
        raise Refused("case_text_missing")
    if days is not None and not 0 < days <= rules.UNITS_MOST:
        raise Refused("consult_days_wrong", most=rules.UNITS_MOST)
    department = Department.objects.active().filter(pk=department_id).first()
    if department is None:
        raise Refused("department_gone")
    if department.pk == case.lead_id:
        raise Refused("consult_itself")
    if case.barred is not None and department.path.startswith(case.barred.path):
        raise Refused("route_barred", department=department.name)
    if case.consultations.filter(department=department, state=CoConsultation.State.OPEN).exists():
        raise Refused("consult_open", department=department.name)
    apply_step(
        case,
        case.machine.transition("consult"),
        Given(note=words, told={"asked": name_of(department)}),
        actor=actor,
        now=now,
        revision=revision,
        undo=undo,
    )
    profile = clocks.profile_of_receipt(case)
    calendar = calendars.work_calendar(profile.calendar)
    today = clocks.today_of(case, now)
    due = calendar.add(today, days or consult_days(case, co_author=co_author))
    row = CoConsultation.objects.create(
        case=case,
        department=department,
        question=words,
        co_author=co_author,
        asked_by=actor if isinstance(actor, User) else None,
        asked_at=now,
        due=due,
        may_move=not calendar.is_confirmed(today, due),
    )
    held.keep_beside(case, asked=row.pk)
    journal.record(
        actor,
        "case.consultation_asked",
        row,
        case=case.pk,
        department=department.pk,
        due=due.isoformat(),
        co_author=co_author,
    )
    return row


@transaction.atomic
def give_opinion(
    consultation_id: int, *, text: str, agrees: bool | None = None, actor: Actor, now: datetime
) -> Opinion:
    """Say for the unit that was asked what it thinks; the last opinion lets the case go on by itself.

    Raises Refused("not_allowed"), Refused("consultation_settled"), Refused("case_text_missing").
    """
    row = _locked(consultation_id, actor)
    if Role.OFFICER not in roles_in(actor, row.department) and Role.APPROVER not in roles_in(actor, row.department):
        raise Refused("not_allowed")
    words = rules.check_length(text, rules.WORDS_MOST)
    if not words:
        raise Refused("case_text_missing")
    opinion = Opinion.objects.create(
        consultation=row, text=words, agrees=agrees, by=actor if isinstance(actor, User) else None, at=now
    )
    _settle(row, CoConsultation.State.ANSWERED, actor=actor, now=now)
    return opinion


@transaction.atomic
def waive_opinion(consultation_id: int, *, note: str, actor: Actor, now: datetime) -> CoConsultation:
    """Say for the unit in charge why an opinion is no longer needed.

    Raises Refused("not_allowed"), Refused("consultation_settled"), Refused("step_needs").
    """
    row = _locked(consultation_id, actor)
    if Who.LEAD not in standing_of(row.case, actor):
        raise Refused("not_allowed")
    row.note = rules.check_length(note, rules.NOTE_MOST)
    if not row.note:
        raise Refused("step_needs", what="note")
    _settle(row, CoConsultation.State.WAIVED, actor=actor, now=now)
    return row


def consult_days(case: Case, *, co_author: bool = False) -> int:
    """Return how many working days a unit has unless told otherwise: a co-author the rule's, else the kind's own."""
    opinion = clocks.profile_of_receipt(case).silent_opinion if co_author else None
    return opinion.count if opinion is not None else case.machine.days["consult"]


def note_silence(*, now: datetime, limit: int = 500) -> int:
    """Where the rule of a case makes a co-author's silence agreement, settle what is past its day; returns how many."""
    under = Q(pk__in=[])
    for row in ClockProfile.objects.all():
        if profile_of(row).silent_opinion is not None:
            under |= _received_under(row)
    over = CoConsultation.objects.filter(
        under, co_author=True, settled_at=None, due__lte=(now + timedelta(days=1)).date()
    )
    return sum(_silent(pk, now) for pk in over.order_by("due", "pk").values_list("pk", flat=True)[:limit])


def _received_under(row: ClockProfile) -> Q:
    """Return the condition of questions in cases under a profile; a day wide on both sides, for any zone."""
    first = datetime.combine(row.valid_from - timedelta(days=1), time.min, UTC)
    under = Q(case__family=row.family, case__received_at__gte=first)
    if row.valid_to is not None:
        under &= Q(case__received_at__lt=datetime.combine(row.valid_to + timedelta(days=2), time.min, UTC))
    return under


@transaction.atomic
def _silent(pk: int, now: datetime) -> int:
    """Settle one question; nothing before the time of the rule is over, however short the unit in charge set it."""
    row = _locked(pk, SYSTEM)
    profile, zone = clocks.profile_of_receipt(row.case), clocks.zone_of(row.case)
    if profile.silent_opinion is None:
        return 0
    asked = local_day(row.asked_at, zone)
    lawful = calendars.work_calendar(profile.calendar).add(asked, profile.silent_opinion.count)
    if local_day(now, zone) <= max(row.due, lawful):
        return 0
    _settle(row, CoConsultation.State.SILENT, actor=SYSTEM, now=now)
    return 1


def _locked(consultation_id: int, actor: Actor) -> CoConsultation:
    """Return the row with its case locked; refused when it is settled already."""
    case_id = CoConsultation.objects.visible_to(actor).values_list("case_id", flat=True).get(pk=consultation_id)
    case = locked_case(case_id, actor)
    row = CoConsultation.objects.select_related("department").get(pk=consultation_id)
    if row.state != CoConsultation.State.OPEN:
        raise Refused("consultation_settled")
    row.case = case
    return row


def _settle(row: CoConsultation, state: str, *, actor: Actor, now: datetime) -> None:
    row.state, row.settled_at = state, now
    row.save(update_fields=["state", "settled_at", "note"])
    journal.record(actor, f"case.consultation_{state}", row, case=row.case_id)
    case: Case = row.case
    still_open = case.consultations.filter(state=CoConsultation.State.OPEN).exists()
    if case.state == "consulting" and not still_open:
        apply_step(case, case.machine.transition("consulted"), actor=SYSTEM, now=now)
