"""Intervals and sizes of simple and of weighted samples."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from surveys.statistics.design import Floats


def wilson(share: ArrayLike, size: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the bounds of shares (0..1) of samples of some size, by the score interval of Wilson (1927).

    The size need not be whole: an effective size gives the interval of a weighted share. NaN where the size is 0.
    """
    shares, sizes = np.asarray(share, dtype=float), np.asarray(size, dtype=float)
    factor = _quantile((1 + level) / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (shares + factor / (2 * sizes)) / (1 + factor / sizes)
        reach = np.sqrt(factor / sizes * (shares * (1 - shares) + factor / (4 * sizes))) / (1 + factor / sizes)
    # Rounding must not carry a bound past 0, 1 or the share itself.
    low = np.where(sizes > 0, np.clip(middle - reach, 0, shares), np.nan)
    high = np.where(sizes > 0, np.clip(middle + reach, shares, 1), np.nan)
    return low, high


@lru_cache
def _quantile(share: float) -> float:
    return float(stats.norm.ppf(share))


def effective_size(weights: ArrayLike) -> float:
    """Return the size of a simple sample that is as precise: (sum w)^2 / sum w^2 (Kish 1965); 0 without weight."""
    given = np.asarray(weights, dtype=float)
    squares = float((given**2).sum())
    return float(given.sum()) ** 2 / squares if squares else 0.0


def weighting_effect(weights: ArrayLike) -> float:
    """Return by how much unequal weights raise the variance: n over the effective size, 1 + cv^2 (Kish 1992).

    Rows of weight 0 are no part of n; NaN where every weight is 0.
    """
    given = np.asarray(weights, dtype=float)
    size = effective_size(given)
    return int((given != 0).sum()) / size if size else float("nan")
