"""What changed between two versions, row by row: paragraphs beside their successors, the changed words marked.

Pieces are those of `consultations.drafts.wording`: words in English, characters in Chinese, and a stretch that is more
changed than kept is shown as one replacement, so that no lone characters stand between marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consultations.alignment.align import Alignment
from consultations.alignment.items import Item
from consultations.alignment.links import Link
from consultations.drafts.wording import Piece, diff

# Below this a rewritten paragraph is shown as taken out and put in: marks inside it would only flicker.
READABLE = 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that belong together. `inline`: both wordings in one text; `before`, `after`: one side each."""

    link: Link
    inline: tuple[Piece, ...]

    @property
    def before(self) -> tuple[Piece, ...]:
        """The old wording: kept and deleted pieces."""
        return tuple(piece for piece in self.inline if piece[0] != "ins")

    @property
    def after(self) -> tuple[Piece, ...]:
        """The new wording: kept and inserted pieces."""
        return tuple(piece for piece in self.inline if piece[0] != "del")

    @property
    def changed(self) -> bool:
        """Whether a word changed; a new number alone is no change of words."""
        return any(kind != "keep" for kind, _text in self.inline)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group of linked articles with its rows."""

    links: tuple[Link, ...]
    old: tuple[Item, ...]
    new: tuple[Item, ...]
    rows: tuple[Row, ...]

    @property
    def changed(self) -> bool:
        """Whether anything about these articles is different, their number and place included."""
        return any(link.relation != "same" for link in self.links) or any(row.changed for row in self.rows)


def compare(alignment: Alignment) -> list[Comparison]:
    """Return every article of both versions beside its successors, in the order of the new version."""
    return [
        Comparison(
            group,
            _once(item for link in group for item in link.old),
            _once(item for link in group for item in link.new),
            tuple(Row(link, tuple(_pieces(link, alignment.language))) for link in _each_word_once(parts)),
        )
        for group, parts in zip(alignment.groups(), alignment.parts(), strict=True)
    ]


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple({item.id: item for item in items}.values())


def _each_word_once(links: Sequence[Link]) -> list[Link]:
    """Join links that share a paragraph into one, so that no paragraph is shown twice on its side."""
    rows: list[Link] = []
    for link in links:
        ends = {(0, item.id) for item in link.old} | {(1, item.id) for item in link.new}
        sharing = [
            row for row in rows if ends & ({(0, item.id) for item in row.old} | {(1, item.id) for item in row.new})
        ]
        if not sharing:
            rows.append(link)
            continue
        joined = [*sharing, link]
        place = rows.index(sharing[0])
        rows = [row for row in rows if row not in sharing]
        rows.insert(
            place,
            Link(
                _once(item for member in joined for item in member.old),
                _once(item for member in joined for item in member.new),
                link.relation,
                min(member.similarity for member in joined),
                any(member.moved for member in joined),
            ),
        )
    return rows


def _pieces(link: Link, language: str) -> list[Piece]:
    before, after = ("\n".join(item.text for item in side) for side in (link.old, link.new))
    if before and after and link.similarity < READABLE:
        return [("del", before), ("ins", after)]
    return diff(before, after, language)
