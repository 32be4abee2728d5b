"""What of campaigns the Studio shows: the way to the planner, and tasks on its first page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from engage.outreach.campaigns.access import may_write
from engage.outreach.campaigns.waiting import WAITING
from engage.pages import studio

studio.register(WAITING)


class CampaignMenuItem(MenuItem):
    """The planner's entry in the menu, for editors."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to editors only."""
        return may_write(request.user)


@hooks.register("register_admin_menu_item")
def campaign_menu_item() -> MenuItem:
    """Lead to the planner, which is at the desk."""
    return CampaignMenuItem(
        _("Campaigns"), reverse("campaign_planner"), name="campaigns", icon_name="calendar", order=117
    )
