"""Expressions of LimeSurvey (ExpressionScript) translated into the language of questionnaires.

What they may hold is in the manual (https://www.limesurvey.org/manual/ExpressionScript_-_Presentation). What has no
counterpart is refused by name, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from surveys.definition.expressions.grammar import Parser, Token
from surveys.definition.expressions.patterns import PatternError, compiled
from surveys.definition.expressions.tree import Call, Chain, ExpressionError, Literal, Node, Reference

_TOKENS = re.compile(
    r"""(?P<space>\s+)
    |(?P<reference>(?!))(?P<name>)
    |(?P<field>(?!))(?P<field_name>)
    |(?P<word>(?:[0-9]+X[0-9]+X[0-9]+[A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*)(?:[.:][A-Za-z0-9_]+)*)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<sign>&&|\|\||==|!=|<=|>=|[=<>!+\-*/(),%])""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS: Mapping[str, str] = {
    "==": "=", "eq": "=", "ne": "!=", "&&": "and", "||": "or", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "/": "div", "%": "mod", "and": "and", "or": "or",
}  # fmt: skip
_FUNCTIONS: Mapping[str, str] = {
    "if": "if", "abs": "abs", "ceil": "ceiling", "exp": "exp", "floor": "floor", "max": "max", "min": "min",
    "pow": "pow", "round": "round", "sqrt": "sqrt", "sum": "sum", "intval": "int", "floatval": "number",
    "strlen": "string_length", "strtolower": "lower", "strtoupper": "upper", "join": "concat", "implode": "join",
    "pi": "pi",
}  # fmt: skip
_KEPT = frozenset(("NAOK", "code"))
EMPTY = Literal("")
OWN = ("this", "self")

Variables = Mapping[str, Node]
"""What each name of LimeSurvey is here: a question, a row of a table, or whether an option is chosen."""


def translate(text: str, variables: Variables) -> Node:
    """Read an expression. Raises ExpressionError; code `unsupported` names the function, name or sign in `what`."""
    return _Translator(text, variables).whole()


def ticked(question: str, value: str) -> Node:
    """Return what LimeSurvey's `Q_value` is of a question with several answers: "Y" or nothing."""
    return Call("if", (Call("selected", (Reference(question), Literal(value))), Literal("Y"), EMPTY))


def pattern_test(written: str, subject: Node) -> Node:
    """Return the test of a text by a PHP pattern. Raises ExpressionError for one that has no counterpart.

    PHP looks for the pattern anywhere in the text; here a pattern stands for the whole of it.
    """
    body, flags = written.strip(), ""
    if len(body) > 1 and not body[0].isalnum() and body[0] not in "\\^([.":
        body, _, flags = body[1:].rpartition({"(": ")", "{": "}", "[": "]", "<": ">"}.get(body[0], body[0]))
    if flags.strip("uD"):
        raise ExpressionError("unsupported", 0, what=f"/{flags}")
    start = body.startswith("^")
    end = body.endswith("$") and not body.endswith("\\$")
    inner = body[1 if start else 0 : -1 if end else None]
    if (start or end) and "|" in inner:
        inner = f"({inner})" if start and end and inner.startswith("(") else inner
        if not inner.startswith("("):
            raise ExpressionError("unsupported", 0, what="^a|b$")
    whole = inner if start and end else ("" if start else ".*") + f"({inner})" + ("" if end else ".*")
    try:
        compiled(whole)
    except PatternError:
        raise ExpressionError("unsupported", 0, what=written[:60]) from None
    return Call("regex", (subject, Literal(whole)))


