"""To which unit a letter goes: places, named units, duties and a model of past letters, weighed together. Pure.

What units of such a name usually do (`usual.py`) helps where few letters are known.

The model is linear and small: a support vector machine and naive Bayes over runs of one to three characters (title
twice), once with all offices and once with those of territories as one. What they say, and what the rules of `rules.py`
find, are features of a pair (letter, office); one set of weights, learned on letters that the models had not seen,
makes them a probability. As the weights belong to no office, they hold for one that came yesterday, too.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from mailbox.routing.letters import TEXT_MOST, Letter
from mailbox.routing.rules import (
    DUTY_LEAST,
    SHOWN_MOST,
    DutyItem,
    DutyList,
    Office,
    Places,
    Proposal,
    Reason,
    mention,
    own_parts,
    spots,
    towns_said,
)
from mailbox.routing.usual import times, usual_words

SEED = 20161
GRAMS_MOST = 50_000
# The weights of the features are learned on at most so many letters; the models on all.
WEIGHED_MOST, FOLDS = 1_800, 4
LEARN_FROM = 30
TEMPERATURE, FAR = 0.35, -12.0
RIDGE = 10.0
# On letters it never saw, the likeliest office of a letter was right less often than the weights say; so much less
# sure, what is shown as 78, 90 and 98 % was right in 80, 86 and 98 % (docs/routing.md). Ranks do not change.
LESS_SURE = 0.75
LOCAL = "*"
FORMAT = 1

FEATURES = (
    "words_all",
    "words_bayes",
    "words_subject",
    "words_near",
    "place",
    "place_times",
    "place_in_title",
    "place_in_full",
    "place_first",
    "place_alone",
    "place_by_town",
    "place_by_spots",
    "place_by_list",
    "territory",
    "territory_some_named",
    "territory_some_town",
    "territory_none_named",
    "named_in_title",
    "named_long_in_title",
    "named_of_city_in_title",
    "named",
    "named_long",
    "part_in_title",
    "part_times",
    "subject_some_named",
    "subject_named_in_title",
    "letters",
    "duty",
    "usual",
    "usual_in_title",
    "usual_share",
)
# Before there are letters to learn from: how much each rule counts.
COLD = {
    "place_times": 1.0,
    "place_in_title": 1.5,
    "place_in_full": 0.5,
    "place_alone": 0.5,
    "place_by_list": 2.0,
    "named_in_title": 1.5,
    "named": 1.0,
    "named_of_city_in_title": 0.5,
    "part_in_title": 0.7,
    "part_times": 0.5,
    "duty": 5.0,
    "usual": 0.6,
    "usual_in_title": 1.0,
}
# How much each trace of a place counts in the first look at whose territory a letter comes from.
PLACE_WEIGHTS = np.array([2.0, 2.0, 1.0, 2.0, 2.0, 4.0, 6.0])
_SPACES = re.compile(r"\s+")
_SPACED_WORD = re.compile(r"[a-z\u00df-\u024f]{4,}")
# Words that say nothing of what a letter is about.
_SMALL_WORDS = frozenset(
    _SPACED_WORD.findall(
        "about after also because been before being could dear does from have here into just like many more much need"
        " only other over please should some such than thank that their them then there these they this very want were"
        " what when where which while will with would your"
    )
)
_PARTICLES = frozenset(
    "的了是在和不我你他她它们这那一有就也都着过吗呢吧请把被给让到对为与及或很还再又要会能可以从向于之其"
)


@dataclass(frozen=True)
class Words:
    """Runs of one to three characters that letters have, and how rare each is."""

    grams: tuple[str, ...]
    rarity: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", {gram: number for number, gram in enumerate(self.grams)})

    at: dict[str, int] = field(init=False, repr=False, compare=False)

    @classmethod
    def learn(cls, letters: Sequence[Letter]) -> tuple[Words, sparse.csr_matrix]:
        """Keep the most frequent runs that at least two letters have; return them with the letters as vectors."""
        at: dict[str, int] = {}
        rows = [
            np.unique([at.setdefault(gram, len(at)) for gram in _grams(one)], return_counts=True) for one in letters
        ]
        seen = np.bincount(np.concatenate([row for row, _counts in rows]), minlength=len(at))
        every = list(at)
        frequent = sorted(
            (number for number in range(len(every)) if seen[number] > 1), key=lambda n: (-seen[n], every[n])
        )
        kept = sorted(frequent[:GRAMS_MOST], key=every.__getitem__)
        place = np.full(len(every), -1, dtype=np.int32)
        place[kept] = np.arange(len(kept))
        words = cls(tuple(every[number] for number in kept), np.log((1 + len(letters)) / (1 + seen[kept])) + 1)
        return words, words._matrix([(place[row], counts) for row, counts in rows])

    def vectors(self, letters: Sequence[Letter]) -> sparse.csr_matrix:
        """Return one row of length 1 for each letter."""
        known = self.at
        rows = [np.unique([known.get(gram, -1) for gram in _grams(letter)], return_counts=True) for letter in letters]
        return self._matrix(rows)

    def _matrix(self, rows: Sequence[tuple[np.ndarray, np.ndarray]]) -> sparse.csr_matrix:
        """Weigh counts of runs, -1 for those that are not kept."""
        indices: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
        values: list[np.ndarray] = [np.zeros(0)]
        starts = [0]
        for row, counts in rows:
            order = np.argsort(row, kind="stable")
            order = order[row[order] >= 0]
            found = row[order].astype(np.int32)
            weight = (1 + np.log(counts[order])) * self.rarity[found]
            indices.append(found)
            values.append(weight / (np.sqrt((weight**2).sum()) or 1.0))
            starts.append(starts[-1] + len(found))
        return sparse.csr_matrix(
            (np.concatenate(values), np.concatenate(indices), starts), shape=(len(rows), len(self.grams))
        )


def _grams(letter: Letter) -> list[str]:
    text = _SPACES.sub(" ", f"{letter.title}\n{letter.title}\n{letter.text[:TEXT_MOST]}".lower())
    return _runs(text)


def _runs(text: str) -> list[str]:
    return [text[at : at + size] for size in (1, 2, 3) for at in range(len(text) - size + 1)]


@dataclass(frozen=True)
class Linear:
    """A linear model: one row of weights and one constant for each label."""

    labels: tuple[str, ...]
    weights: np.ndarray
    constants: np.ndarray

    def scores(self, vectors: sparse.csr_matrix) -> np.ndarray:
        """Return letters x labels."""
        return np.asarray(vectors @ self.weights.T) + self.constants


@dataclass(frozen=True)
class Learned:
    """What was learned from past letters."""

    words: Words
    every: Linear
    bayes: Linear
    subject: Linear
    near: Linear
    letters: dict[str, int]


@dataclass(frozen=True)
class Suggester:
    """Proposes offices for letters. Without `learned` it goes by the rules alone."""

    offices: tuple[Office, ...]
    places: Places
    weights: np.ndarray
    learned: Learned | None = None
    duties: DutyList = field(default_factory=DutyList)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    usual: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "usual", {one.key: usual_words(one.names) for one in self.offices})

    def probabilities(self, letters: Sequence[Letter]) -> np.ndarray:
        """Return letters x offices, each row adding up to 1."""
        return np.exp(_log_shares(self._features(letters) @ self.weights * LESS_SURE))

    def suggest(self, letter: Letter, *, barred: frozenset[str] = frozenset()) -> list[Proposal]:
        """Return at most three offices with their reasons, the likeliest first; never a barred one."""
        vectors = self.learned.words.vectors([letter]) if self.learned else None
        features = self._features([letter], vectors)[0]
        shares = np.exp(_log_shares((features @ self.weights * LESS_SURE)[None])[0])
        order = [number for number in np.argsort(-shares, kind="stable") if self.offices[number].key not in barred]
        matched = self.duties.matches(letter.whole)
        found = []
        for number in order[:SHOWN_MOST]:
            office = self.offices[number]
            reasons = tuple(self._reasons(letter, office, vectors, matched.get(office.key)))
            if reasons:
                found.append(Proposal(office.key, round(float(shares[number]), 4), reasons))
        return found

    def _reasons(
        self,
        letter: Letter,
        office: Office,
        vector: sparse.csr_matrix | None,
        matched: tuple[float, DutyItem] | None,
    ) -> list[Reason]:
        reasons = []
        if matched and matched[0] >= DUTY_LEAST:
            reasons.append(Reason("duty", matched[1].number or matched[1].words))
        if place := self._place_said(letter, office.key):
            reasons.append(Reason("place", place))
        named = max((mention(letter.whole, name)[3] for name in office.names), key=len, default="")
        if named and not place:
            reasons.append(Reason("named", named))
        if not matched and (usual := self._usual_said(letter, office.key)):
            reasons.append(Reason("usual", ", ".join(usual)))
        if said := self._words_said(letter, vector, office.key):
            reasons.append(Reason("words", ", ".join(said)))
        if not reasons and self.learned is not None and (own := self.learned.letters.get(office.key)):
            reasons.append(Reason("often", f"{own}/{sum(self.learned.letters.values())}"))
        return reasons

    def _place_said(self, letter: Letter, key: str) -> str:
        """Return the word of a letter that lies in the territory of an office, the surest first."""
        if key not in self.places.offices:
            return ""
        at, text = self.places.offices.index(key), letter.whole
        for short, full in self.places.names[at]:
            if full in text.lower() or short in text.lower():
                return full if full in text.lower() else short
        for table in (self.places.towns, self.places.spots):
            for ways in [*towns_said(text), spots(text)]:
                for way in sorted(ways, key=lambda one: (-len(one), one)):
                    seen = table.get(way)
                    if seen is not None and seen[at] > 1 and seen[at] == sum(seen):
                        return way
        listed = self.places.listed
        return next((name for name in listed.said(text) if listed.names.get(name) == (at,)), "")

    def _usual_said(self, letter: Letter, key: str, most: int = 3) -> list[str]:
        """Return the words of an office's usual business that a letter says most often, its title first."""
        text, title = letter.whole.lower(), letter.title.lower()
        counts = {word: (times(word, title), n) for word in self.usual[key] if (n := times(word, text))}
        return sorted(counts, key=lambda word: counts[word], reverse=True)[:most]

    def _words_said(self, letter: Letter, vector: sparse.csr_matrix | None, key: str, most: int = 3) -> list[str]:
        """Return the words that speak most for an office, none inside another.

        What is learned are runs of characters. In a script with spaces they mean nothing to a reader: there a word
        speaks as loud as the runs in it. Of Chinese runs those with a particle in them are left out.
        """
        if self.learned is None or vector is None or key not in self.learned.every.labels:
            return []
        model, grams = self.learned.every, self.learned.words.grams
        mine = model.weights[model.labels.index(key), vector.indices] - model.weights[:, vector.indices].mean(axis=0)
        loud = {grams[at]: float(spoken) for at, spoken in zip(vector.indices, mine * vector.data, strict=True)}
        words = {
            gram: spoken
            for gram, spoken in loud.items()
            if len(gram) > 1
            and not _PARTICLES.intersection(gram)
            and all("\u4e00" <= sign <= "\u9fff" for sign in gram)
        }
        for word in set(_SPACED_WORD.findall(letter.whole.lower())) - _SMALL_WORDS:
            words[word] = sum(loud.get(gram, 0.0) for gram in _runs(word) if len(gram) > 1)
        said: list[str] = []
        for word in sorted(words, key=lambda one: (-words[one], one)):
            if words[word] <= 0 or len(said) == most:
                break
            if not any(word in one or one in word for one in said):
                said.append(word)
        return said

    def _features(self, letters: Sequence[Letter], vectors: sparse.csr_matrix | None = None) -> np.ndarray:
        """Return letters x offices x FEATURES."""
        rules = self._rules(letters)
        if self.learned is None:
            return rules
        if vectors is None:
            vectors = self.learned.words.vectors(letters)
        return self._said_by_models(rules, self.learned, vectors)

    def _said_by_models(self, rules: np.ndarray, learned: Learned, vectors: sparse.csr_matrix) -> np.ndarray:
        rules = rules.copy()
        keys = [one.key for one in self.offices]
        subjects = [LOCAL if key in self.places.offices else key for key in keys]
        for name, model, wanted, width in (
            ("words_all", learned.every, keys, TEMPERATURE),
            ("words_bayes", learned.bayes, keys, 1.5),
            ("words_subject", learned.subject, subjects, TEMPERATURE),
        ):
            scores = _log_shares(model.scores(vectors) / width)
            rules[:, :, FEATURES.index(name)] = _spread(scores, model.labels, wanted, FAR)
        near = _spread(learned.near.scores(vectors), learned.near.labels, keys, 0.0)
        rules[:, :, FEATURES.index("words_near")] = near * 10
        rules[:, :, FEATURES.index("letters")] = np.log1p([learned.letters.get(key, 0) for key in keys])
        return rules

    def _rules(self, letters: Sequence[Letter]) -> np.ndarray:
        found = np.zeros((len(letters), len(self.offices), len(FEATURES)))
        for row, letter in zip(found, letters, strict=True):
            self._read_places(letter, row)
            self._read_names(letter, row)
            for key, (share, _item) in self.duties.matches(letter.whole).items():
                row[self._at[key], FEATURES.index("duty")] = share
            self._read_business(letter, row)
        return found

    @property
    def _at(self) -> dict[str, int]:
        return {one.key: number for number, one in enumerate(self.offices)}

    def _read_places(self, letter: Letter, row: np.ndarray) -> None:
        places = self.places
        if not places.offices:
            return
        traces = _traces(letter, places)
        share = np.log(np.array(places.share))
        likely = _log_shares((traces @ PLACE_WEIGHTS + share)[None])[0]
        named, town, in_title = traces[:, 0].max(), traces[:, 5].max(), traces[:, 1].max()
        listed = places.listed.shares(letter.whole, len(places.offices))
        first = FEATURES.index("place")
        here = [self._at[key] for key in places.offices]
        for number, at in enumerate(here):
            row[at, first] = likely[number]
            row[at, first + 1 : first + 8] = traces[number]
            row[at, first + 8] = listed[number]
            row[at, first + 9 : first + 12] = 1.0, named > 0, town
            row[at, first + 12] = share[number] if named == 0 and town == 0 else 0.0
        others = np.ones(len(row), dtype=bool)
        others[here] = False
        row[others, FEATURES.index("subject_some_named")] = named > 0
        row[others, FEATURES.index("subject_named_in_title")] = in_title

    def _read_names(self, letter: Letter, row: np.ndarray) -> None:
        title, text = letter.title, letter.text[:TEXT_MOST]
        low_title, low_text = title.lower(), text.lower()
        first, part = FEATURES.index("named_in_title"), FEATURES.index("part_in_title")
        for number, office in enumerate(self.offices):
            if office.key in self.places.offices:
                continue
            for name in office.names:
                in_title, in_text = mention(title, name), mention(text, name)
                row[number, first : first + 3] = np.maximum(row[number, first : first + 3], in_title[:3])
                row[number, first + 3 : first + 5] = np.maximum(row[number, first + 3 : first + 5], in_text[:2])
            own = self.parts.get(office.key, ())
            row[number, part] = any(one in low_title for one in own)
            row[number, part + 1] = min(sum(low_text.count(one) for one in own), 3) / 3

    def _read_business(self, letter: Letter, row: np.ndarray) -> None:
        """Weigh the words of what units of such names usually do: one that few letters and few units have says more."""
        text, title = letter.whole.lower(), letter.title.lower()
        said = {word: weight for word, weight in self._business.items() if times(word, text)}
        if not said:
            return
        first = FEATURES.index("usual")
        for number, office in enumerate(self.offices):
            mine = [word for word in self.usual[office.key] if word in said]
            anywhere, in_title = (
                sum(said[word] for word in mine),
                sum(said[word] for word in mine if times(word, title)),
            )
            row[number, first : first + 3] = np.log1p(anywhere), np.log1p(in_title), anywhere + in_title
        row[:, first + 2] /= row[:, first + 2].sum() or 1.0

    @cached_property
    def _business(self) -> dict[str, float]:
        """Return what each word of a usual business weighs: its rarity in letters, shared by the units that have it."""
        having = Counter(word for words in self.usual.values() for word in words)
        return {word: (self._rarity(word) if self.learned else 1.0) / units for word, units in having.items()}

    def _rarity(self, word: str) -> float:
        """Return the logarithm of one letter in how many has a word: of a long one, its rarest run of three."""
        assert self.learned is not None
        at, rarity = self.learned.words.at, self.learned.words.rarity
        runs = [word[start : start + 3] for start in range(max(1, len(word) - 2))]
        return max(float(rarity[at[run]]) if run in at else float(rarity.max()) for run in runs) - 1


