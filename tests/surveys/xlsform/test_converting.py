"""Forms become definitions; what has no counterpart is named with its cell."""

import json

import pytest

from surveys.definition import model
from surveys.definition.xlsform import convert, read_form
from surveys.definition.xlsform.languages import UNDETERMINED, UNTAGGED, language_tag, language_tags
from tests.shared import SHARED, shared_file
from tests.surveys.xlsform.workbooks import HEAD, YES_NO, workbook

pytestmark = pytest.mark.sqlite_only

EXPECTED = SHARED / "data" / "xlsforms" / "expected.json"
FORMS = (
    [name for name, one in json.loads(EXPECTED.read_text(encoding="utf-8")).items() if one["accepted_by_pyxform"]]
    if EXPECTED.exists()
    else ["expected.json"]
)


def converted(survey, **sheets):
    form = read_form(workbook(survey, **{"choices": YES_NO, **sheets}))
    assert form.faults == []
    conversion = convert(form)
    assert conversion.faults == []
    return conversion


def questions(survey, **sheets):
    return converted(survey, **sheets).definition.questions


def left_out(survey, **sheets):
    return [
        (one.code, one.what, f"{one.where.column}{one.where.row}") for one in converted(survey, **sheets).unsupported
    ]


@pytest.mark.parametrize("name", FORMS)
def test_every_real_form_that_is_taken_becomes_a_definition(name):
    form = read_form(shared_file("data", "xlsforms", name).read_bytes())
    conversion = convert(form)
    assert conversion.faults == []
    assert model.parse(model.dump(conversion.definition)) == conversion.definition
    assert all(one.what and one.where.sheet in form.workbook.names for one in conversion.unsupported)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text", "text"),
        ("integer", "number"),
        ("decimal", "number"),
        ("percentage", "number"),
        ("date", "date"),
        ("time", "time"),
        ("dateTime", "datetime"),
        ("note", "note"),
        ("phone number", "phone"),
        ("geopoint", "location"),
        ("image", "photo"),
        ("audio", "file"),
        ("acknowledge", "consent"),
        ("range", "slider"),
        ("select_one yn", "single"),
        ("select_multiple yn", "multiple"),
        ("rank yn", "ranking"),
        ("hidden", "hidden"),
        ("today", "meta"),
    ],
)
def test_types_have_their_counterpart(written, expected):
    (question,) = questions([HEAD, (written, "q", "Q")])
    assert question.type == expected


def test_outermost_groups_are_pages_and_the_rest_stands_between_them():
    survey = [
        HEAD,
        ("text", "a", "A"),
        ("begin group", "g", "G"),
        ("begin group", "inner", "I"),
        ("text", "b", "B"),
        ("end group", "", ""),
        ("end group", "", ""),
        ("begin repeat", "r", "R"),
        ("text", "c", "C"),
        ("end repeat", "", ""),
    ]
    pages = converted(survey).definition.pages
    assert [page.name for page in pages] == ["page", "g", "page_2"]
    assert pages[1].title == {"und": "G"} and pages[1].items[0].type == "group"
    assert pages[2].items[0].type == "repeat" and pages[2].items[0].items[0].name == "c"


def test_conditions_are_translated_and_what_cannot_be_is_left_out():
    survey = [
        (*HEAD, "relevant", "constraint", "required", "calculation"),
        ("select_multiple yn", "q", "Q", "", "count-selected(.) < 2", "yes", ""),
        ("text", "a", "A", "selected(${q}, 'yes')", "", "${q} = 'no'", ""),
        ("text", "b", "B", "pulldata('f', 'a', 'b', ${q}) = 1", "", "no", ""),
        ("calculate", "c", "", "", "", "", "string-length(${a}) * 2"),
    ]
    conversion = converted(survey)
    q, a, b, c = conversion.definition.questions
    assert (q.constraint, q.required) == ("count_selected(.) < 2", True)
    assert (a.relevant, a.required) == ("selected(${q}, 'yes')", "${q} = 'no'")
    assert (b.relevant, b.required) == ("", False)
    assert c.calculation == "string_length(${a}) * 2"
    assert [(one.code, one.what, one.where.column, one.where.row) for one in conversion.unsupported] == [
        ("xlsform_expression", "pulldata", "D", 4)
    ]


def test_a_table_of_one_list_is_a_matrix_and_its_rows_are_found_as_parts_of_it():
    survey = [
        (*HEAD, "appearance", "relevant"),
        ("begin group", "t", "T", "table-list", ""),
        ("select_one yn", "a", "A", "", ""),
        ("select_one yn", "b", "B", "", ""),
        ("end group", "", "", "", ""),
        ("text", "c", "C about ${a}", "", "${b} = 'no'"),
    ]
    matrix, c = questions(survey)
    assert (matrix.name, matrix.type, matrix.list) == ("t", "matrix", "yn")
    assert [row.value for row in matrix.rows] == ["a", "b"]
    assert c.relevant == "${t.b} = 'no'" and c.label == {"und": "C about ${t.a}"}


def test_or_other_gives_a_question_options_of_its_own():
    first, second = questions([HEAD, ("select_one yn or_other", "q", "Q"), ("select_one yn", "r", "R")])
    assert [(one.value, one.other) for one in first.options] == [("yes", False), ("no", False), ("other", True)]
    assert second.list == "yn" and second.options == ()


def test_a_cascade_keeps_its_filter_and_the_columns_it_reads():
    choices = [("list_name", "name", "label", "land"), ("l", "cn", "China", ""), ("t", "bj", "Beijing", "cn")]
    survey = [
        (*HEAD, "choice_filter"),
        ("select_one l", "land", "Land", ""),
        ("select_one t", "town", "Town", "land=${land} and name != 'x'"),
    ]
    definition = converted(survey, choices=choices).definition
    assert definition.questions[1].choice_filter == "@land = ${land} and @name != 'x'"
    assert definition.lists["t"][0].fields == {"land": "cn", "name": "bj"}


