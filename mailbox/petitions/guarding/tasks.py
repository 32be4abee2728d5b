"""Periodic work against fraud; each is safe to run twice. Loaded by the room's tasks."""

from django.utils import timezone

from engage.schedule import every
from mailbox.petitions.actions import guard_alarms, guarding, invalidation


@every(seconds=2, alone=True)
def carry_out_orders() -> int:
    """Take signatures out, or bring them back, batch by batch."""
    return invalidation.carry_out()


@every(seconds=60)
def look_again() -> int:
    """Decide about requests that were set aside, and tell of domains and networks that are suddenly busy."""
    now = timezone.now()
    guard_alarms.raise_alarms(now=now)
    return guarding.look_again(now)


@every(seconds=600)
def note_silence() -> int:
    """Suspect networks whose letters nobody answers, and delete counts and suspects whose time is over."""
    now = timezone.now()
    guarding.clean(now)
    return guarding.note_silence(now)
