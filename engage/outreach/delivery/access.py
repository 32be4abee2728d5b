"""Who works on the outbox: editors write, approvers sign at the gate, administrators set channels up."""

from __future__ import annotations

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused

ROLES = (Role.EDITOR, Role.APPROVER)
# Who reads what people write to us on channels.
READERS = (Role.OFFICER,)


def may_write(actor: Actor) -> bool:
    """Tell whether the actor writes items and looks after the ledger."""
    return has_role(actor, Role.EDITOR)


def may_set_up(actor: Actor) -> bool:
    """Tell whether the actor sets channels up."""
    return has_role(actor, Role.ADMINISTRATOR)


def check_editor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but editors."""
    if not may_write(actor):
        raise Refused("not_allowed")


def check_administrator(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but administrators."""
    if not may_set_up(actor):
        raise Refused("not_allowed")


def check_reader(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but officers."""
    if not has_role(actor, *READERS):
        raise Refused("not_allowed")
