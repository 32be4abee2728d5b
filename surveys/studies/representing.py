"""A wave against what is known of the population: gaps by group, and the weights that would close them; no Django.

Small counts are hidden as in public results; what is hidden has no share, no gap and no weight either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engage.figures.rules import LEAST
from surveys.results.layout import NONE, Level
from surveys.statistics.design import Codes, Floats
from surveys.statistics.intervals import wilson
from surveys.statistics.representativity import dissimilarity
from surveys.statistics.weighting import Target, Weighting, fit_weights
from surveys.studies.comparing import WaveAnswers
from surveys.studies.rules import HIGHEST, LOWEST

Shares = Sequence[tuple[str, float | None]]
"""Percent of the population by value of an answer; None: nothing is known of it, so it is left out."""


@dataclass(frozen=True)
class Group:
    """One group: people, share (0..1) with its interval, share of the population, gap (share less population).

    `weighted` is the share under the weights, `weight` their mean in the group. All None where the count is hidden.
    """

    value: str
    population: float
    count: int | None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    weighted: float | None = None
    weight: float | None = None

    @property
    def gap(self) -> float | None:
        """By how much the group is too large (0..1, negative: too small)."""
        return None if self.share is None else self.share - self.population


@dataclass(frozen=True)
class Standing:
    """One question against its benchmark. `n`: people in a group of it; `left`: all others of the wave.

    `off`: share of people who would have to be in another group (Duncan & Duncan 1955); None where a count is hidden.
    """

    key: str
    n: int
    left: int
    groups: tuple[Group, ...] = ()
    off: float | None = None
    withheld: bool = False

    @property
    def largest(self) -> Group | None:
        """The group with the largest gap of those that are shown."""
        known = [group for group in self.groups if group.gap is not None]
        return max(known, key=lambda group: abs(group.gap or 0.0), default=None)


def benchmark_codes(wave: WaveAnswers, key: str, shares: Shares) -> tuple[Codes, Floats]:
    """Return the group of each row (NONE: of none) and the shares of the groups that are known (0..1, sum 1).

    Raises Refused("survey_results_no_question").
    """
    coded = wave.answers.coded(key)
    known = [(value, share) for value, share in shares if share is not None]
    places = {value: place for place, (value, _share) in enumerate(known)}
    of_level = np.array(
        [
            NONE if at in coded.reasons else places.get(str(level.value), NONE)
            for at, level in enumerate(coded.levels)
        ] + [NONE],
        dtype=np.int64,
    )  # fmt: skip
    codes: Codes = np.where(coded.codes >= 0, of_level[np.maximum(coded.codes, NONE)], NONE)
    population = np.array([share for _value, share in known], dtype=float)
    return codes, population / population.sum()


def fitted(wave: WaveAnswers, benchmarks: Sequence[tuple[str, str, Shares]]) -> tuple[Weighting, Floats]:
    """Return the weights that benchmarks (key, name, shares) give a wave, and them as weights of all rows (0: outside).

    One benchmark is post-stratification, several are raked. Raises Refused: survey_results_no_question,
    survey_raking_empty_group (variable: the name), survey_weights_zero (nobody in the wave).
    """
    inside = wave.inside
    targets = []
    for key, name, shares in benchmarks:
        codes, population = benchmark_codes(wave, key, shares)
        targets.append(Target(name, codes[inside], population))
    found = fit_weights(targets, lowest=LOWEST, highest=HIGHEST)
    weights = np.zeros(wave.answers.n)
    weights[inside] = found.weights
    return found, weights


def standing(wave: WaveAnswers, key: str, shares: Shares, weights: Floats | None = None) -> Standing:
    """Return a wave's groups against the population, with weights of all rows where there are any.

    Raises Refused("survey_results_no_question").
    """
    codes, population = benchmark_codes(wave, key, shares)
    known = [value for value, share in shares if share is not None]
    inside = wave.inside
    base = inside & (codes != NONE)
    n, total = int(base.sum()), int(inside.sum())
    column = wave.answers.layout.by_key.get(key)
    hidden = None
    if n >= LEAST and not (column is not None and column.routed and 0 < total - n < LEAST):
        fact = f"{key}|population"
        answers = wave.answers.grouped(fact, codes, [Level(value, {}) for value in known])
        hidden = replace(wave, answers=answers).hidden(fact)
    if hidden is None:
        return Standing(key, n, total - n, withheld=True)
    counts = np.bincount(codes[base], minlength=len(known))
    of_weight = None if weights is None else np.bincount(codes[base], weights[base], minlength=len(known))
    given = counts / n
    low, high = wilson(given, n)
    groups = []
    for at, value in enumerate(known):
        if hidden[at]:
            groups.append(Group(value, float(population[at]), None))
            continue
        weighted = weight = None
        if of_weight is not None and of_weight.sum() > 0:
            weighted = float(of_weight[at] / of_weight.sum())
            weight = float(of_weight[at] / counts[at]) if counts[at] else None
        groups.append(
            Group(
                value, float(population[at]), int(counts[at]), float(given[at]), float(low[at]), float(high[at]),
                weighted, weight,
            )
        )  # fmt: skip
    off = None if hidden.any() else dissimilarity(given, population)
    return Standing(key, n, total - n, tuple(groups), off)
