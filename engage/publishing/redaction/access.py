"""Who redacts: editors, officers and reviewers; who sees what: one's own, and reviewers all."""

from __future__ import annotations

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused

REVIEWERS = (Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)
ROLES = (Role.EDITOR, Role.OFFICER, *REVIEWERS)


def may_redact(actor: Actor) -> bool:
    """Tell whether the actor works here."""
    return has_role(actor, *ROLES)


def sees_all(actor: Actor) -> bool:
    """Tell whether the actor sees what others redact."""
    return has_role(actor, *REVIEWERS)


def may_edit_bases(actor: Actor) -> bool:
    """Tell whether the actor changes the list of legal bases: reviewers of law, and administrators."""
    return has_role(actor, Role.REVIEWER_LEGAL)


def check(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody who does not redact."""
    if not may_redact(actor):
        raise Refused("not_allowed")
