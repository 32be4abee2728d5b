"""Followers, events and letters for tests."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.core import mail
from django.core.mail import EmailMessage
from django.db.models import Model
from django.utils import timezone

from engage.accounts.actors import ANYONE
from engage.outreach.follows import actions, registry
from engage.outreach.follows.models import Event, Follower
from engage.outreach.follows.registry import EventKind, Tag, Told
from engage.pages.models import Topic
from engage.participation.models import OutgoingMail

EVERYTHING = Tag("everything", 0)
NEWS = "test.news"


def tags(about: Sequence[Tag] | Tag | Model) -> list[Tag]:
    if isinstance(about, Tag):
        return [about]
    if isinstance(about, Model):
        own = registry.tag_of(about)
        assert own is not None
        return [own]
    return list(about)


def topic(code: str = "elderly-care", zh: str = "养老服务", en: str = "Elderly care") -> Topic:
    return Topic.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})[0]


def of_topic(code: str = "elderly-care", **names: str) -> Tag:
    return Tag("topic", topic(code, **names).pk)


def follower(
    about: Sequence[Tag] | Tag | Model,
    email: str = "li@example.org",
    *,
    language: str = "en",
    rhythm: str = "at_once",
    now: datetime | None = None,
) -> Follower:
    """Somebody who asked and confirmed."""
    now = now or timezone.now()
    given = {"language": language, "rhythm": rhythm}
    asked = actions.ask_to_follow(tags(about), email=email, now=now, actor=ANYONE, **given)
    rows = list(asked.follows.values_list("pk", flat=True))
    return actions.confirm(asked.pk, follows=rows, now=now, actor=ANYONE, **given)


def asked_link(name: str = "confirm") -> str:
    """Return the link of a kind in the newest letter that asks, without the host."""
    return re.search(rf"https?://[^/]+(/\S+/follow/{name}/\S+)", OutgoingMail.objects.latest("pk").body)[1]


def link(letter: EmailMessage, name: str = "manage") -> str:
    return re.search(rf"https?://[^/]+(/\S+/follow/{name}/\S+)", letter.body)[1]


def happened(key: str, about: Sequence[Tag], *, subject: Model | None = None, now: datetime | None = None) -> Event:
    """Announce a test's own event; its words are `told_of`."""
    about = list(about)
    return actions.announce(NEWS, subject or topic(), key=key, tags=about, now=now or timezone.now())


def told_of(events: Sequence[Event]) -> dict[int, Told]:
    return {
        event.pk: Told(f"News {event.key}", f"Something happened: {event.key}.", f"/en/news/{event.key}/")
        for event in events
    }


def register_news() -> None:
    registry.register_event(EventKind(NEWS, "news", told_of))


def sent() -> list[EmailMessage]:
    """Let the worker do its turns and return the letters that went out."""
    before = len(mail.outbox)
    actions.release(now=timezone.now())
    actions.carry()
    return mail.outbox[before:]
