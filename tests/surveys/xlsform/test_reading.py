"""Forms are read and counted as the format's own converter does, and refused at the cell that is wrong."""

import json
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from engage.errors import Refused
from surveys.definition.xlsform import read_form
from surveys.definition.xlsform.parameters import parse_parameters
from surveys.definition.xlsform.reading import MAX_DEPTH
from surveys.definition.xlsform.row_types import row_type
from surveys.definition.xlsform.sheets import column_letter
from tests.shared import SHARED, shared_file
from tests.surveys.xlsform.workbooks import HEAD, YES_NO, workbook

pytestmark = pytest.mark.sqlite_only

EXPECTED = SHARED / "data" / "xlsforms" / "expected.json"
FORMS = sorted(json.loads(EXPECTED.read_text(encoding="utf-8"))) if EXPECTED.exists() else ["expected.json"]


def expected(name):
    return json.loads(shared_file("data", "xlsforms", "expected.json").read_text(encoding="utf-8"))[name]


def found(content):
    """Return the faults of a form as (code, cell)."""
    return [
        (fault.code, f"{fault.where.sheet}!{fault.where.column}{fault.where.row}")
        for fault in read_form(content).faults
    ]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_taken_or_refused_as_by_the_converter_of_the_format(name):
    form = read_form(shared_file("data", "xlsforms", name).read_bytes())
    assert (not form.faults) == expected(name)["accepted_by_pyxform"]
    for fault in form.faults:
        assert fault.where.sheet and fault.where.row >= 1 and fault.where.column


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_counted_as_the_counting_rule_has_it(name):
    form = read_form(shared_file("data", "xlsforms", name).read_bytes())
    if "counts" in expected(name):
        assert form.counts() == expected(name)["counts"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("duplicate_columns.xlsx", ("xlsform_heading_twice", "survey!E1")),
        ("group_name_test.xls", ("xlsform_no_name", "survey!B3")),
        ("include.xls", ("xlsform_include", "survey!A3")),
        ("include.xlsx", ("xlsform_include", "survey!A3")),
        ("unknown_question_type.xls", ("xlsform_heading_same", "survey!J1")),
    ],
)
def test_a_real_form_is_refused_at_the_cell_that_is_wrong(name, fault):
    assert found(shared_file("data", "xlsforms", name).read_bytes())[0] == fault


def rows(*cells, head=HEAD):
    return workbook([head, *cells], choices=YES_NO)


Q = ("text", "q", "Q")
MORE = (*HEAD, "parameters", "relevant", "calculation", "default", "trigger", "choice_filter", "appearance", "save_to")
P, R, C, D, T, F, A, S = "DEFGHIJK"


def more(kind, name="q", label="Q", **cells):
    """Return one row under MORE with some of its cells filled."""
    return (kind, name, label, *(cells.get(heading, "") for heading in MORE[3:]))


ONE_ROW = [
    ("xlsform_no_type", "A2", ("", "q", "Q")),
    ("xlsform_no_type", "A2", ("", "", "Q")),
    ("xlsform_type_unknown", "A2", ("Text", "q", "Q")),
    ("xlsform_type_unknown", "A2", ("cascading_select yn", "q", "Q")),
    ("xlsform_no_name", "B2", ("text", "", "Q")),
    ("xlsform_name_invalid", "B2", ("text", "1q", "Q")),
    ("xlsform_name_invalid", "B2", ("text", "a b", "Q")),
    ("xlsform_name_reserved", "B2", ("text", "meta", "Q")),
    ("xlsform_no_label", "C2", ("text", "q", "")),
    ("xlsform_no_label", "C2", ("select_one yn", "q", "")),
    ("xlsform_no_list", "A2", ("select_one", "q", "Q")),
    ("xlsform_list_unknown", "A2", ("select_one other", "q", "Q")),
    ("xlsform_list_unknown", "A2", ("select_multiple other", "q", "Q")),
    ("xlsform_external_list_unknown", "A2", ("select_one_external yn", "q", "Q")),
    ("xlsform_file_extension", "A2", ("select_one_from_file places.txt", "q", "Q")),
    ("xlsform_other_without_list", "A2", ("select_one_from_file places.csv or_other", "q", "Q")),
    ("xlsform_never_closed", "A2", ("begin group", "g", "G")),
    ("xlsform_never_closed", "A2", ("begin_repeat", "g", "G")),
    ("xlsform_never_opened", "A2", ("end group", "", "")),
    ("xlsform_audit_named", "B2", ("audit", "mine", "")),
    ("xlsform_no_calculation", "A2", ("calculate", "q", "")),
    ("xlsform_include", "A2", ("include", "q", "")),
    ("xlsform_reference_unknown", "C2", ("note", "q", "Dear ${nobody}")),
    ("xlsform_reference_malformed", "C2", ("note", "q", "Dear ${no body}")),
    ("xlsform_reference_malformed", "C2", ("note", "q", "Dear ${q")),
]


