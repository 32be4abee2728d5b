"""The answers that a file is made of: those that filters leave, piece by piece, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from surveys.models import Questionnaire
from surveys.results import columns
from surveys.results.encoding import schema
from surveys.results.layout import Layout
from surveys.statistics.design import Flags

# Between two pieces it is told how far a file is, and looked whether somebody still wants it.
PIECE_ROWS = 2_000


@dataclass(frozen=True)
class Chosen:
    """Tables of stored columns, `n` rows together; they are read once."""

    layout: Layout
    n: int
    tables: Iterator[pa.Table]


def chosen(questionnaire: Questionnaire, filters: Mapping[str, Sequence[str]]) -> Chosen | None:
    """Return the answers that filters leave; None for a questionnaire that was never published.

    Of a large one the kept columns are brought up to its rows first. Raises Refused as `Answers.where` does.
    """
    if columns.is_large(questionnaire):
        columns.refresh(questionnaire)
        found = columns.cached(questionnaire)
        if found is None:
            return None
        cache, answers = found
        files = columns.open_parts(questionnaire, cache)
        batches: Iterable[pa.RecordBatch] = (batch for file in files for batch in file.iter_batches(PIECE_ROWS))
    else:
        direct = columns.direct(questionnaire)
        if direct is None:
            return None
        answers = direct
        batches = answers.read(schema(answers.layout).names).to_batches(PIECE_ROWS)
    inside = answers.where(filters)
    n = answers.n if inside is None else int(inside.sum())
    return Chosen(answers.layout, n, _pieces(batches, inside))


def _pieces(batches: Iterable[pa.RecordBatch], inside: Flags | None) -> Iterator[pa.Table]:
    first = 0
    for batch in batches:
        table = pa.Table.from_batches([batch])
        if inside is not None:
            table = table.filter(pa.array(inside[first : first + batch.num_rows]))
        first += batch.num_rows
        yield table
