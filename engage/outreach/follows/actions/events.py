"""Events: announced by the room that publishes, released when the public may read of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Model
from django.utils import translation

from engage.accounts.actors import SYSTEM
from engage.journal import actions as journal
from engage.outreach.follows import audience, letters, registry
from engage.outreach.follows.models import Event, EventTag, Line, Mailing, MailingText
from engage.outreach.follows.registry import EVERYTHING, Tag, Told

RELEASE = "release"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def announce(
    kind: str,
    subject: Model,
    *,
    key: str,
    tags: Iterable[Tag] = (),
    ref: int = 0,
    happened_at: datetime | None = None,
    now: datetime,
) -> Event:
    """Let followers be told of an event, inside the caller's transaction; the same key is told once.

    Who follows the subject itself is told only what happened after that: its page told the rest. `ref` is the room's.
    """
    code = registry.event_kind(kind).code
    event, is_new = Event.objects.get_or_create(
        key=key,
        defaults={
            "kind": code,
            "subject_kind": subject._meta.label_lower,
            "subject_id": subject.pk,
            "ref": ref,
            "at": now,
            "happened_at": happened_at or now,
        },
    )
    if is_new:
        since = dict.fromkeys([Tag(EVERYTHING, 0), *tags], now)
        if (own := registry.tag_of(subject)) is not None:
            since[own] = event.happened_at
        EventTag.objects.bulk_create(
            EventTag(event=event, kind=tag.kind, ref=tag.ref, since=moment) for tag, moment in since.items()
        )
    return event


def hold_release() -> None:
    """Let no event be released until the caller's transaction ends."""
    Line.objects.get_or_create(code=RELEASE)
    Line.objects.select_for_update().get(code=RELEASE)


def release(*, now: datetime) -> int:
    """Give a number to what the public may read, and begin the mailings that tell it; returns how many events.

    What is hidden keeps waiting.
    """
    done, last = 0, 0
    while waiting := list(Event.objects.filter(number=None, pk__gt=last).order_by("pk")[:200]):
        last = waiting[-1].pk
        words: dict[str, Mapping[int, Told]] = {}
        for language in LANGUAGES:
            with translation.override(language):
                words[language] = registry.tell(waiting)
        for event in waiting:
            in_languages = {code: told[event.pk] for code, told in words.items() if event.pk in told}
            if in_languages:
                done += _release(event.pk, in_languages, now)
    return done


@transaction.atomic
def _release(event_id: int, words: Mapping[str, Told], now: datetime) -> int:
    hold_release()
    event = Event.objects.filter(pk=event_id, number=None).first()
    if event is None:  # another worker was first
        return 0
    event.number = (Event.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    event.save(update_fields=["number"])
    event.tags.update(number=event.number)
    for line in ("mail", "push"):
        mailing = Mailing(key=f"event:{event.pk}:{line}", line=line, event=event, created_at=now)
        if audience.followers(mailing, now).exists():
            mailing.save()
            _write(mailing, words)
            journal.record(SYSTEM, "mailing.begun", mailing, key=mailing.key)
    return 1


def _write(mailing: Mailing, words: Mapping[str, Told]) -> None:
    """Write the words once per language; where a language has none, those of the other."""
    for language in LANGUAGES:
        told = words.get(language) or next(iter(words.values()))
        with translation.override(language):
            subject, body = letters.told(told) if mailing.line == "mail" else (told.headline, told.text)
        MailingText.objects.create(mailing=mailing, language=language, subject=subject, body=body, url=told.path)
