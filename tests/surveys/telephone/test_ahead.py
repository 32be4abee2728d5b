"""What may be asked without a connection: nothing that an answer still to be given could change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from surveys.definition import model
from surveys.definition.runtime import Runtime, Sitting
from surveys.telephone import script
from surveys.telephone.ahead import AHEAD_MOST, ahead

pytestmark = pytest.mark.sqlite_only


def question(name: str, label: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "text", "label": {"en": label or f"What about {name}?"}, **more}


def page(name: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "items": list(items), **more}


def coming(
    at: str, *pages: dict[str, Any], answers: dict[str, Any] | None = None, **more: Any
) -> tuple[list[str], bool]:
    """Return what can be asked behind a question, and whether the end follows."""
    given = {
        "format": "engage-questionnaire/1",
        "languages": ["en"],
        "title": {"en": "T"},
        "pages": list(pages),
        **more,
    }
    runtime = Runtime(model.parse(given))
    course = runtime.course(answers or {}, Sitting(datetime(2026, 11, 25, 10), "seed", mode="phone", language="en"))
    found = script.steps(course)
    result = ahead(runtime, found, [step.key for step in found].index(at))
    return [step.key for step in result.steps], result.ends


def test_what_hangs_on_nothing_follows_to_the_end():
    assert coming("a", page("one", question("a"), question("b")), page("two", question("c"))) == (["b", "c"], True)
    assert coming("c", page("one", question("a"), question("b"), question("c"))) == ([], True)


@pytest.mark.parametrize(
    "hanging",
    [
        question("c", relevant="${b} != 'x'"),
        question("c", "You said ${a}. Why?"),
        question("c", help={"en": "After ${b}"}),
        question("c", required="${a} = 'x'"),
        question("c", default="${a}"),
        {"name": "c", "type": "single", "label": {"en": "Which?"}, "options": [
            {"value": "1", "label": {"en": "One"}, "relevant": "${a} != 'x'"}, {"value": "2", "label": {"en": "Two"}},
        ]},
        {"name": "c", "type": "group", "relevant": "${b} != 'x'", "label": {"en": "G"}, "items": [question("d")]},
        {"name": "c", "type": "repeat", "label": {"en": "R"}, "items": [question("d")]},
    ],
)  # fmt: skip
def test_it_ends_before_what_hangs_on_an_answer_to_come(hanging):
    assert coming("a", page("one", question("a"), question("b"), hanging, question("z"))) == (["b"], False)


def test_it_ends_where_an_answer_may_bring_a_question_that_is_not_there_yet():
    hidden = question("c", relevant="${a} = 'x'")
    assert coming("a", page("one", question("a"), question("b"), hidden, question("z"))) == (["b"], False)
    assert coming("a", page("one", question("a"), question("b"), hidden)) == (["b"], False)
    later = page("two", question("c"), relevant="${b} = 'x'")
    assert coming("a", page("one", question("a"), question("b")), later, page("three", question("z"))) == (["b"], False)


def test_what_was_answered_before_is_settled():
    asked = page("one", question("a"), question("b"), question("c", "You said ${a}?", relevant="${a} = 'x'"))
    assert coming("b", asked, answers={"a": "x"}) == (["c"], True)
    assert coming("b", asked, answers={"a": "y"}) == ([], True)


def test_values_that_nobody_types_are_followed():
    total = {"name": "t", "type": "calculation", "calculation": "concat(${b}, '!')"}
    shown = question("c", "So ${t}?")
    assert coming("a", page("one", question("a"), question("b"), total, shown)) == (["b"], False)


def test_a_closing_that_reads_an_answer_waits_for_it():
    given = page("one", question("a"), question("b"))
    assert coming("a", given, closing={"en": "Thank you for ${b}"}) == (["b"], False)
    assert coming("a", given, closing={"en": "Thank you"}) == (["b"], True)


def test_so_many_and_no_more():
    many = [question(f"q{number}") for number in range(AHEAD_MOST + 3)]
    assert coming("q0", page("one", *many)) == ([f"q{number}" for number in range(1, AHEAD_MOST + 1)], False)


REPEAT = {"name": "people", "type": "repeat", "label": {"en": "People"}, "maximum": 3}


def test_nothing_follows_inside_of_a_repeat_or_behind_the_question_for_one_more():
    inside = [question("sex"), question("age", relevant="${sex} = 'f'"), question("job")]
    counted = page("one", {**REPEAT, "count": "2", "items": inside}, question("z"))
    assert coming("people/1/sex", counted) == ([], False)
    open_one = page("one", {**REPEAT, "items": [question("who")]}, question("z"))
    assert coming("people", open_one, answers={"people": [{"who": "x"}]}) == ([], False)


def test_where_the_order_is_drawn_what_an_answer_may_bring_can_stand_anywhere():
    asked = [question("b"), question("c", relevant="${a} = 'x'"), question("a")]
    for mixed in ({"randomise": "flip"}, {"randomise": "shuffle"}):
        for start in ("a", "b"):
            steps, ends = coming(start, page("one", *asked, **mixed))
            assert not ends or start == "b"
            assert "c" not in steps
    assert coming("a", page("one", *asked, randomise="shuffle")) == ([], False)
    plain = page("one", question("b"), question("a"), randomise="shuffle")
    assert {one for start in ("a", "b") for one in coming(start, plain)[0]} <= {"a", "b"}


def test_a_note_that_an_answer_may_bring_is_waited_for():
    note = {"name": "n", "type": "note", "label": {"en": "Take care"}, "relevant": "${a} = 'x'"}
    assert coming("a", page("one", question("a"), question("b"), note, question("c"))) == (["b"], False)
    assert coming("a", page("one", question("a"), note, question("c"))) == ([], False)
