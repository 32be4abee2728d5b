"""Asking, confirming, changing, resting, stopping."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery import net
from engage.outreach.follows import letters, registry
from engage.outreach.follows.actions.events import hold_release
from engage.outreach.follows.carriers.webpush import read_keys
from engage.outreach.follows.models import Event, Follow, Follower, PushSubscription
from engage.outreach.follows.registry import Tag
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email

UNCONFIRMED = timedelta(days=7)
AT_ONCE = Follower.Rhythm.AT_ONCE


@transaction.atomic
def ask_to_follow(
    tags: Sequence[Tag], *, email: str, language: str, rhythm: str = AT_ONCE, now: datetime, actor: Actor
) -> Follower:
    """Write the letter that asks an address whether it wants to follow; who follows it all already is told so.

    Nothing that was chosen counts before it is confirmed from the address. Raises Refused("follow_nothing").
    """
    tags = _public(tags)
    follower = _at(email, language, rhythm, now)
    if follower.confirmed_at is None:  # the new letter promises as many days, and is written in this language
        contact = _contact(follower)
        follower.language, contact.delete_after = language, now + UNCONFIRMED
        follower.save(update_fields=["language"])
        contact.save(update_fields=["delete_after"])
    confirmed = set(follower.follows.filter(confirmed_at__isnull=False).values_list("kind", "ref"))
    wanted = [tag for tag in tags if tag not in confirmed]
    _want(follower, wanted, now)
    journal.record(actor, "follow.asked", follower)
    known = follower.confirmed_at is not None and not wanted
    subject, body = letters.asked(follower, tags if known else wanted, language=language, rhythm=rhythm, known=known)
    participation.enqueue_letter(_contact(follower), subject=subject, body=body)
    return follower


def _at(email: str, language: str, rhythm: str, now: datetime) -> Follower:
    """Return the follower of an address; of two equal requests at once, the second finds what the first wrote."""
    index = blind_index("email", normalised_email(email))
    locked = Follower.objects.select_for_update(of=("self",)).select_related("contact").filter(email_index=index)
    if (found := locked.first()) is not None:
        return found
    try:
        with transaction.atomic():
            contact = Contact.objects.create(email=email.strip(), email_index=index, delete_after=now + UNCONFIRMED)
            return Follower.objects.create(
                contact=contact, email_index=index, language=language, rhythm=rhythm, rhythm_before=rhythm, asked_at=now
            )
    except IntegrityError:
        return locked.get()


def _contact(follower: Follower) -> Contact:
    assert follower.contact is not None
    return follower.contact


def _public(tags: Collection[Tag]) -> list[Tag]:
    """Return those that the public may see, each once; raises Refused("follow_nothing")."""
    names = registry.names_of(list(tags))
    found = [tag for tag in dict.fromkeys(tags) if tag in names]
    if not found:
        raise Refused("follow_nothing")
    return found


def _want(follower: Follower, tags: Sequence[Tag], now: datetime, *, confirmed: bool = False) -> None:
    """Write follows down; asked for anew, an unconfirmed one waits its days anew."""
    rows = [
        Follow(follower=follower, kind=tag.kind, ref=tag.ref, asked_at=now, confirmed_at=now if confirmed else None)
        for tag in tags
    ]
    Follow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "ref", "follower"],
        update_fields=["asked_at", "confirmed_at"] if confirmed else ["asked_at"],
    )


def newest_number() -> int:
    """Return the number of the newest event that was told."""
    return Event.objects.aggregate(newest=Max("number"))["newest"] or 0


@transaction.atomic
def confirm(
    follower_id: int, *, follows: Collection[int], language: str, rhythm: str, now: datetime, actor: Actor
) -> Follower:
    """Let follows count that wait for it, with the language and the rhythm chosen with them.

    A second time changes nothing.
    """
    follower = Follower.objects.select_for_update(of=("self",)).select_related("contact").get(pk=follower_id)
    waiting = follower.follows.filter(pk__in=follows, confirmed_at__isnull=True, asked_at__gt=now - UNCONFIRMED)
    if not waiting.update(confirmed_at=now):
        return follower
    if follower.confirmed_at is None:
        follower.confirmed_at, follower.language = now, language
        follower.rhythm = follower.rhythm_before = rhythm
        follower.heard_up_to = newest_number()
        follower.save()
    else:
        _set_choices(follower, language, rhythm)
    keep(_contact(follower), now)
    journal.record(actor, "follow.confirmed", follower)
    return follower


def _set_choices(follower: Follower, language: str, rhythm: str) -> None:
    """Set language and rhythm. Events up to now stay with the rhythm that held for them."""
    follower.language = language
    if rhythm != follower.rhythm:
        hold_release()
        if AT_ONCE in (rhythm, follower.rhythm):
            follower.rhythm_before, follower.rhythm_from = follower.rhythm, newest_number()
        else:  # from one digest to the other: what waits comes with the next one
            if follower.rhythm_before == AT_ONCE:
                follower.heard_up_to = max(follower.heard_up_to, follower.rhythm_from)
            follower.rhythm_before = rhythm
        follower.rhythm = rhythm
    follower.save()


def keep(contact: Contact, now: datetime) -> None:
    """Keep an address as long as the rules allow, from now on."""
    contact.delete_after = retention_end(now, settings.CONTACT_RETENTION_DAYS)
    contact.save(update_fields=["delete_after"])


@transaction.atomic
def change(
    follower_id: int, tags: Sequence[Tag], *, language: str, rhythm: str, now: datetime, actor: Actor
) -> Follower:
    """Set what somebody follows, who holds the link from a letter or the browser itself.

    What is not public at present stays followed. Raises Refused("follow_nothing") for an empty choice.
    """
    follower = Follower.objects.select_for_update(of=("self",)).get(pk=follower_id)
    wanted = _public(tags)
    held = {Tag(*row) for row in follower.follows.filter(confirmed_at__isnull=False).values_list("kind", "ref")}
    gone = [tag for tag in registry.names_of(list(held)) if tag not in wanted]
    for tag in gone:
        follower.follows.filter(kind=tag.kind, ref=tag.ref).delete()
    _want(follower, [tag for tag in wanted if tag not in held], now, confirmed=True)
    _set_choices(follower, language, rhythm)
    journal.record(actor, "follow.changed", follower)
    return follower


@transaction.atomic
def rest(follower_id: int, *, days: int, now: datetime, actor: Actor) -> Follower:
    """Write nothing for so many days; none: go on now."""
    follower = Follower.objects.select_for_update(of=("self",)).get(pk=follower_id)
    follower.rests_until = now + timedelta(days=days) if days else None
    follower.save(update_fields=["rests_until"])
    journal.record(actor, "follow.rests", follower, days=days)
    return follower


@transaction.atomic
def stop(follower_id: int, *, actor: Actor, why: str = "") -> None:
    """End all follows of one follower and forget the address with every letter that waits for it."""
    follower = Follower.objects.filter(pk=follower_id).select_related("contact").first()
    if follower is None:
        return
    journal.record(actor, "follow.ended", follower, **({"why": why} if why else {}))
    if follower.contact is not None:
        follower.contact.delete()
    else:
        follower.delete()


@transaction.atomic
def subscribe(
    endpoint: str, key: str, auth: str, tags: Sequence[Tag], *, language: str, now: datetime, actor: Actor
) -> Follower:
    """Let one browser follow by push; the browser's own question was the confirmation. Again: another choice.

    Raises Refused("push_off"), Refused("push_keys_wrong"), Refused("follow_nothing") and what `net.check_url` raises.
    """
    if not settings.PUSH_KEY:
        raise Refused("push_off")
    net.check_url(endpoint)
    read_keys(key, auth)
    wanted = _public(tags)
    index = blind_index("push", endpoint)
    subscription = PushSubscription.objects.filter(endpoint_index=index).select_related("follower").first()
    if subscription is not None:
        subscription.key, subscription.auth = key, auth
        subscription.save(update_fields=["key", "auth"])
        return change(subscription.follower_id, wanted, language=language, rhythm=AT_ONCE, now=now, actor=actor)
    follower = Follower.objects.create(language=language, asked_at=now, confirmed_at=now)
    PushSubscription.objects.create(follower=follower, endpoint=endpoint, endpoint_index=index, key=key, auth=auth)
    _want(follower, wanted, now, confirmed=True)
    journal.record(actor, "follow.confirmed", follower)
    return follower


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Forget what a known address was asked about and did not confirm; a new address goes with its contact."""
    gone = Follow.objects.filter(Q(confirmed_at__isnull=True), asked_at__lte=now - UNCONFIRMED)
    count, _rows = gone.delete()
    if count:
        journal.record(SYSTEM, "follow.expired", "follows.follow:all", n=count)
    return count
