"""A draft as plain text that parses back into the very same tree: for download, and for correcting a tree by hand.

Printed forms are used wherever they are read back exactly (第三章　总则, 第十二条　【定义】, "Article 12 — Scope").
Where they would not be, the explicit notation stands: "[chapter] Final provisions" or "[章] 附则" for a heading without
a number, a backslash in front of words that would be taken for a mark or a heading.
"""

import re
from collections.abc import Iterator

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.contents import names_contents
from consultations.drafts.footnotes import NoteWriter, placed, split_definitions
from consultations.drafts.front import looks_like_note
from consultations.drafts.labels import CHINESE, label
from consultations.drafts.line_marks import as_directive, mark_of
from consultations.drafts.lines import SourceLine, ends_sentence, join_wrapped, split_lines
from consultations.drafts.marks import Mark
from consultations.drafts.tree import HEADING_LEVELS, ParsedClause, ParsedDraft

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)+$")
_DEEPER_CHINESE = ("{}.", "（{}）", "{}）")


def to_text(parsed: ParsedDraft, language: str | None = None) -> str:
    """Return the canonical text; `parse_text` of it gives the same title, note and clauses (labels and lines aside).

    Footnotes stand at its end, as `footnotes` writes them; one at a heading is the heading's.

    `language`: the labels' language; the draft's own by default, the only one in which the text parses back.
    """
    language = language or parsed.language
    text = "\n".join(_Writer(parsed, language).lines())
    lines, _doubts = placed(*split_definitions(split_lines(text)[0]))
    if join_wrapped(lines, lambda line: mark_of(line, language) is not None)[1]:
        text = text.replace("\n", "\n\n")  # looks broken at a fixed width: blank lines keep its lines apart
    return text + "\n"


