"""The sentences of running calls: refusals by code."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _withdrawn(values: dict[str, Any]) -> str:
    return gettext("This call was withdrawn on %(moment)s. Your text is kept below: save it as a file") % {
        "moment": _moment(values["withdrawn_at"])
    }


def _not_later(values: dict[str, Any]) -> str:
    return gettext("An extension is later than the present close, %(moment)s") % {
        "moment": _moment(values["closes_at"])
    }


def period_reason_missing(values: dict[str, Any]) -> str:
    """Say that a short period needs its reason."""
    return ngettext(
        "A call lasts at least %(days)d day, counted from the day after it opens. Say in both languages why this "
        "one is shorter; the public reads the reason",
        "A call lasts at least %(days)d days, counted from the day after it opens. Say in both languages why this "
        "one is shorter; the public reads the reason",
        values["days"],
    ) % {"days": values["days"]}


REFUSALS = {
    "call_withdrawn": (_withdrawn, 403),
    "call_answered": _("The outcome of this call is published, so it cannot be withdrawn any more"),
    "extension_not_later": _not_later,
    "public_reason_missing": _("Give the reason in Chinese and in English; the public reads it"),
    "period_reason_missing": period_reason_missing,
}
