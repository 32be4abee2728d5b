"""Redaction in the Studio's menu: the way to the desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from engage.publishing.redaction.access import may_redact


class RedactionMenuItem(MenuItem):
    """Redaction's entry in the menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to who redacts."""
        return may_redact(request.user)


@hooks.register("register_admin_menu_item")
def redaction_menu_item() -> MenuItem:
    """Lead to the bench, which is at the desk."""
    return RedactionMenuItem(
        _("Redaction"), reverse("redaction_desk"), name="redaction", icon_name="no-view", order=119
    )
