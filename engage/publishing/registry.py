"""The registry of gated kinds: each room says what of its own may go public only with sign-offs, whose, and on what.

A room registers in `AppConfig.ready()`:

    registry.register(
        GatedKind(
            "campaign",
            _("campaign"),
            STANDARD,
            Subject(
                model="campaigns.Campaign",
                forms=queries.outgoing_forms,
                writers=queries.writers,
                title=lambda campaign: campaign.title,
                edit_url=queries.edit_url,
                publish=actions.publish,
            ),
        )
    )

Handing in is `gate.request(kind, obj, ...)`; every action that edits the object calls `gate.touched(kind, obj, ...)`.
`publish` is called by the gate alone, in its own transaction, once every key is turned and the time has come.
What becomes of a release meanwhile is told by `signals.moved`, in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Actor, Role

Text = str | Promise


@dataclass(frozen=True)
class Key:
    """One sign-off that a kind needs, and the roles that may give it.

    `covers`: beginnings of the names of the forms it is about; a change elsewhere leaves it standing. Empty: all.
    """

    code: str
    label: Text
    roles: tuple[Role, ...]
    covers: tuple[str, ...] = ()

    def covers_form(self, name: str) -> bool:
        """Tell whether a form is part of what this key signs."""
        return not self.covers or name.startswith(self.covers)


HEAD = Key("head", pgettext_lazy("review", "head of department"), (Role.APPROVER,))
LEGAL = Key("legal", pgettext_lazy("review", "legal review"), (Role.REVIEWER_LEGAL,))
OPENNESS = Key("openness", pgettext_lazy("review", "openness review"), (Role.REVIEWER_OPENNESS,))
SECRECY = Key("secrecy", pgettext_lazy("review", "secrecy review"), (Role.REVIEWER_SECRECY,))
# The publishing procedure of the work plan: department head, legal, openness, secrecy.
STANDARD = (HEAD, LEGAL, OPENNESS, SECRECY)


@dataclass(frozen=True)
class Form:
    """One outgoing form: a page in a language, a feed item, a letter, the answer of the API, a file, a variant.

    `content` are the bytes that go out, or the canonical content from which they are made. `text` is what a person can
    read in bytes that are no text. A stored file may be told by `sha256` and `size` alone.
    """

    name: str
    label: Text
    media_type: str
    content: bytes = b""
    text: str = ""
    language: str = ""
    sha256: str = ""
    size: int = 0

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return self.sha256 or hashlib.sha256(self.content).hexdigest()


class Publish(Protocol):
    """Make an object public: set its moment, freeze its content, index it, queue its letters."""

    def __call__(self, obj: Any, /, *, now: datetime, actor: Actor) -> None: ...


class Unpublish(Protocol):
    """Take an object from the public again: a review that was made up for found that it must not be read."""

    def __call__(self, obj: Any, /, *, now: datetime, actor: Actor) -> None: ...


@dataclass(frozen=True)
class Subject:
    """What the gate needs to know about the objects of a kind."""

    model: str
    forms: Callable[[Any], Sequence[Form]]
    writers: Callable[[Any], Collection[int]]
    title: Callable[[Any], str]
    publish: Publish
    edit_url: Callable[[Any], str] = field(default=lambda obj: "")
    unpublish: Unpublish | None = None
    # What it lacks before it may be handed in; a sentence and an address each. Empty: nothing.
    lacks: Callable[[Any], Sequence[tuple[str, str]]] = field(default=lambda obj: ())

    @property
    def model_class(self) -> type[models.Model]:
        """The model behind `model`."""
        return apps.get_model(self.model)


@dataclass(frozen=True)
class GatedKind:
    """One kind of content that goes public only through the gate.

    `keys_of`: the keys of one object, where they differ (a short release needs fewer).
    """

    code: str
    label: Text
    keys: tuple[Key, ...]
    subject: Subject
    keys_of: Callable[[Any], tuple[Key, ...]] | None = None

    def keys_for(self, obj: Any) -> tuple[Key, ...]:
        """Return the keys that one object needs."""
        return self.keys_of(obj) if self.keys_of else self.keys

    def key(self, code: str) -> Key:
        """Return one of its keys; KeyError for another code."""
        found = {key.code: key for key in (*STANDARD, *self.keys)}
        return found[code]


_kinds: dict[str, GatedKind] = {}


def register(kind: GatedKind) -> None:
    """Add a kind; ValueError for one without keys or a second one of the same code."""
    if not kind.keys:
        raise ValueError(f"gated kind {kind.code!r} needs a key")
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"gated kind {kind.code!r} is registered twice")
    _kinds[kind.code] = kind


def get(code: str) -> GatedKind:
    """Return a registered kind; KeyError when none has that code."""
    return _kinds[code]


def subject_of(code: str) -> Subject:
    """Return how the gate works on the objects of a kind; KeyError when none has that code."""
    return _kinds[code].subject


def registered() -> list[GatedKind]:
    """List all kinds."""
    return list(_kinds.values())
