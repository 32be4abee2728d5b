"""The sentences of following: refusals by code."""

from django.utils.translation import gettext_lazy as _

# What the desk says of a letter when the reason is ours; what a server answered is shown as it came.
REASONS = {
    "cut_off": _("The sending program ended while it was handed over"),
    "no_answer": _("The mail server took it and did not answer"),
    "cannot_be_written": _("The address cannot be written into a letter"),
    "key_missing": _("The key that opens the address is missing"),
}

REFUSALS = {
    "follow_nothing": _("Choose at least one thing to follow"),
    "push_off": (_("This site sends no notifications to browsers"), 404),
    "push_keys_wrong": _("The browser gave no usable keys; try again or choose e-mail"),
}
