"""A workbook as the tree of an XLSForm: sections and questions, lists of choices, settings, counts, faults.

What is refused is what the converter of the format refuses (pyxform 4.5, https://xlsform.org/en/); what it only warns
about is taken. Unlike it, reading goes on after a fault, so that a person sees all of them, each at its cell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from surveys.definition.xlsform import headers, row_types
from surveys.definition.xlsform.checking import (
    check_choice_names,
    check_references,
    check_searches,
    check_triggers,
    row_faults,
)
from surveys.definition.xlsform.faults import Fault, Where
from surveys.definition.xlsform.form import Element, Form
from surveys.definition.xlsform.lists import is_yes, read_entities, read_lists, read_settings
from surveys.definition.xlsform.parameters import parse_parameters
from surveys.definition.xlsform.references import is_name
from surveys.definition.xlsform.row_types import RowType, row_type
from surveys.definition.xlsform.sheets import Row, Workbook, read_workbook, tidy

MAX_DEPTH = 50


def read_form(content: bytes) -> Form:
    """Read a form with all that is wrong in it. Raises Refused as `read_workbook`."""
    return form_of(read_workbook(content))


def form_of(workbook: Workbook) -> Form:
    """Return the form a workbook holds."""
    settings, faults = read_settings(workbook)
    lists, list_faults = read_lists(workbook, headers.CHOICES, settings)
    external, _ = read_lists(workbook, headers.EXTERNAL_CHOICES, settings)
    entities, entity_faults = read_entities(workbook)
    form = Form(workbook, settings, lists, external, entities)
    form.faults = [*workbook.faults, *faults, *list_faults, *entity_faults]
    survey = workbook.sheets.get(headers.SURVEY)
    if survey is None or not survey.columns:
        form.faults.append(
            Fault("xlsform_no_survey", Where(headers.SURVEY, 1, "A"), {"names": ", ".join(workbook.names)})
        )
    elif survey.column(headers.TYPE) is None:
        if not any(fault.where.sheet == survey.name and fault.where.row == 1 for fault in workbook.faults):
            form.faults.append(Fault("xlsform_heading_missing", survey.heading_cell(), {"heading": "type"}))
    else:
        names = _Survey(form).read()
        form.faults.extend(check_references(form, names))
    form.faults.sort(key=lambda fault: fault.where.order)
    return form


@dataclass
class _Open:
    """A section that is not closed yet; the outermost has no element."""

    children: list[Element]
    element: Element | None = None
    names: dict[str, int] = field(default_factory=dict)


class _Survey:
    """Reads the survey sheet into the form row by row."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.stack = [_Open(form.elements)]
        self.names: Counter[str] = Counter()
        self.repeats: dict[str, int] = {}
        # In a table all choices are of one list: "" until the first of them, None outside a table.
        self.table_list: str | None = None

    def read(self) -> Counter[str]:
        """Fill the form; return how often each name is used."""
        for row in self.form.workbook.rows(headers.SURVEY):
            if not is_yes(row.text(headers.DISABLED)):
                self._row(row)
        for opened in self.stack[1:]:
            if opened.element is not None:
                where = opened.element.row.where(headers.TYPE)
                self._fault("xlsform_never_closed", where, section=opened.element.type.opens, name=opened.element.name)
        self.form.faults.extend(check_triggers(self.form))
        self.form.faults.extend(check_searches(self.form))
        self.form.faults.extend(check_choice_names(self.form))
        if not self.form.settings.yes("omit_instanceID"):
            self.names["instanceID"] += 1
        return self.names

    def _fault(self, code: str, where: Where, **values: object) -> None:
        self.form.faults.append(Fault(code, where, values))

    def _row(self, row: Row) -> None:
        written = tidy(row.text(headers.TYPE))
        if not written:
            if row.text(headers.NAME) or any(row.below(headers.LABEL)):
                self._fault("xlsform_no_type", row.where(headers.TYPE))
            return
        if written in headers.SETTINGS_OF_SURVEY:
            self.form.settings.values[headers.SETTINGS_OF_SURVEY[written]] = row.text(headers.NAME)
            return
        kind = row_type(written)
        if kind is None:
            self._fault("xlsform_type_unknown", row.where(headers.TYPE), type=written)
        elif kind.closes:
            self._close(row, kind)
            return
        name = self._name(row, written)
        if kind is None:
            return
        parameters = parse_parameters(row.text(headers.PARAMETERS))
        if parameters is None:
            self._fault("xlsform_parameters_malformed", row.where(headers.PARAMETERS))
        element = Element(kind, name, row, parameters or {})
        self.stack[-1].children.append(element)
        self.form.faults.extend(row_faults(self.form, element))
        if kind.opens:
            self._open(element)
        elif kind.kind in row_types.SELECTS and not kind.lacks_list:
            self._select(element)

    def _name(self, row: Row, written: str) -> str:
        name = tidy(row.text(headers.NAME))
        where = row.where(headers.NAME)
        if written == row_types.AUDIT:
            if name not in ("", "audit"):
                self._fault("xlsform_audit_named", where)
            return "audit"
        if not name and written == row_types.NOTE:
            name = f"generated_note_name_{row.number}"
        if not name:
            self._fault("xlsform_no_name", where)
        elif not is_name(name):
            self._fault("xlsform_name_invalid", where, name=name)
        else:
            # Files that a form brings along have names of their own that are no answers.
            if written not in row_types.EXTERNAL_TYPES:
                # In a loop it is there once for each choice.
                times = [self._columns(one.element) for one in self.stack if one.element is not None]
                self.names[name] += max([1, *times])
            known = self.stack[-1].names
            if name == "meta":
                self._fault("xlsform_name_reserved", where, name=name)
            elif name in known:
                self._fault("xlsform_name_twice", where, name=name, row=known[name])
            known.setdefault(name, row.number)
        return name

    def _open(self, element: Element) -> None:
        if element.type.opens == row_types.REPEAT and element.name:
            self._repeat_name(element)
        if element.is_table:
            self.table_list = ""
        if len(self.stack) <= MAX_DEPTH:
            self.stack.append(_Open(element.children, element))
        else:
            # Its rows go on beside it, so that nothing that walks the form can run too deep.
            self._fault("xlsform_too_deep", element.row.where(headers.TYPE), max_depth=MAX_DEPTH)
            self.stack.append(_Open(self.stack[-1].children, element))

    def _repeat_name(self, element: Element) -> None:
        """Repeats are unlike in name in the whole form, and unlike the form itself."""
        where = element.row.where(headers.NAME)
        if element.name == self.form.settings.values.get("name", "data"):
            self._fault("xlsform_name_reserved", where, name=element.name)
        elif any(one.element and self._columns(one.element) > 1 for one in self.stack):
            self._fault("xlsform_repeat_in_loop", where, name=element.name)
        elif element.name in self.repeats and not any(fault.where == where for fault in self.form.faults):
            self._fault("xlsform_name_twice", where, name=element.name, row=self.repeats[element.name])
        self.repeats.setdefault(element.name, element.row.number)

    def _columns(self, element: Element) -> int:
        """Count how often the rows of a loop are asked: once for each choice but "none"."""
        known = self.form.lists.get(element.type.list_name) if element.type.opens == row_types.LOOP else None
        return len([name for name in known.names if name != "none"]) if known else 0

    def _close(self, row: Row, kind: RowType) -> None:
        opened = self.stack[-1].element
        if opened is None or opened.type.opens != kind.closes:
            self._fault("xlsform_never_opened", row.where(headers.TYPE), section=kind.closes)
            return
        self.stack.pop()
        self.table_list = None

    def _select(self, element: Element) -> None:
        if element.type.or_other and element.type.list_name in self.form.lists:
            self.form.lists[element.type.list_name].add_other()
        if self.table_list is None:
            return
        if not self.table_list:
            self.table_list = element.type.list_name
            element.heads_table = True
            if element.row.text(headers.CHOICE_FILTER):
                self._fault("xlsform_filter_in_table", element.row.where(headers.CHOICE_FILTER))
        elif self.table_list != element.type.list_name:
            where = element.row.where(headers.TYPE)
            self._fault("xlsform_table_lists", where, list=element.type.list_name, first=self.table_list)
