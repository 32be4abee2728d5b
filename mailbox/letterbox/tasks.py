"""Periodic work of the public's side."""

from django.utils import timezone

from engage.schedule import every
from mailbox.letterbox import actions, files


@every(seconds=3600)
def sweep_held_files() -> int:
    """Delete files of letters that were never sent."""
    return files.sweep(now=timezone.now())


@every(seconds=60)
def settle_sent() -> int:
    """Bring in step what came beside a letter while it was being sent."""
    return actions.settle_sent(now=timezone.now())
