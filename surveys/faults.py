"""What respondents and interviewers read beside an answer that cannot be kept. Codes are those of the definition."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys.definition.runtime import Fault

SENTENCES: Mapping[str, str | Promise] = {
    "required": _("Please answer this question."),
    "constraint": _("This answer does not fit the question."),
    "wrong_type": _("This answer could not be read. Please answer again."),
    "not_offered": _("Please choose one of the answers offered."),
    "twice": _("The same answer was given twice."),
    "exclusive": _("This answer cannot be combined with others."),
    "not_a_number": _("Please enter a number."),
    "not_whole": _("Please enter a whole number."),
    "too_precise": _("This number has too many digits; at most %(limit)s are kept."),
    "too_small": _("Please enter %(limit)s or more."),
    "too_large": _("Please enter %(limit)s or less."),
    "wrong_step": _("Please enter a number in steps of %(step)s."),
    "not_a_date": _("Please enter a date that exists, as in 2026-03-01."),
    "not_a_time": _("Please enter a time from 00:00 to 23:59."),
    "not_an_email": _("Please enter an e-mail address, as in name@example.org."),
    "not_a_phone": _("Please enter a telephone number with 5 to 15 digits."),
    "no_region": _("Please choose a region from the list."),
    "not_a_place": _("Please choose a place on the map."),
    "unknown_row": _("This answer could not be read. Please answer again."),
    "wrong_total": _("The amounts add up to %(found)s; they should add up to %(total)s."),
    "work_limit": _("This questionnaire is too large to be worked out. Please tell the office."),
}


def _too_few(limit: int) -> str:
    return ngettext("Please choose at least %(limit)d answer.", "Please choose at least %(limit)d answers.", limit)


def _too_many(limit: int) -> str:
    return ngettext("Please choose at most %(limit)d answer.", "Please choose at most %(limit)d answers.", limit)


def _too_long(limit: int) -> str:
    return ngettext(
        "This answer is too long; at most %(limit)d character is kept.",
        "This answer is too long; at most %(limit)d characters are kept.",
        limit,
    )


COUNTED = {"too_few": _too_few, "too_many": _too_many, "too_long": _too_long}


def sentence(fault: Fault, own: str = "") -> str:
    """The sentence of a fault in the language in force. `own` is what the author wrote for it, and wins."""
    if own:
        return own
    values: Mapping[str, Any] = fault.values
    if fault.code in COUNTED:
        return COUNTED[fault.code](values["limit"]) % values
    return str(SENTENCES[fault.code]) % values