@pytest.mark.parametrize(("code", "cell", "row"), ONE_ROW)
def test_a_row_is_refused_at_its_cell(code, cell, row):
    assert (code, f"survey!{cell}") in found(rows(row))


@pytest.mark.parametrize(
    ("code", "column", "row"),
    [
        ("xlsform_parameters_malformed", P, more("text", parameters="rows")),
        ("xlsform_parameters_malformed", P, more("text", parameters="rows=1=2")),
        ("xlsform_parameter_unknown", P, more("text", parameters="lines=3")),
        ("xlsform_parameter_not_number", P, more("text", parameters="rows=many")),
        ("xlsform_parameter_value", P, more("select_one yn", parameters="randomize=maybe")),
        ("xlsform_parameter_seed_alone", P, more("select_one yn", parameters="seed=3")),
        ("xlsform_parameter_not_number", P, more("select_one yn", parameters="randomize=true seed=x")),
        ("xlsform_parameter_value", P, more("select_one_from_file a.csv", parameters="value=a*")),
        ("xlsform_parameter_not_number", P, more("image", parameters="max-pixels=big")),
        ("xlsform_parameter_value", P, more("image", parameters="app=camera")),
        ("xlsform_parameter_value", P, more("audio", parameters="quality=best")),
        ("xlsform_parameter_not_number", P, more("geopoint", parameters="capture-accuracy=near")),
        ("xlsform_parameter_value", P, more("geotrace", parameters="incremental=false")),
        ("xlsform_parameter_value", P, more("geopoint", parameters="reference-geometry=nowhere")),
        ("xlsform_parameter_value", P, more("audit", "", "", parameters="identify-user=1")),
        ("xlsform_parameter_missing", P, more("audit", "", "", parameters="location-max-age=5")),
        ("xlsform_parameter_not_number", P, more("range", parameters="start=a")),
        ("xlsform_range_step", P, more("range", parameters="step=0")),
        ("xlsform_range_step", P, more("range", parameters="start=1 end=3 step=5")),
        ("xlsform_range_off_step", P, more("range", parameters="step=2 placeholder=4")),
        ("xlsform_range_off_step", P, more("range", parameters="step=2 tick_interval=3")),
        ("xlsform_list_unknown", P, more("range", parameters="tick_labelset=nowhere")),
        ("xlsform_range_off_step", P, more("range", parameters="tick_labelset=yn")),
        ("xlsform_range_appearance", P, more("range", parameters="tick_interval=1", appearance="rating")),
        ("xlsform_reference_unknown", R, more("text", relevant="${nobody} = 1")),
        ("xlsform_no_calculation", C, more("calculate", label="", default="5")),
        ("xlsform_calculation_unused", C, more("background-geopoint", calculation="1", trigger="${q}")),
        ("xlsform_no_trigger", T, more("background-geopoint", label="")),
        ("xlsform_reference_malformed", T, more("text", trigger="q")),
        ("xlsform_reference_malformed", T, more("text", trigger="${q} ${q}")),
        ("xlsform_reference_unknown", T, more("text", trigger="${nobody}")),
        ("xlsform_filter_with_other", F, more("select_one yn or_other", choice_filter="name = 'yes'")),
        ("xlsform_search_in_file", A, more("select_one_from_file a.csv", appearance="search('a')")),
        ("xlsform_save_to_nowhere", S, more("text", save_to="name_of")),
    ],
)
def test_a_row_is_refused_at_its_further_cells(code, column, row):
    assert (code, f"survey!{column}2") in found(rows(row, head=MORE))


