"""Background work of following: events are released, digests begun, letters and pushes sent."""

from django.utils import timezone

from engage.outreach.follows import actions
from engage.schedule import every


@every(seconds=5)
def release() -> int:
    """Let followers be told of what the public may read now."""
    return actions.release(now=timezone.now())


@every(seconds=60)
def begin_digests() -> int:
    """Begin the digests whose hour has come."""
    return actions.begin_digests(now=timezone.now())


@every(seconds=1, alone=True)
def carry() -> int:
    """Send for a few seconds; a million letters take hours, and nothing else waits for them."""
    return actions.carry()


@every(seconds=3600)
def forget() -> int:
    """Forget what nobody confirmed, and who got what a month ago."""
    now = timezone.now()
    return actions.forget_unconfirmed(now=now) + actions.forget_recipients(now=now)
