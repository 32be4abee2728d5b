"""What is printed of a questionnaire, and who answers what, in plain words."""

import pytest

from surveys.definition.model import parts_of
from surveys.definition.paper import Clause, Paper, numbers, renumbered
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
PAPER = Paper(MADE)


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
    assert PAPER.ways(condition) == tuple(tuple(Clause(*one) for one in way) for way in clauses)


def test_a_condition_with_too_many_ways_stays_as_it_was_written():
    condition = " or ".join(f"${{times}} = {number}" for number in range(20))
    assert PAPER.ways(condition) == ((Clause("", "other", condition),),)


@pytest.mark.parametrize(("few", "many"), [(8, 30), (2, 201)])
def test_no_part_of_a_condition_is_lost_where_there_are_too_many_ways(few, many):
    either, other = (
        " or ".join(f"${{{name}}} = {number}" for number in range(most))
        for name, most in (("times", few), ("s.a", many))
    )
    for condition in (f"({either}) and ({other})", f"({other}) and ({either})", f"not(not(({either}) and ({other})))"):
        assert PAPER.ways(condition) == ((Clause("", "other", condition),),)


def test_answers_and_rows_have_their_words():
    assert PAPER.label_of("topics", "lawn") == {"en": "Lawns"} and PAPER.label_of("times", "3") == {}
    assert PAPER.row_of("agree.clean") == {"en": "Clean"} and PAPER.row_of("s.a") == {"": "a"}
    assert PAPER.owner_of("agree.clean") == "agree" and PAPER.owner_of("nobody") == "" and PAPER.row_of("often") == {}


def test_answers_of_a_shared_list_have_its_words():
    lists = {"l": [{"value": "lawn", "label": {"en": "Lawns"}}], "q": [{"value": "lake", "label": {"en": "Lakes"}}]}
    own = [{"value": "lake", "label": {"en": "The lake"}}]
    made = definition(
        [question("single", "q", options=own), question("single", "r", list="l"), question("single", "s", list="q")],
        lists=lists,
    )
    paper = Paper(made)
    assert paper.label_of("r", "lawn") == {"en": "Lawns"} and paper.label_of("r", "lake") == {}
    assert paper.label_of("q", "lake") == {"en": "The lake"} and paper.label_of("s", "lake") == {"en": "Lakes"}


def test_parts_are_looked_up_and_not_made_anew_for_each_condition(monkeypatch):
    paper, made = Paper(MADE), []
    monkeypatch.setattr("surveys.definition.paper.parts_of", lambda *of: made.append(of[1].name) or parts_of(*of))
    for _ in range(3):
        assert paper.ways("${agree.clean} = '1'")[0][0].name == "agree.clean"
        assert paper.row_of("s.a") == {"": "a"}
    assert made == [one.name for one in MADE.questions]


def test_a_condition_as_written_names_questions_by_their_numbers():
    said = renumbered("count_selected(${topics}) > ${times} + ${twice}", numbers(MADE), "No. {}".format)
    assert said == "count_selected(No. 2) > No. 3 + ${twice}"
