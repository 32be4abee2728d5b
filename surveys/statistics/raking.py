"""Weights fitted to totals that are known of the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engage.errors import Refused
from surveys.statistics.design import Codes, Design, Floats, Margin, numbered

ROUNDS = 10
TOLERANCE = 1.0
# Totals of two variables are counts of the same people; rounding may part them, nothing more.
TOTALS_DIFFER = 1e-3


def fit_design(
    design: Design,
    margins: Sequence[tuple[str, Codes, Floats]],
    *,
    rounds: int = ROUNDS,
    tolerance: float = TOLERANCE,
) -> Design:
    """Return the design with weights fitted to the margins: (name, group of each row, total of each group).

    One margin is post-stratification (exact, Holt & Smith 1979), several are raked by iterative proportional fitting
    (Deming & Stephan 1940). Raking ends when no cell of the full cross-table moved by `tolerance` in a round; under 1
    it is a share of the sum of weights. Both defaults are those of R's rake.

    Raises Refused: survey_raking_empty_group (a total over 0 for a group without weight), survey_raking_totals_differ,
    survey_raking_not_converged.
    """
    _check_totals(design.weights, margins)
    if len(margins) == 1:
        _name, groups, totals = margins[0]
        after = _fitted(design.weights, groups, totals)
        return _with(design, after, (Margin(groups, design.weights, after),))
    cells = numbered(*(groups for _name, groups, _totals in margins))
    limit = tolerance if tolerance >= 1 else tolerance * design.weights.sum()
    weights = design.weights
    table = np.bincount(cells, weights)
    for _round in range(rounds):
        steps = []
        for _name, groups, totals in margins:
            after = _fitted(weights, groups, totals)
            steps.append(Margin(groups, weights, after))
            weights = after
        moved = np.bincount(cells, weights)
        if np.abs(moved - table).max() < limit:
            return _with(design, weights, tuple(steps))
        table = moved
    raise Refused("survey_raking_not_converged", rounds=rounds)


def _check_totals(weights: Floats, margins: Sequence[tuple[str, Codes, Floats]]) -> None:
    for name, groups, totals in margins:
        if ((np.bincount(groups, weights, minlength=len(totals)) == 0) & (totals > 0)).any():
            raise Refused("survey_raking_empty_group", variable=name)
    sums = [totals.sum() for _name, _groups, totals in margins]
    if max(sums) - min(sums) > TOTALS_DIFFER * max(sums):
        raise Refused("survey_raking_totals_differ", lowest=float(min(sums)), highest=float(max(sums)))


def _fitted(weights: Floats, groups: Codes, totals: Floats) -> Floats:
    now = np.bincount(groups, weights, minlength=len(totals))
    factors = np.divide(totals, now, out=np.zeros_like(totals), where=now > 0)
    return weights * factors[groups]


def _with(design: Design, weights: Floats, fit: tuple[Margin, ...]) -> Design:
    return replace(design, weights=weights, calibration=(*design.calibration, fit))
