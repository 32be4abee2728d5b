"""The script: the questions of the same definition, one after another, as they are read out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from surveys.answering import posting
from surveys.answering.sheets import Sheet
from surveys.answering.showing import Look, Shape, shapes
from surveys.definition.answers import MISSING, is_blank, missing_reason
from surveys.definition.model import Group, Question, Repeat
from surveys.definition.runtime import Course, Fault, Shown, ShownPage

# Looks whose answer is one of a few: each is a big button that saves and goes on.
ONE_PRESS = frozenset({"single", "scale", "agree"})
PRESSED_TYPES = frozenset({"single", "nps", "rating", "slider", "consent", "declaration"})
DONT_KNOW, REFUSED = MISSING[0], MISSING[1]


@dataclass(frozen=True)
class Step:
    """One thing to ask, with what is read out before it. `place` is its page's in the definition."""

    shown: Shown
    page: ShownPage
    before: tuple[Shown, ...]

    @property
    def key(self) -> str:
        """Where its answer stands; of a repeat, where it may get one more."""
        return self.shown.key

    @property
    def is_more(self) -> bool:
        """Whether it asks for one more of something."""
        return isinstance(self.shown.item, Repeat)


def steps(course: Course) -> list[Step]:
    """Return what is asked, in its order; notes and headings stand before the question that follows them."""
    found: list[Step] = []
    waiting: list[Shown] = []
    for page in course.pages:
        for shown in _flat(page.items):
            item = shown.item
            asks = isinstance(item, Repeat) or isinstance(item, Question) and item.asked and not item.read_only
            if asks:
                found.append(Step(shown, page, tuple(waiting)))
                waiting = []
            else:
                waiting.append(shown)
    return found


def _flat(items: Iterable[Shown]) -> Iterator[Shown]:
    for shown in items:
        if isinstance(shown.item, Group):
            yield shown
        for instance in shown.children:
            yield from _flat(instance)
        if isinstance(shown.item, Repeat):
            # Asked behind those that are there, unless their number is given.
            if not shown.item.count and len(shown.children) < shown.item.maximum:
                yield shown
        elif isinstance(shown.item, Question):
            yield shown


def first_open(found: list[Step], answers: Mapping[str, Any]) -> Step | None:
    """Return the first question without an answer; None when all have one."""
    for step in found:
        if not step.is_more and is_blank(posting.raw_at(answers, step.shown.path, step.shown.item.name)):
            return step
    return None


def beside(found: list[Step], key: str, by: int) -> Step | None:
    """Return the step before (-1) or behind (1) another; None where none is."""
    keys = [step.key for step in found]
    place = keys.index(key) + by if key in keys else 0
    return found[place] if 0 <= place < len(found) else None


def rows_before(step: Step, sent: QueryDict) -> int:
    """Return how many there were where one more was asked for: sent twice, it is one more all the same."""
    told, there = sent.get("rows", ""), len(step.shown.children)
    return min(int(told), there) if told.isascii() and told.isdigit() and len(told) < 6 else there


def take(answers: dict[str, Any], step: Step, sent: QueryDict) -> None:
    """Put what was sent for a step into the raw answers: words, a choice, or why there is none."""
    item, path = step.shown.item, step.shown.path
    if isinstance(item, Repeat):
        if sent.get("more"):
            posting.add_row(answers, path, item.name, rows_before(step, sent))
        return
    if (reason := sent.get("missing")) in (DONT_KNOW, REFUSED):
        posting.put(answers, path, item.name, {"missing": reason})
        return
    before = posting.raw_at(answers, path, item.name)
    # A button that only goes on sends nothing of what was pressed before; a field is sent, and may be empty.
    if isinstance(item, Question) and item.type in PRESSED_TYPES and posting.control(step.key) not in sent:
        return
    posting.take(answers, [step.shown], sent)
    if missing_reason(before) and is_blank(posting.raw_at(answers, path, item.name)):
        posting.put(answers, path, item.name, before)


def look(sheet: Sheet, course: Course, shown: Iterable[Shown], faults: Iterable[Fault] = ()) -> tuple[Shape, ...]:
    """Make what a template shows of these; an answer that is missing for a reason stands in no field."""
    shown = tuple(shown)
    typed = deepcopy(sheet.filled.answers)
    for one in posting.asked(shown):
        if missing_reason(posting.raw_at(typed, one.path, one.item.name)):
            posting.put(typed, one.path, one.item.name, "")
    by_key: dict[str, list[Fault]] = {}
    for fault in faults:
        by_key.setdefault(fault.key, []).append(fault)
    return shapes(shown, Look(course, typed, by_key, sheet.regions, mode="phone"))
