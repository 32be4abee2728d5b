"""Surveys of LimeSurvey become questionnaires; what cannot is named with its question and the reason."""

import pytest
from django.utils import translation

from engage.errors import Refused
from surveys.definition import checks, model
from surveys.definition.limesurvey import convert, read_survey
from surveys.definition.limesurvey.markup import plain_text
from surveys.definition.limesurvey.reading import MAX_BYTES, number
from surveys.definition.xlsform.naming import Names
from surveys.limesurvey_words import LEFT_OUT, left_out_sentence, place_words
from tests.surveys.definition.builders import course
from tests.surveys.limesurvey.surveys import lss, question

pytestmark = pytest.mark.sqlite_only

EVERY = [
    question("L", "list", answers=["A1", "A2"], other="Y", mandatory="Y"),
    question("!", "drop", answers=["A1"]),
    question("O", "listc", answers=["A1"]),
    question("M", "multi", rows=["S1", "S2"], other="Y", attributes={"max_answers": "2", "exclude_all_others": "S2"}),
    question("P", "multic", rows=["S1"], other="Y"),
    question("R", "rank", answers=["A1", "A2"], attributes={"min_answers": "1"}),
    question("F", "array", rows=["r1", "r2"], answers=["1", "2"], mandatory="Y"),
    question("A", "five", rows=["r1"]),
    question("B", "ten", rows=["r1"]),
    question("C", "sure", rows=["r1"]),
    question("E", "more", rows=["r1"]),
    question("H", "columns", rows=["r1"], answers=["1"]),
    question("1", "dual", rows=["r1"], answers=["1@0", "2@1"], mandatory="Y"),
    question("K", "numbers", rows=["n1"], attributes={"min_num_value_n": "2"}),
    question("K", "shared", rows=["n1", "n2"], attributes={"equals_num_value": "100"}),
    question("Q", "texts", rows=["t1"]),
    question(";", "fields", rows=["r1"], columns=["c1", "c2"]),
    question(":", "amounts", rows=["r1"], columns=["c1"], attributes={"multiflexible_max": "9"}),
    question(":", "boxes", rows=["r1"], columns=["c1"], attributes={"multiflexible_checkbox": "1"}),
    question("N", "number", attributes={"num_value_int_only": "1", "max_num_value_n": "9", "suffix": "km"}),
    question("D", "day", attributes={"date_min": "2026-01-01"}),
    question("D", "clock", attributes={"date_format": "HH:MM"}),
    question("D", "moment", attributes={"date_format": "dd/mm/yyyy HH:MM"}),
    question("S", "short", attributes={"maximum_chars": "20"}, encrypted="Y"),
    question("S", "digits", attributes={"numbers_only": "1"}),
    question("T", "long"),
    question("U", "huge"),
    question("Y", "yes"),
    question("G", "gender"),
    question("5", "points"),
    question("X", "shown"),
    question("*", "sum", text="<b>{number + 1}</b>"),
    question("I", "language"),
    question(
        "|", "upload", attributes={"allowed_filetypes": "png, .gif", "max_filesize": "10", "max_num_of_files": "3"}
    ),
    question("Z", "unknown"),
]


def converted(*groups, **more):
    return convert(read_survey(lss(*groups, **more)))


def taken(*questions, **more):
    """The questions by name, and what was left out as (question, code, what)."""
    found = converted(questions, **more)
    assert found.definition is not None, found.faults
    items = {entry.item.name: entry.item for entry in found.definition.entries}
    return items, [(one.where.code, one.code, one.what) for one in found.left_out]


@pytest.fixture(scope="module")
def every():
    return taken(*EVERY)


def test_words_in_tables_of_their_own_and_rows_a_language_read_the_same():
    assert converted(EVERY) == converted(EVERY, old=True)


