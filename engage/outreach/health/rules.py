"""Pure decisions about channels: what a state means, when a check is stale, how ninety days become one strip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

HISTORY_DAYS = 90
# So many intervals without a check, at least three minutes, and nobody knows any more.
STALE_INTERVALS = 3
STALE_AT_LEAST = timedelta(minutes=3)


class State(StrEnum):
    """How a channel stands. `UNKNOWN` is never found by a probe: it means that nobody has looked in time."""

    OK = "ok"
    SLOW = "slow"
    FAILING = "failing"
    UNKNOWN = "unknown"


# From good to bad; of several the last one counts.
_GRAVITY = (State.OK, State.UNKNOWN, State.SLOW, State.FAILING)


def is_due(checked_at: datetime | None, interval_seconds: int, now: datetime) -> bool:
    """Tell whether a channel is to be checked now; a clock that was set back counts as due."""
    return checked_at is None or checked_at > now or now - checked_at >= timedelta(seconds=interval_seconds)


def is_stale(checked_at: datetime | None, interval_seconds: int, now: datetime) -> bool:
    """Tell whether the last check is so old that it says nothing about now."""
    allowed = max(timedelta(seconds=interval_seconds * STALE_INTERVALS), STALE_AT_LEAST)
    return checked_at is None or now - checked_at > allowed


def stands(found: str, checked_at: datetime | None, interval_seconds: int, now: datetime) -> State:
    """Return how a channel stands now, by what was found last and when."""
    if not found or is_stale(checked_at, interval_seconds, now):
        return State.UNKNOWN
    return State(found)


def worst(states: Sequence[State]) -> State:
    """Return the gravest of several; nothing at all is unknown."""
    return max(states, key=_GRAVITY.index) if states else State.UNKNOWN


def age_state(seconds: int | None, *, slow: int, failing: int) -> State:
    """Judge how long the oldest thing has waited."""
    if seconds is None or seconds < slow:
        return State.OK
    return State.FAILING if seconds >= failing else State.SLOW


@dataclass(frozen=True)
class Day:
    """One day of a channel: how many checks found what."""

    on: date
    ok: int = 0
    slow: int = 0
    failing: int = 0

    @property
    def checks(self) -> int:
        return self.ok + self.slow + self.failing

    @property
    def state(self) -> State:
        """The gravest of the day; a day without a check is unknown."""
        if self.failing:
            return State.FAILING
        if self.slow:
            return State.SLOW
        return State.OK if self.ok else State.UNKNOWN


def strip(counted: Mapping[date, Day], today: date) -> list[Day]:
    """Return the last ninety days, oldest first, with a day for each."""
    first = today - timedelta(days=HISTORY_DAYS - 1)
    days = (first + timedelta(days=number) for number in range(HISTORY_DAYS))
    return [counted.get(day, Day(day)) for day in days]


@dataclass(frozen=True)
class Run:
    """Days in a row on which a channel stood alike; both ends are included."""

    first: date
    last: date
    state: State
    checks: int
    failing: int


def runs(days: Sequence[Day]) -> list[Run]:
    """Put like days together, newest first; a day that was not all well stands alone with its own numbers."""
    found: list[Run] = []
    for day in days:
        before = found[-1] if found else None
        if before and before.state == day.state and day.state in (State.OK, State.UNKNOWN):
            found[-1] = Run(before.first, day.on, day.state, before.checks + day.checks, 0)
        else:
            found.append(Run(day.on, day.on, day.state, day.checks, day.failing))
    return found[::-1]


def share_percent(part: int, whole: int) -> int:
    """Return a share in whole per cent, rounded up so that a few of many never read as none."""
    return -(-part * 100 // whole) if whole else 0
