"""Periodic work around comments."""

from consultations.voices import actions
from engage.schedule import every


@every(seconds=2)
def roll_up_agreements() -> int:
    """Bring the totals of agreements in step, in short transactions; returns the number of rows taken in."""
    total = 0
    while taken := actions.roll_up_agreements():
        total += taken
        if taken < actions.ROLL_UP_AT_ONCE:
            break
    return total