def test_sections_must_end_in_the_order_in_which_they_begin():
    form = rows(("begin group", "g", "G"), ("begin repeat", "r", "R"), Q, ("end group", "", ""), ("end repeat", "", ""))
    assert found(form) == [("xlsform_never_closed", "survey!A2"), ("xlsform_never_opened", "survey!A5")]


def test_a_name_may_stand_in_two_sections_but_then_nothing_may_refer_to_it():
    twice = [("begin group", "g", "G"), Q, ("end group", "", ""), Q]
    assert found(rows(*twice)) == []
    assert found(rows(*twice, ("note", "n", "${q}"))) == [("xlsform_reference_ambiguous", "survey!C6")]
    assert found(rows(Q, Q)) == [("xlsform_name_twice", "survey!B3")]


def test_repeats_are_unlike_in_the_whole_form():
    one = [("begin repeat", "r", "R"), Q, ("end repeat", "", "")]
    assert found(rows(("begin group", "g", "G"), *one, ("end group", "", ""), *one)) == [
        ("xlsform_name_twice", "survey!B7")
    ]
    assert found(rows(("begin repeat", "data", "R"), Q, ("end repeat", "", ""))) == [
        ("xlsform_name_reserved", "survey!B2")
    ]


def test_what_stands_in_a_loop_is_there_more_than_once():
    loop = [("begin loop over yn", "l", ""), Q]
    end = ("end loop", "", "")
    assert found(rows(*loop, end, ("note", "n", "${q}"))) == [("xlsform_reference_ambiguous", "survey!C5")]
    assert found(rows(*loop, ("begin repeat", "r", "R"), ("end repeat", "", ""), end)) == [
        ("xlsform_repeat_in_loop", "survey!B4")
    ]


def test_all_faults_of_a_form_are_found_at_once():
    form = rows(("text", "", "Q"), ("nothing", "b", "B"), ("text", "c", ""))
    assert [code for code, _cell in found(form)] == ["xlsform_no_name", "xlsform_type_unknown", "xlsform_no_label"]


@pytest.mark.parametrize(
    ("code", "cell", "choices"),
    [
        ("xlsform_choice_twice", "choices!B3", [("list_name", "name", "label"), ("yn", "a", "A"), ("yn", "a", "B")]),
        ("xlsform_choice_without_name", "choices!B2", [("list_name", "name", "label"), ("yn", "", "A")]),
        ("xlsform_choice_spaces", "choices!B2", [("list_name", "name", "label"), ("yn", "a b", "A")]),
        ("xlsform_heading_missing", "choices!A1", [("list_name", "label"), ("yn", "A")]),
        ("xlsform_heading_same", "choices!C1", [("list_name", "name", "value"), ("yn", "a", "b")]),
        ("xlsform_reference_unknown", "choices!C2", [("list_name", "name", "label::fr"), ("yn", "a", "${nobody}")]),
    ],
)
def test_a_choice_is_refused_at_its_cell(code, cell, choices):
    assert (code, cell) in found(workbook([HEAD, ("select_multiple yn", "q", "Q")], choices=choices))


def test_a_choice_may_be_there_twice_when_the_form_says_so():
    choices = [("list_name", "name", "label"), ("yn", "a", "A"), ("yn", "a", "B")]
    survey = [HEAD, ("select_one yn", "q", "Q")]
    settings = [("allow_choice_duplicates",), ("yes",)]
    assert found(workbook(survey, choices=choices, settings=settings)) == []


def test_questions_of_a_table_have_one_list_and_no_filter():
    head = (*HEAD, "appearance", "choice_filter")
    table = [("begin group", "t", "T", "table-list", ""), ("select_one yn", "a", "A", "", "true()")]
    other = ("select_one other", "b", "B", "", "")
    choices = [*YES_NO, ("other", "x", "X")]
    form = workbook([head, *table, other, ("end group", "", "", "", "")], choices=choices)
    assert found(form) == [("xlsform_filter_in_table", "survey!E3"), ("xlsform_table_lists", "survey!A4")]


