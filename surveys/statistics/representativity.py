"""How well those who answered stand for those who were asked, and for a population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engage.errors import Refused
from surveys.statistics.design import Floats


@dataclass(frozen=True)
class Representativity:
    """The R-indicator (0..1; 1: every group answered alike) of groups whose answering is known.

    `rate` is the response rate, `rates` that of each group, `parts` by how much each moves R (unconditional partial
    indicators, negative: it is under-represented), `bias` how far at most the mean of any answer may be off through
    the groups' rates, in standard deviations of that answer. `is_bounded`: the estimate lay below 0.
    """

    value: float
    rate: float
    rates: tuple[float, ...]
    parts: tuple[float, ...]
    bias: float
    is_bounded: bool = False


def r_indicator(asked: Sequence[int], answered: Sequence[int]) -> Representativity:
    """Return R = 1 - 2 S of response propensities, S their standard deviation over all who were asked.

    Propensities are the rates of the groups: what a logistic model with the groups alone estimates. Schouten, Cobben
    & Bethlehem (2009), eq. 3 and 14 (bias); parts: Schouten, Shlomo & Skinner (2011). Without their correction for
    small samples, so a small study looks a little less representative than it is.

    Propensities spread by at most one half, so R lies from 0 to 1 in every population (eq. 4). The estimate divides by
    one person less than were asked and can fall below 0, by 1/(2 (n - 1)) at the most: then it is 0.

    Raises Refused("survey_groups_too_few"): fewer than two groups with people, or nobody answered.
    """
    drawn, given = np.asarray(asked, dtype=float), np.asarray(answered, dtype=float)
    if (given > drawn).any() or (given < 0).any():
        raise ValueError("more answered than were asked")
    if (drawn > 0).sum() < 2 or not given.any():
        raise Refused("survey_groups_too_few")
    rates = np.divide(given, drawn, out=np.zeros_like(drawn), where=drawn > 0)
    rate = float(given.sum() / drawn.sum())
    spread = math.sqrt(float(drawn @ (rates - rate) ** 2) / (drawn.sum() - 1))
    parts = np.sqrt(drawn / drawn.sum()) * (rates - rate)
    estimate = 1 - 2 * spread
    own = tuple(map(float, rates)), tuple(map(float, parts))
    return Representativity(max(0.0, estimate), rate, *own, spread / rate, is_bounded=estimate < 0)


def dissimilarity(shares: Floats, population: Floats) -> float:
    """Return which share of people would have to be in another group for both to agree (Duncan & Duncan 1955)."""
    return float(np.abs(np.asarray(shares) - np.asarray(population)).sum() / 2)
