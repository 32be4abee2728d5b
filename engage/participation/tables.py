"""Tables that people bring as CSV files, read alike everywhere: marks and encodings, headings in two languages, faults.

The first name of each column is what the error file and the help call it; rows are keyed by the line they begin on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engage.errors import Refused
from engage.participation.forms import clean_text
from engage.spreadsheets import calculable, csv_text
from engage.tables import RowFault, decoded, filled_rows, reader_of

MOST_COLUMNS = 100


@dataclass(frozen=True)
class Shape:
    """What a table may hold: names of each column, those that no row lacks, the longest cells, the most rows."""

    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    short_most: Mapping[str, int]
    most_rows: int


@dataclass
class Table:
    """A table that was read. `head` and `cells` (by line) are what the error file is made of."""

    head: list[str]
    cells: dict[int, list[str]]
    rows: dict[int, dict[str, str]]
    faults: list[RowFault]


def read_table(data: bytes, shape: Shape) -> Table:
    """Read a CSV file in UTF-8, UTF-16 with its mark or GB18030, parted by comma, semicolon or tab.

    Raises Refused("table_unreadable"), Refused("table_is_workbook"), Refused("table_columns_missing", columns=...),
    Refused("table_columns_twice", columns=...), Refused("table_columns_many", most=...),
    Refused("table_too_long", most=...) and Refused("table_empty").
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused("table_is_workbook")
    text = decoded(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = reader_of(text, delimiter=delimiter)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        columns = _columns_of(head, shape)
        table = Table(head, {}, {}, [])
        for line, cells in filled_rows(reader):
            if len(table.cells) == shape.most_rows:
                raise Refused("table_too_long", most=shape.most_rows)
            table.cells[line] = cells
            _read_row(table, line, columns, cells, shape)
    except csv.Error as wrong:
        raise Refused("table_unreadable") from wrong
    if not table.cells:
        raise Refused("table_empty")
    return table


def _columns_of(head: Sequence[str], shape: Shape) -> list[str]:
    """Return the code of each column, empty for one that means nothing here."""
    known = {name: code for code, names in shape.columns.items() for name in names}
    columns = [known.get(cell.casefold(), "") for cell in head]
    if len(columns) > MOST_COLUMNS:
        raise Refused("table_columns_many", most=MOST_COLUMNS)
    if twice := sorted(code for code in shape.columns if columns.count(code) > 1):
        raise Refused("table_columns_twice", columns=", ".join("/".join(shape.columns[code][:2]) for code in twice))
    if missing := [shape.columns[code] for code in shape.needed if code not in columns]:
        raise Refused("table_columns_missing", columns=", ".join(f"{names[0]} / {names[1]}" for names in missing))
    return columns


def _read_row(table: Table, line: int, columns: Sequence[str], cells: Sequence[str], shape: Shape) -> None:
    row = {}
    for code, cell in zip(columns, cells, strict=False):
        if code:
            row[code] = clean_text(calculable(cell))
    table.rows[line] = row
    for code in shape.needed:
        if not row.get(code):
            table.faults.append(RowFault("table_cell_empty", line, code))
    for code, most in shape.short_most.items():
        if len(row.get(code, "")) > most:
            table.faults.append(RowFault("table_cell_too_long", line, code, {"most": most}))
    if len(cells) > len(table.head) and any(cell.strip() for cell in cells[len(table.head) :]):
        table.faults.append(RowFault("table_row_too_wide", line, values={"most": len(table.head)}))


def error_file(table: Table, told: Mapping[int, Iterable[str]], *, title: str) -> str:
    """Return the rows of some lines as a CSV table, with what is wrong in a column of its own."""
    rows = []
    for line, sentences in sorted(told.items()):
        cells = table.cells.get(line, [])
        rows.append([*cells, *[""] * (len(table.head) - len(cells)), " ".join(sentences)])
    return csv_text(rows, head=[*table.head, title])
