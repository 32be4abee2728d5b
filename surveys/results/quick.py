"""Answers from JSON text to columns without a Python object for each: Arrow reads the text, NumPy finds the codes.

The same as `encoding.encode`, which says what the columns mean, in a fifth of its time. What the types of the questions
do not lead to expect is left to it: `Reader.table` returns None then, and the rows are read one by one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from surveys.definition.model import FILE_TYPES
from surveys.results.encoding import schema, words_of
from surveys.results.layout import BITS, NONE, REASONS, Column, Layout

Fact = tuple[int, int, str, str, date, int | None, int | None]
"""Number, version, mode, language, local day, seconds and wave of a response."""

# So much text is parsed by one thread at a time.
_BLOCK_BYTES = 4 << 20
_MISSING = '{"missing": "'
_REASON_OF = {reason.encode().decode(): code for reason, code in REASONS.items()}
_decode = json.JSONDecoder().raw_decode

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Missed:
    """Reasons instead of answers to one question: in which rows, and the codes."""

    rows: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)


class Reader:
    """Reads the answers to the versions of a layout. `usable`: whether the types of its questions allow it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.schema = schema(layout)
        wires: dict[str, pa.DataType | None] = {}
        self.usable = True
        for column in layout.columns:
            wire = _wire(layout, column)
            self.usable &= wires.setdefault(column.name, wire) == wire
        # A name inside of an answer could be taken for that of a question.
        self.usable &= not wires.keys() & (layout.inside | {"tile", "missing"})
        self._wires = pa.schema([pa.field(name, wire) for name, wire in wires.items() if wire is not None])
        self._picked = [name for name, wire in wires.items() if wire is None]
        self._names = frozenset(wires)

    def table(self, facts: Sequence[Fact], texts: Sequence[str]) -> pa.Table | None:
        """Return the rows as a table of `schema(layout)`; None where an answer is not what its question leads to."""
        if not self.usable:
            return None
        try:
            texts, missed = self._without_reasons(texts)
            given = pj.read_json(
                pa.BufferReader(pa.py_buffer("\n".join(texts).encode())),
                read_options=pj.ReadOptions(block_size=max(_BLOCK_BYTES, 2 * max(map(len, texts)))),
                parse_options=pj.ParseOptions(explicit_schema=self._wires, unexpected_field_behavior="ignore"),
            )
            picked = {name: [words_of(value) for value in _picked(name, texts)] for name in self._picked}
            return self._coded(facts, given, picked, missed)
        # A fault of Arrow or of JSON is a ValueError.
        except (ValueError, pa.ArrowNotImplementedError, _Unexpected):
            return None

    def _without_reasons(self, texts: Sequence[str]) -> tuple[list[str], Mapping[str, Missed]]:
        """Take the reasons why there is no answer out of the texts, so that a question has values of one type."""
        missed: dict[str, Missed] = defaultdict(Missed)
        found = list(texts)
        for row, text in enumerate(texts):
            at = text.find(_MISSING)
            if at < 0:
                continue
            pieces, done = [], 0
            while at >= 0:
                end = text.index('"', at + len(_MISSING))
                closing = text.rindex('"', 0, at)
                name = text[text.rindex('"', 0, closing) + 1 : closing]
                code = _REASON_OF.get(text[at + len(_MISSING) : end])
                if code is not None and name in self._names and text[end + 1] == "}":
                    missed[name].rows.append(row)
                    missed[name].codes.append(code)
                    pieces += [text[done:at], "null"]
                    done = end + 2
                at = text.find(_MISSING, end)
            found[row] = "".join((*pieces, text[done:]))
        return found, missed

    def _coded(
        self, facts: Sequence[Fact], given: pa.Table, picked: Mapping[str, list[Any]], missed: Mapping[str, Missed]
    ) -> pa.Table:
        if given.num_rows != len(facts):
            raise _Unexpected
        values = {name: given.column(name).combine_chunks() for name in given.column_names}
        arrays: list[Any] = [list(column) for column in zip(*facts, strict=True)]
        versions = np.array(arrays[1])
        all_versions = frozenset(arrays[1])
        for column in self.layout.columns:
            asked = None if all_versions <= column.versions else np.isin(versions, list(column.versions))
            if column.name in picked:
                arrays.append(_only(pa.array(picked[column.name], pa.string()), asked))
                continue
            arrays += _encode(column, values[column.name], missed.get(column.name, Missed()), asked)
        return pa.table(
            [
                array if isinstance(array, pa.Array) else pa.array(array, type=kind.type, from_pandas=True)
                for array, kind in zip(arrays, self.schema, strict=True)
            ],
            schema=self.schema,
        )


class _Unexpected(Exception):
    """An answer that the type of its question does not lead to expect."""


