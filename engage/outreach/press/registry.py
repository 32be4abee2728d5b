"""What other rooms give the press room: what the monthly digest tells, and what a release may point to.

A room registers in `AppConfig.ready()`:

    registry.register_source(Source("outcome", _("Outcomes"), 40, told))
    registry.register_related(Related("consultation", _("Calls for comments"), choices, found))

Both give only what everybody may read at that moment; the press room asks nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Told:
    """One thing that happened, in the active language; `url` is a path."""

    title: str
    url: str
    at: datetime
    summary: str = ""


@dataclass(frozen=True)
class Source:
    """What a digest tells of one kind. `told(since, until)` lists what became public in the time, oldest first."""

    code: str
    label: Text
    order: int
    told: Callable[[datetime, datetime], Sequence[Told]]


@dataclass(frozen=True)
class Related:
    """A kind of thing a release may point to.

    `choices()` lists (id, title) of what can be chosen; `found(ids)` gives id to (title, path) of those that
    everybody may read now. Both in the active language.
    """

    code: str
    label: Text
    choices: Callable[[], Sequence[tuple[str, str]]]
    found: Callable[[Collection[str]], Mapping[str, tuple[str, str]]]


_sources: dict[str, Source] = {}
_related: dict[str, Related] = {}


def register_source(source: Source) -> None:
    """Add a kind to the digests; a code is taken once."""
    if _sources.get(source.code, source) != source:
        raise ValueError(f"digest source {source.code!r} is registered twice")
    _sources[source.code] = source


def register_related(related: Related) -> None:
    """Add a kind that releases may point to; a code is taken once."""
    if _related.get(related.code, related) != related:
        raise ValueError(f"related kind {related.code!r} is registered twice")
    _related[related.code] = related


def sources() -> list[Source]:
    """List the sources in the order of the digest."""
    return sorted(_sources.values(), key=lambda source: source.order)


def related_kinds() -> list[Related]:
    """List the kinds a release may point to."""
    return list(_related.values())


def related_kind(code: str) -> Related | None:
    """Return one of them; None when its room is switched off."""
    return _related.get(code)
