"""Background work of campaigns."""

from engage.outreach.campaigns import actions
from engage.schedule import every


@every(seconds=60)
def fold_reads() -> int:
    """Add the counted reads of pages to their days."""
    return actions.fold_reads()
