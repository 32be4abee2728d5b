"""A sample as people bring it: the first sheet of a workbook, or CSV in UTF-8, with headings in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from engage.errors import Refused
from surveys.tables import filled_cells

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

    Raises Refused: text_table_columns_missing (columns, line), text_table_empty, sample_column_twice (column, line),
    and what `filled_cells` raises.
    """
    lines = iter(filled_cells(content))
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
