"""The question types of LimeSurvey, by their letters (https://www.limesurvey.org/manual/Question_types)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surveys.definition.limesurvey.reading import Question

CHOICES: Mapping[str, str] = {
    "L": "single", "!": "single", "O": "single", "M": "multiple", "P": "multiple", "R": "ranking",
}  # fmt: skip
TEXTS: Mapping[str, str] = {"S": "text", "T": "long_text", "U": "long_text"}
SEVERAL: Mapping[str, str] = {"K": "number", "Q": "text"}
ARRAYS = frozenset("FHABCE")

Words = Mapping[str, str]
_BUILT_IN: Mapping[str, tuple[tuple[str, Words], ...]] = {
    "Y": (("Y", {"en": "Yes", "zh-hans": "是"}), ("N", {"en": "No", "zh-hans": "否"})),
    "G": (("F", {"en": "Female", "zh-hans": "女"}), ("M", {"en": "Male", "zh-hans": "男"})),
    "C": (
        ("Y", {"en": "Yes", "zh-hans": "是"}),
        ("U", {"en": "Uncertain", "zh-hans": "不确定"}),
        ("N", {"en": "No", "zh-hans": "否"}),
    ),
    "E": (
        ("I", {"en": "Increase", "zh-hans": "增加"}),
        ("S", {"en": "Same", "zh-hans": "不变"}),
        ("D", {"en": "Decrease", "zh-hans": "减少"}),
    ),
}
OTHER_WORDS: Words = {"en": "Other", "zh-hans": "其他"}
COMMENT_WORDS: Words = {"en": "Your comment", "zh-hans": "说明"}
# Answers of these types are numbers, which are their own words.
_SCALES: Mapping[str, int] = {"A": 5, "B": 10}


def built_in(question: Question) -> tuple[tuple[str, Words], ...]:
    """Return the answers that a type has without listing them: values, and words in the languages known here."""
    if question.type in _SCALES:
        return tuple((str(value), {"": str(value)}) for value in range(1, _SCALES[question.type] + 1))
    return _BUILT_IN.get(question.type, ())


def has_other(question: Question) -> bool:
    """Say whether an answer in own words is offered."""
    return question.type in "L!MP" and question.row.get("other") == "Y"


def value_of(question: Question, attribute: str) -> str:
    """Return an attribute as it is written, "" for none."""
    found = question.attributes.get(attribute)
    return found.value.strip() if found is not None else ""


def is_sum(question: Question) -> bool:
    """Say whether several numbers have to add up to a fixed one."""
    return question.type == "K" and as_number(value_of(question, "equals_num_value")) is not None


def is_ticked_table(question: Question) -> bool:
    """Say whether a table of numbers is one of boxes to tick."""
    return question.type == ":" and value_of(question, "multiflexible_checkbox") == "1"


def as_number(text: str) -> int | float | None:
    """Return a number as it is written, None for an expression or nothing."""
    try:
        found = float(text)
    except ValueError:
        return None
    if found != found or abs(found) >= 1e15:
        return None
    return int(found) if found.is_integer() else found
