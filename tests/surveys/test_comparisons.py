"""Letters, means, medians, net promoters, alpha and change against scipy, R and worked examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engage.errors import Refused
from surveys.statistics import comparisons
from surveys.statistics.design import Design, make_design
from surveys.statistics.estimates import Figure
from tests.surveys import made_up

pytestmark = pytest.mark.sqlite_only


def columns(*names: str) -> list[np.ndarray]:
    table = made_up.table()
    return [table.levels(name)[0] if name in {"z", "g"} else table.numbers(name) for name in names]


def nested() -> Design:
    table = made_up.table()
    strata, clusters = (np.array(table.column(name)) for name in ("h", "c"))
    return make_design(120, weights=table.numbers("w"), strata=[strata], clusters=[clusters], nest=True)


# --- letters ---------------------------------------------------------------------------------------------------------


def test_columns_beyond_z_have_two_letters():
    assert [comparisons.letter(at) for at in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA")
    ]


def test_a_letter_stands_in_the_higher_column_and_names_the_lower():
    assert comparisons.column_letters(np.array([[0.30, 0.50, 0.52]]), [200, 200, 200]) == [["", "A", "A"]]


def test_the_test_of_two_columns_is_pearsons():
    counts = np.array([[60, 45], [140, 155]])
    p = stats.chi2_contingency(counts, correction=False).pvalue
    shares = counts[:1] / counts.sum(axis=0)
    for level, wanted in ((1 - p - 1e-9, "B"), (1 - p + 1e-9, "")):
        assert comparisons.column_letters(shares, [200, 200], level=level) == [[wanted, ""]]


def test_bonferroni_counts_the_pairs_of_the_row():
    shares, sizes = np.array([[0.30, 0.40, 0.35, 0.35]]), [200] * 4
    assert comparisons.column_letters(shares, sizes, bonferroni=False)[0][1] == "A"
    assert comparisons.column_letters(shares, sizes)[0][1] == ""


def test_small_columns_and_shares_of_all_or_nobody_are_not_compared():
    found = comparisons.column_letters(np.array([[0.1, 0.9, 0.9], [0.0, 0.9, 1.0]]), [200, 29, 200])
    assert found == [["", "", "A"], ["", "", ""]]


# --- means and medians ------------------------------------------------------------------------------------------------


def test_two_means_are_compared_by_welch():
    y, g = columns("y", "g")
    wanted = stats.ttest_ind(*(y[(g == one) & ~np.isnan(y)] for one in (0, 1)), equal_var=False)
    found = comparisons.equal_means(y, g)
    assert (found.name, found.statistic, found.df, found.p) == (
        "welch_t",
        *(pytest.approx(one) for one in (wanted.statistic, wanted.df, wanted.pvalue)),
    )


def test_welchs_degrees_of_freedom_give_the_p_of_scipy():
    y, z = columns("y", "z")
    found = comparisons.equal_means(y, z)
    assert found.name == "welch_f"
    assert stats.f.sf(found.statistic, found.df, found.df_denominator) == pytest.approx(found.p)


@pytest.mark.parametrize(
    ("group", "statistic", "df", "df_denominator", "p"),
    [("z", 0.29580188213873, 2, 14, 0.74847113231222), ("g", 0.17839553025121, 1, 15, 0.67874759991914)],
)
def test_under_a_design_means_are_compared_as_by_r(group, statistic, df, df_denominator, p):
    """R 4.2.2, survey 4.1-1: regTermTest(svyglm(y ~ group, design), ~ group), design "nested" of reference.R."""
    y, groups = columns("y", group)
    found = comparisons.equal_means(y, groups, nested())
    assert (found.df, found.df_denominator) == (df, df_denominator)
    assert (found.statistic, found.p) == pytest.approx((statistic, p), rel=1e-6)


@pytest.mark.parametrize(
    ("value", "group", "mood", "statistic", "p"),
    [
        ("y", "z", False, 0.4398580489753 / 2, 0.805296445733),
        ("k", "g", False, 0.598261250285**2, 0.558591659782),
        ("y", "g", True, 0.100137695165**2, 0.921561145136),
    ],
)
def test_under_a_design_ranks_are_compared_as_by_r(value, group, mood, statistic, p):
    """R 4.2.2, survey 4.1-1: svyranktest, "KruskalWallis" (chi-square over its freedom; t squared) and "median"."""
    values, groups = columns(value, group)
    found = comparisons.equal_medians(values, groups, nested(), mood=mood)
    assert found.statistic == pytest.approx(statistic, rel=1e-6)
    assert found.p == pytest.approx(p, rel=1e-6)


def test_without_a_design_ranks_and_medians_are_those_of_scipy():
    y, z = columns("y", "z")
    samples = [y[(z == one) & ~np.isnan(y)] for one in range(3)]
    found, wanted = comparisons.equal_medians(y, z), stats.kruskal(*samples)
    assert (found.statistic, found.df, found.p) == (wanted.statistic, 2, wanted.pvalue)
    found, wanted = comparisons.equal_medians(y, z, mood=True), stats.median_test(*samples)
    assert (found.statistic, found.p) == (wanted.statistic, wanted.pvalue)


def test_means_and_medians_of_groups_are_those_of_domains():
    y, g = columns("y", "g")
    means = comparisons.group_means(make_design(120), y, g)
    for group, figure in enumerate(means):
        sample = y[(g == group) & ~np.isnan(y)]
        assert figure.value == pytest.approx(sample.mean())
        # The n/(n-1) of the whole sample stands for that of the domain.
        assert figure.se == pytest.approx(stats.sem(sample), rel=0.02)
        assert figure.low < figure.value < figure.high
    medians = comparisons.group_medians(make_design(120), y, g)
    for group, figure in enumerate(medians):
        sample = y[(g == group) & ~np.isnan(y)]
        assert figure.value == np.quantile(sample, 0.5, method="inverted_cdf")
        assert figure.low < figure.value < figure.high


@pytest.mark.parametrize("design", [None, make_design(6)])
def test_one_group_or_no_spread_is_no_test(design):
    with pytest.raises(Refused, match="survey_test_one_level"):
        comparisons.equal_means(np.arange(6.0), np.zeros(6, dtype=int), design)
    with pytest.raises(Refused, match="survey_test_one_level"):
        comparisons.equal_medians(np.arange(6.0), np.zeros(6, dtype=int), design)
    with pytest.raises(Refused, match="survey_test_sparse"):
        comparisons.equal_means(np.ones(6), np.array([0, 0, 0, 1, 1, 1]), design)
    with pytest.raises(Refused, match="survey_test_sparse"):
        comparisons.equal_medians(np.ones(6), np.array([0, 0, 0, 1, 1, 1]), design)


# --- net promoters ----------------------------------------------------------------------------------------------------


def test_the_score_is_promoters_less_detractors_with_the_error_of_a_mean():
    answers = np.array([10, 9, 9, 8, 7, 6, 0, 10, math.nan, 5])
    found = comparisons.net_promoters(answers)
    assert (found.promoters, found.passives, found.detractors) == pytest.approx((4 / 9, 2 / 9, 3 / 9))
    assert found.score.value == pytest.approx(100 / 9)
    scores = np.array([100, 100, 100, 0, 0, -100, -100, 100, -100])
    assert found.score.se == pytest.approx(stats.sem(scores), rel=0.01)
    assert found.score.low < found.score.value < found.score.high


def test_weights_move_the_score():
    found = comparisons.net_promoters(np.array([10.0, 0.0]), make_design(2, weights=np.array([3.0, 1.0])))
    assert (found.promoters, found.score.value) == (0.75, 50)


@pytest.mark.parametrize("wrong", [-1, 11, 7.5])
def test_an_answer_outside_the_scale_is_refused(wrong):
    with pytest.raises(Refused, match="survey_nps_out_of_range"):
        comparisons.net_promoters(np.array([9, wrong]))


# --- alpha -----------------------------------------------------------------------------------------------------------


def test_alpha_of_a_scale_worked_by_hand():
    # Variances 2.5 and 2.5, covariance 1.5: alpha = 2 * (1 - 5 / 8).
    items = np.array([[1, 2], [2, 1], [3, 4], [4, 5], [5, 3]], dtype=float)
    assert comparisons.cronbach_alpha(items).value == pytest.approx(2 * (1 - 5 / 8))


def test_weighted_alpha_is_that_of_r():
    """R 4.2.2, survey 4.1-1: svycralpha(~ I(y / 10) + k + I(k + s)), design "nested" of reference.R, y not missing."""
    y, k, s, w = columns("y", "k", "s", "w")
    found = comparisons.cronbach_alpha(np.column_stack([y / 10, k, k + s]), w)
    assert found.value == pytest.approx(0.71982913477869, rel=1e-9)
    assert found.low is None


def test_feldts_interval_holds_alpha_and_narrows_with_people():
    items = np.random.default_rng(3).normal(size=(40, 1)) + np.random.default_rng(4).normal(size=(40, 4))
    few, many = comparisons.cronbach_alpha(items), comparisons.cronbach_alpha(np.vstack([items] * 5))
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    "items", [np.ones((5, 1)), np.ones((2, 3)), np.ones((5, 3)), np.array([[1, -1], [2, -2], [3, -3.0]])]
)
def test_alpha_of_what_does_not_vary_is_refused(items):
    with pytest.raises(Refused, match="survey_alpha_undefined"):
        comparisons.cronbach_alpha(items)


# --- change ----------------------------------------------------------------------------------------------------------


def test_the_change_of_shares_has_newcombes_interval():
    """Newcombe (1998), table II, comparison a, method 10: 56/70 against 48/80 is 0.20 with 0.0524 to 0.3339."""
    found = comparisons.change_of_shares(48 / 80, 80, 56 / 70, 70)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_the_change_turns_round_with_the_waves_and_stays_possible(hits, size, later_hits, later_size):
    first, second = min(hits, size) / size, min(later_hits, later_size) / later_size
    there = comparisons.change_of_shares(first, size, second, later_size)
    back = comparisons.change_of_shares(second, later_size, first, size)
    assert (there.value, there.low, there.high, there.p) == pytest.approx((-back.value, -back.high, -back.low, back.p))
    assert -1 <= there.low <= there.value <= there.high <= 1


def test_the_change_of_means_is_welchs():
    first, second = np.array([1.0, 2, 4, math.nan]), np.array([3.0, 5, 6, 9])
    found = comparisons.change_of_means(first, second)
    wanted = stats.ttest_ind(second, first[:3], equal_var=False)
    assert (found.value, found.p) == pytest.approx((5.75 - 7 / 3, wanted.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(wanted.confidence_interval()))


def test_the_change_of_estimates_adds_their_errors():
    found = comparisons.change_of_figures(Figure(10.0, 3.0), Figure(16.0, 4.0))
    assert (found.value, found.low, found.high) == pytest.approx((6, 6 - 1.959964 * 5, 6 + 1.959964 * 5))
    assert found.p == pytest.approx(2 * stats.norm.sf(1.2))
    assert comparisons.change_of_figures(Figure(1.0, 0.0), Figure(1.0, 0.0)).p == 1
    with pytest.raises(Refused, match="survey_domain_empty"):
        comparisons.change_of_figures(Figure(None), Figure(1.0, 1.0))


def test_waves_without_people_or_spread_are_refused():
    with pytest.raises(Refused, match="survey_domain_empty"):
        comparisons.change_of_shares(0.5, 0, 0.5, 10)
    with pytest.raises(Refused, match="survey_test_sparse"):
        comparisons.change_of_means(np.ones(3), np.ones(3))
