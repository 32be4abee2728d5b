"""Which answers say who somebody is, and how they are kept apart from the others; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from surveys.definition import expressions
from surveys.definition.answers import OTHER
from surveys.definition.model import Definition

PERSONAL_TYPES = frozenset({"email", "phone", "file", "photo"})


def private_names(definition: Definition) -> frozenset[str]:
    """Return the names of questions that say who somebody is.

    These are the ones marked personal, those for contact, files and exact points, and what is calculated from them.
    """
    found = {
        question.name
        for question in definition.questions
        if question.personal or question.type in PERSONAL_TYPES or question.precision == "point"
    }
    read_by = {
        question.name: {name.partition(".")[0] for name in names} | names
        for question in definition.questions
        if question.calculation
        for names in [expressions.references(expressions.parse(question.calculation))]
    }
    while more := {name for name, names in read_by.items() if name not in found and found & names}:
        found |= more
    return frozenset(found)


def apart(answers: Mapping[str, Any], names: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split answers into what is open and what is private; both keep the shape of repeats, row by row."""
    open_part: dict[str, Any] = {}
    private_part: dict[str, Any] = {}
    for name, value in answers.items():
        if name.removesuffix(OTHER) in names:
            private_part[name] = value
        elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
            rows = [apart(row, names) for row in value]
            open_part[name] = [row for row, _ in rows]
            if any(own for _, own in rows):
                private_part[name] = [own for _, own in rows]
        else:
            open_part[name] = value
    return open_part, private_part


def joined(answers: Mapping[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    """Put both parts together again: `joined(*apart(answers, names)) == answers`."""
    whole = dict(answers)
    for name, value in private.items():
        rows = whole.get(name)
        if isinstance(rows, list) and isinstance(value, list) and all(isinstance(row, Mapping) for row in rows):
            whole[name] = [joined(row, own) for row, own in zip(rows, value, strict=True)]
        else:
            whole[name] = value
    return whole
