"""Words, conditions and lists of a form as those of a definition, with a list of what is left out on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveys.definition.expressions import ExpressionError, to_text, translate_xlsform
from surveys.definition.expressions.tree import FieldOf, Literal, walk
from surveys.definition.xlsform import headers, row_types
from surveys.definition.xlsform.checking import is_calculated
from surveys.definition.xlsform.faults import Unsupported, Where
from surveys.definition.xlsform.form import Element, Form
from surveys.definition.xlsform.languages import UNTAGGED, language_tags
from surveys.definition.xlsform.lists import OTHER, Choice, ChoiceList, is_yes
from surveys.definition.xlsform.naming import Names, references_as_plain, renamed, renamed_text
from surveys.definition.xlsform.parameters import decimal_of
from surveys.definition.xlsform.sheets import Row, tidy

Plain = dict[str, Any]
"""A part of a definition as JSON has it."""

NO = frozenset(("no", "No", "NO", "false", "False", "FALSE", "false()"))
_NUMBERS = frozenset((row_types.INTEGER, row_types.DECIMAL, row_types.PERCENTAGE, row_types.DAYS, row_types.RANGE))
_CARRIED = (
    headers.TYPE, headers.NAME, headers.LABEL, headers.HINT, ("media",), headers.RELEVANT, headers.REQUIRED,
    headers.REQUIRED_MESSAGE, headers.READ_ONLY, headers.CONSTRAINT, headers.CONSTRAINT_MESSAGE, headers.CALCULATE,
    headers.APPEARANCE, headers.COUNT, headers.DEFAULT, headers.CHOICE_FILTER, headers.PARAMETERS, headers.DISABLED,
    ("control", "rows"),
)  # fmt: skip
_OTHER_WORDS = {"zh": "其他", "zh-hans": "其他", "zh-hant": "其他", "fr": "Autre", "es": "Otro"}
_MEDIA = ("image", "audio", "video")


@dataclass
class Words:
    """Carries over the cells of a form; `names` says what a row is called, `places` where a part came from, by id()."""

    form: Form
    names: Names = field(default_factory=Names)
    left_out: dict[Unsupported, None] = field(default_factory=dict)
    places: dict[int, Where] = field(default_factory=dict)
    columns_left: set[str] = field(default_factory=set)

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tag of each language of the form."""
        return language_tags(self.form.languages, self.form.settings.values.get("default_language", ""))

    @cached_property
    def shared_lists(self) -> list[str]:
        """The lists that questions use as they are; with "or other" a question has its own copy."""
        selects = row_types.SELECTS - {row_types.SELECT_ONE_EXTERNAL}
        used = {
            element.type.list_name
            for element in self.form.walk()
            if element.type.kind in selects and not element.type.or_other
        }
        return [name for name in self.form.lists if name in used]

    def external_name(self, name: str) -> str:
        """Lists of both sheets are in one place here."""
        while name in self.shared_lists:
            name = f"{name}_external"
        return name

    def external_lists(self) -> Iterator[tuple[str, list[Plain]]]:
        """Yield the lists of the external sheet that questions use, each with its name here."""
        for element in self.form.walk():
            if element.type.kind == row_types.SELECT_ONE_EXTERNAL:
                name = element.type.list_name
                yield self.external_name(name), self.options(self.form.external_lists[name])

    def options(self, one: ChoiceList, *, other: bool = False) -> list[Plain]:
        """Return the options of a list; `other` says whether the question asks for words of one's own."""
        options: dict[str, Plain] = {}
        by_name = "name" in self.filter_fields(one.name)
        texts = [self.choice_texts(choice) for choice in one.choices if choice.row is not None]
        tags = list(dict.fromkeys(tag for labels in texts for tag in labels)) or [self.tags[UNTAGGED]]
        for choice in one.choices:
            if choice.row is None:
                if other:
                    label = {tag: _OTHER_WORDS.get(tag, "Other") for tag in tags}
                    options[OTHER] = {"value": OTHER, "label": label, "other": True}
                continue
            if choice.name in options or not choice.name:
                self.leave("xlsform_choice_left_out", choice.name, choice.row.where(headers.NAME))
                continue
            option: Plain = {"value": choice.name, "label": self.choice_texts(choice)}
            options[choice.name] = option
            if other and choice.name == OTHER:
                option["other"] = True
            option["media"] = self.media(choice.row)
            known = ("label", "media", "name", "list name")
            fields = {path[0]: cell.text for path, cell in choice.row.cells.items() if path[0] not in known}
            option["fields"] = {**fields, "name": choice.name} if by_name else fields
            self.places[id(option)] = choice.row.where(headers.NAME)
        return list(options.values())

    def filter_fields(self, list_name: str) -> set[str]:
        """Return the columns that filters of this list look at."""
        found: set[str] = set()
        for element in self.form.walk():
            text = element.row.text(headers.CHOICE_FILTER)
            if text and element.type.list_name == list_name:
                try:
                    node = translate_xlsform(tidy(text), choice_filter=True)
                except ExpressionError:
                    continue  # it is said where the question is converted
                found |= {one.name for one in walk(node) if isinstance(one, FieldOf)}
        return found

    def choice_texts(self, choice: Choice) -> dict[str, str]:
        """Return the label of a choice by language."""
        return self.row_texts(choice.row, headers.LABEL) if choice.row is not None else {}

    # Words and expressions

    def texts(self, element: Element, path: headers.Path) -> dict[str, str]:
        """Return words of a row by language."""
        return self.row_texts(element.row, path)

    def row_texts(self, row: Row, path: headers.Path) -> dict[str, str]:
        """Return words by language; those without one give way to those in the default language."""
        texts: dict[str, str] = {}
        for rest, cell in row.below(path):
            if len(rest) <= 1:
                tag = self.tags[rest[0] if rest else UNTAGGED]
                if rest or tag not in texts:
                    texts[tag] = renamed_text(cell.text, self.names.found)
        return texts

    def media(self, row: Row) -> list[Plain]:
        """Return the pictures, sounds and films of a row."""
        media: dict[str, dict[str, str]] = {}
        for rest, cell in row.below(("media",)):
            kind, language = rest[0], rest[1] if len(rest) > 1 else UNTAGGED
            if kind in _MEDIA:
                media.setdefault(kind, {})[self.tags[language]] = cell.text
            else:
                self.leave("xlsform_media_left_out", kind, row.at(cell.column))
        return [{"kind": kind, "source": media[kind]} for kind in _MEDIA if kind in media]

    def condition(self, element: Element, path: headers.Path) -> bool | str:
        """Return yes, no or an expression."""
        text = element.row.text(path)
        if is_yes(text):
            return True
        return False if not text or text in NO else self.expression(element, path)

    def expression(self, element: Element, path: headers.Path, *, choice_filter: bool = False) -> str:
        """Return an expression in the language of definitions, "" when it cannot be carried over."""
        text = tidy(element.row.text(path))
        if not text:
            return ""
        text = {"yes": "true()", "no": "false()"}.get(text.lower(), text)
        try:
            plain = references_as_plain(text, self.names.found)
            return to_text(renamed(translate_xlsform(plain, choice_filter=choice_filter), self.names.found))
        except ExpressionError as error:
            self.leave("xlsform_expression", str(error.values.get("what") or text[:80]), element.row.where(path))
            return ""

    def default(self, element: Element) -> str:
        """Return the default as an expression: a word, a number, or what works it out."""
        text = tidy(element.row.text(headers.DEFAULT))
        if not text:
            return ""
        if is_calculated(text, element.type.kind):
            return self.expression(element, headers.DEFAULT)
        number = decimal_of(text) if element.type.kind in _NUMBERS else None
        return to_text(Literal(text if number is None else number))

    # What is left out

    def leave(self, code: str, what: str, where: Where) -> None:
        """Say once that something is left out."""
        self.left_out[Unsupported(code, what, where)] = None

    def columns(self, element: Element) -> None:
        """Say what else stands in the row, once for each column."""
        for path, cell in element.row.cells.items():
            if not any(path[: len(known)] == known for known in _CARRIED):
                known = headers.known_path(headers.SURVEY, path)
                code = "xlsform_attribute_left_out" if known else "xlsform_column_unknown"
                if cell.column.heading not in self.columns_left:
                    self.columns_left.add(cell.column.heading)
                    self.leave(code, cell.column.heading, element.row.at(cell.column))
