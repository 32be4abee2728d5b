"""Expressions of XLSForm, a part of XPath 1.0, translated into the language of questionnaires.

What XLSForm allows is in its reference table (https://xlsform.org/en/ref-table/) and in the ODK XForms specification
(https://getodk.github.io/xforms-spec/#xpath-expressions). What has no counterpart is refused by name.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from surveys.definition.expressions.functions import FUNCTIONS
from surveys.definition.expressions.grammar import Parser, Token
from surveys.definition.expressions.tree import ExpressionError, FieldOf, Literal, Node, Reference, Self

_TOKENS = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0]+)
    |(?P<reference>\$\{[ ]*(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ ]*\})
    |(?P<field>(?!))(?P<field_name>)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<last_saved>\$\{[ ]*last-saved\#[^}]*\})
    |(?P<word>[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?)
    |(?P<sign>!=|<=|>=|//|::|\.\.|[=<>+\-*(),./\[\]@|])""",
    re.VERBOSE,
)
_STRAIGHT = str.maketrans("‘’‚“”„", "'''\"\"\"")
_NAMES: Mapping[str, str] = {
    "lower-case": "lower",
    "upper-case": "upper",
    "format-date-time": "format_date",
    "jr:choice-name": "choice_label",
}
_UNSUPPORTED = frozenset((
    "pulldata", "instance", "jr:itext", "checklist", "weighted-checklist", "area", "distance", "geofence",
    "digest", "base64-encode", "base64-decode", "randomize", "property", "version", "last", "id",
    "local-name", "namespace-uri", "name", "lang", "uuid", "sin", "cos", "tan", "asin", "acos", "atan",
    "atan2", "exp10", "extract-signed", "intersects", "decimal-time", "search", "substring",
))  # fmt: skip


@lru_cache(maxsize=8192)
def translate_xlsform(text: str, *, choice_filter: bool = False) -> Node:
    """Read an expression of XLSForm. In a choice filter bare names are columns of the choices sheet.

    Raises ExpressionError at a character from 0; code `unsupported` names the function or path in `what`.
    """
    return _Translator(text, choice_filter).whole()


class _Translator(Parser):
    pattern = _TOKENS

    def __init__(self, text: str, choice_filter: bool) -> None:
        # Spreadsheets turn straight quotation marks into curly ones; pyxform straightens them too.
        super().__init__(text.translate(_STRAIGHT))
        self.choice_filter = choice_filter

    def unquoted(self, text: str) -> str:
        return text[1:-1]

    def primary(self) -> Node:
        token = self.here
        if token.kind == "last_saved":
            raise ExpressionError("unsupported", token.at, what="last-saved")
        if self.sees("."):
            self.take()
            return self.after(self.made(Self(token.at)))
        if self.sees("..") or self.sees("/") or self.sees("//"):
            return self.path(token)
        if token.kind == "reference":
            return self.after(super().primary())
        return super().primary()

    def after(self, node: Node) -> Node:
        """Paths that go on from an answer reach where only XForms has anything."""
        if self.sees("/") or self.sees("//") or self.sees("["):
            raise ExpressionError("unsupported", self.here.at, what="path")
        return node

    def path(self, start: Token) -> Node:
        """`../x`, `/data/group/x`: names are unique here, so the last step is enough."""
        last: Token | None = None
        if self.sees(".."):
            self.take()
        while self.sees("/"):
            self.take()
            if self.sees(".."):
                self.take()
                continue
            last = self.take()
            if last.kind != "word" or self.sees("("):
                raise ExpressionError("unsupported", start.at, what="path")
        if last is None or self.sees("//") or self.sees("::"):
            raise ExpressionError("unsupported", start.at, what="path")
        return self.after(self.made(Reference(last.text, start.at)))

    def word(self) -> Node:
        token = self.take()
        if not self.sees("("):
            if self.choice_filter and not (self.sees("/") or self.sees("[") or self.sees("::")):
                return self.made(FieldOf(token.text, token.at))
            raise ExpressionError("bare_name", token.at, name=token.text[:50])
        name = token.text
        if name in _UNSUPPORTED:
            raise ExpressionError("unsupported", token.at, what=name)
        if name == "current":
            return self.current(token)
        if name == "position":
            return self.position(token)
        if name == "boolean-from-string":
            return self.boolean_from_string(token)
        translated = _NAMES.get(name, name.replace("-", "_"))
        if translated not in FUNCTIONS:
            raise ExpressionError("unknown_function", token.at, name=name[:50])
        arguments = self.arguments(token.at)
        if translated == "choice_label" and len(arguments) == 2:
            arguments = (arguments[0], self.reference_in(arguments[1]))
        return self.call(translated, token.at, arguments)

    def current(self, token: Token) -> Node:
        """`current()/../x` is the answer to x, `current()/.` the question's own."""
        if self.arguments(token.at):
            raise ExpressionError("argument_count", token.at, name="current", least=0, most=0)
        if self.sees("/") and self.tokens[self.index + 1].text == ".":
            self.take()
            self.take()
            return self.made(Self(token.at))
        return self.path(token)

    def position(self, token: Token) -> Node:
        """`position(..)` counts the instances of the repeat around the question."""
        self.expect("(")
        while self.sees("..") or self.sees("/"):
            self.take()
        self.expect(")")
        return self.call("position", token.at, ())

    def boolean_from_string(self, token: Token) -> Node:
        """True for "true" and "1" alone."""
        arguments = self.arguments(token.at)
        if len(arguments) != 1:
            raise ExpressionError("argument_count", token.at, name="boolean-from-string", least=1, most=1)
        return self.call("selected", token.at, (self.literal("true 1", token.at), arguments[0]))

    def literal(self, text: str, at: int) -> Node:
        """A string that the translation adds."""
        return self.made(Literal(text, at))

    def reference_in(self, node: Node) -> Node:
        """jr:choice-name takes its question as a quoted `'${q}'`."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            found = re.fullmatch(r"\s*\$\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\s*", node.value)
            if found:
                return Reference(found.group(1), node.at)
        return node
