"""What an expression gives for some answers. It never raises, and its work is bounded.

What is not answered is empty, and an empty value makes a calculation empty, a comparison false (but `= ''` true) and
is left out of sums, as in XLSForm. Dividing by zero gives empty.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from surveys.definition.expressions import patterns
from surveys.definition.expressions.tree import (
    MAX_NESTING,
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Node,
    Reference,
    Self,
)
from surveys.definition.expressions.values import (
    ARITHMETIC,
    MAX_TEXT,
    Column,
    Value,
    as_boolean,
    as_choices,
    as_date,
    as_number,
    as_text,
    as_time,
    equal,
    finite,
    is_empty,
    less,
    scalar,
)

MAX_STEPS = 200_000
MAX_PATTERN_TEXT = 2_000
_MAX_DEPTH = MAX_NESTING * 8


@dataclass
class Budget:
    """Steps that are left. When none is, every expression gives empty and `spent` says so."""

    left: int = MAX_STEPS
    spent: bool = False

    def take(self, steps: int = 1) -> bool:
        """Count steps; False when there are no more."""
        self.left -= steps
        if self.left < 0:
            self.spent = True
        return not self.spent


@dataclass(frozen=True)
class Context:
    """What an expression may know beside the answers.

    `now` is the local moment of the respondent. `seed` and `place` (a question's name) decide what `random()` gives,
    always the same for the same two. `own` is the value of `.`, `option` the fields of the option in a choice filter,
    `path` the repeats around and the index (from 0) in each, `homes` the repeats of every name that stands in some.
    `label(name, value)` gives the words of a choice.
    """

    now: datetime
    seed: str = ""
    place: str = ""
    own: Value = None
    option: Mapping[str, str] | None = None
    path: tuple[tuple[str, int], ...] = ()
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: Callable[[str, str], str] | None = None
    budget: Budget = field(default_factory=Budget)


def evaluate(node: Node, answers: Mapping[str, Any], context: Context) -> Value:
    """The value of an expression. `answers` has typed values by name, of a repeat a list of such mappings."""
    return _Evaluation(answers, context).value(node)


def holds(node: Node, answers: Mapping[str, Any], context: Context) -> bool:
    """Whether a condition is met; an empty one is not."""
    return as_boolean(evaluate(node, answers, context))


class _Evaluation:
    def __init__(self, answers: Mapping[str, Any], context: Context) -> None:
        self.answers = answers
        self.context = context
        self.depth = 0
        self.drawn = 0

    def value(self, node: Node) -> Value:
        if not self.context.budget.take() or self.depth > _MAX_DEPTH:
            return None
        self.depth += 1
        try:
            return self._value(node)
        finally:
            self.depth -= 1

    def _value(self, node: Node) -> Value:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Reference):
            return self.reference(node.name, dict(self.context.path))
        if isinstance(node, Self):
            return self.context.own
        if isinstance(node, FieldOf):
            return (self.context.option or {}).get(node.name)
        if isinstance(node, Negation):
            number = as_number(self.value(node.operand))
            return None if number is None else finite(ARITHMETIC.minus(number))
        if isinstance(node, Chain):
            return self.chain(node)
        return self.call(node)

    # Names

    def reference(self, name: str, indexes: Mapping[str, int]) -> Value:
        """The answer in the same instances, or the column over the instances of repeats that are not around here."""
        homes = self.context.homes.get(name, ())
        rows: list[Mapping[str, Any]] = [self.answers]
        column = False
        for repeat in homes:
            found = [row for outer in rows for row in self.rows(outer.get(repeat))]
            if not column and repeat in indexes:
                index = indexes[repeat]
                rows = found[index : index + 1] if index >= 0 else []
            else:
                rows, column = found, True
        if not self.context.budget.take(len(rows)):
            return None
        values = tuple(row.get(name) for row in rows)
        if column:
            return Column(values)
        value = values[0] if values else None
        return Column(self.rows(value)) if isinstance(value, list) else value

    def rows(self, value: Any) -> tuple[Mapping[str, Any], ...]:
        return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else ()

    # Operators

    def chain(self, node: Chain) -> Value:
        operator = node.rest[0][0]
        if operator in ("and", "or"):
            stop = operator == "or"
            operands = (node.first, *(operand for _, operand in node.rest))
            return stop if any(as_boolean(self.value(operand)) == stop for operand in operands) else not stop
        value = self.value(node.first)
        for operator, operand in node.rest:
            value = self.operate(operator, value, self.value(operand))
        return value

    def operate(self, operator: str, left: Value, right: Value) -> Value:
        if operator in ("=", "!="):
            return self.matches(left, right, equal) == (operator == "=")
        if operator in ("<", "<="):
            return less(left, right, or_equal=operator == "<=")
        if operator in (">", ">="):
            return less(right, left, or_equal=operator == ">=")
        return _arithmetic(operator, left, right)

    def matches(self, left: Value, right: Value, compare: Callable[[Value, Value], bool]) -> bool:
        """A column equals a value when one of its rows does, as a node set of XPath."""
        if isinstance(left, Column) and left.values and self.context.budget.take(len(left.values)):
            return any(compare(value, right) for value in left.values)
        return compare(left, right)

    # Functions

    def call(self, node: Call) -> Value:
        lazy = _LAZY.get(node.function)
        if lazy is not None:
            return lazy(self, node.arguments)
        arguments = [self.value(argument) for argument in node.arguments]
        return _PLAIN[node.function](*arguments)

    def choose(self, arguments: tuple[Node, ...]) -> Value:
        condition, yes, no = arguments
        return self.value(yes if as_boolean(self.value(condition)) else no)

    def coalesce(self, arguments: tuple[Node, ...]) -> Value:
        for argument in arguments:
            value = self.value(argument)
            if not is_empty(scalar(value)):
                return value
        return None

    def once(self, arguments: tuple[Node, ...]) -> Value:
        return self.value(arguments[0]) if is_empty(self.context.own) else self.context.own

    def random(self, arguments: tuple[Node, ...]) -> Value:
        self.drawn += 1
        instance = ".".join(f"{name}.{index}" for name, index in self.context.path)
        return drawn_number(self.context.seed, f"{self.context.place}/{instance}/{self.drawn}")

    def today(self, arguments: tuple[Node, ...]) -> Value:
        return self.context.now.date()

    def now(self, arguments: tuple[Node, ...]) -> Value:
        return self.context.now.replace(tzinfo=None)

    def position(self, arguments: tuple[Node, ...]) -> Value:
        return Decimal(self.context.path[-1][1] + 1) if self.context.path else None

    def indexed_repeat(self, arguments: tuple[Node, ...]) -> Value:
        indexes = dict(self.context.path)
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=False):
            number = as_number(self.value(index))
            if not isinstance(repeat, Reference) or number is None:
                return None
            indexes[repeat.name] = int(number) - 1
        wanted = arguments[0]
        return self.reference(wanted.name, indexes) if isinstance(wanted, Reference) else None

    def choice_label(self, arguments: tuple[Node, ...]) -> Value:
        value = self.value(arguments[0])
        question = arguments[-1]
        label = self.context.label
        if label is None or not isinstance(question, Reference):
            return as_text(value)
        return ", ".join(label(question.name, choice) for choice in as_choices(value))[:MAX_TEXT]

    def regex(self, arguments: tuple[Node, ...]) -> Value:
        """Whether the whole text fits; a text past MAX_PATTERN_TEXT and a refused pattern fit nothing."""
        text, pattern = (as_text(self.value(argument)) for argument in arguments)
        if len(text) > MAX_PATTERN_TEXT:
            return False
        try:
            ready = patterns.compiled(pattern)
        except patterns.PatternError:
            return False
        if not self.context.budget.take(len(text)):
            return False
        return ready.matches(text)


def drawn_number(seed: str, place: str) -> Decimal:
    """A number from 0 to below 1 with 15 digits that only seed and place decide."""
    digest = hashlib.sha256(f"{seed}\x1f{place}".encode("utf-8", "replace")).digest()
    return Decimal(int.from_bytes(digest[:8], "big") % 10**15).scaleb(-15)


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    left, right = scalar(left), scalar(right)
    first, second = as_number(left), as_number(right)
    if first is None or second is None:
        return None
    if operator in ("+", "-"):
        number = finite(ARITHMETIC.add(first, second) if operator == "+" else ARITHMETIC.subtract(first, second))
        shifted = isinstance(left, date) and not isinstance(right, date)
        return as_date(number) if shifted and number is not None else number
    if operator == "*":
        return finite(ARITHMETIC.multiply(first, second))
    if not second:
        return None
    return finite(ARITHMETIC.divide(first, second) if operator == "div" else ARITHMETIC.remainder(first, second))


def _flat(values: Iterable[Value]) -> list[Value]:
    flat: list[Value] = []
    for value in values:
        flat.extend(value.values if isinstance(value, Column) else (value,))
    return flat


def _numbers(values: Iterable[Value]) -> list[Decimal]:
    numbers = (as_number(value) for value in _flat(values) if not isinstance(value, Mapping))
    return [number for number in numbers if number is not None]


def _sum(*values: Value) -> Value:
    total = Decimal(0)
    for number in _numbers(values):
        total = ARITHMETIC.add(total, number)
    return finite(total)


def _least(*values: Value) -> Value:
    return min(_numbers(values), default=None)


def _most(*values: Value) -> Value:
    return max(_numbers(values), default=None)


def _count(*values: Value) -> Value:
    """Rows of columns, and answered single values."""
    return Decimal(
        sum(len(value.values) if isinstance(value, Column) else int(not is_empty(value)) for value in values)
    )


def _count_non_empty(*values: Value) -> Value:
    return Decimal(sum(not is_empty(value) for value in _flat(values)))


def _of_number(compute: Callable[[Decimal], Decimal]) -> Callable[[Value], Value]:
    def function(value: Value) -> Value:
        number = as_number(value)
        return None if number is None else finite(compute(number))

    return function


def _whole(rounding: str) -> Callable[[Decimal], Decimal]:
    return lambda number: number.to_integral_value(rounding=rounding)


def _round(value: Value, digits: Value = None) -> Value:
    number, places = as_number(value), as_number(digits)
    if number is None:
        return None
    if not is_empty(digits) and places is None:
        return None
    shift = max(-30, min(30, int(places or 0)))
    scaled = ARITHMETIC.scaleb(number, Decimal(shift))
    # XPath rounds a half up, also below zero: round(-1.5) is -1.
    half = ARITHMETIC.add(scaled, Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR)
    return finite(ARITHMETIC.scaleb(half, Decimal(-shift)))


def _power(base: Value, exponent: Value) -> Value:
    first, second = as_number(base), as_number(exponent)
    if first is None or second is None:
        return None
    return finite(ARITHMETIC.power(first, second))


def _concat(*values: Value) -> Value:
    return "".join(as_text(value) for value in _flat(values) if not isinstance(value, Mapping))[:MAX_TEXT]


def _join(separator: Value, *values: Value) -> Value:
    texts = (as_text(value) for value in _flat(values) if not isinstance(value, Mapping))
    return as_text(separator).join(text for text in texts if text)[:MAX_TEXT]


def _substr(value: Value, start: Value, end: Value = None) -> Value:
    text, first, last = as_text(value), as_number(start), as_number(end)
    if first is None or (last is None and not is_empty(end)):
        return ""
    bound = len(text)
    return text[_index(first, bound) : None if last is None else _index(last, bound)]


def _index(number: Decimal, bound: int) -> int:
    return int(max(Decimal(-bound), min(Decimal(bound), number)))


def _before(value: Value, separator: Value) -> Value:
    text, mark = as_text(value), as_text(separator)
    return text.partition(mark)[0] if mark and mark in text else ""


def _after(value: Value, separator: Value) -> Value:
    text, mark = as_text(value), as_text(separator)
    return text.partition(mark)[2] if mark else text


def _translate(value: Value, old: Value, new: Value) -> Value:
    """Characters of `old` become those of `new` at the same place; those without a partner go (XPath 1.0, 4.2)."""
    words = as_text(new)
    table: dict[int, str | None] = {}
    for index, character in enumerate(as_text(old)):
        table.setdefault(ord(character), words[index] if index < len(words) else None)
    return as_text(value).translate(table)


def _selected_at(value: Value, index: Value) -> Value:
    chosen, number = as_choices(value), as_number(index)
    if number is None or not 0 <= number < len(chosen):
        return None
    return chosen[int(number)]


def _between(value: Value, low: Value, high: Value) -> Value:
    return less(low, value, or_equal=True) and less(value, high, or_equal=True)


def _date(value: Value) -> Value:
    found = as_date(value)
    return found.date() if isinstance(found, datetime) else found


def _date_time(value: Value) -> Value:
    found = as_date(value)
    if found is None or isinstance(found, datetime):
        return found
    return datetime(found.year, found.month, found.day)


def _format_date(value: Value, pattern: Value) -> Value:
    """The letters of the ODK XForms specification: %Y %y %m %n %b %d %e %H %h %M %S %3 %a (English short names)."""
    moment = _date_time(value)
    if not isinstance(moment, datetime):
        clock = as_time(value)
        if clock is None:
            return ""
        moment = datetime(1970, 1, 1, clock.hour, clock.minute, clock.second)
    words, escaped = [], False
    for character in as_text(pattern)[:200]:
        if escaped:
            words.append(_formatted(moment, character))
            escaped = False
        elif character == "%":
            escaped = True
        else:
            words.append(character)
    return "".join(words)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _formatted(moment: datetime, letter: str) -> str:
    found: dict[str, str] = {
        "Y": f"{moment.year:04d}",
        "y": f"{moment.year % 100:02d}",
        "m": f"{moment.month:02d}",
        "n": str(moment.month),
        "b": _MONTHS[moment.month - 1],
        "d": f"{moment.day:02d}",
        "e": str(moment.day),
        "H": f"{moment.hour:02d}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02d}",
        "S": f"{moment.second:02d}",
        "3": f"{moment.microsecond // 1000:03d}",
        "a": _DAYS[moment.weekday()],
        "%": "%",
    }
    return found.get(letter, "%" + letter)


_LAZY: Mapping[str, Callable[[_Evaluation, tuple[Node, ...]], Value]] = {
    "if": _Evaluation.choose,
    "coalesce": _Evaluation.coalesce,
    "once": _Evaluation.once,
    "random": _Evaluation.random,
    "today": _Evaluation.today,
    "now": _Evaluation.now,
    "position": _Evaluation.position,
    "indexed_repeat": _Evaluation.indexed_repeat,
    "choice_label": _Evaluation.choice_label,
    "regex": _Evaluation.regex,
}
_PLAIN: Mapping[str, Callable[..., Value]] = {
    "answered": lambda value: not is_empty(value),
    "selected": lambda value, choice: as_text(choice).strip() in as_choices(value),
    "selected_at": _selected_at,
    "count_selected": lambda value: Decimal(len(as_choices(value))),
    "not": lambda value: not as_boolean(value),
    "true": lambda: True,
    "false": lambda: False,
    "boolean": as_boolean,
    "between": _between,
    "number": as_number,
    "int": _of_number(_whole(ROUND_DOWN)),
    "round": _round,
    "floor": _of_number(_whole(ROUND_FLOOR)),
    "ceiling": _of_number(_whole(ROUND_CEILING)),
    "abs": _of_number(ARITHMETIC.abs),
    "sqrt": _of_number(ARITHMETIC.sqrt),
    "pow": _power,
    "exp": _of_number(ARITHMETIC.exp),
    "log": _of_number(ARITHMETIC.ln),
    "log10": _of_number(ARITHMETIC.log10),
    "pi": lambda: Decimal("3.141592653589793"),
    "min": _least,
    "max": _most,
    "sum": _sum,
    "count": _count,
    "count_non_empty": _count_non_empty,
    "string": as_text,
    "concat": _concat,
    "join": _join,
    "string_length": lambda value: Decimal(len(as_text(value))),
    "substr": _substr,
    "substring_before": _before,
    "substring_after": _after,
    "contains": lambda value, part: as_text(part) in as_text(value),
    "starts_with": lambda value, part: as_text(value).startswith(as_text(part)),
    "ends_with": lambda value, part: as_text(value).endswith(as_text(part)),
    "lower": lambda value: as_text(value).lower()[:MAX_TEXT],
    "upper": lambda value: as_text(value).upper()[:MAX_TEXT],
    "normalize_space": lambda value: " ".join(as_text(value).split()),
    "translate": _translate,
    "date": _date,
    "date_time": _date_time,
    "format_date": _format_date,
    "decimal_date_time": lambda value: as_number(as_date(value)),
}
