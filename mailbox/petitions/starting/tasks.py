"""Periodic work of starting."""

from engage.schedule import every
from mailbox.petitions.actions import starting
from mailbox.petitions.queries.clock import database_now


@every(seconds=600)
def stop_unconfirmed() -> int:
    """Stop petitions that nobody confirmed while their link was good."""
    return starting.stop_unconfirmed(now=database_now())
