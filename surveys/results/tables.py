"""Tables made from columns: every question for itself, and two against each other; no Django.

Base, as in docs/statistics.md: whoever was asked and gave no answer ("refused") stays in, who was not asked or skipped
is out. `public` tables hide small counts and what would give them away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engage.errors import Refused
from engage.figures.rules import LEAST, SHARE_LEAST, mask_counts
from surveys.results.layout import (
    BITS,
    GROUPS,
    NONE,
    REASONS,
    REST,
    VERSION,
    Column,
    Layout,
    Level,
)
from surveys.statistics import crosstab as statistics
from surveys.statistics.design import Codes, Flags, Floats
from surveys.statistics.intervals import effective_size, wilson
from surveys.statistics.suppression import Hidden, hide_small

# So many levels of short texts are told apart; the rest is one.
WORDS_MOST = 60
_BINS = 12
# What can be chosen together is counted as long as there are no more ways, in all groups; 14 options have 16,384.
_PATTERNS_MOST = 1 << 20


@dataclass(frozen=True)
class Coded:
    """A question as codes (NONE: not in the base) and what they stand for; `reasons` are levels without an answer."""

    codes: Codes
    levels: tuple[Level, ...]
    reasons: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Chosen:
    """A question with several answers: people x options, and who is in the base."""

    chosen: Flags
    levels: tuple[Level, ...]
    asked: Flags


@dataclass(frozen=True)
class Answers:
    """The answers to a questionnaire; `read` gives stored columns by name, as they are needed."""

    layout: Layout
    read: Callable[[list[str]], pa.Table]
    _kept: dict[str, Any] = field(default_factory=dict)

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
        return len(self.stored(VERSION))

    def array(self, name: str) -> np.ndarray:
        """Return a stored column as an array; missing numbers are NaN."""
        return self.stored(name).to_numpy()

    def coded(self, key: str) -> Coded:
        """Return a question or fact as codes, made once. Raises Refused("survey_results_no_question") for none."""
        if (name := f"{key}|coded") not in self._kept:
            self._kept[name] = self._coded(key)
        found: Coded = self._kept[name]
        return found

    def _coded(self, key: str) -> Coded:
        if key in GROUPS:
            return self._levels_of_words(key)
        column = self.layout.by_key.get(key)
        if column is None or column.kind in ("mask", "text"):
            raise Refused("survey_results_no_question", question=key)
        if column.kind == "coded":
            return _with_reasons(self.array(key), column.levels)
        if column.kind == "number":
            codes, levels = _bins(self.array(key))
            return _with_reasons(np.where(codes >= 0, codes, self.array(f"{key}|why")), levels)
        return self._levels_of_words(key)

    def _levels_of_words(self, key: str) -> Coded:
        encoded = self.stored(key).combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = encoded.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
        values = encoded.dictionary.to_pylist()
        if pa.types.is_date(encoded.dictionary.type):
            # Written as months only once a day of the calendar: a million days are some seconds.
            months = [day.strftime("%Y-%m") for day in values]
            values = sorted(set(months))
            codes = np.array([*map(values.index, months), NONE], dtype=np.int64)[codes]
        counts = np.bincount(codes[codes >= 0], minlength=len(values))
        if pa.types.is_string(self.stored(key).type):
            order = sorted(range(len(values)), key=lambda at: (-counts[at], str(values[at])))
        else:
            order = sorted(range(len(values)), key=lambda at: values[at])
        kept, rest = order[:WORDS_MOST], order[WORDS_MOST:]
        places = np.full(len(values) + 1, NONE, dtype=np.int64)
        places[kept] = np.arange(len(kept))
        places[rest] = len(kept)
        levels = [Level(values[at], {}) for at in kept] + ([Level(REST, {})] if rest else [])
        return Coded(places[codes], tuple(levels))

    def grouped(self, key: str, codes: Codes, levels: Sequence[Level]) -> Answers:
        """Return the same answers with one more fact to group by (NONE: in no group), protected like every other."""
        return replace(self, _kept=self._kept | {f"{key}|coded": Coded(codes, tuple(levels))})

    def chosen(self, key: str) -> Chosen:
        """Return a question with several answers, made once. Raises Refused("survey_results_no_question")."""
        if (name := f"{key}|chosen") not in self._kept:
            self._kept[name] = self._chosen(key)
        found: Chosen = self._kept[name]
        return found

    def _chosen(self, key: str) -> Chosen:
        column = self.layout.by_key.get(key)
        if column is None or column.kind != "mask":
            raise Refused("survey_results_no_question", question=key)
        bits = [self.array(name) for name in column.stored]
        flags = [(bits[at // BITS] >> (at % BITS) & 1).astype(bool) for at in range(len(column.levels))]
        asked = bits[0] != NONE
        reasons = bits[0] < 0
        # An option after the other in memory: they are counted one by one.
        chosen = np.array(flags).T if flags else np.zeros((len(asked), 0), dtype=bool)
        chosen[reasons] = False
        return Chosen(chosen, column.levels, asked)

    def tables(self, key: str, by: str) -> list[np.ndarray]:
        """Return the counts of a question's answers (rows) in the groups of another one (columns), people without last.

        One table; of a question with several answers one an option, who did not choose it and who did. No `by`: one
        column with all people. Raises Refused("survey_results_no_question").
        """
        if (name := f"{key}|tables|{by}") not in self._kept:
            self._kept[name] = self._tables(key, by)
        found: list[np.ndarray] = self._kept[name]
        return found

    def sizes(self, by: str) -> np.ndarray:
        """Return how many people are in the groups of a question, those without last; without `by` one number."""
        if (name := f"{by}|sizes") not in self._kept:
            groups, across = self._groups(by)
            self._kept[name] = np.bincount(groups, minlength=across)
        found: np.ndarray = self._kept[name]
        return found

    def _groups(self, by: str) -> tuple[Codes, int]:
        if not by:
            return np.zeros(self.n, dtype=np.int64), 1
        if (name := f"{by}|groups") not in self._kept:
            coded = self.coded(by)
            self._kept[name] = np.where(coded.codes < 0, len(coded.levels), coded.codes).astype(np.int64)
        return self._kept[name], len(self.coded(by).levels) + 1

    def _tables(self, key: str, by: str) -> list[np.ndarray]:
        column = self.layout.by_key.get(key)
        groups, across = self._groups(by)
        if column is not None and column.kind == "mask":
            asked = self.array(column.stored[0]) != NONE
            whole = np.bincount(groups[asked], minlength=across)
            return [np.vstack([whole - one, one]) for one in self._choices(column, groups, across)]
        single = self.coded(key)
        base, high = single.codes >= 0, len(single.levels)
        cells = single.codes[base].astype(np.int64) * across + groups[base]
        return [np.bincount(cells, minlength=high * across).reshape(high, across)]

    def _choices(self, column: Column, groups: Codes, across: int) -> list[np.ndarray]:
        """Return for each option how many chose it in each group."""
        options = range(len(column.levels))
        if across << len(options) > _PATTERNS_MOST:
            chosen = self.chosen(column.key).chosen
            return [np.bincount(groups[chosen[:, at]], minlength=across) for at in options]
        # What is chosen together is counted in one go, and each option from that.
        bits = self.array(column.stored[0])
        gave = bits >= 0
        patterns = np.bincount(bits[gave] * across + groups[gave], minlength=across << len(options))
        table = patterns.reshape(-1, across)
        which = np.arange(len(table))
        return [table[which >> at & 1 == 1].sum(axis=0) for at in options]

    def guards(self, key: str, by: str) -> list[Guard]:
        """Return what is hidden in `tables`, worked out once for all groups."""
        if (name := f"{key}|guards|{by}") not in self._kept:
            self._kept[name] = [_guard(table, grouped=bool(by)) for table in self.tables(key, by)]
        found: list[Guard] = self._kept[name]
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
        column = self.layout.by_key.get(key)
        one = self.chosen(key) if column is not None and column.kind == "mask" else self.coded(key)
        places = [_place(one.levels, key, value) for value in values]
        if isinstance(one, Chosen):
            return np.asarray(one.chosen[:, places].any(axis=1))
        return np.isin(one.codes, places)


def _place(levels: Sequence[Level], key: str, value: str) -> int:
    for place, level in enumerate(levels):
        if str(level.value) == value:
            return place
    raise Refused("survey_results_no_value", question=key, value=value)


def _with_reasons(codes: Codes, levels: tuple[Level, ...]) -> Coded:
    """Put the reasons that occur behind the levels; NONE stays."""
    found: Any = codes.astype(np.int16 if len(levels) < 30_000 else np.int64)
    more, reasons = list(levels), set()
    if len(found) and found.min() < NONE:
        found = found.copy()
        for reason, code in REASONS.items():
            here = found == code
            if here.any():
                found[here] = len(more)
                reasons.add(len(more))
                more.append(Level(reason, {}))
    return Coded(found, tuple(more), frozenset(reasons))


def _bins(numbers: Floats) -> tuple[Codes, tuple[Level, ...]]:
    """Sort numbers into bins of a round width between the 1st and 99th hundredth; the outer ones are open.

    A level's value is its lower end and the next one's, as "10-20"; nothing says the least and the greatest number.
    """
    known = ~np.isnan(numbers)
    codes = np.full(len(numbers), NONE, dtype=np.int64)
    if not known.any():
        return codes, ()
    low, high = np.quantile(numbers[known], (0.01, 0.99))
    width = _round_width((high - low) / _BINS) if high > low else 1.0
    edges = np.arange(np.floor(low / width), np.floor(high / width) + 2) * width
    codes[known] = np.clip(np.searchsorted(edges, numbers[known], side="right") - 1, 0, len(edges) - 2)
    names = [f"{edge:g}–{edge + width:g}" for edge in edges[:-1]]
    return codes, tuple(Level(name, {}) for name in names)


def _round_width(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9)))


# --- one question ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One answer: people, weight, share of the base (0 to 1, with its interval). Hidden: no numbers at all."""

    level: Level
    is_reason: bool
    count: int | None
    weighted: float | None
    share: float | None
    low: float | None
    high: float | None

    @property
    def hidden(self) -> bool:
        """Whether the count is not shown."""
        return self.count is None


