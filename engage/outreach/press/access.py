"""Who works in the press room: editors write, approvers and reviewers sign, administrators open sections."""

from __future__ import annotations

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused

ROLES = (Role.EDITOR, Role.APPROVER)


def may_write(actor: Actor) -> bool:
    """Tell whether the actor writes releases and digests and keeps the media list."""
    return has_role(actor, Role.EDITOR)


def check_editor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but editors."""
    if not may_write(actor):
        raise Refused("not_allowed")


def check_administrator(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but administrators."""
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
