"""Redaction of plain text: a reply, a comment, a file of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engage.publishing.redaction.marks import BLACK, Mark, Span, merged, spans


@dataclass(frozen=True)
class RedactedText:
    """The text with ■■ in each place, and the code of the legal basis of each of them, in order."""

    text: str
    bases: tuple[str, ...]


def redact_text(text: str, marks: Sequence[Mark]) -> RedactedText:
    """Take words out of a text. ■ keeps its neighbours apart, so nothing grows together by it."""
    blacked, bases = blackened(text, merged(spans(text, marks)), marks)
    return RedactedText(blacked, tuple(bases))


def blackened(text: str, places: Sequence[Span], marks: Sequence[Mark]) -> tuple[str, list[str]]:
    """Return the text with ■■ for each place, and the bases of the places."""
    parts: list[str] = []
    done = 0
    for place in places:
        parts += [text[done : place.start], BLACK]
        done = place.end
    return "".join([*parts, text[done:]]), [marks[place.mark].basis for place in places]
