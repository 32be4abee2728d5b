"""From matched texts to links a person can check: what became of each clause, how alike it is, what is doubtful."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from consultations.alignment.chains import heaviest_chain
from consultations.alignment.evidence import Edge, Entry, Matching
from consultations.alignment.items import Item
from consultations.alignment.matching import RIVAL, match
from consultations.alignment.texts import plain, similarity

Relation = Literal["same", "reworded", "renumbered", "moved", "split", "merged", "new", "removed"]
RELATIONS: tuple[Relation, ...] = ("same", "reworded", "renumbered", "moved", "split", "merged", "new", "removed")

LITTLE_ALIKE = 0.6
RESEMBLES = 0.3
_SPLIT_DOUBT = 0.6  # splits and merges are always read
_MOVED_DOUBT = 0.4


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a link should be looked at. `weight`: 0 to 1, how urgently; `code` and `values`: see messages.py."""

    code: str
    weight: float
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """What became of what. `old` or `new` is empty for a new or removed clause.

    A clause that was split while a part of it was merged elsewhere stands in two links: the split one and the merged
    one, so that every (old, new) pair of a link is a real one. `moved`: it, or one of its parts, left the order.
    """

    old: tuple[Item, ...]
    new: tuple[Item, ...]
    relation: Relation
    similarity: float
    moved: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def doubt(self) -> float:
        """How much this link needs a person's eye, 0 to 1."""
        return max((reason.weight for reason in self.reasons), default=0.0)

    @property
    def pairs(self) -> list[tuple[Item, Item]]:
        """Every (old, new) pair of the link."""
        return [(old, new) for old in self.old for new in self.new]


def link_items(old: Sequence[Item], new: Sequence[Item], language: str, *, confined: bool = False) -> tuple[Link, ...]:
    """Match two lists of clauses and return the links in the order of the new text, what was removed at its old place.

    Together the links hold every clause of both lists. `confined`: see `matching.match`.
    """
    linking = _Linking(old, new, language, match(_entries(old), _entries(new), language, confined=confined))
    return tuple(linking.links())


def link_given(
    old: Sequence[Item], new: Sequence[Item], language: str, pairs: Iterable[tuple[str, str]]
) -> tuple[Link, ...]:
    """Return the links that follow from known (old id, new id) pairs, as a person or an earlier run decided them."""
    places = [{item.id: place for place, item in enumerate(side)} for side in (old, new)]
    edges = tuple(Edge(places[0][first], places[1][second], 1.0) for first, second in sorted(set(pairs)))
    return tuple(_Linking(old, new, language, Matching(edges, {}, {}, 0)).links())


def _entries(items: Iterable[Item]) -> list[Entry]:
    return [Entry(item.name, tuple(part.text for part in item.parts) or (item.text,)) for item in items]


