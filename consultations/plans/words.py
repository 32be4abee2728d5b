"""The sentences of the plan: refusals by code."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def _before_last(values: dict[str, Any]) -> str:
    day = date_format(values["day"], "DATE_FORMAT")
    return gettext("The last move was on %(day)s; the next one cannot lie before it") % {"day": day}


REFUSALS = {
    "stage_same": _("The policy is at that stage already"),
    "move_in_future": _("A move is recorded when it has happened: give today or an earlier day"),
    "move_before_last": _before_last,
    "note_in_one_language": _("Write the note in both languages, or in none"),
}
