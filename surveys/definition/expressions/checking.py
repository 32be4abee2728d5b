"""Whether an expression makes sense for the names it reads: unknown names, kinds that do not fit, patterns.

Only what can never be meant is reported. Answers to choices are often numbers written as text, so they may be summed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition.expressions import patterns
from surveys.definition.expressions.functions import FUNCTIONS, Kind
from surveys.definition.expressions.tree import (
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Node,
    Reference,
    Self,
    children,
)
from surveys.definition.expressions.values import as_date, as_number


@dataclass(frozen=True)
class Problem:
    """What does not fit, at a character of the text. `values` fill the sentence of `code`.

    Codes: unknown_name (name), no_own_value, not_in_filter (name), type_clash (what, expected, found),
    never_equal (expected, value), use_selected (name), zero_division, needs_name (function), and the codes of
    `PatternError` (at in the pattern as pattern_at).
    """

    code: str
    at: int
    values: Mapping[str, Any]


_NUMERIC = frozenset({Kind.ANY, Kind.NUMBER, Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_TAKEN: Mapping[Kind, frozenset[Kind]] = {
    Kind.NUMBER: _NUMERIC | _DAYS,
    Kind.CHOICES: frozenset({Kind.ANY, Kind.CHOICE, Kind.CHOICES, Kind.TEXT}),
    Kind.TEXT: frozenset(Kind) - {Kind.REPEAT, Kind.OTHER},
    Kind.BOOLEAN: frozenset(Kind),
}
"""Kinds of arguments that a function takes for what it asks for."""


def check(
    node: Node, types: Mapping[str, Kind], *, own: Kind | None = None, fields: frozenset[str] | None = None
) -> tuple[Problem, ...]:
    """Look through an expression. `own` is the kind of `.`, `fields` what `@` may name; None where neither stands."""
    checker = _Checker(types, own, fields)
    checker.kind(node)
    return tuple(sorted(checker.problems, key=lambda problem: problem.at))


def kind_of(node: Node, types: Mapping[str, Kind], *, own: Kind | None = None) -> Kind:
    """The kind of value that an expression gives."""
    return _Checker(types, own, None).kind(node)


class _Checker:
    def __init__(self, types: Mapping[str, Kind], own: Kind | None, fields: frozenset[str] | None) -> None:
        self.types = types
        self.own = own
        self.fields = fields
        self.problems: list[Problem] = []

    def report(self, code: str, node: Node, **values: Any) -> None:
        self.problems.append(Problem(code, node.at, values))

    def kind(self, node: Node) -> Kind:
        if isinstance(node, Literal):
            return Kind.TEXT if isinstance(node.value, str) else Kind.NUMBER
        if isinstance(node, Reference):
            if node.name not in self.types:
                self.report("unknown_name", node, name=node.name)
            return self.types.get(node.name, Kind.ANY)
        if isinstance(node, Self):
            if self.own is None:
                self.report("no_own_value", node)
            return self.own or Kind.ANY
        if isinstance(node, FieldOf):
            if self.fields is None or node.name not in self.fields:
                self.report("not_in_filter", node, name=node.name)
            return Kind.TEXT
        if isinstance(node, Negation):
            self.fits(node.operand, self.kind(node.operand), Kind.NUMBER, "-")
            return Kind.NUMBER
        if isinstance(node, Chain):
            return self.chain(node)
        return self.call(node)

    def fits(self, node: Node, found: Kind, expected: Kind, what: str) -> None:
        taken = _TAKEN.get(expected)
        if taken is not None and found not in taken:
            self.report("type_clash", node, what=what, expected=str(expected), found=str(found))
        elif expected == Kind.NUMBER and isinstance(node, Literal) and as_number(node.value) is None:
            self.report("type_clash", node, what=what, expected=str(expected), found=str(found))

    def chain(self, node: Chain) -> Kind:
        kinds = [self.kind(child) for child in children(node)]
        left, left_kind = node.first, kinds[0]
        for (operator, right), kind in zip(node.rest, kinds[1:], strict=True):
            if operator in ("=", "!="):
                self.equality(left, left_kind, right, kind)
                left_kind = Kind.BOOLEAN
            elif operator in ("<", "<=", ">", ">="):
                self.order(operator, left, left_kind, right, kind)
                left_kind = Kind.BOOLEAN
            elif operator in ("and", "or"):
                left_kind = Kind.BOOLEAN
            else:
                left_kind = self.arithmetic(operator, left, left_kind, right, kind)
            left = right
        return left_kind

    def equality(self, left: Node, left_kind: Kind, right: Node, right_kind: Kind) -> None:
        for side, kind, other in ((left, left_kind, right), (right, right_kind, left)):
            if not isinstance(other, Literal) or other.value == "":
                continue
            if kind == Kind.CHOICES and not isinstance(side, Literal):
                self.report("use_selected", side, name=getattr(side, "name", "."))
            if kind == Kind.NUMBER and not isinstance(side, Literal) and as_number(other.value) is None:
                self.report("never_equal", other, expected=str(kind), value=str(other.value)[:50])
            if kind in _DAYS and as_date(other.value) is None:
                self.report("never_equal", other, expected=str(kind), value=str(other.value)[:50])

    def order(self, operator: str, left: Node, left_kind: Kind, right: Node, right_kind: Kind) -> None:
        ordered = _NUMERIC | _DAYS | {Kind.TIME}
        for side, kind, other_kind in ((left, left_kind, right_kind), (right, right_kind, left_kind)):
            if kind not in ordered:
                self.report("type_clash", side, what=operator, expected=str(Kind.NUMBER), found=str(kind))
            elif isinstance(side, Literal) and as_number(side.value) is None:
                readable = other_kind in (*_DAYS, Kind.ANY, Kind.TEXT) and as_date(side.value) is not None
                if not readable and other_kind != Kind.TIME:
                    self.report("type_clash", side, what=operator, expected=str(other_kind), found=str(kind))

    def arithmetic(self, operator: str, left: Node, left_kind: Kind, right: Node, right_kind: Kind) -> Kind:
        self.fits(left, left_kind, Kind.NUMBER, operator)
        self.fits(right, right_kind, Kind.NUMBER, operator)
        if operator in ("div", "mod") and isinstance(right, Literal) and as_number(right.value) == 0:
            self.report("zero_division", right)
        if operator in ("+", "-") and left_kind in _DAYS and right_kind not in _DAYS:
            return Kind.DATE
        return Kind.NUMBER

    def call(self, node: Call) -> Kind:
        function = FUNCTIONS[node.function]
        kinds = [self.kind(argument) for argument in node.arguments]
        for index, (argument, kind) in enumerate(zip(node.arguments, kinds, strict=True)):
            expected = function.takes[min(index, len(function.takes) - 1)]
            self.fits(argument, kind, expected, node.function)
        if node.function == "regex" and isinstance(node.arguments[1], Literal):
            self.pattern(node.arguments[1])
        if node.function == "indexed_repeat":
            for argument in (node.arguments[0], *node.arguments[1::2]):
                if not isinstance(argument, Reference):
                    self.report("needs_name", argument, function=node.function)
        if node.function == "if":
            return kinds[1] if kinds[1] == kinds[2] else Kind.ANY
        if node.function == "coalesce":
            return kinds[0] if len(set(kinds)) == 1 else Kind.ANY
        if node.function in ("once", "indexed_repeat"):
            return kinds[0]
        return function.gives

    def pattern(self, node: Literal) -> None:
        try:
            patterns.compiled(str(node.value))
        except patterns.PatternError as error:
            self.report(error.code, node, pattern_at=error.at, **error.values)


def literal_comparisons(node: Node) -> Iterator[tuple[str, str, int]]:
    """Yield (name, value, at) wherever an answer is compared for equality with a fixed value or asked by selected()."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        waiting.extend(children(here))
        if isinstance(here, Call) and here.function == "selected":
            yield from _pair(here.arguments[0], here.arguments[1])
        if isinstance(here, Chain) and here.rest[0][0] in ("=", "!="):
            yield from _pair(here.first, here.rest[0][1])
            yield from _pair(here.rest[0][1], here.first)


def _pair(name: Node, value: Node) -> Iterator[tuple[str, str, int]]:
    if isinstance(name, Reference) and isinstance(value, Literal):
        words = value.value if isinstance(value.value, str) else f"{value.value:f}"
        if words:
            yield name.name, words, value.at
