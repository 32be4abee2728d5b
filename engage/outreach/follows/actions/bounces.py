"""Bounces: letters that came back, at once or later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import SYSTEM
from engage.journal import actions as journal
from engage.outreach.follows import links, rules
from engage.outreach.follows.actions.following import stop
from engage.outreach.follows.models import Follower


@transaction.atomic
def bounced(follower_id: int, kind: str, *, now: datetime) -> bool:
    """Remember that a letter came back ("hard": no such mailbox, "soft": not now); tells whether the address is over.

    One bounce alone ends nothing: a mail server's bad day must not empty the list.
    """
    follower = Follower.objects.select_for_update(of=("self",)).filter(pk=follower_id).first()
    if follower is None:
        return True
    follower.bounce_points = rules.points_after(follower.bounce_points, follower.bounced_at, kind, now)
    follower.bounced_at = now
    follower.save(update_fields=["bounce_points", "bounced_at"])
    journal.record(SYSTEM, "follow.bounced", follower, kind=kind)
    if follower.bounce_points < rules.POINTS_MOST:
        return False
    stop(follower.pk, actor=SYSTEM, why="bounced")
    return True


def bounced_letter(message_id: str, kind: str, *, now: datetime) -> bool:
    """Take a bounce in by the name of the letter that came back; tells whether that name is one of ours."""
    parts = message_id.strip("<> \r\n").partition("@")[0].split(".")
    if len(parts) != 3 or not parts[0].startswith("f"):
        return False
    mailing, follower = parts[0][1:], parts[1]
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (mailing, follower)):
        return False
    if parts[2] != links.letter_key(int(mailing), int(follower)):
        return False
    bounced(int(follower), kind, now=now)
    return True
