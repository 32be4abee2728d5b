"""Pure decisions about calls and comments; `now` is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from engage.errors import Refused

COMMENT_LEAST = 10
COMMENT_MOST = 5_000
SUGGESTED_MOST = 20_000


class CallState(StrEnum):
    """Where a call for comments stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"


def call_state(opens_at: datetime, closes_at: datetime, now: datetime, *, answered: bool = False) -> CallState:
    """Return the state at a moment: open from the opening instant up to, not including, the closing one.

    A closed call whose outcome is published is answered.
    """
    if now < opens_at:
        return CallState.PLANNED
    if now < closes_at:
        return CallState.OPEN
    return CallState.ANSWERED if answered else CallState.CLOSED


def check_open(opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    """Raise Refused("call_planned", opens_at=...) or Refused("call_closed", closed_at=...) unless the call is open."""
    state = call_state(opens_at, closes_at, now)
    if state is CallState.PLANNED:
        raise Refused("call_planned", opens_at=opens_at)
    if state is CallState.CLOSED:
        raise Refused("call_closed", closed_at=closes_at)


@dataclass(frozen=True)
class TimeLeft:
    """What is left of a call: whole days, or hours and minutes in the last one."""

    days: int
    hours: int
    minutes: int

    @property
    def urgency(self) -> str:
        """`ok`, or `warn` in the last three days."""
        return "warn" if self.days <= 3 else "ok"


def time_left(closes_at: datetime, now: datetime, zone: tzinfo) -> TimeLeft:
    """Return what is left until the close, as people count it: nights until the last day, on that day hours.

    A call that closes at midnight has its last day on the day before.
    """
    left = max(timedelta(0), closes_at - now)
    last_day = last_moment(closes_at).astimezone(zone).date()
    days = (last_day - now.astimezone(zone).date()).days
    if days > 0:
        return TimeLeft(days=days, hours=0, minutes=0)
    return TimeLeft(days=0, hours=left.seconds // 3600, minutes=left.seconds % 3600 // 60)


def first_state(*, moderation: str, flagged: bool, has_personal_data: bool) -> str:
    """Return the moderation state a new or changed comment starts in.

    Under post-moderation it is published at once, unless it looks automatic or holds personal data: then a
    moderator reads it first.
    """
    return "held" if moderation == "pre" or flagged or has_personal_data else "published"


def answer_due(closes_at: datetime, days: int) -> datetime:
    """Return the last moment of the day on which the outcome is due: so many calendar days after the last day."""
    return last_moment(closes_at) + timedelta(days=days)


def last_moment(closes_at: datetime) -> datetime:
    """Return the last moment at which a comment is taken; its local date is the last day people read."""
    return closes_at - timedelta(microseconds=1)


def check_editable(opens_at: datetime, closes_at: datetime, *, withdrawn: bool, now: datetime) -> None:
    """Let a sender change a comment while the call is open.

    Raises Refused("withdrawn") and the refusals of `check_open`.
    """
    if withdrawn:
        raise Refused("withdrawn")
    check_open(opens_at, closes_at, now)
