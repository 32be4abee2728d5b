"""Names of a form as names of a definition, where every name is there once and made of plain letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveys.definition.expressions import Node
from surveys.definition.expressions.tree import Call, Chain, Negation, Reference

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_IN_TEXT = re.compile(r"\$\{\s*([^}]+?)\s*\}")


@dataclass
class Names:
    """The names given so far, and under which name others find a row of the form."""

    taken: set[str] = field(default_factory=set)
    found: dict[str, str] = field(default_factory=dict)
    following: dict[str, int] = field(default_factory=dict)
    """The last number behind a name that was wanted more than once: a thousand of one name ask a thousand times."""

    def give(self, wanted: str) -> str:
        """Return a name like the wanted one that nothing has yet."""
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted)
        if not _PLAIN.fullmatch(plain):
            plain = f"_{plain}"
        name, number = plain, self.following.get(plain, 1)
        while name in self.taken:
            number += 1
            name = f"{plain}_{number}"
        self.following[plain] = number
        self.taken.add(name)
        return name


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Return an expression whose references have their names in the definition."""
    if isinstance(node, Reference):
        return replace(node, name=names.get(node.name, node.name))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(renamed(one, names) for one in node.arguments))
    if isinstance(node, Negation):
        return replace(node, operand=renamed(node.operand, names))
    if isinstance(node, Chain):
        rest = tuple((operator, renamed(one, names)) for operator, one in node.rest)
        return replace(node, first=renamed(node.first, names), rest=rest)
    return node


def renamed_text(text: str, names: Mapping[str, str]) -> str:
    """Return words whose piped answers have their names in the definition."""
    return _IN_TEXT.sub(lambda found: "${" + names.get(found[1], found[1]) + "}", text)


def references_as_plain(text: str, names: Mapping[str, str]) -> str:
    """Return an expression that the translator can read: names of other scripts are replaced before it sees them."""
    return _IN_TEXT.sub(
        lambda found: "${" + (found[1] if _PLAIN.fullmatch(found[1]) else names.get(found[1], found[1])) + "}", text
    )