def test_every_type_becomes_what_asks_the_same(every):
    items, _left = every
    kinds = {name: item.type for name, item in items.items() if item.type != "group"}
    assert kinds == {
        "list": "single", "drop": "single", "listc": "single", "listc_comment": "long_text", "multi": "multiple",
        "multic": "multiple", "multic_S1comment": "text", "multic_othercomment": "text", "rank": "ranking",
        "array": "matrix", "five": "matrix", "ten": "matrix", "sure": "matrix", "more": "matrix", "columns": "matrix",
        "dual_0": "matrix", "dual_1": "matrix", "numbers_n1": "number", "shared": "constant_sum", "texts_t1": "text",
        "fields_r1_c1": "text", "fields_r1_c2": "text", "amounts_r1_c1": "number", "boxes_r1": "multiple",
        "number": "number", "day": "date", "clock": "time", "moment": "datetime", "short": "text", "digits": "number",
        "long": "long_text", "huge": "long_text", "yes": "single", "gender": "single", "points": "rating",
        "shown": "note", "sum": "calculation", "language": "meta", "upload": "file", "unknown": "hidden",
    }  # fmt: skip


def test_words_options_and_limits_are_carried_over(every):
    items, _left = every
    assert items["list"].label == {"en": "list in en", "zh-hans": "list in zh-Hans"} and items["list"].required is True
    assert [(one.value, one.other) for one in items["list"].options] == [("A1", False), ("A2", False), ("other", True)]
    assert items["list"].options[2].label == {"en": "Other", "zh-hans": "其他"}
    assert items["multi"].max_chosen == 2 and items["multi"].options[1].exclusive and items["rank"].min_chosen == 1
    assert [one.value for one in items["ten"].options] == [str(value) for value in range(1, 11)]
    assert items["sure"].options[1].label["zh-hans"] == "不确定" and items["more"].options[0].value == "I"
    assert [one.value for one in items["dual_1"].options] == ["2"] and items["dual_0"].required is True
    assert items["shared"].total == 100 and items["numbers_n1"].minimum == 2 and items["amounts_r1_c1"].maximum == 9
    assert items["number"].integer and items["number"].maximum == 9 and items["number"].unit == {"en": "km"}
    assert items["short"].max_length == 20 and items["short"].personal and items["points"].maximum == 5
    assert items["day"].constraint == ". >= '2026-01-01'" and items["sum"].calculation == "${number} + 1"
    assert items["upload"].accept == (".png", ".gif") and items["upload"].max_bytes == 10_240
    assert items["multic_S1comment"].relevant == "selected(${multic}, 'S1')"


def test_what_is_held_in_another_way_is_named_with_its_question(every):
    _items, left = every
    assert left == [
        ("listc", "lss_comment", ""), ("multic", "lss_comment", ""), ("columns", "lss_by_column", ""),
        ("dual", "lss_two_scales", ""), ("fields", "lss_fields", ""), ("amounts", "lss_fields", ""),
        ("boxes", "lss_fields", ""), ("language", "lss_language", ""), ("unknown", "lss_type_hidden", "Z"),
    ]  # fmt: skip


def test_groups_are_pages_in_their_order_with_their_conditions():
    rows = [{"gid": 1, "group_order": 2, "grelevance": "b == 'A'", "group_name": "Second", "language": "en"},
            {"gid": 2, "group_order": 1, "grelevance": "1", "group_name": "First", "language": "en",
             "description": "<p>About</p><p>it</p>"}]  # fmt: skip
    asked = [{"qid": 1, "gid": 1, "type": "S", "title": "a", "question": "A", "language": "en", "question_order": 1},
             {"qid": 2, "gid": 2, "type": "S", "title": "b", "question": "B", "language": "en", "question_order": 1},
             {"qid": 3, "gid": 7, "type": "S", "title": "lost", "question": "C", "language": "en"}]  # fmt: skip
    found = converted(languages=["en"], groups=rows, questions=asked)
    first, second = found.definition.pages
    assert first.title == {"en": "First"} and first.help == {"en": "About\n\nit"} and second.relevant == "${b} = 'A'"
    assert [item.name for item in second.items] == ["a"]
    assert [(one.code, one.what) for one in found.left_out] == [("lss_orphans", "questions (1)")]


