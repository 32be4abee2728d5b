"""Which threshold a petition has to reach, and what is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Mark:
    """One dated threshold: for petitions opened on `valid_from` or later, until another of its kind begins."""

    key: int
    kind: str
    number: int
    days: int
    valid_from: date


def mark_of(marks: Iterable[Mark], kind: str, opened_on: date) -> Mark | None:
    """Return the threshold for a petition opened on a day: old petitions keep theirs. None before the first."""
    begun = [mark for mark in marks if mark.kind == kind and mark.valid_from <= opened_on]
    return max(begun, key=lambda mark: mark.valid_from, default=None)


def due_on(crossed_on: date, days: int) -> date:
    """Return the last day on which it is in time; the day of the crossing does not count."""
    return crossed_on + timedelta(days=days)


def days_late(due: date, today: date) -> int:
    """Return how many calendar days something is late; 0 while it is in time."""
    return max(0, (today - due).days)


def share_of(total: int, number: int) -> int:
    """Return how much of a threshold is reached, in whole per cent, never 100 before it is."""
    return min(100, total * 100 // number) if number else 100
