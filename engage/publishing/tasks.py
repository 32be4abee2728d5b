"""Background work of the gate."""

from django.utils import timezone

from engage.publishing import actions
from engage.schedule import every


@every(seconds=5)
def release_due() -> int:
    """Let go what is cleared and due; alarm about what is due and not cleared."""
    return actions.release_due(now=timezone.now())
