"""Which columns the answers of a questionnaire have, whichever of its versions they were given to; no Django.

A question is one column, a matrix one for each row, a ranking and a constant sum one for each option. Words of one's
own have a column beside; of files there is only how many were given. What says who somebody is and what stands in
repeats (many answers of one person to one question) has none: it is not counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from surveys.answering.private import private_names
from surveys.definition.answers import MISSING, OTHER, bounds
from surveys.definition.files import COUNT
from surveys.definition.model import FILE_TYPES, Definition, Entry, Question, Texts

Kind = Literal["coded", "mask", "number", "date", "words", "text"]
"""coded: a code an answer; mask: a bit an option; words: short texts that are levels; text: what is only searched."""

NONE = -1
REASONS: Mapping[str, int] = {reason: -2 - place for place, reason in enumerate(MISSING)}
"""Codes of answers that were asked for and not given; NONE: not asked or skipped."""

# Facts about a response. No question has such a name.
ID, VERSION, MODE, LANGUAGE, DAY, SECONDS, WAVE = "#id", "#version", "#mode", "#language", "#day", "#seconds", "#wave"
FACTS = (ID, VERSION, MODE, LANGUAGE, DAY, SECONDS, WAVE)
# Facts that answers can be filtered and compared by.
GROUPS = (MODE, LANGUAGE, VERSION, WAVE)
# Stands for all short texts beyond those that are told apart.
REST = "#rest"
# Options in one column of bits: the sign is for NONE and REASONS.
BITS = 62
# A scale of more points is a number, not a row of codes.
POINTS_MOST = 21
# Raised with any change of what is written, so that what an older program wrote is written anew.
FORMAT = 1

_KINDS: Mapping[str, Kind] = {
    "single": "coded",
    "consent": "coded",
    "declaration": "coded",
    "multiple": "mask",
    "matrix": "coded",
    "ranking": "coded",
    "constant_sum": "number",
    "number": "number",
    "slider": "number",
    "nps": "coded",
    "rating": "coded",
    "date": "date",
    "time": "words",
    "datetime": "words",
    "text": "text",
    "long_text": "text",
    "region": "words",
    "location": "words",
    "calculation": "words",
    "hidden": "words",
    "meta": "words",
}
_PIPED = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Level:
    """One code: the value in the answers, and its words by language (none where the value is its own word)."""

    value: str | int | bool
    label: Texts


@dataclass(frozen=True)
class Column:
    """One column. `part` is the value of a row or option where the question has several columns.

    `numeric`: the values of its levels are numbers, so that they have a mean. `versions`: numbers of those that ask it.
    """

    key: str
    question: Question
    kind: Kind
    versions: frozenset[int]
    levels: tuple[Level, ...] = ()
    part: str = ""
    part_label: Texts | None = None
    numeric: bool = False
    is_other: bool = False
    # Some people are routed past it.
    routed: bool = False

    @property
    def asked(self) -> bool:
        """Whether a person answered it."""
        return self.question.asked

    @property
    def name(self) -> str:
        """The name in the answers under which its values stand."""
        if self.is_other:
            return self.question.name + OTHER
        return self.question.name + COUNT if self.question.type in FILE_TYPES else self.question.name

    @cached_property
    def places(self) -> Mapping[str | int | bool, int]:
        """Code by value."""
        return {level.value: place for place, level in enumerate(self.levels)}

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """Names of what is stored: bits in several columns, numbers with why there is none."""
        if self.kind == "mask":
            return tuple(f"{self.key}|{at // BITS}" for at in range(0, max(1, len(self.levels)), BITS))
        return (self.key, f"{self.key}|why") if self.kind == "number" else (self.key,)


@dataclass(frozen=True)
class Layout:
    """The columns of a questionnaire in the order of its newest version, what only older versions ask after them."""

    columns: tuple[Column, ...]
    numbers: tuple[int, ...]
    languages: tuple[str, ...]
    # Values of rows and options, also in repeats: names that can stand inside of an answer.
    inside: frozenset[str] = frozenset()

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def digest(self) -> str:
        """Changes when what is written would have other columns or codes."""
        said = [
            (column.key, column.kind, sorted(column.versions), [repr(level.value) for level in column.levels])
            for column in self.columns
        ]
        return hashlib.sha256(repr((FORMAT, self.numbers, said)).encode()).hexdigest()

    def words(self, texts: Texts | None, language: str) -> str:
        """The words in a language, else in the first one of the questionnaire, else in any; answers in them as dots."""
        for wanted in (language, *self.languages):
            if texts and texts.get(wanted):
                return _PIPED.sub("…", texts[wanted])
        return _PIPED.sub("…", next((words for words in (texts or {}).values() if words), ""))


def layout_of(definitions: Mapping[int, Definition]) -> Layout:
    """Return the columns of answers to these versions, by their numbers; ValueError for none.

    A name that had another type in an older version has a column of its own for it, `name@number`. Options that only
    an older version offered come after those of the newest.
    """
    if not definitions:
        raise ValueError("a layout needs a version")
    found: dict[str, Column] = {}
    numbers = sorted(definitions, reverse=True)
    for number in numbers:
        for column in _columns(definitions[number], number):
            known = found.get(column.key)
            if known is not None and (known.kind, known.question.type) != (column.kind, column.question.type):
                column = replace(column, key=f"{column.key}@{number}")
                known = None
            found[column.key] = column if known is None else _together(known, column)
    inside = frozenset(
        part.value
        for definition in definitions.values()
        for question in definition.questions
        for part in (*question.rows, *definition.options_of(question))
    )
    return Layout(tuple(found.values()), tuple(numbers), definitions[numbers[0]].languages, inside)


def _together(newer: Column, older: Column) -> Column:
    levels = (*newer.levels, *(level for level in older.levels if level.value not in newer.places))
    return replace(newer, levels=levels, versions=newer.versions | older.versions)


def _columns(definition: Definition, number: int) -> Iterator[Column]:
    private = private_names(definition)
    for entry in definition.entries:
        if entry.repeats or (entry.item.name in private and not _is_counted(entry.item)):
            continue
        above = (definition.pages[entry.page], *entry.above, entry.item)
        routed = any(part.relevant or part.modes for part in above)
        yield from (replace(column, routed=routed) for column in _columns_of(definition, entry, number))


def _is_counted(item: object) -> bool:
    """Whether an answer is kept apart and how much of it there is is told: so many files."""
    return isinstance(item, Question) and item.type in FILE_TYPES


def _columns_of(definition: Definition, entry: Entry, number: int) -> Iterator[Column]:
    versions = frozenset({number})
    question = entry.item
    if not isinstance(question, Question):
        return
    if question.type in FILE_TYPES:
        yield Column(question.name + COUNT, question, "number", versions)
    if question.type not in _KINDS:
        return
    kind = _KINDS[question.type]
    options = definition.options_of(question)
    levels = tuple(_levels(definition, question))
    if question.type == "matrix":
        for row in question.rows:
            key = f"{question.name}.{row.value}"
            yield Column(key, question, kind, versions, levels, row.value, row.words)
    elif question.type in ("ranking", "constant_sum"):
        numeric = question.type == "ranking"
        for option in options:
            key = f"{question.name}.{option.value}"
            yield Column(key, question, kind, versions, levels, option.value, option.words, numeric)
    elif question.type in ("rating", "nps"):
        if len(levels) > POINTS_MOST:
            kind, levels = "number", ()
        yield Column(question.name, question, kind, versions, levels, numeric=kind == "coded")
    else:
        yield Column(question.name, question, kind, versions, levels)
    if any(option.other for option in (*options, *question.rows)):
        yield Column(question.name + OTHER, question, "text", versions, is_other=True)


def _levels(definition: Definition, question: Question) -> Iterator[Level]:
    if question.type in ("consent", "declaration"):
        yield from (Level(True, {}), Level(False, {}))
    elif question.type in ("nps", "rating"):
        low, high = bounds(question)
        if low is not None and high is not None:
            yield from (Level(number, {}) for number in range(int(low), int(high) + 1))
    elif question.type == "ranking":
        yield from (Level(place, {}) for place in range(1, len(definition.options_of(question)) + 1))
    elif _KINDS[question.type] in ("coded", "mask"):
        yield from (Level(option.value, option.words) for option in definition.options_of(question))


def stored_names(columns: Sequence[Column]) -> list[str]:
    """Return the names under which columns are stored."""
    return [name for column in columns for name in column.stored]


def in_words_of(layout: Layout, other: Layout) -> Layout:
    """Return a layout with the same codes and only the questions and words that another one has."""
    columns = []
    for column in layout.columns:
        known = other.by_key.get(column.key)
        if known is None or known.kind != column.kind:
            continue
        labels = {level.value: level.label for level in known.levels}
        levels = tuple(Level(level.value, labels.get(level.value, {})) for level in column.levels)
        columns.append(replace(column, question=known.question, part_label=known.part_label, levels=levels))
    return Layout(tuple(columns), layout.numbers, other.languages, layout.inside)
