"""What an author does to a questionnaire: pages and items are put in, written anew, moved, copied and taken out.

Every function returns the whole document afterwards and leaves the definition as it is. The document is not checked
here: `model.parse` says what is wrong with it. Pages go by their names; so do groups, repeats and questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

from surveys.definition import expressions, model
from surveys.definition.xlsform.naming import Names, renamed_text

Document = dict[str, Any]
Kind = Literal["page", "item"]
Step = Literal[-1, 1]


class NotThere(LookupError):
    """No page or item has this name."""


def add_page(definition: model.Definition, page: Mapping[str, Any]) -> Document:
    """Put a page at the end."""
    document = _document(definition)
    document["pages"].append(dict(page))
    return document


def add_item(definition: model.Definition, item: Mapping[str, Any], *, into: str, kind: Kind = "page") -> Document:
    """Put an item at the end of a page (`kind` "page") or of a group or repeat ("item"). Raises NotThere."""
    document = _document(definition)
    put(document, item, into=into, kind=kind)
    return document


def put(document: Document, item: Mapping[str, Any], *, into: str, kind: Kind = "page") -> None:
    """Put an item at the end of a page or group of a document, in place. Raises NotThere."""
    siblings, index = _place(document, kind, into)
    siblings[index].setdefault("items", []).append(dict(item))


def part_of(document: Document, kind: Kind, name: str) -> Document:
    """Return a page or item of a document. Raises NotThere."""
    siblings, index = _place(document, kind, name)
    part: Document = siblings[index]
    return part


def write(definition: model.Definition, kind: Kind, name: str, part: Mapping[str, Any]) -> Document:
    """Put other properties in the place of a page or item; what it holds stays. Raises NotThere."""
    document = _document(definition)
    siblings, index = _place(document, kind, name)
    held = siblings[index].get("items")
    siblings[index] = {**part, **({"items": held} if held is not None else {})}
    return document


def move(definition: model.Definition, kind: Kind, name: str, step: Step) -> Document:
    """Move a page or item one place up (-1) or down (1).

    At the edge of a group an item leaves it; at the edge of a page it goes over to the next one. At the very end it
    stays. Raises NotThere.
    """
    document = _document(definition)
    siblings, index = _place(document, kind, name)
    target = index + step
    if 0 <= target < len(siblings):
        siblings[index], siblings[target] = siblings[target], siblings[index]
    elif kind == "item":
        _move_out(document, definition.by_name[name], siblings, index, step)
    return document


def move_to(
    definition: model.Definition, kind: Kind, name: str, *, before: str = "", into: str = "", holder: Kind = "page"
) -> Document:
    """Put a page or item in front of another one (`before`), else at the end.

    An item goes to the end of the page (`holder` "page") or of the group or repeat ("item") that `into` names. Raises
    NotThere, also for a place within what is moved.
    """
    document = _document(definition)
    siblings, index = _place(document, kind, name)
    if before == name:
        return document
    moved = siblings.pop(index)
    if before:
        others, target = _place(document, kind, before)
    elif kind == "page":
        others, target = document["pages"], len(document["pages"])
    else:
        around, place = _place(document, holder, into)
        others = around[place].setdefault("items", [])
        target = len(others)
    others.insert(target, moved)
    return document


def copy(definition: model.Definition, kind: Kind, name: str) -> Document:
    """Put a copy right after a page or item; what is in it gets names of its own. Raises NotThere.

    Conditions in the copy that read something copied read the copy.
    """
    document = _document(definition)
    siblings, index = _place(document, kind, name)
    twin = deepcopy(siblings[index])
    rename(twin, renamings(definition, twin, kind, Names(names_of(definition))))
    if kind == "page":
        twin["name"] = free_name(definition, name, "page")
    siblings.insert(index + 1, twin)
    return document


def remove(definition: model.Definition, kind: Kind, name: str) -> Document:
    """Take a page or item out, with all it holds. Raises NotThere."""
    document = _document(definition)
    siblings, index = _place(document, kind, name)
    del siblings[index]
    return document


def pointer(document: Document, name: str, kind: Kind = "item") -> str:
    """Return the JSON Pointer (RFC 6901) of a page or item in a document. Raises NotThere."""
    waiting = [(f"/pages/{number}", page) for number, page in enumerate(document["pages"])]
    if kind == "item":
        waiting = [(path, item) for above, page in waiting for path, item in _below(above, page)]
    while waiting:
        path, part = waiting.pop(0)
        if part["name"] == name:
            return path
        if kind == "item":
            waiting += _below(path, part)
    raise NotThere(name)


def _below(path: str, part: Document) -> list[tuple[str, Any]]:
    return [(f"{path}/items/{number}", item) for number, item in enumerate(part.get("items", []))]


def free_name(definition: model.Definition, wanted: str, kind: Kind = "item") -> str:
    """Return a name like the wanted one that no page, or no item, has yet."""
    if kind == "page":
        return Names({page.name for page in definition.pages}).give(wanted)
    return Names(names_of(definition)).give(wanted)


def names_of(definition: model.Definition) -> set[str]:
    """Every name that expressions of a definition may read, and those of groups."""
    parts = {part for entry in definition.entries for part in model.parts_of(definition, entry.item)}
    return {*definition.by_name, *parts, *(ballot.name for ballot in definition.ballots)}


def readers_of(definition: model.Definition, name: str) -> tuple[str, ...]:
    """Names of pages, items and quotas whose expressions read an item, in the order of the document."""
    entry = definition.by_name.get(name)
    read = {name, *(model.parts_of(definition, entry.item) if entry is not None else ())}
    parts: list[Any] = [*definition.pages, *(one.item for one in definition.entries), *definition.quotas]
    return tuple(part.name for part in parts if part.name != name and read & _references(part))


def _references(part: model.Part) -> set[str]:
    found: set[str] = set()
    for _property, text in model.expressions_of(part):
        found |= expressions.references(expressions.parse(text))
    return found


def _document(definition: model.Definition) -> Document:
    document = model.dump(definition)
    document.setdefault("pages", [])
    return document


def _place(document: Document, kind: Kind, name: str) -> tuple[list[Any], int]:
    """The list in which a page or item stands, and where in it."""
    lists = [document["pages"]] if kind == "page" else [page.get("items", []) for page in document["pages"]]
    while lists:
        siblings = lists.pop(0)
        for index, part in enumerate(siblings):
            if part["name"] == name:
                return siblings, index
            if kind == "item":
                lists.append(part.get("items", []))
    raise NotThere(name)


def _move_out(document: Document, entry: model.Entry, siblings: list[Any], index: int, step: Step) -> None:
    if entry.above:
        around, place = _place(document, "item", entry.above[-1].name)
        around.insert(place + max(step, 0), siblings.pop(index))
        return
    page = entry.page + step
    if 0 <= page < len(document["pages"]):
        others = document["pages"][page].setdefault("items", [])
        others.insert(len(others) if step < 0 else 0, siblings.pop(index))


def within(part: Document, kind: Kind) -> list[Document]:
    """List the items of a page, or an item with all that it holds, as JSON has them."""
    found = [] if kind == "page" else [part]
    for item in part.get("items", []):
        found += within(item, "item")
    return found


def renamings(definition: model.Definition, part: Document, kind: Kind, names: Names) -> dict[str, str]:
    """Give every item of a part of `definition` a free name; also what expressions read of it has the new one."""
    found: dict[str, str] = {}
    for item in within(part, kind):
        old, new = item["name"], names.give(item["name"])
        found[old] = new
        for read in model.parts_of(definition, definition.by_name[old].item):
            found[read] = new + read.removeprefix(old)
    return found


def rename(part: Document, names: Mapping[str, str]) -> None:
    """Give items their new names, and let expressions and words read them."""
    for item in within(part, "item"):
        item["name"] = names.get(item["name"], item["name"])
        for field, value in item.items():
            if field not in ("name", "items"):
                item[field] = reading(value, names)


def reading(value: Any, names: Mapping[str, str]) -> Any:
    """Return JSON whose expressions and words read items under their new names."""
    if isinstance(value, str):
        return renamed_text(value, names)
    if isinstance(value, list):
        return [reading(one, names) for one in value]
    if isinstance(value, dict):
        return {key: reading(one, names) for key, one in value.items()}
    return value
