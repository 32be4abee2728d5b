"""Periodic work around comments."""

from django.utils import timezone

from consultations.voices import actions, files, passages
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


@every(seconds=30)
def fold_tallies() -> int:
    """Keep the tallies of comments short, in short transactions; returns the number of rows that went."""
    total = 0
    while folded := actions.fold_tallies():
        total += folded
    return total


@every(seconds=3600)
def sweep_held_files() -> int:
    """Delete files of baskets that were never sent."""
    return files.sweep(now=timezone.now())


@every(seconds=5)
def place_passages() -> int:
    """Find marked passages in versions published since; returns how many."""
    return passages.place_some()