def test_a_loop_is_written_out_with_a_group_for_each_choice():
    survey = [
        (*HEAD, "relevant"),
        ("begin loop over yn", "l", "", ""),
        ("integer", "n", "How many %(label)s?", ""),
        ("text", "why", "Why?", "../n > 1"),
        ("end loop", "", "", ""),
    ]
    conversion = converted(survey)
    assert [(one.name, one.label.get("und"), one.relevant) for one in conversion.definition.questions] == [
        ("n_yes", "How many Yes?", ""),
        ("why_yes", "Why?", "${n_yes} > 1"),
        ("n_no", "How many No?", ""),
        ("why_no", "Why?", "${n_no} > 1"),
    ]
    assert [one.code for one in conversion.unsupported] == ["xlsform_loop"]


def test_names_that_are_there_twice_or_in_another_script_are_changed_everywhere():
    survey = [
        (*HEAD, "relevant"),
        ("begin group", "g", "G", ""),
        ("text", "年龄", "A", ""),
        ("text", "q", "Q", "${年龄} > 3"),
        ("text", "r", "R", "../q = 'x'"),
        ("end group", "", "", ""),
        ("begin group", "h", "H", ""),
        ("text", "q", "Q", ""),
        ("text", "s", "S", "../q = 'x'"),
        ("end group", "", "", ""),
    ]
    conversion = converted(survey)
    assert [(one.name, one.relevant) for one in conversion.definition.questions] == [
        ("__", ""),
        ("q", "${__} > 3"),
        ("r", "${q} = 'x'"),
        ("q_2", ""),
        ("s", "${q_2} = 'x'"),
    ]
    assert [one.what for one in conversion.unsupported] == ["年龄", "q"]


def test_words_are_kept_by_language_and_plain_ones_belong_to_the_default():
    survey = [("type", "name", "label", "label::中文", "hint::English (en)"), ("text", "q", "Name", "姓名", "In full")]
    settings = [("default_language",), ("English (en)",)]
    definition = converted(survey, settings=settings).definition
    assert definition.languages == ("en", "zh")
    assert definition.questions[0].label == {"en": "Name", "zh": "姓名"}
    assert definition.questions[0].help == {"en": "In full"}


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("English (en)", "en"),
        ("Chinese (zh-Hans)", "zh-hans"),
        ("français", "fr"),
        ("简体中文", "zh-hans"),
        ("Old Norse", "old-norse"),
        ("ᐃᓄᒃᑎᑐᑦ", UNDETERMINED),
    ],
)
def test_languages_have_tags(name, tag):
    assert language_tag(name) == tag


def test_two_languages_never_share_a_tag():
    tags = language_tags(["English", "English (en)", "ᐃᓄᒃᑎᑐᑦ"], "")
    assert tags[UNTAGGED] == UNDETERMINED
    named = [tag for name, tag in tags.items() if name not in (UNTAGGED, "default")]
    assert len(set(named)) == 3 and UNDETERMINED not in named


def test_what_cannot_be_asked_leaves_a_hidden_question_so_that_conditions_hold():
    survey = [
        (*HEAD, "relevant"),
        ("select_one_from_file towns.csv", "town", "Town", ""),
        ("geoshape", "field", "Field", ""),
        ("text", "q", "Q", "${town} = 'x' and ${field} != ''"),
    ]
    conversion = converted(survey)
    assert [one.type for one in conversion.definition.questions] == ["hidden", "hidden", "text"]
    assert [(one.code, one.what) for one in conversion.unsupported] == [
        ("xlsform_choices_elsewhere", "towns.csv"),
        ("xlsform_type_hidden", "geoshape"),
    ]


def test_columns_settings_and_sheets_without_counterpart_are_named_once():
    survey = [(*HEAD, "my notes", "save_to"), ("text", "q", "Q", "x", "a"), ("text", "r", "R", "y", "")]
    found = left_out(
        survey, settings=[("form_title", "style"), ("T", "pages")], entities=[("list_name", "label"), ("e", "E")]
    )
    assert found == [
        ("xlsform_sheet_left_out", "entities", "A1"),
        ("xlsform_setting_left_out", "style", "B2"),
        ("xlsform_column_unknown", "my notes", "D2"),
        ("xlsform_attribute_left_out", "save_to", "E2"),
    ]


def test_defaults_are_words_numbers_or_expressions():
    survey = [
        (*HEAD, "default"),
        ("text", "a", "A", "it's"),
        ("integer", "b", "B", 5),
        ("date", "c", "C", "2026-01-02"),
        ("date", "d", "D", "today()"),
    ]
    assert [one.default for one in questions(survey)] == ['"it\'s"', "5", "'2026-01-02'", "today()"]


def test_a_form_that_breaks_a_rule_of_definitions_says_where():
    deep = 14
    survey = [HEAD, *[("begin group", f"g{number}", "G") for number in range(deep)], ("text", "q", "Q")]
    conversion = convert(read_form(workbook([*survey, *[("end group", "", "")] * deep])))
    assert conversion.definition is None
    assert {(one.code, one.values["rule"], one.where.row) for one in conversion.faults} == {
        ("xlsform_not_taken", "too_deep", deep + 1),
        ("xlsform_not_taken", "too_deep", deep + 2),
    }


def test_five_thousand_questions_are_taken():
    definition = converted([HEAD, *[("text", f"q{number}", "Q") for number in range(5_000)]]).definition
    assert len(definition.questions) == 5_000
