"""The preflight and the freshness desk in the Studio: a button on each page, an entry of the menu, what waits."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from engage.accounts.actors import has_role, is_staff
from engage.pages import studio
from engage.publishing.preflight import registry
from engage.publishing.preflight.freshness import ROLES, WAITING

studio.register(WAITING)


@hooks.register("register_page_header_buttons")
def preflight_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Lead from the editor of a page to what it lacks, which is on the desk; editors of sections have none."""
    if is_staff(user) and (place := registry.place_of_page(page)):
        yield Button(_("Preflight"), url=reverse("preflight", args=place), icon_name="check", priority=12)


class FreshnessMenuItem(MenuItem):
    """The entry in the menu, for editors."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to who keeps pages fresh."""
        return has_role(request.user, *ROLES)


@hooks.register("register_admin_menu_item")
def freshness_menu_item() -> MenuItem:
    """Lead to the desk where what has grown old is listed."""
    return FreshnessMenuItem(
        _("Freshness"), reverse("freshness_desk"), name="freshness", icon_name="history", order=118
    )
