"""The promised date of an answer, as people count: local days."""

from __future__ import annotations

from datetime import datetime, tzinfo


def days_late(due: datetime, now: datetime, zone: tzinfo) -> int:
    """Return how many days ago the promised day was; 0 on that day and before."""
    return max(0, (now.astimezone(zone).date() - due.astimezone(zone).date()).days)


def days_taken(last_moment: datetime, published_at: datetime, zone: tzinfo) -> int:
    """Return on which day after the last day of a call its answer came."""
    return max(0, (published_at.astimezone(zone).date() - last_moment.astimezone(zone).date()).days)
