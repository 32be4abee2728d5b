"""What an author is told before publishing, and that what is called impossible is."""

import itertools
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import expressions
from surveys.definition.checks import check, completeness, publishable, reading_seconds
from surveys.definition.dependencies import Dependencies
from surveys.definition.model import parse
from surveys.definition.reasoning import MAX_PREMISES, Reasoning
from surveys.definition.respondents import walk_through

from .builders import choice, definition, document, question, sitting

pytestmark = pytest.mark.sqlite_only

LABEL = {"label": {"en": "Words"}}

SAME = [{"value": "1", "label": {"en": "Same"}}, {"value": "2", "label": {"en": " same"}}]


def labelled(item):
    """The item with words where it has none, so that a test sees only what it is about."""
    made = {**LABEL, **item}
    for kind in ("options", "rows"):
        if kind in made:
            made[kind] = [{"label": {"en": f"Choice {option['value']}"}, **option} for option in made[kind]]
    return made


def found(*pages, codes=(), **more):
    """(path, code, severity) of the findings, of some codes or of all."""
    pages = [[labelled(item) for item in page] if isinstance(page, list) else page for page in pages]
    findings = check(definition(*pages, **more))
    return [(each.path, each.code, each.severity) for each in findings if not codes or each.code in codes]


def test_a_sound_questionnaire_has_no_findings():
    assert found([choice("a", "y", "n"), question("text", "t", relevant="${a} = 'y'")]) == []


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([question("text", "t", relevant="${nobody} = 1")], ("/pages/0/items/0/relevant", "unknown_name", "error")),
        ([question("multiple", "m", options=[{"value": "a"}]), question("text", "t", relevant="${m} = 'a'")],
         ("/pages/0/items/1/relevant", "use_selected", "warning")),
        ([question("text", "t", constraint="regex(., '(a)\\1')")],
         ("/pages/0/items/0/constraint", "pattern_unsupported", "error")),
        ([question("single", "s")], ("/pages/0/items/0", "no_options", "error")),
        ([question("matrix", "m", options=[{"value": "a"}])], ("/pages/0/items/0", "no_rows", "error")),
        ([question("calculation", "c")], ("/pages/0/items/0", "no_calculation", "error")),
        ([question("note", "n", required=True)], ("/pages/0/items/0/required", "required_note", "warning")),
        ([question("hidden", "h", required=True)], ("/pages/0/items/0/required", "required_unasked", "warning")),
        ([question("number", "n", minimum=5, maximum=3)], ("/pages/0/items/0", "empty_range", "error")),
        ([question("text", "t", label={})], ("/pages/0/items/0", "no_label", "error")),
        ([question("text", "t", label={"en": "Dear ${nobody}"})], ("/pages/0/items/0/label", "piped_unknown", "error")),
        ([question("text", "t", label={"en": "A", "fr": "B"})],
         ("/pages/0/items/0/label", "unknown_language", "warning")),
        ([question("text", "t", media=[{"kind": "image", "source": {"en": "a.png"}}])],
         ("/pages/0/items/0/media/0", "no_alternative_text", "error")),
        ([question("single", "s", options=SAME)],
         ("/pages/0/items/0/options/1/label", "duplicate_label", "warning")),
        ([question("text", "t", label={"en": "word " * 21})], ("/pages/0/items/0/label", "long_question", "note")),
        ([question("text", "t", label={"en": "字" * 33})], ("/pages/0/items/0/label", "long_question", "note")),
        ([], ("/pages/0", "empty_page", "warning")),
    ],
)  # fmt: skip
def test_each_fault_is_found_at_its_place(items, expected):
    assert found(items) == [expected]


def test_circles_are_named_in_their_order():
    items = [
        question("text", "a", relevant="${b} = '1'"),
        question("calculation", "b", calculation="${c} + 1"),
        question("text", "c", relevant="${a} = '1'"),
    ]
    findings = [each for each in check(definition(items)) if each.code == "circular"]
    assert [each.values["names"] for each in findings] == [("a", "b", "c", "a")]


