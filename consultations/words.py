"""The sentences of consultations: refusals by code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consultations.rules import CallState

if TYPE_CHECKING:
    from consultations.queries import Call

STATES = {
    CallState.OPEN: pgettext_lazy("state of a call", "Open"),
    CallState.ANNOUNCED: pgettext_lazy("state of a call", "Announced"),
    CallState.PLANNED: pgettext_lazy("state of a call", "Planned"),
    CallState.ANALYSING: pgettext_lazy("state of a call", "Comments are being read"),
    CallState.ANSWERED: pgettext_lazy("state of a call", "Outcome published"),
    CallState.WITHDRAWN: pgettext_lazy("state of a call", "Withdrawn"),
}


def closing_day(moment: datetime) -> str:
    """Write a closing moment as people say it: midnight is the end of the day before (24:00, 11:59 pm)."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (0, 0):
        day = date_format((local - timedelta(days=1)).date(), "DATE_FORMAT")
        return gettext("%(day)s, 11:59 pm (China time)") % {"day": day}
    return gettext("%(day)s, %(time)s (China time)") % {
        "day": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
    }


def state_sentence(call: Call) -> str:
    """Say in one sentence where a call stands: for feeds and letters."""
    row = call.consultation

    def at(moment: datetime | None) -> str:
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")

    closes = closing_day(row.closes_at)
    if call.state is CallState.WITHDRAWN:
        return gettext("Withdrawn on %(moment)s: %(reason)s") % {
            "moment": at(row.withdrawn_at),
            "reason": row.withdrawn_reason,
        }
    if call.state is CallState.PLANNED:
        day = date_format(timezone.localtime(row.opens_at), "DATE_FORMAT")
        return gettext("Planned for about %(day)s; the date may still change") % {"day": day}
    if call.state is CallState.ANNOUNCED:
        return gettext("Opens on %(moment)s") % {"moment": at(row.opens_at)}
    if call.state is CallState.OPEN:
        extended = row.extensions.last()
        if extended is None:
            return gettext("Open until %(moment)s") % {"moment": closes}
        return gettext("Open until %(moment)s, extended: %(reason)s") % {
            "moment": closes,
            "reason": extended.reason,
        }
    if call.state is CallState.ANSWERED:
        return gettext("Closed on %(moment)s; the outcome is published") % {"moment": closes}
    return gettext("Closed on %(moment)s; the comments are being read") % {"moment": closes}


def _closed(values: dict[str, Any]) -> str:
    closed = closing_day(values["closed_at"])
    return gettext("This closed on %(closed)s. Your text is kept below: save it as a file") % {"closed": closed}


def _planned(values: dict[str, Any]) -> str:
    opens = date_format(timezone.localtime(values["opens_at"]), "DATETIME_FORMAT")
    return gettext("This opens on %(opens)s. Your text is kept below: save it as a file") % {"opens": opens}


def _import_refused(values: dict[str, Any]) -> str:
    n = len(values["faults"])
    return ngettext(
        "Nothing was imported: %(n)d comment has a fault", "Nothing was imported: %(n)d comments have a fault", n
    ) % {"n": n}


REFUSALS = {
    "call_closed": (_closed, 403),
    "call_planned": (_planned, 403),
    "call_gone": (_("This call for comments is no longer public"), 404),
    "basket_empty": _("There is no comment to send. Add one first"),
    "basket_full": _("%(most)d comments fit into one submission. Send these, then write more"),
    "draft_name_unfit": _("Write the address in small Latin letters, words joined by hyphens, such as fee-schedule"),
    "draft_name_taken": _("This call has a text with the address “%(name)s” already. Choose another one"),
    "questions_there": _("This call has questions already. Import a new version of them"),
    "article_unknown": _("There is no article %(name)s in that version"),
    "nothing_before": (_("This version has none before it to be matched with"), 404),
    "clause_gone": _("The clause %(key)s is not in the published text. Go back to the draft and choose again"),
    "stance_missing": _("Choose your view"),
    "text_too_short": _("Write your comment, at least %(least)d characters"),
    "text_too_long": _("A comment has at most %(most)d characters"),
    "channel_wrong": _("“%(channel)s” cannot be the channel of an import"),
    "import_refused": (_import_refused, 422),
    "import_id_missing": _("It has no number of its own. Give each one a number, so that it is taken in once"),
    "import_id_twice": _("The number %(external_id)s stands twice in the import"),
    "import_known_differs": _(
        "The number %(external_id)s was taken in before, with other words. Give this one a number of its own"
    ),
    "import_in_future": _("It cannot have been received later than now"),
    "import_language_unknown": _("There is no language “%(language)s” here. Give zh-hans or en"),
    "text_unreadable": _("The text holds signs that cannot be kept. Save its file as text again and send it once more"),
    "withdrawn": _("You withdrew this; it cannot be changed any more"),
    "version_published": _("Version %(number)d is published and cannot be changed. Import a new version"),
}
