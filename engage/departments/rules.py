"""Pure decisions: who may do what where, and whether a table of departments can become a tree."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engage.tables import RowFault, filled_rows, reader_of

COLUMNS = ("code", "parent", "name_zh", "name_en", "duties_zh", "duties_en")
CODE_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z")
CODE_MAX_LENGTH = 40
NAME_MAX_LENGTH = 120
DUTY_MAX_LENGTH = 500
MAX_ROWS = 5_000
MAX_DEPTH = 20  # departments above one
# Commas and 、 stand inside duties too often to part them.
DUTY_SEPARATORS = re.compile(r"[；;\n]")


@dataclass(frozen=True)
class DutyText:
    """One duty in both languages; English may be empty."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class DepartmentRow:
    """One row of the table. `parent` is a code, or empty for a root; `line` counts from 1 with the head."""

    line: int
    code: str
    parent: str
    name_zh: str
    name_en: str
    duties: tuple[DutyText, ...] = ()


def read_rows(text: str) -> tuple[list[DepartmentRow], list[RowFault]]:
    """Read the table (CSV with a head row, see COLUMNS) into rows and the faults of single rows.

    Columns may stand in any order and more columns are ignored. Rows of empty cells are skipped.
    """
    if "\x00" in text:
        return [], [RowFault("department_table_unreadable", 1)]
    reader = reader_of(text)
    rows: list[DepartmentRow] = []
    faults: list[RowFault] = []
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        missing = [column for column in COLUMNS if column not in head]
        if missing:
            return [], [RowFault("department_columns_missing", 1, values={"columns": ", ".join(missing)})]
        for line, cells in filled_rows(reader):
            if len(rows) == MAX_ROWS:
                return rows, [*faults, RowFault("department_rows_too_many", line, values={"limit": MAX_ROWS})]
            row, found = _read_row(line, dict(zip(head, cells, strict=False)))
            rows.append(row)
            faults += found
    except csv.Error:
        faults.append(RowFault("department_table_unreadable", reader.line_num))
    return rows, faults


def split_duties(zh: str, en: str) -> tuple[DutyText, ...] | None:
    """Pair the duties of both languages by position; None when both are given and their numbers differ."""
    chinese, english = _parts(zh), _parts(en)
    if english and len(english) != len(chinese):
        return None
    return tuple(DutyText(*pair) for pair in zip(chinese, english or [""] * len(chinese), strict=True))


def tree_faults(rows: Sequence[DepartmentRow], parents: Mapping[str, str]) -> list[RowFault]:
    """List what keeps the rows from being a tree together with the departments that exist.

    `parents` maps the codes that exist to the codes of their parents (empty for a root).
    """
    faults: list[RowFault] = []
    first: dict[str, int] = {}
    for row in rows:
        if row.code in first:
            faults.append(
                RowFault("department_code_twice", row.line, "code", {"given": row.code, "first": first[row.code]})
            )
        first.setdefault(row.code, row.line)
    after = {**parents, **{row.code: row.parent for row in rows}}
    for row in rows:
        if row.parent and row.parent not in after:
            faults.append(RowFault("department_parent_unknown", row.line, "parent", {"parent": row.parent}))
        elif row.code in (above := _above(row.code, after)):
            faults.append(RowFault("department_parent_below", row.line, "parent", {"parent": row.parent}))
        elif len(above) > MAX_DEPTH:
            faults.append(RowFault("department_too_deep", row.line, "parent", {"limit": MAX_DEPTH}))
    return faults


def in_tree_order(rows: Iterable[DepartmentRow]) -> list[DepartmentRow]:
    """Return the rows so that every parent comes before its children, else as in the table; they form a tree."""
    waiting = {row.code: row for row in rows}
    ordered: list[DepartmentRow] = []
    for code in list(waiting):
        chain: list[DepartmentRow] = []
        while code in waiting:
            chain.append(waiting.pop(code))
            code = chain[-1].parent
        ordered += reversed(chain)
    return ordered


def _above(code: str, parents: Mapping[str, str]) -> list[str]:
    """Return the codes above one, nearest first; ends where a chain bites its own tail."""
    above: list[str] = []
    while (code := parents.get(code, "")) and code not in above:
        above.append(code)
    return above


def _read_row(line: int, cells: Mapping[str, str]) -> tuple[DepartmentRow, list[RowFault]]:
    value = {column: _tidy(cells.get(column, "")) for column in COLUMNS[:4]}
    faults = [
        RowFault("department_cell_empty", line, column)
        for column in ("code", "name_zh", "name_en")
        if not value[column]
    ]
    if value["code"] and not (CODE_PATTERN.match(value["code"]) and len(value["code"]) <= CODE_MAX_LENGTH):
        faults.append(RowFault("department_code_unusable", line, "code", {"given": value["code"][:CODE_MAX_LENGTH]}))
    for column in ("name_zh", "name_en"):
        if len(value[column]) > NAME_MAX_LENGTH:
            faults.append(RowFault("department_cell_too_long", line, column, {"limit": NAME_MAX_LENGTH}))
    duties = split_duties(cells.get("duties_zh", ""), cells.get("duties_en", ""))
    faults += duty_faults(duties, line)
    return DepartmentRow(line=line, duties=duties or (), **value), faults


def duty_faults(duties: tuple[DutyText, ...] | None, line: int = 0) -> list[RowFault]:
    """List what is wrong with the duties of one department; None means that their numbers differ."""
    if duties is None:
        return [RowFault("department_duties_differ", line, "duties_en")]
    faults = []
    if any(len(text) > DUTY_MAX_LENGTH for duty in duties for text in (duty.zh, duty.en)):
        faults.append(RowFault("department_cell_too_long", line, "duties_zh", {"limit": DUTY_MAX_LENGTH}))
    if len({duty.zh for duty in duties}) < len(duties):
        faults.append(RowFault("department_duty_twice", line, "duties_zh"))
    return faults


def _parts(text: str) -> list[str]:
    return [part for part in map(_tidy, DUTY_SEPARATORS.split(text)) if part]


def _tidy(text: str) -> str:
    """One line, no control or invisible characters, no outer space."""
    return " ".join("".join(c if c.isprintable() or c == "\u3000" else " " for c in text).split())
