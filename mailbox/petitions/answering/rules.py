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


# --- debates and hearings ---------------------------------------------------------------------------------------------

PLANNED, HELD, CALLED_OFF, NONE = "planned", "held", "called_off", "none"
WORDS_MOST, PLACE_MOST = 20_000, 200


def stage_of(*, held: bool | None, has_day: bool) -> str:
    """Return how far a debate is. Called off is what had a day; without one it is said that there will be none."""
    if held is None:
        return PLANNED
    if held:
        return HELD
    return CALLED_OFF if has_day else NONE


def debate_state(stages: Iterable[str], *, is_owed: bool) -> str:
    """Return what became of the debate that a petition earned, from the stages of its released debates."""
    said = set(stages)
    if HELD in said:
        return "debated"
    if PLANNED in said:
        return "scheduled"
    if NONE in said:
        return "not_debated"
    return "awaiting" if is_owed else "none"


EVENTS = {PLANNED: "debate_scheduled", HELD: "debated", CALLED_OFF: "debate_cancelled", NONE: "not_debated"}


def event_of(stage: str, day: str | None, told: tuple[str, str | None] | None) -> tuple[str, str | None] | None:
    """Return the event (code, day) that a release is told by; None where `told`, the last one, said just that.

    The day is a plan's: one for another day is told anew, that of a record is corrected.
    """
    event = (EVENTS[stage], day if stage == PLANNED else None)
    return None if event == told else event


# Kinds of letters to signers by the code of the event.
LETTERS = {
    "debate_scheduled": "planned",
    "debated": "debated",
    "debate_cancelled": "not_held",
    "not_debated": "not_held",
}
