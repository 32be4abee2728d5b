"""What may be wrong with a row of the survey, and with references from one row to another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from surveys.definition.xlsform import headers, row_types
from surveys.definition.xlsform.faults import Fault
from surveys.definition.xlsform.form import Element, Form
from surveys.definition.xlsform.parameters import EXTENSIONS, Asked, parameter_problems
from surveys.definition.xlsform.references import is_name, reference_problems, references
from surveys.definition.xlsform.sheets import Row, tidy

_MEDIA = frozenset(("image", "big-image", "audio", "video"))
_SEARCH = re.compile(r"search\(.*?\)")
# What makes a default a calculation: an operator, a call, a reference. In days and places a hyphen is not a minus.
_CALCULATED = re.compile(r"[*+|]|\$\{|\b[\w:-]+\(|\s(?:mod|div|-)\s|-\s")
_WITH_HYPHENS = frozenset(
    (row_types.DATE, row_types.DATETIME, row_types.GEOPOINT, row_types.GEOTRACE, row_types.GEOSHAPE)
)
_PROPERTIES_TAKEN = frozenset(("name", "label"))


def row_faults(form: Form, element: Element) -> Iterator[Fault]:
    """Yield what is wrong with one row, its name and its place in the form apart."""
    kind, row = element.type, element.row
    if kind.kind == row_types.INCLUDE:
        yield Fault("xlsform_include", row.where(headers.TYPE), {"name": element.name})
    if kind.written == "calculate" and not row.text(headers.CALCULATE):
        if not is_calculated(row.text(headers.DEFAULT), kind.kind):
            yield Fault("xlsform_no_calculation", row.where(headers.CALCULATE), {"name": element.name})
    if kind.written == "background-geopoint":
        if not row.text(headers.TRIGGER):
            yield Fault("xlsform_no_trigger", row.where(headers.TRIGGER), {"name": element.name})
        if row.text(headers.CALCULATE):
            yield Fault("xlsform_calculation_unused", row.where(headers.CALCULATE), {"name": element.name})
    yield from _list_faults(form, element)
    marks = element.parameters.get("tick_labelset", "")
    lists = {marks: form.lists[marks].names} if marks in form.lists else {}
    asked = Asked(kind, element.parameters, element.appearance, lists)
    for code, values in parameter_problems(asked):
        yield Fault(code, row.where(headers.PARAMETERS), values)
    if "reference-geometry" in element.parameters:
        yield from _geometry_faults(form, element)
    yield from _word_faults(element)
    yield from _save_faults(form, element)


def is_calculated(default: str, kind: str) -> bool:
    """Say whether a default is worked out when the form opens instead of being the answer itself."""
    if kind in _WITH_HYPHENS and "-" in default:
        return False
    return _CALCULATED.search(default) is not None


def _list_faults(form: Form, element: Element) -> Iterator[Fault]:
    kind, row = element.type, element.row
    where, name = row.where(headers.TYPE), kind.list_name
    if kind.lacks_list or (kind.opens == row_types.LOOP and not name):
        yield Fault("xlsform_no_list", where, {"type": kind.written})
    elif kind.opens == row_types.LOOP or kind.kind in row_types.SELECTS - {row_types.SELECT_ONE_EXTERNAL}:
        yield from _choice_faults(form, element)
    elif kind.kind == row_types.SELECT_ONE_EXTERNAL and name not in form.external_lists:
        yield Fault("xlsform_external_list_unknown", where, {"list": name})
    elif kind.kind == row_types.OSM and name and form.workbook.rows(headers.OSM):
        tags = {one.text(headers.LIST) for one in form.workbook.rows(headers.OSM)}
        if name not in tags:
            yield Fault("xlsform_list_unknown", where, {"list": name})


def _choice_faults(form: Form, element: Element) -> Iterator[Fault]:
    kind, row = element.type, element.row
    where, name = row.where(headers.TYPE), kind.list_name
    is_file = PurePosixPath(name).suffix in EXTENSIONS
    if kind.kind in row_types.FROM_FILE and (not is_file or len(PurePosixPath(name).suffixes) != 1):
        yield Fault("xlsform_file_extension", where, {"file": name, "taken": ", ".join(EXTENSIONS)})
        return
    if name not in form.lists and not is_file and not (any(references(name)) and not kind.opens):
        yield Fault("xlsform_list_unknown", where, {"list": name})
        return
    if kind.or_other and row.text(headers.CHOICE_FILTER):
        yield Fault("xlsform_filter_with_other", row.where(headers.CHOICE_FILTER), {"name": element.name})
    elif kind.or_other and name not in form.lists:
        yield Fault("xlsform_other_without_list", where, {"name": element.name})


def _geometry_faults(form: Form, element: Element) -> Iterator[Fault]:
    """A drawn place may be measured against a list, an entity list, a file of the form or a repeat."""
    target = element.parameters["reference-geometry"]
    files = {
        PurePosixPath(one.type.list_name or one.name).stem
        for one in form.walk()
        if one.type.kind in row_types.FROM_FILE or one.type.kind == row_types.EXTERNAL
    }
    if target in form.lists or target in form.entities or target in files or any(references(target)):
        return
    value = {"name": "reference-geometry", "value": target}
    yield Fault("xlsform_parameter_value", element.row.where(headers.PARAMETERS), value)


def _word_faults(element: Element) -> Iterator[Fault]:
    """What is seen needs words: a label, a picture or a hint; help that opens on demand is not enough."""
    row, kind = element.row, element.type.kind
    media = {path[0] for path, _cell in row.below(headers.MEDIA) if path}
    for path, cell in row.below(headers.MEDIA):
        if path and path[0] not in _MEDIA:
            yield Fault("xlsform_media_unknown", row.at(cell.column), {"kind": path[0]})
        elif path and path[0] == "big-image" and "image" not in media and kind not in row_types.UNSEEN:
            yield Fault("xlsform_big_image_alone", row.at(cell.column), {"name": element.name})
    if element.is_section or kind in row_types.UNSEEN | row_types.HINTED | {row_types.INCLUDE}:
        return
    has_words = any(row.below(headers.LABEL)) or any(row.below(headers.HINT))
    silent = row.text(headers.CALCULATE) or row.text(headers.TRIGGER)
    if not has_words and not silent and not media:
        yield Fault("xlsform_no_label", row.where(headers.LABEL), {"name": element.name})


def _save_faults(form: Form, element: Element) -> Iterator[Fault]:
    row = element.row
    saved = row.text(headers.SAVE_TO)
    if not saved:
        return
    where = row.where(headers.SAVE_TO)
    dataset, marks, name = saved.rpartition("#")
    if not form.entities or saved.count("#") > 1 or (not marks and len(form.entities) > 1):
        yield Fault("xlsform_save_to_nowhere", where, {"name": saved})
    elif marks and dataset not in form.entities:
        yield Fault("xlsform_save_to_nowhere", where, {"name": dataset})
    elif element.is_section:
        yield Fault("xlsform_save_to_section", where, {"name": saved})
    elif name.lower() in _PROPERTIES_TAKEN or name.startswith("__") or not is_name(name):
        yield Fault("xlsform_name_invalid", where, {"name": name})
    elif any(other is not element and other.row.text(headers.SAVE_TO) == saved for other in form.walk()):
        yield Fault("xlsform_name_twice", where, {"name": saved, "row": row.number})


def check_choice_names(form: Form) -> Iterator[Fault]:
    """Yield choices whose names cannot be what a question or loop makes of them: parts of an answer, or sections."""
    used = {(element.type.kind, element.type.list_name) for element in form.walk()}
    for name, one in form.lists.items():
        for choice in one.choices:
            if choice.row is None or not choice.name:
                continue
            if " " in choice.name and (row_types.SELECT_MULTIPLE, name) in used:
                yield Fault("xlsform_choice_spaces", choice.row.where(headers.NAME), {"name": choice.name})
            elif (row_types.LOOP, name) in used and not is_name(choice.name):
                yield Fault("xlsform_name_invalid", choice.row.where(headers.NAME), {"name": choice.name})


def check_triggers(form: Form) -> Iterator[Fault]:
    """Yield triggers that name no question, or one that nobody sees and so nobody changes."""
    questions = {element.name: element for element in form.walk() if not element.is_section}
    for element in form.walk():
        text = tidy(element.row.text(headers.TRIGGER))
        if not text:
            continue
        where = element.row.where(headers.TRIGGER)
        named = [list(references(part)) for part in text.split(",")]
        if "${" not in text or any(len(names) > 1 or None in names for names in named):
            yield Fault("xlsform_reference_malformed", where, {"text": text[:80]})
            continue
        for name in (name for names in named for name in names if name is not None):
            if name not in questions:
                yield Fault("xlsform_reference_unknown", where, {"name": name})
            elif _is_unseen(questions[name]):
                yield Fault("xlsform_trigger_unseen", where, {"name": name})


def _is_unseen(element: Element) -> bool:
    row = element.row
    if element.type.kind == row_types.CALCULATE:
        return True
    has_words = any(row.below(headers.LABEL)) or any(row.below(headers.HINT))
    return not has_words and bool(row.text(headers.CALCULATE) or row.text(headers.TRIGGER))


def check_searches(form: Form) -> Iterator[Fault]:
    """Yield selects that look choices up in a table where the list is also used without, or comes from a file."""
    users: dict[str, list[Element]] = defaultdict(list)
    for element in form.walk():
        if element.type.kind in row_types.SELECTS and element.type.list_name:
            users[element.type.list_name].append(element)
    for name, elements in users.items():
        searching = [one for one in elements if _SEARCH.search(one.appearance)]
        for element in searching:
            where = element.row.where(headers.APPEARANCE)
            if PurePosixPath(name).suffix in EXTENSIONS:
                yield Fault("xlsform_search_in_file", where, {"name": element.name})
            elif len(searching) < len(elements):
                yield Fault("xlsform_search_shared", where, {"list": name})


def check_references(form: Form, names: Counter[str]) -> Iterator[Fault]:
    """Yield references to names that are not there, are there twice, or are not well formed.

    Not looked at: types, names and triggers (which have checks of their own), the columns of choices that hold data,
    and everything in the external lists.
    """
    skipped = {headers.TYPE, headers.NAME, headers.TRIGGER}
    for row in form.workbook.rows(headers.SURVEY):
        yield from _referring(row, names, [path for path in row.cells if path not in skipped])
    for element in form.walk():
        for code, values in reference_problems(element.type.list_name, names):
            yield Fault(code, element.row.where(headers.TYPE), values)
    for row in form.workbook.rows(headers.CHOICES):
        yield from _referring(row, names, [path for path in row.cells if path[0] == "label"])
    for row in form.workbook.rows(headers.SETTINGS):
        yield from _referring(row, names, list(row.cells))
    for row in form.workbook.rows(headers.ENTITIES):
        yield from _referring(row, names, [path for path in row.cells if path[0] not in ("dataset", "repeat")])


def _referring(row: Row, names: Counter[str], paths: list[headers.Path]) -> Iterator[Fault]:
    for path in paths:
        cell = row.cells[path]
        if "${" in cell.text:
            for code, values in reference_problems(cell.text, names):
                yield Fault(code, row.at(cell.column), values)
