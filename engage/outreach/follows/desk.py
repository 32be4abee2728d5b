"""Mailings in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role
from engage.desk.registry import OUTREACH, DeskPage

ROLES = (Role.EDITOR, Role.APPROVER)
MAILINGS = DeskPage(code="mailings", label=_("Mailings"), roles=ROLES, url_name="mailings", group=OUTREACH)