def test_the_survey_has_its_words_and_its_settings():
    texts = [
        {
            "surveyls_language": "en",
            "surveyls_title": "Parks",
            "surveyls_welcometext": "Hello<br>you",
            "surveyls_description": "About",
            "surveyls_endtext": "Bye",
            "surveyls_url": "https://example.org",
        }
    ]
    settings = [{"anonymized": "N", "allowprev": "Y", "savetimings": "Y", "assessments": "Y", "format": "S", "x": "N"}]
    found = converted([question("S", "a")], texts=texts, settings=settings, assessments=[{"id": 1}])
    made = found.definition
    assert made.title == {"en": "Parks"} and made.introduction == {"en": "About\n\nHello\nyou"}
    assert made.closing == {"en": "Bye"} and not made.settings.anonymous and made.settings.timing
    assert [(one.code, one.what) for one in found.left_out] == [
        ("lss_settings", "assessments"), ("lss_format", "S"), ("lss_survey_text", "surveyls_url"),
        ("lss_table", "assessments (1)"),
    ]  # fmt: skip


SOURCES = [
    question("L", "one", answers=["A1", "A2"], other="Y"),
    question("M", "many", rows=["S1", "S2"]),
    question("N", "num"),
    question("F", "table", rows=["r1"], answers=["1", "2"]),
    question("R", "rank", answers=["A1", "A2"]),
    question("Q", "words", rows=["t1"]),
    question("S", "text"),
]


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ('((one.NAOK == "A1"))', "${one} = 'A1'"),
        ("one eq 'A1' or num.NAOK GT 3", "${one} = 'A1' or ${num} > 3"),
        ("one != 'A1'", "not(${one} = 'A1')"),
        ("many_S1.NAOK == 'Y' && many_S2 != 'Y'", "selected(${many}, 'S1') and not(selected(${many}, 'S2'))"),
        ("is_empty(many_S1) || !is_empty(text.NAOK)", "not(selected(${many}, 'S1')) or not(${text} = '')"),
        ("table_r1.NAOK == '2'", "${table.r1} = '2'"),
        ("rank_1 == 'A2'", "selected_at(${rank}, 0) = 'A2'"),
        ("words_t1.NAOK != ''", "not(${words_t1} = '')"),
        ("count(many_S1, many_S2) >= 1",
         "count_non_empty(if(selected(${many}, 'S1'), 'Y', ''), if(selected(${many}, 'S2'), 'Y', '')) >= 1"),
        ("countif('Y', many_S1) == 1", "sum(if(selected(${many}, 'S1'), 1, 0)) = 1"),
        ("in_array(one, 'A1', 'A2')", "${one} = 'A1' or ${one} = 'A2'"),
        ("sum(num, 2) / 2 % 3 > -1", "sum(${num}, 2) div 2 mod 3 > -1"),
        ("regexMatch('/^[a-c]+$/', text)", "regex(${text}, '[a-c]+')"),
        ("regexMatch('/x|y/u', text)", "regex(${text}, '.*(x|y).*')"),
        ("substr(text, 1, 2) == \"it's\"", "substr(${text}, 1, 3) = \"it's\""),
        ("9X1X103 > 2", "${num} > 2"),
        ("9X1X102S1 == 'Y'", "selected(${many}, 'S1')"),
        ("strlen(text) > 3 and num == 1.5", "string_length(${text}) > 3 and ${num} = 1.5"),
        ("0", "false()"),
        ("1", ""),
    ],
)  # fmt: skip
def test_a_condition_is_translated(written, condition):
    items, left = taken(*SOURCES, question("S", "last", relevance=written))
    assert items["last"].relevant == condition and left == []


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("nobody == 'A1'", "nobody"),
        ("one_other == 'x'", "one_other"),
        ("one = 'A1'", "="),
        ("stddev(num) > 1", "stddev()"),
        ("many_S1 == 'x'", "Y"),
        ("one.question == 'x'", "one.question"),
        ("regexMatch('/(?=x)/', text)", "/(?=x)/"),
        ("regexMatch('/x/i', text)", "/i"),
        ("substr(text, num) == 'a'", "substr"),
        ("one == ", ""),
        ("one # 2", ""),
    ],
)
def test_a_condition_without_counterpart_is_named_and_left_out(written, what):
    items, left = taken(*SOURCES, question("S", "last", relevance=written))
    said = f"{what}: {written}" if what else written
    assert items["last"].relevant == "" and left == [("last", "lss_expression", said.strip())]


