"""How a sample was drawn, and the variance that follows from it.

Strata, clusters in any number of stages, finite populations, raking and post-stratification. The variance is that of
a total of linearised scores under simple random sampling without replacement at every stage, added up stage by stage
(Särndal, Swensson & Wretman 1992, ch. 4; Lumley 2010, ch. 2 and 3). docs/statistics.md has the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engage.errors import Refused

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

LONELY = ("fail", "certainty", "remove", "adjust", "average")
# A stratum sampled (almost) whole adds nothing; so a single unit in it is no fault.
WHOLE = 1e-7
# How often the margins of a raking are swept out of the scores: the count of R's package survey, so figures equal.
SWEEPS = 10


@dataclass(frozen=True)
class Stage:
    """One stage of drawing. Every array has one entry a row of the data.

    `clusters` and `strata` number units uniquely over the whole sample; `sampled` is how many clusters were drawn in
    the row's stratum, `population` how many there are (None: drawn with replacement).
    """

    strata: Codes
    clusters: Codes
    sampled: Floats
    population: Floats | None


@dataclass(frozen=True)
class Margin:
    """A variable the weights were fitted to: the group of each row, the weights before and after."""

    groups: Codes
    before: Floats
    after: Floats


@dataclass(frozen=True)
class Design:
    """Weights, stages from the first to the last, and what the weights were fitted to.

    A row of weight 0 is outside the domain; it stays, because it says how many units were drawn. `calibration` holds
    one tuple a fit: one margin is post-stratification, several are a raking.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    lonely: str = "fail"
    calibration: tuple[tuple[Margin, ...], ...] = field(default=())

    def domain(self, inside: Flags) -> Design:
        """Return the same design seen from a part of the rows."""
        return replace(self, weights=np.where(inside, self.weights, 0.0))

    @property
    def degrees_of_freedom(self) -> int:
        """Return first-stage clusters less strata, counted where the weight is not zero (Korn & Graubard 1999)."""
        return clusters_less_strata(self.stages[0], self.weights != 0)


def clusters_less_strata(stage: Stage, inside: Flags) -> int:
    """Return how many clusters of the stage have a row inside, less how many strata have."""
    return _different(stage.clusters[inside]) - _different(stage.strata[inside])


def _different(codes: Codes) -> int:
    return int(np.count_nonzero(np.bincount(codes)))


def numbered(*columns: Sequence[Any] | NDArray[Any]) -> Codes:
    """Return a number for every different combination of values, one a row; numbers run from 0 without a gap."""
    codes = pd.factorize(np.asarray(columns[0]))[0].astype(np.int64)
    for column in columns[1:]:
        own = pd.factorize(np.asarray(column))[0]
        # Numbered anew after every column, so that the product never overflows.
        codes = pd.factorize(codes * (int(own.max(initial=0)) + 1) + own)[0].astype(np.int64)
    return codes


def make_design(
    rows: int,
    *,
    weights: Floats | None = None,
    strata: Sequence[NDArray[Any]] = (),
    clusters: Sequence[NDArray[Any]] = (),
    fpc: Sequence[Floats] = (),
    nest: bool = False,
    lonely: str = "fail",
) -> Design:
    """Return the design of `rows` rows; each argument has one array a stage.

    No `clusters`: every row is drawn for itself. `fpc` is population sizes in clusters, or else sampling fractions
    (no number over 1), as R's svydesign takes them; a stage without one is taken as drawn with replacement. Without
    weights they are the product of population over sample sizes, or all 1. `nest` numbers clusters anew in each
    stratum.

    Raises Refused: survey_clusters_cross_strata, survey_fpc_mixed, survey_fpc_too_small, survey_fpc_varies,
    survey_fpc_stages, survey_strata_stages, survey_weights_negative, survey_weights_zero.
    """
    count = max(len(clusters), 1)
    for code, columns in (("survey_fpc_stages", fpc), ("survey_strata_stages", strata)):
        if len(columns) > count:
            raise Refused(code, given=len(columns), stages=count)
    given = [numbered(column) for column in strata] or [np.zeros(rows, dtype=np.int64)]
    ids = _nested(clusters, given if nest and strata else []) if clusters else [np.arange(rows)]
    if clusters and not nest and _different(numbered(ids[0], given[0])) > _different(ids[0]):
        raise Refused("survey_clusters_cross_strata")
    stages = []
    fractions = _are_fractions(fpc)
    for number, codes in enumerate(ids):
        own = given[min(number, len(given) - 1)]
        within = own if number == 0 else numbered(own, ids[number - 1])
        stages.append(_stage(within, codes, fpc[number] if number < len(fpc) else None, fractions, number + 1))
    found = _own_weights(rows, stages, len(fpc)) if weights is None else np.asarray(weights, dtype=float)
    if (found < 0).any():
        raise Refused("survey_weights_negative")
    if not found.any():
        raise Refused("survey_weights_zero")
    return Design(found, tuple(stages), lonely)


