"""Periodic work of mail; each turn is safe to repeat."""

from django.conf import settings
from django.utils import timezone

from engage.schedule import every
from mailbox.post import actions, ways


@every(seconds=2)
def read_new() -> int:
    """Read what was taken in."""
    return actions.read_new(now=timezone.now())


@every(seconds=10)
def empty_drop() -> int:
    """Take in what a mail server put into the folder."""
    return ways.take_from_folder(settings.MAIL_DROP_DIR, now=timezone.now()) if settings.MAIL_DROP_DIR else 0


@every(seconds=settings.MAIL_IMAP_SECONDS, alone=True)
def poll_imap() -> int:
    """Fetch what lies in the mailbox on a server."""
    return ways.take_from_imap(settings.MAIL_IMAP_URL, now=timezone.now()) if settings.MAIL_IMAP_URL else 0


@every(seconds=3600)
def sweep() -> int:
    """Delete mails whose time is over."""
    return actions.sweep(now=timezone.now())
