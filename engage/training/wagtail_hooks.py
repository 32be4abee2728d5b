"""The way from the Studio to the help centre."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_menu_item")
def help_centre() -> MenuItem:
    """Put help and practice at the end of the Studio's menu."""
    return MenuItem(_("Help and practice"), reverse("help"), name="help-centre", icon_name="help", order=890)
