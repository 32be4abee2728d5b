"""Tables that people bring as CSV files: their rows, and what is wrong in one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _csv import _reader


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one row: a stable code, its values, and the column where known; `line` counts with the head."""

    code: str
    line: int
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def filled_rows(reader: "_reader") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line where it begins; a cell may run over several lines."""
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1
