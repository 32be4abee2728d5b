"""Who receives what in the demo: the offices that the demo's own list of duties names."""

from __future__ import annotations

from engage.accounts.actors import SYSTEM
from engage.departments.models import Department
from mailbox.actions import set_intake
from mailbox.models import Intake

RECEIVES = {
    "letter": "letters-visits",
    "enquiry": "office",
    "grievance": "letters-visits",
    "information_request": "openness",
}


def load() -> None:
    """Set the receiving units; what is set already stays."""
    set_already = set(Intake.objects.values_list("kind", flat=True))
    units = dict(Department.objects.filter(code__in=RECEIVES.values()).values_list("code", "pk"))
    for kind, code in RECEIVES.items():
        if kind not in set_already and code in units:
            set_intake(kind, department_id=units[code], actor=SYSTEM)
