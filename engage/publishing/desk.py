"""The release gate in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import DeskPage
from engage.publishing.queries import GATE_ROLES

RELEASES = DeskPage(code="releases", label=_("Release gate"), roles=GATE_ROLES, url_name="release_desk")
