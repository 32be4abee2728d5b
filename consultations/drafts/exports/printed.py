"""The lines of a draft as it is printed, the same for every format, each with its place in the outline.

The lines read back as the tree they came from. Where print alone would mislead the reader of a file (words that begin
like a clause, a heading without a number), the line says in `told` what it is; each format has a quiet place for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.contents import names_contents
from consultations.drafts.front import looks_like_note
from consultations.drafts.labels import CHINESE
from consultations.drafts.line_marks import mark_of
from consultations.drafts.lines import SourceLine, ends_sentence
from consultations.drafts.reading import read_lines
from consultations.drafts.tree import HEADING_LEVELS, Note, ParsedClause, ParsedDraft
from engage.errors import Refused

WORDS, CLOSING = "words", "closing"
_ORDER = ("part", "subpart", "chapter", "section", "article")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line.

    `rank`: 1 is the title, 2 and up are headings, 0 is text. `lead`: how many characters at the beginning are its
    label. `depth`: 0 for a paragraph, 1 for an item, 2 and more for what lies below. `clause`: its id, "" for title and
    note. `told`: "" or what the line is, in the explicit notation ("words", "closing", "chapter 3"); `heading` is then
    its heading without the label. `notes`: placed in `text`.
    """

    text: str
    rank: int = 0
    lead: int = 0
    depth: int = 0
    clause: str = ""
    told: str = ""
    heading: str = ""
    notes: tuple[Note, ...] = ()


def printed_lines(draft: ParsedDraft) -> list[Line]:
    """Return the lines of a draft, title first, telling no more than its reader needs to be told."""
    quiet = list(_Printer(draft, explicit=False).lines())
    if _reads_back(quiet, draft):
        return quiet
    return list(_Printer(draft, explicit=True).lines())


def _reads_back(lines: Sequence[Line], draft: ParsedDraft) -> bool:
    try:
        sources = [source for place, line in enumerate(lines, 1) for source in as_source(line, place)]
        read = read_lines(sources, (), draft.language)
    except Refused:
        return False
    if (read.title, read.note) != (draft.title, draft.note):
        return False
    return [_essence(clause) for clause in read.clauses] == [_essence(clause) for clause in draft.clauses]


def as_source(line: Line, place: int) -> list[SourceLine]:
    """Return a line as the readers of files hand it on; a label whose words are told stands on a line of its own."""
    text, plain = line.text, line.told == WORDS
    if plain and line.lead:
        label, words = text[: line.lead], text[line.lead :].strip()
        return [SourceLine(label, place, gap=True), SourceLine(words, place, plain=True)]
    if line.told.partition(" ")[0] in _ORDER or line.told.startswith("annex"):
        text = f"[{line.told}] {line.heading}".strip()
    elif line.told and not plain:
        text = f"[{line.told}] {text}"
    return [SourceLine(text, place, rank=max(line.rank - 1, 0), title=line.rank == 1, gap=True, plain=plain)]


def _essence(clause: ParsedClause) -> tuple[str, str, str, str]:
    return clause.id, clause.level, clause.heading, clause.text


