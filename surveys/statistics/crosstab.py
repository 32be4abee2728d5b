"""Two questions against each other: counts, weighted shares of each column with intervals, and a test.

Counting is by number, not by row: a million answers take some hundredths of a second. docs/statistics.md has the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from engage.errors import Refused
from surveys.statistics.design import Codes, Design, Flags, Floats, cell_covariance, clusters_less_strata
from surveys.statistics.estimates import critical, logit_bounds, rao_scott
from surveys.statistics.intervals import effective_size, wilson

BASES = ("answered", "all")
# The level of people who were not asked, where the base is all.
NOT_ASKED = "NA"


@dataclass(frozen=True)
class Question:
    """One question with one answer a person: a code a row (-1: not asked, or no answer kept) and its levels."""

    codes: Codes
    levels: Sequence[str]


@dataclass(frozen=True)
class Choices:
    """One question with several answers a person: rows x options, and who was asked."""

    chosen: Flags
    options: Sequence[str]
    asked: Flags


@dataclass(frozen=True)
class Cell:
    """One cell; percentages from 0 to 100, None where the column is empty."""

    row: str
    col: str
    count: int
    weighted: float
    col_percent: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Independent:
    """A test that rows and columns are independent; `refused` says why there is none."""

    name: str
    statistic: float | None = None
    df: float | None = None
    df_denominator: float | None = None
    p: float | None = None
    refused: str = ""


@dataclass(frozen=True)
class Crosstab:
    """The table with its base: people, their weight, and the size of a simple sample as precise (Kish)."""

    n: int
    weighted_n: float
    effective_n: float
    table: Sequence[Cell]
    test: Independent
    column_sizes: Sequence[float] = field(default=())


@dataclass(frozen=True)
class _Counted:
    """Rows x columns: people, weights, weights squared; and the same of each column's base."""

    people: Floats
    weighted: Floats
    squared: Floats
    base: Floats
    base_weighted: Floats
    base_squared: Floats


def crosstab(
    rows: Question | Choices,
    columns: Question,
    *,
    weights: Floats | None = None,
    design: Design | None = None,
    base: str = "answered",
    level: float = 0.95,
) -> Crosstab:
    """Return the cross-tab of two questions; weights are 0 or more, or those of a design.

    Base "answered": people who were asked both questions; "all": everyone, those not asked as a level of their own.
    Intervals: Wilson on the column's effective size, or on the logit scale with the design's errors where there is one.
    Test: Pearson's chi-square without weights, else Rao-Scott F; none for options that can be chosen together.

    Raises Refused: survey_weights_negative, survey_domain_empty (no weight in the base).
    """
    if base == "all":
        rows, columns = _with_not_asked(rows), _asked_or_not(columns)
    given = design.weights if design else weights
    if given is not None and (given < 0).any():
        raise Refused("survey_weights_negative")
    asked = (rows.asked if isinstance(rows, Choices) else rows.codes >= 0) & (columns.codes >= 0)
    if given is not None:
        asked &= given > 0
    if not asked.any():
        raise Refused("survey_domain_empty")
    counted = _count(rows, columns, asked, given)
    kept = np.ones(int(asked.sum())) if given is None else given[asked]
    errors = _cell_errors(rows, columns, asked, design) if design and isinstance(rows, Question) else None
    return Crosstab(
        n=int(asked.sum()),
        weighted_n=float(kept.sum()),
        effective_n=effective_size(kept),
        table=_cells(rows, columns, counted, errors, design, level),
        test=_test(rows, counted, errors, given, design),
        column_sizes=[float(one) for one in _effective(counted)],
    )


def _with_not_asked(rows: Question | Choices) -> Question | Choices:
    if isinstance(rows, Question):
        return _asked_or_not(rows)
    if rows.asked.all():
        return rows
    chosen = np.column_stack([rows.chosen, ~rows.asked])
    return Choices(chosen, [*rows.options, NOT_ASKED], np.ones(len(chosen), dtype=bool))


def _asked_or_not(question: Question) -> Question:
    if (question.codes >= 0).all():
        return question
    codes = np.where(question.codes < 0, len(question.levels), question.codes)
    return Question(codes, [*question.levels, NOT_ASKED])


def _labels(rows: Question | Choices) -> Sequence[str]:
    return rows.options if isinstance(rows, Choices) else rows.levels


def _count(rows: Question | Choices, columns: Question, asked: Flags, weights: Floats | None) -> _Counted:
    wide = len(columns.levels)
    at = columns.codes[asked]
    kept = None if weights is None else weights[asked]
    powers = (None, kept, None if kept is None else kept**2)
    if isinstance(rows, Question):
        cells = rows.codes[asked] * wide + at
        size = (len(rows.levels), wide)
        inner = [np.bincount(cells, power, minlength=size[0] * wide).reshape(size).astype(float) for power in powers]
        base = [one.sum(axis=0) for one in inner]
    else:
        chosen = rows.chosen[asked]
        inner = [
            np.array([np.bincount(at[option], None if power is None else power[option], wide) for option in chosen.T])
            for power in powers
        ]
        base = [np.bincount(at, power, wide) for power in powers]
    people, weighted, squared = (one.astype(float) for one in inner)
    return _Counted(people, weighted, squared, *(one.astype(float) for one in base))


