"""Who works at the coding desk.

Comments are sorted by officers of the department in charge (or of one above it) and by analysts, whose work is the
same for every department. What happens to a point is the department's answer: only its officers decide. Administrators
may do both.
"""

from __future__ import annotations

from django.db.models import QuerySet

from consultations.models import Consultation
from engage.accounts.actors import Actor, Role, has_role
from engage.departments.queries import departments_of, roles_in
from engage.errors import Refused

ROLES = (Role.OFFICER, Role.ANALYST)


def may_decide(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor decides about points of this consultation."""
    return Role.OFFICER in roles_in(actor, consultation.department)


def may_code(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor sorts comments of this consultation."""
    return has_role(actor, Role.ANALYST) or may_decide(actor, consultation)


def check_coder(actor: Actor, consultation: Consultation) -> None:
    """Raise Refused("not_allowed") for who may not sort comments here."""
    if not may_code(actor, consultation):
        raise Refused("not_allowed")


def check_decider(actor: Actor, consultation: Consultation) -> None:
    """Raise Refused("not_allowed") for who may not decide here."""
    if not may_decide(actor, consultation):
        raise Refused("not_allowed")


def consultations_of(actor: Actor) -> QuerySet[Consultation]:
    """Return the consultations whose comments the actor may sort."""
    visible = Consultation.objects.visible_to(actor)
    if has_role(actor, Role.ANALYST):
        return visible
    return visible.filter(department__in=departments_of(actor, Role.OFFICER))
