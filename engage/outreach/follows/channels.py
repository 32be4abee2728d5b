"""Followers as a channel: what the outbox hands over becomes a mailing, listed and counted here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from engage.accounts.actors import SYSTEM
from engage.departments.models import Department
from engage.outreach.delivery.audience_senders import Message, Progress, Sender
from engage.outreach.follows import audience, registry
from engage.outreach.follows.actions.mailings import begin
from engage.outreach.follows.models import Mailing
from engage.outreach.follows.registry import EVERYTHING, Tag
from engage.pages.models import Topic
from engage.typed import whole_number


def sender(line: str) -> Sender:
    """Return the way to followers by letter ("mail") or by push."""

    def queue(message: Message, now: datetime) -> int:
        """Begin the mailing of a message, once; returns how many followers it is for."""
        body = f"{message.text}\n\n{message.url}" if line == "mail" else message.text
        mailing = begin(
            key_of(line, message.key),
            {message.language: (message.title, body)},
            _tags(message),
            now=now,
            actor=SYSTEM,
            line=line,
            path=message.url,
            language=message.language,
        )
        return audience.followers(mailing, now).count()

    def progress(keys: Iterable[str]) -> Mapping[str, Progress]:
        names = {key_of(line, key): key for key in keys}
        return {
            names[row.key]: Progress(row.total, row.sent, row.failed + row.uncertain + row.gone)
            for row in Mailing.objects.filter(key__in=names)
        }

    return Sender(queue, progress)


def key_of(line: str, key: str) -> str:
    """Return the key of the mailing of a message."""
    return f"channel:{line}:{key}"[:100]


def _tags(message: Message) -> list[Tag]:
    """Return whose followers are meant: those of everything, too."""
    kind, key = message.subject
    ref = whole_number(key, digits=18, otherwise=-1)
    own = [
        Tag(thing.code, ref)
        for thing in registry.followables()
        if ref >= 0 and kind and kind.lower() in (thing.code, thing.model.lower())
    ]
    return audience.tags_of(
        topics=Topic.objects.filter(code__in=message.topics),
        department=Department.objects.filter(pk=message.department_id).first() if message.department_id else None,
        others=[Tag(EVERYTHING, 0), *own],
    )
