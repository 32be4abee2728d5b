"""Periodic work of moderation; safe to run twice."""

from engage.schedule import every
from mailbox.petitions.actions import moderation
from mailbox.petitions.queries.clock import database_now


@every(seconds=2)
def close_due() -> int:
    """Write down that petitions are closed whose second has come."""
    return moderation.close_due(now=database_now())
