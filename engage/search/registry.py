"""The registry of what can be found: each app says which of its things are public and how they read.

A room registers in `AppConfig.ready()`:

    registry.register(Source("article", _("Articles"), ArticlePage, public_articles, article_entries))

and calls `actions.index(obj)` or `actions.remove(obj)` in the transaction that changes the thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Entry:
    """One thing to find, in one language. All text is plain, never HTML; `url` is the path a reader opens.

    `object_id` names the thing inside its kind; empty, it is the primary key of the object the entry comes from.
    An entry whose `published_at` lies ahead is found from that minute on.
    """

    language: str
    title: str
    body: str
    url: str
    published_at: datetime
    department_id: int | None = None
    object_id: str | int = ""


@dataclass(frozen=True)
class Source:
    """One kind of thing to find. `queryset()` is the public objects, the only gate into the index.

    `entry(obj)` gives the entries of one object: one a language, or several when the object has parts. Text past
    100,000 characters of one entry is not searched; give long documents in parts.
    """

    kind: str
    label: str | Promise
    model: type[Model]
    queryset: Callable[[], QuerySet[Any]]
    entry: Callable[[Any], Iterable[Entry]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source; a kind is taken once."""
    if source.kind in _sources:
        raise ValueError(f"search kind {source.kind!r} is registered twice")
    _sources[source.kind] = source


def unregister(kind: str) -> None:
    """Take a source out again; KeyError when it is not there."""
    del _sources[kind]


def registered() -> list[Source]:
    """List the sources in the order of registration, which is the order of the filter."""
    return list(_sources.values())


def sources_of(obj: Model) -> list[Source]:
    """List the sources an object can appear in. A Wagtail page must be the specific one."""
    return [source for source in _sources.values() if isinstance(obj, source.model)]
