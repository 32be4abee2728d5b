"""Who works on packs: editors write them and invite experts, approvers read them."""

from __future__ import annotations

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused

ROLES = (Role.EDITOR, Role.APPROVER)


def may_write(actor: Actor) -> bool:
    """Tell whether the actor writes packs."""
    return has_role(actor, Role.EDITOR)


def check_editor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but editors."""
    if not may_write(actor):
        raise Refused("not_allowed")
