"""What is wrong with an answer, as a sentence in the reader's language."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from surveys.definition.runtime import Fault

_SENTENCES: dict[str, str | Promise] = {
    "required": _("Answer this question"),
    "constraint": _("This answer does not fit; read the question once more"),
    "wrong_type": _("This answer cannot be read; give it once more"),
    "not_offered": _("Choose one of the answers that are offered"),
    "twice": _("Choose each answer once only"),
    "exclusive": _("One of your answers stands alone: take it back, or the others"),
    "too_few": _("Choose at least %(limit)s"),
    "too_many": _("Choose at most %(limit)s"),
    "not_a_number": _("Write a number, in digits"),
    "not_whole": _("Write a whole number"),
    "too_precise": _("Write a number of at most %(limit)s digits"),
    "too_small": _("Write %(limit)s or more"),
    "too_large": _("Write %(limit)s or less"),
    "wrong_step": _("Write a number in steps of %(step)s"),
    "not_a_date": _("Write a day that is in the calendar, like 2026-11-24"),
    "not_a_time": _("Write a time like 14:30"),
    "too_long": _("Write at most %(limit)s characters here"),
    "not_an_email": _("Write the e-mail like name@example.org"),
    "not_a_phone": _("Write a telephone number, in digits"),
    "no_region": _("Choose one of the regions"),
    "not_a_place": _("Write latitude and longitude in degrees, like 31.23 and 121.47"),
    "unknown_row": _("This answer cannot be read; give it once more"),
    "wrong_total": _("Together this must be %(total)s; it is %(found)s"),
    "not_agreed": _("Without your agreement this cannot be sent"),
    "files_full": _("These are more files than one questionnaire holds; this one was not taken"),
    "file_too_large": _("“%(name)s” is larger than %(size)s, so it was not taken"),
    "file_refused": _("“%(name)s” was not taken. %(why)s"),
    "file_kind": _("“%(name)s” is of another kind; what is taken here: %(kinds)s"),
    "work_limit": _("This questionnaire is too complicated to be worked out. Please tell us"),
}
_OWN: dict[tuple[str, str], str | Promise] = {
    ("ranking", "wrong_type"): _("Give each place once only, beginning with 1"),
    ("matrix", "required"): _("Choose one answer in every row"),
    ("consent", "required"): _("Without your agreement this cannot be sent"),
    ("declaration", "required"): _("Without your declaration this cannot be sent"),
    ("file", "too_many"): ngettext_lazy(
        "One file is taken here; the others were left out",
        "At most %(limit)s files are taken here; the others were left out",
        "limit",
    ),
    ("photo", "too_many"): ngettext_lazy(
        "One picture is taken here; the others were left out",
        "At most %(limit)s pictures are taken here; the others were left out",
        "limit",
    ),
}
CODES = frozenset(_SENTENCES)


def fault_sentence(fault: Fault, question_type: str) -> str:
    """Say a fault in the active language."""
    sentence = _OWN.get((question_type, fault.code)) or _SENTENCES[fault.code]
    values: dict[str, Any] = dict(fault.values)
    if "size" in values:
        values["size"] = filesizeformat(values["size"])
    return str(sentence % values) if values else str(sentence)
