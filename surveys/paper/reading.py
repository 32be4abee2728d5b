"""A table of paper answers, read whole before anything is taken in: every fault by its row and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.forms import clean_text
from engage.spreadsheets import calculable
from engage.tables import decoded
from surveys.answering import posting
from surveys.answering.fault_words import fault_sentence
from surveys.answering.rules import Period
from surveys.definition.answers import OTHER
from surveys.definition.model import Definition
from surveys.definition.runtime import Course, key_of
from surveys.paper import cells
from surveys.paper.columns import Column, Heads
from surveys.tables import filled_cells, is_workbook

SHEETS_MOST = 2_000
# As it is written, and as it is compared: some signs become several.
NUMBER_MOST, FOLDED_MOST = 40, 80
SHEET, RECEIVED, LANGUAGE = "sheet", "received", "language"
_HEADS: Mapping[str, str] = {
    "sheet": SHEET, "sheet number": SHEET, "表号": SHEET, "问卷编号": SHEET,
    "received": RECEIVED, "收到日期": RECEIVED, "日期": RECEIVED,
    "language": LANGUAGE, "语言": LANGUAGE,
}  # fmt: skip
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Paper:
    """One sheet of paper: its row in the table, its number, when it counts as received, and its raw answers."""

    line: int
    number: str
    at: datetime
    language: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class PaperFault:
    """What is wrong in a cell, as a sentence in the active language; `column` as the table names it."""

    line: int
    column: str
    sentence: str


@dataclass
class Found:
    """What a table says. `skipped` counts answers to questions that were not for who answered: they are left out."""

    papers: list[Paper] = field(default_factory=list)
    faults: list[PaperFault] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True)
class Asked:
    """What a table is read for. `course` settles the raw answers of one sheet; `known` are numbers taken in before."""

    definition: Definition
    period: Period
    now: datetime
    course: Callable[[Paper], Course]
    known: Callable[[Sequence[str]], set[str]]
    regions: Sequence[tuple[str, str]] = ()


def read_cells(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the headings and the rows of a CSV file (UTF-8, UTF-16, GB18030) or of the first sheet of a workbook.

    Raises Refused: paper_empty, paper_too_many (most), table_unreadable, and what `filled_cells` raises.
    """
    if not is_workbook(content):
        content = decoded(content).encode()
    rows = filled_cells(content)
    if len(rows) < 2:
        raise Refused("paper_empty")
    if len(rows) - 1 > SHEETS_MOST:
        raise Refused("paper_too_many", most=SHEETS_MOST)
    head, *body = rows
    return [cell.strip() for cell in head[1]], [(line, [calculable(cell) for cell in row]) for line, row in body]


def read_papers(head: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], asked: Asked) -> Found:
    """Return the sheets of a table, and what is wrong in it. With a fault in the headings no row is read."""
    found = Found()
    columns = _columns(head, asked.definition, found)
    if found.faults:
        return found
    lines: dict[str, int] = {}
    for line, row in rows:
        before = len(found.faults)
        for place, cell in enumerate(row):
            if cell.strip() and not (place < len(head) and head[place]):
                _tell(found, line, str(place + 1), Refused("paper_cell_stray", value=cell.strip()[:40]))
        paper = _paper(line, dict(zip(head, row, strict=False)), columns, asked, found)
        first = lines.setdefault(folded_number(paper.number), line) if paper.number else line
        if first != line:
            refusal = Refused("paper_sheet_twice", number=paper.number, first=first)
            _tell(found, line, head[_place(head, SHEET)], refusal)
        if len(found.faults) == before:
            _judge(paper, columns, asked, found)
        if len(found.faults) == before:
            found.papers.append(paper)
    known = asked.known([paper.number for paper in found.papers])
    for paper in found.papers:
        if folded_number(paper.number) in known:
            _tell(found, paper.line, head[_place(head, SHEET)], Refused("paper_sheet_known", number=paper.number))
    found.faults.sort(key=lambda fault: fault.line)
    return found


def folded_number(number: str) -> str:
    """Return the number of a sheet as it is compared."""
    return cells.folded(number)


def is_of_the_sheet(head: str) -> bool:
    """Tell whether a heading means the sheet itself, not a question."""
    return cells.folded(head) in _HEADS


def _place(head: Sequence[str], name: str) -> int:
    return next(place for place, cell in enumerate(head) if _HEADS.get(cells.folded(cell)) == name)


def _tell(found: Found, line: int, column: str, refusal: Refused) -> None:
    found.faults.append(PaperFault(line, column, refusal_message(refusal)))


def _columns(head: Sequence[str], definition: Definition, found: Found) -> dict[str, str | Column]:
    """Return what each heading means: one of SHEET, RECEIVED, LANGUAGE, or the column of a question."""
    heads = Heads(definition)
    columns: dict[str, str | Column] = {}
    meant: set[str] = set()
    for cell in head:
        if not cell:
            continue
        column = _HEADS.get(cells.folded(cell)) or heads.column(cell)
        # No question has a name with a space in it.
        name = column.head if isinstance(column, Column) else f"{column} "
        if column is None:
            _tell(found, 1, cell[:60], Refused("paper_column_unknown"))
        elif name in meant or cell in columns:
            _tell(found, 1, cell[:60], Refused("paper_column_twice"))
        else:
            columns[cell] = column
            meant.add(name)
    if SHEET not in columns.values():
        _tell(found, 1, SHEET, Refused("paper_column_missing"))
    return columns


