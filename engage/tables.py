"""Tables that people bring as CSV files: their rows, and what is wrong in one of them."""

import codecs
import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engage.errors import Refused

if TYPE_CHECKING:
    from _csv import Reader

# The limit is one of the whole process: to set it back when one table is read would end another in another thread. What
# is read is bounded by the size of its file.
csv.field_size_limit(sys.maxsize)

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one row: a stable code, its values, and the column where known; `line` counts with the head."""

    code: str
    line: int
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark or GB18030. Raises Refused("table_unreadable").

    No guess: people's words go into the record, and nobody would see that they were misread.
    """
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("table_unreadable")


def reader_of(text: str, *, delimiter: str = ",") -> "Reader":
    """Return a reader of the rows of a table, its cells as long as they are. It raises csv.Error for broken quotes."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def filled_rows(reader: "Reader") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line where it begins; a cell may run over several lines."""
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1
