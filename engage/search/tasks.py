"""Periodic work on the index."""

from engage.schedule import every
from engage.search import actions

SWEEP_SECONDS = 3600


@every(seconds=SWEEP_SECONDS)
def sweep_hidden_entries() -> None:
    """Take out what is no longer public though no room said so, such as a page that expired."""
    actions.sweep()
