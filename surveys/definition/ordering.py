"""Orders that only the seed decides: of options, questions, groups and pages, and the arms of split ballots.

Each draw hashes the seed with the place it is for, so the same seed gives the same order on every machine and in every
version of Python, and hiding one question moves no other.
"""

from collections.abc import Sequence
from decimal import Decimal

from surveys.definition.expressions import drawn_number
from surveys.definition.model import Ballot, Mixing


def order(names: Sequence[str], fixed: Sequence[bool], mixing: Mixing, seed: str, place: str) -> tuple[int, ...]:
    """Indexes of `names` in the order they are shown in: a permutation in which fixed ones keep their place."""
    free = [index for index, stays in enumerate(fixed) if not stays]
    mixed = iter(_mixed(free, names, mixing, seed, place))
    return tuple(index if stays else next(mixed) for index, stays in enumerate(fixed))


def _mixed(free: list[int], names: Sequence[str], mixing: Mixing, seed: str, place: str) -> list[int]:
    if mixing == "none" or len(free) < 2:
        return free
    if mixing == "shuffle":
        return sorted(free, key=lambda index: (drawn_number(seed, f"order/{place}/{names[index]}"), index))
    draw = drawn_number(seed, f"order/{place}")
    if mixing == "flip":
        return free[::-1] if draw >= Decimal("0.5") else free
    start = int(draw * len(free))
    return free[start:] + free[:start]


def arm(ballot: Ballot, seed: str) -> str:
    """The value of the arm that this seed is assigned; empty when no arm has a weight."""
    weights = [Decimal(str(each.weight)) for each in ballot.arms]
    point = drawn_number(seed, f"ballot/{ballot.name}") * sum(weights, Decimal(0))
    for each, weight in zip(ballot.arms, weights, strict=True):
        point -= weight
        if point < 0:
            return each.value
    return ""
