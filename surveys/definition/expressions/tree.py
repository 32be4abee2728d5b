"""What an expression is once it is read. Positions are characters from 0 and do not count for equality."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Union

MAX_LENGTH = 10_000
MAX_NESTING = 40
MAX_NODES = 4_000


class ExpressionError(ValueError):
    """A text that is no expression. `at` is the character, from 0; `values` fill the sentence of `code`.

    Codes: expression_empty, expression_too_long (limit), expression_too_deep (limit), unexpected_character
    (character), unexpected_end, unexpected (found), string_not_closed, unknown_function (name), argument_count (name,
    least, most), unsupported (what), bare_name (name).
    """

    def __init__(self, code: str, at: int, **values: Any) -> None:
        super().__init__(f"{code} at {at}")
        self.code = code
        self.at = at
        self.values: Mapping[str, Any] = values


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or a number as written."""

    value: str | Decimal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`: the answer to a question, a calculated value, or the rows of a repeat."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Self:
    """`.`: the answer to the question at which the expression stands."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """`@name`: a field of the option that a choice filter looks at."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`."""

    function: str
    arguments: tuple["Node", ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """`-operand`."""

    operand: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one level, from the left: `first`, then each (operator, operand). Long sums stay flat."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]
    at: int = field(default=0, compare=False)


Node = Union[Literal, Reference, Self, FieldOf, Call, Negation, Chain]  # noqa: UP007 read before Chain exists

LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
"""Operators, the loosest first."""
LEVEL_OF: Mapping[str, int] = {operator: level for level, operators in enumerate(LEVELS) for operator in operators}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below a node, from the left."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Negation):
        return (node.operand,)
    if isinstance(node, Chain):
        return (node.first, *(operand for _, operand in node.rest))
    return ()


def walk(node: Node) -> Iterator[Node]:
    """All nodes from this one on, each before what is below it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(children(here)))


def references(node: Node) -> frozenset[str]:
    """Names that the expression reads as `${name}`."""
    return frozenset(found.name for found in walk(node) if isinstance(found, Reference))
