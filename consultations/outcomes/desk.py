"""Outcomes in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from consultations.outcomes.access import ROLES
from engage.desk.registry import DeskPage

OUTCOMES = DeskPage(code="outcomes", label=_("Outcomes"), roles=ROLES, url_name="outcome_desk")
