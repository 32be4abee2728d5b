"""Where the bars of the months stand. Pure: shares go in, coordinates of the drawing come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FLOOR, TOP = 440, 240, 204, 24


@dataclass(frozen=True)
class Bar:
    """One month: its rectangle, where its words stand, and its share in whole percent; no share, no rectangle."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    percent: int | None


def bars(shares: Sequence[float | None]) -> list[Bar]:
    """Place a bar for each month of the year from the left, with room for twelve; the floor is 0 %, the top 100 %."""
    slot = WIDTH / 12
    drawn = []
    for number, share in enumerate(shares):
        middle = round(slot * (number + 0.5), 1)
        height = round((FLOOR - TOP) * (share or 0), 1)
        percent = None if share is None else round(100 * share)
        drawn.append(
            Bar(round(middle - slot * 0.34, 1), FLOOR - height, round(slot * 0.68, 1), height, middle, percent)
        )
    return drawn
