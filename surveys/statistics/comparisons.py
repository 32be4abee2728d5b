"""Groups and waves against each other: letters of columns, means, medians, net promoters, scales, change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from string import ascii_uppercase

import numpy as np
from scipy import stats

from engage.errors import Refused
from surveys.statistics import estimates
from surveys.statistics.design import Codes, Design, Floats, covariance, make_design
from surveys.statistics.estimates import Figure, critical
from surveys.statistics.intervals import wilson

# Fewer people in a column are not compared.
FEW = 30


@dataclass(frozen=True)
class Test:
    """A test of a difference: its name, statistic, degrees of freedom (None where the distribution has none), p."""

    name: str
    statistic: float
    df: float | None
    df_denominator: float | None
    p: float


@dataclass(frozen=True)
class Change:
    """A difference, second less first, with its interval and the p of no change."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class NetPromoters:
    """Promoters (9, 10), passives (7, 8) and detractors (0 to 6) as shares, and the score from -100 to 100."""

    promoters: float
    passives: float
    detractors: float
    score: Figure


def letter(number: int) -> str:
    """Return the letter of a column counted from 0: A to Z, then AA, AB."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = ascii_uppercase[rest] + found
    return found


def column_letters(
    shares: Floats, sizes: Sequence[float], *, level: float = 0.95, bonferroni: bool = True, fewest: float = FEW
) -> list[list[str]]:
    """Return for each cell the letters of the columns whose share is significantly lower (rows x columns).

    z test of two independent shares with the pooled share, on the columns' (effective) sizes; `shares` is rows x
    columns, 0 to 1. With `bonferroni` p is multiplied by the number of pairs compared in the row. Columns with fewer
    than `fewest` people, and shares that are exactly 0 or 1, are not compared.
    """
    found = []
    for row in np.asarray(shares, dtype=float):
        usable = [at for at, share in enumerate(row) if sizes[at] >= fewest and 0 < share < 1]
        pairs = list(combinations(usable, 2))
        cells = [""] * len(row)
        for first, second in pairs:
            p = _two_shares(row[first], sizes[first], row[second], sizes[second]) * (len(pairs) if bonferroni else 1)
            if p < 1 - level:
                higher, lower = (first, second) if row[first] > row[second] else (second, first)
                cells[higher] += letter(lower)
        # Pairs run by their first column, so the letters of a cell come in order.
        found.append(cells)
    return found


def _two_shares(first: float, first_size: float, second: float, second_size: float) -> float:
    pooled = (first * first_size + second * second_size) / (first_size + second_size)
    error = math.sqrt(pooled * (1 - pooled) * (1 / first_size + 1 / second_size))
    return float(2 * stats.norm.sf(abs(first - second) / error))


def group_means(design: Design, values: Floats, groups: Codes, *, level: float = 0.95) -> list[Figure]:
    """Return the mean of each group (codes from 0, -1 none) with bounds by t of the group's degrees of freedom."""
    return [_mean(design.domain(groups == group), values, level) for group in range(int(groups.max()) + 1)]


def group_medians(design: Design, values: Floats, groups: Codes, *, level: float = 0.95) -> list[Figure]:
    """Return the median of each group (codes from 0, -1 none) with Woodruff's bounds."""
    count = int(groups.max()) + 1
    return [estimates.quantile(design.domain(groups == group), values, 0.5, level=level) for group in range(count)]


def _mean(design: Design, values: Floats, level: float) -> Figure:
    column = values[:, None]
    freedom = design.domain(~np.isnan(values)).degrees_of_freedom
    return estimates.means(design, column, level=level, df=freedom)[0]


def equal_means(values: Floats, groups: Codes, design: Design | None = None) -> Test:
    """Test that groups (codes from 0, -1 none) have one mean; missing values are out.

    Without a design Welch's test for unequal variances (Welch 1951; two groups: his t). With one a Wald test of the
    domain means as F (Korn & Graubard 1999, sec. 3.4), the figures of R's regTermTest. Raises Refused:
    survey_test_one_level, survey_test_sparse.
    """
    known = ~np.isnan(values)
    if design is not None:
        return _wald_of_means("wald", design.domain(known), np.where(known, values, 0.0), groups)
    samples = _samples(values, groups)
    if any(len(one) < 2 or np.ptp(one) == 0 for one in samples):
        raise Refused("survey_test_sparse")
    if len(samples) == 2:
        two = stats.ttest_ind(*samples, equal_var=False)
        return Test("welch_t", float(two.statistic), float(two.df), None, float(two.pvalue))
    many = stats.f_oneway(*samples, equal_var=False)
    return Test("welch_f", float(many.statistic), len(samples) - 1, _welch_freedom(samples), float(many.pvalue))


