"""A workbook (.xls, .xlsx, .xlsm) as sheets of cells that know where they stand.

Only the sheets an XLSForm has are read, whatever the case of their names; in a workbook of one sheet that sheet is the
survey. Empty rows and columns are left out, the numbers of the others stay those of the spreadsheet. Files are bounded
before they are opened: in bytes, unpacked bytes and cells, since one cell far down makes a reader allocate all above.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engage.errors import Refused
from engage.participation.attachments.packages import ZIP_MAGIC, Package, check_xml
from surveys.definition.xlsform.faults import Fault, Where
from surveys.definition.xlsform.headers import SHEETS, SURVEY, Path, heading_path

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 60_000
MAX_CELLS = 6_000_000
# As the converter of the reference does: a longer gap ends the table, so that notes far away are not read.
MAX_EMPTY_COLUMNS, MAX_EMPTY_ROWS = 20, 60

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_PART = "xl/workbook.xml"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
# A cell that holds something: empty ones, which only carry a format, close themselves.
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c\b(?:[^>]*[^>/])?\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"'](?:[^>]*[^>/])?>")
_SMART_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_FIRST_SURE_DAY = datetime.date(1900, 3, 1)


@dataclass(frozen=True)
class Column:
    """A column with a heading: its index from 0, the heading as written (spaces tidied) and its parts."""

    index: int
    heading: str
    path: Path

    @property
    def letter(self) -> str:
        """The letters a spreadsheet shows."""
        return column_letter(self.index)


@dataclass(frozen=True)
class Cell:
    """A filled cell: its text and the column it is in."""

    text: str
    column: Column


@dataclass
class Row:
    """A row with at least one filled cell; `number` counts from 1 with the row of headings."""

    sheet: Sheet
    number: int
    cells: dict[Path, Cell]

    def text(self, path: Path) -> str:
        """Return the text of the cell, "" when it is empty."""
        cell = self.cells.get(path)
        return cell.text if cell else ""

    def below(self, path: Path) -> Iterator[tuple[Path, Cell]]:
        """Yield the filled cells whose heading begins so, each with the rest of the heading (languages, kinds)."""
        for full, cell in self.cells.items():
            if full[: len(path)] == path:
                yield full[len(path) :], cell

    def where(self, path: Path) -> Where:
        """Return the cell of this attribute; where there is no such column, the first cell of the row that is filled.

        A language does not matter: an attribute that has columns in languages only is found in the first of them.
        """
        column = self.sheet.column(path)
        if column is None:
            column = min((cell.column for cell in self.cells.values()), key=lambda one: one.index)
        return self.at(column)

    def at(self, column: Column) -> Where:
        """Return the cell of this row in a column."""
        return Where(self.sheet.name, self.number, column.letter, column.heading)


@dataclass
class Sheet:
    """One sheet: its kind, its name in the file, its columns and its filled rows."""

    kind: str
    name: str
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, path: Path) -> Column | None:
        """Return the first column of this attribute, in any language."""
        exact = (one for one in self.columns if one.path == path)
        below = (one for one in self.columns if one.path[: len(path)] == path)
        return next(exact, None) or next(below, None)

    def heading_cell(self, column: Column | None = None) -> Where:
        """Return where a heading stands; the first cell of the sheet when the heading is not there."""
        if column is None:
            return Where(self.name, 1, "A", "")
        return Where(self.name, 1, column.letter, column.heading)


@dataclass
class Workbook:
    """The sheets of a form by their kind, the names of all sheets of the file, and what is wrong with headings."""

    sheets: dict[str, Sheet]
    names: Sequence[str]
    faults: list[Fault] = field(default_factory=list)

    def rows(self, kind: str) -> list[Row]:
        """Return the filled rows of a sheet, none when there is no such sheet."""
        return self.sheets[kind].rows if kind in self.sheets else []


def read_workbook(content: bytes) -> Workbook:
    """Read a workbook.

    Raises Refused: xlsform_too_large (max_bytes), xlsform_not_workbook, xlsform_protected, xlsform_unreadable,
    xlsform_bomb, xlsform_too_many_cells (sheet, max_rows, max_cells).
    """
    with open_workbook(content) as book:
        return _read_sheets(book, old_format=content.startswith(_OLE_MAGIC))


@contextmanager
def open_workbook(content: bytes) -> Iterator[CalamineWorkbook]:
    """Open a workbook that is bounded and unspoiled; raises as `read_workbook`, also for what reading it finds."""
    # Only a process that reads a workbook needs the library.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if len(content) > MAX_BYTES:
        raise Refused("xlsform_too_large", max_megabytes=MAX_BYTES // 1024 // 1024)
    if content.startswith(ZIP_MAGIC):
        _check_package(content)
    elif not content.startswith(_OLE_MAGIC):
        raise Refused("xlsform_not_workbook")
    elif _ENCRYPTED_STREAM in content:
        raise Refused("xlsform_protected")
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            yield book
    except PasswordError as error:
        raise Refused("xlsform_protected") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refused("xlsform_unreadable") from error


def column_letter(index: int) -> str:
    """Return the letters of a column from its index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _check_package(content: bytes) -> None:
    try:
        package = Package(content)
        check_xml(package)
    except Refused as refusal:
        code = {"encrypted": "xlsform_protected", "truncated": "xlsform_unreadable"}.get(refusal.code, "xlsform_bomb")
        raise Refused(code) from refusal
    if _WORKBOOK_PART not in package.names:
        raise Refused("xlsform_not_workbook")
    for name in filter(_SHEET_PART.fullmatch, package.names):
        columns = rows = 0
        for letters, row in _FILLED_CELL.findall(package.read(name)):
            columns = max(columns, _column_count(letters))
            rows = max(rows, int(row))
        check_bounds(name.rsplit("/", 1)[-1], rows, columns)


