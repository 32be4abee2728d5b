"""What is to go, and where it stands: words are found whatever way they are written."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engage.errors import Refused
from engage.participation import personal_data

WORD, PATTERN, PERSONAL, RANGE, BOX, PICTURE = "word", "pattern", "personal", "range", "box", "picture"
KINDS = (WORD, PATTERN, PERSONAL, RANGE, BOX, PICTURE)

# What stands in a text where something was: of one length, so that not even the length is told.
BLACK = "■■"
# Between cells, notes and shapes: no word goes on beyond it.
BARRIER = "\0"

MOST_MARKS = 200
MOST_CHARACTERS = 200
LEAST_CHARACTERS = 2
# What * stands for in a pattern.
MOST_BETWEEN = 20


@dataclass(frozen=True)
class Mark:
    """Something to take out, and why.

    `value`: the words (WORD), a pattern in which # is a digit, ? one sign and * up to 20 signs (PATTERN), a kind of
    personal data (PERSONAL), the name of a picture inside an office file (PICTURE). `whole`: not inside longer words.
    `page` counts from 1, 0 in a file without pages (RANGE, BOX). `start` and `end` are places in the text of a page
    (RANGE). `x`, `y`, `width`, `height` are parts of the width and height of the page or picture as it is shown, from
    its upper left (BOX).
    `basis` is the code of the legal basis, `note` its words.
    """

    kind: str
    value: str = ""
    basis: str = ""
    note: str = ""
    whole: bool = False
    page: int = 0
    start: int = 0
    end: int = 0
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

    def plain(self) -> dict[str, Any]:
        """Return the mark as JSON-able values."""
        return asdict(self)


@dataclass(frozen=True)
class Span:
    """Where a mark was found: `text[start:end]`; `mark` is its place in the list."""

    start: int
    end: int
    mark: int


def check(marks: Sequence[Mark]) -> None:
    """Raise Refused: "no_marks", "too_many_marks" (most), "mark_too_short" (least), "mark_too_long" (most),
    "mark_unknown", "box_outside"."""
    if not marks:
        raise Refused("no_marks")
    if len(marks) > MOST_MARKS:
        raise Refused("too_many_marks", most=MOST_MARKS)
    for mark in marks:
        if mark.kind not in KINDS or (mark.kind == PERSONAL and mark.value not in personal_data.KINDS):
            raise Refused("mark_unknown")
        if mark.kind in {WORD, PATTERN}:
            least = len(normal(mark.value).text.strip("*?")) if mark.kind == PATTERN else len(normal(mark.value).text)
            if least < LEAST_CHARACTERS:
                raise Refused("mark_too_short", least=LEAST_CHARACTERS)
            if len(mark.value) > MOST_CHARACTERS:
                raise Refused("mark_too_long", most=MOST_CHARACTERS)
        if mark.kind == BOX:
            inside = 0 <= mark.x < 1 and 0 <= mark.y < 1 and mark.width > 0 and mark.height > 0 and mark.page >= 1
            if not inside:
                raise Refused("box_outside")


# --- one form for every way to write --------------------------------------------------------------------------------

# Radicals that fonts map glyphs of whole signs to; Unicode gives them no decomposition.
_PAIRS = (
    "⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻒镸⻓长⻔门⻘青⻙韦⻚页⻛风"
    "⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"
)
_RADICALS = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))
_HYPHENS = frozenset("-\u2010\u00ad\u0002")


@dataclass(frozen=True)
class Normal:
    """A text in small letters without spaces, marks and line ends; `at[i]` is where its sign i came from."""

    text: str
    at: tuple[int, ...]


def normal(text: str) -> Normal:
    """Return the form in which words are compared: decomposed, case folded, no gaps, no hyphen before a line end."""
    signs: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        if character == BARRIER:
            signs.append(BARRIER)
            at.append(place)
            continue
        if character in _HYPHENS and _ends_line(text, place):
            continue
        for sign in _folded(character):
            signs.append(sign)
            at.append(place)
    return Normal("".join(signs), tuple(at))


_FOLDED: dict[str, str] = {}


def _folded(character: str) -> str:
    known = _FOLDED.get(character)
    if known is None:
        plain = unicodedata.normalize("NFKD", character.translate(_RADICALS)).casefold()
        plain = unicodedata.normalize("NFKD", plain).translate(_RADICALS)
        # Categories C (control, format, zero width, private use) and Z (spaces); BARRIER does not come here.
        known = "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "CZ")
        if len(_FOLDED) < 50_000:
            _FOLDED[character] = known
    return known


def _ends_line(text: str, place: int) -> bool:
    rest = text[place + 1 : place + 4].lstrip(" \t")
    return text[place] == "\u0002" or rest[:1] in {"\n", "\r"}


# --- finding --------------------------------------------------------------------------------------------------------


def spans(text: str, marks: Sequence[Mark], *, page: int = 0) -> list[Span]:
    """Return where marks stand in a text, in order; they may overlap. Ranges count on their own `page` only."""
    folded = normal(text)
    found: list[Span] = []
    for number, mark in enumerate(marks):
        if mark.kind == RANGE and mark.page != page:
            continue
        found += [Span(start, end, number) for start, end in _of(mark, text, folded)]
    return sorted(found, key=lambda span: (span.start, span.end, span.mark))


def _of(mark: Mark, text: str, folded: Normal) -> Iterator[tuple[int, int]]:
    if mark.kind == RANGE:
        if 0 <= mark.start < min(mark.end, len(text)):
            yield mark.start, min(mark.end, len(text))
    elif mark.kind == PERSONAL:
        yield from _personal(text, mark.value)
    elif mark.kind in {WORD, PATTERN}:
        for start, end in _matches(mark, folded.text):
            first, last = folded.at[start], folded.at[end - 1] + 1
            if not mark.whole or _stands_alone(text, first, last):
                yield first, last


def _personal(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """A number may hide behind its neighbour: what was found is blackened and the rest is searched again."""
    while found := [finding for finding in personal_data.find(text) if finding.kind == kind]:
        for finding in found:
            yield finding.start, finding.end
            text = text[: finding.start] + "■" * (finding.end - finding.start) + text[finding.end :]


def _matches(mark: Mark, text: str) -> Iterator[tuple[int, int]]:
    if mark.kind == PATTERN:
        for match in compiled(mark.value).finditer(text):
            if match.end() > match.start():
                yield match.span()
        return
    wanted = _wanted(mark.value)
    place = text.find(wanted) if wanted else -1
    while place >= 0:
        yield place, place + len(wanted)
        # Overlapping ones too: of "anana" in "ananana" nothing may be left.
        place = text.find(wanted, place + 1)


@functools.lru_cache(maxsize=4 * MOST_MARKS)
def _wanted(value: str) -> str:
    return normal(value).text


@functools.lru_cache(maxsize=4 * MOST_MARKS)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of #, ? and * for the normal form; bounded, so the time is linear in the text."""
    parts = []
    for sign in normal(pattern).text:
        if sign == "#":
            parts.append("[0-9]")
        elif sign == "?":
            parts.append(f"[^{BARRIER}]")
        elif sign == "*":
            parts.append(f"[^{BARRIER}]{{0,{MOST_BETWEEN}}}?")
        else:
            parts.append(re.escape(sign))
    if sum(part.endswith("?") for part in parts) > 4:
        raise Refused("mark_unknown")
    return re.compile("".join(parts))


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not _glued(text, start - 1, start) and not _glued(text, end - 1, end)


def _glued(text: str, left: int, right: int) -> bool:
    """Say whether two neighbours belong to one word of letters; signs of Chinese have no such border."""
    if left < 0 or right >= len(text):
        return False
    return all(text[place].isalnum() and not _is_wide(text[place]) for place in (left, right))


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def merged(found: Iterable[Span]) -> list[Span]:
    """Join overlapping spans; the first mark names the union."""
    joined: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, one.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Span(last.start, max(last.end, span.end), last.mark)
        else:
            joined.append(span)
    return joined