def test_who_did_not_answer_is_unequal_to_everything_as_in_limesurvey():
    made = converted([*SOURCES, question("S", "last", relevance="one != 'A1' and many_S1 != 'Y'")]).definition
    for answers, is_shown in (({}, True), ({"one": "A1"}, False), ({"many": ["S1"]}, False), ({"one": "A2"}, True)):
        names = {item.item.name for item in course(made, answers).shown()}
        assert ("last" in names) == is_shown, answers


def test_answers_stand_in_texts_and_what_else_is_in_braces_is_named():
    text = "Dear {one.shown} {text}, {INSERTANS:9X1X103} {if(num > 1, 'a', 'b')} {TOKEN:FIRSTNAME} { not this }"
    items, left = taken(*SOURCES, question("X", "note", text=text + "<i></i>"))
    assert items["note"].label["en"].startswith("Dear ${one} ${text}, ${num} {if(num > 1, 'a', 'b')} {TOKEN:")
    assert [what for _code, _kind, what in left] == ["if(num > 1, 'a', 'b')", "TOKEN:FIRSTNAME"]


def test_conditions_of_older_files_are_read():
    rows = [
        {"qid": 200, "cfieldname": "9X1X101", "method": "==", "value": "A1", "scenario": 1},
        {"qid": 200, "cfieldname": "9X1X101", "method": "==", "value": "A2", "scenario": 1},
        {"qid": 200, "cfieldname": "9X1X103", "method": ">", "value": "@9X1X103@", "scenario": 1},
        {"qid": 200, "cfieldname": "+9X1X102S1", "method": "==", "value": "Y", "scenario": 2},
        {"qid": 200, "cfieldname": "9X1X107", "method": "RX", "value": "/^a$/", "scenario": 3},
        {"qid": 999, "cfieldname": "9X1X107"},
    ]
    items, left = taken(*SOURCES, question("S", "last", qid=200), conditions=rows)
    assert items["last"].relevant == (
        "(${one} = 'A1' or ${one} = 'A2') and ${num} > ${num} or selected(${many}, 'S1') or regex(${text}, 'a')"
    )
    assert left == [("", "lss_orphans", "conditions (1)")]


@pytest.mark.parametrize(
    ("field", "method", "value", "condition"),
    [
        ("9X1X107", "==", " ", "${text} = ''"),
        ("9X1X107", "!=", "", "not(${text} = '')"),
        ("9X1X103", ">", "{num + 1}", "${num} > ${num} + 1"),
        ("9X1X103", "==", "{num * 2}", "not(${num} = '') and ${num} = ${num} * 2"),
        ("9X1X103", "!=", "@9X1X103@", "${num} = '' or not(${num} = ${num})"),
        ("9X1X102", "==", "S2", "selected(${many}, 'S2')"),
        ("9X1X102", "!=", "S2", "not(selected(${many}, 'S2'))"),
        ("+9X1X102S1", "==", "", "not(selected(${many}, 'S1'))"),
        ("9X1X107", "==", "it's \\", '${text} = "it\'s \\"'),
    ],
)
def test_a_condition_says_what_it_says_in_limesurvey(field, method, value, condition):
    rows = [{"qid": 200, "cfieldname": field, "method": method, "value": value, "scenario": 1}]
    items, left = taken(*SOURCES, question("S", "last", qid=200), conditions=rows)
    assert items["last"].relevant == condition and left == []


