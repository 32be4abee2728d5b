"""Expressions of questionnaires written in the part of XPath that XLSForm has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from surveys.definition.expressions import Node
from surveys.definition.expressions.tree import (
    LEVEL_OF,
    LEVELS,
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Reference,
)

Names = Mapping[str, str]
"""Under which name the form has what an expression reads, where it is not the same."""

_FUNCTIONS: Mapping[str, str] = {
    "lower": "lower-case",
    "upper": "upper-case",
    "format_date": "format-date-time",
}


def to_xpath(node: Node, names: Names) -> str:
    """Write an expression with the fewest brackets; strings with both quotation marks are put together by concat()."""
    return _written(node, names, 0)


def _written(node: Node, names: Names, level: int) -> str:
    if isinstance(node, Literal):
        return quoted(node.value) if isinstance(node.value, str) else f"{node.value:f}"
    if isinstance(node, Reference):
        return f"${{{names.get(node.name, node.name)}}}"
    if isinstance(node, FieldOf):
        return node.name
    if isinstance(node, Negation):
        return f"-{_written(node.operand, names, len(LEVELS))}"
    if isinstance(node, Call):
        return _call(node, names, level)
    if isinstance(node, Chain):
        own = LEVEL_OF[node.rest[0][0]]
        text = _written(node.first, names, own + 1)
        for operator, operand in node.rest:
            text += f" {operator} {_written(operand, names, own + 1)}"
        return f"({text})" if own < level else text
    return "."


def _call(node: Call, names: Names, level: int) -> str:
    special: Mapping[str, Callable[[], str]] = {
        "answered": lambda: _compared(node, names, level, ("!=", Literal(""))),
        "between": lambda: _compared(node, names, level, (">=", node.arguments[1]), ("<=", node.arguments[2])),
        "choice_label": lambda: _choice_name(node, names),
        "position": lambda: "position(..)",
    }
    if node.function in special:
        return special[node.function]()
    name = _FUNCTIONS.get(node.function, node.function.replace("_", "-"))
    return f"{name}({', '.join(_written(argument, names, 0) for argument in node.arguments)})"


def _compared(node: Call, names: Names, level: int, *tests: tuple[str, Node]) -> str:
    parts: list[Node] = [Chain(node.arguments[0], (test,)) for test in tests]
    whole = parts[0] if len(parts) == 1 else Chain(parts[0], tuple(("and", part) for part in parts[1:]))
    return _written(whole, names, level)


def _choice_name(node: Call, names: Names) -> str:
    """The second argument names the question in quotation marks, as the format has it."""
    value = _written(node.arguments[0], names, 0)
    return f"jr:choice-name({value}, '{_written(node.arguments[-1], names, 0)}')"


def quoted(text: str) -> str:
    """Write a string; XPath has no way to write a quotation mark inside its own kind."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    pieces = [f"'{piece}'" for piece in text.split("'")]
    return "concat(" + ', "\'", '.join(pieces) + ")"