def _welch_freedom(samples: Sequence[Floats]) -> float:
    """Return the second degrees of freedom of Welch's F (Welch 1951), which scipy keeps to itself."""
    weights = np.array([len(one) / one.var(ddof=1) for one in samples])
    spare = (1 - weights / weights.sum()) ** 2 / np.array([len(one) - 1 for one in samples])
    return float((len(samples) ** 2 - 1) / (3 * spare.sum()))


def equal_medians(values: Floats, groups: Codes, design: Design | None = None, *, mood: bool = False) -> Test:
    """Test that groups (codes from 0, -1 none) are placed alike: by ranks, or with `mood` by the common median.

    Without a design Kruskal & Wallis (1952) or Mood (1954, continuity-corrected for two groups), by scipy; with one
    the rank test of Lumley & Scott (2013), as F. Raises Refused: survey_test_one_level, survey_test_sparse.
    """
    known = ~np.isnan(values)
    if design is not None:
        inside = design.domain(known & (groups >= 0))
        scores = _rank_scores(np.where(known, values, 0.0), inside.weights)
        if mood:
            return _wald_of_means("median_scores", inside, (scores > 0.5).astype(float), groups)
        return _wald_of_means("rank_scores", inside, scores, groups)
    samples = _samples(values, groups)
    whole = np.concatenate(samples)
    if np.ptp(whole) == 0 or (mood and not (whole > np.median(whole)).any()):
        raise Refused("survey_test_sparse")
    if mood:
        statistic, p, _median, _table = stats.median_test(*samples)
        return Test("mood", float(statistic), len(samples) - 1, None, float(p))
    found = stats.kruskal(*samples)
    return Test("kruskal_wallis", float(found.statistic), len(samples) - 1, None, float(found.pvalue))


def _samples(values: Floats, groups: Codes) -> list[Floats]:
    kept = (groups >= 0) & ~np.isnan(values)
    samples = [values[kept & (groups == group)] for group in np.unique(groups[kept])]
    if len(samples) < 2:
        raise Refused("survey_test_one_level")
    return samples


def _rank_scores(values: Floats, weights: Floats) -> Floats:
    """Return the estimated rank of each value in the population over its size, ties in the middle; 0 without weight."""
    inside = np.flatnonzero(weights > 0)
    order = inside[np.argsort(values[inside], kind="stable")]
    middle = np.cumsum(weights[order]) - weights[order] / 2
    _different, places, counts = np.unique(values[order], return_inverse=True, return_counts=True)
    found = np.zeros(len(values))
    found[order] = (np.bincount(places, middle) / counts)[places] / weights.sum()
    return found


def _wald_of_means(name: str, design: Design, values: Floats, groups: Codes) -> Test:
    inside = (groups >= 0) & (design.weights > 0)
    kept = np.unique(groups[inside])
    if len(kept) < 2:
        raise Refused("survey_test_one_level")
    within = (groups[:, None] == kept) & inside[:, None]
    weighted = within * design.weights[:, None]
    sizes = weighted.sum(axis=0)
    means = (weighted * values[:, None]).sum(axis=0) / sizes
    errors = covariance(design.domain(inside), weighted * (values[:, None] - means) / sizes)
    away = np.column_stack([-np.ones(len(kept) - 1), np.eye(len(kept) - 1)])
    first = len(kept) - 1
    second = design.domain(inside).degrees_of_freedom - first
    try:
        wald = float((away @ means) @ np.linalg.solve(away @ errors @ away.T, away @ means))
    except np.linalg.LinAlgError:
        raise Refused("survey_test_sparse") from None
    if second < 1 or not math.isfinite(wald):
        raise Refused("survey_test_sparse")
    return Test(name, wald / first, first, second, float(stats.f.sf(wald / first, first, second)))


def net_promoters(answers: Floats, design: Design | None = None, *, level: float = 0.95) -> NetPromoters:
    """Return the net promoter score of answers 0 to 10 (NaN missing): the share of 9 and 10 less that of 0 to 6.

    The score is the mean of 100, 0 and -100, so its error and interval are those of a mean, by t. Raises Refused:
    survey_nps_out_of_range, survey_domain_empty.
    """
    known = ~np.isnan(answers)
    wrong = known & ~((answers >= 0) & (answers <= 10) & (answers == np.round(answers)))
    if wrong.any():
        raise Refused("survey_nps_out_of_range", value=float(answers[wrong][0]))
    design = (design or make_design(len(answers))).domain(known)
    scores = np.where(known, 100.0 * (answers >= 9) - 100.0 * (answers <= 6), np.nan)
    score = _mean(design, scores, level)
    weights = design.weights / design.weights.sum()
    up, down = float(weights @ (scores == 100)), float(weights @ (scores == -100))
    return NetPromoters(up, max(1 - up - down, 0.0), down, score)