def test_a_quota_on_several_options_wants_all_of_them():
    found = converted(
        [*SOURCES, question("P", "noted", rows=["S1"], qid=300)],
        quota=[{"id": 1, "name": "Both", "qlimit": 5}, {"id": 2, "name": "Notes"}, {"id": 3, "name": "Gone"}],
        quota_members=[{"quota_id": 1, "qid": 102, "code": "S1"}, {"quota_id": 1, "qid": 102, "code": "S2"},
                       {"quota_id": 1, "qid": 101, "code": "it's"}, {"quota_id": 2, "qid": 300, "code": "S1"},
                       {"quota_id": 3, "qid": 102, "code": "S9"}],
    )  # fmt: skip
    [quota] = found.definition.quotas
    assert quota.when == "selected(${many}, 'S1') and selected(${many}, 'S2') and ${one} = \"it's\""
    left = [(one.where.code, one.code) for one in found.left_out if one.where.part == "quota"]
    assert left == [("Notes", "lss_quota"), ("Gone", "lss_quota")]


def test_validation_defaults_order_and_filters_are_carried_over():
    items, left = taken(
        *SOURCES,
        question("S", "code", preg="/^[0-9]{5}$/",
                 attributes={"em_validation_q": "strlen(this) > 1", "em_validation_q_tip": "Five"}),
        question("F", "kept", rows=["S1", {"title": "S2", "relevance": "num > 1"}], answers=["1"],
                 attributes={"array_filter": "many", "random_order": "1"}),
        question("M", "rest", rows=["S1"], attributes={"array_filter_exclude": "many;one; many", "page_break": "1"}),
        question("L", "pre", answers=["A1"], qid=300),
        question("N", "two", qid=301),
        question("M", "ticks", rows=["S1"], qid=302),
        defaultvalues=[{"qid": 300, "defaultvalue": "A1", "sqid": 0, "language": "en"},
                       {"qid": 301, "defaultvalue": "-2.50", "sqid": 0, "language": "en"},
                       {"qid": 302, "defaultvalue": "Y", "sqid": 7, "language": "en"}],
    )  # fmt: skip
    assert items["code"].constraint == "(regex(., '[0-9]{5}')) and (string_length(.) > 1)"
    assert items["code"].constraint_message == {"en": "Five"}
    assert [row.relevant for row in items["kept"].rows] == [
        "selected(${many}, 'S1')", "(${num} > 1) and (selected(${many}, 'S2'))",
    ]  # fmt: skip
    assert items["kept"].randomise_rows == "shuffle"
    assert items["rest"].options[0].relevant == "not(selected(${many}, 'S1'))"
    assert items["pre"].default == "'A1'" and items["two"].default == "-2.50"
    assert left == [
        ("rest", "lss_attribute", "array_filter_exclude: one"), ("ticks", "lss_default", "Y"),
        ("", "lss_looks", "page_break"),
    ]  # fmt: skip


def test_what_is_hidden_keeps_its_name_and_its_value():
    items, left = taken(
        question("L", "source", answers=["A1"], qid=300, attributes={"hidden": "1"}, mandatory="S"),
        question("Q", "words", rows=["t1"], attributes={"hidden": "1", "time_limit": "30"}),
        defaultvalues=[{"qid": 300, "defaultvalue": "A1", "sqid": 0, "language": "en"}],
    )
    assert items["source"].type == "hidden" and items["source"].calculation == "'A1'"
    assert items["words_group"].relevant == "false()"
    assert left == [
        ("source", "lss_soft", ""), ("source", "lss_hidden", "L"), ("words", "lss_hidden", "Q"),
        ("words", "lss_attribute", "time_limit: 30"),
    ]  # fmt: skip


def test_quotas_are_carried_over_where_their_members_can_be_said():
    found = converted(
        SOURCES,
        quota=[{"id": 1, "name": "Few", "qlimit": 5}, {"id": 2, "name": "Off", "active": 0}, {"id": 3, "name": "No"}],
        quota_members=[{"quota_id": 1, "qid": 101, "code": "A1"}, {"quota_id": 1, "qid": 101, "code": "A2"},
                       {"quota_id": 1, "qid": 102, "code": "S1"}, {"quota_id": 3, "qid": 104, "code": "1"}],
        quota_languagesettings=[{"quotals_quota_id": 1, "quotals_language": "en", "quotals_message": "Full"}],
    )  # fmt: skip
    [quota] = found.definition.quotas
    assert quota.when == "(${one} = 'A1' or ${one} = 'A2') and selected(${many}, 'S1')"
    assert quota.limit == 5 and quota.message == {"en": "Full"}
    assert [(one.where.code, one.code) for one in found.left_out] == [("Off", "lss_quota_off"), ("No", "lss_quota")]


