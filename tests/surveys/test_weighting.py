"""Weights meet their targets within their bounds, and their diagnostics say what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.errors import Refused
from surveys.statistics.weighting import Target, combined, fit_weights

pytestmark = pytest.mark.sqlite_only

SEX = Target("sex", np.array([0] * 70 + [1] * 30), np.array([50.0, 50.0]))
AGE = Target("age", np.array([0, 1] * 50), np.array([0.3, 0.7]))


def shares(target: Target, weights: np.ndarray) -> np.ndarray:
    known = target.groups >= 0
    found = np.bincount(target.groups[known], weights[known], minlength=len(target.totals))
    return found / found.sum()


def test_post_stratification_is_population_over_sample():
    found = fit_weights([SEX])
    assert found.weights[:70] == pytest.approx(np.full(70, 50 / 70))
    assert found.weights[70:] == pytest.approx(np.full(30, 50 / 30))
    assert found.converged and found.trimmed == 0
    # 70 at 5/7 and 30 at 5/3: (100)^2 / (70 * 25/49 + 30 * 25/9).
    assert found.effective_n == pytest.approx(10000 / (70 * 25 / 49 + 30 * 25 / 9))
    assert found.effect == pytest.approx(100 / found.effective_n)
    assert found.spread == pytest.approx(70 / 30)


def test_raking_meets_both_variables_and_keeps_their_association():
    found = fit_weights([SEX, AGE])
    assert found.converged
    assert shares(SEX, found.weights) == pytest.approx([0.5, 0.5], abs=1e-7)
    assert shares(AGE, found.weights) == pytest.approx([0.3, 0.7], abs=1e-7)
    cells = np.array([found.weights[(SEX.groups == i) & (AGE.groups == j)][0] for i in (0, 1) for j in (0, 1)])
    # Raking multiplies rows and columns, so the odds ratio of the weights is 1 (Deming & Stephan 1940).
    assert cells[0] * cells[3] == pytest.approx(cells[1] * cells[2])


def test_cells_of_two_variables_are_one_target():
    joint = np.array([[10.0, 40.0], [20.0, 30.0]])
    found = fit_weights([combined(["sex", "age"], [SEX.groups, AGE.groups], joint)])
    assert shares(SEX, found.weights) == pytest.approx([0.5, 0.5])
    assert shares(AGE, found.weights) == pytest.approx([0.3, 0.7])


def test_trimmed_weights_stay_within_bounds_and_still_meet_targets_that_allow_it():
    groups = np.array([0] * 90 + [1] * 10)
    start = np.ones(100)
    start[90] = 30
    found = fit_weights([Target("group", groups, np.array([80.0, 20.0]))], start=start, highest=4)
    assert found.converged
    assert found.weights.max() <= 4 + 1e-9
    assert found.trimmed == 1
    assert shares(Target("group", groups, np.array([80.0, 20.0])), found.weights) == pytest.approx([0.8, 0.2], abs=1e-7)


def test_bounds_that_forbid_the_targets_are_told_not_hidden():
    groups = np.array([0] * 95 + [1] * 5)
    found = fit_weights([Target("group", groups, np.array([50.0, 50.0]))], highest=2)
    assert not found.converged
    assert found.largest_gap == pytest.approx(0.4)
    assert found.weights.mean() == pytest.approx(1)


def test_a_group_that_is_not_known_keeps_its_weight():
    groups = np.array([0] * 60 + [1] * 20 + [-1] * 20)
    found = fit_weights([Target("group", groups, np.array([50.0, 50.0]))])
    assert found.weights[80:] == pytest.approx(np.ones(20))
    assert shares(Target("group", groups, np.array([1.0, 1.0])), found.weights) == pytest.approx([0.5, 0.5])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=12, max_size=60),
    st.tuples(*[st.integers(1, 9)] * 5),
    st.floats(1.5, 6),
)
def test_weights_have_mean_one_and_keep_their_bounds(people, totals, highest):
    # Everyone's combination is there, so the targets can be met.
    people = people + [(i, j) for i in range(3) for j in range(2)]
    first, second = (np.array(one) for one in zip(*people, strict=True))
    targets = [Target("a", first, np.array(totals[:3], float)), Target("b", second, np.array(totals[3:], float))]
    free = fit_weights(targets)
    assert free.converged and free.largest_gap <= 1e-8
    assert free.effect >= 1 - 1e-9
    bounded = fit_weights(targets, lowest=0.2, highest=highest)
    assert bounded.weights.mean() == pytest.approx(1)
    assert bounded.weights.min() >= 0.2 - 1e-9 and bounded.weights.max() <= highest + 1e-9
    if bounded.converged:
        assert shares(targets[0], bounded.weights) == pytest.approx(np.array(totals[:3]) / sum(totals[:3]), abs=1e-6)


def test_what_cannot_be_weighted_is_refused():
    with pytest.raises(Refused, match="survey_raking_empty_group"):
        fit_weights([Target("sex", np.zeros(5, dtype=int), np.array([1.0, 1.0]))])
    with pytest.raises(Refused, match="survey_weight_bounds"):
        fit_weights([SEX], lowest=1.5)
    with pytest.raises(Refused, match="survey_weights_negative"):
        fit_weights([SEX], start=np.full(100, -1.0))
    with pytest.raises(Refused, match="survey_weights_zero"):
        fit_weights([SEX], start=np.zeros(100))
