"""How often each value stands in the columns of a part, kept beside it: a whole table then needs no column; no Django.

JSON by key: of a question with several answers `{"asked": people, "chosen": [people by option]}`, of any other stored
column `{"values": [...], "n": [people by value]}`, of a question with texts `{"written": people}`. What has more values
than VALUES_MOST is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from surveys.results.layout import BITS, GROUPS, NONE, Column, Layout

VALUES_MOST = 1_000
# What can be chosen together is counted as long as there are no more ways, in all groups; 14 options have 16,384.
_PATTERNS_MOST = 1 << 20
# Below the bits of what was chosen stand NONE and the reasons; none of them is less.
_BELOW = 8

Counts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Values:
    """The values of a stored column, each once in no order, and how many rows have each; missing ones are in none."""

    values: Sequence[Any]
    n: np.ndarray


@dataclass(frozen=True)
class Choices:
    """How many people were asked a question with several answers, and how many chose each option; by group or at all.

    `asked` has a number a group, `chosen` a row an option.
    """

    asked: np.ndarray
    chosen: np.ndarray


def values_of(stored: pa.ChunkedArray) -> Values:
    """Count the values of a stored column."""
    counted = pc.value_counts(stored)
    values, n = counted.field("values").to_pylist(), counted.field("counts").to_numpy(zero_copy_only=False)
    kept = [at for at, value in enumerate(values) if value is not None and value == value]
    return Values([values[at] for at in kept], n[kept].astype(np.int64))


def choices_of(
    column: Column, bits: Sequence[np.ndarray], groups: np.ndarray | None = None, across: int = 1
) -> Choices:
    """Count a question with several answers from its columns of bits, in groups (0 to `across` less one) or at all."""
    options, first = range(len(column.levels)), bits[0]
    if across << len(options) > _PATTERNS_MOST or len(bits) > 1:
        gave = first >= 0
        flags = ((bits[at // BITS] >> (at % BITS) & 1).astype(bool) & gave for at in options)
        asked = first != NONE
        if groups is None:
            return Choices(np.array([asked.sum()]), np.array([[one.sum()] for one in flags]).reshape(-1, 1))
        chosen = [np.bincount(groups[one], minlength=across) for one in flags]
        return Choices(np.bincount(groups[asked], minlength=across), np.array(chosen).reshape(-1, across))
    # What is chosen together is counted in one go, and each option from that.
    cells = first + _BELOW if groups is None else (first + _BELOW) * across + groups
    table = np.bincount(cells, minlength=((1 << len(options)) + _BELOW) * across).reshape(-1, across)
    ways, asked = np.arange(1 << len(options)), table.sum(axis=0) - table[_BELOW + NONE]
    chosen = [table[_BELOW:][ways >> at & 1 == 1].sum(axis=0) for at in options]
    return Choices(asked, np.array(chosen, dtype=np.int64).reshape(-1, across))


def weigh_choices(
    column: Column, bits: Sequence[np.ndarray], weights: np.ndarray
) -> tuple[float, float, np.ndarray] | None:
    """Weigh a question with several answers: weight of who was asked, sum of its squares, weight by option.

    None where there are too many options to weigh at once what is chosen together.
    """
    options, first = range(len(column.levels)), bits[0]
    if 1 << len(options) > _PATTERNS_MOST or len(bits) > 1:
        return None
    size = (1 << len(options)) + _BELOW
    sums, squares = (np.bincount(first + _BELOW, one, minlength=size) for one in (weights, weights**2))
    sums[_BELOW + NONE] = squares[_BELOW + NONE] = 0
    ways = np.arange(1 << len(options))
    chosen = np.array([float(sums[_BELOW:][ways >> at & 1 == 1].sum()) for at in options])
    return float(sums.sum()), float(squares.sum()), chosen


def written_in(stored: pa.ChunkedArray) -> int:
    """Count the texts of a stored column."""
    return len(stored) - stored.null_count


def count(layout: Layout, table: pa.Table) -> dict[str, dict[str, Any]]:
    """Count the columns of a part."""
    found: dict[str, dict[str, Any]] = {}
    names = list(GROUPS)
    for column in layout.columns:
        if column.kind == "mask":
            several = choices_of(column, [table.column(name).to_numpy() for name in column.stored])
            found[column.key] = {"asked": int(several.asked[0]), "chosen": several.chosen[:, 0].tolist()}
        elif column.kind == "text":
            found[column.key] = {"written": written_in(table.column(column.key))}
        else:
            names += column.stored
    for name in names:
        one = values_of(table.column(name))
        if len(one.values) <= VALUES_MOST:
            values = [value.isoformat() if isinstance(value, date) else value for value in one.values]
            found[name] = {"values": values, "n": one.n.tolist()}
    return found


class Merged:
    """The counts of several parts together; a key that one of them lacks is in none."""

    def __init__(self, layout: Layout, parts: Sequence[Counts]) -> None:
        self._layout, self._parts = layout, parts

    def values(self, name: str) -> Values | None:
        """Return the values of a stored column; None where they are not kept."""
        found: Counter[Any] = Counter()
        if not self._all_have(name, "values"):
            return None
        for part in self._parts:
            for value, n in zip(part[name]["values"], part[name]["n"], strict=True):
                found[value] += n
        column = self._layout.by_key.get(name)
        days = column is not None and column.kind == "date"
        values = [date.fromisoformat(value) for value in found] if days else list(found)
        return Values(values, np.array(list(found.values()), dtype=np.int64))

    def choices(self, key: str) -> Choices | None:
        """Return a question with several answers; None where it is not kept."""
        if not self._all_have(key, "chosen"):
            return None
        asked = sum(part[key]["asked"] for part in self._parts)
        chosen = np.array([part[key]["chosen"] for part in self._parts], dtype=np.int64).sum(axis=0)
        return Choices(np.array([asked]), chosen.reshape(-1, 1))

    def written(self, key: str) -> int | None:
        """Return how many texts a question has; None where it is not kept."""
        return sum(part[key]["written"] for part in self._parts) if self._all_have(key, "written") else None

    def _all_have(self, key: str, what: str) -> bool:
        return bool(self._parts) and all(what in part.get(key, {}) for part in self._parts)
