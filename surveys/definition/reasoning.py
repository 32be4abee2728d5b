"""Whether a condition can be met at all, by simple reasoning over choices and ranges.

A condition is taken apart into alternatives, each a list of plain comparisons that hold together; an alternative is
out when some answer would have to be two things at once, or one that is not offered. What the reasoning does not
understand it takes for possible, so "impossible" is always true and "possible" may be wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from surveys.definition import expressions
from surveys.definition.answers import bounds
from surveys.definition.expressions.tree import (
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Node,
    Reference,
    Self,
)
from surveys.definition.model import Definition, Entry, Question

MAX_ALTERNATIVES = 200
MAX_PREMISES = 12  # answers whose own conditions are looked at, for one alternative

Atom = tuple[Node, bool]
"""A comparison and whether it holds."""
_NOWHERE = expressions.Context(now=datetime(1970, 1, 1))
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_NUMBERS = frozenset({"number", "slider", "nps", "rating"})


@dataclass
class _Domain:
    """What an answer can still be: `None` among the values stands for no answer."""

    values: set[str | None] | None = None
    chosen: set[str] = field(default_factory=set)
    not_chosen: set[str] = field(default_factory=set)
    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    answered: bool = False
    empty: bool = False


class Reasoning:
    """Judges conditions of one definition. `steps` counts the comparisons looked at."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.entries = definition.by_name
        self.steps = 0
        self.behind: dict[str, tuple[Atom, ...]] = {}
        self.options = {
            question.name: {option.value: option for option in definition.options_of(question)}
            for question in definition.questions
            if question.type in ("single", "multiple", "ranking")
        }
        self.arms = {ballot.name: {arm.value for arm in ballot.arms if arm.weight} for ballot in definition.ballots}

    def possible(self, conditions: Iterable[Node], repeats: tuple[str, ...] = ()) -> bool:
        """Whether all these can hold at once, read in an instance of `repeats`."""
        found = _product([alternatives(condition, True) for condition in conditions])
        if found is None:
            return True
        return any(self._consistent(alternative, repeats) for alternative in found)

    def premises(self, entry: Entry) -> tuple[Node, ...]:
        """The conditions of an item and of all around it."""
        parts = (self.definition.pages[entry.page], *entry.above, entry.item)
        return tuple(expressions.parse(part.relevant) for part in parts if part.relevant)

    def _consistent(self, atoms: tuple[Atom, ...], repeats: tuple[str, ...]) -> bool:
        """Whether these comparisons hold together, with what has to hold for the answers they ask for."""
        domains: dict[str, _Domain] = {}
        waiting = list(atoms)
        believed: set[str] = set()
        while waiting:
            atom = waiting.pop()
            name = self._apply(domains, atom, repeats)
            if name is None:
                continue
            if not self._open(name, domains[name]):
                return False
            if domains[name].answered and name not in believed and len(believed) < MAX_PREMISES:
                believed.add(name)
                waiting.extend(self._behind(name))
        return True

    def _behind(self, name: str) -> tuple[Atom, ...]:
        """What holds whenever this question is answered: its own conditions and its constraint."""
        if name not in self.behind:
            self.behind[name] = tuple(self._looked_up(name))
        return self.behind[name]

    def _looked_up(self, name: str) -> Iterator[Atom]:
        entry = self.entries.get(name)
        if entry is None or not isinstance(entry.item, Question):
            return
        known = list(self.premises(entry))
        if entry.item.constraint:
            known.append(replaced(expressions.parse(entry.item.constraint), own=name))
        for condition in known:
            found = alternatives(condition, True)
            if found is not None and len(found) == 1:
                yield from found[0]

    def _apply(self, domains: dict[str, _Domain], atom: Atom, repeats: tuple[str, ...]) -> str | None:
        """Narrow what an answer can be; the name, or None when the comparison is not understood."""
        self.steps += 1
        found = comparison(atom)
        if found is None:
            return None
        name, operator, value, holds = found
        if name not in self.arms and (name not in self.entries or not self._same_place(name, repeats)):
            return None
        domain = domains.setdefault(name, self._start(name))
        self._narrow(name, domain, operator, value, holds)
        return name

    def _same_place(self, name: str, repeats: tuple[str, ...]) -> bool:
        homes = self.entries[name].repeats
        return repeats[: len(homes)] == homes

    def _start(self, name: str) -> _Domain:
        if name in self.arms:
            return _Domain(values=set(self.arms[name]), answered=True)
        item = self.entries[name].item
        if isinstance(item, Question) and item.type == "single":
            return _Domain(values={None, *self.options[name]})
        if isinstance(item, Question) and item.type in _NUMBERS:
            low, high = bounds(item)
            return _Domain(low=low, high=high)
        return _Domain()

    def _narrow(self, name: str, domain: _Domain, operator: str, value: str | Decimal, holds: bool) -> None:
        if operator == "answered" or (operator == "=" and value == ""):
            answered = holds == (operator == "answered")
            domain.answered |= answered
            domain.empty |= not answered
            if domain.values is not None:
                domain.values = {each for each in domain.values if (each is not None) == answered}
            return
        if operator in ("=", "selected"):
            self._equal(name, domain, operator, value, holds)
        elif holds:
            domain.answered = True
            self._order(domain, operator, value)

    def _equal(self, name: str, domain: _Domain, operator: str, value: str | Decimal, holds: bool) -> None:
        domain.answered |= holds
        words = expressions.as_text(value)
        if domain.values is not None:
            same: set[str | None] = {each for each in domain.values if each and _same(each, value, operator)}
            domain.values = same if holds else domain.values - same
        elif name in self.options:
            if operator == "selected":
                (domain.chosen if holds else domain.not_chosen).add(words)
        elif holds and isinstance(self.entries[name].item, Question) and self.entries[name].item.type in _NUMBERS:
            number = expressions.as_number(value)
            if number is None:
                domain.empty = True
            else:
                self._order(domain, ">=", number)
                self._order(domain, "<=", number)

    def _order(self, domain: _Domain, operator: str, value: str | Decimal) -> None:
        number = expressions.as_number(value)
        if number is None:
            return
        if domain.values is not None:
            domain.values = {each for each in domain.values if each is not None and _ordered(each, operator, number)}
        elif operator in (">", ">=") and (domain.low is None or number >= domain.low):
            domain.low_open = operator == ">" or (domain.low_open and number == domain.low)
            domain.low = number
        elif operator in ("<", "<=") and (domain.high is None or number <= domain.high):
            domain.high_open = operator == "<" or (domain.high_open and number == domain.high)
            domain.high = number

    def _open(self, name: str, domain: _Domain) -> bool:
        """Whether anything is left that the answer can be."""
        if domain.answered and domain.empty:
            return False
        if domain.values is not None:
            return bool(domain.values)
        if domain.chosen & domain.not_chosen or not self._choosable(name, domain.chosen):
            return False
        if domain.answered and domain.low is not None and domain.high is not None:
            return domain.low < domain.high or (
                domain.low == domain.high and not domain.low_open and not domain.high_open
            )
        return True

    def _choosable(self, name: str, chosen: set[str]) -> bool:
        if not chosen:
            return True
        options = self.options.get(name, {})
        item = self.entries[name].item
        if not chosen <= set(options):
            return False
        if len(chosen) > 1 and any(options[value].exclusive for value in chosen):
            return False
        most = item.max_chosen if isinstance(item, Question) else None
        return most is None or len(chosen) <= most


