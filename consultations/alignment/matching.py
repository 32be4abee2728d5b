"""Which text of the old version became which text of the new one, one to one and in parts.

The way: equal texts first; for the rest an index of rare phrases names the few candidates of each; pairs that nobody
disputes make a backbone of the order; between its pairs the heaviest chain in order, then what is left by likeness
wherever it stands. Last, sentences that their text's partner does not explain are looked for elsewhere: they show what
was split off or merged in. Nothing compares all with all, so the time grows with the number of texts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from consultations.alignment.chains import heaviest_chain
from consultations.alignment.evidence import Edge, Entry, Matching, Work, index_of, keys_of, likeliest, prepare, rivals
from consultations.alignment.passages import copies, partial_edges

# Below these shares of common wording two texts are no pair: one figure where the order speaks for them too, a higher
# one where it does not.
FLOOR_IN_ORDER = 0.25
FLOOR_ANYWHERE = 0.38
CONFIDENT = 0.5
RIVAL = 0.8  # the next best candidate reaches this share of the best one: the choice is open
_SMALL_GAP = 100
_BAND = 3


def match(old: Sequence[Entry], new: Sequence[Entry], language: str, *, confined: bool = False) -> Matching:
    """Match two lists of texts; the places in the lists are the order of the documents.

    `confined`: the lists are known to belong together (paragraphs of linked articles); then a sentence that its
    text's partner only resembles is looked for elsewhere too.
    """
    work = prepare(old, new, language, confined)
    repeated = _match_equal(work)
    _find_candidates(work)
    _build_backbone(work)
    _match_repeated(work, repeated)
    _fill_gaps(work)
    _match_in_order(work)
    _match_anywhere(work)
    _find_look_alikes(work)
    edges = [Edge(first, second, work.measure(first, second)) for first, second in work.of_old.items()]
    edges += partial_edges(work)
    if confined:
        edges += copies(work, {edge.new for edge in edges})
    rivals_of_old, rivals_of_new = rivals(work)
    edges.sort(key=lambda edge: (edge.old, edge.new))
    return Matching(tuple(edges), rivals_of_old, rivals_of_new, len(work.likeness))


def _match_equal(work: Work) -> list[tuple[list[int], list[int]]]:
    """Pair the texts that stand once on each side; return the groups of equal texts that stand several times."""
    groups: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, texts in enumerate((work.old, work.new)):
        for place, text in enumerate(texts):
            groups[text.plain][side].append(place)
    repeated = []
    for olds, news in groups.values():
        if len(olds) == len(news) == 1:
            work.measure(olds[0], news[0])
            work.take(olds[0], news[0])
        elif olds and news:
            repeated.append((olds, news))
    return repeated


def _find_candidates(work: Work) -> None:
    """Measure each unmatched text against the few that share its rarest phrases, from both sides."""
    olds = [place for place in range(len(work.old)) if place not in work.of_old]
    news = [place for place in range(len(work.new)) if place not in work.of_new]
    sides = [(work.old, olds), (work.new, news)]
    indexes = [index_of({place: keys_of(texts[place], work) for place in places}) for texts, places in sides]
    for place in olds:
        for other in likeliest(keys_of(work.old[place], work), indexes[1]):
            work.measure(place, other)
    for place in news:
        for other in likeliest(keys_of(work.new[place], work), indexes[0]):
            work.measure(other, place)


def _find_look_alikes(work: Work) -> None:
    """Measure what is left without a partner against the equal texts too: a person should see what it resembles."""
    sides = ((work.old, work.of_old, work.new, work.of_new), (work.new, work.of_new, work.old, work.of_old))
    for texts, taken, others, partners in sides:
        alone = index_of({place: keys_of(text, work) for place, text in enumerate(texts) if place not in taken})
        if not alone:
            continue
        for other, text in enumerate(others):
            if other in partners and texts[partners[other]].plain == text.plain:
                for place in likeliest(keys_of(text, work), alone):
                    work.measure(*((place, other) if texts is work.old else (other, place)))


def _build_backbone(work: Work) -> None:
    """Keep the longest run of undisputed pairs that are in the same order on both sides."""
    pairs = [(first, second, 1.0) for first, second in work.of_old.items()]
    pairs += [(first, second, 1.0) for first, second in _undisputed(work)]
    work.backbone = [pairs[index][:2] for index in heaviest_chain(pairs)]


def _undisputed(work: Work) -> Iterator[tuple[int, int]]:
    rivals_of_old, rivals_of_new = rivals(work, with_chosen=True)
    for old, found in rivals_of_old.items():
        if old in work.of_old:
            continue
        new, value = found[0]
        back = rivals_of_new[new]
        if value < CONFIDENT or back[0][0] != old:
            continue
        if all(len(list_) < 2 or list_[1][1] < RIVAL * value for list_ in (found, back)):
            yield old, new


def _match_repeated(work: Work, groups: Sequence[tuple[list[int], list[int]]]) -> None:
    """Pair equal texts that stand several times: the same number first, then the same gap, then in order."""
    for olds, news in groups:
        by_name = {work.new[place].name: place for place in reversed(news)}
        for old in olds:
            new = by_name.get(work.old[old].name)
            if new is not None and work.free(old, new) and work.same_gap(old, new):
                work.take(old, new)
        by_gap: dict[int, list[int]] = defaultdict(list)
        for new in news:
            by_gap[work.gap_of_new(new)].append(new)
        for old in olds:
            _take_first(work, old, by_gap[work.gap_of_old(old)])
        for old in olds:
            _take_first(work, old, news)


def _take_first(work: Work, old: int, news: list[int]) -> None:
    if old in work.of_old:
        return
    while news and news[0] in work.of_new:
        news.pop(0)
    if news:
        work.take(old, news[0])


def _fill_gaps(work: Work) -> None:
    """Measure what stands between the same pairs of the backbone at about the same place, or under one number."""
    gaps: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for old in range(len(work.old)):
        if old not in work.of_old:
            gaps[work.gap_of_old(old)][0].append(old)
    for new in range(len(work.new)):
        if new not in work.of_new:
            gaps[work.gap_of_new(new)][1].append(new)
    # The pairs of the backbone end one gap and begin the next: each belongs to both.
    for olds, news in gaps.values():
        if len(olds) * len(news) <= _SMALL_GAP:
            near = {(old, new) for old in olds for new in news}
        else:
            near = set(_band(work, olds, news))
        for old, new in near:
            work.measure(old, new)


def _band(work: Work, olds: list[int], news: list[int]) -> Iterator[tuple[int, int]]:
    by_name = {work.new[new].name: new for new in news if work.new[new].name}
    for rank, old in enumerate(olds):
        middle = rank * len(news) // len(olds)
        for new in news[max(0, middle - _BAND) : middle + _BAND + 1]:
            yield old, new
        if work.old[old].name in by_name:
            yield old, by_name[work.old[old].name]


def _match_in_order(work: Work) -> None:
    """Take the heaviest chain in each gap, leaving out pairs of which either side has a much better candidate."""
    best_of_old: dict[int, float] = defaultdict(float)
    best_of_new: dict[int, float] = defaultdict(float)
    open_pairs = [(pair, value) for pair, value in work.likeness.items() if work.free(*pair)]
    for (old, new), value in open_pairs:
        best_of_old[old] = max(best_of_old[old], value)
        best_of_new[new] = max(best_of_new[new], value)
    chosen = [
        (old, new, value * value * (1.05 if work.old[old].name == work.new[new].name else 1))
        for (old, new), value in open_pairs
        if value >= max(FLOOR_IN_ORDER, RIVAL * best_of_old[old], RIVAL * best_of_new[new]) and _fits(work, old, new)
    ]
    for index in heaviest_chain(chosen):
        work.take(*chosen[index][:2])


def _fits(work: Work, old: int, new: int) -> bool:
    """Whether a pair is of the backbone or stands between the same two pairs of it."""
    at = bisect_left(work.backbone, old, key=lambda pair: pair[0])
    if at < len(work.backbone) and work.backbone[at][0] == old:
        return work.backbone[at][1] == new
    return work.same_gap(old, new)


def _match_anywhere(work: Work) -> None:
    """Pair what is left by likeness; between the same neighbours less is asked of it."""
    left = []
    for (old, new), value in work.likeness.items():
        if work.free(old, new):
            in_gap = _fits(work, old, new)
            if value >= (FLOOR_IN_ORDER if in_gap else FLOOR_ANYWHERE):
                same_name = bool(work.old[old].name) and work.old[old].name == work.new[new].name
                left.append((-(value + 0.08 * in_gap + 0.04 * same_name), old, new))
    for _value, old, new in sorted(left):
        if work.free(old, new):
            work.take(old, new)
