"""The sentences of the evidence page: refusals by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "method_changed_meanwhile": (
        _("Somebody else changed this note meanwhile. What you typed is kept below; load the page again to see theirs"),
        409,
    ),
    "method_too_long": _("A part of the note has at most %(most)d characters"),
    "method_unknown_part": _("There is no such part in a note about the method"),
}
