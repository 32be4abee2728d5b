"""In what places somebody stands towards a case; the tables say what each may do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Length

from engage.accounts.actors import Actor, ReceiptHolder, Role, System, roles_of
from engage.departments.models import Department, Membership
from engage.departments.queries import above, departments_above, departments_below, members_of
from mailbox.machine import Who
from mailbox.models import DESK_ROLES, Approval, Case, Draft, Intake, Reach

# The units that a case names.
UNITS = ("triage", "lead", "reviewer", "desk", "barred")

# (column of the case, role in that unit or one above it, place)
PLACES = (
    ("triage", Role.OFFICER, Who.CLERK),
    ("triage", Role.APPROVER, Who.ARBITER),
    ("lead", Role.OFFICER, Who.LEAD),
    ("lead", Role.APPROVER, Who.APPROVER),
    ("triage", Role.REVIEWER_OPENNESS, Who.OPENNESS),
    ("lead", Role.REVIEWER_OPENNESS, Who.OPENNESS),
    ("reviewer", Role.APPROVER, Who.REVIEW_BODY),
)


def standing_of(case: Case, actor: Actor) -> frozenset[Who]:
    """Return every place of the actor. An administrator stands in all of the house, never in the sender's."""
    return places_of(actor)(case)


def may_read_contact(case: Case, standing: frozenset[Who]) -> bool:
    """Tell whether a sender's name and address are there to read: where the law asks for them, or to call back."""
    return bool(standing) and (case.machine.needs_identity or case.low_rated)


def memberships_of(actor: Actor) -> list[tuple[str, str]]:
    """Return (role, path of the unit) of every place at the desk that an actor holds and still holds at all."""
    wanted = roles_of(actor) & {role for _column, role, _who in PLACES}
    if not wanted or actor.pk is None:
        return []
    rows = Membership.objects.filter(user_id=actor.pk or 0, role__in=wanted)
    return list(rows.values_list("role", "department__path"))


def units_where(actor: Actor, roles: Iterable[Role] = DESK_ROLES) -> QuerySet[Department]:
    """Return the units of an actor's places at the desk and those below them, for use inside another query.

    By their keys where the request has read them: without that a query asks for them in each of its parts.
    """
    here = _desk_read(actor)
    if here and here.reach:
        return Department.objects.filter(pk__in=here.units_where(roles))
    held = Membership.objects.filter(user_id=actor.pk or 0, role__in=roles_of(actor) & set(roles))
    inside = held.filter(department__path=Left(OuterRef("path"), Length("department__path")))
    return Department.objects.filter(Exists(inside)) if actor.pk is not None else Department.objects.none()


@dataclass
class Desk:
    """What one request reads once of a person: places, units, reach, and, when somebody asks for them, counts.

    `units`: by their keys those around the person's places, those that receive cases, and what was named besides;
    `reach`: None for an administrator.
    """

    memberships: list[tuple[str, str]]
    units: dict[int, Department]
    reach: Reach | None
    counts: dict[str, int] = field(default_factory=dict)

    def units_where(self, roles: Iterable[str]) -> list[int]:
        """Return the units in which the person holds one of the roles, in them or above them."""
        held = set(roles)
        paths = tuple(path for role, path in self.memberships if role in held)
        return [pk for pk, unit in self.units.items() if unit.path.startswith(paths)]

    def name_units(self, cases: Iterable[Case]) -> None:
        """Give cases their units from what is read already; what is missing is read in one go.

        Joined to each case five times they cost PostgreSQL more to plan than all the rest to carry out.
        """
        named = [(case, column, pk) for case in cases for column in UNITS if (pk := getattr(case, f"{column}_id"))]
        if missing := {pk for _case, _column, pk in named} - self.units.keys():
            self.units |= Department.objects.in_bulk(missing)
        for case, column, pk in named:
            setattr(case, column, self.units[pk])


def desk_of(actor: Actor) -> Desk:
    """Read a person's desk; once for a request, as roles are (`actors.roles_of`)."""
    kept = _desk_read(actor)
    if kept is None:
        held = memberships_of(actor)
        kept = Desk(held, {}, None)
        if Role.ADMINISTRATOR not in roles_of(actor):
            kept.units, kept.reach = _reach({path for _role, path in held})
        actor._case_desk = kept  # type: ignore[union-attr]
    return kept


