"""What can be followed and what can happen; rooms add theirs in `apps.py`.

    # apps.py
    followables.register(Followable("policy", _("policy"), model="plans.Policy", names=following.policy_names))
    events.register(EventKind("call.opened", _("a call opens"), following.tell_opened))

    # actions.py, inside the transaction that publishes
    follows.announce("call.opened", call, key=f"call.opened:{call.pk}", tags=tags_of(topics=..., concerns=...), now=now)

`names` and `tell` read what the public may read at that moment, in the active language, and leave out the rest: what
is hidden is told to nobody, and waits until it is public.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Model
from django.utils.functional import Promise

if TYPE_CHECKING:
    from engage.outreach.follows.models import Event

Text = str | Promise
EVERYTHING = "everything"


class Tag(NamedTuple):
    """One thing that can be followed: the code of its kind and its key."""

    kind: str
    ref: int


@dataclass(frozen=True)
class Name:
    """What a thing is called, in the active language; `code` stands in the address of its feed, if it has one."""

    title: str
    url: str = ""
    code: str = ""


@dataclass(frozen=True)
class Followable:
    """One kind of thing to follow.

    `names(keys)`: of those that the public may see. `choices()`: what the page about following offers, in its order;
    a kind without is followed from its own pages. `model`: "app_label.Model" of the things.
    """

    code: str
    label: Text
    names: Callable[[Collection[int]], Mapping[int, Name]]
    choices: Callable[[], Sequence[tuple[int, Name]]] | None = None
    find: Callable[[str], int | None] | None = None
    model: str = ""


@dataclass(frozen=True)
class Told:
    """What happened, in the active language: a headline, a sentence, the path to read on."""

    headline: str
    text: str
    path: str


@dataclass(frozen=True)
class EventKind:
    """One kind of event. `tell(events)` returns the words by the event's key, of those that the public may read."""

    code: str
    label: Text
    tell: Callable[[Sequence[Event]], Mapping[int, Told]]


_followables: dict[str, Followable] = {}
_events: dict[str, EventKind] = {}


def register(followable: Followable) -> None:
    """Add a kind of thing to follow; ValueError for a code that is taken."""
    if followable.code in _followables:
        raise ValueError(f"followable {followable.code!r} is registered already")
    _followables[followable.code] = followable


def register_event(kind: EventKind) -> None:
    """Add a kind of event; ValueError for a code that is taken."""
    if kind.code in _events:
        raise ValueError(f"event {kind.code!r} is registered already")
    _events[kind.code] = kind


def unregister_event(code: str) -> None:
    """Take a kind of event out again (a test)."""
    _events.pop(code, None)


def followables() -> list[Followable]:
    """List the kinds of things to follow, in the order of registration."""
    return list(_followables.values())


def followable(code: str) -> Followable | None:
    """Return one kind of thing to follow."""
    return _followables.get(code)


def event_kind(code: str) -> EventKind:
    """Return one kind of event; KeyError for an unregistered code."""
    return _events[code]


def tag_of(subject: Model) -> Tag | None:
    """Return what follows of a thing itself carry; None when its kind cannot be followed."""
    label = subject._meta.label
    return next((Tag(one.code, subject.pk) for one in _followables.values() if one.model == label), None)


def names_of(tags: Collection[Tag]) -> dict[Tag, Name]:
    """Return what the public may see of these, one query a kind."""
    found: dict[Tag, Name] = {}
    for kind in _followables.values():
        keys = {tag.ref for tag in tags if tag.kind == kind.code}
        if keys:
            found |= {Tag(kind.code, ref): name for ref, name in kind.names(keys).items()}
    return found


def tell(events: Sequence[Event]) -> dict[int, Told]:
    """Return the words of events in the active language, by the event's key; what is hidden is left out."""
    told: dict[int, Told] = {}
    for code in {event.kind for event in events}:
        if (kind := _events.get(code)) is not None:
            told |= kind.tell([event for event in events if event.kind == code])
    return told
