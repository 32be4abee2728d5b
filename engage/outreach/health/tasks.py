"""What the worker does for channel health."""

import threading

from django.db import connections
from django.utils import timezone

from engage.outreach.health import actions
from engage.schedule import every

_one_at_a_time = threading.Lock()


@every(seconds=10)
def beat() -> None:
    """Say that the loop turns."""
    actions.beat(now=timezone.now())


@every(seconds=5)
def check_channels() -> threading.Thread | None:
    """Check what is due beside the loop: a server that does not answer must not hold letters and seals up."""
    if not _one_at_a_time.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_check, name="channel checks", daemon=True)
    thread.start()
    return thread


def _check() -> None:
    try:
        actions.run_due(now=timezone.now())
        actions.call_webhook(now=timezone.now())
    finally:
        connections.close_all()
        _one_at_a_time.release()


@every(seconds=3600)
def forget_old() -> int:
    """Delete what is older than the status page shows."""
    return actions.forget_old(now=timezone.now())
