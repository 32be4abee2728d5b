"""The press room in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import OUTREACH, DeskPage
from engage.outreach.press.access import ROLES

PRESS = DeskPage(code="press", label=_("Press"), roles=ROLES, url_name="press_desk", group=OUTREACH)
