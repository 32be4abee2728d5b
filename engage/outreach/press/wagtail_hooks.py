"""The press room in the Studio: the way to the desk, and what editors of sections choose and hand in."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.query import PageQuerySet

from engage.outreach.press import studio
from engage.outreach.press.access import may_write
from engage.pages.studio import register

register(studio.CAME_BACK)
# After the rooms have put their entries in.
hooks.register("construct_main_menu", studio.arrange_menu, order=110)
hooks.register("construct_page_action_menu", studio.arrange_actions, order=110)
# Before the gate leads to the desk.
hooks.register("after_edit_page", studio.hand_in_own, order=-10)
hooks.register("after_create_page", studio.hand_in_own, order=-10)


class PressMenuItem(MenuItem):
    """The press room's entry in the menu, for editors of the whole site."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to editors only."""
        return may_write(request.user)


@hooks.register("register_admin_menu_item")
def press_menu_item() -> MenuItem:
    """Lead to the releases, which are written at the desk."""
    return PressMenuItem(_("Press releases"), reverse("press_desk"), name="press", icon_name="comment", order=118)


@hooks.register("construct_page_chooser_queryset")
def choose_among_own_and_public(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Offer the own pages and what is public as it stands: Wagtail's chooser shows the titles of all drafts."""
    return pages.filter(studio.may_see(request.user))
