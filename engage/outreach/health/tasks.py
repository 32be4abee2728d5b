"""What the worker does for channel health."""

from django.utils import timezone

from engage.outreach.health import actions
from engage.schedule import every


@every(seconds=10)
def beat() -> None:
    """Say that the loop turns."""
    actions.beat(now=timezone.now())


@every(seconds=5, alone=True)
def check_channels() -> int:
    """Check what is due beside the loop: a server that does not answer must not hold letters and seals up."""
    return actions.run_due(now=timezone.now())


@every(seconds=5, alone=True)
def call_webhook() -> int:
    """Make the calls that are owed to the alarm address."""
    return actions.call_webhook(now=timezone.now())


@every(seconds=3600)
def forget_old() -> int:
    """Delete what is older than the status page shows."""
    return actions.forget_old(now=timezone.now())
