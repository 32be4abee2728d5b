"""Tree to text: the one spelling of an expression. `parse(to_text(tree)) == tree` for whatever `parse` gives."""

from surveys.definition.expressions.tree import (
    LEVEL_OF,
    LEVELS,
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Node,
    Reference,
    Self,
)


def to_text(node: Node) -> str:
    """Write an expression with the fewest brackets."""
    return _written(node, 0)


def _written(node: Node, level: int) -> str:
    if isinstance(node, Literal):
        return quoted(node.value) if isinstance(node.value, str) else f"{node.value:f}"
    if isinstance(node, Reference):
        return f"${{{node.name}}}"
    if isinstance(node, FieldOf):
        return f"@{node.name}"
    if isinstance(node, Self):
        return "."
    if isinstance(node, Call):
        return f"{node.function}({', '.join(_written(argument, 0) for argument in node.arguments)})"
    if isinstance(node, Negation):
        return f"-{_written(node.operand, len(LEVELS))}"
    return _chain(node, level)


def _chain(node: Chain, level: int) -> str:
    own = LEVEL_OF[node.rest[0][0]]
    text = _written(node.first, own + 1)
    for operator, operand in node.rest:
        text += f" {operator} {_written(operand, own + 1)}"
    return f"({text})" if own < level else text


def quoted(text: str) -> str:
    """A string of the language: in single marks unless only double ones spare the doubling."""
    mark = '"' if "'" in text and '"' not in text else "'"
    return mark + text.replace(mark, mark * 2) + mark
