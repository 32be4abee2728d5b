"""Parts of questionnaires for the library: what is kept of a page, group or question, and how it comes elsewhere.

What is kept is a definition of its own with one page: the page itself, or one that holds the item alone. Its option
lists are with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition import editing, expressions, model
from surveys.definition.editing import Document, Kind
from surveys.definition.xlsform.naming import Names

HOLDER = "kept"
"""Name of the page around an item that is kept."""

_TEXTS = frozenset({
    "title", "label", "help", "required_message", "constraint_message", "unit", "low_label", "high_label", "add_label",
    "source", "alt", "transcript",
})  # fmt: skip
_CONDITIONS = ("relevant", "required", "constraint", "choice_filter", "calculation", "default", "count")


@dataclass(frozen=True)
class TakenOff:
    """A condition that reads what is not there. `option` is the value of an option or row, empty for the part's own."""

    kind: Kind
    name: str
    property: str
    expression: str
    missing: tuple[str, ...]
    option: str = ""


@dataclass(frozen=True)
class Taken:
    """A definition with a kept part in it: the name of the copy, and the conditions that did not come with it."""

    document: Document
    kind: Kind
    name: str
    taken_off: tuple[TakenOff, ...]


def keep(definition: model.Definition, kind: Kind, name: str) -> Document:
    """Return the document that is kept of a page or item; it is not checked. Raises editing.NotThere."""
    whole = model.dump(definition)
    part = editing.part_of(whole, kind, name)
    page = part if kind == "page" else {"name": HOLDER, "items": [part]}
    lists = {item["list"] for item in editing.within(part, kind) if item.get("list")}
    return {
        "format": model.FORMAT,
        "languages": list(definition.languages),
        "lists": {list_name: options for list_name, options in whole.get("lists", {}).items() if list_name in lists},
        "pages": [page],
    }


def kept_part(kept: model.Definition, kind: Kind) -> model.Page | model.Group | model.Repeat | model.Question:
    """Return the page or item that a kept definition is about. Raises editing.NotThere when there is none."""
    page = kept.pages[0] if kept.pages else None
    if page is None or (kind == "item" and not page.items):
        raise editing.NotThere
    return page if kind == "page" else page.items[0]


def take(
    definition: model.Definition, kept: model.Definition, kind: Kind, *, into: str = "", holder: Kind = "page"
) -> Taken:
    """Put a copy of a kept part at the end: a page as the last one, an item into a page (`holder` "page") or group.

    Every item has a free name; conditions and words in the copy read the copy. An option list that the definition has
    with the same options is read, any other comes under a free name. Texts in languages that the definition does not
    have stay behind, unless there are no others. The document is not checked. Raises editing.NotThere.
    """
    name = kept_part(kept, kind).name
    source = model.dump(kept)
    part = source["pages"][0] if kind == "page" else source["pages"][0]["items"][0]
    free = Names(editing.names_of(definition))
    renamings = editing.renamings(kept, part, kind, free)
    editing.rename(part, renamings)
    lists = {list_name: editing.reading(options, renamings) for list_name, options in source.get("lists", {}).items()}
    if not set(definition.languages).isdisjoint(kept.languages):
        _leave(part, definition.languages)
        _leave(lists, definition.languages)
    part["name"] = editing.free_name(definition, name, "page") if kind == "page" else part["name"]
    known = editing.names_of(definition) | set(renamings.values())
    taken_off = tuple(_take_off(part, kind, lists, known))
    document = _with_lists(definition, part, kind, lists)
    if kind == "page":
        document["pages"].append(part)
    else:
        editing.put(document, part, into=into, kind=holder)
    return Taken(document, kind, part["name"], taken_off)


def _leave(value: Any, languages: tuple[str, ...]) -> None:
    """Take out texts in other languages, in place."""
    if isinstance(value, list):
        for one in value:
            _leave(one, languages)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in _TEXTS and isinstance(inner, dict):
                value[key] = {code: words for code, words in inner.items() if code in languages}
            else:
                _leave(inner, languages)


def _take_off(part: Document, kind: Kind, lists: Mapping[str, Any], known: set[str]) -> Iterator[TakenOff]:
    """Take conditions that read unknown names off a part and its lists, in place; yield each of them."""
    parts = editing.within(part, kind)
    for item in [part, *parts] if kind == "page" else parts:
        of: Kind = "page" if kind == "page" and item is part else "item"
        for field in _CONDITIONS:
            if missing := _missing(item.get(field), known):
                yield TakenOff(of, item["name"], field, item.pop(field), missing)
        named = lists.get(item.get("list", ""), ())
        for option in [*item.get("options", ()), *item.get("rows", ()), *named]:
            if missing := _missing(option.get("relevant"), known):
                yield TakenOff(of, item["name"], "relevant", option.pop("relevant"), missing, option["value"])


def _missing(text: Any, known: set[str]) -> tuple[str, ...]:
    if not text or not isinstance(text, str):
        return ()
    return tuple(sorted(expressions.references(expressions.parse(text)) - known))


def _with_lists(definition: model.Definition, part: Document, kind: Kind, lists: Mapping[str, Any]) -> Document:
    """Return the document with the lists of a part, which is let read them under their names there."""
    document = model.dump(definition)
    document.setdefault("pages", [])
    there = document.setdefault("lists", {})
    names = Names(set(there))
    given: dict[str, str] = {}
    for name, options in lists.items():
        if there.get(name) == options:
            given[name] = name
            continue
        given[name] = name if name not in there else names.give(name)
        there[given[name]] = options
    for item in editing.within(part, kind):
        if item.get("list"):
            item["list"] = given[item["list"]]
    return document
