"""What went over in part: sentences that their text's partner does not explain are looked for elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consultations.alignment.evidence import Edge, Text, Work, index_of, likeliest
from consultations.alignment.texts import grams, phrases, sentences

# Shares of a sentence's weight.
EXPLAINED = 0.5  # what the text's partner holds that much of did not go elsewhere
EXPLAINED_BY_WEAK = 0.8  # the same for a partner that is itself hardly alike (below WEAK)
WEAK = 0.6
FOUND_BESIDE = 0.4
FOUND_FAR = 0.55
PART_OF_REST = 0.3  # a text takes part when it holds this share of what is unexplained in the other
COPY = 0.5

BESIDE = 2  # places
FAR_EVIDENCE = 16  # runs in common: 17 characters or 8 words
SHORTEST_EVIDENCE = 7  # characters or words: a shorter sentence stands in many texts by chance


@dataclass(slots=True)
class _Sentence:
    place: int
    grams: Counter[str]
    keys: set[str]
    weight: float


def partial_edges(work: Work) -> list[Edge]:
    """Find what was split off or merged in: sentences that no partner explains, on both sides."""
    olds = _unexplained(work, work.old, work.new, work.of_old)
    news = _unexplained(work, work.new, work.old, work.of_new)
    index = index_of({number: sentence.keys for number, sentence in enumerate(news)})
    seeds: set[tuple[int, int]] = set()
    for sentence in olds:
        for number in likeliest(sentence.keys, index):
            other = news[number]
            if work.of_old.get(sentence.place) == other.place:
                continue
            if _same_sentence(work, sentence, other):
                seeds.add((sentence.place, other.place))
    return _accepted(work, seeds, olds, news)


def _same_sentence(work: Work, old: _Sentence, new: _Sentence) -> bool:
    """Whether one sentence became the other: beside the text's partner most of the shorter one is enough.

    Far from it stock phrases of law would do that too; there both must be alike as wholes, and long.
    """
    shared = work.shared(old.grams, new.grams)
    if _beside(work.of_old.get(old.place), new.place) or _beside(work.of_new.get(new.place), old.place):
        return shared >= FOUND_BESIDE * min(old.weight, new.weight)
    alike = 2 * shared >= FOUND_FAR * (old.weight + new.weight)
    return alike and (old.grams & new.grams).total() >= FAR_EVIDENCE


def _beside(partner: int | None, place: int) -> bool:
    return partner is not None and abs(partner - place) <= BESIDE


def _unexplained(
    work: Work, texts: Sequence[Text], others: Sequence[Text], partner: Mapping[int, int]
) -> list[_Sentence]:
    found = []
    for place, text in enumerate(texts):
        other = others[partner[place]] if place in partner else None
        if other is not None and other.plain == text.plain:
            continue
        weak = work.confined and other is not None and work.alike(text, other) < WEAK
        enough = EXPLAINED_BY_WEAK if weak else EXPLAINED
        for units in sentences(text.parts, work.language):
            if len(units) < SHORTEST_EVIDENCE:
                continue
            counted = grams(units, work.language)
            weight = work.weigh(counted)
            explained = work.shared(counted, other.grams) if other is not None else 0.0
            if explained < enough * weight:
                keys = phrases(units, work.language) | counted.keys()
                found.append(_Sentence(place, counted, keys, weight))
    return found


def _accepted(
    work: Work, seeds: Iterable[tuple[int, int]], olds: Sequence[_Sentence], news: Sequence[_Sentence]
) -> list[Edge]:
    """Keep a seed when it explains a good share of what is unexplained in its old or its new text."""
    rest_of_old: dict[int, list[_Sentence]] = defaultdict(list)
    rest_of_new: dict[int, list[_Sentence]] = defaultdict(list)
    for side, rest in ((olds, rest_of_old), (news, rest_of_new)):
        for sentence in side:
            rest[sentence.place].append(sentence)
    edges = []
    for old, new in sorted(seeds):
        shares = [
            _covered(work, rest_of_old[old], work.new[new].grams),
            _covered(work, rest_of_new[new], work.old[old].grams),
        ]
        if max(shares) >= PART_OF_REST:
            edges.append(Edge(old, new, work.measure(old, new), partial=True))
    return edges


def _covered(work: Work, rest: Sequence[_Sentence], by: Mapping[str, int]) -> float:
    total = sum(sentence.weight for sentence in rest)
    return sum(work.shared(sentence.grams, by) for sentence in rest) / total if total else 0.0


def copies(work: Work, taken: set[int]) -> Iterator[Edge]:
    """Give a new text without a source the old one it clearly resembles: an opening that a split clause repeats."""
    best: dict[int, tuple[float, int]] = {}
    for (old, new), value in work.likeness.items():
        if new not in taken and value >= COPY and not work.went_over_whole(old):
            best[new] = max(best.get(new, (0.0, 0)), (value, -old))
    for new, (value, old) in best.items():
        yield Edge(-old, new, value, partial=True)