def _traces(letter: Letter, places: Places) -> np.ndarray:
    """Return territories x (times, in the title, in full, first, alone, by a town, by other spots)."""
    found = np.zeros((len(places.offices), 7))
    text, title = letter.whole.lower(), letter.title.lower()
    firsts = np.full(len(places.offices), np.inf)
    for number, names in enumerate(places.names):
        times = sum(text.count(short) for short, _full in names)
        found[number, :3] = (
            min(times, 3) / 3,
            any(short in title for short, _full in names),
            any(full in text for _short, full in names),
        )
        firsts[number] = min((at for short, _full in names if (at := text.find(short)) >= 0), default=np.inf)
    if np.isfinite(firsts.min()):
        found[firsts.argmin(), 3] = 1
    if (found[:, 0] > 0).sum() == 1:
        found[found[:, 0].argmax(), 4] = 1
    by_town = np.zeros(len(places.offices))
    for ways in towns_said(text):
        for way in ways:
            if (seen := places.towns.get(way)) is not None:
                whole = sum(seen)
                by_town += np.asarray(seen) / whole * (1 if whole > 1 else 0.5)
    found[:, 5] = np.minimum(by_town, 3) / 3
    found[:, 6] = _by_spots(text, places)
    return found


def _by_spots(text: str, places: Places) -> np.ndarray:
    share = np.array(places.share)
    total = np.zeros(len(share))
    # In one order, so that the same letter gives the same last digit in every process.
    for spot in sorted(spots(text)):
        if (seen := places.spots.get(spot)) is not None:
            counts = np.asarray(seen, dtype=np.float64)
            total += np.log((counts + share * len(share)) / (counts.sum() + len(share)) / share)
    return np.clip(total - total.mean(), -8, 8) / 8 if len(total) else total


