"""Redaction in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import PUBLISHING, DeskPage
from engage.publishing.redaction.access import ROLES

REDACTION = DeskPage(code="redaction", label=_("Redaction"), roles=ROLES, url_name="redaction_desk", group=PUBLISHING)
