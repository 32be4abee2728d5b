"""A topic as a thing that goes public, who may sign it, and what happened to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.test import Client
from django.utils import timezone

from engage.accounts.actors import Actor, Role
from engage.accounts.models import User
from engage.pages.models import Topic
from engage.publishing import actions, gate, registry
from engage.publishing.models import Release, Review
from engage.publishing.registry import Form, GatedKind, Subject
from tests.accounts.people import sign_in
from tests.publishing.test_gate import person

KIND = "test_topic"


class Desk:
    """A topic as a thing that goes public, the people who may sign it, and what happened."""

    def __init__(self) -> None:
        self.topic = Topic.objects.create(code="gate", name_zh="门", name_en="Gate")
        self.editor = person(Role.EDITOR)
        self.people = {
            "head": person(Role.APPROVER),
            "legal": person(Role.REVIEWER_LEGAL),
            "openness": person(Role.REVIEWER_OPENNESS),
            "secrecy": person(Role.REVIEWER_SECRECY),
        }
        self.published: list[str] = []
        self.taken_down = 0
        self.writers: set[int] = set()
        self.lacks: list[tuple[str, str]] = []

    def forms(self, topic: Topic) -> list[Form]:
        return [
            Form("page:zh-hans", "page", "text/html", topic.name_zh.encode(), language="zh-hans"),
            Form("mail:en", "letter", "text/plain", topic.name_en.encode(), language="en"),
        ]

    def publish(self, topic: Topic, *, now: datetime, actor: Actor) -> None:
        self.published.append(topic.name_zh)

    def unpublish(self, topic: Topic, *, now: datetime, actor: Actor) -> None:
        self.taken_down += 1

    def client(self, who: User | str, language: str = "en") -> Client:
        """A browser in which one of these people is signed in: by the key they hold, "editor", or themselves."""
        user = who if isinstance(who, User) else self.editor if who == "editor" else self.people[who]
        client = Client(headers={"accept-language": language})
        return sign_in(client, user)

    def request(self, **options) -> Release:
        return gate.request(KIND, self.topic, actor=self.editor, now=timezone.now(), **options)

    def sign(self, release: Release, *keys: str, decision: str = "open", **options) -> Release:
        for key in keys:
            release.refresh_from_db()
            review = release.reviews.get(key=key, state=Review.State.WAITING)
            release = actions.decide(
                review.pk,
                decision,
                content_hash=release.content_hash,
                now=timezone.now(),
                actor=self.people[key],
                **options,
            )
        return release


@contextmanager
def gated_topic() -> Iterator[Desk]:
    """Let topics go through the gate while it lasts."""
    desk = Desk()
    subject = Subject(
        model="pages.Topic",
        forms=desk.forms,
        writers=lambda topic: desk.writers,
        title=lambda topic: topic.name_zh,
        publish=desk.publish,
        unpublish=desk.unpublish,
        lacks=lambda topic: desk.lacks,
    )
    legal = registry.Key("legal", "legal", (Role.REVIEWER_LEGAL,), covers=("page:",))
    keys = (registry.HEAD, legal, registry.OPENNESS, registry.SECRECY)
    registry.register(GatedKind(KIND, "topic", keys, subject))
    try:
        yield desk
    finally:
        registry._kinds.pop(KIND)