def _column_count(letters: bytes) -> int:
    count = 0
    for letter in letters:
        count = count * 26 + letter - ord("A") + 1
    return count


def check_bounds(sheet: str, rows: int, columns: int) -> None:
    """Raise Refused("xlsform_too_many_cells", sheet, max_rows, max_cells) for a sheet that nobody fills in."""
    if rows > MAX_ROWS or rows * columns > MAX_CELLS:
        raise Refused("xlsform_too_many_cells", sheet=sheet, max_rows=MAX_ROWS, max_cells=MAX_CELLS)


def _read_sheets(book: CalamineWorkbook, *, old_format: bool) -> Workbook:
    names = book.sheet_names
    workbook = Workbook({}, names)
    for name in names:
        kind = name.lower() if name.lower() in SHEETS else SURVEY if len(names) == 1 else ""
        if kind:
            workbook.sheets[kind] = _read_sheet(book.get_sheet_by_name(name), kind, workbook.faults, old_format)
    return workbook


def _read_sheet(source: CalamineSheet, kind: str, faults: list[Fault], old_format: bool) -> Sheet:
    sheet = Sheet(kind, source.name)
    # One row at a time: old workbooks are often formatted far beyond what they hold.
    # They come from row 1 but from the first filled column.
    offset = [""] * (source.start[1] if source.start else 0)
    rows = enumerate((offset + values for values in source.iter_rows()), start=1)
    read_headings(sheet, next(rows, (1, []))[1], faults)
    empty = 0
    for number, values in rows:
        row = Row(sheet, number, {})
        for column in sheet.columns:
            value = values[column.index] if column.index < len(values) else ""
            if text := cell_text(value):
                row.cells[column.path] = Cell(text, column)
                if old_format and _is_unsure_date(value):
                    faults.append(Fault("xlsform_date_unsure", row.at(column)))
        empty = 0 if row.cells else empty + 1
        if empty > MAX_EMPTY_ROWS:
            break
        check_bounds(sheet.name, number, len(sheet.columns))
        if row.cells:
            sheet.rows.append(row)
    return sheet


def read_headings(sheet: Sheet, values: Sequence[Any], faults: list[Fault]) -> None:
    """Give a sheet its columns from the cells of its first row, and say what is wrong with them."""
    headings: list[tuple[int, str]] = []
    empty = 0
    for index, value in enumerate(values):
        where = Where(sheet.name, 1, column_letter(index), str(value))
        if not cell_text(value):
            empty += 1
            if empty > MAX_EMPTY_COLUMNS:
                break
            continue
        empty = 0
        if not isinstance(value, str):
            faults.append(Fault("xlsform_heading_not_text", where, {"heading": cell_text(value)}))
            continue
        if value in (heading for _index, heading in headings):
            faults.append(Fault("xlsform_heading_twice", where, {"heading": value}))
            continue
        headings.append((index, " ".join(value.split())))
    double_colons = any("::" in heading for _index, heading in headings)
    first_of: dict[Path, str] = {}
    for index, heading in headings:
        path, otherwise_spelled = heading_path(sheet.kind, heading, double_colons=double_colons)
        column = Column(index, heading, path)
        if path in first_of and otherwise_spelled and first_of[path] != heading:
            values_of = {"heading": heading, "other": first_of[path]}
            faults.append(Fault("xlsform_heading_same", sheet.heading_cell(column), values_of))
            continue
        first_of.setdefault(path, heading)
        sheet.columns.append(column)


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, TRUE and FALSE, days and times as ISO 8601."""
    if isinstance(value, str):
        return value.replace("\u00a0", " ").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return "" if value is None else str(value)


def tidy(text: str) -> str:
    """Return a text with single spaces and plain quotation marks, as expressions and names need them."""
    return " ".join(text.split()).translate(_SMART_QUOTES)


def plain_quotes(text: str) -> str:
    """Return a text with plain quotation marks; its spaces and lines stay."""
    return text.translate(_SMART_QUOTES)


def _is_unsure_date(value: Any) -> bool:
    # Old workbooks count 29 February 1900, which never was: days before March 1900 may be meant one later.
    day = value.date() if isinstance(value, datetime.datetime) else value
    return isinstance(day, datetime.date) and day < _FIRST_SURE_DAY
