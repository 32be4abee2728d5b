"""What goes into a table that people open in a spreadsheet: its cells, CSV and workbooks, both written piece by piece.

Workbooks are written row by row into the file (openpyxl's write-only mode), so that any number of rows takes the same
memory. Text is stored as text whatever it begins with: a spreadsheet shows it and calculates nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

# openpyxl costs a tenth of a second, so it is imported by what writes a workbook, not by every process that starts.
if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Tells a spreadsheet that a file is UTF-8.
MARK = "\ufeff"
# Rows of a stream that are written before they are sent.
PIECE = 500
# A sheet of Excel has no more rows, a cell no more characters.
SHEET_ROWS, CELL_MOST = 1_048_576, 32_767

# Control characters that XML and so no workbook can hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Begins a text that openpyxl would keep as a formula or as an error.
_MEANT = frozenset("=#")
# How a spreadsheet recognises a formula; the full-width forms are converted by some of them (OWASP, CSV injection).
# Apostrophes before it count in, so that one more or one less can always be told.
_FORMULA = re.compile(r"'*(?:[\s\u200b\ufeff]*[=+\-@＝＋－＠|%]|[\t\r\n])")


def printable(value: Any) -> Any:
    """Take out the signs that no file format keeps."""
    return _ILLEGAL.sub("\ufffd", value) if isinstance(value, str) else value


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: an apostrophe before what begins like one.

    What has apostrophes there already gets one more, so that `calculable` gives back what was written.
    """
    value = printable(value)
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def calculable(value: str) -> str:
    """Take back what `harmless` did: one apostrophe before what begins like a formula, itself or after others."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value[1:]) else value


def csv_text(rows: Iterable[Sequence[Any]], *, head: Sequence[str] = ()) -> str:
    """Write rows as CSV, no cell of which is taken for a formula; with a head the text begins as a file does."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if head:
        out.write(MARK)
        writer.writerow([harmless(cell) for cell in head])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_stream(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Write a whole file piece by piece, so that its size does not matter; signs that UTF-8 has none for become "?"."""
    left = iter(rows)
    piece = list(islice(left, PIECE))
    yield csv_text(piece, head=head).encode("utf-8", "replace")
    while piece := list(islice(left, PIECE)):
        yield csv_text(piece).encode("utf-8", "replace")


def new_book(title: str = "") -> Workbook:
    """Return an empty workbook; it names no author."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title or None, ""
    return book


@contextmanager
def new_whole_book(path: Path) -> Iterator[Workbook]:
    """Return an empty workbook that is saved at the end; what is given up half-way leaves no open file behind."""
    book = new_book()
    try:
        yield book
        book.save(path)
    finally:
        for sheet in book.worksheets:
            if not sheet.closed:
                sheet.close()


def add_sheet(
    book: Workbook,
    name: str | None = None,
    *,
    widths: Iterable[int] = (),
    heads: Sequence[Sequence[Any]] = (),
    folder: Path | None = None,
) -> WriteOnlyWorksheet:
    """Begin a sheet. `widths` of its columns in characters; `heads` are bold rows that stay when one scrolls.

    Until the book is saved its rows lie in a file of `folder`, else of the system's folder for such: who gives up a
    book half-way deletes the folder.
    """
    from openpyxl.utils import get_column_letter

    sheet: WriteOnlyWorksheet = book.create_sheet(name)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    if heads:
        # Has to be said before the first row is written.
        sheet.freeze_panes = f"A{len(heads) + 1}"
    if folder is not None:
        _write_into(sheet, folder / f"sheet-{len(book.worksheets)}.xml")
    for head in heads:
        add_row(sheet, head, bold=True)
    return sheet


def _write_into(sheet: WriteOnlyWorksheet, path: Path) -> None:
    """Say where the rows of a new sheet lie meanwhile, which openpyxl leaves to the system."""
    from openpyxl.worksheet import _writer

    # It takes its own file out of this list when the book is saved.
    _writer.ALL_TEMP_FILES.append(str(path))
    sheet._writer = _writer.WorksheetWriter(sheet, str(path))
    sheet._writer.write_top()


def add_row(sheet: WriteOnlyWorksheet, values: Iterable[Any], *, bold: bool = False) -> None:
    """Write one row; text stays text, an empty one is an empty cell, and more than CELL_MOST characters are cut."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    font = Font(bold=True) if bold else None
    cells: list[Any] = []
    for value in values:
        if isinstance(value, str):
            value = printable(value[:CELL_MOST]) or None
        is_plain = not isinstance(value, str) or value[0] not in _MEANT
        if font is None and is_plain:
            # openpyxl makes a cell of it in half of the time that it takes with one of ours.
            cells.append(value)
            continue
        cell = WriteOnlyCell(sheet, value)
        if not is_plain:
            cell.data_type = "s"
        if font:
            cell.font = font
        cells.append(cell)
    sheet.append(cells)


def book_bytes(book: Workbook) -> bytes:
    """Return a workbook as the bytes of its file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
