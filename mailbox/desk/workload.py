"""Who has how much, who is away and who stands in, what was turned away: what the heads of units look at."""

from __future__ import annotations

from calendar import Calendar as WeekCalendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from engage.accounts.actors import Actor, Role
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.departments.models import Department, Membership
from engage.departments.queries import departments_of
from mailbox import rules
from mailbox.actions.absences import may_set_absence_of
from mailbox.models import OPEN, Absence, Case, CaseQuerySet, CaseTally, StepRecord
from mailbox.queries.desk import OPEN_ROWS

PEOPLE_MOST = 300
LISTED = 50
MONDAY = 0
# Steps and acts by which something leaves the work without an answer.
TURNED_AWAY = ("refuse", "not_accept", "divert", "lapse", "abandon", rules.SUSPECT, rules.TRUST)


@dataclass(frozen=True)
class Load:
    """How much lies somewhere."""

    open: int = 0
    week: int = 0
    overdue: int = 0


@dataclass
class PersonRow:
    """One person of a unit: the load, when away, who stands in."""

    user: User
    load: Load
    absences: list[Absence] = field(default_factory=list)
    is_away: bool = False


def units_of(actor: Actor) -> list[Department]:
    """List the units whose people the actor may look at, in the order of the tree."""
    return list(departments_of(actor, Role.OFFICER, Role.APPROVER).filter(active=True).order_by("path"))


def end_of_week(today: date) -> date:
    """Return the last day of the week."""
    return today + timedelta(days=6 - today.weekday())


def unit_loads(units: Sequence[Department], today: date) -> list[tuple[Department, Load]]:
    """Count each unit by the tally: no case is read."""
    until = end_of_week(today)
    rows = (
        CaseTally.objects.filter(OPEN_ROWS, desk__in=[unit.pk for unit in units], suspect=False)
        .values("desk")
        .annotate(
            open=Sum("change"),
            week=Sum("change", filter=Q(due_order__gte=today, due_order__lte=until), default=0),
            overdue=Sum("change", filter=Q(due_order__lt=today), default=0),
        )
    )
    loads = {row["desk"]: Load(row["open"], row["week"], row["overdue"]) for row in rows}
    return [(unit, loads.get(unit.pk, Load())) for unit in units]


