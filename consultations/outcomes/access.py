"""Who works on outcomes at the desk: editors and officers of the department in charge; approvers read them."""

from __future__ import annotations

from consultations.models import Consultation
from engage.accounts.actors import Actor, Role, has_role
from engage.departments.queries import roles_in
from engage.errors import Refused

ROLES = (Role.EDITOR, Role.OFFICER, Role.APPROVER)


def may_write(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor writes the outcome of a call."""
    return has_role(actor, Role.EDITOR) or Role.OFFICER in roles_in(actor, consultation.department)


def check_writer(actor: Actor, consultation: Consultation) -> None:
    """Raise Refused("not_allowed") for who may not write here."""
    if not may_write(actor, consultation):
        raise Refused("not_allowed")
