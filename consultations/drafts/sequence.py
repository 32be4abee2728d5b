"""How numbers follow one another: headings, and lists inside an article with their nesting.

A list is open while its marks go on. Placing a mark means finding the list it continues, or opening one below it.
"""

import re
from dataclasses import dataclass

from consultations.drafts.marks import Mark
from consultations.drafts.numerals import from_letters, number_key

_PARTS = re.compile(r"([0-9]+|[A-Za-z]+)")


def sequence_problem(before: str, number: str) -> str:
    """Return "" when `number` may follow `before` in a series, else the code of the doubt.

    12 -> 13, 12 -> 12A -> 12B -> 13, 15 -> 15.1 -> 15.2 -> 16 and, for a new series, 1 or A are in order.
    """
    head, tail = _split(number)
    if not before:
        return "" if head <= 1 else "not_from_one"
    previous, previous_tail = _split(before)
    if head < previous or (head == previous and number_key(number) <= number_key(before)):
        return "out_of_order"
    if head == previous:
        return "" if _next_tail(previous_tail, tail) else "missing_numbers"
    return "" if head == previous + 1 and not tail else "missing_numbers"


def _split(number: str) -> tuple[int, tuple[int, ...]]:
    parts = [int(part) if part.isdigit() else from_letters(part) or 0 for part in _PARTS.findall(number)]
    return (parts[0], tuple(parts[1:])) if parts else (0, ())


def _next_tail(before: tuple[int, ...], tail: tuple[int, ...]) -> bool:
    if not tail or 0 in tail or 0 in before:  # a tail of mixed letters (12ZA) has no settled order
        return True
    if len(tail) > len(before):
        return tail[: len(before)] == before and all(part == 1 for part in tail[len(before) :])
    return tail[-1] == before[len(tail) - 1] + 1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a list mark falls: `depth` 0 is the outermost list; `problem` is the code of a doubt or ""."""

    depth: int
    problem: str = ""
    before: str = ""


@dataclass(slots=True)
class _OpenList:
    style: str
    place: int
    number: str
    label: str


# GB/T 9704: 一、 then （一） then 1. then （1）; ① and letters come below.
_CHINESE_RANK = {"一、": 0, "（一）": 1, "1.": 2, "（1）": 3}
_LOWEST_RANK = 4


class ChineseLists:
    """The open lists of one Chinese article; the form of a mark fixes which of two lists lies deeper."""

    def __init__(self) -> None:
        self._open: list[_OpenList] = []
        self._outermost: _OpenList | None = None

    def place(self, mark: Mark, following: Mark | None) -> Placement:
        """Return where `mark` falls. `following` (the next list mark) is of no use here: the forms are unambiguous."""
        style, place = mark.values[0]
        rank = _rank(style)
        while self._open and _rank(self._open[-1].style) > rank:
            self._open.pop()
        top = self._open[-1] if self._open else None
        if top is not None and _rank(top.style) == rank:
            placement = Placement(len(self._open) - 1, _step_problem(top, mark, style, place), top.label)
            self._open[-1] = _OpenList(style, place, mark.number, mark.label)
        else:
            placement = self._opened(mark, style, place)
            self._open.append(_OpenList(style, place, mark.number, mark.label))
        if len(self._open) == 1 and placement.depth == 0:
            self._outermost = self._open[0]
        return placement

    def _opened(self, mark: Mark, style: str, place: int) -> Placement:
        if self._open:
            return Placement(len(self._open), "" if place == 1 else "not_from_one")
        last = self._outermost
        if last is None:
            if place != 1:
                return Placement(0, "not_from_one")
            return Placement(0, "level_jump" if _rank(style) >= 2 else "")
        if _rank(style) > _rank(last.style):
            return Placement(1, "level_jump")
        if style != last.style:
            return Placement(0, "mixed_numbering", last.label)
        goes_on = place in (1, last.place + 1)
        return Placement(0, "" if goes_on else _step_problem(last, mark, style, place), last.label)

    def close(self) -> None:
        """End the open lists at a line without a mark; a later mark may still continue the outermost one."""
        self._open.clear()


def _rank(style: str) -> int:
    return _CHINESE_RANK.get(style, _LOWEST_RANK)


def _step_problem(before: _OpenList, mark: Mark, style: str, place: int) -> str:
    if style != before.style:
        return "mixed_numbering"
    if place == before.place:
        return "duplicate_number" if mark.number == before.number else ""
    if place < before.place:
        return "out_of_order"
    return "" if place == before.place + 1 else "missing_numbers"


class EnglishLists:
    """The open lists of one English article. Any style may lie under any other; the sequence decides."""

    def __init__(self) -> None:
        self._open: list[_OpenList] = []
        self._outermost: _OpenList | None = None

    def place(self, mark: Mark, following: Mark | None) -> Placement:
        """Return where `mark` falls. `following`: the next list mark, which settles "(i)" after "(h)"."""
        step = self._continued(mark, following) or self._opened(mark) or self._after_gap(mark)
        depth, style, place, problem, before = step
        del self._open[depth:]
        self._open.append(_OpenList(style, place, mark.number, mark.label))
        if depth == 0:
            self._outermost = self._open[0]
        return Placement(depth, problem, before)

    def close(self, *, keep: int = 0) -> None:
        """End the lists below the `keep` outermost at a line without a mark."""
        del self._open[keep:]

    def _continued(self, mark: Mark, following: Mark | None) -> tuple[int, str, int, str, str] | None:
        choices = []
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth]
            for style, place in mark.values:
                if style == last.style and (place == last.place + 1 or (place == last.place and _inserted(mark, last))):
                    choices.append((depth, style, place, "", last.label))
        if not self._open and self._outermost is not None:
            last = self._outermost
            next_in_it = (last.style, last.place + 1)
            choices += [(0, style, place, "", "") for style, place in mark.values if (style, place) == next_in_it]
        coming = following.values if following is not None else ()
        opens = [(style, place) for style, place in mark.values if place == 1 and (style, 2) in coming]
        if opens and not any((style, place + 1) in coming for _depth, style, place, _problem, _before in choices):
            return None  # (i) after (h), with (ii) to come: the first Roman number, not the ninth letter
        confirmed = [choice for choice in choices if (choice[1], choice[2] + 1) in coming]
        return next(iter(confirmed or choices), None)

    def _opened(self, mark: Mark) -> tuple[int, str, int, str, str] | None:
        open_styles = [last.style for last in self._open]
        first = [style for style, place in mark.values if place == 1]
        for style in first:
            if style not in open_styles:
                mixed = not self._open and self._outermost is not None and self._outermost.style != style
                before = self._outermost.label if mixed and self._outermost else ""
                return len(self._open), style, 1, "mixed_numbering" if mixed else "", before
        for style in first:  # the same style begins again without a line between
            depth = open_styles.index(style)
            last = self._open[depth]
            return depth, style, 1, "duplicate_number" if last.place == 1 else "out_of_order", last.label
        return None

    def _after_gap(self, mark: Mark) -> tuple[int, str, int, str, str]:
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth]
            for style, place in mark.values:
                if style == last.style:
                    return depth, style, place, _step_problem(last, mark, style, place), last.label
        style, place = mark.values[0]
        return len(self._open), style, place, "not_from_one", ""


def _inserted(mark: Mark, last: _OpenList) -> bool:
    """(1A) after (1), (aa) after (a): put between two older numbers."""
    return mark.number != last.number and number_key(mark.number) > number_key(last.number)
