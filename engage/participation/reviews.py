"""The registry through which a room opens a review of a policy because of what it took in.

The room of calls registers how a call is opened and described; a room that has a topic asks for one:

    reviews.open_review(Topic("letters", tag.pk), department_id, actor=actor, now=now)

and counts the topic for the call in a source of evidence of the same code (`evidence.py`), with `topics_of(call)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.participation.models import EvidenceLink


@dataclass(frozen=True)
class Topic:
    """What a room took in about one matter: the code of its source of evidence, and its own key."""

    source: str
    key: int


@dataclass(frozen=True)
class Opened:
    """A call as staff see it: its name, where it is worked on, whether it is over."""

    call: int
    name: str
    url: str
    is_over: bool


@dataclass(frozen=True)
class Room:
    """The room of calls: `open` makes one and returns its key, `describe` tells of calls that an actor may see."""

    open: Callable[[Topic, int, Actor, datetime], int]
    describe: Callable[[Collection[int], Actor, datetime], dict[int, Opened]]


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Say where calls are; ValueError for a second room."""
    if _rooms:
        raise ValueError("calls have one room")
    _rooms.append(room)


def open_review(topic: Topic, department_id: int, *, actor: Actor, now: datetime) -> int:
    """Open a review of the policy behind a topic; returns the key of the call. Raises what the room of calls raises."""
    return _rooms[0].open(topic, department_id, actor, now)


def link(call: int, topic: Topic, *, actor: Actor, now: datetime) -> None:
    """Write down what led to a call; for the action that opens it, in its transaction."""
    by = actor if isinstance(actor, User) else None
    EvidenceLink.objects.get_or_create(call=call, source=topic.source, key=topic.key, defaults={"by": by, "at": now})


def topics_of(call: int, source: str) -> list[int]:
    """Return the keys of a source's topics that led to a call."""
    return list(EvidenceLink.objects.filter(call=call, source=source).order_by("pk").values_list("key", flat=True))


def calls_of(topic: Topic) -> list[int]:
    """Return the keys of the calls to which a topic led, the oldest first."""
    links = EvidenceLink.objects.filter(source=topic.source, key=topic.key).order_by("pk")
    return list(links.values_list("call", flat=True))


def opened(source: str, keys: Collection[int], *, actor: Actor, now: datetime) -> dict[int, list[Opened]]:
    """Return the calls to which topics led, by topic, as the actor may see them; two queries."""
    links = list(EvidenceLink.objects.visible_to(actor).filter(source=source, key__in=keys).order_by("pk"))
    known = _rooms[0].describe({one.call for one in links}, actor, now) if links else {}
    found: dict[int, list[Opened]] = {}
    for one in links:
        if one.call in known:
            found.setdefault(one.key, []).append(known[one.call])
    return found