def replaced(node: Node, *, own: str = "", fields: Mapping[str, str] | None = None) -> Node:
    """The expression with `.` read as `${own}` and `@field` as its value."""
    if isinstance(node, Self) and own:
        return Reference(own, node.at)
    if isinstance(node, FieldOf) and fields is not None:
        return Literal(fields.get(node.name, ""), node.at)
    if isinstance(node, Call):
        return Call(node.function, tuple(replaced(each, own=own, fields=fields) for each in node.arguments), node.at)
    if isinstance(node, Negation):
        return Negation(replaced(node.operand, own=own, fields=fields), node.at)
    if isinstance(node, Chain):
        rest = tuple((operator, replaced(each, own=own, fields=fields)) for operator, each in node.rest)
        return Chain(replaced(node.first, own=own, fields=fields), rest, node.at)
    return node


def alternatives(node: Node, wanted: bool, *, strict: bool = False) -> list[tuple[Atom, ...]] | None:
    """Ways in which the condition is `wanted`; none when it cannot be; None when there are too many to look at.

    Of things that have to hold together one that is too large is left out, but where `strict` it makes all too many.
    """
    if isinstance(node, Call) and node.function == "not":
        return alternatives(node.arguments[0], not wanted, strict=strict)
    if isinstance(node, Call) and node.function in ("true", "false"):
        return [()] if (node.function == "true") == wanted else []
    if isinstance(node, Call) and node.function in ("boolean", "once"):
        return alternatives(node.arguments[0], wanted, strict=strict)
    if isinstance(node, Literal):
        return [()] if expressions.as_boolean(node.value) == wanted else []
    if isinstance(node, Chain) and node.rest[0][0] in ("and", "or"):
        parts = [alternatives(each, wanted, strict=strict) for each in (node.first, *(each for _, each in node.rest))]
        if (node.rest[0][0] == "and") == wanted:
            return _product(parts, strict=strict)
        if any(part is None for part in parts):
            return None
        together = [alternative for part in parts if part is not None for alternative in part]
        return together if len(together) <= MAX_ALTERNATIVES else None
    if isinstance(node, Chain) and not expressions.references(node) and _is_fixed(node):
        value = expressions.evaluate(node, {}, _NOWHERE)
        return [()] if expressions.as_boolean(value) == wanted else []
    return [((node, wanted),)]


