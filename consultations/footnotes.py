"""The footnotes of an article as it is read: numbered through the article, each at its place in a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Footnote:
    """`number`: its place among the article's. `mark`: what is printed at it. `at`: where in its line's text."""

    number: int
    mark: str
    text: str
    at: int


def numbered(notes: Iterable[Mapping[str, Any]], after: int) -> tuple[Footnote, ...]:
    """Return the notes that are kept with a clause as footnotes; `after`: how many the article has before."""
    ordered = sorted(notes, key=lambda note: note["at"])
    return tuple(
        Footnote(after + place, note["mark"] or str(after + place), note["text"], note["at"])
        for place, note in enumerate(ordered, 1)
    )


@dataclass(frozen=True)
class Piece:
    """Words, the footnote behind them, and where the article stands that defines them; empty where there is none."""

    words: str
    note: Footnote | None = None
    defined_in: str = ""


def pieces(text: str, notes: Iterable[Footnote], terms: Sequence[tuple[int, int, str]] = ()) -> Iterator[Piece]:
    """Yield the text cut at its footnotes and at the terms it uses (start, end, where they are defined).

    A footnote inside a term stands behind it.
    """
    start = 0
    for note in notes:
        inside = next((term for term in terms if term[0] < note.at < term[1]), None)
        at = max(inside[1] if inside else note.at, start)
        *before, last = _worded(text, start, at, terms)
        yield from before
        yield Piece(last.words, note, last.defined_in)
        start = at
    yield from _worded(text, start, len(text), terms)


def _worded(text: str, start: int, end: int, terms: Sequence[tuple[int, int, str]]) -> list[Piece]:
    """Return a stretch cut at the terms that stand in it whole; one piece at the least."""
    found = []
    at = start
    for first, last, where in terms:
        if at <= first and last <= end:
            found += [Piece(text[at:first])] if first > at else []
            found.append(Piece(text[first:last], None, where))
            at = last
    return [*found, Piece(text[at:end])] if at < end or not found else found