def _nested(units: Sequence[NDArray[Any]], strata: Sequence[Codes]) -> list[Codes]:
    """Number the clusters of each stage within the clusters above, and within the strata where asked."""
    ids: list[Codes] = []
    for number, column in enumerate(units):
        above = ids[-1:] if ids else list(strata[:1])
        own = strata[number : number + 1] if ids else []
        ids.append(numbered(*above, *own, column))
    return ids


def _are_fractions(fpc: Sequence[Floats]) -> bool:
    every = np.concatenate([np.asarray(one, dtype=float) for one in fpc]) if fpc else np.zeros(0)
    if (every > 1).any() and (every < 1).any():
        raise Refused("survey_fpc_mixed")
    return not (every > 1).any()


def _stage(strata: Codes, clusters: Codes, fpc: Floats | None, fractions: bool, number: int) -> Stage:
    sampled = np.bincount(strata[_firsts(clusters)], minlength=int(strata.max()) + 1)[strata].astype(float)
    if fpc is None:
        return Stage(strata, clusters, sampled, None)
    fpc = np.asarray(fpc, dtype=float)
    if fractions:
        population = np.divide(sampled, fpc, out=np.full(len(fpc), np.inf), where=fpc > 0)
    else:
        population = fpc
    if (population < sampled * (1 - 1e-12)).any() or (fpc < 0).any():
        raise Refused("survey_fpc_too_small", stage=number)
    if (population != population[_firsts(strata)][strata]).any():
        raise Refused("survey_fpc_varies", stage=number)
    return Stage(strata, clusters, sampled, population)


def _own_weights(rows: int, stages: Sequence[Stage], known: int) -> Floats:
    found = np.ones(rows)
    for stage in stages[:known]:
        if stage.population is not None and np.isfinite(stage.population).all():
            found = found * stage.population / stage.sampled
    return found


def covariance(design: Design, scores: Floats) -> Floats:
    """Return the covariance matrix (p x p) of the column sums of `scores` (rows x p; weights are in them already).

    What the weights were fitted to is taken out of the scores first (Deville & Särndal 1992). The last stage that
    counts is the first one drawn with replacement. Raises Refused("survey_lonely_cluster", stage=...).
    """
    left = _residuals(design, np.asarray(scores, dtype=float))
    found = np.zeros((left.shape[1], left.shape[1]))
    share = np.ones(len(left))
    for number, stage in enumerate(design.stages, 1):
        found += _between(stage, left, share, design, number)
        if stage.population is None:
            break
        share = share * stage.sampled / stage.population
    return found


def _residuals(design: Design, scores: Floats) -> Floats:
    left = scores
    for margins in design.calibration:
        if len(margins) == 1:
            left = _without_group_means(left, margins[0], margins[0].before)
            continue
        for _sweep in range(SWEEPS):
            for margin in margins:
                left = _without_group_means(left, margin, np.ones(len(left)))
    return left


def _without_group_means(scores: Floats, margin: Margin, share: Floats) -> Floats:
    """Take the mean of score per weight out of every group; `share` is what a row counts in that mean."""
    per_weight = np.divide(scores, margin.after[:, None], out=np.zeros_like(scores), where=margin.after[:, None] != 0)
    sums = _sums(margin.groups, per_weight * share[:, None])
    counts = np.bincount(margin.groups, share, minlength=len(sums))
    means = np.divide(sums, counts[:, None], out=np.zeros_like(sums), where=counts[:, None] != 0)
    return scores - margin.after[:, None] * means[margin.groups]


