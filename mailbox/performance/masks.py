"""What of a year's figures everybody may read. Pure: cells go in, the published table comes out.

Counts from 1 to 4 are hidden, and with them what would give them away in the tables of months by unit, months by kind,
and units by kind. Shares and days are published from 20 cases on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engage.figures.rules import LEAST, PROTECTING, SHARE_LEAST, SMALL, mask_alone, mask_table
from mailbox.performance.figures import ALL, COUNTS, DAYS, Cell, Place

# Shown as numbers; the others only in shares.
SHOWN_COUNTS = tuple(name for name in COUNTS if name not in ("in_time", "satisfied"))
# share -> (part, of)
SHARES = {
    "in_time_share": ("in_time", "due"),
    "satisfied_share": ("satisfied", "rated"),
    "opened_again_share": ("opened_again", "answered"),
}

Published = dict[str, int | float | str | bool | None]


def published(cells: Mapping[Place, Cell], year: int) -> dict[str, Published]:
    """Return {place key: figures} of every place of the year; a hidden count is "small" or "protecting"."""
    whole = str(year)
    months = sorted({place.period for place in cells if place.period != whole})
    units = sorted({place.unit for place in cells} - {ALL})
    kinds = sorted({place.kind for place in cells} - {ALL})
    shown: dict[str, Published] = {place.key: _without_counts(cell) for place, cell in cells.items()}
    for name in SHOWN_COUNTS:
        counts = {place: getattr(cell, name) for place, cell in cells.items()}
        for place, n in counts.items():
            shown[place.key][name] = mask_alone(n)
        _mask(shown, name, counts, [[Place(month, unit) for unit in units] for month in months])
        _mask(shown, name, counts, [[Place(month, ALL, kind) for kind in kinds] for month in months])
        _mask(shown, name, counts, [[Place(whole, unit, kind) for kind in kinds] for unit in units])
        # The months add up to the year.
        _mask(shown, name, counts, [[Place(month) for month in months]])
        # And so do units and kinds.
        _mask(shown, name, counts, [[Place(whole, unit) for unit in units]])
        _mask(shown, name, counts, [[Place(whole, ALL, kind) for kind in kinds]])
    for place in cells:
        if place.unit != ALL:
            # A letter that was not sent went to no unit.
            shown[place.key]["not_needed"] = None
    return shown


def _without_counts(cell: Cell) -> Published:
    found: Published = {}
    for name, (part, of) in SHARES.items():
        base = getattr(cell, of)
        found[name] = round(getattr(cell, part) / base, 6) if base >= SHARE_LEAST else None
    enough = cell.answered >= SHARE_LEAST
    for name in DAYS:
        found[name] = getattr(cell, name) if enough else None
    found["estimated"] = cell.estimated and enough
    return found


def _mask(
    shown: Mapping[str, Published], name: str, counts: Mapping[Place, int], places: Sequence[Sequence[Place]]
) -> None:
    """Mask one table; what one table hides is hidden in all."""
    if not places or not places[0]:
        return
    rows = {str(i): {str(j): counts[place] for j, place in enumerate(row)} for i, row in enumerate(places)}
    for i, row in mask_table(rows).items():
        for j, value in row.items():
            if value in (SMALL, PROTECTING):
                shown[places[int(i)][int(j)].key][name] = value


def is_public(was: Any, now: Any, name: str) -> bool:
    """Tell whether a revision of a count of the whole house may be told: neither number nor what changed is small."""
    if name not in SHOWN_COUNTS or was is None or now is None:
        return False
    return min(was, now) >= LEAST and abs(now - was) >= LEAST
