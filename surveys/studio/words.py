"""The words of the builder: names of types and properties, and what is wrong with a definition that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.definition import model

TYPES: Mapping[str, str | Promise] = {
    "single": pgettext_lazy("type of question", "One of several answers"),
    "multiple": pgettext_lazy("type of question", "Several answers"),
    "matrix": pgettext_lazy("type of question", "Table: one answer a row"),
    "ranking": pgettext_lazy("type of question", "Ranking"),
    "number": pgettext_lazy("type of question", "Number"),
    "date": pgettext_lazy("type of question", "Day"),
    "time": pgettext_lazy("type of question", "Time of day"),
    "datetime": pgettext_lazy("type of question", "Day and time"),
    "text": pgettext_lazy("type of question", "A line of text"),
    "long_text": pgettext_lazy("type of question", "Long text"),
    "email": pgettext_lazy("type of question", "E-mail address"),
    "phone": pgettext_lazy("type of question", "Telephone number"),
    "region": pgettext_lazy("type of question", "Region"),
    "location": pgettext_lazy("type of question", "Place on the map"),
    "file": pgettext_lazy("type of question", "File"),
    "photo": pgettext_lazy("type of question", "Photograph"),
    "slider": pgettext_lazy("type of question", "Slider"),
    "nps": pgettext_lazy("type of question", "Recommendation, 0 to 10"),
    "rating": pgettext_lazy("type of question", "Rating"),
    "constant_sum": pgettext_lazy("type of question", "Sum shared out among answers"),
    "calculation": pgettext_lazy("type of question", "Calculated value"),
    "note": pgettext_lazy("type of question", "Note"),
    "consent": pgettext_lazy("type of question", "Consent"),
    "declaration": pgettext_lazy("type of question", "Declaration"),
    "hidden": pgettext_lazy("type of question", "Hidden value"),
    "meta": pgettext_lazy("type of question", "Value from the platform"),
    "group": pgettext_lazy("type of question", "Group of questions"),
    "repeat": pgettext_lazy("type of question", "Questions asked several times"),
    "page": pgettext_lazy("type of question", "Page"),
}

PROPERTIES: Mapping[str, Any] = {
    "type": pgettext_lazy("property of a question", "Kind"),
    "name": pgettext_lazy("property of a question", "Name"),
    "title": pgettext_lazy("property of a question", "Title"),
    "introduction": pgettext_lazy("property of a question", "Introduction"),
    "closing": pgettext_lazy("property of a question", "Words at the end"),
    "label": pgettext_lazy("property of a question", "Words of the question"),
    "help": pgettext_lazy("property of a question", "Help"),
    "media": pgettext_lazy("property of a question", "Pictures, sounds and films"),
    "required": pgettext_lazy("property of a question", "Has to be answered"),
    "required_message": pgettext_lazy("property of a question", "Message when it is not answered"),
    "constraint": pgettext_lazy("property of a question", "An answer is taken only if"),
    "constraint_message": pgettext_lazy("property of a question", "Message when an answer is not taken"),
    "relevant": pgettext_lazy("property of a question", "Shown only if"),
    "modes": pgettext_lazy("property of a question", "Shown on"),
    "mode_texts": pgettext_lazy("property of a question", "Words on the telephone and on paper"),
    "fixed": pgettext_lazy("property of a question", "Keeps its place"),
    "read_only": pgettext_lazy("property of a question", "Cannot be changed"),
    "default": pgettext_lazy("property of a question", "Answer given beforehand"),
    "personal": pgettext_lazy("property of a question", "Says who somebody is"),
    "appearance": pgettext_lazy("property of a question", "Look"),
    "options": pgettext_lazy("property of a question", "Answers"),
    "list": pgettext_lazy("property of a question", "List of answers"),
    "choice_filter": pgettext_lazy("property of a question", "An answer is offered only if"),
    "randomise": pgettext_lazy("property of a question", "Order"),
    "min_chosen": pgettext_lazy("property of a question", "Answers at least"),
    "max_chosen": pgettext_lazy("property of a question", "Answers at most"),
    "rows": pgettext_lazy("property of a question", "Rows"),
    "randomise_rows": pgettext_lazy("property of a question", "Order of the rows"),
    "total": pgettext_lazy("property of a question", "Sum"),
    "unit": pgettext_lazy("property of a question", "Unit"),
    "integer": pgettext_lazy("property of a question", "Whole numbers only"),
    "minimum": pgettext_lazy("property of a question", "At least"),
    "maximum": pgettext_lazy("property of a question", "At most"),
    "step": pgettext_lazy("property of a question", "Step"),
    "low_label": pgettext_lazy("property of a question", "Word at the low end"),
    "high_label": pgettext_lazy("property of a question", "Word at the high end"),
    "max_length": pgettext_lazy("property of a question", "Characters at most"),
    "precision": pgettext_lazy("property of a question", "How exactly"),
    "accept": pgettext_lazy("property of a question", "Kinds of files"),
    "max_files": pgettext_lazy("property of a question", "Files at most"),
    "max_bytes": pgettext_lazy("property of a question", "Size of a file at most, in bytes"),
    "calculation": pgettext_lazy("property of a question", "Calculated as"),
    "parameter": pgettext_lazy("property of a question", "Name in the address"),
    "meta": pgettext_lazy("property of a question", "What the platform gives"),
    "count": pgettext_lazy("property of a question", "How many times"),
    "add_label": pgettext_lazy("property of a question", "Words on the button that adds one"),
    "items": pgettext_lazy("property of a question", "Questions"),
    "when": pgettext_lazy("property of a question", "Counts whoever"),
    "limit": pgettext_lazy("property of a question", "Limit"),
    "message": pgettext_lazy("property of a question", "Message when it is full"),
    "arms": pgettext_lazy("property of a question", "Forms of the ballot"),
    "languages": pgettext_lazy("property of a question", "Languages"),
    "settings": pgettext_lazy("property of a question", "Settings"),
    "format": pgettext_lazy("property of a question", "Format"),
    "version": pgettext_lazy("property of a question", "Version"),
    "lists": pgettext_lazy("property of a question", "Lists of answers"),
    "quotas": pgettext_lazy("property of a question", "Quotas"),
    "ballots": pgettext_lazy("property of a question", "Split ballots"),
    "pages": pgettext_lazy("property of a question", "Pages"),
}

MIXING = (
    ("none", pgettext_lazy("order of answers", "as written")),
    ("shuffle", pgettext_lazy("order of answers", "mixed at random")),
    ("rotate", pgettext_lazy("order of answers", "as written, from a random one on")),
    ("flip", pgettext_lazy("order of answers", "as written or backwards")),
)
MODES = (
    ("web", pgettext_lazy("way of answering", "on the web")),
    ("phone", pgettext_lazy("way of answering", "on the telephone")),
    ("paper", pgettext_lazy("way of answering", "on paper")),
)

SEVERITIES: Mapping[str, str | Promise] = {
    "error": pgettext_lazy("finding of a check", "stops publishing"),
    "warning": pgettext_lazy("finding of a check", "probably a mistake"),
    "note": pgettext_lazy("finding of a check", "worth a look"),
}

# What the map of the logic marks, by the code of the finding.
MARKS: Mapping[str, str | Promise] = {
    "circular": pgettext_lazy("mark on the map", "goes round in a circle"),
    "refers_later": pgettext_lazy("mark on the map", "reads what is asked later"),
    "unreachable": pgettext_lazy("mark on the map", "nobody ever sees this"),
    "dead_end": pgettext_lazy("mark on the map", "nobody gets on from here"),
    "never_offered": pgettext_lazy("mark on the map", "an answer is never offered"),
}

# What is wrong with a document. `at` is a character of an expression, counted from 1 for people.
ERRORS: Mapping[str, str | Promise] = {
    "not_json": _("This is not JSON."),
    "too_large": _("This is larger than %(limit)s bytes."),
    "missing": _("This is missing."),
    "unknown_key": _("The format does not know this property."),
    "wrong_type": _("This is not the kind of value that belongs here."),
    "not_one_of": _("This has to be one of: %(expected)s."),
    "too_long": _("This is longer than %(limit)s characters."),
    "too_short": _("This is empty or too short."),
    "out_of_range": _("This number is beyond %(limit)s."),
    "bad_name": _("“%(value)s” is no name: Latin letters, digits, “_”, “-” and “.”, with a letter first."),
    "duplicate_name": _("The name “%(name)s” is taken."),
    "duplicate_value": _("The value “%(value)s” stands there twice."),
    "duplicate_language": _("The language %(language)s stands there twice."),
    "not_for_type": _("A question of this kind has no such property."),
    "no_list": _("There is no list “%(list)s”."),
    "list_and_options": _("Either take a list or write answers, not both."),
    "too_many": _("There are more than %(limit)s."),
    "too_deep": _("This lies more than %(limit)s levels deep."),
    "expression_empty": _("The condition is empty."),
    "expression_too_long": _("The condition is too long; the limit is %(limit)s."),
    "expression_too_deep": _("The condition has more than %(limit)s brackets in one another."),
    "unexpected_character": _("Character %(at)s: “%(character)s” does not belong there."),
    "unexpected_end": _("The condition breaks off at its end."),
    "unexpected": _("Character %(at)s: “%(found)s” does not belong there."),
    "string_not_closed": _("Character %(at)s: the quotation mark that opens there is never closed."),
    "unknown_function": _("Character %(at)s: there is no function “%(name)s”."),
    "argument_count": _("Character %(at)s: “%(name)s” does not take that many values."),
    "unsupported": _("Character %(at)s: “%(what)s” cannot be used here."),
    "bare_name": _("Character %(at)s: write ${%(name)s} for the answer to a question, and words in quotation marks."),
}

PARTS: Mapping[str, str | Promise] = {
    "questionnaire": pgettext_lazy("part of a questionnaire", "Questionnaire"),
    "list": pgettext_lazy("part of a questionnaire", "List of answers"),
    "ballot": pgettext_lazy("part of a questionnaire", "Split ballot"),
    "quota": pgettext_lazy("part of a questionnaire", "Quota"),
    "page": pgettext_lazy("part of a questionnaire", "Page"),
    "item": pgettext_lazy("part of a questionnaire", "Question"),
}
CHANGES: Mapping[str, str | Promise] = {
    "added": pgettext_lazy("between two versions", "added"),
    "removed": pgettext_lazy("between two versions", "removed"),
    "changed": pgettext_lazy("between two versions", "changed"),
    "moved": pgettext_lazy("between two versions", "moved"),
}


def error_sentence(error: model.Error) -> str:
    """Say what is wrong at one place of a document, in the active language."""
    values: dict[str, Any] = dict(error.values)
    if isinstance(values.get("at"), int):
        values["at"] += 1
    return str(ERRORS[error.code]) % values


def property_of(path: str, part: str) -> str:
    """Return the property of a part that a JSON Pointer leads to: `/pages/0/items/2/relevant` gives `relevant`."""
    inner = path.removeprefix(part).lstrip("/")
    return inner.split("/")[0] if path.startswith(part) else ""


def language_name(code: str) -> str:
    """Name a language of the site; any other is shown by its tag."""
    return str({"zh-hans": _("Chinese"), "en": _("English")}.get(code, code))


REFUSALS = {
    "survey_arm_line": _("Line %(line)d: a value stands there and, after “|”, a number of at least 0"),
    "survey_option_value": _("Line %(line)d: the value in front of the first “|” is missing"),
    "survey_option_cells": _(
        "Line %(line)d: after the value there are at most %(most)d parts, and the last one can only be a mark"
    ),
}
