"""Redaction of a PDF: every page is drawn anew with the places blackened, and only the words that stay go with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from engage.publishing.redaction.marks import BLACK, BOX, PATTERN, RANGE, WORD, Mark, Span, normal, spans
from engage.publishing.redaction.pages import Box, Glyph, Pages, PageText
from engage.publishing.redaction.pdf_writing import Run, Sheet, Writer
from engage.publishing.redaction.places import Place, around

# Points of black around the boxes of the signs: ink may reach beyond them.
_MARGIN = 1.2
# A sign goes with a black place when so much of it lies there.
_SHARE = 0.2
# Of the neighbours of a page, to find what goes on over its end.
_REACH = 120


@dataclass(frozen=True)
class Black:
    """A place of a page that is blackened. `span` is in the text of the page, None for a box that was drawn."""

    mark: int
    boxes: tuple[Box, ...]
    span: tuple[int, int] | None = None
    hidden: bool = False


def blacks(text: PageText, marks: Sequence[Mark], extra: Iterable[Span] = ()) -> list[Black]:
    """Return what is blackened on a page; `extra` are spans found over the end of a page."""
    found: dict[tuple[int, int, int], Black] = {}
    for span in [*spans(text.text, marks, page=text.number), *extra]:
        found.setdefault((span.start, span.end, span.mark), _black(text, range(span.start, span.end), span.mark))
    covered = {(place, black.mark) for black in found.values() for place in range(*(black.span or (0, 0)))}
    looked_for = [mark if mark.kind in {WORD, PATTERN} else Mark(RANGE) for mark in marks]
    for order in _orders(text.glyphs):
        laid_out = "".join("\n" if place < 0 else text.glyphs[place].character for place in order)
        for span in spans(laid_out, looked_for, page=text.number):
            places = [place for place in order[span.start : span.end] if place >= 0]
            if any((place, span.mark) not in covered for place in places):
                covered |= {(place, span.mark) for place in places}
                found[(min(places), -len(found), span.mark)] = _black(text, places, span.mark)
    found_in_order = sorted(found.values(), key=lambda black: black.span or (0, 0))
    for number, mark in enumerate(marks):
        if mark.kind == BOX and mark.page == text.number:
            box = (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
            size = (text.width, text.height) * 2
            found_in_order.append(Black(number, (tuple(a * b for a, b in zip(box, size, strict=True)),)))  # type: ignore[arg-type]
    return found_in_order


def places(text: PageText, found: Iterable[Black]) -> list[Place]:
    """Return the places of what is blackened on a page."""
    told = []
    for black in found:
        shares = tuple(_share(box, text) for box in black.boxes)
        start, end = black.span or (0, 0)
        place = around(text.text, Span(start, end, black.mark), "", text.number)
        told.append(replace(place, boxes=shares, hidden=black.hidden))
    return told


def _share(box: Box, text: PageText) -> tuple[float, float, float, float]:
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(text.width, box[2]), min(text.height, box[3])
    return (
        *(left / text.width, top / text.height),
        *(max(0.0, right - left) / text.width, max(0.0, bottom - top) / text.height),
    )


def over_page_ends(texts: Sequence[PageText], marks: Sequence[Mark]) -> dict[int, list[Span]]:
    """Return, by page, the parts of words that begin on one page and end on the next."""
    found: dict[int, list[Span]] = {}
    words = [mark if mark.kind == WORD else Mark(RANGE) for mark in marks]
    for before, after in zip(texts, texts[1:], strict=False):
        cut = max(0, len(before.text) - _REACH)
        tail, head = before.text[cut:].rstrip(), after.text[:_REACH]
        for span in spans(f"{tail}\n{head}", words):
            if span.start < len(tail) < span.end:
                found.setdefault(before.number, []).append(Span(cut + span.start, cut + len(tail), span.mark))
                found.setdefault(after.number, []).append(Span(0, span.end - len(tail) - 1, span.mark))
    return found


def _black(text: PageText, places: Iterable[int], mark: int) -> Black:
    places = list(places)
    boxes: list[Box] = []
    seen = False
    for place in places:
        glyph = text.glyphs[place]
        if glyph.box is None:
            continue
        seen = seen or glyph.seen
        box = glyph.box
        if boxes and _same_line(boxes[-1], box):
            last = boxes[-1]
            box = (min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
            boxes.pop()
        boxes.append(box)
    return Black(mark, tuple(boxes), (min(places), max(places) + 1), not seen)


def _same_line(one: Box, other: Box) -> bool:
    """Say whether two boxes may be one bar: they share a line, lying or standing, and are not far apart."""
    for low, high in ((1, 3), (0, 2)):
        shared = min(one[high], other[high]) - max(one[low], other[low])
        along = 0 if low else 1
        gap = max(one[along], other[along]) - min(one[along + 2], other[along + 2])
        thick = min(one[high] - one[low], other[high] - other[low])
        if thick > 0 and shared > 0.6 * thick and gap < thick:
            return True
    return False


def _orders(glyphs: Sequence[Glyph]) -> Iterator[list[int]]:
    """Yield the signs as they stand on the page, by lines and by columns; -1 is a line's end.

    A program may draw the letters of a word in any order, and bold ones twice.
    """
    placed = [
        (place, glyph.box) for place, glyph in enumerate(glyphs) if glyph.box is not None and glyph.character.strip()
    ]
    if not placed:
        return
    yield _laid_out(placed, along=0, across=1, forwards=True)
    yield _laid_out(placed, along=1, across=0, forwards=False)


def _laid_out(placed: list[tuple[int, Box]], *, along: int, across: int, forwards: bool) -> list[int]:
    def middle(box: Box) -> float:
        return (box[across] + box[across + 2]) / 2

    lines: list[list[tuple[int, Box]]] = []
    for item in sorted(placed, key=lambda one: middle(one[1]) if forwards else -middle(one[1])):
        box = item[1]
        last = lines[-1][0][1] if lines else None
        if last is not None and abs(middle(box) - middle(last)) < 0.45 * max(last[across + 2] - last[across], 0.1):
            lines[-1].append(item)
        else:
            lines.append([item])
    order: list[int] = []
    for line in lines:
        before: Box | None = None
        for place, box in sorted(line, key=lambda one: one[1][along]):
            if before is not None and abs(box[along] - before[along]) < 0.3 * (before[along + 2] - before[along]):
                continue
            order.append(place)
            before = box
        order.append(-1)
    return order


# --- the new file ---------------------------------------------------------------------------------------------------


def redact(content: bytes, marks: Sequence[Mark], *, title: str, language: str) -> tuple[bytes, list[Place]]:
    """Return the new file and the places. Raises Refused as `Pages` does."""
    with Pages(content) as pages:
        texts = list(pages.texts())
        beyond = over_page_ends(texts, marks)
        everything = [blacks(text, marks, beyond.get(text.number, ())) for text in texts]
        writer = Writer(title=title, language=language)
        for text, found in zip(texts, everything, strict=True):
            boxes = [_wider(box) for black in found for box in black.boxes] + list(text.covers)
            picture = blackened(pages.picture(text.number), boxes, text.width, text.height)
            writer.add(Sheet(text.width, text.height, picture, _lines(text, found, boxes)))
        told = [place for text, found in zip(texts, everything, strict=True) for place in places(text, found)]
        return writer.written(), told


def blackened(picture: Image.Image, boxes: Iterable[Box], width: float, height: float) -> Image.Image:
    """Return the picture with black in the boxes, which are in the measure of a page of this width and height."""
    across, down = picture.width / width, picture.height / height
    # The mode may have a palette of transparency: black is opaque there too.
    brush = ImageDraw.Draw(picture)
    black = {"LA": (0, 255), "RGBA": (0, 0, 0, 255)}.get(picture.mode, 0)
    for left, top, right, bottom in boxes:
        brush.rectangle(
            (
                *(math.floor(left * across), math.floor(top * down)),
                *(math.ceil(right * across), math.ceil(bottom * down)),
            ),
            fill=black,
        )
    return picture


def _wider(box: Box) -> Box:
    return box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN


def _lines(text: PageText, found: Sequence[Black], boxes: Sequence[Box]) -> list[list[Run]]:
    """Return the words that stay, by lines, with ■■ where something was."""
    gone = _gone(text.glyphs, found, boxes)
    lines: list[list[Run]] = [[]]
    group: list[Glyph] = []

    def close() -> None:
        if group:
            lines[-1].append(_run(group))
            group.clear()

    told: set[int] = set()
    for place, glyph in enumerate(text.glyphs):
        if glyph.character in "\r\n":
            close()
            lines.append([])
        elif place in gone:
            close()
            number = gone[place]
            if number >= 0 and number not in told and glyph.seen and glyph.box:
                told.add(number)
                lines[-1].append(_run(_bar(text.glyphs, found[number], place), BLACK))
        elif not glyph.character.strip() or glyph.box is None:
            close()
        elif glyph.seen:
            if group and not _goes_on(group[-1], glyph):
                close()
            group.append(glyph)
        else:
            close()
    close()
    return lines


def _gone(glyphs: Sequence[Glyph], found: Sequence[Black], boxes: Sequence[Box]) -> dict[int, int]:
    """Return, for each sign that goes, the number of its black place, -1 when it only lies under one."""
    gone = {
        place: -1 for place, glyph in enumerate(glyphs) if glyph.box and any(_under(glyph.box, box) for box in boxes)
    }
    for number, black in enumerate(found):
        if black.span is not None:
            for place in range(*black.span):
                if glyphs[place].box is None or place in gone:
                    gone[place] = number
    return gone


def _under(box: Box, black: Box) -> bool:
    width = min(box[2], black[2]) - max(box[0], black[0])
    height = min(box[3], black[3]) - max(box[1], black[1])
    if width <= 0 or height <= 0:
        return False
    area = max((box[2] - box[0]) * (box[3] - box[1]), 0.01)
    return width * height > _SHARE * area


def _goes_on(one: Glyph, other: Glyph) -> bool:
    """Say whether two signs make one run: turned alike, of one size, and both of Chinese or both not."""
    wide = [normal(glyph.character).text >= "\u2e80" for glyph in (one, other)]
    return abs(one.angle - other.angle) < 0.01 and abs(one.size - other.size) < 0.5 and wide[0] == wide[1]


def _bar(glyphs: Sequence[Glyph], black: Black, start: int) -> list[Glyph]:
    """Return the signs of a black place from one on, up to the end of its line."""
    first = glyphs[start]
    group = [first]
    for place in range(start + 1, (black.span or (0, 0))[1]):
        glyph = glyphs[place]
        if glyph.box is None or first.box is None or not _same_line(group[-1].box or first.box, glyph.box):
            break
        group.append(glyph)
    return group


def _run(group: Sequence[Glyph], said: str = "") -> Run:
    first, last = group[0], group[-1]
    angle = first.angle
    size = max(first.size, 1)
    along = math.cos(angle), -math.sin(angle)
    assert last.box is not None
    corners = [(x, y) for x in (last.box[0], last.box[2]) for y in (last.box[1], last.box[3])]
    reach = max((x - first.origin[0]) * along[0] + (y - first.origin[1]) * along[1] for x, y in corners)
    text = said or "".join(glyph.character for glyph in group)
    return Run(text, first.origin[0], first.origin[1], max(reach, 0.2 * size), angle, size)
