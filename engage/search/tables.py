"""Reads a table of texts that a command or a form is given: CSV in UTF-8 with named columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from engage.errors import Refused
from engage.tables import filled_rows, reader_of

REFUSALS = {
    "text_table_not_found": _("The file %(file)s cannot be read."),
    "text_table_not_utf8": _("The file is not UTF-8 text. Save it as CSV UTF-8."),
    "text_table_columns_missing": _("Columns are missing: %(columns)s."),
    "text_table_unreadable": _("The file cannot be read as CSV: %(fault)s."),
    "text_table_wrong_width": _("The row has too many or too few cells."),
    "text_table_empty": _("The table has no rows."),
}


def read_texts(path: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the named columns of each row, in the order of the file; raises as `read_lines`."""
    return [cells for _line, cells in read_lines(path, columns)]


def read_lines(path: Path, columns: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rows of a file as `lines_of`; raises Refused("text_table_not_found") too."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Refused("text_table_not_found", file=str(path)) from None
    return lines_of(content, columns)


def lines_of(content: bytes, columns: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the line where each row begins and its named columns, in the order of the table.

    Raises Refused: text_table_not_utf8, text_table_columns_missing, text_table_unreadable, text_table_wrong_width
    (both with line=...), text_table_empty.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("text_table_not_utf8") from None
    reader = reader_of(text)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        if missing := [column for column in columns if column not in head]:
            raise Refused("text_table_columns_missing", columns=", ".join(missing), line=1)
        places = [head.index(column) for column in columns]
        rows = []
        for line, cells in filled_rows(reader):
            if len(cells) != len(head):
                raise Refused("text_table_wrong_width", line=line)
            rows.append((line, tuple(cells[place] for place in places)))
    except csv.Error as fault:
        raise Refused("text_table_unreadable", fault=str(fault), line=reader.line_num) from None
    if not rows:
        raise Refused("text_table_empty")
    return rows
