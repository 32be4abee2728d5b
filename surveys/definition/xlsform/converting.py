"""An XLSForm as a definition: pages, groups, repeats, questions, lists, conditions; and what is not carried over.

What has no counterpart is left out and said so, with its cell. A row that others may refer to is never left out: where
its question cannot be asked, a hidden one of its name takes its place, so that conditions still mean something.
docs/xlsform.md has the table of what becomes what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from surveys.definition import model, pointers
from surveys.definition.xlsform import headers, row_types
from surveys.definition.xlsform.faults import Fault, Unsupported, Where
from surveys.definition.xlsform.form import TABLE_LIST, Element, Form
from surveys.definition.xlsform.languages import UNTAGGED
from surveys.definition.xlsform.lists import Choice, is_yes
from surveys.definition.xlsform.parameters import RANGE_DEFAULTS
from surveys.definition.xlsform.wording import NO, Plain, Words

_TYPES: Mapping[str, str] = {
    row_types.TEXT: "text",
    row_types.BARCODE: "text",
    row_types.NOTE: "note",
    row_types.INTEGER: "number",
    row_types.DECIMAL: "number",
    row_types.PERCENTAGE: "number",
    row_types.DAYS: "number",
    row_types.DATE: "date",
    row_types.TIME: "time",
    row_types.DATETIME: "datetime",
    row_types.PHONE: "phone",
    row_types.GEOPOINT: "location",
    row_types.IMAGE: "photo",
    row_types.AUDIO: "file",
    row_types.VIDEO: "file",
    row_types.FILE: "file",
    row_types.ACKNOWLEDGE: "consent",
    row_types.RANGE: "slider",
    row_types.SELECT_ONE: "single",
    row_types.SELECT_ONE_EXTERNAL: "single",
    row_types.SELECT_MULTIPLE: "multiple",
    row_types.RANK: "ranking",
    row_types.CALCULATE: "calculation",
    row_types.METADATA: "meta",
    row_types.HIDDEN: "hidden",
}
_MOST_DAYS = {"month": 31, "months": 183, "year": 365}
_ACCEPT = {row_types.AUDIO: ["audio/*"], row_types.VIDEO: ["video/*"]}
_KNOWN_META = frozenset(("start", "end", "today", "username", "email"))
_CARRIED_SETTINGS = frozenset(
    (
        "title",
        "id_string",
        "version",
        "default_language",
        "allow_choice_duplicates",
        "clean_text_values",
        "flat",
        "name",
    )
)
_CARRIED_PARAMETERS = frozenset(("randomize", "start", "end", "step", "rows"))


@dataclass
class Conversion:
    """A definition, None when it breaks a rule of definitions (`faults` says where), and what it lacks of the form."""

    definition: model.Definition | None
    unsupported: list[Unsupported]
    faults: list[Fault]


def convert(form: Form) -> Conversion:
    """Return the definition of a form without faults."""
    return _Converter(form).convert()


@dataclass
class _Converter:
    form: Form
    given: dict[int, str] = field(default_factory=dict)
    seen_as: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = Words(self.form)

    def convert(self) -> Conversion:
        self._name_all(self.form.elements, matrix="")
        pages = list(self._pages())
        document: Plain = {
            "format": model.FORMAT,
            "name": self.form.settings.values.get("id_string", "")[:128],
            "version": self.form.settings.values.get("version", "")[:64],
            "title": {self.words.tags[UNTAGGED]: self.form.title} if self.form.title else {},
            "lists": {name: self.words.options(self.form.lists[name]) for name in self.words.shared_lists},
            "pages": pages,
        }
        document["lists"] |= dict(self.words.external_lists())
        document["languages"] = self._languages(document)
        self._settings()
        self._other_sheets()
        try:
            definition, faults = model.parse(document), []
        except model.Unreadable as error:
            definition, faults = None, [self._fault(document, one) for one in error.errors]
        left_out = sorted(self.words.left_out, key=lambda one: one.where.order)
        return Conversion(definition, left_out, faults)

    # Names

    def _name_all(self, elements: list[Element], matrix: str) -> None:
        """Give every row its name before anything refers to it; rows of a matrix are seen as parts of it."""
        for element in elements:
            name = self.words.names.give(element.name)
            self.given[id(element)] = name
            self.seen_as[id(element)] = f"{matrix}.{element.name}" if matrix else name
            self.words.names.found.setdefault(element.name, self.seen_as[id(element)])
            if name != element.name and not matrix:
                self.words.leave("xlsform_renamed", element.name, element.row.where(headers.NAME))
            self._name_all(element.children, name if self._is_matrix(element) else "")

    @contextmanager
    def _inside(self, element: Element) -> Iterator[None]:
        """Inside a section its own rows come first: a path such as ../x means the x beside it."""
        outside = self.words.names.found
        self.words.names.found = outside | {child.name: self.seen_as[id(child)] for child in element.children}
        yield
        self.words.names.found = outside

    def _children(self, element: Element) -> list[Plain]:
        with self._inside(element):
            return [item for child in element.children for item in self._items(child)]

    # Structure

    def _pages(self) -> Iterator[Plain]:
        """Each outermost group is a page; what stands between them is gathered on pages of its own."""
        loose: list[Element] = []
        for element in self.form.elements:
            if element.type.kind == row_types.GROUP and not self._is_matrix(element):
                yield from self._loose_page(loose)
                loose = []
                yield self._group_page(element)
            else:
                loose.append(element)
        yield from self._loose_page(loose)

    def _loose_page(self, elements: list[Element]) -> Iterator[Plain]:
        items = [item for element in elements for item in self._items(element)]
        if items:
            yield {"name": self.words.names.give("page"), "items": items}

    def _group_page(self, element: Element) -> Plain:
        page: Plain = {"name": self.given[id(element)], "title": self.words.texts(element, headers.LABEL)}
        page["help"] = self.words.texts(element, headers.HINT)
        page["relevant"] = self.words.expression(element, headers.RELEVANT)
        for path, cell in element.row.below(("media",)):
            self.words.leave("xlsform_media_of_page", path[-1], element.row.at(cell.column))
        page["items"] = self._children(element)
        self.words.columns(element)
        return self._placed(page, element)

    def _items(self, element: Element) -> Iterator[Plain]:
        kind = element.type.kind
        if kind == row_types.LOOP:
            yield self._loop(element)
        elif self._is_matrix(element):
            yield self._matrix(element)
        elif element.is_section:
            yield self._section(element)
        elif kind in (row_types.AUDIT, row_types.EXTERNAL):
            self.words.leave("xlsform_type_left_out", element.type.written, element.row.where(headers.TYPE))
        else:
            yield self._question(element)

    def _section(self, element: Element) -> Plain:
        repeat = element.type.kind == row_types.REPEAT
        section: Plain = {
            "name": self.given[id(element)],
            "type": "repeat" if repeat else "group",
            "label": self.words.texts(element, headers.LABEL),
            "help": self.words.texts(element, headers.HINT),
            "media": self.words.media(element.row),
            "relevant": self.words.expression(element, headers.RELEVANT),
            "appearance": element.appearance[:500],
            "items": self._children(element),
        }
        if repeat:
            section["count"] = self.words.expression(element, headers.COUNT)
        self.words.columns(element)
        return self._placed(section, element)

    def _loop(self, element: Element) -> Plain:
        """Rows asked once for each choice: a group of groups, their names with the choice's behind them."""
        groups: list[Plain] = []
        for choice in self.form.lists[element.type.list_name].choices:
            if choice.name == "none":
                continue
            label = self.words.choice_texts(choice)
            outside, given, seen_as = dict(self.words.names.found), dict(self.given), dict(self.seen_as)
            for child in (one for top in element.children for one in top.walk()):
                name = self.words.names.give(f"{child.name}_{choice.name}")
                self.given[id(child)] = self.seen_as[id(child)] = self.words.names.found[child.name] = name
            items = self._children(element)
            name = self.words.names.give(f"{self.given[id(element)]}_{choice.name}")
            groups.append({"name": name, "type": "group", "label": label, "items": _filled_in(items, choice, label)})
            self.words.names.found, self.given, self.seen_as = outside, given, seen_as
        self.words.leave("xlsform_loop", element.name, element.row.where(headers.TYPE))
        loop = {
            "name": self.given[id(element)],
            "type": "group",
            "label": self.words.texts(element, headers.LABEL),
            "relevant": self.words.expression(element, headers.RELEVANT),
            "items": groups,
        }
        return self._placed(loop, element)

    def _is_matrix(self, element: Element) -> bool:
        """A table of questions with one answer each, alike in all but their words and conditions."""
        rows = element.children
        return (
            TABLE_LIST in element.appearance.split()
            and element.type.kind == row_types.GROUP
            and bool(rows)
            and all(one.type.kind == row_types.SELECT_ONE and not one.type.or_other for one in rows)
            and all(one.type.list_name in self.form.lists for one in rows)
            and len({one.row.text(headers.REQUIRED) for one in rows}) == 1
            and not any(one.row.text(path) for one in rows for path in (headers.CONSTRAINT, headers.DEFAULT))
            and not any(one.row.text(headers.CALCULATE) or one.parameters for one in rows)
        )

    def _matrix(self, element: Element) -> Plain:
        first = element.children[0]
        rows = []
        for child in element.children:
            for _path, cell in child.row.below(headers.HINT):
                self.words.leave("xlsform_hint_of_row", child.name, child.row.at(cell.column))
            rows.append(
                {
                    "value": child.name,
                    "label": self.words.texts(child, headers.LABEL),
                    "media": self.words.media(child.row),
                    "relevant": self.words.expression(child, headers.RELEVANT),
                }
            )
            self.words.columns(child)
        matrix = {
            "name": self.given[id(element)],
            "type": "matrix",
            "label": self.words.texts(element, headers.LABEL),
            "help": self.words.texts(element, headers.HINT),
            "media": self.words.media(element.row),
            "relevant": self.words.expression(element, headers.RELEVANT),
            "required": self.words.condition(first, headers.REQUIRED),
            "required_message": self.words.texts(first, headers.REQUIRED_MESSAGE),
            "appearance": element.appearance[:500],
            "list": first.type.list_name,
            "rows": rows,
        }
        self.words.columns(element)
        return self._placed(matrix, element)

    # Questions

    def _question(self, element: Element) -> Plain:
        row, kind = element.row, element.type.kind
        question: Plain = {
            "name": self.given[id(element)],
            "type": self._type(element),
            "label": self.words.texts(element, headers.LABEL),
            "help": self.words.texts(element, headers.HINT),
            "media": self.words.media(row),
            "required": self.words.condition(element, headers.REQUIRED),
            "required_message": self.words.texts(element, headers.REQUIRED_MESSAGE),
            "constraint": self.words.expression(element, headers.CONSTRAINT),
            "constraint_message": self.words.texts(element, headers.CONSTRAINT_MESSAGE),
            "relevant": self.words.expression(element, headers.RELEVANT),
            "read_only": is_yes(row.text(headers.READ_ONLY)),
            "default": self.words.default(element),
            "appearance": element.appearance[:500],
        }
        if row.text(headers.READ_ONLY) and row.text(headers.READ_ONLY) not in NO and not question["read_only"]:
            self.words.leave("xlsform_read_only", row.text(headers.READ_ONLY), row.where(headers.READ_ONLY))
        if row.text(headers.CALCULATE):
            calculation = self.words.expression(element, headers.CALCULATE)
            if question["type"] == "calculation":
                question["calculation"] = calculation
            else:
                # Worked out once, when the question is met, instead of after every answer.
                self.words.leave("xlsform_calculated_answer", element.name, row.where(headers.CALCULATE))
                question["default"] = calculation or question["default"]
        elif question["type"] == "calculation":
            question["calculation"], question["default"] = question["default"], ""
        if question["type"] == "calculation" and not question["calculation"]:
            # What it was worked out by is left out; its name stays for those who refer to it.
            question["type"] = "hidden"
        self._own(element, question)
        if kind not in row_types.SELECTS | {row_types.RANGE, row_types.TEXT}:
            for name in sorted(element.parameters):
                self.words.leave("xlsform_parameter_left_out", name, row.where(headers.PARAMETERS))
        self.words.columns(element)
        return self._placed(question, element)

    def _type(self, element: Element) -> str:
        kind, row = element.type.kind, element.row
        unlabelled = not any(row.below(headers.LABEL)) and not any(row.below(headers.HINT))
        if unlabelled and row.text(headers.CALCULATE) and kind not in row_types.UNSEEN:
            return "calculation"
        if kind == row_types.TEXT and ("multiline" in element.appearance or element.parameters.get("rows", "1") != "1"):
            return "long_text"
        if kind == row_types.RANGE and element.appearance == "rating":
            return "rating"
        if (
            kind in row_types.SELECTS - {row_types.SELECT_ONE_EXTERNAL}
            and element.type.list_name not in self.form.lists
        ):
            self.words.leave("xlsform_choices_elsewhere", element.type.list_name, row.where(headers.TYPE))
            return "hidden"
        if kind not in _TYPES:
            self.words.leave("xlsform_type_hidden", element.type.written, row.where(headers.TYPE))
            return "hidden"
        if kind == row_types.BARCODE:
            self.words.leave("xlsform_barcode", element.name, row.where(headers.TYPE))
        if kind == row_types.METADATA and element.type.metadata not in _KNOWN_META:
            self.words.leave("xlsform_device", element.type.written, row.where(headers.TYPE))
        return _TYPES[kind]

    def _own(self, element: Element, question: Plain) -> None:
        """Add what only some types have."""
        kind, row = element.type.kind, element.row
        if question["type"] == "hidden":
            return
        if question["type"] == "number":
            question["integer"] = kind != row_types.DECIMAL
        if kind == row_types.PERCENTAGE:
            question["minimum"], question["maximum"] = 0, 100
        elif kind == row_types.DAYS:
            question["minimum"], question["maximum"] = 0, _MOST_DAYS[element.type.written.rsplit(" ", 1)[1]]
        elif kind == row_types.RANGE and question["type"] != "calculation":
            self._scale(element, question)
        elif kind == row_types.GEOPOINT:
            question["precision"] = "point"
        elif kind in _ACCEPT and question["type"] == "file":
            question["accept"] = _ACCEPT[kind]
        elif kind == row_types.METADATA:
            question["meta"] = element.type.metadata
        elif kind in row_types.SELECTS and question["type"] != "calculation":
            self._choices(element, question)
            question["choice_filter"] = self.words.expression(element, headers.CHOICE_FILTER, choice_filter=True)
            if element.parameters.get("randomize") == "true":
                question["randomise"] = "shuffle"
            if "seed" in element.parameters:
                self.words.leave("xlsform_parameter_left_out", "seed", row.where(headers.PARAMETERS))

    def _scale(self, element: Element, question: Plain) -> None:
        given = {**RANGE_DEFAULTS, **element.parameters}
        ends = sorted(Decimal(given[name]) for name in ("start", "end"))
        step = abs(Decimal(given["step"]))
        whole = all(number == int(number) for number in (*ends, step))
        question["minimum"], question["maximum"], question["step"] = (
            int(number) if whole else float(number) for number in (*ends, step)
        )
        if question["type"] == "slider":
            question["integer"] = whole
        for name in sorted(set(element.parameters) - _CARRIED_PARAMETERS):
            self.words.leave("xlsform_parameter_left_out", name, element.row.where(headers.PARAMETERS))

    def _choices(self, element: Element, question: Plain) -> None:
        name = element.type.list_name
        if element.type.kind == row_types.SELECT_ONE_EXTERNAL:
            question["list"] = self.words.external_name(name)
        elif element.type.or_other:
            question["options"] = self.words.options(self.form.lists[name], other=True)
        else:
            question["list"] = name

    # What is left out

    def _settings(self) -> None:
        row = self.form.settings.row
        for path, cell in row.cells.items() if row else ():
            if path[0] not in _CARRIED_SETTINGS and row is not None:
                self.words.leave("xlsform_setting_left_out", cell.column.heading, row.at(cell.column))

    def _other_sheets(self) -> None:
        for kind in (headers.ENTITIES, headers.OSM):
            for row in self.form.workbook.rows(kind)[:1]:
                self.words.leave("xlsform_sheet_left_out", row.sheet.name, Where(row.sheet.name, 1, "A"))

    def _languages(self, document: Plain) -> list[str]:
        found = set(_languages_of(document))
        kept = [tag for tag in dict.fromkeys(self.words.tags.values()) if tag in found]
        return kept or [self.words.tags[UNTAGGED]]

    def _placed(self, part: Plain, element: Element) -> Plain:
        self.words.places[id(part)] = element.row.where(headers.NAME)
        return part

    def _fault(self, document: Plain, error: model.Error) -> Fault:
        """Find the row of what breaks a rule: the innermost part on the way to it that came from one."""
        where = Where(headers.SURVEY, 1, "A")
        here: Any = document
        for step in pointers.steps(error.path):
            here = here[int(step)] if isinstance(here, list) else here.get(step) if isinstance(here, dict) else None
            where = self.words.places.get(id(here), where)
        return Fault("xlsform_not_taken", where, {"rule": error.code})


def _languages_of(part: Any) -> Iterator[str]:
    """Yield the keys of all texts of a document: mappings in the places where texts stand."""
    waiting = [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            for key, value in here.items():
                if key in ("label", "help", "title", "source", "required_message", "constraint_message"):
                    yield from value
                elif key != "fields":
                    waiting.append(value)


def _filled_in(items: list[Plain], choice: Choice, label: Mapping[str, str]) -> list[Plain]:
    """Put the choice into the words of a loop's rows: `%(label)s` and `%(name)s`."""
    for item in items:
        for key in ("label", "help"):
            item[key] = {
                language: text.replace("%(label)s", label.get(language, choice.name)).replace("%(name)s", choice.name)
                for language, text in item.get(key, {}).items()
            }
        _filled_in(item.get("items", []), choice, label)
    return items
