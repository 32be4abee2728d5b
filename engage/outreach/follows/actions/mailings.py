"""Mailings: begun, their recipients listed window by window, paused, continued, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from engage.accounts.actors import SYSTEM, Actor, Role, has_role
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.follows import audience
from engage.outreach.follows.models import Follower, Mailing, MailingText, Recipient
from engage.outreach.follows.registry import Tag

WINDOW = 20_000
KEPT = timedelta(days=30)
State = Recipient.State


@transaction.atomic
def begin(
    key: str,
    texts: Mapping[str, tuple[str, str]],
    tags: Sequence[Tag],
    *,
    now: datetime,
    actor: Actor,
    line: str = "mail",
    path: str = "",
    language: str = "",
) -> Mailing:
    """Begin a newsletter that is no event: to everybody who follows one of the tags, whatever their rhythm.

    `texts`: language to subject and text; with `language` it goes only to those whose letters are in it. The same key
    is sent once: a second call returns the first mailing. Who calls has made sure that the words may go out. Raises
    Refused("not_allowed") and Refused("follow_nothing").
    """
    if not has_role(actor, Role.EDITOR, Role.APPROVER):
        raise Refused("not_allowed")
    if not tags:
        raise Refused("follow_nothing")
    mailing, is_new = Mailing.objects.get_or_create(
        key=key,
        defaults={"line": line, "audience": [list(tag) for tag in tags], "language": language, "created_at": now},
    )
    if is_new:
        MailingText.objects.bulk_create(
            MailingText(mailing=mailing, language=code, subject=subject, body=body, url=path)
            for code, (subject, body) in texts.items()
        )
        journal.record(actor, "mailing.begun", mailing, key=key)
    return mailing


@transaction.atomic
def queue_window(mailing_id: int, *, now: datetime, size: int = WINDOW) -> bool:
    """List the recipients among the next followers; tells whether there are more to come.

    The rows are made inside the database: neither their number nor that of the followers costs memory here.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
    if mailing.state != Mailing.State.QUEUEING:
        return False
    low = mailing.queued_up_to
    beyond = Follower.objects.filter(pk__gt=low).order_by("pk").values_list("pk", flat=True)
    high = beyond[size - 1 : size].first() or beyond.last()
    if high is None:
        mailing.state, mailing.queued_at = Mailing.State.SENDING, now
        mailing.save(update_fields=["state", "queued_at"])
        return False
    mailing.queued_up_to = high
    mailing.total += _insert(mailing, now, (low, high))
    mailing.save(update_fields=["queued_up_to", "total"])
    return True


def _insert(mailing: Mailing, now: datetime, window: audience.Window) -> int:
    chosen, parameters = audience.followers(mailing, now, window).query.sql_with_params()
    table = connection.ops.quote_name(Recipient._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (mailing_id, follower_id, state, claim, tries, error) "
            f"SELECT %s, chosen.*, 0, '', 0, '' FROM ({chosen}) chosen WHERE 1 = 1 "
            "ON CONFLICT (mailing_id, follower_id) DO NOTHING",
            [mailing.pk, *parameters],
        )
        return cursor.rowcount


@transaction.atomic
def pause(mailing_id: int, *, now: datetime, actor: Actor) -> None:
    """Stop handing letters over; what is in a worker's hand still goes. Raises Refused("not_allowed")."""
    mailing = _for_editors(mailing_id, actor)
    if mailing.paused_at is None and mailing.state != Mailing.State.DONE:
        mailing.paused_at = now
        mailing.save(update_fields=["paused_at"])
        journal.record(actor, "mailing.paused", mailing)


@transaction.atomic
def hold(event: str, *, now: datetime) -> int:
    """Pause what is still being sent about an event (its key) that the public may not read any more.

    Digests and feeds leave it out of themselves. Returns how many mailings.
    """
    mailings = Mailing.objects.filter(event__key=event, paused_at=None).exclude(state=Mailing.State.DONE)
    for mailing in mailings.select_for_update(of=("self",)):
        mailing.paused_at = now
        mailing.save(update_fields=["paused_at"])
        journal.record(SYSTEM, "mailing.paused", mailing)
    return len(mailings)


@transaction.atomic
def go_on(mailing_id: int, *, actor: Actor) -> None:
    """Go on with a paused mailing. Raises Refused("not_allowed")."""
    mailing = _for_editors(mailing_id, actor)
    if mailing.paused_at is not None:
        mailing.paused_at = None
        mailing.save(update_fields=["paused_at"])
        journal.record(actor, "mailing.continued", mailing)


@transaction.atomic
def send_uncertain(mailing_id: int, *, actor: Actor) -> int:
    """Send once more to those of whom nobody knows whether they got it; a person decided that twice is better than not.

    The letters keep their names, so that many mail programs show one. Raises Refused("not_allowed").
    """
    mailing = _for_editors(mailing_id, actor)
    again = Recipient.objects.filter(mailing=mailing, state=State.UNCERTAIN)
    count = again.update(state=State.QUEUED, claim="", until=None, error="", at=None)
    if count:
        Mailing.objects.filter(pk=mailing.pk).update(
            uncertain=F("uncertain") - count, state=Mailing.State.SENDING, finished_at=None
        )
        journal.record(actor, "mailing.uncertain_again", mailing, n=count)
    return count


def _for_editors(mailing_id: int, actor: Actor) -> Mailing:
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    return Mailing.objects.visible_to(actor).select_for_update().get(pk=mailing_id)


def forget_recipients(*, now: datetime, limit: int = 20_000) -> int:
    """Forget who got what a month after a mailing ended, in short transactions; the counts stay."""
    done = 0
    ended = Mailing.objects.filter(state=Mailing.State.DONE, finished_at__lte=now - KEPT, total__gt=0)
    for mailing in ended.order_by("pk"):
        while rows := list(mailing.recipients.values_list("pk", flat=True)[:limit]):
            with transaction.atomic():
                for start in range(0, len(rows), 500):
                    done += Recipient.objects.filter(pk__in=rows[start : start + 500])._raw_delete("default")
    return done
