"""A sample as people bring it: the first sheet of a workbook, or CSV in UTF-8, with headings in English or Chinese."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping

from engage.errors import Refused
from engage.participation.attachments.packages import ZIP_MAGIC
from engage.tables import filled_rows, reader_of
from surveys.definition.xlsform.sheets import MAX_BYTES, MAX_ROWS, cell_text, open_workbook

HEADINGS: Mapping[str, str] = {
    "phone": "phone",
    "number": "phone",
    "telephone": "phone",
    "电话": "phone",
    "电话号码": "phone",
    "号码": "phone",
    "手机": "phone",
    "name": "name",
    "姓名": "name",
    "zone": "zone",
    "time zone": "zone",
    "时区": "zone",
    "region": "region",
    "地区": "region",
    "language": "language",
    "语言": "language",
    "stratum": "stratum",
    "层": "stratum",
    "分层": "stratum",
}
COLUMNS = ("phone", "name", "zone", "region", "language", "stratum")
Lines = list[tuple[int, dict[str, str]]]


def read_table(content: bytes) -> Lines:
    """Return the rows as (line, cells by COLUMNS), the line counted from 1 with the head; other columns are left out.

    Raises Refused: text_table_not_utf8, text_table_unreadable (fault, line), text_table_columns_missing (columns,
    line), text_table_empty, sample_column_twice (column, line), sample_too_large (rows), and what `open_workbook`
    raises.
    """
    if content.startswith(ZIP_MAGIC) or content[:4] == b"\xd0\xcf\x11\xe0":
        rows = _sheet(content)
    else:
        rows = _csv(content)
    lines = iter(rows)
    head = _head(next(lines, (1, []))[1])
    found = [
        (line, {name: cells[place] for name, place in head.items() if place < len(cells)}) for line, cells in lines
    ]
    if not found:
        raise Refused("text_table_empty")
    return found


def _head(cells: list[str]) -> dict[str, int]:
    head: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = HEADINGS.get(" ".join(cell.lower().replace("_", " ").split()))
        if name in head:
            raise Refused("sample_column_twice", column=cell[:60], line=1)
        if name:
            head[name] = place
    if "phone" not in head:
        raise Refused("text_table_columns_missing", columns="phone", line=1)
    return head


def _bounded(rows: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for row in rows:
        if len(found) > MAX_ROWS:
            raise Refused("sample_too_large", rows=MAX_ROWS)
        found.append(row)
    return found


def _sheet(content: bytes) -> list[tuple[int, list[str]]]:
    with open_workbook(content) as book:
        sheet = book.get_sheet_by_index(0)
        offset = [""] * (sheet.start[1] if sheet.start else 0)
        rows = ((line, [*offset, *map(cell_text, values)]) for line, values in enumerate(sheet.iter_rows(), start=1))
        return _bounded((line, cells) for line, cells in rows if any(cells))


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    if len(content) > MAX_BYTES:
        raise Refused("xlsform_too_large", max_megabytes=MAX_BYTES // 1024 // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("text_table_not_utf8") from None
    reader = reader_of(text)
    try:
        return _bounded(filled_rows(reader))
    except csv.Error as fault:
        raise Refused("text_table_unreadable", fault=str(fault), line=reader.line_num) from None
