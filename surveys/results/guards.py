"""What the public does not see of a table of counts, and what would give it away; no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engage.figures.rules import mask_counts
from surveys.statistics.design import Flags
from surveys.statistics.suppression import Hidden, hide_small


@dataclass(frozen=True)
class Guard:
    """What is hidden of one table of answers (rows) and groups (columns), for all groups together.

    `rows`, `columns`: what is hidden of the answers of all people, and of the sizes of the groups; the size of the base
    is known. `places`: where the other columns stand in what `hiding` is of.
    """

    rows: Flags | None
    columns: Flags | None = None
    hiding: Hidden | None = None
    places: Mapping[int, int] = field(default_factory=dict)

    def hidden(self, group: int | None) -> Flags | None:
        """Return by answer whether its count is hidden, of all people or in one group; None: nothing is shown."""
        if self.rows is None or group is None:
            return self.rows
        if self.columns is None or self.columns[group] or self.hiding is None:
            return None
        if self.hiding.whole or self.hiding.rows.any() or self.hiding.columns.any():
            return None
        found = self.rows.copy()
        found[~self.rows] = self.hiding.cells[: int((~self.rows).sum()), self.places[group]]
        return found


def guard(table: np.ndarray, *, grouped: bool) -> Guard:
    """Return what is hidden of a table; not `grouped`: it is one column of all people."""
    rows = _line(table.sum(axis=1))
    if rows is None or not grouped:
        return Guard(rows)
    columns = _line(table.sum(axis=0))
    if columns is None or columns.all():
        return Guard(rows, columns)
    # What is hidden in the table of all is one row here, and the groups that are hidden one column: sums of a row or
    # column tell no more than the tables that everybody sees.
    small, places = _merged(table, rows, columns)
    return Guard(rows, columns, hide_small(small), places)


def _merged(table: np.ndarray, rows: Flags, columns: Flags) -> tuple[np.ndarray, Mapping[int, int]]:
    """Return the table with hidden rows as one last row and hidden columns as one last column; new place by column."""
    parts = [table[~rows], table[rows].sum(axis=0, keepdims=True)] if rows.any() else [table]
    merged = np.vstack(parts)
    kept = np.flatnonzero(~columns)
    if columns.any():
        merged = np.column_stack([merged[:, kept], merged[:, columns].sum(axis=1)])
    return merged, {int(column): place for place, column in enumerate(kept)}


def _line(counts: np.ndarray) -> Flags | None:
    masked = mask_counts({str(at): int(count) for at, count in enumerate(counts)})
    if masked is None:
        return None
    return np.array([isinstance(masked[str(at)], str) for at in range(len(counts))], dtype=bool)
