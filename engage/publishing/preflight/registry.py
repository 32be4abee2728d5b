"""How rooms hand their contents to the preflight, and what of theirs is kept fresh.

    # apps.py
    preflight.register(preflight.Source("call", _("call"), find=find, bundle=bundle))
    preflight.register_watch(preflight.Watch("call", _("call"), released=released))

A kind of the gate whose subject names its outgoing forms needs no source: they are looked at as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise

from engage.accounts.actors import Actor
from engage.publishing import registry as gate
from engage.publishing.preflight.bundle import Bundle
from engage.publishing.preflight.forms import bundle_of_forms

Text = str | Promise


@dataclass(frozen=True)
class Source:
    """One kind of content that can be looked at before it is handed in.

    `find(key, actor)`: the object behind an address, None where the actor has nothing to look at. `of_page(page)`: the
    key of the content that a Wagtail page belongs to, for the button in its editor.
    """

    kind: str
    label: Text
    find: Callable[[str, Actor], Any | None]
    bundle: Callable[[Any, Actor], Bundle]
    of_page: Callable[[Any], str | None] = lambda page: None
    title: Callable[[Any], str] = str


@dataclass(frozen=True)
class Released:
    """One public thing as the freshness desk needs it; language to title and to address.

    `edit_url`: where it is mended. `changed_at`: when its words last changed for the public. `is_list`: it leads to
    whatever is there, so that its links are nobody's words.
    """

    key: str
    titles: Mapping[str, str]
    urls: Mapping[str, str]
    edit_url: str
    changed_at: datetime
    is_list: bool = False


@dataclass(frozen=True)
class Watch:
    """One kind of public thing that is kept an eye on. `ended(paths)`: those of the addresses that lead to something
    of this kind that is over, and since when. `is_reviewed`: somebody looks at it every year.
    """

    kind: str
    label: Text
    released: Callable[[], Iterable[Released]]
    ended: Callable[[Iterable[str], datetime], Mapping[str, datetime]] = lambda paths, now: {}
    is_reviewed: bool = True


@dataclass(frozen=True)
class Awaited:
    """Something closed that people wait to hear about. `language`: of the title, when it is not the reader's.

    `closed_at`: the first moment at which nothing was taken any more.
    """

    title: str
    url: str
    department: str
    closed_at: datetime
    due: datetime
    days_late: int
    desk_url: str = ""
    language: str = ""

    @property
    def last_day(self) -> datetime:
        """The last moment, whose day people read as that of the close."""
        return self.closed_at - timedelta(microseconds=1)


_sources: dict[str, Source] = {}
_watches: dict[str, Watch] = {}
_awaiting: dict[str, Callable[[datetime], list[Awaited]]] = {}


def register(source: Source) -> None:
    """Add a kind; ValueError for a second one of the same code."""
    if _sources.get(source.kind, source) != source:
        raise ValueError(f"preflight kind {source.kind!r} is registered twice")
    _sources[source.kind] = source


def register_watch(watch: Watch) -> None:
    """Add a kind of public thing."""
    _watches[watch.kind] = watch


def register_awaiting(code: str, find: Callable[[datetime], list[Awaited]]) -> None:
    """Add what waits for its outcome; `find(now)` returns what everybody may read, in the active language."""
    _awaiting[code] = find


def source_of(kind: str) -> Source | None:
    """Return how a kind is looked at: as its room says, else by the forms that the gate knows; None for neither."""
    if kind in _sources:
        return _sources[kind]
    gated = next((known for known in gate.registered() if known.code == kind), None)
    return _of_gate(gated) if gated else None


def _of_gate(kind: gate.GatedKind) -> Source:
    subject = kind.subject

    def find(key: str, actor: Actor) -> Any | None:
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            return None
        return subject.model_class._default_manager.visible_to(actor).filter(pk=key).first()  # type: ignore[attr-defined]

    def bundle(obj: Any, actor: Actor) -> Bundle:
        return bundle_of_forms(subject.title(obj), list(subject.forms(obj)), fix_url=subject.edit_url(obj))

    return Source(kind.code, kind.label, find, bundle, title=subject.title)


def place_of_page(page: Any) -> tuple[str, str] | None:
    """Return kind and key of what a Wagtail page belongs to."""
    for source in _sources.values():
        if (key := source.of_page(page)) is not None:
            return source.kind, key
    return None


def watches() -> list[Watch]:
    """List what is watched."""
    return list(_watches.values())


def watch_of(kind: str) -> Watch | None:
    """Return how a kind is watched."""
    return _watches.get(kind)


def awaited(now: datetime) -> list[Awaited]:
    """Return all that waits for its outcome, the longest overdue first."""
    return sorted((one for find in _awaiting.values() for one in find(now)), key=lambda one: one.due)
