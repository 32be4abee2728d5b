"""From its JSON text an answer comes into the same columns as value by value; what is odd is read that way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from surveys.definition.model import Definition, parse
from surveys.results.encoding import Row, encode
from surveys.results.layout import Layout, layout_of
from surveys.results.quick import Reader
from tests.surveys.results import made_up
from tests.surveys.results.made_up import options, texts

REASONS = [{"missing": reason} for reason in ("dont_know", "refused", "unreadable")]
# Text that looks like what the reader looks for.
TRAPS = ['"weight": 7', '{"missing": "refused"}', 'a"', "\\", 'age": {"missing": "refused"}', "行\n尾", "🏞", "{}", ""]


def document(**changes: Any) -> dict[str, Any]:
    """The questionnaire of every kind of question, with what counts in columns beside it."""
    made = made_up.document()
    made["pages"][0]["items"] += [
        {"name": "many", "type": "multiple", "label": texts("很多", "Many"), "options": options(
            *(f"o{place}" for place in range(130)))},
        {"name": "stars", "type": "rating", "label": texts("几星", "Stars")},
        {"name": "at", "type": "time", "label": texts("几点", "When")},
        {"name": "spot", "type": "location", "label": texts("哪里", "Where")},
    ]  # fmt: skip
    return made | changes


def layout(*documents: dict[str, Any]) -> Layout:
    """The columns of these versions, the first is number one."""
    found: dict[int, Definition] = {number: parse(one) for number, one in enumerate(documents or (document(),), 1)}
    return layout_of(found)


def both(found: Layout, rows: list[Row], *, ascii_only: bool = False):
    """Read the rows in both ways, as PostgreSQL writes their answers or, in ASCII, as Django does for SQLite."""
    facts = [(row.id, row.version, row.mode, row.language, row.day, row.seconds, row.wave) for row in rows]
    written = [json.dumps(row.answers, ensure_ascii=ascii_only) for row in rows]
    return Reader(found).table(facts, written), encode(found, rows)


def row(number: int = 1, version: int = 1, /, **answers: Any) -> Row:
    """A response with these answers."""
    return Row(number, version, "web", "en", date(2026, 11, 1), 90, None, answers)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_made_up_answers_are_the_same_in_both_ways(ascii_only):
    quick, slow = both(layout(), list(made_up.rows(400)), ascii_only=ascii_only)
    assert quick is not None and quick.equals(slow)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_text_that_looks_like_structure_is_only_text(ascii_only):
    rows = [row(number, why=trap, weight=number, age="old") for number, trap in enumerate(TRAPS, 1)]
    quick, slow = both(layout(), rows, ascii_only=ascii_only)
    assert quick is not None and quick.equals(slow)
    assert quick.column("why").to_pylist() == TRAPS and quick.column("weight").to_pylist() == list("123456789")


def test_reasons_stand_in_every_column_of_a_question():
    names = ["age", "likes", "rate", "order", "spend", "minutes", "nps", "born", "home", "why", "agree", "many", "spot"]
    rows = [row(number, **dict.fromkeys(names, reason)) for number, reason in enumerate(REASONS, 1)]
    quick, slow = both(layout(), [*rows, row(9, age="old", minutes=3)])
    assert quick is not None and quick.equals(slow)
    assert quick.column("rate.safe").to_pylist() == [-2, -3, -4, -1]
    assert quick.column("many|2").to_pylist() == [-2, -3, -4, -1] and quick.column("minutes|why")[0].as_py() == -2


def test_nothing_one_thing_and_everything_are_told_apart():
    every = [f"o{place}" for place in range(130)]
    said: list[dict[str, Any]] = [
        {},
        {"many": [], "order": [], "rate": {}, "spend": {}},
        {"many": every, "order": ["c", "a", "b"], "rate": {"clean": "bad", "safe": "good"}, "spend": {"x": 2.5}},
        {"many": ["o129", "o61", "o62", "nobody", "o129"], "order": ["b", "b", "a"], "age": "nobody", "nps": 11},
        {"many": None, "order": None, "rate": None, "spend": None, "age": None, "minutes": None, "born": None},
        {"agree": False, "nps": 0, "stars": 5, "at": "08:30", "spot": {"tile": "x1y2"}, "weight": "1e3", "minutes": -3},
        {"weight": True, "minutes": 10**15, "unknown": {"weight": 3}, "born": "2026-02-28", "rate": {"else": "good"}},
    ]  # fmt: skip
    rows = [row(number, **answers) for number, answers in enumerate(said, 1)]
    for some in (rows[:1], rows[1:2], rows):
        quick, slow = both(layout(), some)
        assert quick is not None and quick.equals(slow)


def test_versions_have_only_the_answers_that_they_ask_for():
    older = document()
    older["pages"][0]["items"] = [one for one in older["pages"][0]["items"] if one["name"] not in ("likes", "minutes")]
    rows = [row(1, 1, likes=["trees"], minutes=3, age="old"), row(2, 2, likes=["trees"], minutes=3, age="old")]
    quick, slow = both(layout(older, document()), rows)
    assert quick is not None and quick.equals(slow)
    assert quick.column("likes|0").to_pylist() == [-1, 1] and quick.column("minutes").to_pylist() == [None, 3]


@pytest.mark.parametrize(
    "answers",
    [
        {"age": 3},
        {"likes": "trees"},
        {"likes": ["trees", 3]},
        {"agree": "yes"},
        {"nps": "9"},
        {"minutes": True},
        {"rate": {"clean": {"missing": "refused"}}},
        {"rate": {"missing": "asleep"}},
        {"age": {"missing": "refused", "more": 1}},
        {"spot": "x1y2"},
        {"why": 12},
    ],
)
def test_what_a_type_does_not_lead_to_expect_is_left_to_the_other_way(answers):
    quick, slow = both(layout(), [row(1, age="old"), row(2, **answers)])
    assert quick is None and slow.num_rows == 2


def test_reasons_written_without_spaces_are_not_taken_for_nothing():
    found = layout()
    one = row(1, rate=REASONS[1], age="old")
    facts = [(one.id, one.version, one.mode, one.language, one.day, one.seconds, one.wave)]
    assert Reader(found).table(facts, [json.dumps(one.answers, separators=(",", ":"))]) is None


def test_a_question_named_as_something_inside_of_answers_is_read_one_by_one():
    named = document()
    named["pages"][0]["items"].append({"name": "clean", "type": "text", "label": texts("净", "Clean")})
    found = layout(named)
    assert not Reader(found).usable and both(found, [row(1, clean="yes")])[0] is None


@pytest.mark.parametrize("kind", ["matrix", "constant_sum"])
def test_a_value_inside_of_a_repeat_is_not_taken_for_a_question(kind):
    named = document()
    parts = (
        {"rows": options("weight"), "options": options("good")} if kind == "matrix" else {"options": options("weight")}
    )
    asked = {"name": "m", "type": kind, "label": texts("问", "Asked"), **parts}
    named["pages"][0]["items"].append(
        {"name": "kids", "type": "repeat", "label": texts("孩子", "Children"), "items": [asked]}
    )
    found = layout(named)
    quick, slow = both(found, [row(1, kids=[{"m": {"weight": "good"}}], weight=2)])
    assert quick is None and slow.column("weight").to_pylist() == ["2"]


def test_rows_and_options_that_begin_with_a_dot_keep_their_columns():
    dotted = document()
    rows = {"rows": options(".a", "a"), "options": options("good", "bad")}
    dotted["pages"][0]["items"] += [
        {"name": "grid", "type": "matrix", "label": texts("问", "Asked"), **rows},
        {"name": "sum", "type": "constant_sum", "label": texts("分", "Share out"), "options": options(".5", "5")},
    ]
    said = [row(1, grid={".a": "good"}, sum={".5": 3}), row(2, grid={"a": "bad"}, sum={"5": 4})]
    quick, slow = both(layout(dotted), said)
    assert quick is not None and quick.equals(slow)
    assert quick.column("grid..a").to_pylist() == [0, -1] and quick.column("sum..5").to_pylist() == [3, None]


def test_a_name_that_had_another_type_is_read_one_by_one():
    older = document()
    older["pages"][0]["items"] = [
        {"name": "minutes", "type": "text", "label": texts("几分钟", "Minutes")} if one["name"] == "minutes" else one
        for one in older["pages"][0]["items"]
    ]
    found = layout(older, document())
    assert not Reader(found).usable
    rows = [row(1, 1, minutes="three"), replace(row(2, 2, minutes=3), mode="phone")]
    assert both(found, rows)[0] is None
