"""What differs between two versions of a questionnaire, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from surveys.definition import model

What = Literal["questionnaire", "list", "ballot", "quota", "page", "item"]
How = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Property:
    """One property before and after, as JSON says it; None where it has its default."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What became of one part. `name` is empty for the questionnaire itself; only a change has `properties`."""

    what: What
    how: How
    name: str = ""
    properties: tuple[Property, ...] = ()


def compare(before: model.Definition, after: model.Definition) -> tuple[Change, ...]:
    """All that differs: the questionnaire, its lists, ballots and quotas, then its pages and what stands on them.

    Parts are the same where they have the same name. A part whose properties and place both differ is there twice.
    """
    old, new = model.dump(before), model.dump(after)
    own = _properties(old, new, without=("lists", "ballots", "quotas", "pages"))
    found = [Change("questionnaire", "changed", "", own)] if own else []
    old_lists, new_lists = old.get("lists", {}), new.get("lists", {})
    found += _parts("list", _options(old_lists), _options(new_lists))
    found += _parts("ballot", _by_name(old.get("ballots", [])), _by_name(new.get("ballots", [])))
    found += _parts("quota", _by_name(old.get("quotas", [])), _by_name(new.get("quotas", [])))
    old_pages, new_pages = old.get("pages", []), new.get("pages", [])
    found += _parts("page", _by_name(old_pages), _by_name(new_pages))
    found += [Change("page", "moved", name) for name in _moved([_named(old_pages)], [_named(new_pages)])]
    found += _parts("item", _items(old_pages), _items(new_pages))
    found += [Change("item", "moved", name) for name in _moved(list(_rows(old_pages)), list(_rows(new_pages)))]
    return tuple(found)


def _properties(old: Mapping[str, Any], new: Mapping[str, Any], without: Sequence[str] = ()) -> tuple[Property, ...]:
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        Property(name, old.get(name), new.get(name))
        for name in names
        if name not in without and old.get(name) != new.get(name)
    )


def _parts(what: What, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name, part in new.items():
        if name not in old:
            yield Change(what, "added", name)
        elif properties := _properties(old[name], part, without=("items",)):
            yield Change(what, "changed", name, properties)
    yield from (Change(what, "removed", name) for name in old if name not in new)


def _options(lists: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"options": options} for name, options in lists.items()}


def _by_name(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {part["name"]: part for part in parts}


def _named(parts: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    return "", tuple(part["name"] for part in parts)


def _items(holders: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for holder in holders:
        items = holder.get("items", [])
        for item in items:
            found[item["name"]] = item
            found |= _items([item])
    return found


def _rows(holders: Sequence[Mapping[str, Any]], kind: str = "page") -> Iterator[tuple[str, tuple[str, ...]]]:
    """For every page, group and repeat the names that stand in it; pages may have the names of items."""
    for holder in holders:
        items = holder.get("items", [])
        yield f"{kind}:{holder['name']}", tuple(item["name"] for item in items)
        yield from _rows([item for item in items if "items" in item], "item")


def _moved(old: Sequence[tuple[str, tuple[str, ...]]], new: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Names that stand elsewhere: in another holder, or at another place among those that stayed in theirs."""
    before, home = dict(old), {name: holder for holder, names in old for name in names}
    for holder, names in new:
        kept = [name for name in names if home.get(name) == holder]
        stayed = [name for name in before.get(holder, ()) if name in set(kept)]
        in_place = {
            kept[block.b + step]
            for block in SequenceMatcher(None, stayed, kept, autojunk=False).get_matching_blocks()
            for step in range(block.size)
        }
        yield from (name for name in names if name in home and name not in in_place)
