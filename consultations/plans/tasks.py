"""Background work of the plan: policies move with their calls, and what happened is announced to followers."""

from django.utils import timezone

from consultations.plans import actions
from engage.schedule import every


@every(seconds=20)
def move_with_calls() -> int:
    """Announce what happened to calls; move policies whose calls opened or closed."""
    return actions.move_with_calls(now=timezone.now())
