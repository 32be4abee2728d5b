"""Decisions of following: when a digest is due, how long to wait, what a refusal means. `now` is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

CHUNK = 10
TRIES = 6
# After so many points within `POINTS_LAST` an address is forgotten: two hard bounces, or four soft ones. One alone may
# be a mail server's bad day, and a bad day must not empty the list.
POINTS_MOST = 4
POINTS = {"hard": 2, "soft": 1}
POINTS_LAST = timedelta(days=90)
WAIT_FIRST, WAIT_MOST = 15, 600


@dataclass(frozen=True)
class Due:
    """A digest that is to be written: its rhythm and the day it belongs to."""

    rhythm: str
    on: date


def due_digests(now: datetime, zone: tzinfo, hour: int) -> list[Due]:
    """Return the newest daily and weekly digest (Mondays) whose hour has come; after a pause only the newest."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= time(hour) else local.date() - timedelta(days=1)
    return [Due("daily", day), Due("weekly", day - timedelta(days=day.weekday()))]


def wait_seconds(tries: int) -> int:
    """Return how long the other side is left alone after so many failures in a row: 15 s, 30 s ... 10 min."""
    return min(WAIT_FIRST * 2 ** min(max(tries, 1) - 1, 10), WAIT_MOST)


def retry_after(headers: Mapping[str, str], now: datetime, *, otherwise: int) -> int:
    """Return the seconds that a Retry-After header asks for, within a day; `otherwise` where there is none."""
    given = headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return min(int(given[:6]), 86_400)
    try:
        moment = parsedate_to_datetime(given)
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return otherwise
    return int(min(max(seconds, 0), 86_400))


def bounce_kind(code: int, text: str) -> str:
    """Tell what a mail server's refusal of a recipient means: "wait", "hard" (no such mailbox) or "soft".

    Only the enhanced codes of RFC 3463 that name the mailbox or its host are hard: 5.7.1 refuses the sender.
    """
    if 400 <= code < 500:
        return "wait"
    words = text.replace("-", " ").split()
    enhanced = next((word for word in words[:2] if word.startswith("5.")), "")
    return "hard" if enhanced in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1") else "soft"


def points_after(points: int, last: datetime | None, kind: str, now: datetime) -> int:
    """Return the points of an address after one more bounce; old ones are forgiven."""
    if last is None or now - last > POINTS_LAST:
        points = 0
    return points + POINTS[kind]


def masked(email: str) -> str:
    """Return as much of an address as its owner needs to know it again: l…@example.org."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}…@{host}" if at else "…"
