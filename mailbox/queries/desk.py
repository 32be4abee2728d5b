"""The views of the desk: each is one filter that an index answers, and a count that reads no case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from engage.accounts.actors import Actor, Role, System, is_staff, roles_of
from engage.departments.queries import departments_of
from mailbox.machine import OPEN_PHASES, Phase
from mailbox.models import DESK_ROLES, OPEN, Case, CaseQuerySet, CaseTally, CoConsultation, Reach


@dataclass(frozen=True)
class DeskView:
    """One view: its filter on cases, the same condition on the tally, and its order.

    The views "mine" and "asked" are counted from a person's or unit's own few open rows instead.
    """

    code: str
    cases: Callable[[date], Q]
    tally: Callable[[date], Q] | None
    order: tuple[str, ...] = ("due_order", "submission_id")


def _at_desk(code: str, condition: Callable[[date], Q]) -> DeskView:
    """A view of open cases that do not look like spam; the tally has the phases instead of the column `at_desk`."""
    return DeskView(
        code,
        lambda today: OPEN & Q(suspect=False) & condition(today),
        lambda today: OPEN_ROWS & Q(suspect=False) & condition(today),
    )


OPEN_ROWS = Q(phase__in=[phase.value for phase in OPEN_PHASES])


VIEWS: dict[str, DeskView] = {
    view.code: view
    for view in (
        _at_desk("new", lambda today: Q(phase=Phase.NEW.value)),
        DeskView("mine", lambda today: OPEN, None),
        _at_desk("due_today", lambda today: Q(due_order=today)),
        _at_desk("overdue", lambda today: Q(due_order__lt=today)),
        _at_desk("waiting", lambda today: Q(phase=Phase.WAITING.value)),
        _at_desk("to_approve", lambda today: Q(phase=Phase.APPROVAL.value)),
        DeskView("low_rated", lambda today: Q(low_rated=True), lambda today: Q(low_rated=True)),
        DeskView("spam", lambda today: OPEN & Q(suspect=True), lambda today: OPEN_ROWS & Q(suspect=True)),
        _at_desk("open", lambda today: Q()),
    )
}


def desk_units(actor: Actor) -> list[int]:
    """Return the keys of the units whose cases the actor sees at the desk."""
    return list(departments_of(actor, *DESK_ROLES).values_list("pk", flat=True)) if is_staff(actor) else []


def view_rows(actor: Actor, view: str, *, today: date, kind: str = "", reach: Reach | None = None) -> CaseQuerySet:
    """Return the cases of a view in its order, not cut; KeyError for a view there is none of.

    What has no day (paused) stands after what has one. `reach` is the actor's where it was read already.
    """
    described = VIEWS[view]
    if view != "mine":
        cases = Case.objects.at_desk_of(actor, reach).filter(described.cases(today))
    else:
        cases = Case.objects.visible_to(actor).filter(OPEN, owner_id=actor.pk) if actor.pk else Case.objects.none()
    if kind:
        cases = cases.filter(kind=kind)
    return cases.order_by(*described.order)


def view_counts(actor: Actor, *, today: date, reach: Reach | None = None, mine: bool = True) -> dict[str, int]:
    """Count every view for an actor by the tally and the own cases; `reach` as in `view_rows`.

    Without `mine` the own cases are left to the caller, who counts other lists in the same reading.
    """
    if not is_staff(actor):
        return {}
    tally = CaseTally.objects.all()
    if not (isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor)):
        tally = tally.filter(desk__in=desk_units(actor) if reach is None else reach.own)
    sums = {code: Sum("change", filter=view.tally(today), default=0) for code, view in VIEWS.items() if view.tally}
    counts: dict[str, int] = tally.aggregate(**sums)
    if mine:
        counts["mine"] = Case.objects.filter(OPEN, owner_id=actor.pk).count() if actor.pk else 0
    return {code: counts[code] for code in VIEWS if code in counts}


def open_questions_to(actor: Actor) -> QuerySet[CoConsultation]:
    """List what the actor's units are asked for their opinion on, by day."""
    own = departments_of(actor, Role.OFFICER, Role.APPROVER)
    return (
        CoConsultation.objects.visible_to(actor)
        .filter(settled_at=None, department__in=own)
        .select_related("case__submission", "department")
        .order_by("due", "pk")
    )
