"""Which clause of the new version carries on which one of the old: at most one each, at every level."""

from __future__ import annotations

from collections.abc import Iterable

from consultations.alignment.align import Alignment
from consultations.alignment.items import Item
from consultations.alignment.links import Link, link_items
from consultations.alignment.texts import similarity
from consultations.drafts.tree import HEADING_LEVELS, ParsedDraft


def continuations(old: ParsedDraft, new: ParsedDraft, alignment: Alignment) -> dict[str, str]:
    """Return new clause id to the id of the old clause whose identity it keeps.

    Of the parts of a split clause the most alike keeps it, of merged clauses the most alike gives it.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    headings = link_items(_headings(old), _headings(new), alignment.language)
    for links in (alignment.links, headings, *alignment.parts()):
        _carry_on(links, alignment.language, found, taken)
    return found


def _carry_on(links: Iterable[Link], language: str, found: dict[str, str], taken: set[str]) -> None:
    pairs = {
        (first.id, second.id): link.similarity
        if len(link.pairs) == 1
        else similarity(first.text, second.text, language)
        for link in links
        for first, second in link.pairs
    }
    for first, second in sorted(pairs, key=lambda pair: -pairs[pair]):
        if first not in taken and second not in found:
            found[second] = first
            taken.add(first)


def _headings(draft: ParsedDraft) -> list[Item]:
    return [
        Item(clause.id, clause.level, clause.number, clause.label, clause.heading)
        for clause in draft.clauses
        if clause.level in HEADING_LEVELS and clause.level != "article"
    ]
