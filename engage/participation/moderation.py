"""The registry of what moderators read: each domain app says how one of its things looks in the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from engage.participation.models import Moderated

# Why something is not published; the code is stored, the sentence is shown to its sender.
REASONS: dict[str, Promise] = {
    "off_topic": _("It is not about this draft."),
    "personal_attack": _("It attacks a person."),
    "personal_data": _("It tells private things about somebody."),
    "unlawful": _("The law forbids publishing it."),
    "advertising": _("It advertises something."),
    "duplicate": _("The same text was sent before by the same person."),
    "not_readable": _("It cannot be read."),
}


@dataclass(frozen=True)
class Source:
    """One kind of thing to moderate.

    `model` is a subclass of Moderated with a `submission`; `title(item)` and `text(item)` are shown in the queue,
    `url(item)` is where the public would read it; `related` goes to select_related, `prefetch` to prefetch_related.
    `changed(item)` runs in the moderating transaction after the state changed (the search index, for one).
    """

    code: str
    label: str | Promise
    model: type[Moderated]
    title: Callable[[Any], str]
    text: Callable[[Any], str]
    url: Callable[[Any], str]
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    changed: Callable[[Any], None] | None = None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source to the moderation queue."""
    _sources[source.code] = source


def sources() -> list[Source]:
    """List what is moderated."""
    return list(_sources.values())


def source_of(item: Moderated) -> Source:
    """Return the source an item belongs to; KeyError when its model was never registered."""
    for source in _sources.values():
        if isinstance(item, source.model):
            return source
    raise KeyError(type(item).__name__)
