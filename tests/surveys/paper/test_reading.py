"""A table of paper answers, read without a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from engage.errors import Refused
from engage.pages.messages import registered_codes
from surveys.answering.rules import Period
from surveys.definition.model import parse
from surveys.definition.runtime import Runtime, Sitting
from surveys.paper import words
from surveys.paper.cells import day_of, is_marked, raw_answer
from surveys.paper.columns import Heads, template_columns
from surveys.paper.reading import Asked, Found, Paper, moment_of, read_cells, read_papers
from surveys.paper.template import template_book, template_csv
from tests.surveys.paper.sheets import SHEET, table

pytestmark = pytest.mark.sqlite_only

DEFINITION = parse(SHEET)
RUNTIME = Runtime(DEFINITION)
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def asked(**more: Any) -> Asked:
    def course(paper: Paper) -> Any:
        return RUNTIME.course(paper.answers, Sitting(now=paper.at.replace(tzinfo=None), seed="1", mode="paper"))

    given: dict[str, Any] = {"period": Period(None, None), "known": lambda numbers: set(), "course": course, **more}
    return Asked(definition=DEFINITION, now=NOW, **given)


def found(content: bytes, **more: Any) -> Found:
    return read_papers(*read_cells(content), asked(**more))


def answers(head: str, line: str) -> Mapping[str, Any]:
    read = found(table(f"1,{line}", head=f"sheet,{head}"))
    assert read.faults == []
    return read.papers[0].answers


def faults(head: str, *lines: str, **more: Any) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in found(table(*lines, head=head), **more).faults]


def test_the_template_has_a_column_for_each_question_and_each_finds_its_way_back():
    heads = [column.head for column in template_columns(DEFINITION)]
    assert heads == [
        "visits", "ways", "ways#other", "age", "day", "table.paths", "table.lamps", "order", "why",
        "people/1/years", "people/2/years", "people/3/years",
    ]  # fmt: skip
    finder = Heads(DEFINITION)
    assert [finder.column(head) for head in heads] == template_columns(DEFINITION)
    head, rows = read_cells(template_csv(DEFINITION) + b"1,2026-11-24,en,daily\r\n")
    assert head[3:] == heads and rows == [(2, ["1", "2026-11-24", "en", "daily"])]


def test_a_column_may_be_named_by_the_number_on_the_paper():
    finder = Heads(DEFINITION)
    assert finder.column("Q1") == finder.column("visits") == finder.column("1")
    assert finder.column("5.paths") == finder.column("table.paths")
    for wrong in ("map", "8", "99", "ways.tram", "people/5/years", "years", "age#other", "", "ways.bus#other"):
        assert finder.column(wrong) is None


def test_the_workbook_explains_every_code():
    book = load_workbook(BytesIO(template_book(DEFINITION, "en")))
    assert [cell.value for cell in book.worksheets[0][1]][:4] == ["sheet", "received", "language", "visits"]
    rows = {(row[0], row[3], row[4]) for row in book.worksheets[1].iter_rows(values_only=True)}
    assert ("visits", "daily", "Every day") in rows and ("table.lamps", "bad", "Bad") in rows


@pytest.mark.parametrize(
    ("head", "line", "name", "raw"),
    [
        ("visits", "daily", "visits", "daily"),
        ("visits", "EVERY DAY", "visits", "daily"),
        ("visits", "从不", "visits", "never"),
        ("visits", "看不清", "visits", {"missing": "unreadable"}),
        ("ways", "bus；步行", "ways", ["bus", "foot"]),
        ("ways", "refused", "ways", {"missing": "refused"}),
        ("ways.bus,ways.foot,ways.else", "x,,1", "ways", ["bus", "else"]),
        ("table.paths,table.lamps", "Good,差", "table", {"paths": "good", "lamps": "bad"}),
        ("table", "don’t know", "table", {"missing": "dont_know"}),
        ("order", "Benches; trees", "order", ["benches", "trees"]),
        ("order.trees,order.benches", "2,1", "order", ["benches", "trees"]),
        ("day", "2026年3月5日", "day", "2026-03-05"),
        ("people/2/years", "9", "people", [{}, {"years": "9"}]),
    ],
)
def test_cells_are_codes_labels_marks_or_why_there_is_no_answer(head, line, name, raw):
    assert answers(head, line)[name] == raw


def test_every_fault_has_its_row_and_column_and_nothing_is_required():
    head = "sheet,visits,ways,age,day,table.paths,received"
    lines = [
        "1,sometimes,bus,130,2026-13-01,x,2026-12-01",
        "1,daily,tram,,,refused,",
        ",daily,,,,,",
        "4,,,,,,",
    ]
    assert faults(head, *lines) == [
        (2, "visits"), (2, "table.paths"), (2, "received"), (3, "ways"), (3, "table.paths"), (3, "sheet"), (4, "sheet"),
    ]  # fmt: skip
    # Ranges, days and sums are looked at once the cells can be read.
    assert faults("sheet,age,day", "1,130,2026-13-01", "2,1.5,") == [(2, "age"), (2, "day"), (3, "age")]


def test_headings_that_mean_nothing_or_stand_twice_are_named_and_no_row_is_read():
    assert faults("sheet,visits,Q1,colour", "1,daily,,") == [(1, "Q1"), (1, "colour")]
    assert faults("visits", "daily") == [(1, "sheet")]


def test_sheets_taken_in_before_are_refused_by_their_number_whatever_its_width():
    assert faults("表号,visits", "Ａ1,daily", "a2,daily", known=lambda numbers: {"a1"}) == [(2, "表号")]


def test_answers_to_questions_that_were_not_for_somebody_are_counted_and_left_out():
    read = found(table("1,never,bus", "2,daily,bus", head="sheet,visits,ways"))
    assert (len(read.papers), read.skipped, read.faults) == (2, 1, [])


@pytest.mark.parametrize(
    ("head", "line", "column"),
    [
        # Words whose option is not chosen, with another answer and with none.
        ("ways,ways#other", "bus,by boat", "ways#other"),
        ("ways,ways#other", ",by boat", "ways#other"),
        ("people/1/years", "9,it was good", "3"),
        ("ways.bus,ways", "1,foot", "ways"),
        ("ways,ways.bus", "refused,1", "ways.bus"),
        ("table.paths,table", "good,refused", "table"),
    ],
)
def test_nothing_that_was_written_is_lost_in_silence(head, line, column):
    assert faults(f"sheet,{head}", f"1,{line}") == [(2, column)]
    assert faults(f"sheet,{head}", "1") == []


def test_what_is_not_marked_is_no_second_answer():
    assert answers("ways,ways.bus", "foot,0")["ways"] == ["foot"]


def test_an_option_that_is_called_like_a_reason_or_holds_a_semicolon_comes_first():
    options = [{"value": value, "label": {"en": label}} for value, label in (("refused", "Said no"), ("a; b", "A"))]
    item = {"name": "x", "type": "multiple", "options": options}
    definition = parse({**SHEET, "quotas": [], "pages": [{"name": "first", "items": [item]}]})
    column = Heads(definition).column("x")
    assert [raw_answer(definition, column, text) for text in ("refused", "a; b", "unreadable")] == [
        ["refused"], ["a; b"], {"missing": "unreadable"},
    ]  # fmt: skip


def test_a_question_that_is_called_like_a_heading_of_the_sheet_stands_by_its_number():
    item = {"name": "language", "type": "text", "label": {"en": "Which language?"}}
    definition = parse({**SHEET, "quotas": [], "pages": [{"name": "first", "items": [item]}]})
    head, _rows = read_cells(template_csv(definition) + b"1,,,x\r\n")
    assert head == ["sheet", "received", "language", "Q1"]
    assert Heads(definition).column("Q1").question.name == "language"


def test_a_number_that_grows_when_it_is_compared_is_refused():
    assert faults("sheet,visits", f"{'㈱' * 30},daily") == [(2, "sheet")]


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 11, 24), datetime(2026, 11, 24, 12)),
        (date(2026, 11, 25), datetime(2026, 11, 25, 10)),
        (date(2026, 11, 20), datetime(2026, 11, 20, 18)),
    ],
)
def test_a_day_counts_at_noon_moved_into_the_period(day, moment):
    period = Period(datetime(2026, 11, 20, 18, tzinfo=NOW.tzinfo), NOW + timedelta(days=2))
    assert moment_of(day, period, NOW) == moment.replace(tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 26), "paper_day_future"),
        (date(2026, 11, 19), "paper_day_early"),
        (date(2026, 11, 25), "paper_day_late"),
    ],
)
def test_a_day_on_which_nothing_could_come_is_refused(day, code):
    period = Period(datetime(2026, 11, 20, 18, tzinfo=NOW.tzinfo), datetime(2026, 11, 24, tzinfo=NOW.tzinfo))
    with pytest.raises(Refused) as caught:
        moment_of(day, period, NOW)
    assert caught.value.code == code


def test_what_is_no_day_and_no_mark_is_refused():
    assert day_of("2026/2/3") == date(2026, 2, 3) and is_marked("√") and not is_marked("否")
    for ask, text in ((day_of, "3.2.26"), (is_marked, "maybe")):
        with pytest.raises(Refused):
            ask(text)


def test_chinese_excel_and_empty_tables():
    assert len(found("表号,visits\n1,每天\n".encode("gb18030")).papers) == 1
    with pytest.raises(Refused) as caught:
        read_cells(b"sheet,visits\n")
    assert caught.value.code == "paper_empty"


def test_every_refusal_has_its_sentence():
    assert set(words.REFUSALS) <= registered_codes()
