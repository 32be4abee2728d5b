"""The registry of what can be told about: each room says which of its public things have a page, and how they read.

The outbox tells about them, share images are drawn from them. A room registers in `AppConfig.ready()`:

    subjects.register(
        Kind(
            "consultation",
            _("call for comments"),
            find=shown.find,                  # (id, language, actor) -> Shown | None
            choices=shown.choices,            # (actor) -> [(id, title)], newest first
            pages={"consultation": "slug", "draft": "slug"},  # names of its addresses and the argument that is the id
        )
    )

`find` reads through `visible_to(actor)`: what the actor may not see is None, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

Text = str | Promise


@dataclass(frozen=True)
class Shown:
    """One thing in one language. `url` is its path on this site; `dated` the day that people read under it."""

    title: str
    url: str
    summary: str = ""
    department: str = ""
    department_id: int | None = None
    dated: datetime | None = None
    topics: tuple[str, ...] = ()


Find = Callable[[str, str, "Actor"], Shown | None]
Choices = Callable[["Actor"], Sequence[tuple[str, str]]]


def no_choices(actor: Actor) -> Sequence[tuple[str, str]]:
    """Offer nothing to tell about: its pages only have a share image."""
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of thing with public pages; see the head of this file."""

    code: str
    label: Text
    find: Find
    choices: Choices = no_choices
    pages: Mapping[str, str] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; ValueError for a code that is taken."""
    if kind.code in _kinds:
        raise ValueError(f"subject kind {kind.code!r} is registered already")
    _kinds[kind.code] = kind


def unregister(code: str) -> None:
    """Take a kind out again (a room that is switched off, a test)."""
    _kinds.pop(code, None)


def registered() -> list[Kind]:
    """List all kinds in the order of registration."""
    return list(_kinds.values())


def find(code: str, id: str, language: str, actor: Actor) -> Shown | None:
    """Return one thing as the actor may see it; None for an unknown kind, too."""
    kind = _kinds.get(code)
    return kind.find(id, language, actor) if kind and len(id) <= 200 else None


def in_languages(code: str, id: str, actor: Actor) -> dict[str, Shown]:
    """Return one thing in each language in which the actor sees it."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            shown = find(code, id, language, actor)
        if shown:
            found[language] = shown
    return found


def of_page(url_name: str) -> tuple[Kind, str] | None:
    """Return the kind whose page has this name, and the argument of the address that is its id."""
    return next(((kind, kind.pages[url_name]) for kind in _kinds.values() if url_name in kind.pages), None)
