"""An XLSForm as read: its tree of rows, its lists and settings, and its counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveys.definition.xlsform import headers, row_types
from surveys.definition.xlsform.faults import Fault
from surveys.definition.xlsform.lists import ChoiceList, Settings
from surveys.definition.xlsform.parameters import Parameters
from surveys.definition.xlsform.references import is_reference
from surveys.definition.xlsform.row_types import RowType
from surveys.definition.xlsform.sheets import Row, Workbook

TABLE_LIST, FIELD_LIST = "table-list", "field-list"
COUNTED = ("questions", "groups", "repeats", "choices", "relevant", "constraint", "calculate", "languages")
_UNCOUNTED = frozenset((row_types.HIDDEN, row_types.BACKGROUND))
# The counting rule knows calculations and facts about the answering by these names only: "uri:deviceid" and
# "q calculate" count as questions.
_METADATA_UNCOUNTED = frozenset(
    ("start", "end", "today", "deviceid", "imei", "subscriberid", "simserial", "phonenumber", "username", "email")
)


@dataclass
class Element:
    """A row of the survey that is part of the form. Sections have children; `name` is "" only beside a fault."""

    type: RowType
    name: str
    row: Row
    parameters: Parameters
    children: list[Element] = field(default_factory=list)
    heads_table: bool = False
    """The first choice of a table: the format has a row of headings made for it."""

    @property
    def is_section(self) -> bool:
        """Groups, repeats and loops."""
        return bool(self.type.opens)

    @property
    def appearance(self) -> str:
        """How the form wants it shown."""
        return self.row.text(headers.APPEARANCE)

    @property
    def is_table(self) -> bool:
        """A group whose choices stand in one table."""
        return self.is_section and TABLE_LIST in self.appearance.split()

    def walk(self) -> Iterator[Element]:
        """Yield it and everything below, in the order of the form."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


@dataclass
class Form:
    """A form as read: everything a definition is made of. With faults it is incomplete and only good for counting."""

    workbook: Workbook
    settings: Settings
    lists: dict[str, ChoiceList]
    external_lists: dict[str, ChoiceList]
    entities: Mapping[str, Row]
    elements: list[Element] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title, else the form's id, else ""."""
        return self.settings.values.get("title") or self.settings.values.get("id_string", "")

    def walk(self) -> Iterator[Element]:
        """Yield all rows that are part of the form, in its order."""
        for element in self.elements:
            yield from element.walk()

    @property
    def languages(self) -> list[str]:
        """The languages that words of the form are marked with, in the order of the columns."""
        found: dict[str, None] = {}
        for kind in (headers.SURVEY, headers.CHOICES):
            sheet = self.workbook.sheets.get(kind)
            filled = {path for row in self.workbook.rows(kind) for path in row.cells}
            for column in sheet.columns if sheet else ():
                if column.path in filled and (language := language_of(column.path)):
                    found[language] = None
        return list(found)

    def counts(self) -> dict[str, int]:
        """Count as the format's own tools do, with the parts that they make: see docs/xlsform.md."""
        counts = dict.fromkeys(COUNTED, 0)
        flat = bool(self.settings.values.get("flat"))
        _count(self.elements, counts, flat=flat, under_relevant=False)
        counts["choices"] = sum(len(one.choices) for one in self.lists.values())
        counts["languages"] = max(1, len([one for one in self.languages if one != "default"]))
        return counts


_TRANSLATED = (
    headers.LABEL,
    headers.HINT,
    headers.GUIDANCE,
    headers.CONSTRAINT_MESSAGE,
    headers.REQUIRED_MESSAGE,
    *(("media", kind) for kind in ("image", "big-image", "audio", "video")),
)


def language_of(path: headers.Path) -> str:
    """Return the language a heading names, "" when it names none or cannot be translated."""
    for base in _TRANSLATED:
        if path[: len(base)] == base and len(path) == len(base) + 1:
            return path[-1]
    return ""


def _count(elements: list[Element], counts: dict[str, int], *, flat: bool, under_relevant: bool) -> None:
    """Add up rows and what the format's tools make of them.

    "or other" makes a text question with a condition; a table makes a row of headings, and a note of its words; a
    number of repetitions that is not one name makes a calculation. A flat form moves conditions from groups to rows.
    """
    for element in elements:
        kind, row = element.type.kind, element.row
        relevant = bool(row.text(headers.RELEVANT))
        if kind == row_types.AUDIT:
            continue
        if kind == row_types.GROUP:
            counts["groups"] += 1
        elif element.is_section:
            counts["repeats"] += 1
        elif element.type.written == "calculate":
            counts["calculate"] += 1
        elif kind not in _UNCOUNTED and element.type.written not in _METADATA_UNCOUNTED:
            counts["questions"] += 1
        counts["constraint"] += bool(row.text(headers.CONSTRAINT))
        inherited = flat and under_relevant
        counts["relevant"] += relevant or (inherited and not element.children)
        made = element.heads_table + (element.is_table and any(_words(row)))
        counts["questions"] += made
        counts["relevant"] += made * (inherited or (flat and relevant and element.is_table))
        if element.type.or_other:
            counts["questions"] += 1
            counts["relevant"] += 1
        if element.is_section and row.text(headers.COUNT) and not is_reference(row.text(headers.COUNT)):
            counts["calculate"] += 1
            counts["relevant"] += inherited
        _count(element.children, counts, flat=flat, under_relevant=under_relevant or relevant)


def _words(row: Row) -> Iterator[str]:
    for path in (headers.LABEL, headers.HINT):
        for _language, cell in row.below(path):
            yield cell.text
