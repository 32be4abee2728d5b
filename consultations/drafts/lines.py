"""The lines a source gives to the readers of structure, cleaned of what no reader can see."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from consultations.drafts.tree import Note

# Controls, soft hyphen, zero-width space and BOM, and the marks that turn the reading direction: none belongs in a
# law, and the last can make a text look other than it is. Joiners stay: scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"[\t\x0b\x0c ]+")
_TERMINAL = tuple("。；：！？…”’》）」』.;:!?)\"'—-")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the source.

    `line`: where, from 1 (a paragraph in a Word file). `rank`: 1 and up when a style or mark makes it a heading.
    `title`: styled as the title. `gap`: a blank line stands before it. `plain`: never a clause mark (a table row, or
    written with a leading backslash). `contents`: part of an automatic table of contents. `automatic`: the number in
    front was computed by the word processor, so it is one. `notes`: the footnotes on it, placed in `text`.
    """

    text: str
    line: int
    rank: int = 0
    title: bool = False
    gap: bool = False
    plain: bool = False
    contents: bool = False
    automatic: bool = False
    notes: tuple[Note, ...] = ()


def clean(text: str) -> tuple[str, int]:
    """Return the text without invisible characters and outer spaces, and how many such characters it had."""
    removed = 0
    if not text.isascii() or not text.isprintable():
        text, removed = _INVISIBLE.subn("", text)
    return _SPACES.sub(lambda run: " " if "\t" in run[0] else run[0], text).strip(), removed


def split_lines(text: str) -> tuple[list[SourceLine], int]:
    """Return the non-blank lines of a plain text and the number of invisible characters removed."""
    lines, removed, gap = [], 0, False
    for number, raw in enumerate(re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text), 1):
        words, count = clean(raw)
        removed += count
        plain = words.startswith("\\")
        if text_of_line := words[1:].strip() if plain else words:
            lines.append(SourceLine(text_of_line, number, gap=gap, plain=plain))
        gap = not words
    return lines, removed


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends as a sentence, a list lead-in or a closed quotation does."""
    return text.endswith(_TERMINAL)


def width(text: str) -> int:
    """Return the columns a line takes on a terminal; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def join_wrapped(lines: Sequence[SourceLine], is_mark: Callable[[SourceLine], bool]) -> tuple[list[SourceLine], int]:
    """Join lines that a program broke at a fixed width; return the lines and how many were joined.

    A text counts as broken so when no line is wide, many fill the width and most of those stop in mid-sentence; any
    other text comes back as it is, for a line end is a paragraph end in most drafts.
    """
    widths = [width(line.text) for line in lines]
    widest = max(widths, default=0)
    if len(lines) < 8 or not 40 <= widest <= 130:
        return list(lines), 0
    full = [index for index in range(len(lines) - 1) if widths[index] >= 0.75 * widest and not lines[index + 1].gap]
    open_ended = [index for index in full if not ends_sentence(lines[index].text) and not is_mark(lines[index + 1])]
    if len(full) < 0.25 * len(lines) or len(open_ended) < 0.4 * len(full):
        return list(lines), 0
    groups: list[list[SourceLine]] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        if before is not None and widths[index - 1] >= 0.6 * widest and _goes_on(before, line) and not is_mark(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    joined = [_joined(group) if len(group) > 1 else group[0] for group in groups]
    return joined, len(lines) - len(joined)


def _goes_on(before: SourceLine, line: SourceLine) -> bool:
    return not line.gap and _is_running(before) and _is_running(line) and not _complete(before, line)


def _joined(group: Sequence[SourceLine]) -> SourceLine:
    text = _glued(group)
    later = [replace(note, at=len(text)) for line in group[1:] for note in line.notes]
    return replace(group[0], text=text, notes=(*group[0].notes, *later))


def _glued(group: Sequence[SourceLine]) -> str:
    """Return the words of lines broken apart, with a space where neither side is Chinese."""
    pieces = [group[0].text]
    for before, line in zip(group, group[1:], strict=False):
        pieces.append("" if _is_cjk(before.text[-1]) or _is_cjk(line.text[0]) else " ")
        pieces.append(line.text)
    return "".join(pieces)


def _is_running(line: SourceLine) -> bool:
    return not line.rank and not line.plain


def _complete(before: SourceLine, line: SourceLine) -> bool:
    return before.text.endswith(tuple("。；：！？.;:!?")) and not line.text[:1].islower()


def _is_cjk(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
