"""The test run: random people walk as people do, and find what stops them."""

import pytest

from surveys.definition.respondents import DeadEnd, random_respondent, walk_through
from surveys.definition.runtime import Runtime

from .builders import choice, definition, question, sitting

pytestmark = pytest.mark.sqlite_only


def test_everybody_finishes_where_nothing_is_in_the_way():
    made = definition(
        [
            choice("sex", "f", "m", required=True),
            question("number", "age", required=True, integer=True, constraint=". >= 18 and . <= 99"),
            question("text", "code", required=True, constraint="regex(., '[0-9]{6}')"),
            question("date", "born", required=True, constraint=". <= today()"),
        ],
        {"name": "women", "relevant": "${sex} = 'f'", "items": [question("text", "why")]},
    )
    run = walk_through(made, sitting(), 40)
    assert (run.finished, dict(run.dead_ends)) == (40, {})
    assert run.page_share["page1"] == 1
    assert 0.2 < run.page_share["women"] < 0.8
    assert run.question_share["why"] == run.page_share["women"]


def test_people_meet_constraints_that_compare_with_other_answers():
    made = definition(
        [
            question("number", "many", required=True, integer=True, minimum=0, maximum=3),
            question("number", "of_them", required=True, integer=True, minimum=0, constraint=". <= ${many}"),
        ]
    )
    assert walk_through(made, sitting(), 60).finished == 60


def test_a_dead_end_is_named_with_its_page():
    made = definition(
        [choice("a", "x", "y", required=True)],
        {"name": "trap", "items": [question("number", "n", required=True, minimum=5, maximum=9, constraint=". < 3")]},
        {"name": "after", "items": [question("text", "t")]},
    )
    run = walk_through(made, sitting(), 10)
    assert (run.finished, dict(run.dead_ends)) == (0, {DeadEnd("trap", "n", "constraint"): 10})
    assert run.never_asked == ("t",)


def test_what_no_answer_leads_to_is_never_asked():
    made = definition([choice("a", "x", "y"), question("text", "t", relevant="${a} = 'z'")])
    assert walk_through(made, sitting(), 20).never_asked == ("t",)


def test_the_same_seed_walks_the_same_way():
    made = definition(
        [
            question("multiple", "m", options=[{"value": v} for v in "abcd"], max_chosen=2, required=True),
            {"type": "repeat", "name": "r", "items": [question("text", "t")]},
            question("constant_sum", "s", options=[{"value": v} for v in "ab"], required=True),
        ]
    )
    runtime = Runtime(made)
    walks = [random_respondent(runtime, sitting(str(number))) for number in range(20)]
    assert walks == [random_respondent(runtime, sitting(str(number))) for number in range(20)]
    assert len({str(walk.answers) for walk in walks}) > 10
    assert any(walk.answers.get("r") for walk in walks)