def cell_covariance(design: Design, cells: Codes, size: int) -> Floats:
    """Return the covariance (size x size) of the weight in each cell; `cells` has a code a row, -1 outside.

    The same as `covariance` of indicators times weights, counted instead of laid out: a million rows take a moment.
    """
    if design.calibration:
        return covariance(design, (cells[:, None] == np.arange(size)) * design.weights[:, None])
    found = np.zeros((size, size))
    share = np.ones(len(cells))
    inside = cells >= 0
    kept, weights = cells[inside], design.weights[inside]
    for number, stage in enumerate(design.stages, 1):
        strata = _strata(stage, share, design, number)
        own = stage.clusters[inside]
        high = len(strata.scale)
        sums = np.bincount(stage.strata[inside] * size + kept, weights, high * size).reshape(high, size)
        means = sums / np.maximum(strata.sampled, 1)[:, None]
        means[strata.uncentred] = 0
        if len(strata.of_cluster) == len(cells):
            # Every row is a cluster: one cell each, so the squares stand on the diagonal.
            squares = np.bincount(kept, weights**2 * strata.scale[stage.strata[inside]], size)
            counts = np.where(strata.uncentred, 0, strata.sampled) * strata.scale
            found += np.diag(squares) - (means * counts[:, None]).T @ means
        else:
            totals = np.bincount(own * size + kept, weights, len(strata.of_cluster) * size).reshape(-1, size)
            centred = (totals - means[strata.of_cluster]) * np.sqrt(strata.scale[strata.of_cluster])[:, None]
            found += centred.T @ centred
        if stage.population is None:
            break
        share = share * stage.sampled / stage.population
    return found


@dataclass(frozen=True)
class _Strata:
    """Strata of one stage: the stratum of each cluster, clusters drawn, factor of the squares, and whose mean is 0."""

    of_cluster: Codes
    sampled: Floats
    scale: Floats
    uncentred: Flags


def _sums(codes: Codes, values: Floats) -> Floats:
    size = int(codes.max()) + 1
    return np.column_stack([np.bincount(codes, values[:, column], minlength=size) for column in range(values.shape[1])])


def _between(stage: Stage, scores: Floats, share: Floats, design: Design, number: int) -> Floats:
    """Return the variance between the clusters of one stage, each stratum times the share drawn of what is above."""
    strata = _strata(stage, share, design, number)
    totals = _sums(stage.clusters, scores)
    means = _sums(strata.of_cluster, totals) / np.maximum(strata.sampled, 1)[:, None]
    means[strata.uncentred] = 0
    centred = (totals - means[strata.of_cluster]) * np.sqrt(strata.scale[strata.of_cluster])[:, None]
    return centred.T @ centred


def _strata(stage: Stage, share: Floats, design: Design, number: int) -> _Strata:
    firsts = _firsts(stage.strata)
    sampled = stage.sampled[firsts]
    unsampled = np.ones_like(sampled)
    if stage.population is not None:
        unsampled = 1 - sampled / stage.population[firsts]
        unsampled[unsampled < WHOLE] = 0
    alone = (sampled == 1) & (unsampled > 0) & (np.bincount(stage.strata, design.weights) > 0)
    if alone.any() and design.lonely == "fail":
        raise Refused("survey_lonely_cluster", stage=number)
    scale = share[firsts] * unsampled * np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
    if design.lonely == "average" and alone.any():
        scale = _averaged(scale, alone, stage, design, number)
    of_cluster = stage.strata[_firsts(stage.clusters)]
    return _Strata(of_cluster, sampled, scale, alone if design.lonely == "adjust" else np.zeros_like(alone))


def _firsts(codes: Codes) -> Codes:
    """Return a row of each code; codes run from 0 without a gap."""
    found = np.empty(int(codes.max()) + 1, dtype=np.int64)
    found[codes] = np.arange(len(codes))
    return found


def _averaged(scale: Floats, alone: Flags, stage: Stage, design: Design, number: int) -> Floats:
    """Let the other strata stand for those with one unit: their variance is raised by the share of strata lost.

    At a later stage the average is over the strata within the same cluster above, as they were drawn together.
    """
    seen = np.bincount(stage.strata, design.weights) > 0
    above = np.zeros(len(scale), dtype=np.int64)
    if number > 1:
        above = design.stages[number - 2].clusters[_firsts(stage.strata)]
    count = np.bincount(above, seen)
    known = np.bincount(above, seen & ~alone)
    if ((count > 0) & (known == 0)).any():
        raise Refused("survey_lonely_cluster", stage=number)
    return np.where(alone, 0.0, scale * (count / np.maximum(known, 1))[above])
