"""Tables made from columns: every question for itself, and two against each other; no Django.

Base, as in docs/statistics.md: whoever was asked and gave no answer ("refused") stays in, who was not asked or skipped
is out. `public` tables hide small counts and what would give them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
import pyarrow.compute as pc

from engage.errors import Refused
from engage.figures.rules import LEAST, SHARE_LEAST
from surveys.results.answers import Answers, Chosen, Coded, place_of, quantiles
from surveys.results.layout import NONE, Column, Level
from surveys.statistics import crosstab as statistics
from surveys.statistics.design import Flags, Floats
from surveys.statistics.intervals import effective_size, wilson

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


_NO_SUMMARY = Summary(None, None, None, None)


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
        base = _counted(answers, column, group)
        # Who is routed past a question answered another one in some way: a few of them would be told.
        few = base.n < LEAST or (column.routed and 0 < base.total - base.n < LEAST)
        hidden = None if few else _hidden(answers, column, group)
        if hidden is None:
            return Topline(column, base.n, base.total - base.n, base.size, several=several, withheld=True)
        summary = _summary(answers, column, None, public=True, inside=None, group=group)
    else:
        inside = _inside(answers, inside, group)
        if inside is None:
            base = _counted(answers, column, None) if weights is None else _weighed(answers, column, weights)
        else:
            base = _picked(answers, column, inside, weights)
        hidden = np.zeros(len(base.counts), dtype=bool)
        if column.numeric and inside is None and weights is not None:
            # A scale has few numbers: what each of them weighs is known.
            scale = np.array([float(level.value) for level in column.levels])
            summary = _summary_weighed(scale, base.weighted[: len(scale)]) if base.n else _NO_SUMMARY
        else:
            summary = _summary(answers, column, weights, public=False, inside=inside)
    n, total, counts, weighted, whole, size = astuple(base)
    shares = np.divide(weighted, whole, out=np.full(len(counts), np.nan), where=whole > 0)
    low, high = wilson(shares, size)
    levels: Sequence[Level]
    reasons: frozenset[int]
    if several:
        levels, reasons = column.levels, frozenset()
    else:
        known = answers.levels(column.key)
        levels, reasons = known.levels, known.reasons
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


@dataclass(frozen=True)
class _Base:
    """People in the base, people in all; by answer people and weight; weight of the base, and its effective size."""

    n: int
    total: int
    counts: np.ndarray
    weighted: Floats
    whole: float
    size: float


def _column_of(answers: Answers, group: tuple[str, str] | None) -> tuple[str, int]:
    """Return by what tables are grouped for a group, and which of their columns it is; for all people the one."""
    return (group[0], place_of(answers.levels(group[0]).levels, *group)) if group else ("", 0)


def _counted(answers: Answers, column: Column, group: tuple[str, str] | None) -> _Base:
    """Count all people, or those of a group."""
    by, place = _column_of(answers, group)
    own = [table[:, place] for table in answers.tables(column.key, by)]
    counts = own[0] if column.kind != "mask" else np.array([one[1] for one in own], dtype=np.int64)
    # Each table has the whole base: with several answers, who chose an option and who did not.
    n = int(own[0].sum()) if own else 0
    return _Base(n, int(answers.sizes(by)[place]), counts, counts.astype(float), float(n), float(n))


def _weighed(answers: Answers, column: Column, weights: Floats) -> _Base:
    """Count and weigh all people, without a copy of those in the base."""
    plain = _counted(answers, column, None)
    if column.kind == "mask":
        whole, squares, weighted = answers.weigh_choices(column, weights)
    else:
        codes = answers.coded(column.key).codes.astype(np.int64) + 1
        sums, second = (np.bincount(codes, one, minlength=len(plain.counts) + 1)[1:] for one in (weights, weights**2))
        whole, squares, weighted = float(sums.sum()), float(second.sum()), sums.astype(np.float64)
    return replace(plain, weighted=weighted, whole=whole, size=whole**2 / squares if squares else 0.0)


def _picked(answers: Answers, column: Column, inside: Flags, weights: Floats | None) -> _Base:
    """Count, and weigh, those inside."""
    found = answers.chosen(column.key) if column.kind == "mask" else answers.coded(column.key)
    base = (found.asked if isinstance(found, Chosen) else found.codes != NONE) & inside
    kept = None if weights is None else np.where(base, weights, 0.0)
    n, (counts, weighted) = int(base.sum()), _counts(found, base, kept)
    whole, size = (float(n), float(n)) if kept is None else (float(kept.sum()), effective_size(kept))
    return _Base(n, int(inside.sum()), counts, weighted, whole, size)


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
    if inside is None:
        n, total = answers.written(column.key), answers.n
    else:
        n = int((~np.asarray(answers.stored(column.key).is_null()) & inside).sum())
        total = int(inside.sum())
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
    if weights is None and inside is None and (group is None or column.kind != "number"):
        return _summary_counted(answers, column, group, public=public)
    numbers = numbers_of(answers, column)
    if numbers is None:
        return None
    everybody = ~np.isnan(numbers)
    known = everybody if (inside := _inside(answers, inside, group)) is None else everybody & inside
    n = int(known.sum())
    others = int(everybody.sum()) - n
    if n == 0 or (public and (n < SHARE_LEAST or 0 < others < SHARE_LEAST)):
        return _NO_SUMMARY
    said = numbers[known]
    if weights is None:
        lower, median, upper = (float(one) for one in np.quantile(said, (0.25, 0.5, 0.75)))
        return Summary(float(said.mean()), lower, median, upper)
    return _summary_weighed(said, weights[known])


def _summary_weighed(said: Floats, given: Floats) -> Summary:
    """Return the figures of numbers that have weights."""
    if not given.sum() > 0:
        return _NO_SUMMARY
    numbers, weights = _in_order(said, given)
    running = np.cumsum(weights) / given.sum()
    # The smallest value whose running weight reaches the share, as everywhere in surveys.statistics.
    lower, median, upper = (float(numbers[np.searchsorted(running, share)]) for share in (0.25, 0.5, 0.75))
    return Summary(float(said @ given / given.sum()), lower, median, upper)


def _in_order(said: Floats, given: Floats) -> tuple[Floats, Floats]:
    """Return numbers in their order, each with its weight. Whole numbers that lie close are added up, not sorted."""
    least = said.min()
    if said.max() - least < len(said) and (said == np.floor(said)).all():
        weights = np.bincount((said - least).astype(np.intp), given)
        return least + np.arange(len(weights)), weights
    order = np.argsort(said, kind="stable")
    return said[order], given[order]


def _summary_counted(
    answers: Answers, column: Column, group: tuple[str, str] | None, *, public: bool
) -> Summary | None:
    """Return the figures of all people, or of a group, from how often each number was given."""
    if column.kind == "number":
        given = answers.values(column.key)
        values, n, everybody = np.array(given.values, dtype=float), given.n, given.n.sum()
    elif column.numeric:
        values = np.array([float(level.value) for level in column.levels])
        by, place = _column_of(answers, group)
        table = answers.tables(column.key, by)[0][: len(values)]
        gave = table[:, place] > 0
        values, n, everybody = values[gave], table[gave, place], table.sum()
    else:
        return None
    others = everybody - n.sum()
    if not len(n) or (public and (n.sum() < SHARE_LEAST or 0 < others < SHARE_LEAST)):
        return _NO_SUMMARY
    return Summary(float(values @ n / n.sum()), *quantiles(values, n, (0.25, 0.5, 0.75)))


# --- what is hidden -------------------------------------------------------------------------------------------------


def _hidden(answers: Answers, column: Column, group: tuple[str, str] | None) -> Flags | None:
    """Return which counts of a public table are hidden; None for a table that is withheld as a whole."""
    place = place_of(answers.levels(group[0]).levels, *group) if group else None
    hidden = [guard.hidden(place) for guard in answers.guards(column.key, group[0] if group else "")]
    if column.kind != "mask":
        return hidden[0]
    # An option with who did not choose it is a table of its own.
    return np.array([one is None or bool(one.any()) for one in hidden])


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
