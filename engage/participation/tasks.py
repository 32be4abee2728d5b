"""Periodic work of participation."""

from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.participation import actions
from engage.schedule import every


@every(seconds=5)
def deliver_mail() -> int:
    """Send what waits in the outbox."""
    return actions.deliver_mail(now=timezone.now())


@every(seconds=3600)
def delete_expired_contacts() -> int:
    """Delete contact data past its retention date: all of it, in short transactions, also a year after a rush."""
    now, deleted = timezone.now(), 0
    while gone := actions.delete_expired_contacts(now=now, actor=SYSTEM):
        deleted += gone
    return deleted