def test_a_list_that_is_looked_up_is_not_used_as_it_is():
    survey = [(*HEAD, "appearance"), ("select_one yn", "a", "A", "search('a')"), ("select_one yn", "b", "B", "")]
    assert found(workbook(survey, choices=YES_NO)) == [("xlsform_search_shared", "survey!D2")]


def test_pictures_need_a_kind_that_the_format_has():
    survey = [(*HEAD, "media::smell", "big-image"), ("note", "n", "N", "a", "b.png")]
    assert found(workbook(survey)) == [("xlsform_media_unknown", "survey!D2"), ("xlsform_big_image_alone", "survey!E2")]


@pytest.mark.parametrize(
    ("code", "cell", "head", "row"),
    [
        ("xlsform_name_invalid", "settings!A2", ("name",), ("my form",)),
        ("xlsform_key_without_id", "settings!B2", ("public_key", "omit_instanceID"), ("abc", "yes")),
        ("xlsform_reference_unknown", "settings!A2", ("instance_name",), ("${nobody}",)),
    ],
)
def test_settings_are_refused_at_their_cell(code, cell, head, row):
    assert (code, cell) in found(workbook([HEAD, Q], settings=[head, row]))


@pytest.mark.parametrize(
    ("code", "cell", "row"),
    [
        ("xlsform_entity_without_name", "entities!A2", ("", "", "", "L")),
        ("xlsform_name_invalid", "entities!A2", ("a.b", "", "", "L")),
        ("xlsform_entity_label_missing", "entities!D2", ("a", "", "", "")),
        ("xlsform_entity_id_missing", "entities!B2", ("a", "", "true()", "L")),
    ],
)
def test_entities_are_refused_at_their_cell(code, cell, row):
    entities = [("list_name", "entity_id", "update_if", "label"), row]
    assert (code, cell) in found(workbook([HEAD, Q], entities=entities))


@pytest.mark.parametrize(
    ("code", "cell", "survey"),
    [
        ("xlsform_heading_missing", "survey!A1", [("name", "label"), ("q", "Q")]),
        ("xlsform_no_survey", "survey!A1", []),
        ("xlsform_heading_twice", "survey!D1", [("type", "name", "label", "label"), (*Q, "Q")]),
        ("xlsform_heading_same", "survey!D1", [("type", "name", "label", "caption"), (*Q, "Q")]),
        ("xlsform_heading_same", "survey!E1", [(*HEAD, "relevance", "bind::relevant"), Q]),
        ("xlsform_heading_not_text", "survey!D1", [(*HEAD, 7), (*Q, "x")]),
    ],
)
def test_headings_are_refused_at_their_cell(code, cell, survey):
    assert (code, cell) in found(workbook(survey))


@pytest.mark.parametrize(
    "survey",
    [
        [("Type", "NAME", " Label ", "Constraint Message", "Read Only"), ("text", "q", "Q", "No", "yes")],
        [("command", "tag", "caption", "relevance"), ("text", "q", "Q", "true()")],
        [("type", "name", "label:English", "media:image:English"), ("text", "q", "Q", "a.png")],
        [("type", "name", "label::English (en)", "bind::jr:constraintMsg::English (en)"), ("text", "q", "Q", "No")],
        [("type", "name", "label"), ("text", "q", "Q"), (), ("", "", ""), ("text", "r", "R")],
    ],
)
def test_headings_are_known_in_every_spelling(survey):
    form = read_form(workbook(survey))
    assert form.faults == [] and form.counts()["questions"] == len([row for row in survey[1:] if any(row)])


def test_a_workbook_of_one_sheet_needs_no_name_for_it():
    book = Workbook()
    book.active.title = "Sheet1"
    for row in (HEAD, Q):
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    assert read_form(target.getvalue()).counts()["questions"] == 1


