"""Who works on campaigns: editors plan and write them, analysts measure them, approvers read along."""

from __future__ import annotations

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused

ROLES = (Role.EDITOR, Role.APPROVER, Role.ANALYST)


def may_write(actor: Actor) -> bool:
    """Tell whether the actor plans and writes campaigns."""
    return has_role(actor, Role.EDITOR)


def may_measure(actor: Actor) -> bool:
    """Tell whether the actor types in surveys of awareness and finishes reports."""
    return has_role(actor, Role.EDITOR, Role.ANALYST)


def check_editor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but editors."""
    if not may_write(actor):
        raise Refused("not_allowed")


def check_measuring(actor: Actor) -> None:
    """Raise Refused("not_allowed") for who neither edits nor analyses."""
    if not may_measure(actor):
        raise Refused("not_allowed")