def test_names_that_are_no_names_here_are_changed_everywhere():
    items, left = taken(question("S", "1st"), question("S", "again", relevance="9X1X101 == 'x'"))
    assert items["again"].relevant == "${_1st} = 'x'" and left == [("1st", "lss_renamed", "_1st")]


def test_a_language_without_words_here_is_named():
    items, left = taken(question("Y", "yes"), languages=["en", "de-informal"])
    assert items["yes"].options[0].label == {"en": "Yes"} and left == [("yes", "lss_words_missing", "de-informal")]


def test_words_in_a_language_that_the_survey_does_not_have_are_named():
    texts = [{"surveyls_language": "fr", "surveyls_title": "Les parcs"}]
    assert taken(question("S", "a"), texts=texts)[1] == [("", "lss_stranger", "fr")]


def test_what_breaks_a_rule_of_questionnaires_is_refused_at_its_question():
    found = converted([question("S", "fine"), question("L", "twice", answers=[""])])
    assert found.definition is None
    assert [(one.where.code, one.code, one.values["rule"]) for one in found.faults] == [
        ("twice", "lss_not_taken", "too_short")
    ]


def test_what_is_taken_can_be_published():
    made = converted([one for one in EVERY if one["type"] not in "ZX"]).definition
    assert [finding for finding in checks.check(made) if finding.severity == "error"] == []
    assert model.parse(model.dump(made)) == made


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><document>&b;</document>'
CODES = [f"c{one}" for one in range(150)]
HUNDRED = [f"a{first}{second}" for first in "abcdefghij" for second in "abcdefghij"]
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><document>&x;</document>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "lss_unsafe"),
        (OUTSIDE, "lss_unsafe"),
        (b'<!DOCTYPE d SYSTEM "http://example.org/d.dtd"><document/>', "lss_unsafe"),
        (b"<document>", "lss_not_xml"),
        (b"", "lss_not_xml"),
        (b'<?xml version="1.0" encoding="x-none"?><document/>', "lss_not_xml"),
        (b" " * (MAX_BYTES + 1), "lss_too_large"),
        (b"<html/>", "lss_not_survey"),
        (lss([question("S", "a")], kind="Group"), "lss_not_survey"),
        (lss([question("S", "a")], languages=[""]), "lss_no_language"),
        (lss([]), "lss_no_questions"),
        (lss([question("S", "a")], languages=[f"l{one}" for one in range(101)]), "lss_too_many_languages"),
        (lss([question(";", "a", rows=CODES, columns=CODES)], languages=["en"]), "lss_too_many_questions"),
        (lss([question("B", f"q{one}") for one in range(101)], languages=HUNDRED), "lss_too_many_texts"),
    ],
)
def test_what_is_no_survey_is_refused(content, code):
    with pytest.raises(Refused) as refused:
        read_survey(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("html", "text", "lost"),
    [
        ("1 < 2 & 3", "1 < 2 & 3", []),
        ("<p>One<br />two</p><ul><li>a</li><li>b</li></ul>", "One\ntwo\n\n- a\n- b", []),
        ('<a href="https://example.org">Here</a> &amp; there', "Here (https://example.org) & there", []),
        ('<img src="a.png" alt="A park"><script>alert(1)</script>Q', "A park Q", ["img", "script"]),
        ("<![if !supportLists]>One<![endif]> <![odd[ two", "One", []),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b", []),
        ("<!--[if mso]><xml>w</xml><![endif]-->One<!-- two --> three", "One three", []),
        ("<A TITLE='x > y' HREF=\"/a?b=1&amp;c\">Here</A><br/>1 <b it's", "Here (/a?b=1&c)\n1 <b it's", []),
        ("<script>if (a<b) c = '</b>'</script><style>p{}</style><p>Q</p><script>d", "Q", ["script", "style"]),
        ("&#" + "9" * 5000 + "; &#65;", "\ufffd A", []),
    ],
)
def test_markup_becomes_words(html, text, lost):
    read = plain_text(html)
    assert (read.text, read.lost) == (text, lost)