def cronbach_alpha(items: Floats, weights: Floats | None = None, *, level: float = 0.95) -> Figure:
    """Return Cronbach's (1951) alpha of items (people x items) that point the same way; who left one out is out.

    Bounds after Feldt (1965): (1 - alpha) follows F with n-1 and (n-1)(items-1) degrees of freedom; none under weights.
    Raises Refused("survey_alpha_undefined"): fewer than two items or three people, or sums that do not vary.
    """
    kept = ~np.isnan(items).any(axis=1)
    given = items[kept]
    own = None if weights is None else weights[kept]
    if given.shape[1] < 2 or len(given) < 3:
        raise Refused("survey_alpha_undefined")
    spread = np.cov(given, rowvar=False, aweights=own)
    whole = float(spread.sum())
    if not whole > 1e-12 * float(np.abs(spread).sum()):
        raise Refused("survey_alpha_undefined")
    count, people = given.shape[1], len(given)
    alpha = count / (count - 1) * (1 - float(np.trace(spread)) / whole)
    if weights is not None:
        return Figure(alpha)
    tail = (1 - level) / 2
    freedom = people - 1, (people - 1) * (count - 1)
    return Figure(
        alpha,
        low=float(1 - (1 - alpha) * stats.f.ppf(1 - tail, *freedom)),
        high=float(1 - (1 - alpha) * stats.f.ppf(tail, *freedom)),
    )


def change_of_shares(
    first: float, first_size: float, second: float, second_size: float, *, level: float = 0.95
) -> Change:
    """Return the change between the shares (0..1) of two waves of different people, on (effective) sizes.

    Interval: Newcombe's (1998) from the two Wilson intervals, which stays inside -1..1; p: z test, pooled share.
    Raises Refused("survey_domain_empty") where a wave has nobody.
    """
    if first_size <= 0 or second_size <= 0:
        raise Refused("survey_domain_empty")
    (low_1, low_2), (high_1, high_2) = wilson([first, second], [first_size, second_size], level=level)
    value = second - first
    pooled = (first * first_size + second * second_size) / (first_size + second_size)
    return Change(
        value,
        float(value - math.hypot(second - low_2, high_1 - first)),
        float(value + math.hypot(high_2 - second, first - low_1)),
        _two_shares(first, first_size, second, second_size) if 0 < pooled < 1 else 1.0,
    )


def sizes_of_shares(shares: Sequence[Figure], otherwise: float) -> Floats:
    """Return the size of a simple sample as precise as each estimated share: p (1 - p) / se^2 (Korn & Graubard 1998).

    With it Wilson's interval of a share, and Newcombe's of a change, hold the design's error and stay inside 0 to 1.
    A share of 0 or 1 has no error: it gets `otherwise`, the effective size of the weights.
    """
    found = [
        one.value * (1 - one.value) / one.se**2 if one.value is not None and one.se else otherwise for one in shares
    ]
    return np.array([size if size > 0 else otherwise for size in found])


def change_of_figures(first: Figure, second: Figure, *, level: float = 0.95, df: float = math.inf) -> Change:
    """Return the change between two estimates from samples of different people, with t of `df` degrees of freedom.

    Raises Refused("survey_domain_empty") where an estimate has no value or no error.
    """
    if first.value is None or second.value is None or first.se is None or second.se is None:
        raise Refused("survey_domain_empty")
    value, error = second.value - first.value, math.hypot(first.se, second.se)
    reach = critical(level, df) * error
    if error == 0:
        return Change(value, value, value, 1.0 if value == 0 else 0.0)
    return Change(value, value - reach, value + reach, float(2 * stats.t.sf(abs(value) / error, df)))


def change_of_means(first: Floats, second: Floats, *, level: float = 0.95) -> Change:
    """Return the change between the means of two waves of different people, by Welch's t; NaN is missing.

    Raises Refused("survey_test_sparse") with fewer than two people in a wave, or no spread in both.
    """
    before, after = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(len(before), len(after)) < 2 or np.ptp(before) + np.ptp(after) == 0:
        raise Refused("survey_test_sparse")
    found = stats.ttest_ind(after, before, equal_var=False)
    bounds = found.confidence_interval(level)
    return Change(float(after.mean() - before.mean()), float(bounds.low), float(bounds.high), float(found.pvalue))
