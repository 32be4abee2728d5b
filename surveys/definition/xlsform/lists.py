"""The sheets beside the survey: lists of choices, settings, entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveys.definition.xlsform import headers
from surveys.definition.xlsform.faults import Fault
from surveys.definition.xlsform.references import is_name
from surveys.definition.xlsform.sheets import Row, Sheet, Workbook, plain_quotes

OTHER = "other"
_YES = frozenset(("yes", "Yes", "YES", "true", "True", "TRUE", "true()"))


def is_yes(text: str) -> bool:
    """Say whether a cell means yes."""
    return text in _YES


@dataclass(frozen=True)
class Choice:
    """A choice: its name and its row, None for the "other" that the form asks for without listing it."""

    name: str
    row: Row | None


@dataclass
class ChoiceList:
    """A list of choices in the order of the sheet."""

    name: str
    choices: list[Choice] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The names of its choices."""
        return [choice.name for choice in self.choices]

    def add_other(self) -> None:
        """Make sure that the list ends with "other"; once, however many questions ask for it."""
        if OTHER not in self.names:
            self.choices.append(Choice(OTHER, None))


@dataclass
class Settings:
    """The first row of the settings sheet, by attribute, and where it stands."""

    row: Row | None
    values: dict[str, str]

    def yes(self, name: str) -> bool:
        """Say whether a setting is switched on."""
        return is_yes(self.values.get(name, ""))


def read_settings(workbook: Workbook) -> tuple[Settings, list[Fault]]:
    """Return the settings; only the first row below the headings holds any."""
    rows = [row for row in workbook.rows(headers.SETTINGS) if row.number == 2]
    if not rows:
        return Settings(None, {}), []
    row = rows[0]
    values = {path[0]: plain_quotes(cell.text) for path, cell in row.cells.items() if len(path) == 1}
    faults = []
    if "name" in values and not is_name(values["name"]):
        faults.append(Fault("xlsform_name_invalid", row.where(headers.NAME), {"name": values["name"]}))
    settings = Settings(row, values)
    if settings.yes("omit_instanceID") and values.get("public_key"):
        faults.append(Fault("xlsform_key_without_id", row.where(("omit_instanceID",))))
    if values.get("id_string") == "None":
        faults.append(Fault("xlsform_id_empty", row.where(("id_string",))))
    return settings, faults


def read_lists(workbook: Workbook, kind: str, settings: Settings) -> tuple[dict[str, ChoiceList], list[Fault]]:
    """Return the lists of a sheet of choices by name, and what is wrong with them.

    Rows without a list name are remarks. Names are checked on the sheet of choices only: the rows of the external
    sheet go into a file that the form looks things up in.
    """
    faults: list[Fault] = []
    lists: dict[str, ChoiceList] = {}
    checked = kind == headers.CHOICES
    sheet = workbook.sheets.get(kind)
    if sheet is None:
        return lists, faults
    if checked and sheet.rows and sheet.column(headers.NAME) is None:
        return lists, [Fault("xlsform_heading_missing", sheet.heading_cell(), {"heading": "name"})]
    twice = settings.yes("allow_choice_duplicates")
    seen: set[tuple[str, str]] = set()
    for row in sheet.rows:
        list_name = plain_quotes(row.text(headers.LIST))
        if not list_name:
            continue
        name = plain_quotes(row.text(headers.NAME))
        one = lists.setdefault(list_name, ChoiceList(list_name))
        if checked and not name:
            faults.append(Fault("xlsform_choice_without_name", row.where(headers.NAME), {"list": list_name}))
        elif checked and not twice and (list_name, name) in seen:
            faults.append(Fault("xlsform_choice_twice", row.where(headers.NAME), {"list": list_name, "name": name}))
        seen.add((list_name, name))
        one.choices.append(Choice(name, row))
    return lists, faults


def read_entities(workbook: Workbook) -> tuple[dict[str, Row], list[Fault]]:
    """Return the entity lists a form keeps, by name, and what is wrong with them.

    The rules are those of https://getodk.github.io/xforms-spec/entities: whoever updates needs an id, whoever creates
    needs a label. Engage keeps no entities; the sheet is checked so that no form is taken here that others refuse.
    """
    faults: list[Fault] = []
    found: dict[str, Row] = {}
    for row in workbook.rows(headers.ENTITIES):
        faults.extend(_entity_faults(row, found))
        found.setdefault(row.text(("dataset",)), row)
    return found, faults


def _entity_faults(row: Row, found: Mapping[str, Row]) -> Iterator[Fault]:
    for path, cell in row.cells.items():
        if not headers.known_path(headers.ENTITIES, path):
            where = row.sheet.heading_cell(cell.column)
            yield Fault("xlsform_entity_heading", where, {"heading": cell.column.heading})
    name_path = ("dataset",)
    name = row.text(name_path)
    if not name:
        yield Fault("xlsform_entity_without_name", row.where(name_path))
    elif name.startswith("__") or "." in name or not is_name(name):
        yield Fault("xlsform_name_invalid", row.where(name_path), {"name": name})
    elif name in found:
        yield Fault("xlsform_name_twice", row.where(name_path), {"name": name, "row": found[name].number})
    entity_id, create, update = (row.text((one,)) for one in ("entity_id", "create_if", "update_if"))
    if not entity_id and update:
        yield Fault("xlsform_entity_id_missing", row.where(("entity_id",)), {"name": name})
    elif entity_id and create and not update:
        yield Fault("xlsform_entity_update_missing", row.where(("update_if",)), {"name": name})
    elif not entity_id and not row.text(headers.LABEL):
        yield Fault("xlsform_entity_label_missing", row.where(headers.LABEL), {"name": name})


def unknown_columns(sheet: Sheet) -> Iterator[headers.Path]:
    """Yield the columns of a sheet that the format does not have."""
    for column in sheet.columns:
        if not headers.known_path(sheet.kind, column.path):
            yield column.path
