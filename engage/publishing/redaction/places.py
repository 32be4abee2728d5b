"""Where something was found, with what stands around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engage.publishing.redaction.marks import BARRIER, Span

CONTEXT = 30
# Relative to the page as shown: left, top, width, height, each from 0 to 1.
Share = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """One place of a mark. `page` counts from 1, 0 in a file without pages; `where` is the part of the file.

    `hidden`: nobody who looks at the file sees it. `start` and `end` are in the text of the page or part.
    """

    mark: int
    page: int
    where: str
    before: str
    words: str
    after: str
    boxes: tuple[Share, ...] = ()
    hidden: bool = False
    start: int = 0
    end: int = 0

    def within(self, name: str) -> Place:
        """Return the place as one of a file inside the file."""
        return replace(self, where=f"{name}: {self.where}")


def in_text(found: Iterable[tuple[str, Span]], where: str, page: int = 0) -> list[Place]:
    """Return the places of spans."""
    return [around(text, span, where, page) for text, span in found]


def around(text: str, span: Span, where: str, page: int = 0) -> Place:
    """Return the place of a span with its neighbours."""
    before = text[max(0, span.start - CONTEXT) : span.start].replace(BARRIER, "\n").rpartition("\n")[2]
    after = text[span.end : span.end + CONTEXT].replace(BARRIER, "\n").partition("\n")[0]
    return Place(span.mark, page, where, before, text[span.start : span.end], after, start=span.start, end=span.end)
