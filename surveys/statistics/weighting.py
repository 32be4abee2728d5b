"""Weights that make a sample's groups as large as the population's, within bounds, and what they cost.

`raking.py` fits the weights of a design and keeps what the variance needs; here weights are made to be kept and judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from engage.errors import Refused
from surveys.statistics.design import Codes, Floats
from surveys.statistics.intervals import effective_size, weighting_effect


@dataclass(frozen=True)
class Target:
    """A variable with known totals: the group of each row (-1: not known, left as it is) and the total of each group.

    Totals are people or shares; only their proportions count.
    """

    name: str
    groups: Codes
    totals: Floats


@dataclass(frozen=True)
class Weighting:
    """Weights with mean 1 and their diagnostics.

    `largest_gap` is the largest distance between a share reached and its target (0..1); `effect` the factor that
    unequal weights put on variances (Kish); `spread` the largest weight over the smallest.
    """

    weights: Floats
    converged: bool
    rounds: int
    largest_gap: float
    trimmed: int
    effect: float
    effective_n: float
    spread: float


def fit_weights(
    targets: Sequence[Target],
    *,
    start: Floats | None = None,
    lowest: float = 0.0,
    highest: float = np.inf,
    rounds: int = 200,
    tolerance: float = 1e-8,
) -> Weighting:
    """Return weights raked to the targets, between `lowest` and `highest` times the mean weight.

    One target is post-stratification (cell weighting where its groups are combinations of variables), several are
    raked (Deming & Stephan 1940). Bounds are put on in every round and the rest raked on, as Battaglia, Hoaglin &
    Frankel (2009) advise, so trimmed weights still meet the targets where that is possible. Weights converge when no
    share is further from its target than `tolerance`; those that do not are returned and say so.

    Raises Refused: survey_raking_empty_group (a total over 0 but no row), survey_weight_bounds (not lowest <= 1 <=
    highest), survey_weights_negative, survey_weights_zero.
    """
    if not targets:
        raise ValueError("weights need a target")
    if not 0 <= lowest <= 1 <= highest:
        raise Refused("survey_weight_bounds")
    first = np.ones(len(targets[0].groups)) if start is None else np.asarray(start, dtype=float)
    if (first < 0).any():
        raise Refused("survey_weights_negative")
    if not first.any():
        raise Refused("survey_weights_zero")
    shares = [_shares(target, first) for target in targets]
    weights = first / first.mean()
    done, gap, trimmed = 0, np.inf, 0
    while done < rounds and gap > tolerance:
        for target, wanted in zip(targets, shares, strict=True):
            weights = _scaled(weights, target.groups, wanted)
        weights = _bounded(weights, lowest, highest)
        gap = max(_gap(weights, target.groups, wanted) for target, wanted in zip(targets, shares, strict=True))
        done += 1
    trimmed = int(((weights >= highest) | ((weights <= lowest) & (lowest > 0))).sum())
    some = weights[weights > 0]
    return Weighting(
        weights=weights,
        converged=bool(gap <= tolerance),
        rounds=done,
        largest_gap=float(gap),
        trimmed=trimmed,
        effect=weighting_effect(weights),
        effective_n=effective_size(weights),
        spread=float(some.max() / some.min()),
    )


def combined(names: Sequence[str], groups: Sequence[Codes], totals: Floats) -> Target:
    """Return the target of combinations of variables, from their joint totals (one axis a variable)."""
    known = np.all([one >= 0 for one in groups], axis=0)
    cells = np.full(len(groups[0]), -1)
    cells[known] = np.ravel_multi_index([one[known] for one in groups], totals.shape)
    return Target(" x ".join(names), cells, totals.ravel())


def _shares(target: Target, weights: Floats) -> Floats:
    totals = np.asarray(target.totals, dtype=float)
    known = target.groups >= 0
    now = np.bincount(target.groups[known], weights[known], minlength=len(totals))
    if ((now == 0) & (totals > 0)).any() or len(now) > len(totals) or not totals.sum() > 0:
        raise Refused("survey_raking_empty_group", variable=target.name)
    return totals / totals.sum()


def _scaled(weights: Floats, groups: Codes, wanted: Floats) -> Floats:
    """Bring the known groups to their shares of the weight the known have together."""
    known = groups >= 0
    now = np.bincount(groups[known], weights[known], minlength=len(wanted))
    factors = np.divide(wanted * now.sum(), now, out=np.zeros_like(now), where=now > 0)
    return np.where(known, weights * factors[np.maximum(groups, 0)], weights)


def _gap(weights: Floats, groups: Codes, wanted: Floats) -> float:
    known = groups >= 0
    now = np.bincount(groups[known], weights[known], minlength=len(wanted))
    return float(np.abs(now / now.sum() - wanted).max())


def _bounded(weights: Floats, lowest: float, highest: float) -> Floats:
    """Return weights in proportion, cut at the bounds, of mean 1; those at 0 (no target wants them) stay there.

    Where so many are at 0 that the rest cannot reach mean 1 within the bounds, the rest is at the bound.
    """
    found = weights / weights.mean()
    some = found > 0

    def cut(factor: float) -> Floats:
        return np.where(some, np.clip(found * factor, lowest, highest), 0.0)

    if ((found <= highest) & (found >= lowest) | ~some).all():
        return found
    # With these factors every weight is at its lower and at its upper bound, or beyond it.
    low, high = lowest / found.max(), highest / found[some].min() if np.isfinite(highest) else 1.0
    if cut(high).mean() <= 1:
        return cut(high)
    if cut(low).mean() >= 1:
        return cut(low)
    return cut(brentq(lambda factor: cut(factor).mean() - 1, low, high, xtol=1e-15, rtol=1e-14))