def _is_fixed(node: Node) -> bool:
    """Whether nothing but what is written decides the value."""
    return all(
        isinstance(each, Literal | Chain | Negation)
        or (isinstance(each, Call) and each.function in ("true", "false", "not", "number", "string", "concat"))
        for each in expressions.walk(node)
    )


def _product(parts: list[list[tuple[Atom, ...]] | None], *, strict: bool = False) -> list[tuple[Atom, ...]] | None:
    """Every way to meet all parts at once.

    A part that is too large is left out, which only makes more possible; where `strict` it makes all of it None, for
    who has to name everything that must be so.
    """
    ways: list[tuple[Atom, ...]] = [()]
    for part in parts:
        if part is None or len(ways) * len(part) > MAX_ALTERNATIVES:
            if strict:
                return None
            continue
        ways = [(*way, *more) for way in ways for more in part]
    return ways


def comparison(atom: Atom) -> tuple[str, str, str | Decimal, bool] | None:
    """(name, operator, value, holds) of a comparison of one answer with a fixed value."""
    node, holds = atom
    if isinstance(node, Reference):
        # True means answered; an answer of 0 or "no" is not true either.
        return (node.name, "answered", "", True) if holds else None
    if isinstance(node, Call) and node.function == "answered" and isinstance(node.arguments[0], Reference):
        return node.arguments[0].name, "answered", "", holds
    if isinstance(node, Call) and node.function == "selected":
        question, value = node.arguments
        if isinstance(question, Reference) and isinstance(value, Literal):
            return question.name, "selected", value.value, holds
    if isinstance(node, Chain) and len(node.rest) == 1:
        operator, right = node.rest[0]
        left = node.first
        if isinstance(left, Literal):
            left, right, operator = right, left, _OPPOSITE.get(operator, operator)
        if isinstance(left, Reference) and isinstance(right, Literal) and operator in _OPPOSITE:
            if operator == "!=":
                return left.name, "=", right.value, not holds
            return left.name, operator, right.value, holds
    return None


def _same(offered: str, value: str | Decimal, operator: str) -> bool:
    if operator == "=" and isinstance(value, Decimal):
        return expressions.as_number(offered) == value
    return offered == expressions.as_text(value)


def _ordered(offered: str, operator: str, number: Decimal) -> bool:
    own = expressions.as_number(offered)
    if own is None:
        return False
    return {"<": own < number, "<=": own <= number, ">": own > number, ">=": own >= number}[operator]
