"""The outcome as a workbook: totals, clauses, who took part, every comment with its decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.outcomes.exports.about import About, cell_text, masking_note
from consultations.outcomes.exports.columns import ExportRow, columns
from consultations.outcomes.queries import Breakdown
from engage.spreadsheets import add_row, add_sheet, new_book

if TYPE_CHECKING:
    from openpyxl import Workbook

_WIDE = {"text": 60, "suggested": 40, "passage": 40, "reason": 50, "clause": 28, "themes": 30}


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file."""
    book = new_book(about.heading)
    _totals(book, about)
    _clauses(book, about)
    took_part(book, about.shown.took_part)
    _comments(book, rows)
    book.save(path)


def _totals(book: Workbook, about: About) -> None:
    sheet = add_sheet(book, _("Totals"), widths=(52, 18, 22))
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


def _clauses(book: Workbook, about: About) -> None:
    headings = [
        _("Clause (code)"), _("Clause"), _("The words before"), _("The words now"), _("Comments"), _("Points"),
        _("What people said"), _("Points on it"), _("Decision"), _("Reason"),
    ]  # fmt: skip
    widths = (14, 28, 50, 50, 12, 12, 40, 12, 20, 60)
    sheet = add_sheet(book, _("Clause by clause"), widths=widths, heads=[headings])
    for row, shown in zip(about.shown.content["rows"], about.shown.rows, strict=True):
        pieces = row["pieces"].get(about.language) or next(iter(row["pieces"].values()), [])
        before = "".join(words for op, words in pieces if op != "ins")
        after = "".join(words for op, words in pieces if op != "del") if shown.changed else ""
        begun = [row["key"], shown.full_title, before, after, shown.comments, shown.points]
        lines = [
            [said.name, decision.points, decision.label, decision.reason or shown.reason]
            for said in shown.said
            for decision in said.decisions
        ]
        for place, line in enumerate(lines or [["", "", "", shown.reason]]):
            add_row(sheet, [*(begun if place == 0 else [row["key"], shown.full_title, "", "", "", ""]), *line])


def took_part(book: Workbook, tables: Sequence[Breakdown]) -> None:
    """Add a sheet of who took part, hidden counts as such, and how they were hidden."""
    head = [_("By"), _("Group"), pgettext("how many", "Number")]
    sheet = add_sheet(book, _("Who took part"), widths=(20, 36, 14), heads=[head])
    for table in tables:
        if not table.cells:
            add_row(sheet, [table.label, _("withheld: too few people"), ""])
        for cell in table.cells:
            add_row(sheet, [table.label, cell.label, cell_text(cell.count, cell.mark)])
    if note := masking_note(tables):
        add_row(sheet, [])
        add_row(sheet, [note])


def _comments(book: Workbook, rows: Iterator[ExportRow]) -> None:
    shown = columns()
    sheet = add_sheet(
        book,
        _("Comments and decisions"),
        widths=(_WIDE.get(key, 14) for key, _heading, _value in shown),
        heads=[[heading for _key, heading, _value in shown]],
    )
    for row in rows:
        add_row(sheet, (value(row) for _key, _heading, value in shown))
