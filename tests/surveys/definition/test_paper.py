"""What is printed of a questionnaire, and who answers what, in plain words."""

import pytest

from surveys.definition.paper import Clause, label_of, numbers, owner_of, renumbered, row_of, ways
from tests.surveys.definition.builders import choice, definition, question

pytestmark = pytest.mark.sqlite_only

MADE = definition(
    [
        choice("often", "weekly", "never"),
        question("note", "said"),
        question("multiple", "topics", options=[{"value": "lawn", "label": {"en": "Lawns"}}, {"value": "lake"}]),
        question("number", "times"),
        question("calculation", "twice", calculation="${times} * 2"),
        question("matrix", "agree", options=[{"value": "1"}], rows=[{"value": "clean", "label": {"en": "Clean"}}]),
        question("text", "screen", modes=["web"]),
    ],
    {"name": "online", "modes": ["web", "phone"], "items": [question("text", "hidden_page")]},
    [{"type": "group", "name": "g", "modes": ["paper"],
      "items": [question("constant_sum", "s", options=[{"value": "a"}])]}],
)  # fmt: skip


def test_what_is_asked_on_paper_is_numbered_and_nothing_else():
    assert numbers(MADE) == {"often": 1, "topics": 2, "times": 3, "agree": 4, "s": 5}


def test_a_questionnaire_that_is_not_for_paper_has_no_numbers():
    assert numbers(definition([question("text", "q")], settings={"modes": ["web"]})) == {}


@pytest.mark.parametrize(
    ("condition", "clauses"),
    [
        ("${often} = 'never'", [[("often", "is", "never")]]),
        ("${often} != 'never'", [[("often", "is_not", "never")]]),
        ("not(${often} = 'never')", [[("often", "is_not", "never")]]),
        ("${often} = ''", [[("often", "empty", "")]]),
        ("answered(${times})", [[("times", "answered", "")]]),
        ("count_selected(${topics}) > 0", [[("topics", "answered", "")]]),
        ("count_selected(${topics}) = 0", [[("topics", "empty", "")]]),
        ("selected(${topics}, 'lawn') and 3 < ${times}", [[("topics", "chosen", "lawn"), ("times", ">", "3")]]),
        ("not(selected(${topics}, 'lawn'))", [[("topics", "not_chosen", "lawn")]]),
        ("${agree.clean} = '1' or ${s.a} >= 10", [[("agree.clean", "is", "1")], [("s.a", ">=", "10")]]),
        ("true()", [[]]),
        ("not(${times} < 3)", [[("", "other", "not(${times} < 3)")]]),
        ("count_selected(${topics}) >= 1.5", [[("", "other", "count_selected(${topics}) >= 1.5")]]),
        ("${twice} > 3 and ${often} = 'never'", [[("", "other", "${twice} > 3"), ("often", "is", "never")]]),
        ("${screen} = 'x'", [[("", "other", "${screen} = 'x'")]]),
        ("false()", [[("", "other", "false()")]]),
    ],
)
def test_a_condition_is_taken_apart(condition, clauses):
    assert ways(MADE, condition) == tuple(tuple(Clause(*one) for one in way) for way in clauses)


def test_a_condition_with_too_many_ways_stays_as_it_was_written():
    condition = " or ".join(f"${{times}} = {number}" for number in range(20))
    assert ways(MADE, condition) == ((Clause("", "other", condition),),)


@pytest.mark.parametrize(("few", "many"), [(8, 30), (2, 201)])
def test_no_part_of_a_condition_is_lost_where_there_are_too_many_ways(few, many):
    either, other = (
        " or ".join(f"${{{name}}} = {number}" for number in range(most))
        for name, most in (("times", few), ("s.a", many))
    )
    for condition in (f"({either}) and ({other})", f"({other}) and ({either})", f"not(not(({either}) and ({other})))"):
        assert ways(MADE, condition) == ((Clause("", "other", condition),),)


def test_answers_and_rows_have_their_words():
    assert label_of(MADE, "topics", "lawn") == {"en": "Lawns"} and label_of(MADE, "times", "3") == {}
    assert row_of(MADE, "agree.clean") == {"en": "Clean"} and row_of(MADE, "s.a") == {"": "a"}
    assert owner_of(MADE, "agree.clean") == "agree" and owner_of(MADE, "nobody") == "" and row_of(MADE, "often") == {}


def test_a_condition_as_written_names_questions_by_their_numbers():
    said = renumbered("count_selected(${topics}) > ${times} + ${twice}", numbers(MADE), "No. {}".format)
    assert said == "count_selected(No. 2) > No. 3 + ${twice}"