def _effective(counted: _Counted) -> Floats:
    squares = counted.base_squared
    return np.divide(counted.base_weighted**2, squares, out=np.zeros_like(squares), where=squares > 0)


def _cells(
    rows: Question | Choices,
    columns: Question,
    counted: _Counted,
    errors: Floats | None,
    design: Design | None,
    level: float,
) -> list[Cell]:
    base = counted.base_weighted
    shares = np.divide(counted.weighted, base, out=np.full_like(counted.weighted, np.nan), where=base > 0)
    if design and errors is not None:
        low, high = _design_bounds(counted, shares, errors, critical(level, design.degrees_of_freedom))
    else:
        low, high = wilson(shares, _effective(counted), level=level)
    return [
        Cell(
            row,
            column,
            int(counted.people[i, j]),
            float(counted.weighted[i, j]),
            *(_percent(one[i, j]) for one in (shares, low, high)),
        )
        for i, row in enumerate(_labels(rows))
        for j, column in enumerate(columns.levels)
    ]


def _percent(share: float) -> float | None:
    return None if np.isnan(share) else float(100 * share)


def _design_bounds(counted: _Counted, shares: Floats, errors: Floats, factor: float) -> tuple[Floats, Floats]:
    """Return the bounds of column shares from the covariance of the cell totals, on the logit scale."""
    high, wide = shares.shape
    low, top = np.full_like(shares, np.nan), np.full_like(shares, np.nan)
    for j in range(wide):
        own = np.arange(high) * wide + j
        block = errors[np.ix_(own, own)] / counted.base_weighted[j] ** 2 if counted.base_weighted[j] else None
        for i in range(high if block is not None else 0):
            influence = (np.arange(high) == i) - shares[i, j]
            se = float(np.sqrt(max(influence @ block @ influence, 0)))
            bounds = logit_bounds(float(shares[i, j]), se, factor)
            low[i, j], top[i, j] = (np.nan if one is None else one for one in bounds)
    return low, top


def _cell_errors(rows: Question, columns: Question, asked: Flags, design: Design) -> Floats:
    """Return the covariance of the weighted cell totals, row by row."""
    cells = np.where(asked, rows.codes * len(columns.levels) + columns.codes, -1)
    return cell_covariance(design, cells, len(rows.levels) * len(columns.levels))


def _test(
    rows: Question | Choices, counted: _Counted, errors: Floats | None, weights: Floats | None, design: Design | None
) -> Independent:
    name = "chi_square" if weights is None else "rao_scott"
    if isinstance(rows, Choices):
        return Independent(name, refused="survey_test_options_overlap")
    some_rows, some_columns = counted.people.any(axis=1), counted.people.any(axis=0)
    if some_rows.sum() < 2 or some_columns.sum() < 2:
        return Independent(name, refused="survey_test_one_level")
    kept = np.ix_(some_rows, some_columns)
    if weights is None:
        found = stats.chi2_contingency(counted.people[kept], correction=False)
        return Independent(name, float(found.statistic), float(found.dof), None, float(found.pvalue))
    whole = counted.weighted.sum()
    shares = counted.weighted[kept] / whole
    if design and errors is not None:
        used = np.flatnonzero(np.outer(some_rows, some_columns).ravel())
        inner = errors[np.ix_(used, used)] / whole**2
        centred = np.eye(len(used)) - np.outer(shares.ravel(), np.ones(len(used)))
        variance = centred @ inner @ centred.T
        everyone = np.ones(len(weights), dtype=bool) if design.calibration else weights != 0
        freedom = clusters_less_strata(design.stages[0], everyone)
    else:
        drawn = int((weights != 0).sum())
        variance = _simple_variance(shares.ravel(), counted.squared[kept].ravel() / whole**2, drawn)
        freedom = drawn - 1
    try:
        tested = rao_scott(shares, variance, freedom)
    except Refused as refusal:
        return Independent(name, refused=refusal.code)
    return Independent(name, tested.statistic, tested.df, tested.df_denominator, tested.p)


def _simple_variance(shares: Floats, squares: Floats, drawn: int) -> Floats:
    """Return the covariance of cell shares where every row is drawn for itself.

    `squares` is the sum of squared weights of each cell over the square of all weight; the sum over rows of
    w^2 (e - p)(e - p)' needs no more.
    """
    crossed = np.outer(squares, shares)
    inner = np.diag(squares) - crossed - crossed.T + squares.sum() * np.outer(shares, shares)
    return inner * drawn / (drawn - 1) if drawn > 1 else inner
