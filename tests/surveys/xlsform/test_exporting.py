"""Definitions are written as XLSForms that read back the same, and what the format cannot hold is listed."""

import io
import json

import pytest
from openpyxl import load_workbook

from surveys.definition import expressions, model
from surveys.definition.xlsform import convert, export, read_form
from surveys.definition.xlsform.xpath import quoted, to_xpath
from tests.shared import SHARED, shared_file

pytestmark = pytest.mark.sqlite_only

EXPECTED = SHARED / "data" / "xlsforms" / "expected.json"
FORMS = (
    [name for name, one in json.loads(EXPECTED.read_text(encoding="utf-8")).items() if one["accepted_by_pyxform"]]
    if EXPECTED.exists()
    else ["expected.json"]
)


def definition(*items, **more):
    page = {"name": "page", "items": list(items)}
    return model.parse({"format": model.FORMAT, "languages": ["en"], "pages": [page], **more})


def question(name, kind, **more):
    return {"name": name, "type": kind, "label": {"en": name.upper()}, **more}


def again(source):
    """Write a definition and read it back."""
    form = read_form(export(source).content)
    assert form.faults == []
    conversion = convert(form)
    assert conversion.faults == []
    return conversion.definition


@pytest.mark.parametrize("name", FORMS)
def test_a_real_form_reads_back_the_same(name):
    source = convert(read_form(shared_file("data", "xlsforms", name).read_bytes())).definition
    assert again(source) == source
    assert export(source).lost == []


def test_what_the_format_holds_reads_back_the_same():
    yes_no = [{"value": "yes", "label": {"en": "Yes", "zh-hans": "是"}}, {"value": "no", "label": {"en": "No"}}]
    matrix_row = {"value": "water", "label": {"en": "Water"}, "relevant": "${q} = 'yes'"}
    source = model.parse(
        {
            "format": model.FORMAT,
            "name": "trees",
            "version": "7",
            "languages": ["en", "zh-hans"],
            "title": {"en": "Trees"},
            "lists": {"yn": yes_no},
            "pages": [
                {
                    "name": "first",
                    "title": {"en": "First"},
                    "relevant": "today() > '2026-01-01'",
                    "items": [
                        question("q", "single", list="yn", required=True, required_message={"en": "Please"}),
                        question("m", "multiple", list="yn", constraint="count_selected(.) < 2", randomise="shuffle"),
                        question("o", "single", options=[*yes_no, {"value": "other", "other": True}]),
                        question("n", "number", integer=True, minimum=0, maximum=100, default="5"),
                        question("d", "number", constraint="between(., 1, 2) or . = 7", help={"zh-hans": "数字"}),
                        question("s", "slider", minimum=0, maximum=4, step=1, integer=True),
                        question("t", "text", default='concat(${q}, "it\'s")', read_only=True),
                        question("l", "long_text", appearance="multiline", relevant="not(selected(${m}, 'yes'))"),
                        question("x", "matrix", list="yn", rows=[matrix_row], appearance="table-list"),
                        question("p", "photo", media=[{"kind": "image", "source": {"en": "a.png"}}]),
                        {"name": "c", "type": "calculation", "calculation": "if(${x.water} = 'yes', 1, 2)"},
                        {"name": "h", "type": "meta", "meta": "start"},
                    ],
                },
                {
                    "name": "second",
                    "items": [
                        {
                            "name": "people",
                            "type": "repeat",
                            "label": {"en": "People"},
                            "count": "${n} + 1",
                            "items": [
                                {"name": "who", "type": "group", "items": [question("age", "number", integer=True)]},
                                question("note", "note", label={"en": "You are ${age}"}),
                            ],
                        }
                    ],
                },
            ],
        }
    )
    read = again(source)
    # Two comparisons are one function here and two operators there; a matrix row has a plain name there.
    expected = model.dump(source)
    items = expected["pages"][0]["items"]
    items[4]["constraint"] = ". >= 1 and . <= 2 or . = 7"
    assert model.dump(read) == expected
    assert export(source).lost == []


def test_what_the_format_cannot_hold_is_listed_with_its_place():
    source = definition(
        question("nps", "nps"),
        question("sum", "constant_sum", options=[{"value": "a"}], total=100),
        question("one", "single", options=[{"value": "a", "exclusive": True}], modes=["web"]),
        question("mail", "email"),
        quotas=[{"name": "all", "when": "true()", "limit": 5}],
        settings={"timing": True},
    )
    assert {(one.path, one.what) for one in export(source).lost} == {
        ("/quotas", "quotas"),
        ("/settings", "settings"),
        ("/pages/0/items/0", "nps"),
        ("/pages/0/items/1", "constant_sum"),
        ("/pages/0/items/2/options/0", "exclusive"),
        ("/pages/0/items/2", "modes"),
        ("/pages/0/items/3", "email"),
    }


def test_limits_that_have_no_column_are_written_as_constraints():
    source = definition(
        question("n", "number", minimum=3, constraint=". != 4 or . = 4"),
        question("m", "multiple", options=[{"value": "a", "label": {"en": "A"}}], max_chosen=2),
    )
    read = again(source)
    assert [one.constraint for one in read.questions] == ["(. != 4 or . = 4) and . >= 3", "count_selected(.) <= 2"]


def test_text_stays_text_also_when_it_looks_like_a_formula():
    source = definition(question("q", "text", label={"en": "=1+1"}))
    sheet = load_workbook(io.BytesIO(export(source).content))["survey"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert again(source).questions[0].label == {"en": "=1+1"}


def test_control_characters_do_not_stop_the_export():
    source = definition(question("q", "text", label={"en": "a\x00b"}))
    assert again(source).questions[0].label == {"en": "a\ufffdb"}


@pytest.mark.parametrize(
    "text",
    [
        "${a} = 'x' and (${b} > 3 or not(selected(${c}, 'd')))",
        "-(${a} - ${b}) * 2 div 3 mod 4",
        "coalesce(${a}, concat('it', \"'\", 's'), string_length(.))",
        "indexed_repeat(${a}, ${b}, position())",
        "format_date(today(), '%Y') = lower(upper(${a}))",
        "regex(., '^[0-9]+$')",
        "choice_label(${a}, ${a})",
        "count_non_empty(${a}) + sum(${b}) - round(${c}, 2)",
    ],
)
def test_expressions_read_back_the_same(text):
    node = expressions.parse(text)
    assert expressions.translate_xlsform(to_xpath(node, {})) == node


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("answered(${a})", "${a} != ''"),
        ("not(answered(${a}))", "not(${a} != '')"),
        ("between(${a}, 1, 2) or true()", "${a} >= 1 and ${a} <= 2 or true()"),
        ("between(${a}, 1, 2) = true()", "(${a} >= 1 and ${a} <= 2) = true()"),
        ("@land = ${m.row}", "land = ${row}"),
    ],
)
def test_what_has_no_function_there_is_written_with_operators(text, written):
    assert to_xpath(expressions.parse(text), {"m.row": "row"}) == written


def test_strings_with_both_quotation_marks():
    assert quoted("a") == "'a'" and quoted("a'b") == '"a\'b"'
    assert quoted("a'b\"c") == "concat('a', \"'\", 'b\"c')"
