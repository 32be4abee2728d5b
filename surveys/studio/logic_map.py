"""The logic of a draft as a map: pages in order with what stands on them, and arrows from what is read to its reader.

Only the places of boxes and lines are worked out here, in pixels from the upper left corner. Every question that is
read has one line down the right side, in a lane that no other line needs at the same height; short lines are inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from surveys.definition import checks, expressions, model
from surveys.definition.dependencies import Dependencies, page_key

ROWS_MOST = 400
"""Beyond that a map is no help, and slow; the table says the same."""

WIDTH = 264
MARGIN = 8
HEIGHT = 32
MARK_HEIGHT = 18
INDENT = 16
GAP = 20
LANE = 14
HEAD = 8
CELLS = 30
"""Half-width characters that a row holds."""
_SPREAD = 5


@dataclass(frozen=True)
class Box:
    """One row: a page (`kind` "page"), an item ("item") or a split ballot ("ballot")."""

    kind: str
    name: str
    label: str
    number: int
    depth: int
    marks: tuple[str, ...]
    y: int
    height: int

    @property
    def x(self) -> int:
        """The left edge."""
        return MARGIN + (0 if self.kind == "page" else 8 + self.depth * INDENT)

    @property
    def width(self) -> int:
        """From the left edge to the right one."""
        return MARGIN + WIDTH - self.x - (0 if self.kind == "page" else 8)

    @property
    def words(self) -> str:
        """As much of the label as the row holds."""
        return shortened(self.label, CELLS - 2 * self.depth - (4 if self.kind == "page" else 0))

    @property
    def text_x(self) -> int:
        """Where the words begin."""
        return self.x + 8

    @property
    def text_y(self) -> int:
        """The base line of the words."""
        return self.y + 21

    @property
    def marked(self) -> tuple[tuple[str, int], ...]:
        """The words of each finding with their base line."""
        return tuple((words, self.y + 39 + MARK_HEIGHT * place) for place, words in enumerate(self.marks))

    @property
    def middle(self) -> int:
        """Where lines meet it."""
        return self.y + HEIGHT // 2


@dataclass(frozen=True)
class Frame:
    """The frame around a page with all that stands on it."""

    y: int
    height: int
    x: int = MARGIN
    width: int = WIDTH


@dataclass(frozen=True)
class Arrow:
    """A line from what is read to what reads it. `is_wrong`: it is in a circle, or what it reads is asked later."""

    source: Box
    target: Box
    line: str
    head: str
    is_wrong: bool


@dataclass(frozen=True)
class Map:
    """Everything that is drawn."""

    width: int
    height: int
    frames: tuple[Frame, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass
class _Reading:
    """What reads what, by nodes: names of items and ballots, and `page_key` of pages."""

    pairs: dict[tuple[str, str], None] = field(default_factory=dict)
    wrong: set[tuple[str, str]] = field(default_factory=set)
    marks: dict[str, list[str]] = field(default_factory=dict)

    def mark(self, node: str, words: str) -> None:
        found = self.marks.setdefault(node, [])
        if words not in found:
            found.append(words)


def draw(
    definition: model.Definition,
    findings: Sequence[checks.Finding],
    labels: Mapping[str, str],
    marks: Mapping[str, str],
) -> Map | None:
    """Lay out a definition; None where it has more than ROWS_MOST rows or none at all.

    `labels` are the words of each node: the name of an item or ballot, and `page_key` of a page. `marks` are the words
    of the findings that are marked, by their code.
    """
    if not definition.pages or len(definition.entries) + len(definition.pages) > ROWS_MOST:
        return None
    reading = _read(definition, findings, marks)
    frames, boxes = _stack(definition, reading, labels)
    lanes = _lanes(reading.pairs, boxes)
    arrows = tuple(
        _arrow(boxes[source], boxes[target], lanes[source], (source, target) in reading.wrong)
        for source, target in reading.pairs
    )
    width = 2 * MARGIN + WIDTH + LANE * (2 + max(lanes.values(), default=-1))
    last = frames[-1]
    return Map(width, last.y + last.height + MARGIN, tuple(frames), tuple(boxes.values()), arrows)


def shortened(text: str, cells: int) -> str:
    """Cut a text to so many half-width characters; Chinese ones count twice (Unicode Standard Annex 11)."""
    plain, used = " ".join(text.split()), 0
    for place, character in enumerate(plain):
        used += 2 if east_asian_width(character) in "WF" else 1
        if used > cells:
            return plain[: max(place - 1, 1)] + "…"
    return plain


def conditions_of(definition: model.Definition, part: model.Part) -> Iterator[tuple[str, str]]:
    """Yield (property, text) of the expressions of a page or item and of its answers and rows, each text once."""
    yield from model.expressions_of(part)
    if isinstance(part, model.Question):
        options = (*definition.options_of(part), *part.rows)
        yield from (("relevant", text) for text in dict.fromkeys(one.relevant for one in options if one.relevant))


def _read(definition: model.Definition, findings: Sequence[checks.Finding], marks: Mapping[str, str]) -> _Reading:
    dependencies = Dependencies(definition)
    owners = {**{ballot.name: ballot.name for ballot in definition.ballots}, **dependencies.owner}
    nodes: dict[str, model.Part] = {page_key(number): page for number, page in enumerate(definition.pages)}
    nodes |= {entry.item.name: entry.item for entry in definition.entries}
    found = _Reading()
    for node, part in nodes.items():
        for _property, text in conditions_of(definition, part):
            for name in sorted(expressions.references(expressions.parse(text))):
                source = owners.get(name)
                if source is not None and source != node:
                    found.pairs[source, node] = None
    for circle in dependencies.circles:
        for reader, source in zip(circle, circle[1:], strict=False):
            found.mark(reader, marks["circular"])
            # That a question lies on the page that reads it is no arrow.
            if (source, reader) in found.pairs:
                found.wrong.add((source, reader))
    paths = {f"/pages/{number}": page_key(number) for number in range(len(definition.pages))}
    paths |= {entry.path: entry.item.name for entry in definition.entries}
    for finding in findings:
        node = _node(finding.path, paths) or finding.values.get("name", "")
        if finding.code not in marks or finding.code == "circular" or node not in nodes:
            continue
        found.mark(node, marks[finding.code])
        if finding.code == "refers_later":
            found.wrong.add((owners.get(finding.values["name"], ""), node))
    return found


def _node(path: str, paths: Mapping[str, str]) -> str:
    while path and path not in paths:
        path = path.rpartition("/")[0]
    return paths.get(path, "")


def _stack(
    definition: model.Definition, reading: _Reading, labels: Mapping[str, str]
) -> tuple[list[Frame], dict[str, Box]]:
    """Put pages below one another and their items into them; split ballots that are read stand above."""
    boxes: dict[str, Box] = {}
    frames: list[Frame] = []
    y = MARGIN

    def put(node: str, kind: str, name: str, number: int = 0, depth: int = 0) -> None:
        nonlocal y
        marks = tuple(reading.marks.get(node, ()))
        height = HEIGHT + MARK_HEIGHT * len(marks)
        boxes[node] = Box(kind, name, labels.get(node) or name, number, depth, marks, y, height)
        y += height + 4

    read = {source for source, _target in reading.pairs}
    for ballot in definition.ballots:
        if ballot.name in read:
            put(ballot.name, "ballot", ballot.name)
    y += GAP if boxes else 0
    for number, page in enumerate(definition.pages):
        start = y
        put(page_key(number), "page", page.name, number + 1)
        for entry in (one for one in definition.entries if one.page == number):
            put(entry.item.name, "item", entry.item.name, depth=len(entry.above))
        frames.append(Frame(start, y - start + 4))
        y += GAP
    return frames, boxes


def _lanes(pairs: Mapping[tuple[str, str], None], boxes: Mapping[str, Box]) -> dict[str, int]:
    """Give the line of each source the innermost lane that is free where it runs, short lines first."""
    runs: dict[str, list[int]] = {}
    for source, target in pairs:
        runs.setdefault(source, [boxes[source].middle]).append(boxes[target].middle)
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[str, int] = {}
    for source, ends in sorted(runs.items(), key=lambda run: max(run[1]) - min(run[1])):
        low, high = min(ends) - 2 * _SPREAD, max(ends) + 2 * _SPREAD
        free = (lane for lane, runs_there in enumerate(taken) if all(high < a or b < low for a, b in runs_there))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[source] = lane
    return lanes


def _arrow(source: Box, target: Box, lane: int, is_wrong: bool) -> Arrow:
    out, down = source.x + source.width, MARGIN + WIDTH + LANE * (lane + 1)
    back, start, end = target.x + target.width, source.middle + _SPREAD, target.middle - _SPREAD
    line = f"M{out} {start}H{down}V{end}H{back + HEAD}"
    head = f"M{back} {end}l{HEAD} -4v8z"
    return Arrow(source, target, line, head, is_wrong)
