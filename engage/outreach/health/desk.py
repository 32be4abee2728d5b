"""Channel health in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role
from engage.desk.registry import OUTREACH, DeskPage

HEALTH = DeskPage(
    code="health", label=_("Channel health"), roles=(Role.ADMINISTRATOR,), url_name="desk_health", group=OUTREACH
)
