"""The release gate in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.keys import MOVE, OPEN
from engage.desk.registry import DeskPage, Key
from engage.publishing.queries import GATE_ROLES

RELEASES = DeskPage(
    code="releases",
    label=_("Release gate"),
    roles=GATE_ROLES,
    url_name="release_desk",
    keys=(MOVE, OPEN, Key(("n", "p"), _("Next form, previous form")), Key(("d",), _("To the decision"))),
)
