"""The sentences of consultations: refusals by code."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def _closed(values: dict[str, Any]) -> str:
    closed = date_format(timezone.localtime(values["closed_at"]), "DATETIME_FORMAT")
    return gettext("This closed on %(closed)s. Your text is kept below: save it as a file") % {"closed": closed}


def _planned(values: dict[str, Any]) -> str:
    opens = date_format(timezone.localtime(values["opens_at"]), "DATETIME_FORMAT")
    return gettext("This opens on %(opens)s. Your text is kept below: save it as a file") % {"opens": opens}


REFUSALS = {
    "call_closed": (_closed, 403),
    "call_planned": (_planned, 403),
    "call_gone": (_("This call for comments is no longer public"), 404),
    "basket_empty": _("There is no comment to send. Add one first"),
    "basket_full": _("%(most)d comments fit into one submission. Send these, then write more"),
    "clause_gone": _("The clause %(key)s is not in the published text. Go back to the draft and choose again"),
    "stance_missing": _("Choose your view"),
    "text_too_short": _("Write your comment, at least %(least)d characters"),
    "text_too_long": _("A comment has at most %(most)d characters"),
    "withdrawn": _("You withdrew this; it cannot be changed any more"),
    "version_published": _("Version %(number)d is published and cannot be changed. Import a new version"),
}
