"""What has grown old, in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import PUBLISHING, DeskPage
from engage.publishing.preflight.freshness import ROLES

FRESHNESS = DeskPage(code="freshness", label=_("Freshness"), roles=ROLES, url_name="freshness_desk", group=PUBLISHING)
