"""The registry of what moderators read: each domain app says how one of its things looks in the queue."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from engage.accounts.actors import Actor
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
    `url(item)` is where the public would read it; `notes(item)` are sentences a moderator should know; `related` goes
    to select_related, `prefetch` to prefetch_related.
    `changed(item)` runs in the moderating transaction after the state changed (the search index, for one).

    `decisions(item)` are the states a moderator may give it (none named: all).

    Where readers can report an item: `reported(items)` narrows a queryset to those with open reports, `reports(item)`
    are their sentences, `settle(item, actor)` closes them and returns their keys, `reopen(keys, actor)` undoes that.
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
    # The column that the desk's search looks through, and whether a moderator opens the item before it is public.
    searched: str = "text"
    opens: bool = False
    decisions: Callable[[Any], Collection[str]] | None = None
    notes: Callable[[Any], list[str]] | None = None
    reported: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    reports: Callable[[Any], list[str]] | None = None
    settle: Callable[[Any, Actor], list[int]] | None = None
    reopen: Callable[[list[int], Actor], None] | None = None


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