class _Translator(Parser):
    pattern = _TOKENS

    def __init__(self, text: str, variables: Variables) -> None:
        self.variables = variables
        super().__init__(text)

    def _split(self) -> Iterator[Token]:
        for token in super()._split():
            if token.kind == "sign" and token.text == "=":
                # One sign alone stores a value there.
                raise ExpressionError("unsupported", token.at, what="=")
            operator = _OPERATORS.get(token.text.lower()) if token.kind in ("word", "sign") else None
            yield Token("sign", operator, token.at) if operator else token

    def unquoted(self, text: str) -> str:
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)

    def unary(self) -> Node:
        while self.sees("+"):
            self.take()
        if self.sees("!"):
            at = self.take().at
            return self.made(Call("not", (self.deeper(self.unary, at),), at))
        return super().unary()

    def level(self, number: int) -> Node:
        node = super().level(number)
        return self._compared(node) if isinstance(node, Chain) and node.rest[0][0] in ("=", "!=") else node

    def _compared(self, node: Chain) -> Node:
        """Say "not equal" of no answer, too, as LimeSurvey does, and "chosen" of an option that is "Y"."""
        if len(node.rest) != 1:
            raise ExpressionError("unsupported", node.at, what="a = b = c")
        operator, right = node.rest[0]
        left = node.first
        if isinstance(left, Literal):
            left, right = right, left
        equal: Node = Chain(left, (("=", right),), node.at)
        if (chosen := _chosen(left)) is not None:
            if right == Literal("Y"):
                equal = chosen
            elif right == EMPTY:
                equal = Call("not", (chosen,))
            else:
                raise ExpressionError("unsupported", node.at, what="Y")
        return equal if operator == "=" else Call("not", (equal,), node.at)

    def word(self) -> Node:
        token = self.take()
        if self.sees("("):
            return self._function(token)
        name, _, ending = token.text.partition(".")
        if name.lower() in ("true", "false"):
            return self.made(Call(name.lower(), (), token.at))
        if name in OWN and "this" in self.variables:
            return self.made(self.variables["this"])
        found = self.variables.get(name.removeprefix("INSERTANS:"))
        if found is None or ending not in ("", "shown", *_KEPT):
            raise ExpressionError("unsupported", token.at, what=token.text[:60])
        if ending == "shown" and isinstance(found, Reference):
            return self.made(Call("choice_label", (found, found), token.at))
        return self.made(found)

    def _function(self, token: Token) -> Node:
        name = token.text
        special: Mapping[str, Callable[[Token, tuple[Node, ...]], Node]] = {
            "is_empty": self._empty, "empty": self._empty, "count": self._count, "countif": self._count_if,
            "regexMatch": self._matched, "substr": self._part, "date": self._day, "in_array": self._among,
        }  # fmt: skip
        if name not in special and name not in _FUNCTIONS:
            raise ExpressionError("unsupported", token.at, what=f"{name[:50]}()")
        arguments = self.arguments(token.at)
        if name in special:
            return special[name](token, arguments)
        return self.call(_FUNCTIONS[name], token.at, arguments)

    def _take(self, token: Token, arguments: tuple[Node, ...], least: int) -> None:
        if len(arguments) < least:
            raise ExpressionError("argument_count", token.at, name=token.text, least=least, most=None)

    def _empty(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        self._take(token, arguments, 1)
        chosen = _chosen(arguments[0])
        return Call("not", (chosen,)) if chosen is not None else Chain(arguments[0], (("=", EMPTY),), token.at)

    def _count(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        return self.call("count_non_empty", token.at, arguments)

    def _count_if(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        self._take(token, arguments, 2)
        tests = [self._compared(Chain(one, (("=", arguments[0]),), token.at)) for one in arguments[1:]]
        one, none = Literal(Decimal(1)), Literal(Decimal(0))
        return self.call("sum", token.at, tuple(Call("if", (test, one, none)) for test in tests))

    def _among(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        self._take(token, arguments, 2)
        tests = [self._compared(Chain(arguments[0], (("=", one),), token.at)) for one in arguments[1:]]
        return tests[0] if len(tests) == 1 else Chain(tests[0], tuple(("or", test) for test in tests[1:]), token.at)

    def _matched(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        self._take(token, arguments, 2)
        if not isinstance(arguments[0], Literal) or not isinstance(arguments[0].value, str):
            raise ExpressionError("unsupported", token.at, what=token.text)
        return pattern_test(arguments[0].value, arguments[1])

    def _part(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        """LimeSurvey gives the length of the part, here it is the place of its end."""
        self._take(token, arguments, 2)
        numbers = [one.value for one in arguments[1:] if isinstance(one, Literal) and isinstance(one.value, Decimal)]
        if len(numbers) != len(arguments) - 1 or len(numbers) > 2:
            raise ExpressionError("unsupported", token.at, what=token.text)
        ends = (Literal(numbers[0]), *((Literal(numbers[0] + numbers[1]),) if len(numbers) == 2 else ()))
        return self.call("substr", token.at, (arguments[0], *ends))

    def _day(self, token: Token, arguments: tuple[Node, ...]) -> Node:
        if arguments != (Literal("Y-m-d"),):
            raise ExpressionError("unsupported", token.at, what=token.text)
        return self.call("today", token.at, ())


def _chosen(node: Node) -> Node | None:
    """Return the condition of what `ticked` made, None for anything else."""
    is_ticked = isinstance(node, Call) and node.function == "if" and node.arguments[1:] == (Literal("Y"), EMPTY)
    return node.arguments[0] if is_ticked and isinstance(node, Call) else None