def test_a_calculation_that_reads_itself_is_a_circle():
    circles = Dependencies(definition([question("calculation", "a", calculation="${a} + 1")])).circles
    assert circles == (("a", "a"),)


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_a_circle_is_found_exactly_when_there_is_one(edges):
    """Compared with taking away nodes that need nothing (Kahn), which leaves nothing when there is no circle."""
    needs = {node: sorted({to for start, to in edges if start == node}) for node in range(7)}
    items = [
        question("calculation", f"q{node}", calculation=" + ".join(f"${{q{to}}}" for to in others) or "1")
        for node, others in needs.items()
    ]
    circles = Dependencies(definition(items)).circles
    left = dict(needs)
    while free := [node for node, others in left.items() if not any(other in left for other in others)]:
        for node in free:
            del left[node]
    assert bool(circles) == bool(left)
    for circle in circles:
        assert circle[0] == circle[-1]
        for one, two in itertools.pairwise(circle):
            assert (int(one[1:]), int(two[1:])) in edges


def test_a_condition_on_a_later_question_is_found_through_calculations():
    pages = (
        [question("text", "early", relevant="${sum} > 3")],
        [question("number", "late"), question("calculation", "sum", calculation="${late} * 2")],
    )
    assert found(*pages, codes=["refers_later"]) == [("/pages/0/items/0/relevant", "refers_later", "error")]
    same = [question("text", "early", relevant="${late} > 3"), question("number", "late")]
    assert found(same, codes=["refers_later"]) == [("/pages/0/items/0/relevant", "refers_later", "warning")]
    page = {"name": "p", "relevant": "${in} = '1'", "items": [labelled(question("text", "in"))]}
    assert found(page, codes=["refers_later"]) == [("/pages/0/relevant", "refers_later", "error")]


@pytest.mark.parametrize(
    "condition",
    [
        "${a} = 'z'",
        "${a} = 'x' and ${a} = 'y'",
        "selected(${m}, 'p') and not(selected(${m}, 'p'))",
        "selected(${m}, 'none') and selected(${m}, 'p')",
        "${n} > 120",
        "${n} < 5 and ${n} > 7",
        "${n} < 18",
        "${b} = '1' and ${a} = 'y'",
        "${a} = '' and ${b} = '1'",
        "not(${a} = 'x' or ${a} != 'x')",
        "1 = 2",
        "false()",
        "${form} = 'c'",
        "${a} = 'x' and (${n} > 200 or ${n} < 0)",
    ],
)
def test_what_nobody_can_reach_is_found(condition):
    items = [
        choice("a", "x", "y"),
        question("multiple", "m", options=[{"value": "p"}, {"value": "q"}, {"value": "none", "exclusive": True}]),
        question("number", "n", maximum=120, constraint=". >= 18"),
        choice("b", "1", "2", relevant="${a} = 'x'"),
    ]
    ballots = [{"name": "form", "arms": [{"value": "a", "label": {"en": "A"}}, {"value": "b"}]}]
    made = found(items, [question("text", "t", relevant=condition)], codes=["unreachable"], ballots=ballots)
    assert made == [("/pages/1/items/0", "unreachable", "error")]


def test_a_page_that_nobody_reaches_is_found_once():
    page = {"name": "p", "relevant": "${a} = 'z'", "items": [labelled(question("text", "t", relevant="${a} = 'x'"))]}
    assert found([choice("a", "x", "y")], page, codes=["unreachable"]) == [("/pages/1", "unreachable", "error")]


def test_a_value_that_is_not_offered_and_an_option_that_never_is():
    items = [
        choice("state", "s1", "s2"),
        question(
            "single",
            "town",
            choice_filter="@state = ${state}",
            options=[{"value": "t1", "fields": {"state": "s1"}}, {"value": "t3", "fields": {"state": "s3"}}],
        ),
        question("text", "t", relevant="${state} = 's3' or ${town} = 't1'"),
    ]
    assert found(items, codes=["never_offered", "value_not_offered"]) == [
        ("/pages/0/items/2/relevant", "value_not_offered", "warning"),
        ("/pages/0/items/1/options/1", "never_offered", "warning"),
    ]


def test_a_required_question_that_nobody_can_answer_is_a_dead_end():
    items = [
        question("number", "n", required=True, minimum=5, constraint=". < 3"),
        question("multiple", "m", required=True, min_chosen=3, options=[{"value": "a"}, {"value": "b"}]),
        question("number", "free", minimum=5, constraint=". < 3"),
        question("number", "fine", required=True, minimum=5, constraint=". < 30"),
    ]
    assert [path for path, _, _ in found(items, codes=["dead_end"])] == ["/pages/0/items/0", "/pages/0/items/1"]