def people_of(unit: Department) -> list[User]:
    """List who works on cases in a unit or below it."""
    roles = [Role.OFFICER.value, Role.APPROVER.value]
    held = Membership.objects.filter(role__in=roles, department__path__startswith=unit.path, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name", "pk")[:PEOPLE_MOST])


def people_rows(unit: Department, actor: Actor, today: date) -> list[PersonRow]:
    """Count what lies with each person of a unit, as far as the actor sees it."""
    people = people_of(unit)
    until = end_of_week(today)
    rows = (
        Case.objects.at_desk_of(actor)
        .filter(OPEN, owner__in=[one.pk for one in people], desk__path__startswith=unit.path)
        .values("owner")
        .annotate(
            open=Count("pk"),
            week=Count("pk", filter=Q(due_order__gte=today, due_order__lte=until)),
            overdue=Count("pk", filter=Q(due_order__lt=today)),
        )
        .order_by()
    )
    loads = {row["owner"]: Load(row["open"], row["week"], row["overdue"]) for row in rows}
    away: dict[int, list[Absence]] = {}
    for absence in Absence.objects.filter(user__in=people, last__gte=today).select_related("deputy"):
        away.setdefault(absence.user_id, []).append(absence)
    return [
        PersonRow(
            one,
            loads.get(one.pk, Load()),
            away.get(one.pk, []),
            any(absence.first <= today for absence in away.get(one.pk, [])),
        )
        for one in people
    ]


def cases_of(user_id: int, unit: Department, actor: Actor) -> CaseQuerySet:
    """List the open cases of a unit, and of those below it, in somebody's hands; what is due first stands first."""
    return (
        Case.objects.at_desk_of(actor)
        .filter(OPEN, owner_id=user_id, desk__path__startswith=unit.path)
        .select_related("submission", "desk")
        .order_by("due_order", "submission_id")
    )


def without_owner(unit: Department, actor: Actor) -> CaseQuerySet:
    """List the open cases of a unit that nobody has taken over."""
    return (
        Case.objects.at_desk_of(actor)
        .filter(OPEN, owner=None, desk=unit, suspect=False)
        .select_related("submission", "desk")
        .order_by("due_order", "submission_id")
    )


# --- away -----------------------------------------------------------------------------------------------------------


@dataclass
class Day:
    """One day of the month: who is away."""

    date: date
    is_today: bool
    is_workday: bool
    entries: list[Absence] = field(default_factory=list)


@dataclass
class Month:
    """A month as weeks; None stands for a day of another month."""

    first: date
    weeks: list[list[Day | None]]

    @property
    def before(self) -> str:
        """The month before, as its address says it."""
        return (self.first - timedelta(days=1)).strftime("%Y-%m")

    @property
    def after(self) -> str:
        """The month after."""
        return (self.first + timedelta(days=31)).strftime("%Y-%m")


def month_of(text: str, today: date) -> date:
    """Read "2026-11"; the present month for anything else or far away."""
    year, _dash, month = text.partition("-")
    if year.isascii() and year.isdigit() and month.isascii() and month.isdigit() and len(text) == 7:
        number = int(month)
        if 1 <= number <= 12 and abs(int(year) - today.year) <= 20:
            return date(int(year), number, 1)
    return today.replace(day=1)


def absence_month(people: Sequence[User], first: date, today: date) -> Month:
    """Collect who is away on which day of a month."""
    worked = calendars.work_calendar(settings.WORK_CALENDAR)
    weeks = WeekCalendar(MONDAY).monthdatescalendar(first.year, first.month)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    rows = list(
        Absence.objects.filter(user__in=people, first__lte=last, last__gte=first).select_related("user", "deputy")
    )

    def day(one: date) -> Day | None:
        if one.month != first.month:
            return None
        return Day(one, one == today, worked.is_workday(one), [row for row in rows if row.first <= one <= row.last])

    return Month(first, [[day(one) for one in week] for week in weeks])


def coming_absences(people: Sequence[User], actor: Actor, today: date) -> list[tuple[Absence, bool]]:
    """List what is running or to come, with whether the actor may take it out again."""
    may = may_set_absence_of([one.pk for one in people], actor)
    rows = Absence.objects.filter(user__in=people, last__gte=today).select_related("user", "deputy").order_by("first")
    return [(row, row.user_id in may) for row in rows[:LISTED]]


def absence_people(actor: User, people: Sequence[User]) -> list[tuple[str, str]]:
    """List for whom an actor may say that they are away, oneself first."""
    may = may_set_absence_of([one.pk for one in people], actor)
    others = [one for one in people if one.pk in may and one.pk != actor.pk]
    return [(str(one.pk), str(one)) for one in (actor, *others)]


def deputy_choices(unit: Department | None) -> list[tuple[str, str]]:
    """List who may stand in for somebody of a unit: people of it, below it and above it; the action looks closer."""
    if unit is None:
        return []
    above = [unit.path[:end] for end in range(Department.steplen, len(unit.path) + 1, Department.steplen)]
    held = Membership.objects.filter(
        Q(department__path__in=above) | Q(department__path__startswith=unit.path),
        role__in=[Role.OFFICER.value, Role.APPROVER.value],
        user__is_active=True,
    )
    users = User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name", "pk")
    return [(str(one.pk), str(one)) for one in users[:PEOPLE_MOST]]


# --- turned away ----------------------------------------------------------------------------------------------------


def turned_away(actor: Actor, *, before: int | None) -> QuerySet[StepRecord]:
    """List what was turned away or put among spam in the actor's units, by whom and why, the newest first."""
    # A list, so that both databases read the index of each unit instead of joining the tree.
    own = list(departments_of(actor, Role.OFFICER, Role.APPROVER).values_list("pk", flat=True))
    rows = StepRecord.objects.visible_to(actor).filter(department__in=own, code__in=TURNED_AWAY)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    related: tuple[Any, ...] = ("case__submission", "by", "department")
    return rows.select_related(*related).order_by("-pk")
