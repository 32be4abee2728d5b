"""Packs in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from consultations.packs.access import ROLES
from engage.desk.registry import DeskPage

PACKS = DeskPage(code="packs", label=_("Interpretations"), roles=ROLES, url_name="pack_desk")