@pytest.mark.parametrize("opened", ["<!--", "<a", "<a ", "<a b=", "<a b='", "<a b=\"'", "</a ", "<!x", "<?x", "<x y/"])
def test_a_long_text_of_what_is_never_closed_is_words(opened):
    # 100,000 of them took html.parser hours.
    written = opened * 100_000
    assert plain_text(written).text == " ".join(written.split())


def test_names_wanted_by_many_are_given_at_once():
    names = Names()
    assert [names.give("q") for _one in range(3)] == ["q", "q_2", "q_3"] and names.give("q_5") == "q_5"
    given = [names.give("q") for _one in range(20_000)]
    assert given[:3] == ["q_4", "q_6", "q_7"] and len(set(given)) == 20_000


@pytest.mark.parametrize(
    ("text", "whole"), [("12", 12), (" -5 ", -5), ("--5", 0), ("5-", 0), ("", 0), ("9" * 12, 0), ("٣", 0)]
)
def test_a_row_has_whole_numbers_or_none(text, whole):
    assert number(text) == whole


def test_many_signs_in_front_of_a_number_are_read():
    items, left = taken(question("N", "a"), question("S", "b", relevance="a > " + "+" * 3000 + "1"))
    assert items["b"].relevant == "${a} > 1" and left == []


def test_settings_from_elsewhere_are_named_and_promise_nothing():
    found = converted([question("S", "a")], settings=[{"anonymized": "I", "allowprev": "N", "format": "I"}])
    assert found.definition.settings.anonymous is False and found.definition.settings.back is False
    assert [(one.code, one.what) for one in found.left_out] == [("lss_inherited", "anonymized, format")]


def test_a_limit_of_nothing_is_none():
    items, left = taken(
        question("S", "a", attributes={"maximum_chars": "0"}),
        question("Q", "b", rows=["r"], attributes={"maximum_chars": "0"}),
        question("M", "c", rows=["r"], attributes={"max_answers": "-1", "min_answers": "0"}),
    )
    assert (items["a"].max_length, items["b_r"].max_length, left) == (None, None, [])
    assert (items["c"].max_chosen, items["c"].min_chosen) == (None, None)


@pytest.mark.parametrize(
    ("written", "default"), [("1e-20000000", "0"), ("-2.50", "-2.50"), ("1_0", "10"), ("1e3", "1000"), ("x", "'x'")]
)
def test_a_number_given_beforehand_is_written_short(written, default):
    items, _left = taken(question("N", "a", qid=300), defaultvalues=[{"qid": 300, "defaultvalue": written}])
    assert items["a"].default == default


def test_points_of_answers_are_counted_and_named():
    rows = [{"qid": 101, "code": code, "sortorder": 1, "assessment_value": code} for code in (0, 1, 2)]
    _items, left = taken(question("L", "a"), answers=rows)
    assert left == [("", "lss_table", "assessment_value (2)")]


def test_everything_left_out_has_a_sentence_with_its_place():
    found = converted(EVERY).left_out
    assert all(one.code in LEFT_OUT for one in found)
    with translation.override("en"):
        assert left_out_sentence(found[-1]).startswith("A question of the type “Z”") and place_words(found[-1].where)


def _table(name, *rows):
    fields = "".join(f"<fieldname>{field}</fieldname>" for field in dict.fromkeys(key for row in rows for key in row))
    cells = ("".join(f"<{k}><![CDATA[{v}]]></{k}>" if v else f"<{k}/>" for k, v in row.items()) for row in rows)
    body = "".join(f"<row>{row}</row>" for row in cells)
    return f" <{name}>\n  <fields>{fields}</fields>\n  <rows>{body}</rows>\n </{name}>\n"


def _in_both(key, number, name, de, en):
    return [{key: number, name: words, "language": code} for code, words in (("de", de), ("en", en))]