@dataclass(frozen=True)
class Summary:
    """Numbers: mean, median and the quarters around it. None where too few people answered to say so in public."""

    mean: float | None
    lower: float | None
    median: float | None
    upper: float | None


@dataclass(frozen=True)
class Topline:
    """One question for itself.

    `n`: people in the base; `left`: those who were not asked or skipped it; `effective_n`: the size of a simple sample
    as precise. `several`: shares add up to more than a hundred. `withheld`: too few people, nothing is shown.
    """

    column: Column
    n: int
    left: int
    effective_n: float
    lines: tuple[Line, ...] = ()
    several: bool = False
    summary: Summary | None = None
    withheld: bool = False


def topline(
    answers: Answers,
    column: Column,
    *,
    inside: Flags | None = None,
    weights: Floats | None = None,
    public: bool = False,
    group: tuple[str, str] | None = None,
) -> Topline:
    """Return how a question was answered by those `inside`, or by the group (fact or question, value).

    Public tables take no `inside`: of one group a table is protected together with those of all others, so that no
    difference of two tables tells what a table hides. Raises Refused as `Answers` does, and ValueError for the mix.
    """
    if public and (inside is not None or weights is not None):
        raise ValueError("a public table is of all or of one group, and of people")
    if column.kind == "text":
        return _texts(answers, column, _inside(answers, inside, group), public)
    several = column.kind == "mask"
    hidden: Flags | None
    if public:
        n, total, counts = _counted(answers, column, group)
        size, whole, weighted = float(n), float(n), counts.astype(float)
        # Who is routed past a question answered another one in some way: a few of them would be told.
        few = n < LEAST or (column.routed and 0 < total - n < LEAST)
        hidden = None if few else _hidden(answers, column, group)
        if hidden is None:
            return Topline(column, n, total - n, size, several=several, withheld=True)
        summary = _summary(answers, column, None, public=True, inside=None, group=group)
    else:
        found = answers.chosen(column.key) if several else answers.coded(column.key)
        inside = _inside(answers, inside, group)
        asked = found.asked if isinstance(found, Chosen) else found.codes != NONE
        base = asked if inside is None else asked & inside
        n, total = int(base.sum()), answers.n if inside is None else int(inside.sum())
        kept = None if weights is None else np.where(base, weights, 0.0)
        counts, weighted = _counts(found, base, kept)
        size = float(n) if kept is None else effective_size(kept)
        whole = float(n) if kept is None else float(kept.sum())
        hidden = np.zeros(len(counts), dtype=bool)
        summary = _summary(answers, column, kept, public=False, inside=inside)
    shares = np.divide(weighted, whole, out=np.full(len(counts), np.nan), where=whole > 0)
    low, high = wilson(shares, size)
    levels: Sequence[Level]
    reasons: frozenset[int]
    if several:
        levels, reasons = column.levels, frozenset()
    else:
        coded = answers.coded(column.key)
        levels, reasons = coded.levels, coded.reasons
    lines = tuple(
        Line(level, at in reasons, None, None, None, None, None)
        if hidden[at]
        else Line(
            level,
            at in reasons,
            int(counts[at]),
            float(weighted[at]),
            *(_known(one[at]) for one in (shares, low, high)),
        )
        for at, level in enumerate(levels)
    )
    return Topline(column, n, total - n, size, lines, several, summary)


