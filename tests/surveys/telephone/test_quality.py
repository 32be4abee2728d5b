"""Which interviews and interviewers are looked at again."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact

from engage.pages.messages import registered_codes
from surveys.telephone import rules, words
from surveys.telephone.rules import (
    Limits,
    dont_know_share,
    interview_flags,
    median_times,
    pace,
    recontact_draw,
    refusal_flags,
    straight_lined,
    two_proportions,
)

pytestmark = pytest.mark.sqlite_only

QUESTIONS = [f"q{n}" for n in range(10)]
MEDIANS = dict.fromkeys(QUESTIONS, 10.0)


def test_medians_are_of_those_who_were_asked():
    assert median_times([{"a": 1.0, "b": 5.0}, {"a": 3.0}, {"a": 8.0}]) == {"a": 3.0, "b": 5.0}
    assert median_times([]) == {}


def test_a_short_way_through_the_questionnaire_is_not_fast():
    half_the_questions = dict.fromkeys(QUESTIONS[:5], 10.0)
    assert pace(half_the_questions, MEDIANS) == 1.0
    assert pace(dict.fromkeys(QUESTIONS, 3.0), MEDIANS) == pytest.approx(0.3)
    assert pace(dict.fromkeys(QUESTIONS[:4], 1.0), MEDIANS) is None
    assert pace({**half_the_questions, "new": 1000.0}, MEDIANS) == 1.0


def test_straight_lines_are_counted_among_the_matrices_that_can_tell():
    same, mixed, short, gaps = [3, 3, 3, 3], [3, 3, 3, 2], [1, 1, 1], [2, None, 2, 2, 2]
    assert straight_lined([same, mixed, short, gaps]) == (2, 3)
    assert straight_lined([short]) == (0, 0)
    assert straight_lined([[None] * 6]) == (0, 0)


def test_the_share_of_dont_know_is_of_the_questions_asked():
    assert dont_know_share({"a": 98, "b": 1, "c": 99, "d": 2}, {98, 99}) == 0.5
    assert dont_know_share({}, {98}) is None


@pytest.mark.parametrize(
    ("seconds", "matrix", "unknown", "flags"),
    [
        (10.0, [1, 2, 3, 4], 0, set()),
        (3.9, [1, 2, 3, 4], 0, {"too_fast"}),
        (4.0, [1, 2, 3, 4], 0, set()),
        (10.0, [1, 1, 1, 1], 0, {"straight_lining"}),
        (10.0, [1, 2, 3, 4], 3, set()),
        (10.0, [1, 2, 3, 4], 4, {"dont_know"}),
        (1.0, [1, 1, 1, 1], 10, {"too_fast", "straight_lining", "dont_know"}),
    ],
)
def test_an_interview_is_flagged_past_its_limits(seconds, matrix, unknown, flags):
    answers = {question: 98 if n < unknown else 1 for n, question in enumerate(QUESTIONS)}
    found = interview_flags(
        times=dict.fromkeys(QUESTIONS, seconds), medians=MEDIANS, matrices=[matrix], answers=answers, dont_know={98}
    )
    assert found == flags


def test_the_limits_can_be_set():
    answers = dict.fromkeys(QUESTIONS, 1)
    strict = Limits(pace=1.0)
    found = interview_flags(
        times=dict.fromkeys(QUESTIONS, 9.0), medians=MEDIANS, matrices=[], answers=answers, dont_know=(), limits=strict
    )
    assert found == {"too_fast"}


def test_two_proportions_are_those_of_the_chi_square_table_without_correction():
    p = two_proportions(60, 100, 200, 500)
    table = [[60, 40], [200, 300]]
    assert p == pytest.approx(chi2_contingency(table, correction=False).pvalue / 2, rel=1e-9)


def test_few_cases_are_tested_exactly():
    table = [[4, 1], [3, 12]]
    assert two_proportions(4, 5, 3, 15) == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-12)


@pytest.mark.parametrize("numbers", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 5, 0, 9), (5, 5, 9, 9)])
def test_without_a_difference_to_find_there_is_no_test(numbers):
    assert two_proportions(*numbers) is None


@pytest.mark.parametrize("numbers", [(6, 5, 1, 9), (1, 5, 10, 9), (-1, 5, 1, 9)])
def test_more_hits_than_cases_are_an_error(numbers):
    with pytest.raises(ValueError, match="more hits"):
        two_proportions(*numbers)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 300), st.integers(1, 300))
def test_p_is_a_probability_and_small_only_on_the_side_of_too_many(hits, of, other_hits, of_others):
    hits, other_hits = min(hits, of), min(other_hits, of_others)
    p = two_proportions(hits, of, other_hits, of_others)
    if p is not None:
        assert 0 <= p <= 1 + 1e-12
        if hits / of < other_hits / of_others:
            assert p > 0.4


def test_who_is_refused_much_more_often_is_flagged_and_the_others_are_not():
    team = {"li": (60, 100), "wang": (22, 100), "zhao": (20, 100), "chen": (18, 100), "new": (1, 2)}
    (flag,) = refusal_flags(team)
    assert flag.interviewer == "li" and flag.share == 0.6
    assert flag.others == pytest.approx(61 / 302) and flag.p < 1e-9


def test_who_is_refused_less_often_is_not_flagged():
    team = {"li": (2, 100), "wang": (22, 100), "zhao": (20, 100), "chen": (21, 100)}
    assert "li" not in {flag.interviewer for flag in refusal_flags(team)}


def test_looking_at_many_does_not_flag_by_chance():
    # Alone against the others this is p = 0.03; among twenty it is what chance brings.
    team = {"li": (29, 100), **{f"i{n}": (20, 100) for n in range(19)}}
    alone = two_proportions(29, 100, 380, 1900)
    assert alone < 0.05 and refusal_flags(team) == []


def test_a_team_of_one_or_none_has_nobody_to_be_compared_with():
    assert refusal_flags({"li": (9, 10)}) == [] and refusal_flags({}) == []


def test_the_check_list_has_a_tenth_of_everybodys_interviews_and_is_the_same_again():
    interviews = {f"k{n}": "li" if n < 100 else "wang" if n < 125 else "zhao" for n in range(126)}
    drawn = recontact_draw(interviews, "study 7")
    by = [interviews[key] for key in drawn]
    assert (by.count("li"), by.count("wang"), by.count("zhao")) == (10, 3, 1)
    assert drawn == recontact_draw(dict(reversed(interviews.items())), "study 7")
    assert drawn != recontact_draw(interviews, "study 8")
    assert recontact_draw({}, "study 7") == []


def test_the_check_list_is_the_one_of_yesterday():
    # Fixed here: an update of the language or of a library must not draw other people.
    assert recontact_draw({f"k{n}": "li" for n in range(30)}, "seed", Fraction(1, 10)) == ["k12", "k17", "k7"]


def test_every_refusal_flag_and_reason_has_its_sentence():
    folder = Path(rules.__file__).parent.parent
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    used = {
        code
        for text in texts
        for found in re.findall(r"Refused\((.*?)[,)]", text)
        for code in re.findall(r'"([a-z_]+)"', found)
    }
    assert set(words.REFUSALS) <= used <= registered_codes()
    assert set(words.REASONS) == {reason.name for reason in rules.Reason}
    flags = {code for text in texts for code in re.findall(r'flags\.add\("(\w+)"\)', text)}
    assert flags | {"refusals"} == set(words.FLAGS)
