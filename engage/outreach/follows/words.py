"""The sentences of following: refusals by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "follow_nothing": _("Choose at least one thing to follow"),
    "push_off": (_("This site sends no notifications to browsers"), 404),
    "push_keys_wrong": _("The browser gave no usable keys; try again or choose e-mail"),
}