def whole_file():
    """A survey with all that LimeSurvey 7 (database version 703) writes around one: fields, themes, empty elements."""
    asked = {"sid": "9", "gid": "5", "preg": "", "other": "N", "encrypted": "N", "scale_id": "0", "same_default": "0",
             "relevance": "1", "modulename": "", "same_script": "0"}  # fmt: skip
    top = {**asked, "parent_qid": "0"}
    tables = [
        _table("answers",
               {"aid": "1", "qid": "10", "code": "AO01", "sortorder": "0", "assessment_value": "0", "scale_id": "0"},
               {"aid": "2", "qid": "10", "code": "AO02", "sortorder": "1", "assessment_value": "0", "scale_id": "0"}),
        _table("answer_l10ns", *_in_both("aid", "1", "answer", "/assets/images/demo_lime1.png", "/a/lime%201.png"),
               *_in_both("aid", "2", "answer", "Keines", "None")),
        _table("groups", {"gid": "5", "sid": "9", "group_order": "1", "randomization_group": "", "grelevance": ""}),
        _table("group_l10ns", *_in_both("gid", "5", "group_name", "Bilder", "Pictures")),
        _table("questions",
               {"qid": "10", **top, "type": "L", "title": "Q1", "mandatory": "S", "question_order": "1",
                "question_theme_name": "image_select-listradio"},
               {"qid": "11", **top, "type": "M", "title": "Q2", "mandatory": "N", "question_order": "2",
                "question_theme_name": "image_select-multiplechoice"}),
        _table("subquestions",
               {"qid": "20", **asked, "parent_qid": "11", "type": "T", "title": "SQ001", "question_order": "1",
                "question_theme_name": ""}),
        _table("question_l10ns", *_in_both("qid", "10", "question", "Was magst du?", "What do you like?"),
               *_in_both("qid", "11", "question", "Was noch?", "What else?"),
               *_in_both("qid", "20", "question", "<img src='/upload/lime.jpg' />", "<img src='/upload/lime.jpg' />")),
        _table("question_attributes", {"qid": "10", "attribute": "keep_aspect", "value": "yes", "language": ""}),
        _table("surveys", {"sid": "9", "gsid": "1", "admin": "inherit", "anonymized": "N", "format": "I",
                           "language": "en", "additional_languages": "de", "allowprev": "I", "access_mode": "O"}),
        _table("surveys_languagesettings",
               *({"surveyls_survey_id": "9", "surveyls_email_invite": "Hallo {FIRSTNAME},<br />", "surveyls_url": "",
                  "surveyls_language": code, "surveyls_title": title} for code, title in
                 (("de", "Beispielumfrage"), ("en", "Sample Survey")))),
    ]  # fmt: skip
    theme = "<theme><sid>9</sid><template_name>fruity_twentythree</template_name><config><options>inherit</options></config></theme>"  # noqa: E501
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        " <DBVersion>703</DBVersion>\n <languages>\n  <language>de</language>\n  <language>en</language>\n"
        f" </languages>\n{''.join(tables)} <themes>{theme}</themes>\n <themes_inherited>{theme}</themes_inherited>\n"
        "</document>\n"
    ).encode()


def test_a_whole_file_of_today_is_taken_with_its_first_language_first_and_its_choices_of_pictures():
    found = convert(read_survey(whole_file()))
    parsed = found.definition
    assert parsed.languages == ("en", "de") and parsed.title == {"en": "Sample Survey", "de": "Beispielumfrage"}
    one, two = parsed.pages[0].items
    first, second = one.options
    assert first.label == {} and second.label == {"de": "Keines", "en": "None"}
    assert first.media == (model.Media(kind="image", source={"de": "demo_lime1.png", "en": "lime 1.png"}),)
    assert two.options[0].media == (model.Media(kind="image", source={"de": "lime.jpg", "en": "lime.jpg"}),)
    assert {item.code for item in found.left_out} >= {"lss_soft"} and "lss_markup" not in {
        item.code for item in found.left_out
    }
    assert "no_alternative_text" in [finding.code for finding in checks.check(parsed)]