class _Printer:
    def __init__(self, draft: ParsedDraft, *, explicit: bool) -> None:
        self._draft = draft
        self._explicit = explicit
        self._chinese = draft.language == CHINESE
        self._depths: dict[str, int] = {}
        self._article: ParsedClause | None = None  # whose line still waits for the first words
        self._closed = False
        used = {_kind(clause) for clause in draft.clauses if clause.level in HEADING_LEVELS}
        self._ranks = {kind: rank for rank, kind in enumerate((kind for kind in _ORDER if kind in used), 2)}

    def lines(self) -> Iterator[Line]:
        if self._draft.title:
            unlike = not self._explicit and mark_of(SourceLine(self._draft.title, 0), self._draft.language) is None
            yield Line(self._draft.title, rank=1, told="" if unlike else "title")
        if self._draft.note:
            fits = looks_like_note(self._draft.note, self._draft.language)
            yield Line(self._draft.note, told="" if fits and not self._explicit else "note")
        for clause in self._draft.clauses:
            waiting, self._article = self._article, None
            if waiting is not None:
                joined = self._joined(waiting, clause)
                if joined is not None:
                    yield joined
                    continue
                yield self._article_line(waiting)
            if clause.level == "article":
                self._article = clause
            elif clause.level in HEADING_LEVELS:
                yield self._heading(clause)
            elif clause.parent is None and clause.id.startswith(("preamble_", "rec_", "closing_")):
                yield from self._loose(clause)
            else:
                yield self._words(clause)
        if self._article is not None:
            yield self._article_line(self._article)

    # Headings

    def _heading(self, clause: ParsedClause) -> Line:
        kind = _kind(clause)
        text = self._name(clause)
        line = Line(text, rank=self._ranks.get(kind, 2), lead=len(clause.label), clause=clause.id,
                    notes=_placed(clause.notes, text, ""))  # fmt: skip
        mark = mark_of(SourceLine(text, 0), self._draft.language)
        read = mark is not None and (mark.kind, mark.number, mark.heading) == (kind, clause.number, clause.heading)
        return line if read and not self._explicit else _told(line, kind, clause)

    def _name(self, clause: ParsedClause) -> str:
        if not clause.label or not clause.heading:
            return clause.label or clause.heading
        return f"{clause.label}　{clause.heading}" if self._chinese else f"{clause.label} — {clause.heading}"

    def _article_line(self, article: ParsedClause) -> Line:
        text = self._article_name(article)
        rank = self._ranks["article"] if article.heading or not self._chinese else 0
        line = Line(text, rank=rank, lead=len(article.label), clause=article.id, notes=_placed(article.notes, text, ""))
        if self._explicit or not article.label:
            return _told(line, "article", article)
        return line

    def _article_name(self, article: ParsedClause) -> str:
        label, heading = article.label, article.heading
        if not label or not heading:
            return label or heading
        if self._chinese:
            return f"{label}　【{heading}】" if label.startswith("第") else f"{label}{heading}"
        return f"{label} {heading}" if label[0].isdigit() or label[0] == "§" else f"{label} — {heading}"

    def _joined(self, article: ParsedClause, clause: ParsedClause) -> Line | None:
        """Return article number and first paragraph on one line, as laws are printed; None where it would mislead."""
        fits = (
            clause.level == "paragraph" and clause.parent == article.id and not clause.label and article.label
            and not self._explicit and ends_sentence(clause.text) and self._is_plain(clause.text)
            and not article.notes
        )  # fmt: skip
        if not fits:
            return None
        if self._chinese:
            if article.heading and not article.label.startswith("第"):
                return None
            head = self._article_name(article)
            front = head if article.heading or head.endswith(("、", ".", "．")) else f"{head}　"
        elif article.heading or not (article.label[0].isdigit() or article.label[0] == "§"):
            return None
        else:
            front = f"{article.label} "
        return Line(f"{front}{clause.text}", lead=len(article.label), clause=article.id,
                    notes=_placed(clause.notes, "", front))  # fmt: skip

    # Words

    def _words(self, clause: ParsedClause) -> Line:
        depth = {"paragraph": 0, "item": 1}.get(clause.level, 2)
        if clause.level == "subitem" and clause.parent in self._depths:
            depth = self._depths[clause.parent] + 1
        self._depths[clause.id] = depth
        front = clause.label
        if front and clause.text and not (self._chinese and front.endswith(("）", "、", "．", "."))):
            front += " "
        told = WORDS if self._misleads(clause, front) else ""
        return Line(f"{front}{clause.text}", lead=len(clause.label), depth=depth, clause=clause.id, told=told,
                    notes=_placed(clause.notes, "", front))  # fmt: skip

    def _misleads(self, clause: ParsedClause, front: str) -> bool:
        """Tell whether words would be taken for a clause of their own: alone on a line, or right behind a label."""
        if not clause.text:
            return False
        if not front:
            return not self._is_plain(clause.text)
        mark = mark_of(SourceLine(clause.text, 0), self._draft.language)
        read = mark_of(SourceLine(f"{front}{clause.text}", 0), self._draft.language)
        return (mark is not None and mark.kind == "list") or read is None or read.rest != clause.text

    def _loose(self, clause: ParsedClause) -> Iterator[Line]:
        if clause.heading:
            colon = ":" if clause.id.startswith("rec_") else ""
            yield Line(clause.heading + colon, clause=f"{clause.id}-heading")
        front = f"{clause.label} " if clause.label else ""
        text, told = f"{front}{clause.text}", ""
        if clause.id.startswith("closing_"):
            mark = mark_of(SourceLine(text, 0), self._draft.language)
            if not self._closed and (self._explicit or mark is None or mark.kind != "closing"):
                told = CLOSING
            self._closed = True
        elif not front and (clause.id == "preamble_1" or looks_like_note(text, self._draft.language)
                            or not self._is_plain(text)):  # fmt: skip
            told = WORDS
        notes = _placed(clause.notes, "", front)
        yield Line(text, lead=len(clause.label), clause=clause.id, told=told, notes=notes)

    def _is_plain(self, text: str) -> bool:
        """Tell whether words at the beginning of a line stand for themselves."""
        marks = chinese_marks if self._chinese else english_marks
        if not text or text.startswith(("\\", "[")) or mark_of(SourceLine(text, 0), self._draft.language) is not None:
            return False
        return not marks.heading_shaped(text) and not names_contents(text)


def _placed(notes: Sequence[Note], heading: str, front: str) -> tuple[Note, ...]:
    """Return notes placed in a printed line: after the heading, or in the words behind `front`."""
    return tuple(replace(note, at=len(heading) if note.at < 0 or heading else note.at + len(front)) for note in notes)


def _told(line: Line, kind: str, clause: ParsedClause) -> Line:
    return replace(line, told=f"{kind} {clause.number}".strip(), heading=clause.heading)


def _kind(clause: ParsedClause) -> str:
    own = clause.id.rpartition("__")[2]
    if clause.level == "part" and own.startswith("annex"):
        return "annex"
    return "subpart" if clause.level == "part" and own.startswith("subpt_") else clause.level
