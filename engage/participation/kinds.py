"""The registry of submission kinds: each domain app says what it takes in and how its sender follows it.

A room registers in `AppConfig.ready()`:

    kinds.register(Kind(code="comment", letter="C", label=_("comments on a draft"), story=comment_story))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from engage.accounts.actors import Actor
    from engage.participation.models import Submission


@dataclass(frozen=True)
class Step:
    """One step of a sender's progress line: state is `done`, `now` or `todo`."""

    title: str
    note: str = ""
    state: str = "todo"


@dataclass(frozen=True)
class SentPart:
    """One part of what was sent, for papers: about what, how it was meant, the words, a suggested wording.

    `changes` are pieces in order as ("keep" | "ins" | "del", text).
    """

    title: str
    text: str
    note: str = ""
    changes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Story:
    """What the sender reads on the receipt and tracking pages.

    `holder` says who has it now; `part_template` shows the parts of the submission with `context`, `aside_template`
    what stands above the progress (its clocks), `next_template` what its receipt asks the sender to do; `sent` are the
    same parts for the PDF; `links` are what the sender may do now (label, URL). Once it `is_answered`, the receipt
    shows the parts with their answers, too.
    """

    title: str
    holder: str
    steps: list[Step]
    part_template: str
    context: dict[str, Any] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    sent: list[SentPart] = field(default_factory=list)
    is_answered: bool = False
    aside_template: str = ""
    next_template: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of submission. `story(submission, actor, now)` reads, never writes.

    `seen_by(actor)` lists the keys of those that somebody who works here may see, where that is not all of them; None
    from it means all. Files and submissions of the kind follow it. `files_apart`: staff read its files through the
    room's own door alone, which asks for more than working here and keeps a journal.
    """

    code: str
    letter: str
    label: str | Promise
    story: Callable[[Submission, Actor, datetime], Story]
    withdraw: Callable[[int, Actor], None] | None = None
    seen_by: Callable[[Actor], QuerySet | None] | None = None
    files_apart: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; code and letter are taken once."""
    for other in _kinds.values():
        if other.code != kind.code and other.letter == kind.letter:
            raise ValueError(f"letter {kind.letter} belongs to {other.code}")
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a registered kind; KeyError when none has that code."""
    return _kinds[code]


def registered() -> list[Kind]:
    """List all kinds."""
    return list(_kinds.values())


def with_files_apart() -> list[str]:
    """List the codes of kinds whose files staff read through a door of their own."""
    return [kind.code for kind in _kinds.values() if kind.files_apart]


def hidden_from(actor: Actor, prefix: str = "") -> Q:
    """Return what somebody who works here may not see: kinds with units of their own, outside these units.

    `prefix` is the way to the submission ("submission__").
    """
    rules: dict[Callable[[Actor], QuerySet | None], list[str]] = {}
    for kind in _kinds.values():
        if kind.seen_by is not None:
            rules.setdefault(kind.seen_by, []).append(kind.code)
    hidden = Q(pk__in=[])
    for seen_by, codes in rules.items():
        if (seen := seen_by(actor)) is not None:
            hidden |= Q(**{f"{prefix}kind__in": codes}) & ~Q(**{f"{prefix}pk__in": seen})
    return hidden
