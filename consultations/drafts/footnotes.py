"""Footnotes of a plain text as Markdown writes them: `[^1]` in the words, `[^1]: what it says` on a line of its own.

`[^2 *]: ...` says that it was printed with another mark. A text without such a definition keeps its brackets.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace

from consultations.drafts.builder import EXCERPT
from consultations.drafts.lines import SourceLine, clean
from consultations.drafts.tree import Doubt, Note, ParsedClause, ParsedDraft

REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s]+)(?: ([^\]]*))?\]:[ \t]*(.*)$")
_GOES_ON = re.compile(r"(?: {2,}|\t)[ \t]*(\S.*)$")


@dataclass(slots=True)
class Definitions:
    """What the footnotes of a text say, by the name they are referred to by."""

    said: dict[str, Note] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, found: re.Match[str], line: int, words: str) -> None:
        """Keep one; a second of the same name is told, for nothing can refer to it."""
        name = found[1]
        if name in self.said:
            self.doubts.append(Doubt(line, "footnote_left_out", {"text": words[:EXCERPT]}))
            return
        self.said[name] = Note(0, name if found[2] is None else found[2].strip(), words)
        self.lines[name] = line


def without_definitions(text: str, first_line: int = 1) -> tuple[str, Definitions]:
    """Return a Markdown text with blank lines in place of its footnotes, and what they say."""
    definitions = Definitions()
    rows = text.split("\n")
    index = 0
    while index < len(rows):
        found = _DEFINITION.match(rows[index])
        first = index
        index += 1
        if found is None:
            continue
        words = [found[3]]
        rows[first] = ""
        while index < len(rows) and (more := _GOES_ON.match(rows[index])):
            words.append(more[1])
            rows[index] = ""
            index += 1
        definitions.add(found, first + first_line, clean(" ".join(words))[0])
    return "\n".join(rows), definitions


def split_definitions(lines: Sequence[SourceLine]) -> tuple[list[SourceLine], Definitions]:
    """Return the lines of a plain text without those that are footnotes, and what these say."""
    definitions = Definitions()
    kept = []
    for line in lines:
        found = None if line.plain else _DEFINITION.match(line.text)
        if found is None:
            kept.append(line)
        else:
            definitions.add(found, line.line, found[3].strip())
    return kept, definitions


def placed(lines: Sequence[SourceLine], definitions: Definitions) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines with their references as notes, and a doubt for every footnote that nothing refers to."""
    if not definitions.said:
        return list(lines), definitions.doubts
    kept: list[SourceLine] = []
    used: set[str] = set()
    for line in lines:
        text, notes = _taken_out(line.text, definitions)
        if not text and kept:  # references alone on a line stand after the words before it
            behind = tuple(replace(note, at=len(kept[-1].text)) for note in notes)
            kept[-1] = replace(kept[-1], notes=(*kept[-1].notes, *behind))
        elif text:
            kept.append(replace(line, text=text, notes=(*line.notes, *notes)))
        if text or kept:
            used.update(REFERENCE.findall(line.text))
    unused = [
        Doubt(definitions.lines[name], "footnote_left_out", {"text": note.text[:EXCERPT]})
        for name, note in definitions.said.items()
        if name not in used
    ]
    return kept, [*definitions.doubts, *unused]


def _taken_out(text: str, definitions: Definitions) -> tuple[str, list[Note]]:
    pieces: list[str] = []
    notes: list[Note] = []
    start = length = 0
    for found in REFERENCE.finditer(text):
        note = definitions.said.get(found[1])
        if note is None:
            continue
        pieces.append(text[start : found.start()])
        length += len(pieces[-1])
        notes.append(replace(note, at=length))
        start = found.end()
    words = "".join([*pieces, text[start:]])
    lead = len(words) - len(words.lstrip())
    words = words.strip()
    return words, [replace(note, at=min(max(note.at - lead, 0), len(words))) for note in notes]


class NoteWriter:
    """Writes the notes of a draft: each gets a name that the words do not use already."""

    def __init__(self, draft: ParsedDraft) -> None:
        noted = any(clause.notes for clause in draft.clauses)
        self._taken: Container[str] = set(_bracketed(draft)) if noted else ()
        self._next = 1
        self._definitions: list[str] = []

    def noted(self, line: str, clause: ParsedClause) -> str:
        """Return a printed line of a clause with its references: at the end of a heading, else within the words."""
        if not clause.notes:
            return line
        start = len(line) - len(clause.text) if clause.text and line.endswith(clause.text) else len(line)
        pieces, end = [], 0
        for note in sorted(clause.notes, key=lambda note: note.at if note.at >= 0 else len(clause.text)):
            at = min(start + note.at, len(line)) if note.at >= 0 else len(line)
            pieces += [line[end:at], self._reference(note)]
            end = at
        written = "".join([*pieces, line[end:]])
        return f"\\{written}" if _DEFINITION.match(written) else written

    def _reference(self, note: Note) -> str:
        while (name := str(self._next)) in self._taken:
            self._next += 1
        self._next += 1
        mark = " ".join(note.mark.replace("]", "").split())
        shown = name if mark == name else f"{name} {mark}"
        self._definitions.append(f"[^{shown}]: {' '.join(note.text.splitlines()).strip()}")
        return f"[^{name}]"

    def definitions(self) -> Iterator[str]:
        """Yield a blank line and the definitions, nothing when there are none."""
        if self._definitions:
            yield ""
            yield from self._definitions


def _bracketed(draft: ParsedDraft) -> Iterator[str]:
    yield from REFERENCE.findall(f"{draft.title}\n{draft.note}")
    for clause in draft.clauses:
        yield from REFERENCE.findall(f"{clause.label}\n{clause.heading}\n{clause.text}")
