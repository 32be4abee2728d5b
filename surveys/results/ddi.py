"""A version as DDI-Codebook 2.5 (XML), the standard of data archives; no Django.

Source: DDI Alliance, DDI-Codebook 2.5 (https://ddialliance.org/Specification/DDI-Codebook/2.5/), schema `codebook.xsd`,
namespace `ddi:codebook:2_5`. Variables are the columns of the CSV under their names there, categories its values.
What is asked and has no column (what says who somebody is, what stands in repeats) is there, too, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from surveys.answering.private import private_names
from surveys.definition.answers import MISSING, MISSING_MODES, bounds, plain
from surveys.definition.model import FILE_TYPES, UNASKED_TYPES, Definition, Entry, Question, Texts
from surveys.results.layout import Column, layout_of

NAMESPACE = "ddi:codebook:2_5"
SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# Characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets); a text may have them.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOMAINS: Mapping[str, str] = {
    "coded": "category", "mask": "multiple", "number": "numeric", "date": "datetime", "text": "text", "words": "text",
}  # fmt: skip
_GROUPS: Mapping[str, str] = {"multiple": "multipleResp", "matrix": "grid"}

Words = Mapping[str, Texts]
"""The platform's own words by language. Keys: chosen, not_chosen, yes, no, own_words, number_of_files, in_repeat,
private, the MISSING reasons and the modes."""


@dataclass(frozen=True)
class About:
    """What is not in the definition: the key and number of the version, who asks, its address on the web."""

    key: str
    number: int
    producer: str
    url: str


@dataclass(frozen=True)
class _Variable:
    """One `var`: labels, categories as (value, label, is missing), and why it has no column."""

    name: str
    entry: Entry
    kind: str
    label: Texts
    categories: tuple[tuple[str, Texts, bool], ...] = ()
    group: str = ""
    apart: str = ""


def codebook(definition: Definition, about: About, words: Words) -> bytes:
    """Return the codebook as UTF-8 with its declaration."""
    return _Codebook(definition, about, words).written()


class _Codebook:
    def __init__(self, definition: Definition, about: About, words: Words) -> None:
        self.definition, self.about, self.words = definition, about, words
        self.languages = definition.languages
        self.layout = layout_of({about.number: definition})
        self.has_missing = bool(MISSING_MODES & set(definition.settings.modes))

    def written(self) -> bytes:
        root = etree.Element(f"{{{NAMESPACE}}}codeBook", nsmap={None: NAMESPACE, "xsi": _XSI}, version="2.5")
        root.set(_LANG, self.languages[0])
        root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
        self._study(_child(root, "stdyDscr"))
        variables = list(self._variables())
        ids = {id(one): f"V{number}" for number, one in enumerate(variables, start=1)}
        data = _child(root, "dataDscr")
        self._groups(data, variables, ids)
        for one in variables:
            self._variable(data, one, ids[id(one)])
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    # The study

    def _study(self, study: Any) -> None:
        citation = _child(study, "citation")
        titles = _child(citation, "titlStmt")
        said = {code: words for code, words in self.definition.title.items() if words} or {"": self.about.key}
        first = next((code for code in self.languages if code in said), next(iter(said)))
        _child(titles, "titl", said[first], first)
        for code, words in said.items():
            if code != first:
                _child(titles, "parTitl", words, code)
        _child(titles, "IDNo", self.about.key)
        _child(_child(citation, "prodStmt"), "producer", self.about.producer)
        _child(_child(citation, "verStmt"), "version", str(self.about.number))
        holdings = _child(citation, "holdings", self.about.url)
        holdings.set("URI", self.about.url)
        if any(self.definition.introduction.values()):
            self._each(_child(study, "stdyInfo"), "abstract", self.definition.introduction)
        collected = _child(_child(study, "method"), "dataColl")
        for mode in self.definition.settings.modes:
            self._each(collected, "collMode", self.words[mode])

    # Variables

    def _variables(self) -> Iterator[_Variable]:
        columns: dict[str, list[Column]] = {}
        for column in self.layout.columns:
            columns.setdefault(column.question.name, []).append(column)
        private = private_names(self.definition)
        for entry in self.definition.entries:
            question = entry.item
            if not isinstance(question, Question) or question.type == "note":
                continue
            if question.name in columns:
                for column in columns[question.name]:
                    yield from self._of_column(entry, column)
            else:
                apart = "private" if question.name in private else "in_repeat" if entry.repeats else ""
                levels = tuple((option.value, option.words, False) for option in self.definition.options_of(question))
                kind = "text" if not levels else "coded"
                yield _Variable(question.name, entry, kind, self._label(question), levels, apart=apart)

    def _of_column(self, entry: Entry, column: Column) -> Iterator[_Variable]:
        question, label = column.question, self._label(column.question)
        group = question.name if column.part or column.kind == "mask" else ""
        if column.is_other:
            yield _Variable(column.key, entry, "text", self._joined(label, self.words["own_words"]))
        elif column.kind == "mask":
            missing = self._missing(entry)
            marks = (("1", self.words["chosen"], False), ("0", self.words["not_chosen"], False), *missing)
            for level in column.levels:
                words = self._joined(label, level.label or {"": str(level.value)})
                yield _Variable(f"{column.key}.{level.value}", entry, "mask", words, marks, group)
        else:
            if question.type in FILE_TYPES:
                label = self._joined(label, self.words["number_of_files"])
            if column.part:
                label = self._joined(label, column.part_label or {"": column.part})
            levels = tuple(
                (_value(level.value), self._level(level.value, level.label), False) for level in column.levels
            )
            coded = column.kind in ("coded", "number")
            found = (*levels, *(self._missing(entry) if coded else ()))
            yield _Variable(column.key, entry, column.kind, label, found, group)

    def _missing(self, entry: Entry) -> tuple[tuple[str, Texts, bool], ...]:
        question = entry.item
        if not self.has_missing or not isinstance(question, Question) or question.type in UNASKED_TYPES:
            return ()
        return tuple((reason, self.words[reason], True) for reason in MISSING)

    def _level(self, value: Any, label: Texts) -> Texts:
        return label or (self.words["yes" if value else "no"] if isinstance(value, bool) else {})

    def _label(self, question: Question) -> Texts:
        return {code: words for code, words in question.label.items() if words} or {"": question.name}

    def _joined(self, question: Texts, part: Texts) -> Texts:
        codes = [code for code in self.languages if code in question or code in part] or [""]
        return {code: f"{_in(question, code)}: {_in(part, code)}" for code in codes}

    # Elements

    def _groups(self, data: Any, variables: Sequence[_Variable], ids: Mapping[int, str]) -> None:
        """Pages are sections; options of several and rows of a table are groups of their own."""
        made = 0
        for number, page in enumerate(self.definition.pages):
            own = [ids[id(one)] for one in variables if one.entry.page == number]
            if own:
                made += 1
                self._group(data, f"G{made}", "section", page.name, own, page.title)
        names = dict.fromkeys(one.group for one in variables if one.group)
        for name in names:
            own = [ids[id(one)] for one in variables if one.group == name]
            question = self.definition.by_name[name].item
            made += 1
            self._group(data, f"G{made}", _GROUPS.get(question.type, "other"), name, own, question.label)

    def _group(self, data: Any, mark: str, kind: str, name: str, own: Iterable[str], label: Texts) -> None:
        group = _child(data, "varGrp")
        group.set("ID", mark)
        group.set("type", kind)
        group.set("name", name)
        group.set("var", " ".join(own))
        self._each(group, "labl", label)

    def _variable(self, data: Any, one: _Variable, mark: str) -> None:
        """Write one variable, its elements in the order of the schema."""
        question = one.entry.item
        assert isinstance(question, Question)
        is_number = one.kind == "number"
        var = _child(data, "var")
        var.set("ID", mark)
        var.set("name", _clean(one.name))
        var.set("intrvl", "contin" if is_number else "discrete")
        self._each(var, "labl", one.label)
        if question.asked:
            self._question(var, question, one.kind)
        low, high = bounds(question) if is_number and question.type != "constant_sum" else (None, None)
        if low is not None or high is not None:
            span = _child(_child(var, "valrng"), "range")
            span.set("UNITS", "INT" if question.integer else "REAL")
            for name, end in (("min", low), ("max", high)):
                if end is not None:
                    span.set(name, str(plain(end)))
        missing = [value for value, _label, is_missing in one.categories if is_missing]
        if missing:
            invalid = _child(var, "invalrng")
            for value in missing:
                _child(invalid, "item").set("VALUE", value)
        if condition := self._condition(one.entry):
            _child(var, "universe", condition).set("clusion", "I")
        for value, label, is_missing in one.categories:
            category = _child(var, "catgry")
            category.set("missing", "Y" if is_missing else "N")
            _child(category, "catValu", value)
            self._each(category, "labl", label)
        if question.calculation:
            _child(_child(var, "derivation"), "drvcmd", question.calculation)
        shape = _child(var, "varFormat")
        shape.set("type", "numeric" if is_number or one.kind == "mask" else "character")
        if one.kind == "date":
            shape.set("category", "date")
        if one.apart:
            self._each(var, "notes", self.words[one.apart])

    def _question(self, var: Any, question: Question, kind: str) -> None:
        asked = _child(var, "qstn")
        asked.set("responseDomainType", _DOMAINS[kind])
        self._each(asked, "qstnLit", question.label)
        self._each(asked, "ivuInstr", question.help)

    def _condition(self, entry: Entry) -> str:
        """Return who was asked: the conditions of the page, of the groups around it and its own, as written."""
        parts = (self.definition.pages[entry.page], *entry.above, entry.item)
        said = [part.relevant for part in parts if part.relevant]
        return " and ".join(f"({one})" for one in said) if len(said) > 1 else "".join(said)

    def _each(self, parent: Any, name: str, texts: Texts) -> None:
        for code, words in texts.items():
            if words and (not code or code in self.languages):
                _child(parent, name, words, code)


def _in(texts: Texts, code: str) -> str:
    return texts.get(code) or texts.get("") or next((words for words in texts.values() if words), "")


def _value(value: Any) -> str:
    """Return a value as the CSV has it: yes and no are 1 and 0 there."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _child(parent: Any, name: str, text: str = "", code: str = "") -> Any:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        child.text = _clean(text)
    if code:
        child.set(_LANG, code)
    return child