def _inside(answers: Answers, inside: Flags | None, group: tuple[str, str] | None) -> Flags | None:
    if group is None:
        return inside
    own = answers.inside(*group)
    return own if inside is None else inside & own


def _counted(answers: Answers, column: Column, group: tuple[str, str] | None) -> tuple[int, int, np.ndarray]:
    """Return how many people are in the base and in the group (or at all), and how many gave each answer."""
    by, place = (group[0], _place(answers.coded(group[0]).levels, *group)) if group else ("", 0)
    own = [table[:, place] for table in answers.tables(column.key, by)]
    counts = own[0] if column.kind != "mask" else np.array([one[1] for one in own], dtype=np.int64)
    # Each table has the whole base: with several answers, who chose an option and who did not.
    return (int(own[0].sum()) if own else 0), int(answers.sizes(by)[place]), counts


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _counts(found: Coded | Chosen, base: Flags, weights: Floats | None) -> tuple[np.ndarray, Floats]:
    if isinstance(found, Chosen):
        chosen = found.chosen[base]
        counts: np.ndarray = chosen.sum(axis=0)
        return counts, counts.astype(float) if weights is None else weights[base] @ chosen
    codes = found.codes[base]
    counts = np.bincount(codes, minlength=len(found.levels)).astype(np.int64)
    if weights is None:
        return counts, counts.astype(float)
    return counts, np.bincount(codes, weights[base], minlength=len(found.levels)).astype(float)