class _Writer:
    def __init__(self, parsed: ParsedDraft, language: str) -> None:
        self._parsed = parsed
        self._language = language
        self._chinese = language == CHINESE
        self._depth: dict[str, int] = {}
        self._article: ParsedClause | None = None  # whose number still waits for its text
        self._closed = False
        self._notes = NoteWriter(parsed)

    def lines(self) -> Iterator[str]:
        yield self._title()
        if self._parsed.note:
            yield self._note()
        yield ""
        for clause in self._parsed.clauses:
            yield from self._clause(clause)
        if self._article is not None:
            yield self._noted_head(self._article)
        yield from self._notes.definitions()

    def _title(self) -> str:
        title = self._parsed.title
        has_structure = any(clause.level in HEADING_LEVELS for clause in self._parsed.clauses)
        unmarked = mark_of(SourceLine(title, 0), self._language) is None if title else False
        safe = (
            unmarked
            and has_structure
            and not title.startswith(("\\", "[", "#"))
            and (self._chinese or not title.isupper())
        )
        taken_for_other = looks_like_note(title, self._language) or names_contents(title)
        return title if safe and not taken_for_other else as_directive("title", title, self._language)

    def _note(self) -> str:
        note = self._parsed.note
        bracketed = note.startswith("（") and note.endswith("）") and note.count("（") == note.count("）") == 1
        return note if self._chinese and bracketed else as_directive("note", note, self._language)

    def _clause(self, clause: ParsedClause) -> Iterator[str]:
        waiting, self._article = self._article, None
        if waiting is not None:
            joined = self._joined(waiting, clause)
            if joined:
                yield joined
                return
            yield self._noted_head(waiting)
        if clause.level == "article":
            self._article = clause
        elif clause.level in HEADING_LEVELS:
            yield self._noted_head(clause)
        elif clause.parent is None and clause.id.startswith(("preamble_", "rec_", "closing_")):
            yield from self._loose(clause)
        else:
            yield from self._words(clause)

    # Headings

    def _noted_head(self, clause: ParsedClause) -> str:
        return self._notes.noted(self._head(clause), clause)

    def _head(self, clause: ParsedClause) -> str:
        kind = _kind(clause)
        name = label(kind, clause.number, self._language)
        if self._chinese:
            heading = f"【{clause.heading}】" if kind == "article" and clause.heading else clause.heading
            printed = f"{name}　{heading}" if heading else name
        else:
            printed = f"{name} — {clause.heading}" if clause.heading else name
        if name and self._reads_back(printed, kind, clause):
            return printed
        return as_directive(kind, clause.heading, self._language, number=clause.number)

    def _reads_back(self, printed: str, kind: str, clause: ParsedClause) -> bool:
        mark = mark_of(SourceLine(printed, 0), self._language)
        if mark is None or mark.rest or mark.doubtful:
            return False
        return (mark.kind, mark.number, mark.heading) == (kind, clause.number, clause.heading)

    def _joined(self, article: ParsedClause, clause: ParsedClause) -> str:
        """Return article number and first paragraph on one line, as Chinese laws print them; "" where unsafe."""
        fits = (
            self._chinese and clause.level == "paragraph" and clause.parent == article.id and not clause.label
            and not article.notes and ends_sentence(clause.text) and self._is_plain(clause.text)
        )  # fmt: skip
        if not fits:
            return ""
        head = self._head(article)
        line = f"{head}{clause.text}" if article.heading else f"{head}　{clause.text}"
        mark = mark_of(SourceLine(line, 0), self._language)
        expected = ("article", article.number, article.heading, clause.text, False)
        read = (mark.kind, mark.number, mark.heading, mark.rest, mark.doubtful) if mark is not None else None
        return self._notes.noted(line, clause) if read == expected else ""

    # Words

    def _words(self, clause: ParsedClause) -> Iterator[str]:
        mark = self._mark(clause)
        if not mark:
            yield self._notes.noted(self._escaped(clause.text), clause)
            return
        line = f"{mark}{clause.text}" if self._chinese else f"{mark} {clause.text}".strip()
        read = mark_of(SourceLine(line, 0), self._language)
        plain = not clause.text or self._is_plain(clause.text, inner=True)
        if plain and read is not None and read.rest == clause.text:
            yield self._notes.noted(line, clause)
        else:
            yield mark
            yield self._notes.noted(f"\\{clause.text}", clause)

    def _mark(self, clause: ParsedClause) -> str:
        if not self._chinese and _DECIMAL.match(clause.label):
            return clause.label  # 2.2.1: its depth shows in no other form
        if clause.level == "paragraph":
            return f"({clause.number})" if clause.label and clause.number and not self._chinese else ""
        if clause.level == "item" or not self._chinese:
            return label(clause.level, clause.number, self._language)
        depth = self._depth[clause.id] = self._depth.get(clause.parent or "", -1) + 1
        return _DEEPER_CHINESE[min(depth, 2)].format(clause.number)

    def _loose(self, clause: ParsedClause) -> Iterator[str]:
        if clause.heading:
            yield clause.heading
        yield self._notes.noted(self._loose_words(clause), clause)

    def _loose_words(self, clause: ParsedClause) -> str:
        if clause.id.startswith("closing_"):
            first, self._closed = not self._closed, True
            return as_directive("closing", clause.text, self._language) if first else self._escaped(clause.text)
        if clause.number:
            return f"({clause.number}) {clause.text}"
        like_note = looks_like_note(clause.text, self._language)
        return self._escaped(clause.text, always=like_note or clause.id.endswith("_1"))

    def _escaped(self, text: str, *, always: bool = False) -> str:
        return f"\\{text}" if always or not self._is_plain(text) else text

    def _is_plain(self, text: str, *, inner: bool = False) -> bool:
        """Tell whether words stand for themselves at the beginning of a line (`inner`: after a mark)."""
        mark: Mark | None = mark_of(SourceLine(text, 0), self._language)
        if mark is not None:
            return inner and mark.kind != "list"
        marks = chinese_marks if self._chinese else english_marks
        return inner or not (text.startswith(("\\", "[", "#")) or marks.heading_shaped(text) or names_contents(text))


def _kind(clause: ParsedClause) -> str:
    own = clause.id.rpartition("__")[2]
    if own.startswith("annex"):
        return "annex"
    return "subpart" if own.startswith("subpt_") else clause.level
