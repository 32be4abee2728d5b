"""What people wrote to us on a channel: opened as submissions, read and finished at the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery.access import check_reader
from engage.outreach.delivery.models import Message
from engage.participation import actions as participation
from engage.participation import cases, timeline
from engage.participation.models import Submission

MESSAGE = "message"
CHANNEL_MOST = 57  # "import:" and this are the channel of a submission


@dataclass(frozen=True)
class Incoming:
    """One message of a channel. `external_id` is its name there; `line` where it stands in the table."""

    external_id: str
    text: str
    received_at: datetime
    language: str
    author: str = ""
    url: str = ""
    line: int = 0


@dataclass(frozen=True)
class Imported:
    """What an import did: the new submissions, and how many were there before."""

    submissions: list[Submission]
    known: int


def channel_name(typed: str) -> str:
    """Return what is kept as the channel of a message; raises Refused("message_channel_wrong", channel=...)."""
    name = typed.strip()
    if not name or len(name) > CHANNEL_MOST or any(not sign.isalnum() and sign not in "-_." for sign in name):
        raise Refused("message_channel_wrong", channel=name[:CHANNEL_MOST])
    return f"import:{name}"


def envelope_of(message: Incoming, channel: str) -> participation.Envelope:
    """Return the envelope of a message: its token is a keyed hash of channel and name, so it is taken in once."""
    return participation.Envelope(
        token=participation.token_of(f"message:{channel}", message.external_id),
        language=message.language,
        received_at=message.received_at,
        channel=channel,
        name=message.author,
    )


@transaction.atomic
def import_messages(messages: Sequence[Incoming], *, channel: str, actor: Actor) -> Imported:
    """Open a case for each message that is not known yet, all or nothing; `channel` as `channel_name` returns it.

    Raises Refused("not_allowed").
    """
    check_reader(actor)
    envelopes = [envelope_of(message, channel) for message in messages]
    known = participation.known_tokens(envelopes)
    opened = [
        cases.open_case(envelope, cases.Letter(message.text, url=message.url), actor=actor)
        for message, envelope in zip(messages, envelopes, strict=True)
        if envelope.token not in known
    ]
    journal.record(actor, "messages.imported", "delivery.message", channel=channel, n=len(opened), known=len(known))
    return Imported(opened, len(known))


def open_message(envelope: participation.Envelope, letter: cases.Letter, actor: Actor) -> Submission:
    """Open a message that officers read at the desk; the opener while no other room works on cases."""

    def create() -> Submission:
        submission = participation.open_submission(MESSAGE, envelope, actor=actor)
        Message.objects.create(submission=submission, text=letter.text, url=letter.url)
        return submission

    return participation.once(envelope, create)


@transaction.atomic
def finish_messages(ids: Collection[int], *, now: datetime, actor: Actor) -> list[int]:
    """Mark messages as dealt with; returns those that were open.

    Raises Refused("not_allowed"), Refused("item_gone").
    """
    return _mark(ids, "message_done", now, actor)


@transaction.atomic
def reopen_messages(ids: Collection[int], *, actor: Actor) -> list[int]:
    """Open messages again; returns those that were done; raises as `finish_messages` does."""
    return _mark(ids, "message_open", None, actor)


def _mark(ids: Collection[int], code: str, now: datetime | None, actor: Actor) -> list[int]:
    check_reader(actor)
    rows = list(
        Message.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("submission")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    if len(rows) != len(set(ids)):
        raise Refused("item_gone")
    changed: list[Any] = [row for row in rows if (row.done_at is None) == (now is not None)]
    for row in changed:
        row.done_at, row.done_by = now, actor if now and isinstance(actor, User) else None
        row.save(update_fields=["done_at", "done_by"])
        timeline.add(row.submission, code)
        journal.record(actor, "message.done" if now else "message.reopened", row)
    return [row.pk for row in changed]
