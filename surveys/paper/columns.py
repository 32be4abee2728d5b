"""The columns of a table of paper answers: one row a sheet, one column a question.

A column is named like its question, in repeats like `people/1/age`, or like its number on the paper (`3`, `Q3`). Parts
of an answer follow after a full stop (`table.row`, `ways.bus`), words of one's own after `#other`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from surveys.definition import paper
from surveys.definition.answers import OTHER
from surveys.definition.model import Definition, Entry, Option, Question, Repeat
from surveys.definition.runtime import Path, key_of

# Nothing that is typed: it is put with the sheet.
NOT_KEYED = frozenset({"file", "photo"})
# Types whose answer has parts with columns of their own; those of the first two have no column for the whole.
ONLY_PARTS = frozenset({"matrix", "constant_sum"})
PARTED = ONLY_PARTS | {"multiple", "ranking"}
INSTANCES = 3
"""So many instances of a repeat stand in the template; a table may have more."""
_NUMBER = re.compile(r"[Qq]?([0-9]{1,4})((?:\..+)?)", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """Where the cells of a column go. `part` is a row or an option, `own` says: words of one's own."""

    question: Question
    path: Path
    part: str = ""
    own: bool = False

    @property
    def head(self) -> str:
        """Its name in answers; the template calls it so where nothing else of a sheet is called so."""
        name = f"{self.question.name}.{self.part}" if self.part else self.question.name
        return key_of(name + OTHER * self.own, self.path)


def parts_of(definition: Definition, question: Question) -> tuple[Option, ...]:
    """Return the rows of a matrix, or the options that have an amount, a place or a mark of their own."""
    if question.type not in PARTED:
        return ()
    return question.rows if question.type == "matrix" else definition.options_of(question)


def has_own_words(definition: Definition, question: Question) -> bool:
    """Tell whether one may write words of one's own beside an option or a row."""
    return any(option.other for option in (*definition.options_of(question), *question.rows))


def template_columns(definition: Definition) -> list[Column]:
    """Return the columns of the template, in the order of the paper."""
    columns: list[Column] = []
    for entry in _keyed(definition).values():
        assert isinstance(entry.item, Question)
        for path in _paths(entry):
            columns += _columns_of(definition, entry.item, path)
    return columns


def _columns_of(definition: Definition, question: Question, path: Path) -> Iterator[Column]:
    if question.type in ONLY_PARTS:
        for option in parts_of(definition, question):
            yield Column(question, path, option.value)
    else:
        yield Column(question, path)
    if has_own_words(definition, question):
        yield Column(question, path, own=True)


def _keyed(definition: Definition) -> dict[str, Entry]:
    printed = paper.numbers(definition)
    return {
        entry.item.name: entry
        for entry in definition.entries
        if isinstance(entry.item, Question) and entry.item.name in printed
        if entry.item.type not in NOT_KEYED and not entry.item.read_only
    }


def _paths(entry: Entry) -> list[Path]:
    repeats = [item for item in entry.above if isinstance(item, Repeat)]
    ranges = [range(min(repeat.maximum, max(repeat.minimum, INSTANCES))) for repeat in repeats]
    return [
        tuple((repeat.name, index) for repeat, index in zip(repeats, places, strict=True))
        for places in product(*ranges)
    ]


class Heads:
    """Finds the column that a heading means; one object serves a whole table."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._keyed = _keyed(definition)
        self._by_number = {
            str(number): name for name, number in paper.numbers(definition).items() if name in self._keyed
        }

    def column(self, head: str) -> Column | None:
        """Return the column of a heading, None for one that means no question that is keyed in."""
        *around, last = head.strip().split("/")
        own = last.endswith(OTHER)
        name, part = self._owner(last.removesuffix(OTHER))
        entry = self._keyed.get(name)
        if entry is None or not isinstance(entry.item, Question) or (own and part):
            return None
        path = self._path(entry, around)
        if path is None:
            return None
        question = entry.item
        if own and not has_own_words(self.definition, question):
            return None
        if part and part not in {option.value for option in parts_of(self.definition, question)}:
            return None
        return Column(question, path, part, own)

    def _owner(self, name: str) -> tuple[str, str]:
        """Return the question and the part that a heading names; a question may have full stops in its name."""
        if name in self._keyed:
            return name, ""
        if (found := _NUMBER.fullmatch(name)) and found[1] in self._by_number:
            return self._by_number[found[1]], found[2][1:]
        for place, sign in enumerate(name):
            if sign == "." and name[:place] in self._keyed:
                return name[:place], name[place + 1 :]
        return name, ""

    def _path(self, entry: Entry, around: list[str]) -> Path | None:
        repeats = [item for item in entry.above if isinstance(item, Repeat)]
        if len(around) != 2 * len(repeats):
            return None
        path = []
        for repeat, name, place in zip(repeats, around[::2], around[1::2], strict=True):
            if name != repeat.name or not re.fullmatch(r"[0-9]{1,4}", place) or not 1 <= int(place) <= repeat.maximum:
                return None
            path.append((name, int(place) - 1))
        return tuple(path)
