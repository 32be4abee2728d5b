"""The answers to a questionnaire as columns: what their codes stand for, and how many people gave each; no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engage.errors import Refused
from surveys.results.counting import Choices, Merged, Values, choices_of, values_of, weigh_choices, written_in
from surveys.results.guards import Guard, guard
from surveys.results.layout import BITS, GROUPS, NONE, REASONS, REST, VERSION, Column, Layout, Level
from surveys.statistics.design import Codes, Flags, Floats

# So many levels of short texts are told apart; the rest is one.
WORDS_MOST = 60
_BINS = 12


@dataclass(frozen=True)
class Coded:
    """A question as codes (NONE: not in the base) and what they stand for; `reasons` are levels without an answer."""

    codes: Codes
    levels: tuple[Level, ...]
    reasons: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Levels:
    """What the codes of a question stand for, which of them are reasons, and how many people gave each.

    `places`: the code of each stored value, where values are not codes. `edges`: of bins.
    """

    levels: tuple[Level, ...]
    n: np.ndarray
    reasons: frozenset[int] = frozenset()
    places: Mapping[Any, int] = field(default_factory=dict)
    edges: Floats | None = None


@dataclass(frozen=True)
class Chosen:
    """A question with several answers: people x options, and who is in the base."""

    chosen: Flags
    levels: tuple[Level, ...]
    asked: Flags


@dataclass(frozen=True)
class Answers:
    """The answers to a questionnaire.

    `read` gives stored columns by name, as they are needed; `known` what was counted when they were stored.
    """

    layout: Layout
    read: Callable[[list[str]], pa.Table]
    known: Callable[[], Merged] | None = None
    _kept: dict[str, Any] = field(default_factory=dict)

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def in_words_of(self, layout: Layout) -> Answers:
        """Return the same answers with other words for questions and levels."""
        return replace(self, layout=layout, _kept={})

    def stored(self, name: str) -> pa.ChunkedArray:
        """Return one stored column; it is kept for the next question about it."""
        if name not in self._kept:
            self._kept[name] = self.read([name]).column(name)
        return self._kept[name]

    def preload(self, columns: Sequence[Column]) -> None:
        """Read several columns at once."""
        names = [name for column in columns for name in column.stored if name not in self._kept]
        if names:
            table = self.read(names)
            self._kept.update({name: table.column(name) for name in names})

    @cached_property
    def n(self) -> int:
        """How many responses there are."""
        return int(self.values(VERSION).n.sum())

    def array(self, name: str) -> np.ndarray:
        """Return a stored column as an array; missing numbers are NaN."""
        return self.stored(name).to_numpy()

    @cached_property
    def _counts(self) -> Merged | None:
        return self.known() if self.known else None

    def values(self, name: str) -> Values:
        """Return which values a stored column has, and how often."""

        def count() -> Values:
            known = self._counts.values(name) if self._counts else None
            return known or values_of(self.stored(name))

        found: Values = self._once(f"{name}|values", count)
        return found

    def written(self, key: str) -> int:
        """Return how many texts a question has."""
        known = self._counts.written(key) if self._counts else None
        return written_in(self.stored(key)) if known is None else known

    # --- questions with one answer ----------------------------------------------------------------------------------

    def levels(self, key: str) -> Levels:
        """Return the levels of a question or fact. Raises Refused("survey_results_no_question") for none."""
        found: Levels = self._once(f"{key}|levels", lambda: self._levels(key))
        return found

    def _levels(self, key: str) -> Levels:
        column = self.layout.by_key.get(key)
        if key in GROUPS:
            return self._levels_of_words(key)
        if column is None or column.kind in ("mask", "text"):
            raise Refused("survey_results_no_question", question=key)
        if column.kind == "coded":
            return _with_reasons(self.values(key), column.levels, self.values(key))
        if column.kind == "number":
            edges, n, levels = _bins(self.values(key))
            whole = Values(list(range(len(levels))), n)
            return replace(_with_reasons(whole, levels, self.values(f"{key}|why")), edges=edges)
        return self._levels_of_words(key)

    def _levels_of_words(self, key: str) -> Levels:
        found = self.values(key)
        # A day of the calendar stands for its month.
        shown = [value.strftime("%Y-%m") if hasattr(value, "strftime") else value for value in found.values]
        counts: dict[Any, int] = {}
        for value, n in zip(shown, found.n.tolist(), strict=True):
            counts[value] = counts.get(value, 0) + n
        if all(isinstance(value, str) for value in found.values):
            order = sorted(counts, key=lambda value: (-counts[value], value))
        else:
            order = sorted(counts)
        kept, rest = order[:WORDS_MOST], order[WORDS_MOST:]
        place = {value: at for at, value in enumerate(kept)} | dict.fromkeys(rest, len(kept))
        levels = [Level(value, {}) for value in kept] + ([Level(REST, {})] if rest else [])
        n = [counts[value] for value in kept] + ([sum(counts[value] for value in rest)] if rest else [])
        places = {value: place[words] for value, words in zip(found.values, shown, strict=True)}
        return Levels(tuple(levels), np.array(n, dtype=np.int64), places=places)

    def coded(self, key: str) -> Coded:
        """Return a question or fact as codes, made once. Raises Refused("survey_results_no_question") for none."""
        found: Coded = self._once(f"{key}|coded", lambda: self._coded(key))
        return found

    def _coded(self, key: str) -> Coded:
        levels, column = self.levels(key), self.layout.by_key.get(key)
        if levels.edges is not None:
            numbers = self.array(key)
            codes = np.full(len(numbers), NONE, dtype=np.int64)
            gave = ~np.isnan(numbers)
            codes[gave] = _bin(numbers[gave], levels.edges)
            codes = _coded(np.where(gave, codes, self.array(f"{key}|why")), levels)
        elif column is not None and column.kind == "coded":
            codes = _coded(self.array(key), levels)
        else:
            encoded = self.stored(key).combine_chunks().dictionary_encode()
            if isinstance(encoded, pa.ChunkedArray):
                encoded = encoded.combine_chunks()
            places = [*(levels.places[value] for value in encoded.dictionary.to_pylist()), NONE]
            at = encoded.indices.fill_null(len(places) - 1).to_numpy(zero_copy_only=False)
            codes = np.array(places, dtype=np.int64)[at]
        return Coded(codes, levels.levels, levels.reasons)

    def grouped(self, key: str, codes: Codes, levels: Sequence[Level]) -> Answers:
        """Return the same answers with one more fact to group by (NONE: in no group), protected like every other."""
        n = np.bincount(codes[codes >= 0], minlength=len(levels))
        more = {f"{key}|coded": Coded(codes, tuple(levels)), f"{key}|levels": Levels(tuple(levels), n)}
        return replace(self, _kept=self._kept | more)

    # --- questions with several answers -----------------------------------------------------------------------------

    def chosen(self, key: str) -> Chosen:
        """Return a question with several answers, made once. Raises Refused("survey_results_no_question")."""
        found: Chosen = self._once(f"{key}|chosen", lambda: self._chosen(key))
        return found

    def _chosen(self, key: str) -> Chosen:
        column = self.several(key)
        bits = [self.array(name) for name in column.stored]
        flags = [(bits[at // BITS] >> (at % BITS) & 1).astype(bool) for at in range(len(column.levels))]
        asked = bits[0] != NONE
        reasons = bits[0] < 0
        # An option after the other in memory: they are counted one by one.
        chosen = np.array(flags).T if flags else np.zeros((len(asked), 0), dtype=bool)
        chosen[reasons] = False
        return Chosen(chosen, column.levels, asked)

    def several(self, key: str) -> Column:
        """Return a question with several answers. Raises Refused("survey_results_no_question")."""
        column = self.layout.by_key.get(key)
        if column is None or column.kind != "mask":
            raise Refused("survey_results_no_question", question=key)
        return column

    # --- counted ----------------------------------------------------------------------------------------------------

    def tables(self, key: str, by: str) -> list[np.ndarray]:
        """Return the counts of a question's answers (rows) in the groups of another one (columns), people without last.

        One table; of a question with several answers one an option, who did not choose it and who did. No `by`: one
        column with all people. Raises Refused("survey_results_no_question").
        """
        found: list[np.ndarray] = self._once(f"{key}|tables|{by}", lambda: self._tables(key, by))
        return found

    def _tables(self, key: str, by: str) -> list[np.ndarray]:
        column = self.layout.by_key.get(key)
        if column is not None and column.kind == "mask":
            several = self._choices(column, by)
            return [np.vstack([several.asked - one, one]) for one in several.chosen]
        if not by:
            return [self.levels(key).n.reshape(-1, 1)]
        groups, across = self._groups(by)
        single = self.coded(key)
        high = len(single.levels)
        # Who is not in the base has the row before the first.
        cells = (single.codes.astype(np.int64) + 1) * across + groups
        return [np.bincount(cells, minlength=(high + 1) * across).reshape(high + 1, across)[1:]]

    def _choices(self, column: Column, by: str) -> Choices:
        if not by and self._counts and (known := self._counts.choices(column.key)):
            return known
        bits = [self.array(name) for name in column.stored]
        return choices_of(column, bits, *self._groups(by)) if by else choices_of(column, bits)

    def weigh_choices(self, column: Column, weights: Floats) -> tuple[float, float, Floats]:
        """Return weight of the base, sum of squared weights and weight by option of a question with several answers."""
        if found := weigh_choices(column, [self.array(name) for name in column.stored], weights):
            return found
        several = self.chosen(column.key)
        base = np.where(several.asked, weights, 0.0)
        chosen = np.array([float(base[one].sum()) for one in several.chosen.T])
        return float(base.sum()), float((base**2).sum()), chosen

    def sizes(self, by: str) -> np.ndarray:
        """Return how many people are in the groups of a question, those without last; without `by` one number."""
        if not by:
            return np.array([self.n])
        n = self.levels(by).n
        return np.append(n, self.n - n.sum())

    def _groups(self, by: str) -> tuple[Codes, int]:
        def make() -> Codes:
            coded = self.coded(by)
            return np.where(coded.codes < 0, len(coded.levels), coded.codes).astype(np.int64)

        return self._once(f"{by}|groups", make), len(self.levels(by).levels) + 1

    def guards(self, key: str, by: str) -> list[Guard]:
        """Return what is hidden in `tables`, worked out once for all groups."""

        def make() -> list[Guard]:
            return [guard(table, grouped=bool(by)) for table in self.tables(key, by)]

        found: list[Guard] = self._once(f"{key}|guards|{by}", make)
        return found

    def weights(self, key: str) -> Floats:
        """Return a question or calculated value as weights. People without one have weight 0.

        Raises Refused: survey_results_no_question, survey_weights_negative, survey_results_no_weights (a word).
        """
        column = self.layout.by_key.get(key)
        if column is None or column.kind not in ("number", "words"):
            raise Refused("survey_results_no_question", question=key)
        stored = self.stored(key)
        if column.kind == "words":
            try:
                stored = pc.cast(stored, pa.float64())
            except pa.ArrowInvalid:
                raise Refused("survey_results_no_weights", question=key) from None
        found = np.nan_to_num(stored.to_numpy().astype(float), nan=0.0, posinf=0.0, neginf=0.0)
        if (found < 0).any():
            raise Refused("survey_weights_negative")
        return found

    def where(self, filters: Mapping[str, Sequence[str]]) -> Flags | None:
        """Return who is meant by filters (values by question; one of a question's, all questions); None for all.

        Raises Refused: survey_results_no_question, survey_results_no_value (question, value).
        """
        if not filters:
            return None
        inside = np.ones(self.n, dtype=bool)
        for key, values in filters.items():
            inside &= self.inside(key, *values)
        return inside

    def inside(self, key: str, *values: str) -> Flags:
        """Return who gave one of these answers to a question. Raises Refused as `where` does."""
        found: Flags = self._once(repr((key, values)), lambda: self._inside(key, values))
        return found

    def _inside(self, key: str, values: Sequence[str]) -> Flags:
        column = self.layout.by_key.get(key)
        if column is not None and column.kind == "mask":
            several = self.chosen(key)
            return np.asarray(several.chosen[:, [place_of(several.levels, key, one) for one in values]].any(axis=1))
        single = self.coded(key)
        places = [place_of(single.levels, key, one) for one in values]
        return single.codes == places[0] if len(places) == 1 else np.isin(single.codes, places)


def place_of(levels: Sequence[Level], key: str, value: str) -> int:
    """Return the place of a value among levels. Raises Refused("survey_results_no_value")."""
    for place, level in enumerate(levels):
        if str(level.value) == value:
            return place
    raise Refused("survey_results_no_value", question=key, value=value)


def _with_reasons(whole: Values, levels: tuple[Level, ...], why: Values) -> Levels:
    """Put the reasons that occur behind the levels; `whole` are counts by code, `why` counts by reason."""
    n = np.zeros(len(levels), dtype=np.int64)
    for code, people in zip(whole.values, whole.n, strict=True):
        if code >= 0:
            n[code] = people
    reasons = dict(zip(why.values, why.n.tolist(), strict=True))
    found = [(reason, reasons[code]) for reason, code in REASONS.items() if code in reasons]
    return Levels(
        (*levels, *(Level(reason, {}) for reason, _people in found)),
        np.append(n, np.array([people for _reason, people in found], dtype=np.int64)),
        frozenset(range(len(levels), len(levels) + len(found))),
    )


def _coded(codes: Codes, levels: Levels) -> Codes:
    """Give reasons the codes of their levels; NONE stays."""
    found: Any = codes.astype(np.int16 if len(levels.levels) < 30_000 else np.int64)
    for place in levels.reasons:
        found[codes == REASONS[str(levels.levels[place].value)]] = place
    return found


def _bins(numbers: Values) -> tuple[Floats, np.ndarray, tuple[Level, ...]]:
    """Sort numbers into bins of a round width between the 1st and 99th hundredth; the outer ones are open.

    Returns the edges, people by bin, and levels: the value of one is its lower end and the next one's, as "10-20";
    nothing says the least and the greatest number.
    """
    if not len(numbers.n):
        return np.array([]), np.array([], dtype=np.int64), ()
    said = np.array(numbers.values, dtype=float)
    low, high = quantiles(said, numbers.n, (0.01, 0.99))
    width = _round_width((high - low) / _BINS) if high > low else 1.0
    edges = np.arange(np.floor(low / width), np.floor(high / width) + 2) * width
    n = np.bincount(_bin(said, edges), numbers.n, minlength=len(edges) - 1).astype(np.int64)
    names = [f"{edge:g}–{edge + width:g}" for edge in edges[:-1]]
    return edges, n, tuple(Level(name, {}) for name in names)


def _bin(numbers: Floats, edges: Floats) -> Codes:
    return np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)


def _round_width(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9)))


def quantiles(values: Floats, n: np.ndarray, shares: Sequence[float]) -> list[float]:
    """Return quantiles of numbers that occur n times each, between two numbers as numpy's default does."""
    order = np.argsort(values, kind="stable")
    running, sorted_values = np.cumsum(n[order]), values[order]
    places = np.array(shares) * (running[-1] - 1)
    under = np.floor(places)
    low, high = (sorted_values[np.searchsorted(running, at, side="right")] for at in (under, np.ceil(places)))
    return [float(one) for one in low + (high - low) * (places - under)]
