"""Words of the figures."""

from __future__ import annotations

from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy

STEP_NAMES = {
    3: gettext_lazy("passed to a unit"),
    4: gettext_lazy("taken on"),
    5: gettext_lazy("another unit asked"),
    6: gettext_lazy("answer begun"),
    7: gettext_lazy("handed in for approval"),
    8: gettext_lazy("answered"),
    9: gettext_lazy("rated or closed"),
}


def month_name(period: str) -> str:
    """Return the name of a month written 2026-10, in the active language."""
    return str(MONTHS[date.fromisoformat(f"{period}-01").month])


NAMES = {
    "received": gettext_lazy("received"),
    "valid": gettext_lazy("received, without repetitions and empty letters"),
    "answered": gettext_lazy("answered"),
    "open": gettext_lazy("not answered yet"),
    "overdue": gettext_lazy("overdue"),
    "due": gettext_lazy("due"),
    "in_time": gettext_lazy("answered in time"),
    "rated": gettext_lazy("rated"),
    "satisfied": gettext_lazy("content"),
    "opened_again": gettext_lazy("opened again"),
    "extended": gettext_lazy("extended"),
    "reviews": gettext_lazy("reviews"),
    "not_needed": gettext_lazy("letters not needed"),
}