def _log_shares(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def _spread(scores: np.ndarray, labels: Sequence[str], wanted: Sequence[str], otherwise: float) -> np.ndarray:
    """Put the columns of a model in the order of the offices."""
    at = {label: number for number, label in enumerate(labels)}
    found = np.full((len(scores), len(wanted)), otherwise)
    for column, key in enumerate(wanted):
        if key in at:
            found[:, column] = scores[:, at[key]]
    return found


# --- learning -------------------------------------------------------------------------------------------------------


def by_rules(offices: Sequence[Office]) -> Suggester:
    """Return a suggester that has seen no letter."""
    weights = np.array([COLD.get(name, 0.0) for name in FEATURES])
    return Suggester(tuple(offices), Places.of(offices), weights, duties=DutyList.of(offices), parts=own_parts(offices))


def train(letters: Sequence[Letter], labels: Sequence[str], offices: Sequence[Office]) -> Suggester:
    """Learn from letters and the office that handled each. The same letters in the same order: the same suggester.

    With too few letters or only one office in them it stays with the rules.
    """
    cold = by_rules(offices)
    if len(letters) < LEARN_FROM or len(set(labels)) < 2:
        return cold
    words, vectors = Words.learn(letters)
    weights = _weigh(letters, labels, offices, words, vectors)
    return _taught(letters, labels, offices, words, vectors, weights)


def _taught(
    letters: Sequence[Letter],
    labels: Sequence[str],
    offices: Sequence[Office],
    words: Words,
    vectors: sparse.csr_matrix,
    weights: np.ndarray,
) -> Suggester:
    places = Places.of(offices).learn([one.whole for one in letters], labels)
    subjects = [LOCAL if label in places.offices else label for label in labels]
    learned = Learned(
        words,
        _separate(vectors, labels, 0.5),
        _bayes(vectors, labels),
        _separate(vectors, subjects, 1.0),
        _centres(vectors, labels),
        dict(Counter(labels)),
    )
    return Suggester(tuple(offices), places, weights, learned, DutyList.of(offices), own_parts(offices))


def _separate(vectors: sparse.csr_matrix, labels: Sequence[str], softness: float) -> Linear:
    """Fit a linear support vector machine, rare offices weighing as much as frequent ones."""
    from sklearn.svm import LinearSVC

    known = tuple(sorted(set(labels)))
    if len(known) == 1:
        return Linear(known, np.zeros((1, vectors.shape[1])), np.zeros(1))
    model = LinearSVC(C=softness, class_weight="balanced", random_state=SEED, tol=1e-2)
    model.fit(vectors, labels)
    weights, constants = model.coef_, model.intercept_
    if len(known) == 2:
        weights, constants = np.vstack([-weights, weights]), np.concatenate([-constants, constants])
    return Linear(known, weights.astype(np.float32), constants.astype(np.float64))


def _bayes(vectors: sparse.csr_matrix, labels: Sequence[str], smoothing: float = 0.02) -> Linear:
    sums, known, counts = _sums(vectors, labels)
    smoothed = sums + smoothing
    weights = np.log(smoothed) - np.log(smoothed.sum(axis=1, keepdims=True))
    return Linear(known, weights.astype(np.float32), np.log(counts / counts.sum()))


def _centres(vectors: sparse.csr_matrix, labels: Sequence[str]) -> Linear:
    sums, known, counts = _sums(vectors, labels)
    return Linear(known, (sums / counts[:, None]).astype(np.float32), np.zeros(len(known)))


def _sums(vectors: sparse.csr_matrix, labels: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    known = tuple(sorted(set(labels)))
    at = {label: number for number, label in enumerate(known)}
    rows = np.array([at[label] for label in labels])
    member = sparse.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(len(known), len(rows)))
    return np.asarray((member @ vectors).todense()), known, np.bincount(rows).astype(np.float64)


def _weigh(
    letters: Sequence[Letter],
    labels: Sequence[str],
    offices: Sequence[Office],
    words: Words,
    vectors: sparse.csr_matrix,
) -> np.ndarray:
    """Learn how much each feature counts, on letters that the models of the other folds had not seen."""
    picked = np.random.default_rng(SEED).permutation(len(letters))[:WEIGHED_MOST]
    fold = _folds([labels[number] for number in picked])
    keys = {one.key: number for number, one in enumerate(offices)}
    blocks, right = [], []
    for number in range(FOLDS):
        inside, outside = picked[fold != number], picked[fold == number]
        known = [labels[one] for one in inside]
        if len(set(known)) < 2 or not len(outside):
            continue
        part = _taught([letters[one] for one in inside], known, offices, words, vectors[inside], np.zeros(1))
        assert part.learned is not None
        rules = part._rules([letters[one] for one in outside])
        blocks.append(part._said_by_models(rules, part.learned, vectors[outside]))
        right += [keys[labels[one]] for one in outside]
    features = np.concatenate(blocks)
    width = features.reshape(-1, len(FEATURES)).std(axis=0)
    width[width < 1e-9] = np.inf  # what never differs gets no weight
    weights = _fit(features / width, np.array(right)) / width
    if not any(office.duties for office in offices):
        return weights
    # A list that is younger than the letters still counts something.
    duty = FEATURES.index("duty")
    weights[duty] = max(weights[duty], 1.0)
    return weights


def _folds(labels: Sequence[str]) -> np.ndarray:
    """Deal the letters of each office out over the folds."""
    seen: Counter[str] = Counter()
    fold = np.zeros(len(labels), dtype=int)
    for number, label in enumerate(labels):
        fold[number] = seen[label] % FOLDS
        seen[label] += 1
    return fold


def _fit(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Maximise the likelihood of the right offices (conditional logit) under a ridge."""
    from scipy.optimize import minimize

    rows = np.arange(len(right))
    chosen = features[rows, right].sum(axis=0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logs = _log_shares(features @ weights)
        shares = np.exp(logs)
        gradient = np.einsum("nk,nkp->p", shares, features) - chosen + RIDGE * weights
        return float(-logs[rows, right].sum() + RIDGE / 2 * (weights @ weights)), gradient

    found: Any = minimize(loss, np.zeros(features.shape[2]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


# --- keeping --------------------------------------------------------------------------------------------------------


class BrokenModel(ValueError):
    """The stored bytes are not what was stored, or of another format."""


def to_bytes(suggester: Suggester) -> tuple[bytes, str]:
    """Return what was learned as plain arrays, and their SHA-256. Names and duties are read anew when it is loaded."""
    learned, places = suggester.learned, suggester.places
    if learned is None:
        raise ValueError("nothing was learned")
    head = {
        "format": FORMAT,
        "features": FEATURES,
        "places": places.offices,
        "labels": {name: getattr(learned, name).labels for name in ("every", "bayes", "subject", "near")},
        "letters": learned.letters,
    }
    arrays: dict[str, np.ndarray] = {
        "head": np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8),
        "weights": suggester.weights,
        "share": np.array(places.share),
        "grams": _packed(learned.words.grams),
        "rarity": learned.words.rarity,
        "towns": _packed(places.towns),
        "towns_seen": _counted(places.towns, len(places.offices)),
        "spots": _packed(places.spots),
        "spots_seen": _counted(places.spots, len(places.offices)),
    }
    for name in ("every", "bayes", "subject", "near"):
        model: Linear = getattr(learned, name)
        arrays[f"{name}_weights"] = model.weights.astype(np.float32)
        arrays[f"{name}_constants"] = model.constants
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    content = out.getvalue()
    return content, hashlib.sha256(content).hexdigest()


def _packed(words: Any) -> np.ndarray:
    return np.frombuffer("\x00".join(words).encode(), dtype=np.uint8)


def _counted(table: Any, width: int) -> np.ndarray:
    return np.array(list(table.values()), dtype=np.float32).reshape(len(table), width)


def _unpacked(array: np.ndarray) -> tuple[str, ...]:
    text = array.tobytes().decode()
    return tuple(text.split("\x00")) if text else ()


def from_bytes(content: bytes, sha256: str, offices: Sequence[Office]) -> Suggester:
    """Read what `to_bytes` wrote, for the offices of today. Raises BrokenModel; nothing in the bytes is ever run."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BrokenModel("the bytes are not those that were stored")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            head = json.loads(kept["head"].tobytes())
            if head["format"] != FORMAT or tuple(head["features"]) != FEATURES:
                raise BrokenModel("stored by another version")
            models = {
                name: Linear(tuple(labels), kept[f"{name}_weights"], kept[f"{name}_constants"])
                for name, labels in head["labels"].items()
            }
            learned = Learned(Words(_unpacked(kept["grams"]), kept["rarity"]), letters=head["letters"], **models)
            towns = dict(zip(_unpacked(kept["towns"]), kept["towns_seen"], strict=True))
            seen = dict(zip(_unpacked(kept["spots"]), kept["spots_seen"], strict=True))
            places = _as_today(Places.of(offices), tuple(head["places"]), kept["share"], towns, seen)
            weights = kept["weights"]
    except (KeyError, ValueError, OSError, EOFError) as fault:
        raise BrokenModel(str(fault)) from fault
    return Suggester(tuple(offices), places, weights, learned, DutyList.of(offices), own_parts(offices))


def _as_today(now: Places, then: tuple[str, ...], share: np.ndarray, towns: Any, seen: Any) -> Places:
    """Put what was counted per territory then into the order of the territories that there are now."""
    at = [then.index(key) if key in then else -1 for key in now.offices]

    def moved(table: Any) -> dict[str, np.ndarray]:
        return {word: np.array([counts[one] if one >= 0 else 0.0 for one in at]) for word, counts in table.items()}

    shares = np.array([share[one] if one >= 0 else 1 / (len(at) + 1) for one in at])
    kept = {word: counts for word, counts in moved(towns).items() if counts.sum()}
    whole = float(shares.sum()) or 1.0
    return replace(now, share=tuple(shares / whole), towns=kept, spots=moved(seen))
