"""A made-up sample in two stages, the same on every machine; tests/surveys/reference.R reads it as CSV."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Sequence

from surveys.statistics.columns import Table

HEAD = ("h", "c", "s", "y", "z", "g", "w", "N1", "N2", "f1", "f2", "even", "k")


def rows() -> list[tuple[str, ...]]:
    """Return 120 rows: 4 strata of 5 clusters of 6, some answers missing, populations at both stages."""
    found = []
    for i in range(1, 121):
        h, c, s = (i - 1) // 30 + 1, (i - 1) // 6 % 5 + 1, (i - 1) % 6 + 1
        y = round(50 + 10 * math.sin(i * 1.7) + 5 * h + 3 * math.cos(c * 2.1 + h), 3)
        z = "a" if i * 7 % 11 < 5 else "b" if i * 5 % 7 < 3 else "c"
        g = "u" if i * 3 % 8 < 4 else "v"
        weight = 1 + i * 13 % 17 / 4 + h / 2
        large, small = (12, 20, 9, 40)[h - 1], 15 + c + h
        missing = "NA" if i % 29 == 0 else str(y)
        found.append(
            (h, c, s, missing, z, g, weight, large, small, 5 / large, 6 / small, i % 5 + 1, round(y / 10) + i % 2)
        )
    return [tuple(map(str, row)) for row in found]


def table(given: Sequence[Sequence[str]] | None = None, head: Sequence[str] = HEAD) -> Table:
    """Return rows as the table a command reads."""
    given = rows() if given is None else given
    return Table(
        {name: [row[at] for row in given] for at, name in enumerate(head)}, [at + 2 for at in range(len(given))]
    )


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows([HEAD, *rows()])
