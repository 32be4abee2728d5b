"""Background work of the outbox."""

from django.utils import timezone

from engage.outreach.delivery import actions
from engage.schedule import every


@every(seconds=2)
def hand_over_due() -> int:
    """Hand over what is due."""
    return actions.hand_over_due(now=timezone.now())
