"""The way from the Studio to the mailings, which are looked after at the desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from engage.desk.registry import pages_for
from engage.outreach.follows.desk import MAILINGS


class MailingsMenuItem(MenuItem):
    """The entry of the Studio's menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those whom the page lets in."""
        return MAILINGS in pages_for(request.user)


@hooks.register("register_admin_menu_item")
def mailings_menu_item() -> MenuItem:
    """Lead to how letters to followers are doing."""
    return MailingsMenuItem(_("Mailings"), reverse("mailings"), name="mailings", icon_name="mail", order=118)
