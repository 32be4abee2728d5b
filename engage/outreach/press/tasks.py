"""Periodic work of the press room."""

from django.utils import timezone

from engage.outreach.press import actions, telling
from engage.schedule import every


@every(seconds=15)
def come_out_of_embargo() -> int:
    """Put into the search, and tell followers, what became public by the clock. The page itself shows at the minute."""
    now = timezone.now()
    return actions.announce(now=now) + telling.tell_articles(now=now)


@every(seconds=5)
def write_digest_letters() -> int:
    """Write the next letters of digests that are let through."""
    return actions.write_letters(now=timezone.now())


@every(seconds=300)
def follow_departments() -> int:
    """Bring the editors of sections in step after departments moved in their tree, which no signal tells."""
    return actions.sync_all()
