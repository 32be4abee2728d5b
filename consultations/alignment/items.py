"""What is matched: the articles of a draft, each with its paragraphs and items, and the lines outside any article."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from consultations.drafts.labels import label
from consultations.drafts.tree import HEADING_LEVELS, ParsedClause, ParsedDraft


@dataclass(frozen=True, slots=True)
class Item:
    """One clause with its words.

    `id`: the clause's id. `name`: what people call it, its number ("12", "15.1"), or the id where numbers repeat or
    are missing. `title`: how it is called in a sentence. `text`: its words and those below, a line a clause.
    `parts`: the clauses that hold these words.
    """

    id: str
    level: str
    name: str
    title: str
    text: str
    parts: tuple[Item, ...] = ()


def items_of(draft: ParsedDraft, ambiguous: frozenset[str] = frozenset()) -> tuple[Item, ...]:
    """Return what is read and commented on as one, in order: articles, and lines that stand outside any article.

    `ambiguous`: numbers that name no single article (see `repeated_numbers`).
    """
    groups: list[list[ParsedClause]] = []
    inside: set[str] = set()
    for clause in draft.clauses:
        if clause.level != "article" and clause.parent in inside:
            groups[-1].append(clause)
            inside.add(clause.id)
        elif clause.level == "article" or clause.level not in HEADING_LEVELS:
            groups.append([clause])
            inside = {clause.id}
    return tuple(_item(group, draft.language, ambiguous) for group in groups)


def _item(group: list[ParsedClause], language: str, ambiguous: frozenset[str]) -> Item:
    head = group[0]
    parts = tuple(
        Item(clause.id, clause.level, clause.number, clause.label or clause.number, words)
        for clause in group
        if (words := " ".join(filter(None, (clause.heading, clause.text))))
    )
    named = head.level == "article" and head.number and head.number not in ambiguous
    return Item(
        head.id,
        head.level,
        head.number if named else head.id,
        head.label or label(head.level, head.number, language) or head.id,
        "\n".join(part.text for part in parts),
        parts,
    )


def repeated_numbers(*drafts: ParsedDraft) -> frozenset[str]:
    """Return the article numbers that stand more than once in one of the drafts."""
    repeated: set[str] = set()
    for draft in drafts:
        numbers = Counter(clause.number for clause in draft.clauses if clause.level == "article")
        repeated.update(number for number, count in numbers.items() if count > 1)
    return frozenset(repeated)
