"""The release gate in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.desk.keys import MOVE, OPEN
from engage.desk.registry import PUBLISHING, DeskPage, Key
from engage.publishing.queries import GATE_ROLES, reviews_waiting_for


def waiting(actor: Actor) -> int:
    """Count the reviews that wait for a person."""
    return reviews_waiting_for(actor).order_by().count()


RELEASES = DeskPage(
    code="releases",
    label=_("Release gate"),
    roles=GATE_ROLES,
    url_name="release_desk",
    count=waiting,
    group=PUBLISHING,
    keys=(MOVE, OPEN, Key(("n", "p"), _("Next form, previous form")), Key(("d",), _("To the decision"))),
)
