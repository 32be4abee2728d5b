"""Names of counties, towns and villages of China, by the territory that they lie in. Pure.

`names_zh.txt.bz2` holds the places of the codes for statistics (统计用区划代码和城乡划分代码) of the National Bureau of
Statistics: a line for each province, city, county and town, with as many tabs before it as levels above it. The line of
a town goes on with its villages and communities, a space before each. `scripts/gazetteer.py` makes the file.
"""

from __future__ import annotations

import bz2
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "names_zh.txt.bz2"
TOWN = 3
# How much a town counts that is said without the word for a town, as in 石桥派出所.
FOR_SHORT = 0.5
LENGTHS = range(2, 11)
_WORD_FOR_A_TOWN = re.compile(r"(?:街道办事处|街道|镇|乡)$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Gazetteer:
    """Which territories of a house, by their numbers, have a place of a name; `shorts` are towns for short."""

    names: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    shorts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, territories: Sequence[Sequence[str]]) -> Gazetteer:
        """Return the places in territories, each known by its full names (云山县).

        They are looked for below one place, the one that has most of them: 城关镇 or 鼓楼区 there are many. A house
        whose territories could as well be those of another place gets none.
        """
        return _below(tuple(tuple(names) for names in territories))

    def said(self, text: str) -> dict[str, float]:
        """Return the names of places in a text and how much each counts."""
        if not self.names:
            return {}
        words = {text[at : at + length] for length in LENGTHS for at in range(len(text) - length + 1)}
        found = dict.fromkeys(sorted(words & self.names.keys()), 1.0)
        in_full = {_WORD_FOR_A_TOWN.sub("", name) for name in found}
        return found | dict.fromkeys(sorted((words & self.shorts.keys()) - in_full), FOR_SHORT)

    def shares(self, text: str, territories: int) -> list[float]:
        """Return for each territory its share of the places in a text; a name of several counts for each in part."""
        counts = [0.0] * territories
        for name, weight in self.said(text).items():
            having = self.names.get(name) or self.shorts[name]
            for number in having:
                counts[number] += weight / len(having)
        whole = sum(counts)
        return [one / whole for one in counts] if whole else counts


@lru_cache(maxsize=16)
def _below(territories: tuple[tuple[str, ...], ...]) -> Gazetteer:
    numbers = {name: number for number, names in enumerate(territories) for name in names if _CHINESE.search(name)}
    places = list(_places()) if numbers else []
    above = _parent([path for path, _villages in places if path[-1] in numbers])
    if above is None:
        return Gazetteer()
    names: dict[str, set[int]] = defaultdict(set)
    shorts: dict[str, set[int]] = defaultdict(set)
    for path, villages in places:
        if path[: len(above)] != above or len(path) <= len(above) or path[len(above)] not in numbers:
            continue
        number = numbers[path[len(above)]]
        if len(path) > len(above) + 1:
            names[path[-1]].add(number)
            if len(path) > TOWN and (short := _WORD_FOR_A_TOWN.sub("", path[-1])) != path[-1] and len(short) > 1:
                shorts[short].add(number)
        for village in villages:
            names[village].add(number)
    return Gazetteer(
        {name: tuple(sorted(found)) for name, found in names.items()},
        {name: tuple(sorted(found)) for name, found in shorts.items() if name not in names},
    )


def _parent(found: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the place right below which most of these lie; a name says less the more places have it."""
    having = Counter(path[-1] for path in found)
    seen: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for path in found:
        seen[path[:-1]] += Fraction(1, having[path[-1]])
    most = [path for path, weight in seen.items() if weight == max(seen.values())]
    return most[0] if len(most) == 1 else None


def _places() -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Read the file: the path to each place down to towns, and the villages of a town."""
    path: list[str] = []
    with bz2.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            name, *villages = line.strip().split(" ")
            path[len(line) - len(line.lstrip("\t")) :] = [name]
            yield tuple(path), villages
