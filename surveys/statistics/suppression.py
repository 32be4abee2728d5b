"""Which cells of a published table are hidden so that nobody's answer can be worked out from it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.statistics.design import Flags

FEWEST = 5


@dataclass(frozen=True)
class Hidden:
    """What is not shown of a table with its margins: cells (rows x columns), sums of rows, of columns, of all."""

    cells: Flags
    rows: Flags
    columns: Flags
    whole: bool


def hide_small(counts: NDArray[np.integer], *, fewest: int = FEWEST) -> Hidden:
    """Return what to hide of counts (rows x columns) so that none from 1 to `fewest` - 1 can be seen or worked out.

    Sums of rows and columns are counts too. A hidden cell can be worked out from the sums exactly when it lies on no
    cycle of hidden cells, rows and columns being the nodes and hidden cells the edges (Gusfield 1988). So each such
    cell gets the cheapest cycle: the one that hides the fewest people more, sums last (Kelly, Golden & Assad 1992).
    Only cells with people in them are used; then every cycle can shift by one person both ways, and no hidden cell
    has a single possible value. A count of 0 is shown: it tells of nobody.
    """
    inner = np.asarray(counts, dtype=np.int64)
    if (inner < 0).any():
        raise ValueError("counts are 0 or more")
    table = np.block([[inner, inner.sum(axis=1, keepdims=True)], [inner.sum(axis=0, keepdims=True), inner.sum()]])
    hidden = (table > 0) & (table < fewest)
    # A sum costs more than every inner cell together.
    costs = np.where(np.pad(np.zeros(inner.shape, dtype=bool), ((0, 1), (0, 1)), constant_values=True), table.sum(), 0)
    costs = costs + table
    for row, column in np.argwhere(hidden):
        for step in _cheapest_cycle(table, hidden, costs, int(row), int(column)):
            hidden[step] = True
    return Hidden(hidden[:-1, :-1], hidden[:-1, -1], hidden[-1, :-1], bool(hidden[-1, -1]))


def _cheapest_cycle(
    table: NDArray[np.int64], hidden: Flags, costs: NDArray[np.int64], row: int, column: int
) -> list[tuple[int, int]]:
    """Return the other cells of the cheapest cycle through a cell, by Dijkstra from its row to its column.

    Hidden cells cost nothing, cells without people are no way. There always is a cycle: through the sums.
    """
    high, wide = table.shape
    distances = {row: 0}
    came: dict[int, int] = {}
    waiting = [(0, row)]
    while waiting:
        distance, node = heapq.heappop(waiting)
        if node == high + column:
            break
        if distance > distances[node]:
            continue
        others = range(high, high + wide) if node < high else range(high)
        for other in others:
            cell = (node, other - high) if node < high else (other, node - high)
            if cell == (row, column) or table[cell] == 0:
                continue
            further = distance + (0 if hidden[cell] else int(costs[cell]))
            if further < distances.get(other, further + 1):
                distances[other], came[other] = further, node
                heapq.heappush(waiting, (further, other))
    found = []
    node = high + column
    while node != row:
        before = came[node]
        found.append((before, node - high) if before < high else (node, before - high))
        node = before
    return found
