"""Means, totals, ratios, shares, quantiles and tests of independence from a sample that was not drawn simply.

Point estimates weight, standard errors linearise (Taylor): the error of an estimate is that of the total of its
influence values (Wolter 2007, ch. 6; Lumley 2010). Figures equal those of R's package survey 4.1; docs/statistics.md
says where and where not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from engage.errors import Refused
from surveys.statistics.design import Codes, Design, Floats, clusters_less_strata, covariance

# A share of the whole that cannot be told from none.
EMPTY = 1e-12


@dataclass(frozen=True)
class Figure:
    """One estimate; a part that is not defined is None: the design effect of a quantile, the bounds of a share of 0."""

    value: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    deff: float | None = None


@dataclass(frozen=True)
class Independence:
    """A test that two variables are independent: F with both degrees of freedom, and p."""

    statistic: float
    df: float
    df_denominator: float
    p: float


def totals(design: Design, values: Floats, *, level: float = 0.95, df: float = math.inf) -> list[Figure]:
    """Return the total of each column of `values` (rows x p) with Wald bounds; rows with a missing value are out."""
    design, values = _complete(design, values)
    weights = design.weights
    found = weights @ values
    variance = np.diag(covariance(design, values * weights[:, None]))
    size, drawn = weights.sum(), int((weights != 0).sum())
    simple = _spread(weights, values) * size * (size - drawn) / drawn
    return _wald(found, variance, simple if size >= drawn else None, level, df)


def means(design: Design, values: Floats, *, level: float = 0.95, df: float = math.inf) -> list[Figure]:
    """Return the mean of each column of `values` (rows x p) with Wald bounds; rows with a missing value are out."""
    found, variance, simple = _means(design, values)
    return _wald(found, np.diag(variance), simple, level, df)


def _means(design: Design, values: Floats) -> tuple[Floats, Floats, Floats | None]:
    """Return means, their covariance, and the variances simple random sampling of as many rows would have had."""
    design, values = _complete(design, values)
    weights = design.weights
    size, drawn = weights.sum(), int((weights != 0).sum())
    found = weights @ values / size
    variance = covariance(design, (values - found) * (weights / size)[:, None])
    simple = _spread(weights, values) * (size - drawn) / (size * drawn) if size >= drawn else None
    return found, variance, simple


def ratio(
    design: Design, numerator: Floats, denominator: Floats, *, level: float = 0.95, df: float = math.inf
) -> Figure:
    """Return the ratio of two totals. Raises Refused("survey_ratio_of_nothing") where the denominator adds up to 0."""
    design, both = _complete(design, np.column_stack([numerator, denominator]))
    weights = design.weights
    above, below = weights @ both
    if below == 0:
        raise Refused("survey_ratio_of_nothing")
    found = above / below
    scores = ((both[:, 0] - found * both[:, 1]) / below)[:, None]
    variance = covariance(design, scores * weights[:, None])[0]
    size, drawn = weights.sum(), int((weights != 0).sum())
    simple = _spread(weights, scores) * size * (size - drawn) / drawn
    return _wald(np.array([found]), variance, simple if size >= drawn else None, level, df)[0]


def proportions(design: Design, values: Floats, *, level: float = 0.95) -> list[Figure]:
    """Return the mean of each column of 0 and 1, with bounds on the logit scale (Korn & Graubard 1999, ch. 3).

    The bounds use t with the design's degrees of freedom. A share of 0 or 1 has none.
    """
    found, variance, simple = _means(design, values)
    factor = critical(level, design.degrees_of_freedom)
    return [
        Figure(one.value, one.se, *logit_bounds(float(share), one.se or 0.0, factor), one.deff)
        for share, one in zip(found, _wald(found, np.diag(variance), simple, level, math.inf), strict=True)
    ]


def logit_bounds(share: float, se: float, factor: float) -> tuple[float | None, float | None]:
    """Return the bounds of a share by its standard error on the logit scale; None for a share of 0 or 1."""
    if not 0 < share < 1 or not math.isfinite(factor):
        return None, None
    middle = math.log(share / (1 - share))
    reach = factor * se / (share * (1 - share))
    return float(1 / (1 + math.exp(reach - middle))), float(1 / (1 + math.exp(-reach - middle)))


def quantile(design: Design, values: Floats, share: float, *, level: float = 0.95) -> Figure:
    """Return the smallest value that at least `share` of the population does not exceed (R's qrule "math").

    Bounds are Woodruff's (1952): those of the share of the population at or under the estimate, with t of the
    design's degrees of freedom, read off the distribution again. None where a bound falls outside 0..1. The standard
    error is the width of the interval over twice the critical value.
    """
    design, column = _complete(design, np.asarray(values, dtype=float)[:, None])
    inside = design.weights > 0
    order = np.argsort(column[inside, 0], kind="stable")
    sorted_values, sorted_weights = column[inside, 0][order], design.weights[inside][order]
    found = _at_share(sorted_values, sorted_weights, share)
    under, variance, _simple = _means(design, (column <= found).astype(float))
    factor = critical(level, design.degrees_of_freedom)
    reach = factor * math.sqrt(max(float(variance[0, 0]), 0.0))
    low, high = float(under[0]) - reach, float(under[0]) + reach
    lower = _at_share(sorted_values, sorted_weights, low) if low >= 0 else None
    upper = _at_share(sorted_values, sorted_weights, high) if high <= 1 else None
    se = None if lower is None or upper is None else (upper - lower) / (2 * factor)
    return Figure(found, se, lower, upper)


def _at_share(values: Floats, weights: Floats, share: float) -> float:
    """Return the first of the sorted values whose running weight reaches the share of all weight.

    Two traits of R 4.1 are kept, so that figures equal: the sums are rounded from long doubles and compared as they
    are, without tolerance; and a share under the weight of the first value gives the second.
    """
    running = np.cumsum(weights, dtype=np.longdouble).astype(float)
    whole = float(running[-1])
    place = max(int(np.searchsorted(running, share * whole, side="right")) - 1, 0)
    if share - float(running[place]) / whole == 0:
        return float(values[place])
    return float(values[min(place + 1, len(values) - 1)])


def independence(design: Design, rows: Codes, columns: Codes) -> Independence:
    """Test two variables (codes from 0, -1 missing) by Pearson's statistic with Rao-Scott correction of second order.

    F and its degrees of freedom after Rao & Scott (1984) and Thomas & Rao (1987), as R's svychisq gives by default.
    Raises Refused: survey_test_one_level, survey_test_sparse (the correction cannot be computed).
    """
    # Counted before rows with a missing answer go, and over all rows where the weights were fitted, as R does.
    everyone = np.ones(len(rows), dtype=bool) if design.calibration else design.weights != 0
    freedom = clusters_less_strata(design.stages[0], everyone)
    inside = (design.weights != 0) & (rows >= 0) & (columns >= 0)
    kept_rows, kept_columns = (np.unique(codes[inside]) for codes in (rows, columns))
    high, wide = len(kept_rows), len(kept_columns)
    if high < 2 or wide < 2:
        raise Refused("survey_test_one_level")
    cells = np.full(len(rows), -1)
    cells[inside] = np.searchsorted(kept_rows, rows[inside]) * wide + np.searchsorted(kept_columns, columns[inside])
    values = (cells[:, None] == np.arange(high * wide)).astype(float)
    found, variance, _simple = _means(design.domain(inside), values)
    return rao_scott(found.reshape(high, wide), variance, freedom)


def rao_scott(shares: Floats, variance: Floats, freedom: int) -> Independence:
    """Return the test from the cell shares (rows x columns, sum 1), their covariance and the design's freedom.

    Raises Refused("survey_test_sparse") where too many cells are empty, or no freedom is left.
    """
    high, wide = shares.shape
    cells = shares.ravel()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    if (expected < EMPTY).any():
        raise Refused("survey_test_sparse")
    pearson = float(((shares - expected) ** 2 / expected).sum())
    # Interactions: contrasts of rows times contrasts of columns. Any basis gives the same trace.
    contrasts = np.kron(_contrasts(high), _contrasts(wide))
    weighted = np.divide(contrasts, cells[:, None], out=np.zeros_like(contrasts), where=cells[:, None] > EMPTY)
    try:
        effects = np.linalg.solve(contrasts.T @ weighted, weighted.T @ variance @ weighted)
    except np.linalg.LinAlgError:
        raise Refused("survey_test_sparse") from None
    trace, squares = float(np.trace(effects)), float(np.trace(effects @ effects))
    if freedom < 1 or not trace > 0 or not squares > 0:
        raise Refused("survey_test_sparse")
    first = trace**2 / squares
    statistic = pearson / trace
    return Independence(statistic, first, first * freedom, float(stats.f.sf(statistic, first, first * freedom)))


def _contrasts(levels: int) -> Floats:
    return np.vstack([np.eye(levels - 1), -np.ones(levels - 1)])


def indicators(codes: Codes, levels: int) -> Floats:
    """Return rows x levels: 1 where the row has the level; a row whose code is -1 is missing in every column."""
    found = (codes[:, None] == np.arange(levels)).astype(float)
    found[codes < 0] = np.nan
    return found


def _complete(design: Design, values: Floats) -> tuple[Design, Floats]:
    """Take rows with a missing value out of the domain; Refused("survey_domain_empty") when no row is left."""
    missing = np.asarray(np.isnan(values).any(axis=1))
    if missing.any():
        design = design.domain(~missing)
        values = np.where(missing[:, None], 0.0, values)
    if not design.weights.any():
        raise Refused("survey_domain_empty")
    return design, values


def _spread(weights: Floats, values: Floats) -> Floats:
    """Return the estimated variance of each column in the population, with n/(n-1) of the rows that count."""
    size, drawn = weights.sum(), int((weights != 0).sum())
    centred = values - weights @ values / size
    return (weights @ centred**2) / size * drawn / (drawn - 1) if drawn > 1 else np.full(values.shape[1], np.nan)


def critical(level: float, df: float) -> float:
    """Return the value of t that a share `level` of its distribution stays within; NaN without degrees of freedom."""
    return float(stats.t.ppf((1 + level) / 2, df)) if df > 0 else math.nan


def _wald(values: Floats, variances: Floats, simple: Floats | None, level: float, df: float) -> list[Figure]:
    factor = critical(level, df)
    found = []
    for number, value in enumerate(values):
        variance = max(float(variances[number]), 0.0)
        se, reach = math.sqrt(variance), factor * math.sqrt(variance)
        known = simple is not None and math.isfinite(simple[number]) and simple[number] > 0
        deff = variance / float(simple[number]) if simple is not None and known else None
        low, high = (float(value) - reach, float(value) + reach) if math.isfinite(factor) else (None, None)
        found.append(Figure(float(value), se, low, high, deff))
    return found
