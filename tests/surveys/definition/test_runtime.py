"""What is shown, kept, dropped and refused while a questionnaire is answered."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition.model import MODES, QUESTION_TYPES, parse
from surveys.definition.ordering import order
from surveys.definition.runtime import Runtime

from .builders import choice, course, definition, document, question, sitting

pytestmark = pytest.mark.sqlite_only

ALONE = {"value": "z", "exclusive": True}
TWO_ROWS = [{"value": "r1"}, {"value": "r2"}]


def faults(found):
    return [(fault.key, fault.code) for fault in found.faults]


def dropped(found):
    return {each.key: each.reason for each in found.dropped}


def names(found):
    return [shown.key for shown in found.shown()]


def test_answers_of_hidden_questions_are_dropped_and_reported():
    made = definition([choice("sex", "f", "m"), question("text", "why", relevant="${sex} = 'f'")])
    found = course(made, {"sex": "m", "why": "forged", "nowhere": 1})
    assert found.kept == {"sex": "m"}
    assert dropped(found) == {"why": "hidden", "nowhere": "unknown_name"}
    assert names(found) == ["sex"]


def test_a_hidden_answer_does_not_count_for_others():
    made = definition(
        [
            choice("a", "y", "n"),
            choice("b", "y", "n", relevant="${a} = 'y'"),
            question("text", "c", relevant="${b} = 'y'"),
        ]
    )
    assert names(course(made, {"a": "y", "b": "y"})) == ["a", "b", "c"]
    assert names(course(made, {"a": "n", "b": "y"})) == ["a"]


def test_a_condition_of_a_page_or_group_holds_for_all_in_it():
    made = definition(
        [choice("go", "y", "n")],
        {"name": "later", "relevant": "${go} = 'y'", "items": [question("text", "one")]},
        [{"type": "group", "name": "g", "relevant": "${go} = 'n'", "items": [question("text", "two", required=True)]}],
    )
    found = course(made, {"go": "y", "two": "x"})
    assert [page.page.name for page in found.pages] == ["page1", "later"]
    assert dropped(found) == {"two": "hidden"}
    assert faults(course(made, {"go": "n"})) == [("two", "required")]


@pytest.mark.parametrize(
    ("asked", "raw", "kept"),
    [
        (choice("q", "a", "b"), "a", "a"),
        (question("multiple", "q", options=[{"value": "a"}, {"value": "b"}]), ["b", "a"], ["b", "a"]),
        (question("number", "q"), " １２.５ ", 12.5),
        (question("number", "q"), "1,234", 1234),
        (question("number", "q", integer=True), 3.0, 3),
        (question("date", "q"), "2026-02-28", "2026-02-28"),
        (question("time", "q"), "9:05", "09:05"),
        (question("datetime", "q"), "2026-02-28 09:05", "2026-02-28T09:05:00"),
        (question("text", "q"), "  words\x00 ", "words"),
        (question("email", "q"), "a.b@example.org", "a.b@example.org"),
        (question("phone", "q"), "+86 138-0013-8000", "+86 138-0013-8000"),
        (question("region", "q"), "r1", "r1"),
        (question("location", "q"), {"tile": "r1"}, {"tile": "r1"}),
        (question("location", "q", precision="point"), {"lat": "39.9", "lon": 116.4}, {"lat": 39.9, "lon": 116.4}),
        (question("file", "q", max_files=2), ["f1", "f2"], ["f1", "f2"]),
        (question("nps", "q"), "10", 10),
        (question("rating", "q"), 5, 5),
        (question("slider", "q", step=5), 45, 45),
        (
            question("constant_sum", "q", options=[{"value": "a"}, {"value": "b"}]),
            {"a": 40, "b": "60"},
            {"a": 40, "b": 60},
        ),
        (question("consent", "q"), "on", True),
        (question("ranking", "q", options=[{"value": "a"}, {"value": "b"}]), ["b", "a"], ["b", "a"]),
        (
            question("matrix", "q", rows=[{"value": "r1"}, {"value": "r2"}], options=[{"value": "1"}, {"value": "2"}]),
            {"r1": "2", "r2": ""},
            {"r1": "2"},
        ),
    ],
)
def test_each_type_keeps_what_it_understands(asked, raw, kept):
    found = course(definition([asked]), {"q": raw}, regions={"r1", "r2"})
    assert (found.kept, faults(found), found.dropped) == ({"q": kept}, [], ())
    again = course(definition([asked]), found.kept, regions={"r1", "r2"})
    assert again.kept == found.kept


@pytest.mark.parametrize(
    ("asked", "raw", "code"),
    [
        (choice("q", "a", "b"), "c", "not_offered"),
        (choice("q", "a", "b"), ["a"], "wrong_type"),
        (question("multiple", "q", options=[{"value": "a"}]), ["a", "a"], "twice"),
        (question("multiple", "q", options=[{"value": "a"}, ALONE]), ["a", "z"], "exclusive"),
        (question("multiple", "q", min_chosen=2, options=[{"value": "a"}, {"value": "b"}]), ["a"], "too_few"),
        (question("multiple", "q", max_chosen=1, options=[{"value": "a"}, {"value": "b"}]), ["a", "b"], "too_many"),
        (question("number", "q"), "ten", "not_a_number"),
        (question("number", "q"), True, "not_a_number"),
        (question("number", "q"), "1e9999", "not_a_number"),
        (question("number", "q"), "1234567890123456", "too_precise"),
        (question("number", "q", integer=True), "1.5", "not_whole"),
        (question("number", "q", minimum=3), 2, "too_small"),
        (question("number", "q", maximum=3), 4, "too_large"),
        (question("slider", "q", step=5), 43, "wrong_step"),
        (question("nps", "q"), 11, "too_large"),
        (question("date", "q"), "2026-02-30", "not_a_date"),
        (question("date", "q"), "30.2.2026", "not_a_date"),
        (question("time", "q"), "24:00", "not_a_time"),
        (question("datetime", "q"), "now", "not_a_date"),
        (question("text", "q", max_length=3), "four", "too_long"),
        (question("email", "q"), "nobody", "not_an_email"),
        (question("phone", "q"), "call me", "not_a_phone"),
        (question("region", "q"), "r9", "no_region"),
        (question("location", "q"), {"lat": 1, "lon": 1}, "not_a_place"),
        (question("location", "q", precision="point"), {"lat": 91, "lon": 1}, "not_a_place"),
        (question("file", "q"), ["a", "b"], "too_many"),
        (question("constant_sum", "q", options=[{"value": "a"}, {"value": "b"}]), {"a": 40, "b": 50}, "wrong_total"),
        (question("matrix", "q", rows=[{"value": "r1"}], options=[{"value": "1"}]), {"r9": "1"}, "unknown_row"),
        (question("matrix", "q", rows=[{"value": "r1"}], options=[{"value": "1"}]), {"r1": "9"}, "not_offered"),
        (question("consent", "q", required=True), False, "required"),
        (question("number", "q", constraint=". > 3"), 3, "constraint"),
        (question("text", "q", constraint="regex(., '[A-Z]+')"), "abc", "constraint"),
        (question("matrix", "q", required=True, rows=TWO_ROWS, options=[{"value": "1"}]), {"r1": "1"}, "required"),
    ],
)
def test_each_type_refuses_what_it_cannot_mean(asked, raw, code):
    found = course(definition([asked]), {"q": raw}, regions={"r1", "r2"})
    assert faults(found) == [("q", code)]


def test_required_is_asked_for_on_the_web_and_by_telephone_not_of_paper():
    made = definition([question("text", "q", required=True), question("text", "p", required="${q} = 'x'")])
    assert faults(course(made, {})) == [("q", "required")]
    assert faults(course(made, {"q": "x"}, mode="phone")) == [("p", "required")]
    assert faults(course(made, {}, mode="paper")) == []


def test_an_interviewer_may_record_a_refusal_where_a_form_may_not():
    made = definition([question("number", "q", required=True), question("text", "t", relevant="answered(${q})")])
    refusal = {"q": {"missing": "refused"}}
    found = course(made, refusal, mode="phone")
    assert (found.kept, faults(found), names(found)) == (refusal, [], ["q"])
    assert faults(course(made, refusal)) == [("q", "not_a_number")]


def test_questions_of_another_mode_are_neither_shown_nor_required():
    made = definition([question("text", "q", required=True, modes=["phone"])])
    assert course(made, {}).pages == ()
    assert faults(course(made, {}, mode="phone")) == [("q", "required")]


def test_own_words_are_kept_only_beside_their_option():
    made = definition([question("single", "q", options=[{"value": "a"}, {"value": "o", "other": True}])])
    assert course(made, {"q": "o", "q#other": " mine "}).kept == {"q": "o", "q#other": "mine"}
    found = course(made, {"q": "a", "q#other": "mine"})
    assert (found.kept, dropped(found)) == ({"q": "a"}, {"q#other": "other_not_chosen"})


def test_a_choice_filter_refuses_what_it_does_not_show():
    made = definition(
        [
            choice("state", "s1", "s2"),
            question(
                "single",
                "town",
                choice_filter="@state = ${state}",
                options=[{"value": "t1", "fields": {"state": "s1"}}, {"value": "t2", "fields": {"state": "s2"}}],
            ),
        ]
    )
    found = course(made, {"state": "s1", "town": "t2"})
    assert faults(found) == [("town", "not_offered")]
    assert [[option.value for option in shown.options] for shown in found.shown()][1] == ["t1"]


def test_calculated_values_follow_their_dependencies_not_their_place():
    made = definition(
        [
            question("calculation", "last", calculation="${middle} + 1"),
            question("calculation", "middle", calculation="${first} * 2"),
            question("number", "first"),
        ]
    )
    found = course(made, {"first": 4, "middle": 99})
    assert found.calculated == {"middle": 8, "last": 9}
    assert dropped(found) == {"middle": "not_asked"}


def test_repeats_have_instances_sums_and_their_own_conditions():
    made = definition(
        [
            question("number", "n", integer=True),
            {
                "type": "repeat",
                "name": "kids",
                "count": "${n}",
                "items": [
                    question("number", "age", required=True),
                    question("text", "school", relevant="${age} > 5"),
                    question("calculation", "place", calculation="position()"),
                ],
            },
            question("calculation", "total", calculation="sum(${age})"),
            question("note", "told", label={"en": "Together ${total}"}),
        ]
    )
    found = course(made, {"n": 2, "kids": [{"age": 4, "school": "x"}, {"age": 7, "school": "y"}, {"age": 1}]})
    assert found.kept == {"n": 2, "kids": [{"age": 4}, {"age": 7, "school": "y"}]}
    assert found.calculated == {"kids": [{"place": 1}, {"place": 2}], "total": 11}
    assert dropped(found) == {"kids/1/school": "hidden", "kids/3": "no_row"}
    assert names(found) == ["n", "kids", "kids/1/age", "kids/2/age", "kids/2/school", "told"]
    assert found.words(made.by_name["told"].item.label) == "Together 11"
    assert faults(course(made, {"n": 1})) == [("kids/1/age", "required")]


def test_nested_repeats_reach_their_own_instance():
    line = question("calculation", "line", calculation="concat(${who}, ' ', ${pet})")
    inner = {"type": "repeat", "name": "pets", "items": [question("text", "pet"), line]}
    made = definition([{"type": "repeat", "name": "people", "items": [question("text", "who"), inner]}])
    answers = {
        "people": [{"who": "A", "pets": [{"pet": "cat"}]}, {"who": "B", "pets": [{"pet": "dog"}, {"pet": "ant"}]}]
    }
    found = course(made, answers)
    assert found.kept == answers
    assert [[pet["line"] for pet in row["pets"]] for row in found.calculated["people"]] == [
        ["A cat"],
        ["B dog", "B ant"],
    ]


def test_rows_of_a_matrix_and_amounts_are_read_by_their_own_names():
    made = definition(
        [
            question("matrix", "m", rows=[{"value": "r1"}], options=[{"value": "1"}, {"value": "2"}]),
            question("constant_sum", "s", options=[{"value": "a"}, {"value": "b"}]),
            question("calculation", "c", calculation="${m.r1} * ${s.a}"),
        ]
    )
    assert course(made, {"m": {"r1": "2"}, "s": {"a": 30, "b": 70}}).calculated == {"c": 60}


def test_texts_show_labels_in_the_language_of_the_sitting():
    made = definition(
        [
            question(
                "multiple",
                "q",
                label={"en": "Which?", "zh-hans": "哪些？"},
                options=[
                    {"value": "a", "label": {"en": "Air", "zh-hans": "空气"}},
                    {"value": "b", "label": {"en": "Water"}},
                ],
            ),
            question("note", "n", label={"en": "You chose ${q} <b>", "zh-hans": "您选了${q}"}),
        ],
        languages=("en", "zh-hans"),
    )
    label = made.by_name["n"].item.label
    assert course(made, {"q": ["a", "b"]}, language="en").words(label) == "You chose Air, Water <b>"
    assert course(made, {"q": ["a", "b"]}, language="zh-hans").words(label) == "您选了空气、Water"
    assert course(made, {}).words(label) == "You chose  <b>"


def test_once_keeps_the_value_of_the_pass_before():
    made = definition([question("number", "n"), question("calculation", "c", calculation="once(${n})")])
    first = course(made, {"n": 1})
    assert course(made, {"n": 2}, calculated=first.calculated).calculated == {"c": 1}


def test_hidden_values_come_from_the_address_and_the_platform_alone():
    made = definition(
        [
            question("hidden", "source", parameter="utm"),
            question("meta", "mode"),
            question("hidden", "fixed", default="'x'"),
        ]
    )
    found = course(made, {"source": "forged"}, parameters={"utm": "mail"}, mode="phone")
    assert found.calculated == {"source": "mail", "mode": "phone", "fixed": "x"}
    assert found.kept == {}


def test_quotas_name_the_cells_that_are_met():
    made = definition([choice("sex", "f", "m")], quotas=[{"name": "women", "when": "${sex} = 'f'", "limit": 5}])
    assert course(made, {"sex": "f"}).quotas == ("women",)
    assert course(made, {"sex": "m"}).quotas == ()


def test_ballots_are_drawn_by_weight_and_the_same_seed_gets_the_same_arm():
    made = definition(
        [question("text", "a", relevant="${form} = 'a'"), question("text", "b", relevant="${form} = 'b'")],
        ballots=[
            {
                "name": "form",
                "arms": [{"value": "a", "weight": 3}, {"value": "b", "weight": 1}, {"value": "c", "weight": 0}],
            }
        ],
    )
    drawn = [course(made, {}, seed=str(number)).ballots["form"] for number in range(2000)]
    assert drawn == [course(made, {}, seed=str(number)).ballots["form"] for number in range(2000)]
    assert 0.70 < drawn.count("a") / 2000 < 0.80
    assert "c" not in drawn
    assert names(course(made, {}, seed="0")) == [drawn[0]]


@given(
    st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=12, unique=True),
    st.data(),
    st.sampled_from(["none", "shuffle", "rotate", "flip"]),
    st.text(max_size=8),
)
def test_an_order_is_a_permutation_that_leaves_fixed_ones(values, data, mixing, seed):
    fixed = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    indexes = order(values, fixed, mixing, seed, "place")
    assert sorted(indexes) == list(range(len(values)))
    assert all(indexes[index] == index for index, stays in enumerate(fixed) if stays)
    assert indexes == order(values, fixed, mixing, seed, "place")


def test_mixed_orders_are_recorded_and_each_is_about_as_frequent():
    made = definition([question("single", "q", randomise="shuffle", options=[{"value": v} for v in "abc"])])
    seen = {}
    for number in range(1200):
        found = course(made, {}, seed=str(number))
        shown = tuple(option.value for option in next(found.shown()).options)
        assert found.orders == {"q/options": shown}
        seen[shown] = seen.get(shown, 0) + 1
    assert len(seen) == 6
    assert min(seen.values()) > 140


def test_pages_and_groups_are_mixed_too():
    made = definition(
        *[
            {"name": f"p{n}", "randomise": "shuffle", "items": [question("text", f"a{n}"), question("text", f"b{n}")]}
            for n in range(5)
        ],
        settings={"randomise_pages": "rotate"},
    )
    orders = [tuple(page.page.name for page in course(made, {}, seed=str(number)).pages) for number in range(60)]
    assert len(set(orders)) == 5
    assert {tuple(names(course(made, {}, seed=str(number)))[:2]) for number in range(60)} > {("a0", "b0"), ("b0", "a0")}


def test_nested_repeats_that_multiply_are_stopped():
    items = [question("text", "q")]
    for depth in range(5):
        items = [{"type": "repeat", "name": f"r{depth}", "count": "200", "maximum": 200, "items": items}]
    found = course(definition(items), {})
    assert faults(found) == [("", "work_limit")]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def everything():
    """One question of each type, with the properties that some need."""
    options = {"options": [{"value": "a"}, {"value": "b", "other": True}]}
    more = {
        "single": options,
        "multiple": options,
        "ranking": options,
        "constant_sum": options,
        "matrix": {**options, "rows": [{"value": "r"}]},
        "calculation": {"calculation": "${number} div ${nps}"},
    }
    items = [question(kind, kind, **more.get(kind, {})) for kind in QUESTION_TYPES]
    inside = [question(kind, f"in_{kind}", **more.get(kind, {})) for kind in QUESTION_TYPES]
    return definition([*items, {"type": "repeat", "name": "rep", "items": inside}])


EVERYTHING = Runtime(everything())
NAMES = [f"{prefix}{kind}{end}" for kind in QUESTION_TYPES for prefix in ("", "in_") for end in ("", "#other")]


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from([*NAMES, "rep"]), JSON, max_size=8),
    st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4), max_size=2),
    st.sampled_from(MODES),
)
def test_no_answers_make_it_raise_and_what_is_kept_is_kept_again(answers, rows, mode):
    first = EVERYTHING.course({"rep": rows, **answers}, sitting(mode=mode))
    json.dumps([first.kept, first.calculated], allow_nan=False)
    again = EVERYTHING.course(first.kept, sitting(mode=mode))
    assert again.kept == first.kept
    assert again.calculated == first.calculated


def test_five_thousand_questions_settle_in_steps_in_proportion():
    items = [choice("q0", "a", "b")]
    items += [choice(f"q{n}", "a", "b", relevant=f"${{q{n - 1}}} = 'a'") for n in range(1, 5000)]
    runtime = Runtime(parse(document(*[items[start : start + 10] for start in range(0, 5000, 10)])))
    found = runtime.course({f"q{n}": "a" for n in range(5000)}, sitting())
    assert len(found.kept) == 5000
    assert len(runtime.course({}, sitting()).pages) == 1
