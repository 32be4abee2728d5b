"""The file to fill in: headings made from the definition, and beside them every code with its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from engage.spreadsheets import add_row, add_sheet, book_bytes, csv_text, new_book
from surveys.definition import paper
from surveys.definition.answers import MISSING
from surveys.definition.model import Definition, Option
from surveys.definition.runtime import Runtime
from surveys.paper.columns import Column, template_columns
from surveys.paper.reading import LANGUAGE, RECEIVED, SHEET, is_of_the_sheet


@dataclass(frozen=True)
class Told:
    """A column as a person reads it: its question's number on the paper, the words, and what may stand there."""

    column: Column
    number: int
    words: str
    options: tuple[tuple[str, str], ...]

    @property
    def head(self) -> str:
        """How the template names it: by its number where its name means something else."""
        return f"Q{self.number}" if is_of_the_sheet(self.column.head) else self.column.head


def columns_told(definition: Definition, language: str) -> list[Told]:
    """Return the columns of the template with their words in a language of the definition."""
    numbers, choose = paper.numbers(definition), Runtime(definition).choose
    told = []
    for column in template_columns(definition):
        question = column.question
        rows = {row.value: choose(row.words, language) or row.value for row in _rows(definition, column)}
        words = choose(question.label, language) or question.name
        if column.part:
            words = f"{words} – {rows.get(column.part, column.part)}"
        if column.own:
            words = _("%(question)s – in their own words") % {"question": words}
        if column.path:
            # Which of several: the second person of a household.
            words = f"{words} ({'/'.join(str(index + 1) for _repeat, index in column.path)})"
        options = () if column.own else tuple(_options(definition, column, language))
        told.append(Told(column, numbers[question.name], words, options))
    return told


def _rows(definition: Definition, column: Column) -> tuple[Option, ...]:
    return column.question.rows if column.question.type == "matrix" else definition.options_of(column.question)


def _options(definition: Definition, column: Column, language: str) -> Iterator[tuple[str, str]]:
    if column.question.type == "constant_sum":
        return
    choose = Runtime(definition).choose
    for option in definition.options_of(column.question):
        if option.is_meant_for(paper.MODE):
            yield option.value, choose(option.words, language) or option.value


def template_csv(definition: Definition) -> bytes:
    """Return the headings as a CSV file."""
    told = columns_told(definition, definition.languages[0])
    head = [SHEET, RECEIVED, LANGUAGE, *(one.head for one in told)]
    return csv_text([], head=head).encode()


def template_book(definition: Definition, language: str) -> bytes:
    """Return a workbook: the sheet to fill in, and one that explains its columns in a language of the definition."""
    told = columns_told(definition, language)
    book = new_book()
    head = [SHEET, RECEIVED, LANGUAGE, *(one.head for one in told)]
    add_sheet(book, _("Sheets"), widths=[14] * len(head), heads=[head])
    codes = add_sheet(
        book,
        _("Codes"),
        widths=[20, 10, 50, 20, 40],
        heads=[[_("Column"), _("Question"), _("Words"), _("Code"), _("Label")]],
    )
    add_row(codes, [SHEET, "", _("The number written on the sheet; each is taken in once")])
    add_row(codes, [RECEIVED, "", _("The day on which the sheet came, like 2026-11-24; empty: today")])
    add_row(codes, [LANGUAGE, "", ", ".join(definition.languages)])
    for one in told:
        add_row(codes, [one.head, one.number, one.words, "", _said(one)])
        for code, label in one.options:
            add_row(codes, [one.head, "", "", code, label])
    add_row(codes, ["", "", _("Instead of an answer"), "; ".join(MISSING), _("does not know; refuses; unreadable")])
    return book_bytes(book)


def _said(one: Told) -> str:
    if one.column.own:
        return ""
    return {
        "multiple": _("Several, with a semicolon between them; or a column for each, like ways.bus, with 1 or x"),
        "ranking": _("In their order, with a semicolon between them"),
        "date": _("Like 2026-11-24"),
        "consent": _("1 or 0"),
        "declaration": _("1 or 0"),
    }.get(one.column.question.type, "")
