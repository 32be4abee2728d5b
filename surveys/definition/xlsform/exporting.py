"""A definition as an XLSForm (.xlsx), and what the format cannot hold.

Pages are groups shown at once (field-list), matrices are groups shown as a table. What a form made of `convert` holds
comes back the same when it is read again; everything else is written as near as the format allows and listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engage.spreadsheets import add_row, add_sheet, book_bytes, new_book
from surveys.definition import expressions, model
from surveys.definition.expressions.tree import Literal
from surveys.definition.pointers import escaped
from surveys.definition.xlsform.checking import is_calculated
from surveys.definition.xlsform.languages import UNDETERMINED
from surveys.definition.xlsform.lists import OTHER
from surveys.definition.xlsform.naming import Names, renamed_text
from surveys.definition.xlsform.xpath import to_xpath

Line = dict[str, str]
"""A row of a sheet: headings and what stands below them."""

_TYPES: Mapping[str, str] = {
    "single": "select_one",
    "multiple": "select_multiple",
    "ranking": "rank",
    "date": "date",
    "time": "time",
    "datetime": "dateTime",
    "text": "text",
    "long_text": "text",
    "phone": "phone number",
    "location": "geopoint",
    "photo": "image",
    "slider": "range",
    "rating": "range",
    "nps": "range",
    "calculation": "calculate",
    "note": "note",
    "consent": "acknowledge",
    "declaration": "acknowledge",
    "hidden": "hidden",
    "email": "text",
    "region": "text",
}
_INEXACT = frozenset(("nps", "declaration", "email", "region"))
_META = frozenset(
    ["start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email"]
)
_EMAIL = r"regex(., '^[^@ ]+@[^@ ]+$')"
_ORDER = (
    "type", "name", "label", "hint", "media::image", "media::audio", "media::video", "required", "required_message",
    "relevant", "constraint", "constraint_message", "calculation", "default", "readonly", "appearance", "choice_filter",
    "parameters", "repeat_count",
)  # fmt: skip
# Properties with no column, by the name in the definition; they are listed where they are set.
_LOST = (
    "modes", "mode_texts", "fixed", "personal", "randomise_rows", "unit", "low_label", "high_label", "max_length",
    "max_files", "max_bytes", "parameter", "add_label",
)  # fmt: skip


@dataclass(frozen=True)
class Lost:
    """What the form does not hold: a property, and the JSON Pointer of the part it is set at."""

    path: str
    what: str


@dataclass
class Exported:
    """The workbook as bytes, and what it does not hold."""

    content: bytes
    lost: list[Lost]


def export(definition: model.Definition) -> Exported:
    """Write a definition as an XLSForm workbook."""
    sheets, lost = sheets_of(definition)
    return Exported(_workbook(sheets), lost)


def sheets_of(definition: model.Definition) -> tuple[dict[str, list[Line]], list[Lost]]:
    """Return the rows of the sheets survey, choices and settings, and what they do not hold."""
    writer = _Writer(definition)
    return writer.sheets(), writer.lost


@dataclass
class _Writer:
    definition: model.Definition
    lost: list[Lost] = field(default_factory=list)
    survey: list[Line] = field(default_factory=list)
    choices: list[Line] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)

    def sheets(self) -> dict[str, list[Line]]:
        """Return the sheets with their rows."""
        self.rows: dict[str, str] = {}
        names = Names(set(self.definition.by_name) | {page.name for page in self.definition.pages})
        for question in self.definition.questions:
            for row, part in zip(question.rows, model.parts_of(self.definition, question), strict=False):
                self.rows[part] = names.give(row.value)
        self.names = names
        for name, options in self.definition.lists.items():
            self._list(name, options, f"/lists/{escaped(name)}")
        for number, page in enumerate(self.definition.pages):
            self._page(page, f"/pages/{number}")
        self._whole()
        return {"survey": self.survey, "choices": self.choices, "settings": [self._settings()]}

    def _whole(self) -> None:
        for name in ("introduction", "closing", "ballots", "quotas"):
            if getattr(self.definition, name):
                self.lost.append(Lost(f"/{name}", name))
        if self.definition.settings != model.Settings():
            self.lost.append(Lost("/settings", "settings"))
        if set(self.definition.title) - {self.definition.languages[0]}:
            self.lost.append(Lost("/title", "title"))

    def _settings(self) -> Line:
        first = self.definition.languages[0]
        settings = {
            "form_title": self.definition.title.get(first, ""),
            "form_id": self.definition.name,
            "version": self.definition.version,
            "default_language": "" if first == UNDETERMINED else first,
        }
        return {heading: text for heading, text in settings.items() if text}

    # Structure

    def _page(self, page: model.Page, path: str) -> None:
        name = page.name if page.name not in self.definition.by_name else self.names.give(page.name)
        line = {"type": "begin group", "name": name, "appearance": "field-list"}
        line |= self._texts("label", page.title) | self._texts("hint", page.help)
        line["relevant"] = self._expression(page.relevant)
        self.survey.append(line)
        self._lost_of(page, path)
        if page.randomise != "none":
            self.lost.append(Lost(path, "randomise"))
        self._items(page.items, path)
        self.survey.append({"type": "end group"})

    def _items(self, items: Sequence[model.Group | model.Repeat | model.Question], path: str) -> None:
        for number, item in enumerate(items):
            here = f"{path}/items/{number}"
            self._lost_of(item, here)
            if isinstance(item, model.Question):
                self._question(item, here)
            else:
                self._section(item, here)

    def _section(self, item: model.Group | model.Repeat, path: str) -> None:
        kind = item.type
        line = {"type": f"begin {kind}", "name": item.name, "appearance": item.appearance}
        line |= self._texts("label", item.label) | self._texts("hint", item.help) | self._media(item.media, path)
        line["relevant"] = self._expression(item.relevant)
        if isinstance(item, model.Repeat):
            line["repeat_count"] = self._expression(item.count)
            if item.minimum != 0 or item.maximum != model.Repeat.model_fields["maximum"].default:
                self.lost.append(Lost(path, "minimum and maximum"))
        if item.randomise != "none":
            self.lost.append(Lost(path, "randomise"))
        self.survey.append(line)
        self._items(item.items, path)
        self.survey.append({"type": f"end {kind}"})

    def _matrix(self, question: model.Question, path: str) -> None:
        appearance = question.appearance
        if "table-list" not in appearance.split():
            appearance = f"{appearance} table-list".strip()
        line = {"type": "begin group", "name": question.name, "appearance": appearance}
        line |= self._texts("label", question.label) | self._texts("hint", question.help)
        line |= self._media(question.media, path) | {"relevant": self._expression(question.relevant)}
        self.survey.append(line)
        for row in question.rows:
            name = self.rows[f"{question.name}.{row.value}"]
            child = {"type": f"select_one {self._list_of(question, path)}", "name": name}
            child |= self._texts("label", row.label) | self._media(row.media, path)
            child |= {"relevant": self._expression(row.relevant), "required": self._condition(question.required)}
            self.survey.append(child | self._texts("required_message", question.required_message))
        self.survey.append({"type": "end group"})

    # Questions

    def _question(self, question: model.Question, path: str) -> None:
        if question.type == "matrix":
            self._matrix(question, path)
            return
        line = {"type": self._type(question, path), "name": question.name, "appearance": question.appearance}
        line |= self._texts("label", question.label) | self._texts("hint", question.help)
        line |= self._media(question.media, path)
        line |= self._texts("required_message", question.required_message)
        line |= self._texts("constraint_message", question.constraint_message)
        line["required"] = self._condition(question.required)
        line["relevant"] = self._expression(question.relevant)
        line["constraint"] = " and ".join(f"({one})" if " or " in one else one for one in self._constraints(question))
        line["default"] = self._default(question, path)
        line["readonly"] = "yes" if question.read_only else ""
        line["calculation"] = self._expression(question.calculation)
        if question.type == "calculation" and not line["calculation"]:
            line["calculation"] = "''"
        line["choice_filter"] = self._expression(question.choice_filter)
        line["parameters"] = " ".join(self._parameters(question, path))
        if question.type == "rating":
            line["appearance"] = "rating"
        if question.type == "long_text" and "multiline" not in question.appearance:
            line["appearance"] = f"{question.appearance} multiline".strip()
        if question.type in _INEXACT or (question.type == "location" and question.precision == "tile"):
            self.lost.append(Lost(path, question.type))
        self.survey.append(line)

    def _type(self, question: model.Question, path: str) -> str:
        if question.type == "number":
            is_percentage = question.integer and (question.minimum, question.maximum) == (0, 100)
            return "percentage" if is_percentage else "integer" if question.integer else "decimal"
        if question.type == "file":
            kinds = {one.split("/")[0] for one in question.accept}
            return kinds.pop() if kinds in ({"audio"}, {"video"}) else "file"
        if question.type == "meta" and question.meta in _META:
            return question.meta
        if question.type not in _TYPES:
            self.lost.append(Lost(path, question.type))
            return "hidden"
        if question.type in ("single", "multiple", "ranking"):
            other = any(option.other and option.value == OTHER for option in question.options)
            return f"{_TYPES[question.type]} {self._list_of(question, path)}" + (" or_other" if other else "")
        return _TYPES[question.type]

    def _constraints(self, question: model.Question) -> Iterator[str]:
        if question.constraint:
            yield self._expression(question.constraint)
        if question.type == "email":
            yield _EMAIL
        if question.type == "number" and not (question.integer and (question.minimum, question.maximum) == (0, 100)):
            for sign, end in ((">=", question.minimum), ("<=", question.maximum)):
                if end is not None:
                    yield f". {sign} {end}"
        for sign, count in ((">=", question.min_chosen), ("<=", question.max_chosen)):
            if count is not None:
                yield f"count-selected(.) {sign} {count}"

    def _parameters(self, question: model.Question, path: str) -> Iterator[str]:
        if question.type in ("slider", "rating", "nps"):
            ends = {"start": question.minimum, "end": question.maximum, "step": question.step}
            usual = {"start": 0, "end": 10, "step": 1} if question.type == "nps" else {"start": 1, "end": 10, "step": 1}
            for name, usually in usual.items():
                yield f"{name}={usually if ends[name] is None else ends[name]}"
        if question.randomise == "shuffle":
            yield "randomize=true"
        elif question.randomise != "none":
            self.lost.append(Lost(path, "randomise"))

    def _default(self, question: model.Question, path: str) -> str:
        if not question.default:
            return ""
        node = expressions.parse(question.default)
        if isinstance(node, Literal):
            text = node.value if isinstance(node.value, str) else f"{node.value:f}"
            if not is_calculated(text, question.type):
                return text
        text = to_xpath(node, self.rows)
        if not is_calculated(text, question.type):
            self.lost.append(Lost(path, "default"))
            return ""
        return text

    # Lists

    def _list_of(self, question: model.Question, path: str) -> str:
        if question.list:
            return self.lists[question.list]
        key = f"{question.name} of {path}"
        if key not in self.lists:
            self._list(key, question.options, f"{path}/options", wanted=question.name)
        return self.lists[key]

    def _list(self, key: str, options: Sequence[model.Option], path: str, wanted: str = "") -> None:
        """Write a list under a name without spaces that no other list has."""
        plain = re.sub(r"\s", "_", wanted or key)
        name, number = plain, 1
        while name in self.lists.values():
            number += 1
            name = f"{plain}_{number}"
        self.lists[key] = name
        for place, option in enumerate(options):
            line = {"list_name": name, "name": option.value} | self._texts("label", option.label)
            line |= self._media(option.media, path)
            line |= {column: text for column, text in option.fields.items() if column not in ("name", "list_name")}
            self.choices.append(line)
            for what in ("exclusive", "fixed", "relevant", "modes"):
                if getattr(option, what):
                    self.lost.append(Lost(f"{path}/{place}", what))
            if option.other and (option.value != OTHER or not wanted):
                self.lost.append(Lost(f"{path}/{place}", "other"))

    # Words and expressions

    def _texts(self, heading: str, texts: Mapping[str, str]) -> Line:
        return {
            heading if language == UNDETERMINED else f"{heading}::{language}": renamed_text(text, self.rows)
            for language, text in texts.items()
            if text
        }

    def _media(self, media: Sequence[model.Media], path: str) -> Line:
        line: Line = {}
        for one in media:
            line |= self._texts(f"media::{one.kind}", one.source)
            self.lost += [Lost(path, name) for name in ("alt", "transcript") if getattr(one, name)]
        return line

    def _condition(self, condition: bool | str) -> str:
        if isinstance(condition, bool):
            return "yes" if condition else ""
        return self._expression(condition)

    def _expression(self, text: str) -> str:
        return to_xpath(expressions.parse(text), self.rows) if text else ""

    def _lost_of(self, part: model.Part, path: str) -> None:
        for name in _LOST:
            if name in type(part).model_fields and getattr(part, name) != type(part).model_fields[name].default:
                self.lost.append(Lost(path, name))


def _workbook(sheets: Mapping[str, Sequence[Line]]) -> bytes:
    book = new_book()
    for name, lines in sheets.items():
        headings = headings_of(name, lines)
        sheet = add_sheet(book, name, heads=[headings])
        for line in lines:
            add_row(sheet, [line.get(heading, "") for heading in headings])
    return book_bytes(book)


def headings_of(name: str, lines: Sequence[Line]) -> list[str]:
    """Return the headings that anything stands below: known ones first, each with its languages behind it."""
    first = {"survey": ("type", "name", "label"), "choices": ("list_name", "name", "label"), "settings": ()}[name]
    used = dict.fromkeys([*first, *(heading for line in lines for heading, text in line.items() if text)])
    if any(heading.startswith("label::") for heading in used) and not any(line.get("label") for line in lines):
        used.pop("label", None)

    def place(heading: str) -> int:
        if name != "survey":
            return 0
        return next((at for at, known in enumerate(_ORDER) if heading == known or heading.startswith(f"{known}::")), 99)

    return sorted(used, key=place)
