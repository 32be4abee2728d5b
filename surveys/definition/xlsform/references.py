"""Names of questions inside other cells: `${name}`, `${last-saved#name}`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

# As https://www.w3.org/TR/xml-names/#NT-NCName has it, in Python's words: a letter or underscore of any script, then
# letters, digits, marks, "_", "-" and ".".
_PART = r"[^\W\d][\w\u00b7.-]*"
NAME = re.compile(rf"{_PART}(?::{_PART})?")
# `${}` is text: the converter leaves it alone.
_OPENED = re.compile(r"\$\{(?!\})(?P<inside>[^}]*)(?P<closed>\}?)")
_INSIDE = re.compile(rf"(?:last-saved#)?(?P<name>{_PART})")


def is_name(text: str) -> bool:
    """Say whether a question, group or repeat may be called so."""
    return NAME.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Say whether the text is one reference and nothing else."""
    found = _OPENED.fullmatch(text)
    return found is not None and bool(found["closed"]) and _INSIDE.fullmatch(found["inside"]) is not None


def references(text: str) -> Iterator[str | None]:
    """Yield the names a text refers to, None for a reference that is not well formed."""
    for found in _OPENED.finditer(text):
        inside = _INSIDE.fullmatch(found["inside"]) if found["closed"] else None
        yield inside["name"] if inside else None


def reference_problems(text: str, names: Counter[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what is wrong with the references of a text; `names` counts how often each name is used in the form."""
    for name in references(text):
        if name is None:
            yield "xlsform_reference_malformed", {"text": text[:80]}
        elif not names[name]:
            yield "xlsform_reference_unknown", {"name": name}
        elif names[name] > 1:
            yield "xlsform_reference_ambiguous", {"name": name}
