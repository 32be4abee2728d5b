"""The document is read whole, its faults are collected with their places, and it is written as it was."""

import json
import re

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.definition import checks
from surveys.definition.expressions import FUNCTIONS
from surveys.definition.model import FORMAT, OWN_PROPERTIES, QUESTION_TYPES, Question, Unreadable, dump, parse
from surveys.definition.schema import schema, written
from tests.services import ROOT

from .builders import choice, document, question

pytestmark = pytest.mark.sqlite_only

VALIDATOR = jsonschema_rs.Draft202012Validator(schema())
PAGE = "/pages/0/items/0"


def errors_of(made):
    with pytest.raises(Unreadable) as refused:
        parse(made)
    return [(error.path, error.code) for error in refused.value.errors]


def rich():
    return document(
        {
            "name": "start",
            "title": {"en": "Start", "zh-hans": "开始"},
            "randomise": "shuffle",
            "items": [
                question("single", "sex", list="sexes", required=True, mode_texts={"phone": {"label": {"en": "Sex"}}}),
                question("number", "age", integer=True, minimum=0, maximum=120.5, constraint=". > 1"),
                {
                    "type": "group",
                    "name": "g",
                    "items": [{"type": "repeat", "name": "r", "count": "${age}", "items": [question("text", "deep")]}],
                },
                question("matrix", "m", rows=[{"value": "r1"}], options=[{"value": "1", "fields": {"a": "b"}}]),
            ],
        },
        languages=("en", "zh-hans"),
        lists={"sexes": [{"value": "f"}, {"value": "m", "media": [{"kind": "image", "source": {"en": "m.png"}}]}]},
        ballots=[{"name": "form", "arms": [{"value": "a", "weight": 0.5}, {"value": "b"}]}],
        quotas=[{"name": "women", "when": "${sex} = 'f'", "limit": 9}],
        settings={"timing": True, "modes": ["web"]},
    )


def test_what_is_read_is_written_as_it_was():
    made = parse(rich())
    assert parse(dump(made)) == made
    assert dump(made) == rich()
    assert parse(json.dumps(rich())) == parse(json.dumps(rich()).encode()) == made
    VALIDATOR.validate(dump(made))


def test_places_and_homes_are_known():
    made = parse(rich())
    assert made.by_name["deep"].path == "/pages/0/items/2/items/0/items/0"
    assert made.homes == {"deep": ("r",)}
    assert [question.name for question in made.questions] == ["sex", "age", "deep", "m"]
    assert [option.value for option in made.options_of(made.questions[0])] == ["f", "m"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"format": "engage-questionnaire/2"}, ("/format", "not_one_of")),
        ({"languages": []}, ("/languages", "too_short")),
        ({"languages": ["en", "en"]}, ("/languages/1", "duplicate_language")),
        ({"languages": ["e n"]}, ("/languages/0", "bad_name")),
        ({"colour": "red"}, ("/colour", "unknown_key")),
        ({"title": "plain"}, ("/title", "wrong_type")),
        ({"quotas": [{"name": "q", "when": "1", "limit": -1}]}, ("/quotas/0/limit", "out_of_range")),
        ({"quotas": [{"name": "q", "when": "1 +", "limit": 1}]}, ("/quotas/0/when", "unexpected_end")),
        ({"lists": {"l": [{"value": "a"}, {"value": "a"}]}}, ("/lists/l/1/value", "duplicate_value")),
        ({"ballots": [{"name": "b", "arms": [{"value": "", "weight": 1}]}]}, ("/ballots/0/arms/0/value", "too_short")),
        ({"pages": [{"name": "p"}, {"name": "p"}]}, ("/pages/1/name", "duplicate_name")),
    ],
)
def test_faults_of_the_document_have_a_place_and_a_code(change, expected):
    assert errors_of({**document(), **change}) == [expected]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"type": "text"}, (f"{PAGE}/name", "missing")),
        (question("text", "9a"), (f"{PAGE}/name", "bad_name")),
        (question("text", "你"), (f"{PAGE}/name", "bad_name")),
        (question("essay", "a"), (f"{PAGE}/type", "not_one_of")),
        (question("text", "a", minimum=3), (f"{PAGE}/minimum", "not_for_type")),
        (question("text", "a", required="${b} ="), (f"{PAGE}/required", "unexpected_end")),
        (question("text", "a", relevant="exec('x')"), (f"{PAGE}/relevant", "unknown_function")),
        (question("text", "a", max_length="9"), (f"{PAGE}/max_length", "wrong_type")),
        (question("text", "a", label={"en": "x" * 20_001}), (f"{PAGE}/label/en", "too_long")),
        (question("single", "a", list="nowhere"), (f"{PAGE}/list", "no_list")),
        (choice("a", "x", "x"), (f"{PAGE}/options/1/value", "duplicate_value")),
        ({"type": "repeat", "name": "r", "maximum": 201}, (f"{PAGE}/maximum", "out_of_range")),
        (None, (PAGE, "wrong_type")),
    ],
)
def test_faults_of_an_item_have_a_place_and_a_code(item, expected):
    assert errors_of(document([item])) == [expected]


