"""The outcome as a workbook: totals, clauses, who took part, every comment with its decision.

Written row by row into the file (openpyxl's write-only mode), so that any number of rows takes the same memory. Text is
stored as text whatever it begins with: a spreadsheet shows it and calculates nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from consultations.outcomes.exports.about import About, cell_text, masking_note
from consultations.outcomes.exports.columns import ExportRow, columns
from consultations.outcomes.queries import Breakdown
from engage.spreadsheets import printable

_WIDE = {"text": 60, "suggested": 40, "passage": 40, "reason": 50, "clause": 28, "themes": 30}
_BOLD = Font(bold=True)


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = about.heading, ""
    _totals(book.create_sheet(_("Totals")), about)
    _clauses(book.create_sheet(_("Clause by clause")), about)
    took_part(book.create_sheet(_("Who took part")), about.shown.took_part)
    _comments(book.create_sheet(_("Comments and decisions")), rows)
    book.save(path)


def add_row(sheet: WriteOnlyWorksheet, values: Iterable[Any], *, bold: bool = False) -> None:
    """Write one row; text stays text."""
    cells = []
    for value in values:
        cell = WriteOnlyCell(sheet, None if value == "" else printable(value))
        if isinstance(value, str):
            # Else openpyxl would keep a text that begins with = as a formula.
            cell.data_type = "s" if value else "n"
        if bold:
            cell.font = _BOLD
        cells.append(cell)
    sheet.append(cells)


def set_widths(sheet: WriteOnlyWorksheet, widths: Iterable[int]) -> None:
    """Set the widths of the columns, in characters, before the first row."""
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _totals(sheet: WriteOnlyWorksheet, about: About) -> None:
    set_widths(sheet, (52, 18, 22))
    add_row(sheet, [about.heading], bold=True)
    add_row(sheet, [_("Published on"), about.published])
    add_row(sheet, [_("Address"), about.url])
    add_row(sheet, [])
    add_row(sheet, [_("Figure"), pgettext("how many", "Number"), _("Code")], bold=True)
    for code, label, n in about.totals:
        add_row(sheet, [label, n, code])
    for heading, name in (
        (_("Summary"), "summary"),
        (_("How it was done and its limits"), "method"),
        (_("What happens next"), "next_steps"),
    ):
        add_row(sheet, [])
        add_row(sheet, [heading], bold=True)
        for line in about.shown.texts.get(name, "").splitlines():
            add_row(sheet, [line])


def _clauses(sheet: WriteOnlyWorksheet, about: About) -> None:
    set_widths(sheet, (14, 28, 50, 50, 12, 12, 40, 12, 20, 60))
    headings = [
        _("Clause (code)"), _("Clause"), _("The words before"), _("The words now"), _("Comments"), _("Points"),
        _("What people said"), _("Points on it"), _("Decision"), _("Reason"),
    ]  # fmt: skip
    sheet.freeze_panes = "A2"
    add_row(sheet, headings, bold=True)
    for row, shown in zip(about.shown.content["rows"], about.shown.rows, strict=True):
        pieces = row["pieces"].get(about.language) or next(iter(row["pieces"].values()), [])
        before = "".join(words for op, words in pieces if op != "ins")
        after = "".join(words for op, words in pieces if op != "del") if shown.changed else ""
        begun = [row["key"], shown.full_title, before[:32_000], after[:32_000], shown.comments, shown.points]
        lines = [
            [said.name, decision.points, decision.label, decision.reason or shown.reason]
            for said in shown.said
            for decision in said.decisions
        ]
        for place, line in enumerate(lines or [["", "", "", shown.reason]]):
            add_row(sheet, [*(begun if place == 0 else [row["key"], shown.full_title, "", "", "", ""]), *line])


def took_part(sheet: WriteOnlyWorksheet, tables: Sequence[Breakdown]) -> None:
    """Write who took part, hidden counts as such, and how they were hidden."""
    set_widths(sheet, (20, 36, 14))
    add_row(sheet, [_("By"), _("Group"), pgettext("how many", "Number")], bold=True)
    for table in tables:
        if not table.cells:
            add_row(sheet, [table.label, _("withheld: too few people"), ""])
        for cell in table.cells:
            add_row(sheet, [table.label, cell.label, cell_text(cell.count, cell.mark)])
    if note := masking_note(tables):
        add_row(sheet, [])
        add_row(sheet, [note])


def _comments(sheet: WriteOnlyWorksheet, rows: Iterator[ExportRow]) -> None:
    shown = columns()
    set_widths(sheet, (_WIDE.get(key, 14) for key, _heading, _value in shown))
    sheet.freeze_panes = "A2"
    add_row(sheet, (heading for _key, heading, _value in shown), bold=True)
    for row in rows:
        add_row(sheet, (value(row) for _key, _heading, value in shown))
