"""What follows from counts and dates on the public pages of petitions. Pure: `today` is an argument."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from engage.typed import LARGEST_KEY, whole_number

PAGE_SIZE = 25
LISTS = ("open", "closed", "rejected", "awaiting_answer", "answered", "awaiting_debate", "debated")
SORTS = ("trending", "newest", "most")
# Below so much of its goal the goal would press the curve flat, so it is left out of the drawing.
GOAL_SHOWN_FROM = 0.25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The last microsecond that Python's calendar has, from the epoch.
_LAST_MOMENT = 253_402_300_799_999_999


def standing(state: str, *, is_over: bool) -> str:
    """Return where the public sees a petition: what is past its last second is closed, whether marked yet or not."""
    return "closed" if state == "open" and is_over else state


# --- goals ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    """The next threshold: what it earns, from how many signatures on, and how many are missing."""

    kind: str
    number: int
    missing: int


def thresholds_on(rows: Collection[tuple[str, int, date]], opened_on: date) -> dict[str, int]:
    """Return kind to number of what was in force on the day a petition opened; rows: (kind, number, valid from)."""
    found: dict[str, tuple[date, int]] = {}
    for kind, number, valid_from in rows:
        if valid_from <= opened_on and (kind not in found or found[kind][0] < valid_from):
            found[kind] = (valid_from, number)
    return {kind: number for kind, (_from, number) in found.items()}


def next_goal(total: int, thresholds: Mapping[str, int], earned: Collection[str]) -> Goal | None:
    """Return the smallest threshold whose right is not earned yet; None when there is none left."""
    left = [(number, kind) for kind, number in thresholds.items() if kind not in earned]
    if not left:
        return None
    number, kind = min(left)
    return Goal(kind, number, max(0, number - total))


def days_late(due_on: date, today: date) -> int:
    """Return by how many days a day is passed; 0 on the day itself and before."""
    return max(0, (today - due_on).days)


# --- pages of a list ------------------------------------------------------------------------------------------------


def cursor_of(*keys: int | datetime) -> str:
    """Write where a list goes on: the values of its last row."""
    return "-".join(
        str((key - _EPOCH) // timedelta(microseconds=1) if isinstance(key, datetime) else key) for key in keys
    )


def read_cursor(typed: str, sort: str) -> tuple[int | datetime, ...] | None:
    """Return the values of a cursor for an order; None for what is none."""
    parts = typed.split("-")
    numbers = [whole_number(part, digits=19, otherwise=-1) for part in parts]
    if len(parts) != (3 if sort == "trending" else 2) or not all(0 <= number <= LARGEST_KEY for number in numbers):
        return None
    if sort != "newest":
        return tuple(numbers)
    moment, key = numbers
    return (_EPOCH + timedelta(microseconds=moment), key) if moment <= _LAST_MOMENT else None


# --- curve ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """The signatures of one day, and of all days up to it."""

    on: date
    new: int
    to_date: int


def to_date(days: Sequence[tuple[date, int]]) -> list[Day]:
    """Return the days with what they add up to; `days` in their order."""
    sums = accumulate(new for _on, new in days)
    return [Day(on, new, total) for (on, new), total in zip(days, sums, strict=True)]


@dataclass(frozen=True)
class Curve:
    """The drawing of `Day`s in a box of WIDTH x HEIGHT; `goal_y` is None where the goal is too far off to be drawn."""

    line: str
    area: str
    dot_x: float
    dot_y: float
    anchor: str
    words_x: float
    words_y: float
    goal_y: float | None
    goal_words_y: float | None


WIDTH, HEIGHT = 440, 236
_LEFT, _RIGHT, _TOP, _FLOOR = 6, 434, 34, 200


def curve(days: Sequence[Day], *, first: date, today: date, last: date, goal: int | None) -> Curve | None:
    """Draw the sum from day to day, `first` to `today`, on an axis that reaches to `last`; None for nothing to draw."""
    if not days:
        return None
    first = min(first, days[0].on)
    today = max(today, days[-1].on)
    last = max(last, today)
    total = days[-1].to_date
    has_goal = goal is not None and total >= goal * GOAL_SHOWN_FROM
    most = max(total, goal if has_goal and goal else 0) * 1.05 or 1
    span = max(1, (last - first).days)

    def at(on: date, value: int) -> tuple[float, float]:
        x = _LEFT + (_RIGHT - _LEFT) * (on - first).days / span
        return round(x, 1), round(_FLOOR - (_FLOOR - _TOP) * value / most, 1)

    points = [at(first, 0)] if days[0].on > first else []
    points += [at(day.on, day.to_date) for day in days]
    if days[-1].on < today:
        points.append(at(today, total))
    path = "L".join(f"{x} {y}" for x, y in points)
    x, y = points[-1]
    goal_y = at(first, goal)[1] if has_goal and goal else None
    ends_late = x > WIDTH * 0.6
    return Curve(
        line=f"M{path}",
        area=f"M{points[0][0]} {_FLOOR}L{path}L{x} {_FLOOR}Z",
        dot_x=x,
        dot_y=y,
        anchor="end" if ends_late else "start",
        words_x=round(x - 10 if ends_late else x + 10, 1),
        # Beside the dot, and never on the line of the goal.
        words_y=round(y + 22 if ends_late and goal_y is not None and y - goal_y < 30 else max(y - 8, 14), 1),
        goal_y=goal_y,
        goal_words_y=round(goal_y - 7, 1) if goal_y is not None else None,
    )


# --- tiles ----------------------------------------------------------------------------------------------------------

TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 104, 76, 4


@dataclass(frozen=True)
class Tile:
    """One region as a square: its words in one or two lines, its value, how dark it is."""

    code: str
    lines: tuple[tuple[str, int], ...]
    value: str
    value_y: int
    rank: int
    tone: str
    x: int
    y: int
    middle: int


def rank_of(count: int, most: int) -> int:
    """Return 1 to 5 by fifths of the greatest count."""
    return 1 + min(4, 5 * count // (most + 1))


def tile(code: str, name: str, value: str, *, rank: int, place: tuple[int, int]) -> Tile:
    """Place a region; a long name of two words stands in two lines."""
    column, row = place
    x, y = column * TILE_WIDTH + 1, row * TILE_HEIGHT + 1
    words = name.split(" ", 1) if len(name) > 11 else [name]
    start = y + (22 if len(words) > 1 else 30)
    return Tile(
        code=code,
        lines=tuple((word, start + 16 * number) for number, word in enumerate(words)),
        value=value,
        value_y=start + 16 * len(words) + 6,
        rank=rank,
        tone="hi" if rank > 3 else "lo",
        x=x,
        y=y,
        middle=x + (TILE_WIDTH - TILE_GAP) // 2,
    )