def test_translations_are_counted_by_language_and_missing_ones_named():
    made = parse(
        document(
            [
                question("text", "a", label={"zh-hans": "甲", "en": "A"}, help={"zh-hans": "帮助"}),
                question("text", "b", label={"zh-hans": "乙", "en": " "}),
            ],
            languages=("zh-hans", "en"),
        )
    )
    shares = completeness(made)
    assert (shares["zh-hans"].share, shares["en"].done, shares["en"].total) == (1.0, 1, 3)
    missing = [each for each in check(made) if each.code == "translation_missing"]
    assert [each.path for each in missing] == ["/pages/0/items/0/help", "/pages/0/items/1/label"]
    assert publishable(tuple(missing))


def test_reading_time_counts_characters_and_words():
    made = definition(
        [question("text", "a", label={"zh-hans": "字" * 255, "en": "word " * 114})], languages=("zh-hans", "en")
    )
    assert reading_seconds(made) == {"zh-hans": pytest.approx(60), "en": pytest.approx(30)}


def test_five_thousand_questions_are_checked():
    items = [labelled(choice("q0", "a", "b"))]
    items += [labelled(choice(f"q{n}", "a", "b", relevant=f"${{q{n - 1}}} = 'a'")) for n in range(1, 5000)]
    made = definition(*[items[start : start + 10] for start in range(0, 5000, 10)])
    assert check(made) == ()
    reasoning = Reasoning(made)
    assert all(reasoning.possible(reasoning.premises(entry)) for entry in made.entries)
    assert reasoning.steps <= 5000 * (MAX_PREMISES + 1)


CONDITIONS = st.recursive(
    st.one_of(
        st.builds("${{a}} {} '{}'".format, st.sampled_from(["=", "!="]), st.sampled_from(["x", "y", "z", ""])),
        st.builds("selected(${{m}}, '{}')".format, st.sampled_from(["p", "q", "r"])),
        st.builds("${{n}} {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(-1, 4)),
        st.builds("{} {} ${{n}}".format, st.integers(-1, 4), st.sampled_from(["<", ">="])),
        st.sampled_from(["true()", "false()", "answered(${n})", "${n}", "${a}", "${n} = ''", "${b} = '1'", "${a} > 1"]),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=6,
)
SMALL = definition(
    [
        choice("a", "x", "y"),
        question("multiple", "m", options=[{"value": "p"}, {"value": "q", "exclusive": True}]),
        question("number", "n", integer=True, minimum=0, maximum=3),
        choice("b", "1", "2", relevant="${a} = 'x'"),
    ]
)
WORLDS = [
    {"a": a, "m": m, "n": n, "b": b if a == "x" else None}
    for a in (None, "x", "y")
    for m in (None, ("p",), ("q",))
    for n in (None, *map(Decimal, range(4)))
    for b in (None, "1", "2")
]


@settings(max_examples=400)
@given(CONDITIONS)
def test_what_is_called_impossible_is_impossible_in_every_world(condition):
    node = expressions.parse(condition)
    context = expressions.Context(now=datetime(2026, 1, 1))
    if not Reasoning(SMALL).possible([node]):
        assert not any(expressions.holds(node, world, context) for world in WORLDS)


def test_what_is_called_a_dead_end_stops_everybody():
    made = definition([question("number", "n", required=True, minimum=5, maximum=9, constraint=". < 3")])
    assert [each.code for each in check(made) if each.code == "dead_end"] == ["dead_end"]
    assert walk_through(made, sitting(), 5).finished == 0


def test_rows_that_are_called_alike_by_their_media_are_told_of():
    media = [{"kind": "audio", "source": {"en": "a.mp3"}, "alt": {"en": "A bell"}, "transcript": {"en": "It rings"}}]
    rows = [{"value": value, "label": {}, "media": media} for value in ("1", "2")]
    item = question("matrix", "m", options=[{"value": "a"}], rows=rows)
    assert found([item]) == [("/pages/0/items/0/rows/1", "duplicate_label", "warning")]
