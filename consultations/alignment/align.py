"""Two parsed drafts to their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consultations.alignment.items import Item, items_of, repeated_numbers
from consultations.alignment.links import Link, link_items
from consultations.drafts.tree import ParsedDraft
from engage.errors import Refused


@dataclass(frozen=True, slots=True)
class Alignment:
    """All links between two versions, in reading order; together they hold every article of both.

    `old` and `new`: the articles of both versions, and the lines outside any article, in order.
    """

    language: str
    old: tuple[Item, ...]
    new: tuple[Item, ...]
    links: tuple[Link, ...]

    def doubtful(self) -> list[Link]:
        """Return the links a person should look at, the most doubtful first."""
        return sorted((link for link in self.links if link.reasons), key=lambda link: -link.doubt)

    def groups(self) -> list[tuple[Link, ...]]:
        """Return the links in groups that share no clause: one link mostly, several around splits and merges."""
        above: dict[tuple[int, str], tuple[int, str]] = {}

        def head(end: tuple[int, str]) -> tuple[int, str]:
            while (upper := above.setdefault(end, end)) != end:
                end = upper
            return end

        ends = [
            [(side, item.id) for side, items in enumerate((link.old, link.new)) for item in items]
            for link in self.links
        ]
        for first, *others in ends:
            for other in others:
                above[head(other)] = head(first)
        grouped: dict[tuple[int, str], list[Link]] = {}
        for link, (first, *_others) in zip(self.links, ends, strict=True):
            grouped.setdefault(head(first), []).append(link)
        return [tuple(group) for group in grouped.values()]

    def parts(self, groups: Sequence[tuple[Link, ...]] | None = None) -> list[tuple[Link, ...]]:
        """Return what became of each paragraph and item in each of some groups of `groups`, by default in all."""
        places = [{item.id: place for place, item in enumerate(side)} for side in (self.old, self.new)]
        return [
            _equal_parts(group[0])
            if _is_unchanged(group)
            else link_items(
                _parts({item for link in group for item in link.old}, places[0]),
                _parts({item for link in group for item in link.new}, places[1]),
                self.language,
                confined=True,
            )
            for group in (self.groups() if groups is None else groups)
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the object `align_drafts --json` prints: the links of articles.

        Lines outside any article are listed only where they are linked to one, or where neither draft has articles.
        """
        articles = [link for link in self.links if any(item.level == "article" for item in (*link.old, *link.new))]
        return {
            "pairs": [
                {
                    "from": [item.name for item in link.old],
                    "to": [item.name for item in link.new],
                    "relation": link.relation,
                    "similarity": link.similarity,
                }
                for link in articles or self.links
            ]
        }


def _parts(items: set[Item], places: dict[str, int]) -> Sequence[Item]:
    return [part for item in sorted(items, key=lambda item: places[item.id]) for part in item.parts]


def _is_unchanged(group: tuple[Link, ...]) -> bool:
    (first, *others) = group
    if others or first.similarity < 1 or len(first.pairs) != 1:
        return False
    return len(first.old[0].parts) == len(first.new[0].parts)


def _equal_parts(link: Link) -> tuple[Link, ...]:
    """Pair the parts of equal texts in order: no need to look for them."""
    return tuple(
        Link((old,), (new,), "same" if old.name == new.name else "renumbered", 1.0)
        for old, new in zip(link.old[0].parts, link.new[0].parts, strict=True)
    )


def align(old: ParsedDraft, new: ParsedDraft) -> Alignment:
    """Align two versions of a draft. Raises Refused("languages_differ", old=..., new=...)."""
    if old.language != new.language:
        raise Refused("languages_differ", old=old.language, new=new.language)
    ambiguous = repeated_numbers(old, new)
    olds, news = (items_of(draft, ambiguous) for draft in (old, new))
    return Alignment(old.language, olds, news, link_items(olds, news, old.language))
