"""Answers from rows to columns, some hundreds at a time; no Django.

int8 or int16 codes, bits for what can be chosen together, so that a million answers fit into some hundred megabytes and
are counted in hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from surveys.definition.answers import missing_reason
from surveys.results.layout import BITS, DAY, ID, LANGUAGE, MODE, NONE, REASONS, SECONDS, VERSION, WAVE, Column, Layout

_NUMBERS = frozenset({int, float})
_KEYS = frozenset({str, int, float, bool})


@dataclass(frozen=True, slots=True)
class Row:
    """One response as it is read: its number, facts and answers by name."""

    id: int
    version: int
    mode: str
    language: str
    day: date
    seconds: int | None
    wave: int | None
    answers: Mapping[str, Any]


def schema(layout: Layout) -> pa.Schema:
    """Return names and types of what is stored, facts first."""
    fields = [
        pa.field(ID, pa.int64()),
        pa.field(VERSION, pa.int16()),
        pa.field(MODE, pa.string()),
        pa.field(LANGUAGE, pa.string()),
        pa.field(DAY, pa.date32()),
        pa.field(SECONDS, pa.int32()),
        pa.field(WAVE, pa.int16()),
    ]
    for column in layout.columns:
        fields += [pa.field(name, kind) for name, kind in zip(column.stored, _types(column), strict=True)]
    return pa.schema(fields)


def _types(column: Column) -> list[pa.DataType]:
    if column.kind == "coded":
        return [pa.int8() if len(column.levels) < 120 else pa.int32()]
    if column.kind == "mask":
        return [pa.int64() for _name in column.stored]
    if column.kind == "number":
        return [pa.float64(), pa.int8()]
    return [pa.date32() if column.kind == "date" else pa.string()]


def encode(layout: Layout, rows: Sequence[Row]) -> pa.Table:
    """Return the rows as a table of `schema(layout)`.

    A value that the column's question cannot have counts as not answered: published versions never change, so answers
    that were accepted have none.
    """
    arrays: list[Any] = [
        [row.id for row in rows],
        [row.version for row in rows],
        [row.mode for row in rows],
        [row.language for row in rows],
        [row.day for row in rows],
        [row.seconds for row in rows],
        [row.wave for row in rows],
    ]
    answers = [row.answers for row in rows]
    given_to = [row.version for row in rows]
    versions = set(given_to)
    for column in layout.columns:
        name = column.name
        if versions <= column.versions:
            values = [one.get(name) for one in answers]
        else:
            asked = column.versions
            values = [one.get(name) if number in asked else None for one, number in zip(answers, given_to, strict=True)]
        arrays += _encode(column, [_part(value, column) for value in values] if column.part else values)
    wanted = schema(layout)
    return pa.table(
        [pa.array(values, type=field.type, from_pandas=True) for values, field in zip(arrays, wanted, strict=True)],
        schema=wanted,
    )


def _part(value: Any, column: Column) -> Any:
    """The value of a row or option; a reason why there is none holds for all of them."""
    if isinstance(value, Mapping):
        return value if missing_reason(value) else value.get(column.part)
    if isinstance(value, list):
        return value.index(column.part) + 1 if column.part in value else None
    return None


def _encode(column: Column, values: list[Any]) -> list[Any]:
    if column.kind == "coded":
        return [_codes(values, column.places)]
    if column.kind == "mask":
        return _masks(values, column)
    if column.kind == "number":
        numbers = [float(v) if type(v) in _NUMBERS else np.nan for v in values]
        why = [0 if number == number else _reason(value) for number, value in zip(numbers, values, strict=True)]
        return [np.array(numbers), np.array(why, dtype=np.int8)]
    if column.kind == "date":
        return [[_day(value) for value in values]]
    return [[value if value is None or type(value) is str else words_of(value) for value in values]]


def _codes(values: list[Any], places: Mapping[Any, int]) -> list[int]:
    # Exact types: this runs sixty million times, and JSON makes no others.
    return [places.get(v, NONE) if type(v) in _KEYS else _reason(v) for v in values]


def _reason(value: Any) -> int:
    return NONE if value is None else REASONS.get(missing_reason(value), NONE)


class _Bits(dict[Any, int]):
    """The bit of each option; none for what is no option."""

    def __missing__(self, _value: Any) -> int:
        return 0


def _masks(values: list[Any], column: Column) -> list[Any]:
    found = np.full((len(column.stored), len(values)), NONE, dtype=np.int64)
    bits = {value: (place // BITS, 1 << place % BITS) for value, place in column.places.items()}
    if len(column.stored) == 1:
        bit_of = _Bits({value: bit for value, (_at, bit) in bits.items()}).__getitem__
        found[0] = [sum({*map(bit_of, value)}) if type(value) is list else _reason(value) for value in values]
        return list(found)
    for row, value in enumerate(values):
        if not isinstance(value, list):
            found[:, row] = _reason(value)
            continue
        found[:, row] = 0
        for one in value:
            if one in bits:
                at, bit = bits[one]
                found[at, row] |= bit
    return list(found)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def words_of(value: Any) -> str | None:
    """Return an answer as words: the tile of a place, `true` and `false`, numbers as Python writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return value.get("tile")
    return None if value is None or isinstance(value, list) else str(value)
