"""Reads of this room: the tree, and who has which role where."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from engage.accounts.actors import Actor, Role, System, roles_of
from engage.departments.models import Department, DepartmentQuerySet, Membership


def tree(actor: Actor) -> DepartmentQuerySet:
    """List the departments in service in the order of the tree, duties read ahead."""
    return Department.objects.visible_to(actor).active().prefetch_related("duties")


def roles_in(actor: Actor, department: Department) -> frozenset[str]:
    """Return the actor's roles in a department, those held in departments above it included.

    A role counts only while the person holds it at all (`actors.roles_of`), so taking a role away ends it everywhere.
    The system and administrators hold every role everywhere.
    """
    if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
        return frozenset(Role)
    if not roles_of(actor):
        return frozenset()
    held = _memberships(actor).filter(department__path__in=above([department.path])).values_list("role", flat=True)
    return frozenset(held) & roles_of(actor)


def departments_of(actor: Actor, *roles: Role) -> DepartmentQuerySet:
    """List the departments where the actor holds one of the roles (any role when none is named), those below included.

    For `visible_to` of things that belong to a department: `.filter(department__in=departments_of(actor, ...))`.
    """
    if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
        return Department.objects.all()
    return departments_below(paths_of(actor, *roles))


def paths_of(actor: Actor, *roles: Role) -> list[str]:
    """List the paths of the departments to which the actor belongs in one of the roles (any when none is named)."""
    wanted = roles_of(actor) & set(roles or Role)
    return list(_memberships(actor).filter(role__in=wanted).values_list("department__path", flat=True))


def departments_below(paths: Iterable[str]) -> DepartmentQuerySet:
    """List the departments of these paths and those below them."""
    condition = _below(paths)
    return Department.objects.filter(condition) if condition else Department.objects.none()


def departments_above(paths: Iterable[str]) -> DepartmentQuerySet:
    """List the departments of these paths and those above them."""
    return Department.objects.filter(path__in=above(paths))


def above(paths: Iterable[str]) -> set[str]:
    """Return these paths and those of the departments above them."""
    step = Department.steplen
    return {path[:end] for path in paths for end in range(step, len(path) + 1, step)}


def members_of(department: Department, role: Role) -> QuerySet[Membership]:
    """List who holds a role in a department or above it, and still holds the role at all."""
    return Membership.objects.filter(
        department__path__in=above([department.path]),
        role=role.value,
        user__is_active=True,
        user__groups__name=role.value,
    ).select_related("user", "department")


def by_code(code: str) -> Department | None:
    """Find a department by its code."""
    return Department.objects.filter(code=code).first()


def _memberships(actor: Actor) -> QuerySet[Membership]:
    return Membership.objects.filter(user_id=actor.pk) if actor.pk is not None else Membership.objects.none()


def _below(paths: Iterable[str]) -> Q:
    condition = Q()
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition
