"""The sentences of answering: refusals by code, and how long it takes."""

from __future__ import annotations

import math
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from surveys import queries

# Beside reading, what it takes to decide and to mark one answer.
SECONDS_A_QUESTION = 5


def minutes_needed(shown: queries.Shown, share: float = 1.0) -> int:
    """Return about how many minutes a questionnaire, or a share of it, takes: reading it and marking answers."""
    asked = sum(question.asked for question in shown.definition.questions)
    seconds = shown.ready.seconds.get(shown.language, 0.0) + SECONDS_A_QUESTION * asked
    return max(1, math.ceil(seconds * share / 60))


def _moment(value: Any) -> str:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT")


def _closed(values: dict[str, Any]) -> str:
    return gettext("This questionnaire closed on %(when)s. What you filled in can still be read under its code") % {
        "when": _moment(values["closed_at"])
    }


def _not_open(values: dict[str, Any]) -> str:
    return gettext("This questionnaire opens on %(when)s") % {"when": _moment(values["opens_at"])}


def _incomplete(values: dict[str, Any]) -> str:
    return ngettext(
        "%(n)d question needs an answer or another one before this can be sent",
        "%(n)d questions need an answer or another one before this can be sent",
        values["missing"],
    ) % {"n": values["missing"]}


REFUSALS = {
    "survey_closed": (_closed, 409),
    "survey_not_open": (_not_open, 409),
    "survey_by_invitation": (_("Only those who were invited can answer this; open the link in your letter"), 403),
    "survey_link_unknown": (_("This link is not one of ours. Copy all of it from the letter"), 410),
    "survey_link_used": (_("This link has been used already: each can be used once"), 410),
    "survey_device_answered": (_("An answer was sent from this device already, and each device can send one"), 403),
    "survey_own_device": (
        _("Each device can answer this once, so it is not asked on shared devices or inside of other sites"),
        403,
    ),
    "survey_other_way": (_("This questionnaire is not filled in here: it is asked in another way"), 403),
    "survey_taken_down": (_("This questionnaire was taken down, so it cannot be answered any more"), 410),
    "survey_quota_full": (_("We have heard enough people in your situation, so this answer cannot be taken"), 410),
    "survey_incomplete": (_incomplete, 422),
    "survey_file_lost": _("A file that you gave is not there any more. Remove it and give it once more"),
    "survey_too_much": _("This is more text than a questionnaire holds. Shorten your answers"),
    "survey_code_wrong": _("There is nothing under this code. Check it, or begin again: codes end after 30 days"),
}
