"""What changed between two versions, row by row: paragraphs beside their successors, the changed words marked.

Pieces are those of `consultations.drafts.wording`: words in English, characters in Chinese, and a stretch that is more
changed than kept is shown as one replacement, so that no lone characters stand between marks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consultations.alignment.align import Alignment
from consultations.alignment.items import Item
from consultations.alignment.links import Link
from consultations.alignment.texts import plain
from consultations.drafts.wording import Piece, diff

# Below this a rewritten paragraph is shown as taken out and put in: marks inside it would only flicker.
READABLE = 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that belong together. `inline`: both wordings in one text; `before`, `after`: one side each."""

    old: tuple[Item, ...]
    new: tuple[Item, ...]
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


def compare(alignment: Alignment, groups: Sequence[tuple[Link, ...]] | None = None) -> list[Comparison]:
    """Return every article of both versions beside its successors, in the order of the new version.

    `groups`: only these of the alignment's groups.
    """
    groups = alignment.groups() if groups is None else groups
    parts_in_order = (part.id for item in alignment.new for part in item.parts)
    places = {id_: place for place, id_ in enumerate(parts_in_order)}
    return [
        Comparison(
            group,
            _once(item for link in group for item in link.old),
            _once(item for link in group for item in link.new),
            tuple(_in_order(_rows(parts, alignment.language), places)),
        )
        for group, parts in zip(groups, alignment.parts(groups), strict=True)
    ]


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple({item.id: item for item in items}.values())


def _in_order(rows: Iterable[Row], places: Mapping[str, int]) -> list[Row]:
    """Sort rows by the new version; what was taken out stays behind the row it followed."""
    keyed: list[tuple[float, Row]] = []
    before = -1.0
    for row in rows:
        before = min((float(places[item.id]) for item in row.new), default=before)
        keyed.append((before, row))
    return [row for _place, row in sorted(keyed, key=lambda entry: entry[0])]


def _rows(parts: Sequence[Link], language: str) -> list[Row]:
    """Return a row for each paragraph of the new version with its sources, and for each one that was taken out.

    A paragraph that was only split is shown once, beside all its parts. One that was split and merged at once stands
    beside each of its successors: a single row of all of them could not be read.
    """
    sources: dict[str, list[Item]] = defaultdict(list)
    targets: dict[str, list[Item]] = defaultdict(list)
    for link in parts:
        for old, new in link.pairs:
            sources[new.id] += [old] * (old not in sources[new.id])
            targets[old.id] += [new] * (new not in targets[old.id])
    rows: list[Row] = []
    shown: set[str] = set()
    for link in parts:
        if not link.new:
            rows.append(_row(link.old, (), language))
        for new in link.new:
            if new.id in shown:
                continue
            olds = sources[new.id]
            together = [new]
            if len(olds) == 1 and all(len(sources[other.id]) == 1 for other in targets[olds[0].id]):
                together = targets[olds[0].id]
            shown.update(item.id for item in together)
            rows.append(_row(olds, together, language))
    return rows


def _row(olds: Sequence[Item], news: Sequence[Item], language: str) -> Row:
    before, after = ("\n".join(item.text for item in side) for side in (olds, news))
    pieces = diff(before, after, language)
    if before and after and _kept(pieces) < READABLE * (len(before) + len(after)) / 2:
        pieces = [("del", before), ("ins", after)]
    return Row(tuple(olds), tuple(news), tuple(_without_width(pieces, language)))


def _kept(pieces: Sequence[Piece]) -> int:
    return sum(len(text) for kind, text in pieces if kind == "keep")


def _without_width(pieces: Sequence[Piece], language: str) -> Iterator[Piece]:
    """Leave the mark off where only the width of a sign or a space is different: the matching sees no change either."""
    waiting: Piece | None = None
    for piece in pieces:
        if waiting is not None:
            if piece[0] == "ins" and plain(waiting[1], language) == plain(piece[1], language):
                yield "keep", piece[1]
                waiting = None
                continue
            yield waiting
            waiting = None
        if piece[0] == "del":
            waiting = piece
        else:
            yield piece
    if waiting is not None:
        yield waiting
