"""Background work of the plan: policies move with their calls, followers get their letters."""

from django.utils import timezone

from consultations.plans import actions
from engage.schedule import every


@every(seconds=20)
def move_with_calls() -> int:
    """Move policies whose calls opened or closed."""
    return actions.move_with_calls(now=timezone.now())


@every(seconds=10)
def write_letters() -> int:
    """Write the letters that are owed to followers."""
    return actions.write_letters(now=timezone.now())