def _texts(answers: Answers, column: Column, inside: Flags | None, public: bool) -> Topline:
    wrote = ~np.asarray(answers.stored(column.key).is_null())
    base = wrote if inside is None else wrote & inside
    total = answers.n if inside is None else int(inside.sum())
    n = int(base.sum())
    few = 0 < n < LEAST or (column.routed and 0 < total - n < LEAST)
    return Topline(column, n, total - n, float(n), withheld=public and few)


def numbers_of(answers: Answers, column: Column) -> Floats | None:
    """Return the answers to a question as numbers, NaN where there is none; None for a question without numbers."""
    if column.kind == "number":
        found: Floats = answers.array(column.key)
        return found
    if not column.numeric:
        return None
    values = np.array([float(level.value) for level in column.levels] or [np.nan])
    codes = answers.array(column.key)
    return np.where(codes >= 0, values[np.maximum(codes, 0)], np.nan)


def _summary(
    answers: Answers,
    column: Column,
    weights: Floats | None,
    *,
    public: bool,
    inside: Flags | None,
    group: tuple[str, str] | None = None,
) -> Summary | None:
    numbers = numbers_of(answers, column)
    if numbers is None:
        return None
    everybody = ~np.isnan(numbers)
    known = everybody if (inside := _inside(answers, inside, group)) is None else everybody & inside
    n = int(known.sum())
    others = int(everybody.sum()) - n
    if n == 0 or (public and (n < SHARE_LEAST or 0 < others < SHARE_LEAST)):
        return Summary(None, None, None, None)
    said = numbers[known]
    if weights is None:
        lower, median, upper = (float(one) for one in np.quantile(said, (0.25, 0.5, 0.75)))
        return Summary(float(said.mean()), lower, median, upper)
    given = weights[known]
    if not given.sum() > 0:
        return Summary(None, None, None, None)
    order = np.argsort(said, kind="stable")
    running = np.cumsum(given[order]) / given.sum()
    # The smallest value whose running weight reaches the share, as everywhere in surveys.statistics.
    lower, median, upper = (float(said[order][np.searchsorted(running, share)]) for share in (0.25, 0.5, 0.75))
    return Summary(float(said @ given / given.sum()), lower, median, upper)


# --- what is hidden -------------------------------------------------------------------------------------------------


def _hidden(answers: Answers, column: Column, group: tuple[str, str] | None) -> Flags | None:
    """Return which counts of a public table are hidden; None for a table that is withheld as a whole."""
    place = _place(answers.coded(group[0]).levels, *group) if group else None
    hidden = [guard.hidden(place) for guard in answers.guards(column.key, group[0] if group else "")]
    if column.kind != "mask":
        return hidden[0]
    # An option with who did not choose it is a table of its own.
    return np.array([one is None or bool(one.any()) for one in hidden])