class _Linking:
    """Both lists with their edges, while links are made of them."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item], language: str, matching: Matching) -> None:
        self.old, self.new, self.language, self.matching = old, new, language, matching
        self.targets: dict[int, list[Edge]] = defaultdict(list)
        self.sources: dict[int, list[Edge]] = defaultdict(list)
        for edge in matching.edges:
            self.targets[edge.old].append(edge)
            self.sources[edge.new].append(edge)
        self.chain = self._chain()

    def _chain(self) -> list[tuple[int, int]]:
        """Return the pairs that kept the order: the longest run.

        What went over in one piece counts more than a split or merged clause; likeness and an equal number decide
        between runs as long.
        """
        pairs = []
        for edges in self.targets.values():
            edge = max(edges, key=lambda edge: (not edge.partial, edge.weight))
            whole = len(edges) == len(self.sources[edge.new]) == 1
            equal_name = self.old[edge.old].name == self.new[edge.new].name
            pairs.append((edge.old, edge.new, (1 if whole else 0.5) + 0.1 * edge.weight + 0.05 * equal_name))
        return [pairs[index][:2] for index in heaviest_chain(pairs)]

    def left_order(self, edge: Edge) -> bool:
        """Whether the pair stands across the order of the others."""
        at = bisect_left(self.chain, edge.old, key=lambda pair: pair[0])
        own = at < len(self.chain) and self.chain[at][0] == edge.old
        before = self.chain[at - 1][1] if at else -1
        following = at + 1 if own else at
        after = self.chain[following][1] if following < len(self.chain) else len(self.new)
        return not before <= edge.new <= after

    def links(self) -> list[Link]:
        found: list[tuple[float, int, Link]] = []
        for old in range(len(self.old)):
            edges = self.targets.get(old, [])
            if not edges:
                found.append((self._place_of_removed(old), old, self._removed(old)))
            elif len(edges) > 1:
                found.append((edges[0].new, old, self._link(edges, "split")))
        for new in range(len(self.new)):
            edges = self.sources.get(new, [])
            if not edges:
                found.append((new, -1, self._new(new)))
            elif len(edges) > 1:
                found.append((new, edges[0].old, self._link(edges, "merged")))
            elif len(self.targets[edges[0].old]) == 1:
                found.append((new, edges[0].old, self._one_to_one(edges[0])))
        return [link for _place, _old, link in sorted(found, key=lambda entry: entry[:2])]

    def _place_of_removed(self, old: int) -> float:
        at = bisect_left(self.chain, old, key=lambda pair: pair[0])
        return self.chain[at - 1][1] + 0.5 if at else -0.5

    def _one_to_one(self, edge: Edge) -> Link:
        old, new = self.old[edge.old], self.new[edge.new]
        equal = plain(old.text, self.language) == plain(new.text, self.language)
        moved = self.left_order(edge)
        relation: Relation
        if moved:
            relation = "moved"
        elif equal:
            relation = "same" if old.name == new.name else "renumbered"
        else:
            relation = "reworded"
        alike = self._similarity((old,), (new,))
        reasons = [] if equal else self._reasons(edge, alike)
        if moved and not equal:
            reasons.append(Reason("moved_and_reworded", _MOVED_DOUBT))
        return Link((old,), (new,), relation, alike, moved, tuple(reasons))

    def _reasons(self, edge: Edge, alike: float) -> list[Reason]:
        reasons = []
        if alike < LITTLE_ALIKE:
            reasons.append(Reason("little_alike", round(1 - alike, 2), {"percent": round(alike * 100)}))
        for code, items, rivals in (
            ("rival_new", self.new, self.matching.rivals_of_old.get(edge.old, ())),
            ("rival_old", self.old, self.matching.rivals_of_new.get(edge.new, ())),
        ):
            if rivals and rivals[0][1] >= RIVAL * edge.weight:
                place, value = rivals[0]
                weight = round(min(1.0, 0.8 * value / edge.weight), 2)
                reasons.append(Reason(code, weight, {"name": items[place].title}))
        return reasons

    def _link(self, edges: Sequence[Edge], relation: Literal["split", "merged"]) -> Link:
        olds = tuple(self.old[place] for place in sorted({edge.old for edge in edges}))
        news = tuple(self.new[place] for place in sorted({edge.new for edge in edges}))
        moved = any(self.left_order(edge) for edge in edges)
        return Link(olds, news, relation, self._similarity(olds, news), moved, (Reason(relation, _SPLIT_DOUBT),))

    def _similarity(self, olds: Sequence[Item], news: Sequence[Item]) -> float:
        """Return the share of common wording; 1.0 is kept for equal texts, down to the last comma."""
        sides = ["\n".join(item.text for item in side) for side in (olds, news)]
        if plain(sides[0], self.language) == plain(sides[1], self.language):
            return 1.0
        return min(0.99, round(similarity(sides[0], sides[1], self.language), 2))

    def _removed(self, old: int) -> Link:
        reasons = self._resembling("resembles_new", self.new, self.matching.rivals_of_old.get(old, ()))
        return Link((self.old[old],), (), "removed", 0.0, reasons=reasons)

    def _new(self, new: int) -> Link:
        reasons = self._resembling("resembles_old", self.old, self.matching.rivals_of_new.get(new, ()))
        return Link((), (self.new[new],), "new", 0.0, reasons=reasons)

    def _resembling(self, code: str, items: Sequence[Item], rivals: Sequence[tuple[int, float]]) -> tuple[Reason, ...]:
        if not rivals or rivals[0][1] < RESEMBLES:
            return ()
        place, value = rivals[0]
        return (Reason(code, round(value, 2), {"name": items[place].title}),)
