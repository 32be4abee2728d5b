"""Tables that people bring to surveys: the first sheet of a workbook, or CSV in UTF-8, as rows of cells."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from engage.errors import Refused
from engage.participation.attachments.packages import ZIP_MAGIC
from engage.tables import filled_rows, reader_of
from surveys.definition.xlsform.sheets import MAX_BYTES, MAX_ROWS, cell_text, open_workbook

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is a workbook by its first bytes."""
    return content.startswith((ZIP_MAGIC, _OLE_MAGIC))


def filled_cells(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything as (line, cells), the line counted from 1.

    Raises Refused: text_table_not_utf8, text_table_unreadable (fault, line), sample_too_large (rows),
    xlsform_too_large (max_megabytes), and what `open_workbook` raises.
    """
    return _sheet(content) if is_workbook(content) else _csv(content)


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
