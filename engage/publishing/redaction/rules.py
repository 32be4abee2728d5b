"""How long the original is kept."""

from __future__ import annotations

from datetime import date, timedelta

KEEP_DAYS_LEAST = 0
KEEP_DAYS_MOST = 3_650
# Until suits against the refusal to publish are over: six months to sue, and their course.
KEEP_DAYS_USUAL = 365


def deletion_day(confirmed_on: date, days: int) -> date:
    """Return the first day on which the original is gone."""
    return confirmed_on + timedelta(days=days)
