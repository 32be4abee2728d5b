"""What the matching works on: two lists of texts, the weight of their runs, and which candidates were measured."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from consultations.alignment.texts import grams, phrases, plain, tokens

_RAREST = 48
_MOST_PLACES = 24
_MOST_CANDIDATES = 8
Rivals = dict[int, list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to be matched: its name (an article's number) and its words, part by part."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """One old text went, whole or in part, into one new text. `weight`: shared wording, rare runs counting more."""

    old: int
    new: int
    weight: float
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """The edges found; `rivals_of_old[i]` and `rivals_of_new[j]`: the likeliest other candidates, best first.

    `compared`: how many pairs of texts were compared in full.
    """

    edges: tuple[Edge, ...]
    rivals_of_old: Mapping[int, Sequence[tuple[int, float]]]
    rivals_of_new: Mapping[int, Sequence[tuple[int, float]]]
    compared: int


@dataclass(slots=True)
class Text:
    """An entry made ready: `plain` for equality, `grams` counted, `weight` of all of them."""

    name: str
    plain: str
    parts: tuple[str, ...]
    tokens: list[str]
    grams: Counter[str]
    weight: float = 0.0


@dataclass
class Work:
    """Both sides and what is decided so far."""

    old: list[Text]
    new: list[Text]
    language: str
    confined: bool
    weights: dict[str, float]
    of_old: dict[int, int] = field(default_factory=dict)
    of_new: dict[int, int] = field(default_factory=dict)
    likeness: dict[tuple[int, int], float] = field(default_factory=dict)
    backbone: list[tuple[int, int]] = field(default_factory=list)

    def take(self, old: int, new: int) -> None:
        self.of_old[old] = new
        self.of_new[new] = old

    def free(self, old: int, new: int) -> bool:
        return old not in self.of_old and new not in self.of_new

    def went_over_whole(self, old: int) -> bool:
        """Whether an old text stands unchanged in the new version."""
        return old in self.of_old and self.old[old].plain == self.new[self.of_old[old]].plain

    def measure(self, old: int, new: int) -> float:
        """Return the weighted share of common wording of a pair and remember it as a candidate."""
        if (old, new) not in self.likeness:
            self.likeness[old, new] = self.alike(self.old[old], self.new[new])
        return self.likeness[old, new]

    def alike(self, first: Text, second: Text) -> float:
        if first.plain == second.plain:
            return 1.0
        total = first.weight + second.weight
        return 2 * self.shared(first.grams, second.grams) / total if total else 0.0

    def shared(self, first: Mapping[str, int], second: Mapping[str, int]) -> float:
        if len(second) < len(first):
            first, second = second, first
        weights = self.weights
        return sum(min(count, second[gram]) * weights[gram] for gram, count in first.items() if gram in second)

    def weigh(self, counted: Mapping[str, int]) -> float:
        weights = self.weights
        return sum(count * weights[gram] for gram, count in counted.items())

    def same_gap(self, old: int, new: int) -> bool:
        """Whether a pair stands between the same two pairs of the backbone."""
        return self.gap_of_old(old) == self.gap_of_new(new)

    def gap_of_old(self, old: int) -> int:
        return bisect_right(self.backbone, old, key=lambda pair: pair[0])

    def gap_of_new(self, new: int) -> int:
        return bisect_right(self.backbone, new, key=lambda pair: pair[1])


def prepare(old: Sequence[Entry], new: Sequence[Entry], language: str, confined: bool) -> Work:
    """Count the runs of all texts; a run weighs more the fewer texts it stands in."""
    sides = [[_text(entry, language) for entry in side] for side in (old, new)]
    spread: Counter[str] = Counter()
    for side in sides:
        for text in side:
            spread.update(text.grams.keys())
    everything = len(old) + len(new)
    weights = {gram: log(1 + everything / n) for gram, n in spread.items()}
    work = Work(sides[0], sides[1], language, confined, weights)
    for side in sides:
        for text in side:
            text.weight = work.weigh(text.grams)
    return work


def _text(entry: Entry, language: str) -> Text:
    whole = "\n".join(entry.parts)
    units = tokens(whole, language)
    return Text(entry.name, plain(whole, language), entry.parts, units, grams(units, language))


def keys_of(text: Text, work: Work) -> set[str]:
    """Return what a text is found by."""
    return phrases(text.tokens, work.language) | text.grams.keys()


def index_of(keys: Mapping[int, Iterable[str]]) -> dict[str, list[int]]:
    """Return key to the places that hold it."""
    index: dict[str, list[int]] = defaultdict(list)
    for place, found in keys.items():
        for key in found:
            index[key].append(place)
    return index


def likeliest(keys: Iterable[str], index: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the few places that share most of the rarest keys; what stands in too many places leads nowhere."""
    met = sorted((len(index[key]), key) for key in keys if key in index)
    votes: dict[int, float] = defaultdict(float)
    for count, key in met[:_RAREST]:
        if count > _MOST_PLACES:
            break
        for place in index[key]:
            votes[place] += 1 / count
    return sorted(votes, key=lambda place: (-votes[place], place))[:_MOST_CANDIDATES]


def rivals(work: Work, *, with_chosen: bool = False) -> tuple[Rivals, Rivals]:
    """Return the measured candidates of each old and each new text, best first; its partner only on demand."""
    of_old: Rivals = defaultdict(list)
    of_new: Rivals = defaultdict(list)
    for (old, new), value in work.likeness.items():
        if with_chosen or work.of_old.get(old) != new:
            of_old[old].append((new, value))
            of_new[new].append((old, value))
    for side in (of_old, of_new):
        for found in side.values():
            found.sort(key=lambda rival: (-rival[1], rival[0]))
    return of_old, of_new