def _desk_read(actor: Actor) -> Desk | None:
    """Return a person's desk where the request has read it already."""
    return getattr(actor, "_case_desk", None)


def _reach(paths: Collection[str]) -> tuple[dict[int, Department], Reach]:
    """Read the units of a person in one go: those seen, those that must not be accused in what is seen, and those
    that receive.
    """
    around = above(paths)
    receiving = Department.objects.filter(pk__in=Intake.objects.values("department"))
    units = {unit.pk: unit for unit in departments_below(paths) | departments_above(paths) | receiving}
    own = [pk for pk, unit in units.items() if unit.path.startswith(tuple(paths))]
    return units, Reach(own, [pk for pk, unit in units.items() if unit.path in around])


def units_around(actor: Actor) -> QuerySet[Department]:
    """Return the units to which an actor belongs at the desk and those above them, as `units_where` does."""
    here = _desk_read(actor)
    if here and here.reach:
        return Department.objects.filter(pk__in=here.reach.out)
    held = Membership.objects.filter(user_id=actor.pk or 0, role__in=roles_of(actor) & set(DESK_ROLES))
    own = held.annotate(head=Left("department__path", Length(OuterRef("path")))).filter(head=OuterRef("path"))
    return Department.objects.filter(Exists(own)) if actor.pk is not None else Department.objects.none()


def places_of(actor: Actor, memberships: list[tuple[str, str]] | None = None) -> Callable[[Case], frozenset[Who]]:
    """Read an actor's memberships once; the answer tells of any case in what places the actor stands."""
    if isinstance(actor, System):
        return lambda case: frozenset({Who.SYSTEM})
    if isinstance(actor, ReceiptHolder):
        holds = actor.submission_id
        return lambda case: frozenset({Who.CITIZEN}) if holds == case.pk else frozenset()
    if Role.ADMINISTRATOR in roles_of(actor):
        return lambda case: frozenset(who for column, _role, who in PLACES if getattr(case, f"{column}_id"))
    held = memberships_of(actor) if memberships is None else memberships
    if not held:
        return lambda case: frozenset()

    def places(case: Case) -> frozenset[Who]:
        units: dict[str, Department | None] = {"triage": case.triage, "lead": case.lead, "reviewer": case.reviewer}
        return frozenset(
            who
            for column, role, who in PLACES
            if (unit := units[column]) and any(one == role and unit.path.startswith(path) for one, path in held)
        )

    return places


def holds_role_in(user_id: int, role: Role, department: Department) -> bool:
    """Tell whether an active person holds a role in a unit or one above it, and still holds it at all."""
    return Membership.objects.filter(
        Q(user__groups__name=role.value),
        user_id=user_id,
        user__is_active=True,
        role=role.value,
        department__path__in=above([department.path]),
    ).exists()


def took_part(case: Case) -> set[int]:
    """Return who wrote or approved the opinion under review, and before a second review who decided the first."""
    sent = Draft.objects.filter(case__in=[case.pk, case.merged_into_id or case.pk], shared=True, state=Draft.State.SENT)
    approved = Approval.objects.filter(draft__in=sent, decision=Approval.Decision.APPROVED)
    found: set[int | None] = {*sent.values_list("writers", flat=True), *approved.values_list("by_id", flat=True)}
    if case.state == "rereview":
        found.add(case.steps.filter(code="decide_review").values_list("by_id", flat=True).last())
    return {pk for pk in found if pk is not None}


def deciders_instead_of(case: Case, actor: Actor) -> tuple[str, ...] | None:
    """Return who decides a review instead of an actor who took part before it; None where the actor may."""
    if case.reviewer is None or actor.pk is None or actor.pk not in (out := took_part(case)):
        return None
    held = members_of(case.reviewer, Role.APPROVER).exclude(user_id__in=out)
    return tuple(dict.fromkeys(str(one.user) for one in held))


def unit_above(department: Department) -> Department:
    """Return the next higher unit, or the unit itself when it is the highest."""
    return department.get_parent() or department
