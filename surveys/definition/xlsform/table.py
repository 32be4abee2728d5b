"""A questionnaire as one table in CSV: the survey sheet of an XLSForm, the choices of a question in its own row.

Columns are those of the survey sheet. Beside them `choices` has the names of the choices, one a line, and
`choices::label::en` and the like what the sheet of choices has of each, in the same lines; a line break inside one is
written \\n, a backslash twice. A list stands at the first question that takes it. Rows of the types form_title,
form_id, version and default_language are settings, their value in the column of names. Read back, it goes the way of
a workbook.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engage.errors import Refused
from engage.spreadsheets import calculable, csv_text
from engage.tables import decoded, reader_of
from surveys.definition import model
from surveys.definition.pointers import escaped
from surveys.definition.xlsform import headers
from surveys.definition.xlsform.exporting import Exported, Line, Lost, headings_of, sheets_of
from surveys.definition.xlsform.faults import Fault, Where
from surveys.definition.xlsform.form import Form
from surveys.definition.xlsform.reading import form_of
from surveys.definition.xlsform.row_types import row_type
from surveys.definition.xlsform.sheets import (
    MAX_BYTES,
    Cell,
    Column,
    Row,
    Sheet,
    Workbook,
    cell_text,
    check_bounds,
    read_headings,
    tidy,
)

SHEET = "CSV"
CHOICES = "choices"
SETTINGS = ("form_title", "form_id", "version", "default_language")
_ESCAPES = re.compile(r"\\(.)", re.DOTALL)


def export_table(definition: model.Definition) -> Exported:
    """Write a definition as CSV; what it does not hold is what an XLSForm does not hold, and lists nothing takes."""
    sheets, lost = sheets_of(definition)
    lists: dict[str, list[Line]] = {}
    for choice in sheets["choices"]:
        lists.setdefault(choice["list_name"], []).append(choice)
    inner = [heading for heading in headings_of("choices", sheets["choices"]) if heading != "list_name"]
    survey = [{"type": name, "name": text} for name, text in sheets["settings"][0].items()]
    for line in sheets["survey"]:
        kind = row_type(line["type"])
        own = lists.pop(kind.list_name, None) if kind is not None and kind.list_name else None
        survey.append(line | (_in_lines(own, inner) if own else {}))
    # `name` is the key of a list here and in the definition, but for signs that no sheet takes.
    lost += [Lost(f"/lists/{escaped(name)}", "list") for name in lists]
    columns = [*headings_of("survey", sheets["survey"]), *(_heading(one) for one in inner)]
    rows = [[line.get(column, "") for column in columns] for line in survey]
    return Exported(csv_text(rows, head=columns).encode("utf-8", "replace"), lost)


def _heading(inner: str) -> str:
    return CHOICES if inner == "name" else f"{CHOICES}::{inner}"


def _in_lines(choices: Iterable[Line], inner: Iterable[str]) -> Line:
    rows = list(choices)
    columns = {one: [_escaped(choice.get(one, "")) for choice in rows] for one in inner}
    return {_heading(one): "\n".join(lines) for one, lines in columns.items() if one == "name" or any(lines)}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\n", "\\n")


def _plain(line: str) -> str:
    return _ESCAPES.sub(lambda found: "\n" if found[1] == "n" else found[1], line)


def read_table_form(content: bytes) -> Form:
    """Read a form from CSV with all that is wrong in it.

    Raises Refused: xlsform_too_large (max_megabytes), table_unreadable, xlsform_too_many_cells.
    """
    if len(content) > MAX_BYTES:
        raise Refused("xlsform_too_large", max_megabytes=MAX_BYTES // 1024 // 1024)
    return form_of(_Table(_rows(decoded(content))).workbook())


def _rows(text: str) -> list[list[str]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    found: list[list[str]] = []
    try:
        for cells in reader_of(text, delimiter=delimiter):
            found.append([calculable(cell) for cell in cells])
            check_bounds(SHEET, len(found), len(found[0]))
    except csv.Error:
        raise Refused("table_unreadable") from None
    return found


@dataclass
class _Table:
    """Parts the rows of the table into the sheets of a workbook; every cell keeps its place in the file."""

    rows: Sequence[Sequence[str]]
    faults: list[Fault] = field(default_factory=list)
    lists: dict[str, list[Mapping[headers.Path, Cell]]] = field(default_factory=dict)

    def workbook(self) -> Workbook:
        """Return the table as a workbook of the sheets survey, choices and settings."""
        self.survey, self.choices = Sheet(headers.SURVEY, SHEET), Sheet(headers.CHOICES, SHEET)
        head = self.rows[0] if self.rows else []
        inner = {at: _inside(cell) for at, cell in enumerate(head) if _inside(cell)}
        read_headings(self.survey, ["" if at in inner else cell.strip() for at, cell in enumerate(head)], self.faults)
        read_headings(self.choices, [inner.get(at, "") for at in range(len(head))], self.faults)
        settings: dict[headers.Path, Cell] = {}
        for number, cells in enumerate(self.rows[1:], start=2):
            row = Row(self.survey, number, {})
            for column in self.survey.columns:
                if text := cell_text(cells[column.index] if column.index < len(cells) else ""):
                    row.cells[column.path] = Cell(text, column)
            kind = tidy(row.text(headers.TYPE))
            if kind in SETTINGS:
                path, _ = headers.heading_path(headers.SETTINGS, kind, double_colons=True)
                settings[path] = Cell(row.text(headers.NAME), Column(0, kind, path))
            elif row.cells:
                self.survey.rows.append(row)
                self._choices(row, kind, cells)
        sheets = {headers.SURVEY: self.survey}
        if self.choices.columns:
            sheets[headers.CHOICES] = self.choices
        if settings:
            sheet = Sheet(headers.SETTINGS, SHEET, [cell.column for cell in settings.values()])
            sheet.rows = [Row(sheet, 2, settings)]
            sheets[headers.SETTINGS] = sheet
        return Workbook(sheets, [SHEET], self.faults)

    def _choices(self, row: Row, written: str, cells: Sequence[str]) -> None:
        """Put the choices of a row onto the sheet of choices; a list that stands there twice has to be the same."""
        columns = [column for column in self.choices.columns if column.index < len(cells)]
        if not any(cells[column.index].strip() for column in columns):
            return
        kind = row_type(written)
        where = Where(SHEET, row.number, columns[0].letter, columns[0].heading)
        if kind is None or not kind.list_name:
            self.faults.append(Fault("csv_choices_without_list", where))
            return
        # Counted before anything is made of them: twenty megabytes of line breaks are gigabytes of lines.
        count = 1 + max(cells[column.index].count("\n") for column in columns)
        check_bounds(SHEET, len(self.choices.rows) * (kind.list_name not in self.lists) + count, len(columns))
        lines = {column: cells[column.index].replace("\r\n", "\n").split("\n") for column in columns}
        made: list[Mapping[headers.Path, Cell]] = []
        for at in range(count):
            own = {column.path: Cell(_plain(one[at]).strip(), column) for column, one in lines.items() if at < len(one)}
            made.append({path: cell for path, cell in own.items() if cell.text})
        while made and not made[-1]:
            made.pop()
        known = self.lists.setdefault(kind.list_name, made)
        if known is made:
            named = Cell(kind.list_name, Column(columns[0].index, CHOICES, headers.LIST))
            self.choices.rows += [Row(self.choices, row.number, {headers.LIST: named, **one}) for one in made]
        elif known != made:
            self.faults.append(Fault("csv_list_twice", where, {"list": kind.list_name}))


def _inside(heading: str) -> str:
    """Return the heading that a column has on the sheet of choices, "" for one of the survey."""
    name, _, rest = heading.strip().partition("::")
    return "" if name.strip().lower() != CHOICES else rest or "name"
