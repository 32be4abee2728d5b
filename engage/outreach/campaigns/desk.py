"""Campaigns in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import OUTREACH, DeskPage, Key
from engage.outreach.campaigns.access import ROLES

CAMPAIGNS = DeskPage(
    code="campaigns",
    label=_("Campaigns"),
    roles=ROLES,
    url_name="campaign_planner",
    group=OUTREACH,
    keys=(
        Key(("←", "→", "↑", "↓"), _("Go from day to day")),
        Key(("Page Up", "Page Down"), _("The month before, the month after")),
    ),
)
