"""The heaviest chain: out of pairs (old place, new place), those that keep the order on both sides."""

from bisect import bisect_left
from collections.abc import Sequence

Pair = tuple[int, int, float]


def heaviest_chain(pairs: Sequence[Pair]) -> list[int]:
    """Return the indexes of the pairs that rise on both sides and weigh most together, in order.

    A pair is (place in the old text, place in the new text, weight above 0). Takes n log n.
    """
    order = sorted(range(len(pairs)), key=lambda index: (pairs[index][0], -pairs[index][1]))
    places = sorted({new for _old, new, _weight in pairs})
    # A Fenwick tree of the heaviest chain that ends at or before a place: (weight, index of its last pair).
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    before: dict[int, int] = {}
    best = (0.0, -1)
    for index in order:
        _old, new, weight = pairs[index]
        rank = bisect_left(places, new)
        total, last = _heaviest_before(tree, rank)
        before[index] = last
        entry = (total + weight, index)
        best = max(best, entry, key=lambda chain: chain[0])
        _enter(tree, rank + 1, entry)
    chain: list[int] = []
    at = best[1]
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def _heaviest_before(tree: list[tuple[float, int]], rank: int) -> tuple[float, int]:
    best = (0.0, -1)
    while rank > 0:
        if tree[rank][0] > best[0]:
            best = tree[rank]
        rank -= rank & -rank
    return best


def _enter(tree: list[tuple[float, int]], rank: int, entry: tuple[float, int]) -> None:
    while rank < len(tree):
        if entry[0] > tree[rank][0]:
            tree[rank] = entry
        rank += rank & -rank
