"""Finds a marked passage again in a new version of its clause, and only there.

An anchor is the pair of selectors of the W3C Web Annotation model: a quote with its surroundings and a position.
A free search over the whole text would land on look-alikes, of which laws are full; so the passage is looked for in the
clauses that came from its own clause (its lineage) and nowhere else, and what is not alike enough is not claimed.
Offsets count characters as Python does (code points, not the UTF-16 units of a browser).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from consultations.drafts.labels import CHINESE
from consultations.drafts.wording import Piece, diff

FLOOR = 0.6  # share of common wording below which a passage counts as gone
CONTEXT = 32  # characters of surroundings that are kept and compared
SAME_CONTEXT = 0.5
_OPEN = 0.05  # two places this close in likeness: nobody can say which one is meant
_LONG = {True: 12, False: 24}  # characters; a shorter quote says too little without its surroundings
_SENTENCES = re.compile(r"[^。；！？.;!?\n]*[。；！？.;!?\n]+|[^。；！？.;!?\n]+")

Outcome = Literal["exact", "similar", "reworded", "ambiguous", "no_quote", "removed"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """TextQuoteSelector (`exact`, `prefix`, `suffix`) and TextPositionSelector (`start`) in one clause's text."""

    exact: str
    prefix: str
    suffix: str
    start: int

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Anchor:
        """Make the anchor of a passage. Raises ValueError when the passage is empty or not inside the text."""
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{start}..{end} is no passage of a text of {len(text)} characters")
        return cls(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an anchor stands now.

    `outcome`: "exact" and "similar" name a passage, `start` to `end` in `clause`. Else `start` and `end` are None and
    the anchor falls back to the whole `clause`: "reworded" (the passage is gone), "ambiguous" (it could be one of
    several), "no_quote" (the anchor was empty). "removed": there is no clause any more, `clause` is None.
    """

    outcome: Outcome
    clause: str | None
    start: int | None = None
    end: int | None = None
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class _Clause:
    """One clause of the lineage. `pieces`: the old text against it; `own`: what became of the passage by these."""

    id: str
    text: str
    pieces: Sequence[Piece]
    own: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Found:
    clause: _Clause
    start: int
    end: int
    similarity: float
    context: float
    own: bool


def reanchor(
    anchor: Anchor, old_text: str, lineage: Sequence[tuple[str, str]], language: str, *, floor: float = FLOOR
) -> Place:
    """Find an anchor of an old clause again in the clauses that came from it.

    `lineage`: (id, text) of each, the closest first.
    """
    if not lineage:
        return Place("removed", None)
    home = lineage[0][0]
    if not anchor.exact.strip():
        return Place("no_quote", home)
    start = _start_in(old_text, anchor)
    passage = None if start is None else (start, start + len(anchor.exact))
    clauses = []
    for id_, text in lineage:
        pieces = diff(old_text, text, language)
        clauses.append(_Clause(id_, text, pieces, follow(pieces, *passage) if passage else None))
    telling = len(anchor.exact) >= _LONG[language == CHINESE] and old_text.count(anchor.exact) == 1
    searches: tuple[tuple[Outcome, Iterator[_Found]], ...] = (
        ("exact", _exact(anchor, clauses, telling)),
        ("similar", _similar(anchor, clauses, language, floor)),
    )
    for outcome, found in searches:
        places = [place for place in found if place.own or passage is None or not _taken(place, *passage)]
        if places:
            best = _best(places)
            if best is None:
                return Place("ambiguous", places[0].clause.id)
            return Place(outcome, best.clause.id, best.start, best.end, round(best.similarity, 2))
    return Place("reworded", home)


def _taken(found: _Found, start: int, end: int) -> bool:
    """Whether the words at a place came from outside the old passage: then they only look like it."""
    kept, old, new = 0, 0, 0
    for kind, words in found.clause.pieces:
        if kind == "keep":
            sources = range(old + max(new, found.start) - new, old + min(new + len(words), found.end) - new)
            kept += sum(1 for source in sources if not start <= source < end)
        old += len(words) if kind != "ins" else 0
        new += len(words) if kind != "del" else 0
    return kept >= 0.5 * (found.end - found.start)


def _start_in(text: str, anchor: Anchor) -> int | None:
    """Return where the quote stands in its own old text: the occurrence nearest to the stored position."""
    starts = list(_occurrences(text, anchor.exact))
    return min(starts, key=lambda start: abs(start - anchor.start)) if starts else None


def _occurrences(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def follow(pieces: Sequence[Piece], start: int, end: int) -> tuple[int, int] | None:
    """Return the range of the new text that the old range `start` to `end` became, None when it was deleted.

    What was put in at its very edge belongs to it only when it replaced words of it.
    """
    first = last = None
    old = new = 0
    replacing = False
    for kind, words in pieces:
        low, high = max(old, start), min(old + len(words), end)
        if kind == "keep":
            if low < high:
                first = new + low - old if first is None else first
                last = new + high - old
            replacing = False
        elif kind == "del":
            replacing = low < high
        elif start < old < end or replacing:
            first = new if first is None else first
            last = new + len(words)
        old += len(words) if kind != "ins" else 0
        new += len(words) if kind != "del" else 0
    return None if first is None or last is None else (first, last)


def _exact(anchor: Anchor, clauses: Sequence[_Clause], telling: bool) -> Iterator[_Found]:
    """Yield where the quote stands word for word; one that is not telling only at its own place or surroundings."""
    for clause in clauses:
        for start in _occurrences(clause.text, anchor.exact):
            end = start + len(anchor.exact)
            own = clause.own == (start, end)
            context = _context(anchor, clause.text, start, end)
            if telling or own or context >= SAME_CONTEXT:
                yield _Found(clause, start, end, 1.0, context, own)


def _context(anchor: Anchor, text: str, start: int, end: int) -> float:
    """Return which share of the surroundings is the same, counted outwards from the quote."""
    before, after = text[:start], text[end:]
    same = _common(anchor.prefix[::-1], before[::-1]) + _common(anchor.suffix, after)
    whole = len(anchor.prefix) + len(anchor.suffix)
    return same / whole if whole else float(not before and not after)


def _common(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _similar(anchor: Anchor, clauses: Sequence[_Clause], language: str, floor: float) -> Iterator[_Found]:
    """Yield where the passage stands in other words: at the place it was followed to, else in like sentences."""
    for clause in clauses:
        ranges = [clause.own]
        if len(anchor.exact) >= _LONG[language == CHINESE]:
            ranges += _like_sentences(anchor.exact, clause.text, language)
        for found in dict.fromkeys(place for place in ranges if place is not None):
            start, end = found
            alike = likeness(anchor.exact, clause.text[start:end], language)
            if alike >= floor:
                context = _context(anchor, clause.text, start, end)
                yield _Found(clause, start, end, alike, context, found == clause.own)


def _like_sentences(quote: str, text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the passages that match the quote inside runs of as many sentences as the quote has."""
    spans = [match.span() for match in _SENTENCES.finditer(text)]
    length = len(_SENTENCES.findall(quote))
    for at in range(len(spans) - length + 1):
        start, end = spans[at][0], spans[at + length - 1][1]
        inside = follow(diff(quote, text[start:end], language), 0, len(quote))
        if inside is not None:
            yield start + inside[0], start + inside[1]


def likeness(first: str, second: str, language: str) -> float:
    """Return the share of two short wordings that is kept between them, 0 to 1."""
    kept = sum(len(text) for kind, text in diff(first, second, language) if kind == "keep")
    total = len(first) + len(second)
    return 2 * kept / total if total else 1.0


def _best(found: Sequence[_Found]) -> _Found | None:
    """Return the likeliest place: its own one before others, then likeness, then surroundings; None when open."""
    ranked = sorted(found, key=lambda one: (-one.similarity - _OPEN * one.own, -one.context))
    best = ranked[0]
    for other in ranked[1:]:
        apart = other.clause != best.clause or other.end <= best.start or best.end <= other.start
        if (
            apart
            and not best.own
            and best.similarity - other.similarity < _OPEN
            and best.context - other.context < _OPEN
        ):
            return None
    return best
