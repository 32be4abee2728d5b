"""A questionnaire as one CSV table reads back the same, and what is wrong in one is told at its cell."""

import io
import json

import pytest
from django.core.management import call_command

from engage.errors import Refused
from engage.spreadsheets import csv_text
from surveys.definition import model
from surveys.definition.xlsform import convert, export_table, read_form, read_table_form
from surveys.definition.xlsform.sheets import MAX_ROWS
from tests.shared import SHARED, shared_file

pytestmark = pytest.mark.sqlite_only

EXPECTED = SHARED / "data" / "xlsforms" / "expected.json"
FORMS = (
    [name for name, one in json.loads(EXPECTED.read_text(encoding="utf-8")).items() if one["accepted_by_pyxform"]]
    if EXPECTED.exists()
    else ["expected.json"]
)[::6]
YES_NO = [
    {"value": "yes", "label": {"en": "Yes", "zh-hans": "是"}},
    {"value": "no", "label": {"en": "No\\never\nagain"}, "fields": {"region": "north"}},
]
MADE = {
    "format": model.FORMAT,
    "name": "trees",
    "version": "7",
    "languages": ["en", "zh-hans"],
    "title": {"en": "Trees"},
    "lists": {"yn": YES_NO},
    "pages": [
        {
            "name": "first",
            "title": {"en": "First"},
            "items": [
                {"name": "q", "type": "single", "list": "yn", "label": {"en": "=1+1", "zh-hans": "种？"},
                 "required": True},
                {"name": "r", "type": "multiple", "list": "yn", "label": {"en": "R"},
                 "choice_filter": "@region = 'north'"},
                {"name": "m", "type": "matrix", "list": "yn", "label": {"en": "M"}, "appearance": "table-list",
                 "rows": [{"value": "water", "label": {"en": "Water"}, "relevant": "${q} = 'yes'"}]},
                {"name": "n", "type": "number", "label": {"en": "N"}, "minimum": -1, "constraint": "-. < 5"},
                {"name": "g", "type": "group", "label": {"en": "G"}, "items": [
                    {"name": "t", "type": "text", "label": {"en": "A\nB"}, "default": "'x'"}]},
                {"name": "d", "type": "text", "label": {"en": "'+86'"}, "relevant": "'-' = ${t}"},
            ],
        }
    ],
}  # fmt: skip


def again(source):
    form = read_table_form(export_table(source).content)
    assert form.faults == []
    conversion = convert(form)
    assert conversion.faults == []
    return conversion.definition


def test_what_a_form_holds_reads_back_the_same():
    source = model.parse(MADE)
    back = again(source)
    # Bounds of a number are a condition in a form, as they are in a workbook.
    assert back.by_name["n"].item.constraint == "-. < 5 and . >= -1"
    assert {name: entry.item for name, entry in back.by_name.items() if name != "n"} == {
        name: entry.item for name, entry in source.by_name.items() if name != "n"
    }
    assert (back.lists, back.title, back.name, back.version, back.languages) == (
        source.lists, source.title, source.name, source.version, source.languages,
    )  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_real_form_reads_back_the_same(name):
    source = convert(read_form(shared_file("data", "xlsforms", name).read_bytes())).definition
    lost = export_table(source).lost
    assert {one.what for one in lost} <= {"list"}
    unused = {one.path.rpartition("/")[2] for one in lost}
    kept = {key: options for key, options in source.lists.items() if key not in unused}
    assert again(source).model_dump() == source.model_copy(update={"lists": kept}).model_dump()


def test_a_list_that_nothing_takes_is_named():
    source = model.parse(MADE | {"lists": {"yn": YES_NO, "spare": YES_NO}})
    assert [(one.path, one.what) for one in export_table(source).lost] == [("/lists/spare", "list")]


def table(*rows):
    return csv_text(rows, head=["type", "name", "label", "choices", "choices::label"]).encode()


def found(*rows):
    return [(one.code, f"{one.where.column}{one.where.row}") for one in read_table_form(table(*rows)).faults]


GOOD = ("select_one yn", "q", "Q", "yes\nno", "Yes\nNo")


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([GOOD, ("select_one yn", "r", "R", "", "")], []),
        ([GOOD, ("select_one yn", "r", "R", "yes\r\nno", "Yes\r\nNo\r\n")], []),
        ([GOOD, ("select_one yn", "r", "R", "yes", "Yes")], [("csv_list_twice", "D3")]),
        ([("text", "q", "Q", "yes", "Yes")], [("csv_choices_without_list", "D2")]),
        ([("select_one yn", "q", "Q", "", "")], [("xlsform_list_unknown", "A2")]),
        ([("select_one yn", "q", "Q", "yes\n\nno", "Yes\nLost\nNo")], [("xlsform_choice_without_name", "D2")]),
        ([("select_one yn", "q", "Q", "a\na", "A\nB")], [("xlsform_choice_twice", "D2")]),
        ([GOOD, ("", "", "", "", ""), ("odd", "r", "R", "", "")], [("xlsform_type_unknown", "A4")]),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(rows, faults):
    assert found(*rows) == faults


def test_other_encodings_and_separators_are_read():
    text = "type;name;label\r\ntext;q;你好\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        form = read_table_form(text.encode(encoding))
        assert form.faults == [] and convert(form).definition.by_name["q"].item.label == {"und": "你好"}


@pytest.mark.parametrize(
    ("content", "code"), [(b'type,name\n"text', "table_unreadable"), (b"\xff\xff\xff", "table_unreadable")]
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(Refused) as refused:
        read_table_form(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "rows",
    [
        [("select_one yn", "q", "Q", "yes" + "\n" * MAX_ROWS, "")],
        [("select_one yn", "q", "Q", "yes", "\n" * MAX_ROWS + "Yes")],
        [(f"select_one l{n}", f"q{n}", "Q", "\n".join(map(str, range(MAX_ROWS // 2 + 1))), "") for n in range(2)],
    ],
)
def test_more_choices_than_a_sheet_has_rows_are_refused(rows):
    with pytest.raises(Refused) as refused:
        read_table_form(table(*rows))
    assert refused.value.code == "xlsform_too_many_cells"


def test_a_long_list_that_stands_twice_counts_once():
    long = "\n".join(map(str, range(MAX_ROWS // 2 + 1)))
    assert found(*(("select_one yn", name, "Q", long, long) for name in "qr")) == []


def test_an_empty_table_has_no_survey():
    assert [fault.code for fault in read_table_form(b"").faults] == ["xlsform_no_survey"]


def test_the_command_reads_a_table_too(tmp_path):
    path = tmp_path / "form.csv"
    path.write_bytes(table(GOOD, ("odd", "r", "R", "", "")))
    printed = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_xlsform", str(path), "--json", stdout=printed)
    found = json.loads(printed.getvalue())
    assert found["counts"]["questions"] == 1 and found["counts"]["choices"] == 2
    assert [error["where"]["row"] for error in found["errors"]] == [3]
