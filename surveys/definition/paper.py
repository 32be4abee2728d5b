"""A questionnaire on paper: what is printed, under which number, and conditions taken apart for somebody to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys.definition import expressions
from surveys.definition.expressions.tree import Call, Chain, Literal, Node, Reference
from surveys.definition.model import UNASKED_TYPES, Definition, Group, Mode, Page, Question, Repeat, Texts, parts_of
from surveys.definition.reasoning import Atom, alternatives, comparison

MODE: Mode = "paper"
WAYS_MOST = 12
"""A condition with more ways to be met is printed as it was written: nobody reads on."""


def is_printed(part: Page | Group | Repeat | Question) -> bool:
    """Say whether a part is meant for paper, whatever is around it; what nobody is asked is not printed."""
    return part.is_meant_for(MODE) and not (isinstance(part, Question) and part.type in UNASKED_TYPES)


def numbers(definition: Definition) -> dict[str, int]:
    """Return the printed number of each question by its name, from 1; notes and what paper leaves out have none."""
    if not definition.is_asked(MODE):
        return {}
    printed = [
        entry.item.name
        for entry in definition.entries
        if isinstance(entry.item, Question) and entry.item.asked
        if all(is_printed(part) for part in (definition.pages[entry.page], *entry.above, entry.item))
    ]
    return {name: number for number, name in enumerate(printed, start=1)}


@dataclass(frozen=True)
class Clause:
    """One thing that has to be so. `what` is one of: answered, empty, is, is_not, chosen, not_chosen, <, <=, >, >=.

    `name` is a question, or `question.row` of a matrix, or `question.option` of a sum. Where the condition is beyond
    these words `what` is "other" and `value` the condition as it was written; then there is no name.
    """

    name: str
    what: str
    value: str = ""


class Paper:
    """What is printed of one definition, found by name. One object serves a whole sheet: its tables are made once."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.numbers = numbers(definition)
        self._labels: dict[tuple[str, str], Mapping[str, Texts]] = {}

    def ways(self, condition: str) -> tuple[tuple[Clause, ...], ...]:
        """Return the ways in which a condition is met; in each all its clauses hold. One empty way: always met.

        What cannot be put plainly is one way with one clause, "other".
        """
        found = alternatives(expressions.parse(condition), True, strict=True)
        if not found or len(found) > WAYS_MOST:
            return ((Clause("", "other", condition),),)
        return tuple(dict.fromkeys(tuple(self._clauses(way)) for way in found))

    def _clauses(self, way: tuple[Atom, ...]) -> Iterator[Clause]:
        for atom in way:
            clause = _clause(atom)
            if clause is None or self.owner_of(clause.name) not in self.numbers:
                node, holds = atom
                yield Clause("", "other", expressions.to_text(node if holds else Call("not", (node,))))
            else:
                yield clause

    def owner_of(self, name: str) -> str:
        """Return the question that a name in an expression is of, "" for none: of `question.row` the question."""
        return name if name in self.definition.by_name else self._parts.get(name, ("", {}))[0]

    def row_of(self, name: str) -> Texts:
        """Return the words of the row or option that a name is of, none for a whole question."""
        return {} if name in self.definition.by_name else self._parts[name][1]

    def label_of(self, name: str, value: str) -> Texts:
        """Return the words of an answer by language, none where an answer is its own word."""
        question = self.definition.by_name[self.owner_of(name)].item
        if not isinstance(question, Question):
            return {}
        # Questions that share a list share its words.
        key = (question.list, "" if question.list else question.name)
        if key not in self._labels:
            options = self.definition.options_of(question)
            self._labels[key] = {option.value: option.words for option in options}
        return self._labels[key].get(value, {})

    @cached_property
    def _parts(self) -> Mapping[str, tuple[str, Texts]]:
        """The question and the words of each row of a matrix and each amount of a sum, by its name in expressions."""
        parts: dict[str, tuple[str, Texts]] = {}
        for question in self.definition.questions:
            rows = question.rows if question.type == "matrix" else self.definition.options_of(question)
            for name, row in zip(parts_of(self.definition, question), rows, strict=False):
                parts.setdefault(name, (question.name, row.words or {"": row.value}))
        return parts


def _clause(atom: Atom) -> Clause | None:
    found = comparison(_without_call(atom))
    if found is None:
        return None
    name, operator, value, holds = found
    words = expressions.as_text(value)
    if operator == "answered" or (operator == "=" and words == ""):
        return Clause(name, "answered" if holds == (operator == "answered") else "empty")
    if operator == "selected":
        return Clause(name, "chosen" if holds else "not_chosen", words)
    if operator == "=":
        return Clause(name, "is" if holds else "is_not", words)
    # "Not less than 3" is also true of no answer, which nobody would read out of "at least 3".
    return Clause(name, operator, words) if holds else None


def _without_call(atom: Atom) -> Atom:
    """Read `count_selected(${q}) > 0` as "answered", which is how authors of other programs write it."""
    node, holds = atom
    if isinstance(node, Chain) and isinstance(node.first, Call) and len(node.rest) == 1:
        operator, right = node.rest[0]
        is_count = node.first.function == "count_selected" and isinstance(node.first.arguments[0], Reference)
        bound = {(">", 0): True, (">=", 1): True, ("=", 0): False, ("<", 1): False}
        if is_count and isinstance(right, Literal):
            number = expressions.as_number(right.value)
            if number is not None and (known := bound.get((operator, int(number)))) is not None and number % 1 == 0:
                counted: Node = node.first.arguments[0]
                return Call("answered", (counted,)), holds == known
    return atom


def renumbered(condition: str, printed: Mapping[str, int], say: Callable[[int], str]) -> str:
    """Return a condition as it was written, with `say(number)` in the place of questions that are on the paper."""
    parts: list[str] = []
    at = 0
    for node in sorted(expressions.walk(expressions.parse(condition)), key=lambda one: one.at):
        if isinstance(node, Reference) and node.name in printed and node.at >= at:
            end = condition.index("}", node.at) + 1
            parts += [condition[at : node.at], say(printed[node.name])]
            at = end
    return "".join([*parts, condition[at:]])
