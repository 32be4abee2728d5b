"""The logic of a draft as a map."""

import re

import pytest

from surveys.definition import checks
from surveys.studio import logic_map
from surveys.studio.words import MARKS
from tests.surveys.definition.builders import choice, definition, question

pytestmark = pytest.mark.sqlite_only


def drawn(made):
    return logic_map.draw(made, checks.check(made), {}, {code: code for code in MARKS})


def arrows(shown):
    return {(one.source.name, one.target.name): one.is_wrong for one in shown.arrows}


def test_arrows_lead_from_what_is_read_to_pages_groups_questions_and_answers():
    made = definition(
        [choice("fruit", "apple"), question("number", "many", constraint="${fruit} = 'apple' and . > 0")],
        {
            "name": "p2",
            "relevant": "${fruit} = 'apple'",
            "items": [
                {"type": "group", "name": "box", "relevant": "${many} > 1", "items": [question("text", "why")]},
                question("single", "kind", options=[{"value": "a", "relevant": "${form} = 'x'"}]),
            ],
        },
        ballots=[{"name": "form", "arms": [{"value": "x"}, {"value": "y"}]}],
    )
    shown = drawn(made)
    assert arrows(shown) == dict.fromkeys(
        [("fruit", "many"), ("fruit", "p2"), ("many", "box"), ("form", "kind")], False
    )
    kinds = [(box.kind, box.name) for box in shown.boxes]
    assert kinds == [
        ("ballot", "form"), ("page", "page1"), ("item", "fruit"), ("item", "many"), ("page", "p2"), ("item", "box"),
        ("item", "why"), ("item", "kind"),
    ]  # fmt: skip


def test_circles_dead_ends_and_what_is_asked_later_are_marked_as_the_checks_found_them():
    made = definition(
        [
            question("text", "a", relevant="${b} = 'x'"),
            question("text", "b", relevant="${a} = 'x'"),
            question("number", "c", required=True, constraint=". > 3 and . < 2"),
            question("text", "d", relevant="${later} = 'x'"),
        ],
        [question("text", "later")],
    )
    shown = drawn(made)
    marks = {box.name: box.marks for box in shown.boxes if box.marks}
    assert {"a", "b", "c", "d"} == set(marks)
    assert "circular" in marks["a"] and "circular" in marks["b"]
    assert marks["c"] == ("dead_end",) and marks["d"] == ("refers_later",)
    assert arrows(shown) == {("b", "a"): True, ("a", "b"): True, ("later", "d"): True}


def test_boxes_do_not_overlap_and_lines_share_no_lane_where_they_run():
    items = [question("text", f"q{number}") for number in range(9)]
    items += [question("text", f"r{number}", relevant=f"${{q{number}}} = 'x'") for number in range(9)]
    shown = drawn(definition(items, items[:0]))
    edges = [(box.y, box.y + box.height) for box in shown.boxes]
    assert all(end <= start for (_, end), (start, _) in zip(edges, edges[1:], strict=False))
    lanes = {re.search(r"H(\d+)V", one.line)[1] for one in shown.arrows}
    assert len(lanes) == 9 and all(int(lane) < shown.width for lane in lanes)
    assert shown.frames[-1].y + shown.frames[-1].height < shown.height


def test_what_is_too_long_for_a_map_has_none_and_words_are_cut_to_the_row():
    assert drawn(definition([question("text", f"q{number}") for number in range(logic_map.ROWS_MOST)])) is None
    assert drawn(definition()) is None
    assert logic_map.shortened("您多久去一次公园", 10) == "您多久去…"
    assert logic_map.shortened("how often", 10) == "how often"
