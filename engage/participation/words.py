"""The sentences of participation: refusals by code, timeline entries by code."""

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _


def _wait(values: dict[str, Any]) -> str:
    minutes = -(-values["seconds"] // 60)
    return ngettext(
        "Too many tries from here. Wait %(minutes)d minute, then try again; what you typed is kept",
        "Too many tries from here. Wait %(minutes)d minutes, then try again; what you typed is kept",
        minutes,
    ) % {"minutes": minutes}


def _challenge(values: dict[str, Any]) -> str:
    return ngettext(
        "The site is under heavy load and checks that a person is sending. Wait %(seconds)d second, then send again",
        "The site is under heavy load and checks that a person is sending. Wait %(seconds)d seconds, then send again",
        values["seconds"],
    ) % {"seconds": values["seconds"]}


REFUSALS = {
    "too_many": (_wait, 429),
    "challenge_open": (_challenge, 429),
    "key_missing": (_("This contact cannot be read: its key is not configured."), 500),
    "consent_text_missing": (_("The consent text is missing. Tell the site's office: %(codes)s"), 500),
    "confidential_stays": _("Its sender asked that nobody else reads it: it can be counted or rejected, not published"),
    "reason_missing": _("Choose a reason: its sender will read it"),
    "item_gone": (_("One of the chosen items is no longer there. Load the page again"), 409),
    "unknown_decision": _("There is no decision “%(decision)s”"),
    "table_is_workbook": _("This is a workbook. Save the sheet as CSV (UTF-8) and choose that file"),
    "table_unreadable": _("This is not a CSV table that can be read. Save it anew as CSV (UTF-8)"),
    "table_columns_missing": _("The first row must name the columns; these are missing: %(columns)s"),
    "table_columns_twice": _("Two columns mean the same: %(columns)s. Keep one of them"),
    "table_columns_many": _("A table has at most %(most)d columns"),
    "table_too_long": _("A table has at most %(most)d rows. Part it, and keep the rows of one number together"),
    "table_empty": _("The table has no row below its headings"),
    "table_cell_empty": _("This cell must not be empty"),
    "table_cell_too_long": _("This may have at most %(most)d characters"),
    "table_row_too_wide": _("The row has more than %(most)d cells. Put text with commas between quotation marks"),
}

TIMELINE = {
    "received": _("Received"),
    "withdrawn": _("You withdrew it"),
    "edited": _("You changed it"),
    "code_renewed": _("You got a new tracking code; the old one no longer works"),
    "moderated_published": _("Checked and published"),
    "moderated_private": _("Read; not published"),
    "moderated_rejected": _("Checked; not published. The reason stands beside it"),
    "moderated_held": _("Taken back for another check"),
}


def channel_name(channel: str) -> str:
    """Say by which channel something came: `web`, `paper`, `embed:<host>`, `import:<name>` ..."""
    names = {
        "web": pgettext("channel", "on this site"),
        "paper": pgettext("channel", "on paper"),
        "phone": pgettext("channel", "by telephone"),
        "hearing": pgettext("channel", "at a hearing"),
        "counter": pgettext("channel", "at the counter"),
        "email": pgettext("channel", "by e-mail"),
        "live": pgettext("channel", "in a live interview"),
        "kiosk": pgettext("channel", "on a device that many use"),
    }
    kind, _colon, source = channel.partition(":")
    if kind == "embed" and source:
        return gettext("sent from %(host)s") % {"host": source}
    if kind == "import" and source:
        return gettext("taken over from %(source)s") % {"source": source}
    return names.get(channel, channel)
