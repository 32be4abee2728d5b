"""What waits for one person: due and overdue cases, those of people they stand in for, what nobody acknowledged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from engage.accounts.actors import Actor, Role, roles_of
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.departments.models import Department
from engage.departments.queries import departments_of
from mailbox.access import units_around, units_where
from mailbox.models import OPEN, Absence, Case, CaseQuerySet, DueMove, Handover, reach_of
from mailbox.queries.case import waiting_approvals

# A case is "soon due" when no more than so many working days are left.
SOON_WORKDAYS = 2
LISTED = 20


@dataclass(frozen=True)
class Listed:
    """The first of a list, and how many there are in all."""

    rows: list[Case]
    total: int


def _listed(cases: CaseQuerySet) -> Listed:
    rows = cases.select_related("submission", "desk", "owner").order_by("due_order", "submission_id")
    return Listed(list(rows[:LISTED]), cases.count())


@dataclass
class Duty:
    """What one person is told of a day. `for_others` are by the name of who is away."""

    overdue: Listed
    soon: Listed
    for_others: list[tuple[User, Listed]] = field(default_factory=list)
    of_units: Listed = field(default_factory=lambda: Listed([], 0))
    approvals: int = 0
    handovers: list[Handover] = field(default_factory=list)
    moves: list[DueMove] = field(default_factory=list)
    is_head: bool = False

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        return bool(
            self.overdue.total
            or self.soon.total
            or any(listed.total for _user, listed in self.for_others)
            or self.of_units.total
            or self.approvals
            or self.handovers
            or self.moves
        )


def duty_of(user: User, *, today: date, since: datetime) -> Duty:
    """Collect what a person is told on a day; `since` is when they were told last."""
    visible = Case.objects.visible_to(user)
    soon = calendars.work_calendar(settings.WORK_CALENDAR).add(today, SOON_WORKDAYS)
    mine = visible.filter(OPEN, owner_id=user.pk)
    heads = departments_of(user, Role.APPROVER)
    is_head = heads.exists()
    units = visible.filter(OPEN, desk__in=heads, suspect=False, due_order__lt=today)
    return Duty(
        overdue=_listed(mine.filter(due_order__lt=today)),
        soon=_listed(mine.filter(due_order__gte=today, due_order__lte=soon)),
        for_others=[
            (away, _listed(visible.filter(OPEN, owner_id=away.pk, due_order__lte=soon)))
            for away in stands_in_for(user, today)
        ],
        of_units=_listed(units) if is_head else Listed([], 0),
        approvals=waiting_approvals(user, today=today).filter(draft__state="approval").count(),
        handovers=list(late_handovers(user, today=today)[:LISTED]),
        moves=list(moves_for(user, since=since)),
        is_head=is_head,
    )


def stands_in_for(user: User, today: date) -> list[User]:
    """List whom a person stands in for on a day."""
    away = Absence.objects.filter(deputy_id=user.pk, first__lte=today, last__gte=today).select_related("user")
    return list({row.user_id: row.user for row in away}.values())


def late_handovers(actor: Actor, *, today: date) -> QuerySet[Handover]:
    """List what units of the actor's passed on and nobody acknowledged in time: the alarm of the desk that sent it."""
    everywhere = Role.ADMINISTRATOR in roles_of(actor)
    own = Department.objects.all() if everywhere else units_where(actor, (Role.OFFICER, Role.APPROVER))
    out = Department.objects.none() if everywhere else units_around(actor)
    return (
        Handover.objects.filter(settled_at=None, due__lt=today, sender__in=own, case__lead=F("receiver"))
        .exclude(case__barred__in=out)
        .select_related("case__submission", "sender", "receiver", "step")
        .order_by("due", "pk")
    )


def late_handovers_count(actor: Actor, *, today: date) -> Any:
    """Return how many these are as a column of another query."""
    rows = late_handovers(actor, today=today).order_by().values(one=Value(1))
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def awaited_handovers(actor: Actor) -> QuerySet[Handover]:
    """List what was passed to units of the actor's and waits to be acknowledged."""
    own = departments_of(actor, Role.OFFICER, Role.APPROVER)
    return (
        Handover.objects.filter(settled_at=None, receiver__in=own, case__lead=F("receiver"))
        .exclude(case__barred__in=units_around(actor))
        .select_related("case__submission", "sender", "receiver", "step")
        .order_by("due", "pk")
    )


def moves_for(user: User, *, since: datetime) -> QuerySet[DueMove]:
    """List the days that a changed calendar moved, of cases that lie at a person's units."""
    own, out = reach_of(user)
    return (
        DueMove.objects.filter(at__gt=since, case__desk__in=own)
        .exclude(case__barred__in=out)
        .select_related("case__submission")
        .order_by("pk")
    )
