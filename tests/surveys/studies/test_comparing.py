"""Change between waves, gaps to a population, R: against scipy, and against what is counted from the raw answers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engage.errors import Refused
from surveys.results.encoding import Row
from surveys.statistics.representativity import dissimilarity, r_indicator
from surveys.studies import comparing, representing
from surveys.studies.comparing import WaveAnswers
from surveys.studies.rules import Part
from tests.surveys.results import made_up

pytestmark = pytest.mark.sqlite_only

EARLY, LATE = date(2026, 3, 1), date(2026, 9, 1)
PARTS = (Part(last_day=date(2026, 6, 30)), Part(first_day=date(2026, 7, 1)))


def rows(early: int = 300, late: int = 400) -> list[Row]:
    """Two waves of different people; half of those who came rarely come often in the later one."""
    found = list(made_up.rows(early + late, seed=3))
    wave = []
    for number, row in enumerate(found):
        answers = dict(row.answers)
        if number >= early and number % 2 and answers.get("visits") == "rarely":
            answers["visits"] = "often"
        wave.append(Row(row.id, 1, row.mode, "en", EARLY if number < early else LATE, None, None, answers))
    return wave


def waves(found: list[Row], weight: str = "") -> tuple[WaveAnswers, WaveAnswers]:
    answers = comparing.grouped(made_up.answers(found), PARTS)
    weights = answers.weights(weight) if weight else None
    return WaveAnswers(answers, 0, weights), WaveAnswers(answers, 1, weights)


def frames(found: list[Row]) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = pd.DataFrame([row.answers | {"day": row.day} for row in found])
    return table[table["day"] == EARLY], table[table["day"] == LATE]


def question(found: list[comparing.Compared], key: str) -> comparing.Compared:
    return next(one for one in found if one.column.key == key)


def base_of(frame: pd.DataFrame, key: str) -> pd.Series:
    """Whoever was asked: refusals are answers too, and objects in the rows."""
    return frame[key].dropna().map(str)


def newcombe(first: float, first_size: float, second: float, second_size: float) -> tuple[float, float]:
    """Square-and-add of two score intervals (Newcombe 1998, method 10), each from the roots of its own equation."""
    z = stats.norm.ppf(0.975) ** 2
    (low_1, high_1), (low_2, high_2) = (
        sorted(np.roots([1 + z / size, -(2 * share + z / size), share**2]))
        for share, size in ((first, first_size), (second, second_size))
    )
    change = second - first
    return change - math.hypot(second - low_2, high_1 - first), change + math.hypot(high_2 - second, first - low_1)


def test_a_change_of_shares_is_newcombes():
    found = rows()
    before, after = (base_of(frame, "visits") for frame in frames(found))
    one = question(list(comparing.changes(*waves(found))), "visits")
    assert (one.first.n, one.second.n) == (len(before), len(after))
    checked = [line for line in one.lines if not line.is_reason]
    assert [line.level.value for line in checked] == ["often", "rarely", "never", "else"]
    for line in checked:
        hits = [int((wave == line.level.value).sum()) for wave in (before, after)]
        assert (line.first.count, line.second.count) == tuple(hits) and line.change is not None
        wanted = newcombe(hits[0] / len(before), len(before), hits[1] / len(after), len(after))
        assert (line.change.low, line.change.high) == pytest.approx(wanted)
        assert line.change.value == pytest.approx(hits[1] / len(after) - hits[0] / len(before))
        wilson = stats.binomtest(hits[0], len(before)).proportion_ci(method="wilson")
        assert (line.first.low, line.first.high) == pytest.approx((wilson.low, wilson.high))
    assert checked[0].change is not None and checked[0].change.low > 0


def test_a_weighted_change_holds_the_error_of_the_weights():
    """The linearised error: that of the total of w (y - p) / sum w over all who were drawn (Särndal et al. 1992)."""
    found = rows()
    one = question(list(comparing.changes(*waves(found, "weight"))), "visits")
    line = next(line for line in one.lines if line.level.value == "often")
    sides = []
    for frame in frames(found):
        own = frame["visits"].notna()
        weights = frame["weight"].astype(float).where(own, 0.0)
        hits = (frame["visits"].map(str) == "often").astype(float)
        share = float((weights * hits).sum() / weights.sum())
        scores = weights * (hits - share) / weights.sum()
        sides += [share, share * (1 - share) / (len(frame) * float(scores.var(ddof=1)))]
    assert (line.first.share, line.second.share) == pytest.approx((sides[0], sides[2]))
    assert line.change is not None
    assert (line.change.low, line.change.high) == pytest.approx(newcombe(*sides))


def test_means_change_by_welch_and_several_answers_option_by_option():
    found = rows()
    changed = list(comparing.changes(*waves(found)))
    before, after = frames(found)
    means = question(changed, "nps").means
    assert means is not None
    welch = stats.ttest_ind(after["nps"].astype(float), before["nps"].astype(float), equal_var=False)
    bounds = welch.confidence_interval()
    assert (means.change.low, means.change.high) == pytest.approx((bounds.low, bounds.high))
    likes = question(changed, "likes")
    counts = [
        sum("trees" in one for one in frame["likes"].dropna() if isinstance(one, list)) for frame in (before, after)
    ]
    trees = next(line for line in likes.lines if line.level.value == "trees")
    assert (trees.first.count, trees.second.count) == tuple(counts) and likes.second.several
    # Bins of numbers are not compared, their mean is; what is text or a day is not there.
    minutes = question(changed, "minutes")
    assert minutes.lines == () and minutes.means is not None
    assert not {"why", "born", "visits#other"} & {one.column.key for one in changed}


def test_small_counts_of_a_wave_and_what_tells_them_are_hidden():
    found = rows(40, 400)
    early = [row for row in found if row.day == EARLY]
    for place, row in enumerate(early):
        row.answers["age"] = "old" if place < 2 else "middle" if place < 9 else "young"  # type: ignore[index]
    one = question(list(comparing.changes(*waves(found))), "age")
    shown = {line.level.value: line for line in one.lines}
    assert shown["old"].first.hidden and shown["old"].first.share is None and shown["old"].change is None
    assert sum(line.first.hidden for line in one.lines) > 1
    # The later wave would tell it by its difference to all answers.
    assert any(line.second.hidden for line in one.lines)


def test_a_wave_of_few_is_withheld():
    changed = list(comparing.changes(*waves(rows(4, 100))))
    assert changed and all(one.withheld and one.lines == () for one in changed)


def test_waves_take_versions_invitations_and_days():
    found = [
        Row(number, version, "web", "en", day, None, wave, {"age": "old"})
        for number, (version, day, wave) in enumerate(
            [(1, EARLY, None), (1, LATE, 1), (2, EARLY, 2), (2, LATE, 1)], start=1
        )
    ]
    answers = made_up.answers(found)
    for part, wanted in (
        (Part(), [1, 1, 1, 1]),
        (Part(version=2), [0, 0, 1, 1]),
        (Part(invitations=1), [0, 1, 0, 1]),
        (Part(first_day=LATE), [0, 1, 0, 1]),
        (Part(version=1, last_day=EARLY), [1, 0, 0, 0]),
    ):
        assert comparing.taken(answers, part).astype(int).tolist() == wanted


# --- the population --------------------------------------------------------------------------------------------------

POPULATION = [("young", 20.0), ("middle", 40.0), ("old", 40.0)]


def test_gaps_are_counted_against_the_population_and_the_weights_close_them():
    found = rows()
    wave = waves(found)[1]
    weighting, weights = representing.fitted(wave, [("age", "Age", POPULATION)])
    stands = representing.standing(wave, "age", POPULATION, weights)
    shares = frames(found)[1]["age"].value_counts(normalize=True)
    assert {group.value: group.gap for group in stands.groups} == pytest.approx(
        {value: shares[value] - percent / 100 for value, percent in POPULATION}
    )
    assert {group.value: group.weight for group in stands.groups} == pytest.approx(
        {value: percent / 100 / shares[value] for value, percent in POPULATION}
    )
    assert [group.weighted for group in stands.groups] == pytest.approx([0.2, 0.4, 0.4])
    assert stands.largest is not None and stands.largest.value == "young" and stands.n == 400
    assert stands.off == pytest.approx(sum(abs(shares[value] - percent / 100) for value, percent in POPULATION) / 2)
    # Kish: what the weights cost, from the shares alone.
    effect = sum((percent / 100) ** 2 / shares[value] for value, percent in POPULATION)
    assert weighting.effect == pytest.approx(effect) and weighting.effective_n == pytest.approx(400 / effect)
    assert weights[~wave.inside].sum() == 0


def test_several_benchmarks_are_raked_and_what_is_not_known_is_left_out():
    found = rows()
    wave = waves(found)[0]
    home = [("east", 70.0), ("west", 30.0)]
    known = [("young", 50.0), ("middle", 50.0), ("old", None)]
    weighting, weights = representing.fitted(wave, [("age", "Age", known), ("home", "Home", home)])
    stands = [representing.standing(wave, key, shares, weights) for key, shares in (("age", known), ("home", home))]
    assert weighting.converged
    assert [[group.weighted for group in one.groups] for one in stands] == [
        pytest.approx([0.5, 0.5]), pytest.approx([0.7, 0.3])
    ]  # fmt: skip
    old = int((frames(found)[0]["age"] == "old").sum())
    assert (stands[0].n, stands[0].left) == (300 - old, old)


def test_a_group_of_few_has_no_share_no_gap_and_no_weight():
    found = rows(40, 400)
    early = [row for row in found if row.day == EARLY]
    for place, row in enumerate(early):
        row.answers["age"] = "old" if place < 2 else "middle" if place < 9 else "young"  # type: ignore[index]
    wave = waves(found)[0]
    _weighting, weights = representing.fitted(wave, [("age", "Age", POPULATION)])
    stands = representing.standing(wave, "age", POPULATION, weights)
    old = next(group for group in stands.groups if group.value == "old")
    assert (old.count, old.share, old.gap, old.weight, stands.off) == (None,) * 5


def test_a_group_that_nobody_is_in_gives_no_weights():
    wave = waves([row for row in rows() if row.answers["age"] != "old"])[0]
    with pytest.raises(Refused, match="survey_raking_empty_group"):
        representing.fitted(wave, [("age", "Age", POPULATION)])


def test_the_r_indicator_is_one_less_twice_the_spread_of_propensities():
    asked, answered = [200, 300, 500], [40, 120, 300]
    propensities = np.repeat([40 / 200, 120 / 300, 300 / 500], asked)
    spread = float(np.std(propensities, ddof=1))
    found = r_indicator(asked, answered)
    assert found.value == pytest.approx(1 - 2 * spread)
    assert found.bias == pytest.approx((1 - found.value) / (2 * 0.46))
    # The parts add up, in squares, to the variance of the propensities.
    assert sum(part**2 for part in found.parts) == pytest.approx(spread**2 * 999 / 1000)
    assert [part > 0 for part in found.parts] == [False, False, True]


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=2, max_size=8))
def test_r_stays_within_its_bounds_and_is_1_where_all_answer_alike(groups):
    asked = [n for n, _share in groups]
    answered = [max(int(n * share), 1 if at == 0 else 0) for at, (n, share) in enumerate(groups)]
    assert 0 <= r_indicator(asked, answered).value <= 1
    assert r_indicator(asked, asked).value == 1


def test_an_r_below_0_is_shown_as_0_with_a_word_for_no_population_has_one():
    found = r_indicator([2, 2], [2, 0])
    assert (found.value, found.is_bounded) == (0, True) and found.bias == pytest.approx(math.sqrt(1 / 3) / 0.5)
    assert not r_indicator([200, 300], [40, 120]).is_bounded


def test_r_needs_two_groups_and_an_answer():
    for asked, answered in (([10], [5]), ([10, 0], [5, 0]), ([10, 10], [0, 0])):
        with pytest.raises(Refused, match="survey_groups_too_few"):
            r_indicator(asked, answered)
    with pytest.raises(ValueError, match="more answered"):
        r_indicator([1, 2], [2, 0])


def test_dissimilarity_counts_who_would_have_to_move():
    assert dissimilarity(np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])) == pytest.approx(0.2)