@dataclass(frozen=True)
class Guard:
    """What is hidden of one table of answers (rows) and groups (columns), for all groups together.

    `rows`, `columns`: what is hidden of the answers of all people, and of the sizes of the groups; the size of the base
    is known. `places`: where the other columns stand in what `hiding` is of.
    """

    rows: Flags | None
    columns: Flags | None = None
    hiding: Hidden | None = None
    places: Mapping[int, int] = field(default_factory=dict)

    def hidden(self, group: int | None) -> Flags | None:
        """Return by answer whether its count is hidden, of all people or in one group; None: nothing is shown."""
        if self.rows is None or group is None:
            return self.rows
        if self.columns is None or self.columns[group] or self.hiding is None:
            return None
        if self.hiding.whole or self.hiding.rows.any() or self.hiding.columns.any():
            return None
        found = self.rows.copy()
        found[~self.rows] = self.hiding.cells[: int((~self.rows).sum()), self.places[group]]
        return found


def _guard(table: np.ndarray, *, grouped: bool) -> Guard:
    rows = _line(table.sum(axis=1))
    if rows is None or not grouped:
        return Guard(rows)
    columns = _line(table.sum(axis=0))
    if columns is None or columns.all():
        return Guard(rows, columns)
    # What is hidden in the table of all is one row here, and the groups that are hidden one column: sums of a row or
    # column tell no more than the tables that everybody sees.
    small, places = _merged(table, rows, columns)
    return Guard(rows, columns, hide_small(small), places)


def _merged(table: np.ndarray, rows: Flags, columns: Flags) -> tuple[np.ndarray, Mapping[int, int]]:
    """Return the table with hidden rows as one last row and hidden columns as one last column; new place by column."""
    parts = [table[~rows], table[rows].sum(axis=0, keepdims=True)] if rows.any() else [table]
    merged = np.vstack(parts)
    kept = np.flatnonzero(~columns)
    if columns.any():
        merged = np.column_stack([merged[:, kept], merged[:, columns].sum(axis=1)])
    return merged, {int(column): place for place, column in enumerate(kept)}


def _line(counts: np.ndarray) -> Flags | None:
    masked = mask_counts({str(at): int(count) for at, count in enumerate(counts)})
    if masked is None:
        return None
    return np.array([isinstance(masked[str(at)], str) for at in range(len(counts))], dtype=bool)


# --- two questions --------------------------------------------------------------------------------------------------


def crosstab(
    answers: Answers,
    rows: str,
    columns: str,
    *,
    inside: Flags | None = None,
    weights: Floats | None = None,
    base: str = "answered",
) -> statistics.Crosstab:
    """Return two questions against each other; the names of levels are their values.

    Raises Refused as `Answers` and `surveys.statistics.crosstab` do.
    """
    column = answers.layout.by_key.get(rows)
    across = answers.coded(columns)
    if column is not None and column.kind == "mask":
        down = answers.chosen(rows)
        first: statistics.Question | statistics.Choices = statistics.Choices(
            _only(down.chosen, inside), [str(level.value) for level in down.levels], _only(down.asked, inside)
        )
    else:
        single = answers.coded(rows)
        first = statistics.Question(
            _only(single.codes, inside).astype(np.int64), [str(level.value) for level in single.levels]
        )
    second = statistics.Question(
        _only(across.codes, inside).astype(np.int64), [str(level.value) for level in across.levels]
    )
    return statistics.crosstab(first, second, weights=None if weights is None else _only(weights, inside), base=base)


def _only(values: np.ndarray, inside: Flags | None) -> np.ndarray:
    return values if inside is None else values[inside]


def count_words(answers: Answers, key: str, words: str, *, inside: Flags | None = None) -> tuple[int, int]:
    """Return how many texts of a question hold the words, and how many there are; letters' case makes no difference.

    Raises Refused("survey_results_no_question") for a question without texts.
    """
    column = answers.layout.by_key.get(key)
    if column is None or column.kind != "text":
        raise Refused("survey_results_no_question", question=key)
    stored = answers.stored(key)
    wrote = ~np.asarray(stored.is_null())
    found = np.asarray(pc.fill_null(pc.match_substring(stored, words, ignore_case=True), False))
    if inside is not None:
        wrote, found = wrote & inside, found & inside
    return int(found.sum()), int(wrote.sum())