def _paper(line: int, row: Cells, columns: Mapping[str, str | Column], asked: Asked, found: Found) -> Paper:
    number, at, language = "", asked.now, asked.definition.languages[0]
    answers: dict[str, Any] = {}
    day = timezone.localdate(asked.now)
    filled: dict[str, str] = {}
    for head, column in columns.items():
        text = clean_text(row.get(head, ""))
        try:
            if column == SHEET:
                number = _number(text)
            elif not text:
                continue
            elif column == RECEIVED:
                day = cells.day_of(text)
            elif column == LANGUAGE:
                language = _language(text, asked.definition)
            elif isinstance(column, Column):
                raw = cells.raw_answer(asked.definition, column, text, asked.regions)
                _one_way(column, raw, filled)
                _put(answers, column, raw)
        except Refused as refusal:
            _tell(found, line, head, refusal)
    try:
        at = moment_of(day, asked.period, asked.now)
    except Refused as refusal:
        _tell(found, line, next((head for head, one in columns.items() if one == RECEIVED), RECEIVED), refusal)
    return Paper(line, number, at, language, answers)


def _one_way(column: Column, raw: Any, filled: dict[str, str]) -> None:
    """Let a question be answered in one column for the whole, or in columns for its parts, not in both."""
    if column.own or raw is False:
        return
    way = "part" if column.part else "whole"
    if filled.setdefault(key_of(column.question.name, column.path), way) != way:
        raise Refused("paper_answered_twice")


def _number(text: str) -> str:
    if not text:
        raise Refused("paper_sheet_missing")
    if len(text) > NUMBER_MOST or len(folded_number(text)) > FOLDED_MOST:
        raise Refused("paper_sheet_too_long", most=NUMBER_MOST)
    return text


def _language(text: str, definition: Definition) -> str:
    found = next((one for one in definition.languages if cells.folded(one) == cells.folded(text)), None)
    if found is None:
        raise Refused("paper_language", value=text[:40], languages=", ".join(definition.languages))
    return found


def moment_of(day: date, period: Period, now: datetime) -> datetime:
    """Return the moment that counts for a sheet that came on a day: noon, moved into the period on its edges.

    Raises Refused: paper_day_future, paper_day_early (day), paper_day_late (day).
    """
    today = timezone.localdate(now)
    if day > today:
        raise Refused("paper_day_future")
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    moment = min(noon, now)
    if period.opens_at is not None and moment < period.opens_at:
        if day != timezone.localdate(period.opens_at) or period.opens_at > now:
            raise Refused("paper_day_early", day=timezone.localdate(period.opens_at).isoformat())
        moment = period.opens_at
    if period.closes_at is not None and moment >= period.closes_at:
        last = period.closes_at - timedelta(seconds=1)
        if day != timezone.localdate(last):
            raise Refused("paper_day_late", day=timezone.localdate(last).isoformat())
        moment = last
    return moment


def _put(answers: dict[str, Any], column: Column, raw: Any) -> None:
    name = column.question.name
    if column.own:
        posting.put(answers, column.path, name + OTHER, raw)
        return
    if not column.part:
        posting.put(answers, column.path, name, raw)
        return
    before = posting.raw_at(answers, column.path, name)
    if column.question.type == "multiple":
        chosen = before if isinstance(before, list) else []
        posting.put(answers, column.path, name, [*chosen, column.part] if raw is True else chosen)
        return
    parts = before if isinstance(before, dict) and "missing" not in before else {}
    posting.put(answers, column.path, name, {**parts, column.part: raw})


def _judge(paper: Paper, columns: Mapping[str, str | Column], asked: Asked, found: Found) -> None:
    """Look at the answers together, as the questionnaire does: ranges, sums, conditions of its author."""
    _rank(paper.answers, columns)
    course = asked.course(paper)
    heads = {one.head: head for head, one in columns.items() if isinstance(one, Column) and not one.own}
    by_name = asked.definition.by_name
    for fault in course.faults:
        question = by_name[fault.name].item
        head = heads.get(fault.key) or next((own for key, own in heads.items() if key.startswith(f"{fault.key}.")), "")
        sentence = fault_sentence(fault, getattr(question, "type", ""))
        found.faults.append(PaperFault(paper.line, head or fault.key, sentence))
    hidden = {dropped.key for dropped in course.dropped if dropped.reason == "hidden"}
    lost = {dropped.key for dropped in course.dropped} - hidden
    for head, column in columns.items():
        if not isinstance(column, Column) or (column.own and column.head in hidden):
            continue
        name = column.question.name + OTHER * column.own
        if posting.raw_at(paper.answers, column.path, name) is None:
            continue
        is_lost = column.own and posting.raw_at(course.kept, column.path, name) is None
        if is_lost or any(key_of(name, column.path) == key or column.head.startswith(f"{key}/") for key in lost):
            _tell(found, paper.line, head, Refused("paper_answer_lost"))
    found.skipped += len(hidden)


def _rank(answers: dict[str, Any], columns: Mapping[str, str | Column]) -> None:
    """Make a list of the places that stand in columns of their own; what cannot be put in order stays as it is."""
    for column in columns.values():
        if isinstance(column, Column) and column.part and column.question.type == "ranking":
            places = posting.raw_at(answers, column.path, column.question.name)
            if isinstance(places, dict) and "missing" not in places:
                posting.put(answers, column.path, column.question.name, posting.ranked(places))
