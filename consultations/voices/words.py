"""The sentences around comments: refusals by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "comment_hidden": (_("This comment is no longer public"), 404),
    "agreeing_closed": (_("You can agree with comments while the call is open, and it is not"), 403),
    "own_comment": (_("This is your own comment: it counts already"), 403),
    "device_unknown": (
        _("To count each device once, this page keeps a cookie. Allow cookies for this site and press again"),
        403,
    ),
}
