"""Who may do what at the telephone desk."""

from __future__ import annotations

from engage.accounts.actors import Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from surveys.telephone.models import INTERVIEWERS, SUPERVISORS


def check_interviewer(actor: Actor) -> User:
    """Return the person who calls; raises Refused("not_allowed") for anybody who is no interviewer."""
    if not isinstance(actor, User) or not has_role(actor, *INTERVIEWERS):
        raise Refused("not_allowed")
    return actor


def check_supervisor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for who does not lead telephone studies."""
    if not has_role(actor, *SUPERVISORS):
        raise Refused("not_allowed")
