"""Text to tree. The grammar is in docs/questionnaire.md; nothing here evaluates."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from surveys.definition.expressions.functions import FUNCTIONS
from surveys.definition.expressions.tree import (
    LEVELS,
    MAX_LENGTH,
    MAX_NESTING,
    MAX_NODES,
    Call,
    Chain,
    ExpressionError,
    FieldOf,
    Literal,
    Negation,
    Node,
    Reference,
    Self,
)

_TOKENS = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0]+)
    |(?P<reference>\$\{[ ]*(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ ]*\})
    |(?P<field>@(?P<field_name>[A-Za-z_][A-Za-z0-9_.-]*))
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>!=|<=|>=|[=<>+\-*(),.])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: `kind` is a group of the pattern, or `end`."""

    kind: str
    text: str
    at: int


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """Read an expression. Raises ExpressionError at the first character that does not fit."""
    return Parser(text).whole()


class Parser:
    """Recursive descent by the levels of the operators, with a bound on nesting and on the number of nodes."""

    pattern = _TOKENS

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError("expression_too_long", MAX_LENGTH, limit=MAX_LENGTH)
        self.text = text
        self.tokens = list(self._split())
        self.index = 0
        self.nesting = 0
        self.nodes = 0

    def _split(self) -> Iterator[Token]:
        at = 0
        while at < len(self.text):
            found = self.pattern.match(self.text, at)
            if found is None:
                if self.text[at] in "'\"":
                    raise ExpressionError("string_not_closed", at)
                raise ExpressionError("unexpected_character", at, character=self.text[at])
            if found.lastgroup != "space":
                yield self._token(found)
            at = found.end()
        yield Token("end", "", at)

    def _token(self, found: re.Match[str]) -> Token:
        for kind in ("reference", "field"):
            if found.group(kind):
                return Token(kind, found.group("name" if kind == "reference" else "field_name"), found.start())
        assert found.lastgroup is not None
        return Token(found.lastgroup, found.group(), found.start())

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.index]

    def take(self) -> Token:
        """The token that comes next, and go on."""
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def expect(self, text: str) -> Token:
        """Take a sign that has to stand here."""
        if self.here.text != text or self.here.kind == "string":
            raise self.unexpected()
        return self.take()

    def sees(self, text: str) -> bool:
        """Whether this sign or word comes next."""
        return self.here.kind in ("sign", "word") and self.here.text == text

    def unexpected(self) -> ExpressionError:
        """The error for a token that has no place here."""
        if self.here.kind == "end":
            return ExpressionError("unexpected_end", self.here.at)
        return ExpressionError("unexpected", self.here.at, found=self.here.text[:50])

    def whole(self) -> Node:
        """The whole text as one expression."""
        if self.here.kind == "end":
            raise ExpressionError("expression_empty", 0)
        node = self.level(0)
        if self.here.kind != "end":
            raise self.unexpected()
        return node

    def made(self, node: Node) -> Node:
        """Count a node."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError("expression_too_long", node.at, limit=MAX_NODES)
        return node

    def level(self, number: int) -> Node:
        """A chain of operators of this level or of a tighter one."""
        if number == len(LEVELS):
            return self.unary()
        first = self.level(number + 1)
        rest: list[tuple[str, Node]] = []
        while self.here.kind in ("sign", "word") and self.here.text in LEVELS[number]:
            operator = self.take().text
            rest.append((operator, self.level(number + 1)))
        return self.made(Chain(first, tuple(rest), first.at)) if rest else first

    def unary(self) -> Node:
        """A minus, or what is no operator."""
        if self.sees("-"):
            at = self.take().at
            return self.made(Negation(self.deeper(self.unary, at), at))
        return self.primary()

    def deeper(self, read: Callable[[], Node], at: int) -> Node:
        """Read what is one level further down."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise ExpressionError("expression_too_deep", at, limit=MAX_NESTING)
        node = read()
        self.nesting -= 1
        return node

    def expression(self) -> Node:
        """A whole expression inside brackets."""
        return self.level(0)

    def primary(self) -> Node:
        """What stands between operators."""
        token = self.here
        if token.kind == "number":
            self.take()
            return self.made(Literal(Decimal(token.text.rstrip(".")), token.at))
        if token.kind == "string":
            self.take()
            return self.made(Literal(self.unquoted(token.text), token.at))
        if token.kind == "reference":
            self.take()
            return self.made(Reference(token.text, token.at))
        if token.kind == "field":
            self.take()
            return self.made(FieldOf(token.text, token.at))
        if self.sees("("):
            self.take()
            node = self.deeper(self.expression, token.at)
            self.expect(")")
            return node
        if self.sees("."):
            self.take()
            return self.made(Self(token.at))
        if token.kind == "word":
            return self.word()
        raise self.unexpected()

    def unquoted(self, text: str) -> str:
        """The words inside quotation marks; a doubled mark stands for one."""
        return text[1:-1].replace(text[0] * 2, text[0])

    def word(self) -> Node:
        """A function with its arguments."""
        token = self.take()
        if not self.sees("("):
            raise ExpressionError("bare_name", token.at, name=token.text[:50])
        return self.call(token.text, token.at, self.arguments(token.at))

    def arguments(self, at: int) -> tuple[Node, ...]:
        """What stands in the brackets of a function."""
        self.expect("(")
        found: list[Node] = []
        while not self.sees(")"):
            if found:
                self.expect(",")
            found.append(self.deeper(self.expression, at))
        self.take()
        return tuple(found)

    def call(self, name: str, at: int, arguments: tuple[Node, ...]) -> Node:
        """A call of a function that exists, with as many arguments as it takes."""
        function = FUNCTIONS.get(name)
        if function is None:
            raise ExpressionError("unknown_function", at, name=name[:50])
        if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
            raise ExpressionError("argument_count", at, name=name, least=function.least, most=function.most)
        return self.made(Call(name, arguments, at))