def test_cells_keep_their_place_when_the_first_column_is_empty():
    assert found(workbook([("", *HEAD), ("", "text", "", "Q")])) == [("xlsform_no_name", "survey!C2")]


def test_numbers_and_days_of_a_spreadsheet_are_read_as_text():
    choices = [("list_name", "name", "label"), ("n", 1.0, 2.5), ("n", True, "x")]
    form = read_form(workbook([HEAD, ("select_one n", "q", "Q")], choices=choices))
    assert form.lists["n"].names == ["1", "TRUE"]
    assert form.lists["n"].choices[0].row.text(("label",)) == "2.5"


def test_what_lies_below_a_long_gap_is_not_part_of_the_form():
    form = read_form(workbook([HEAD, Q, *[()] * 70, ("remark",)]))
    assert form.faults == [] and form.counts()["questions"] == 1


def test_disabled_rows_and_settings_among_the_questions_are_not_questions():
    survey = [(*HEAD, "disabled"), (*Q, ""), ("text", "r", "R", "yes"), ("form_title", "Trees", "", "")]
    form = read_form(workbook(survey))
    assert form.faults == [] and form.title == "Trees" and form.counts()["questions"] == 1


@pytest.mark.parametrize("kind", ["a file", "a zip file", "a damaged workbook"])
def test_what_is_no_workbook_is_refused(kind):
    zipped = BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "x")
    damaged = BytesIO(workbook([HEAD, Q]))
    out = BytesIO()
    with zipfile.ZipFile(damaged) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"" if name == "xl/workbook.xml" else source.read(name))
    content = {"a file": b"type,name", "a zip file": zipped.getvalue(), "a damaged workbook": out.getvalue()}[kind]
    with pytest.raises(Refused) as refused:
        read_form(content)
    assert refused.value.code in ("xlsform_not_workbook", "xlsform_unreadable")


def test_a_workbook_behind_a_password_is_refused():
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    with pytest.raises(Refused, match="xlsform_protected"):
        read_form(content)


def test_one_cell_far_away_does_not_fill_the_memory():
    book = Workbook()
    book.active.title = "survey"
    book.active.append(HEAD)
    book.active["XFD1048576"] = "x"
    target = BytesIO()
    book.save(target)
    with pytest.raises(Refused, match="xlsform_too_many_cells"):
        read_form(target.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = BytesIO(workbook([HEAD, Q]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/more.xml", b"<a>" + b" " * 130_000_000 + b"</a>")
    with pytest.raises(Refused, match="xlsform_bomb"):
        read_form(out.getvalue())


def test_sections_cannot_lie_too_deep():
    depth = 3_000
    survey = [HEAD, *[("begin group", f"g{number}", "G") for number in range(depth)], Q]
    form = read_form(workbook([*survey, *[("end group", "", "")] * depth]))
    assert {fault.code for fault in form.faults} == {"xlsform_too_deep"}
    assert len(form.faults) == depth - MAX_DEPTH
    assert form.counts()["groups"] == depth


def test_letters_of_columns():
    assert [column_letter(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.mark.parametrize(
    ("written", "kind", "list_name"),
    [
        ("select one from trees", "select_one", "trees"),
        ("select all that apply from trees or specify other", "select_multiple", "trees"),
        ("add select multiple prompt using trees", "select_multiple", "trees"),
        ("select_one_from_file trees.csv", "select_one_from_file", "trees.csv"),
        ("begin loop over trees", "loop", "trees"),
        ("begin looped group", "repeat", ""),
        ("q dateTime", "datetime", ""),
        ("osm building", "osm", "building"),
    ],
)
def test_old_spellings_of_types(written, kind, list_name):
    found_type = row_type(written)
    assert (found_type.kind, found_type.list_name) == (kind, list_name)


def test_parameters_are_pairs():
    assert parse_parameters("start=1; end = 10,step=Two  label=Name") == {
        "start": "1",
        "end": "10",
        "step": "two",
        "label": "Name",
    }
    assert parse_parameters("") == {}
    assert parse_parameters("a") is None and parse_parameters("a=b=c") is None and parse_parameters("=b") is None
