"""Periodic work about what is published of cases; each is safe to run twice."""

from django.utils import timezone

from engage.schedule import every
from mailbox.publication import actions


@every(seconds=3600)
def fold_helped() -> int:
    """Add up whom answers helped on the days that are over, and forget by which devices."""
    return actions.fold_helped(now=timezone.now())


@every(seconds=3600)
def forget_senders() -> int:
    """Forget what senders are known by once their contact is gone."""
    return actions.forget_senders()
