"""Who acts: a signed-in person, a visitor, the holder of a receipt, or the system itself.

Every `visible_to(actor)` and every action takes one of these. Nothing else grants access.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from engage.accounts.models import User


class Role(StrEnum):
    """The roles of DESIGN.md; each is a Django group of the same name, made by a migration."""

    CITIZEN = "citizen"
    INTERVIEWER = "interviewer"
    OFFICER = "officer"
    APPROVER = "approver"
    EDITOR = "editor"
    SECTION_EDITOR = "section_editor"
    REVIEWER_LEGAL = "reviewer_legal"
    REVIEWER_OPENNESS = "reviewer_openness"
    REVIEWER_SECRECY = "reviewer_secrecy"
    ANALYST = "analyst"
    JOURNALIST = "journalist"
    ADMINISTRATOR = "administrator"


# Roles that work here; a second factor is compulsory for them.
STAFF_ROLES = frozenset(Role) - {Role.CITIZEN, Role.JOURNALIST}
# Roles that see unpublished or personal things of the whole site. An editor of a section has the own pages in the
# Studio (engage.outreach.press) and is a reader like everybody else outside them.
_HOUSE_ROLES = STAFF_ROLES - {Role.SECTION_EDITOR}


@dataclass(frozen=True)
class ReceiptHolder:
    """Somebody who has shown the reference and the tracking code of one submission."""

    submission_id: int
    is_authenticated: bool = False
    is_active: bool = True
    pk: None = None


@dataclass(frozen=True)
class System:
    """The platform itself: the worker, a migration, a command an operator typed."""

    name: str = "system"
    is_authenticated: bool = False
    is_active: bool = True
    pk: None = None


SYSTEM = System()
ANYONE = AnonymousUser()

Actor: TypeAlias = "User | AnonymousUser | ReceiptHolder | System"


def roles_of(actor: Actor) -> frozenset[str]:
    """Return the actor's roles; read once per user object. A superuser is an administrator."""
    if not getattr(actor, "is_authenticated", False) or not actor.is_active:
        return frozenset()
    cached = getattr(actor, "_engage_roles", None)
    if cached is None:
        names = set(actor.groups.values_list("name", flat=True)) & set(Role)
        if actor.is_superuser:
            names.add(Role.ADMINISTRATOR)
        cached = frozenset(names)
        actor._engage_roles = cached
    return cached


def has_role(actor: Actor, *roles: Role) -> bool:
    """Tell whether the actor holds one of the roles; the system and administrators hold all."""
    if isinstance(actor, System):
        return True
    held = roles_of(actor)
    return Role.ADMINISTRATOR in held or any(role in held for role in roles)


def is_staff(actor: Actor) -> bool:
    """Tell whether the actor works on the whole site: sees what is not published yet, and what people sent."""
    return isinstance(actor, System) or bool(roles_of(actor) & _HOUSE_ROLES)


def works_here(actor: Actor) -> bool:
    """Tell whether the actor works here at all (desk, Studio, or a section in it) rather than takes part."""
    return isinstance(actor, System) or bool(roles_of(actor) & STAFF_ROLES)
