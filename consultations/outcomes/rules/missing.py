"""What stands between a draft of an outcome and its publication; every gap by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("summary", "method", "next_steps")
# So many gaps of one sort are named one by one; of the rest the number is told.
NAMED = 25


@dataclass(frozen=True)
class Undecided:
    """A comment, or a point in it, that nobody decided about: whose, on which clause, which words."""

    reference: str
    comment_id: int
    clause: str
    quote: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about an outcome when somebody asks what is missing.

    `texts`: language to field to words. `unreasoned`: (row key, clause, language). `unnamed`: (theme id, name,
    language). `page_totals` and `export_totals`: the same figures, counted on two ways.
    """

    languages: Sequence[str]
    closed: bool = True
    held: int = 0
    uncoded: Sequence[Undecided] = ()
    uncoded_total: int = 0
    undecided: Sequence[Undecided] = ()
    undecided_total: int = 0
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unreasoned: Sequence[tuple[str, str, str]] = ()
    unnamed: Sequence[tuple[int, str, str]] = ()
    version_number: int = 1
    comments_on_version: int = 0
    comments_elsewhere: int = 0
    after_number: int | None = None
    after_same_draft: bool = True
    after_published: bool = True
    page_totals: Mapping[str, int] = field(default_factory=dict)
    export_totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """One gap: a code with a sentence in words.py, what fills the sentence, and where it is closed."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    # What the desk makes a link of: ("text", language, field), ("comment", id), ("row", key), ("theme", id) ...
    where: tuple[Any, ...] = ()


def missing(facts: Facts) -> list[Missing]:
    """Return every gap, the weightiest first; empty when the outcome may be published."""
    return [*_of_the_call(facts), *_of_the_version(facts), *_of_the_points(facts), *_of_the_words(facts), *_sums(facts)]


def _of_the_call(facts: Facts) -> list[Missing]:
    gaps = []
    if not facts.closed:
        gaps.append(Missing("call_open"))
    if facts.held:
        gaps.append(Missing("comments_held", {"n": facts.held}, ("moderation",)))
    return gaps


def _of_the_version(facts: Facts) -> list[Missing]:
    gaps = []
    if facts.comments_elsewhere and not facts.comments_on_version:
        gaps.append(
            Missing("other_version", {"number": facts.version_number, "n": facts.comments_elsewhere}, ("version",))
        )
    if facts.after_number is not None:
        if not facts.after_same_draft:
            gaps.append(Missing("after_other_draft", {}, ("version",)))
        elif facts.after_number <= facts.version_number:
            gaps.append(
                Missing("after_not_later", {"number": facts.version_number, "after": facts.after_number}, ("version",))
            )
        elif not facts.after_published:
            gaps.append(Missing("after_unpublished", {"after": facts.after_number}, ("version",)))
    return gaps


def _of_the_points(facts: Facts) -> list[Missing]:
    gaps = []
    for code, found, total in (
        ("uncoded", facts.uncoded, facts.uncoded_total),
        ("undecided", facts.undecided, facts.undecided_total),
    ):
        for one in found[:NAMED]:
            values = {"reference": one.reference, "clause": one.clause, "quote": one.quote}
            gaps.append(Missing(code, values, ("comment", one.comment_id)))
        more = max(total, len(found)) - min(len(found), NAMED)
        if more:
            gaps.append(Missing(f"{code}_more", {"n": more}, ("coding",)))
    return gaps


def _of_the_words(facts: Facts) -> list[Missing]:
    gaps = [
        Missing(f"{name}_missing", {"language": language}, ("text", language, name))
        for language in facts.languages
        for name in FIELDS
        if not facts.texts.get(language, {}).get(name, "").strip()
    ]
    for key, clause, language in facts.unreasoned:
        gaps.append(Missing("reason_missing", {"clause": clause, "language": language}, ("row", key)))
    for theme, name, language in facts.unnamed:
        gaps.append(Missing("theme_unnamed", {"theme": name, "language": language}, ("theme", theme)))
    return gaps


def _sums(facts: Facts) -> list[Missing]:
    keys = sorted({*facts.page_totals, *facts.export_totals})
    return [
        Missing("totals_differ", {"figure": key, "page": page, "export": export})
        for key in keys
        if (page := facts.page_totals.get(key, 0)) != (export := facts.export_totals.get(key, 0))
    ]
