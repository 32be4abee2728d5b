"""Pure decisions of the desk of cases: who is named in a note, what a text still lacks, where a list goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LONGEST_SNOOZE = 366
# A sign before it that belongs to a word makes "@" part of an address.
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])@(?=\S)")
_NAME = re.compile(r"[^\s,.;:!?，。；：！？、（）()]{1,40}")
PLACES = ("reference", "name", "due", "department")


def find_mentions(text: str, people: Mapping[str, int]) -> tuple[set[int], str]:
    """Return the keys of who is named by "@" and a name, and the first name that is nobody's (empty: none).

    Chinese has no space after a name, so of the names that fit the longest is meant.
    """
    found: set[int] = set()
    low = {name.casefold(): key for name, key in people.items() if name}
    names = sorted(low, key=len, reverse=True)
    for at in _AT.finditer(text):
        rest = text[at.end() :].casefold()
        name = next((one for one in names if rest.startswith(one)), None)
        if name is None:
            match = _NAME.match(text, at.end())
            return found, match[0] if match else text[at.end() : at.end() + 1]
        found.add(low[name])
    return found, ""


def places_filled(text: str, values: Mapping[str, str]) -> str:
    """Fill in the places of a piece of text that are known; the others stay as they are written."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@dataclass(frozen=True)
class Cursor:
    """Where a page of a list begins: after the row of these values, or (`back`) ends before it."""

    key: int
    day: date | None = None
    back: bool = False

    def __str__(self) -> str:
        parts = ["b" if self.back else "a", str(self.key), *([self.day.isoformat()] if self.day else [])]
        return "_".join(parts)


def read_cursor(raw: str, *, dated: bool) -> Cursor | None:
    """Read a cursor from an address; None for the first page and for whatever is no cursor of such a list."""
    match = re.fullmatch(r"([ab])_(\d{1,18})(?:_(\d{4}-\d{2}-\d{2}))?", raw, re.ASCII)
    if match is None or bool(match[3]) != dated:
        return None
    try:
        day = date.fromisoformat(match[3]) if match[3] else None
    except ValueError:
        return None
    return Cursor(int(match[2]), day, match[1] == "b")