def test_names_are_unique_over_pages_parts_and_ballots():
    items = [
        question("matrix", "m", rows=[{"value": "r"}], options=[{"value": "1"}]),
        question("text", "m.r"),
        question("text", "form"),
    ]
    made = document(items, [question("text", "m")], ballots=[{"name": "form", "arms": [{"value": "a"}]}])
    assert errors_of(made) == [
        ("/pages/0/items/1/name", "duplicate_name"),
        ("/pages/0/items/2/name", "duplicate_name"),
        ("/pages/1/items/0/name", "duplicate_name"),
    ]


def test_all_faults_are_collected():
    items = [question("text", f"q{number}", relevant="(") for number in range(30)]
    assert len(errors_of(document(items))) == 30


@pytest.mark.parametrize(
    ("text", "code"), [("{", "not_json"), ("[]", "wrong_type"), ("null", "wrong_type"), ("\ud800", "not_json")]
)
def test_what_is_no_document_is_refused(text, code):
    assert errors_of(text) == [("", code)]


def test_nesting_without_end_is_refused():
    item = question("text", "deep")
    for depth in range(13):
        item = {"type": "group", "name": f"g{depth}", "items": [item]}
    assert {code for _, code in errors_of(document([item]))} == {"too_deep"}
    for depth in range(13, 600):
        item = {"type": "group", "name": f"g{depth}", "items": [item]}
    assert errors_of(document([item])) == [("", "too_deep")]
    assert errors_of('{"a":' * 100_000) in ([("", "too_deep")], [("", "not_json")])


def test_sizes_are_bounded():
    items = [question("text", f"q{number}") for number in range(20_001)]
    assert errors_of(document(items)) == [("/pages", "too_many")]


def test_five_thousand_questions_are_read_and_written():
    made = parse(document([choice(f"q{number}", "a", "b") for number in range(5000)]))
    assert len(made.questions) == 5000
    assert parse(dump(made)) == made


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=5,
)


@given(st.sampled_from(sorted(Question.model_fields)), JSON, st.sampled_from(QUESTION_TYPES))
def test_any_property_is_read_or_refused_and_what_is_read_fits_the_schema(name, value, kind):
    try:
        made = parse(document([{"type": kind, "name": "q", name: value}]))
    except Unreadable as refused:
        assert all(error.path.startswith("/pages/0/items/0") or error.path == "" for error in refused.errors)
    else:
        VALIDATOR.validate(dump(made))
        assert parse(dump(made)) == made


@pytest.mark.parametrize(
    "item",
    [
        question("essay", "a"),
        question("text", "9a"),
        question("text", "a", minimum=3),
        question("text", "a", colour=1),
        {"type": "repeat", "name": "r", "maximum": 201},
    ],
)
def test_the_schema_refuses_wrong_shapes_too(item):
    assert not VALIDATOR.is_valid(document([item]))


def test_the_documented_schema_is_the_one_of_the_code():
    kept = (ROOT / "docs" / "questionnaire.schema.json").read_text(encoding="utf-8")
    assert kept == written(), "python -m surveys.definition.schema > docs/questionnaire.schema.json"


def test_the_documentation_names_every_type_function_and_finding():
    text = (ROOT / "docs" / "questionnaire.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)", text))
    assert set(QUESTION_TYPES) <= named
    assert set(FUNCTIONS) <= named
    assert {name for names in OWN_PROPERTIES.values() for name in names} <= named
    codes = re.search(r"Codes: .*?\n    \"\"\"", checks.check.__doc__ + '\n    """', re.DOTALL)[0]
    assert set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", codes)) <= named
    assert FORMAT in text
