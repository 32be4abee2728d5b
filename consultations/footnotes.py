"""The footnotes of an article as it is read: numbered through the article, each at its place in a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


def pieces(text: str, notes: Iterable[Footnote]) -> Iterator[tuple[str, Footnote | None]]:
    """Yield the text cut at its footnotes: words, and the footnote behind them; None behind the last words."""
    start = 0
    for note in notes:
        at = max(note.at, start)
        yield text[start:at], note
        start = at
    yield text[start:], None