def _wire(layout: Layout, column: Column) -> pa.DataType | None:
    """Return as what the answers stand in the JSON; None for what is one thing here and another there."""
    kind = column.question.type
    if column.is_other:
        return pa.string()
    if kind in ("calculation", "hidden", "meta"):
        return None
    if kind in ("matrix", "constant_sum"):
        parts = [one.part for one in layout.columns if one.name == column.name and one.part]
        value = pa.string() if kind == "matrix" else pa.float64()
        return pa.struct([*((part, value) for part in dict.fromkeys(parts)), ("missing", pa.string())])
    if kind == "location":
        return pa.struct([("tile", pa.string())])
    if kind in ("multiple", "ranking"):
        return pa.list_(pa.string())
    if kind in ("consent", "declaration"):
        return pa.bool_()
    if kind in FILE_TYPES:
        return pa.float64()
    return pa.float64() if kind in ("number", "slider", "nps", "rating") else pa.string()


def _picked(name: str, texts: Sequence[str]) -> Iterator[Any]:
    """Yield the values of one question, read alone."""
    start = f'"{name}":'
    for text in texts:
        at = text.find(start)
        if at < 0:
            yield None
        else:
            at += len(start)
            yield _decode(text, at + (text[at] == " "))[0]


def _only(values: pa.Array, asked: npt.NDArray[np.bool_] | None) -> pa.Array:
    return values if asked is None else pc.if_else(pa.array(asked), values, pa.scalar(None, values.type))


def _encode(column: Column, values: pa.Array, missed: Missed, asked: npt.NDArray[np.bool_] | None) -> list[Any]:
    if column.kind in ("text", "words"):
        return [_only(pc.struct_field(values, "tile") if pa.types.is_struct(values.type) else values, asked)]
    if column.kind == "date":
        return [_only(values.cast(pa.date32()), asked)]
    if column.kind == "number":
        return _numbers(column, values, missed, asked)
    if column.kind == "mask":
        found = _masks(column, values)
    elif pa.types.is_list(values.type):
        found = [_ranks(column, values)]
    else:
        found = [_codes(column, _part(column, values))]
    for codes in found:
        codes[missed.rows] = missed.codes
        if asked is not None:
            codes[~asked] = NONE
    return list(found)


def _part(column: Column, values: pa.Array) -> pa.Array:
    if not column.part:
        return values
    if pc.struct_field(values, "missing").null_count != len(values):
        raise _Unexpected
    # By place: a name that begins with a dot would be read as a path.
    return pc.struct_field(values, [values.type.get_field_index(column.part)])


def _numbers(
    column: Column, values: pa.Array, missed: Missed, asked: npt.NDArray[np.bool_] | None
) -> list[npt.NDArray[Any]]:
    numbers = _part(column, values).to_numpy(zero_copy_only=False).astype(np.float64)
    why = np.where(np.isnan(numbers), NONE, 0)
    why[missed.rows] = missed.codes
    if asked is not None:
        numbers[~asked], why[~asked] = np.nan, NONE
    return [numbers, why]


def _codes(column: Column, values: pa.Array) -> Codes:
    offered: list[Any] = list(column.places)
    found = pc.index_in(values, value_set=pa.array(offered, values.type), skip_nulls=True)
    return found.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)


def _masks(column: Column, values: pa.Array) -> list[Codes]:
    """Bits of the options that were chosen, NONE where there is no list."""
    lengths, parents, flat = _flat(values)
    places = _codes(column, flat)
    known = places >= 0
    there = lengths >= 0
    found = [np.where(there, 0, NONE) for _name in column.stored]
    for at, bits in enumerate(found):
        mine = known & (places // BITS == at)
        np.bitwise_or.at(bits, parents[mine], np.int64(1) << places[mine] % BITS)
    return found


def _ranks(column: Column, values: pa.Array) -> Codes:
    """At which place of the list the option of this column stands, the first time."""
    lengths, parents, flat = _flat(values)
    length_of = np.maximum(lengths, 0)
    begins = np.cumsum(length_of) - length_of
    here = np.flatnonzero(pc.equal(flat, column.part).fill_null(False).to_numpy(zero_copy_only=False))[::-1]
    found = np.full(len(values), NONE)
    at = here - begins[parents[here]] + 1
    code_of = np.array([column.places.get(place, NONE) for place in range(int(length_of.max(initial=0)) + 2)])
    found[parents[here]] = code_of[at]
    return found


def _flat(values: pa.Array) -> tuple[Codes, Codes, pa.Array]:
    """Return how many each list has (-1: there is none), and for all that is in them, whose it is and what."""
    lengths = pc.list_value_length(values).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths, np.repeat(np.arange(len(values)), np.maximum(lengths, 0)), values.flatten()
