"""Walks the body of a Word document, paragraph by paragraph, and hands over its lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from consultations.drafts.builder import EXCERPT
from consultations.drafts.changes import ACCEPT, TOLD
from consultations.drafts.lines import SourceLine, clean
from consultations.drafts.tree import Doubt, Note
from consultations.drafts.word.inline import Fields, Words, paragraph_words
from consultations.drafts.word.numbering import Numbering
from consultations.drafts.word.package import Package, value, w
from consultations.drafts.word.styles import Style, Styles

_INSERTED, _DELETED = ("ins", "moveTo"), ("del", "moveFrom")
_HAN_DIGITS = frozenset("一二三四五六七八九十百〇零")


def word_lines(package: Package, changes: str = ACCEPT) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines of a .docx and the doubts about what has no place in a clause tree.

    `changes`: whether tracked changes are accepted or rejected.

    A line's number is that of its paragraph, counted from 1 through the whole body, tables and empty ones included.
    Raises Refused: zip_bomb, not_a_document, broken_file.
    """
    document = package.main_xml()
    styles = Styles(package.xml("styles.xml"))
    reader = _Body(package, styles, Numbering(package.xml("numbering.xml"), styles), changes)
    body = document.find(w("body"))
    if body is not None:
        reader.blocks(body)
    reader.finish()
    return reader.lines, reader.doubts


@dataclass(slots=True)
class _Pending:
    """Words of a paragraph whose mark was deleted: they belong to the paragraph after it."""

    words: str = ""
    notes: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    """What is told once for the whole document: how often, and where first."""

    count: int = 0
    line: int = 0

    def add(self, count: int, line: int) -> None:
        if count:
            self.line = self.line or line
            self.count += count


@dataclass(slots=True)
class _Tallies:
    changes: _Tally = field(default_factory=_Tally)
    pictures: _Tally = field(default_factory=_Tally)
    comments: _Tally = field(default_factory=_Tally)
    invisible: _Tally = field(default_factory=_Tally)


class _Body:
    def __init__(self, package: Package, styles: Styles, numbering: Numbering, changes: str) -> None:
        self.lines: list[SourceLine] = []
        self.doubts: list[Doubt] = []
        self._package = package
        self._styles = styles
        self._numbering = numbering
        self._changes = changes
        self._dropped, self._kept = (_DELETED, _INSERTED) if changes == ACCEPT else (_INSERTED, _DELETED)
        self._note_count = 0
        self._fields = Fields()
        self._pending = _Pending()
        self._tallies = _Tallies()
        self._notes: dict[str, dict[str, str]] = {}
        self._paragraph = 0
        self._gap = False
        self._contents_block = False

    def blocks(self, parent: etree._Element) -> None:
        """Read the block-level content of a body, a table cell or a content control, in order."""
        for block in self._blocks(parent):
            if block.tag == w("p"):
                self._read_paragraph(block)
            elif block.tag == w("tbl"):
                self._read_table(block)
            elif block.tag == w("sdt"):
                self._read_control(block)
            elif block.tag in (w("altChunk"), w("subDoc")):
                self._doubt("embedded_left_out")

    def _blocks(self, parent: etree._Element) -> Iterator[etree._Element]:
        """Yield block elements, stepping through wrappers that only mark a range (kept changes, custom XML)."""
        for child in parent:
            if child.tag in (*map(w, self._kept), w("customXml"), w("smartTag")):
                yield from self._blocks(child)
            elif child.tag not in map(w, self._dropped):
                yield child

    def finish(self) -> None:
        """Add the doubts that are told once for the whole document."""
        for tally, code in (
            (self._tallies.changes, TOLD[self._changes]),
            (self._tallies.pictures, "pictures_left_out"),
            (self._tallies.comments, "comments_left_out"),
            (self._tallies.invisible, "characters_removed"),
        ):
            if tally.count:
                self.doubts.append(Doubt(tally.line, code, {"count": tally.count}))
        for name in sorted(self._numbering.unknown):
            self.doubts.append(Doubt(1, "numbering_unknown", {"format": name}))
        if self._pending.words:
            self._add(self._pending.words, Style(), label="", notes=self._pending.notes)

    # Paragraphs

    def _read_paragraph(self, paragraph: etree._Element) -> None:
        self._paragraph += 1
        words = paragraph_words(paragraph, self._fields, self._changes)
        properties = paragraph.find(w("pPr"))
        self._note_extras(paragraph, words)
        mark = properties.find(w("rPr")) if properties is not None else None
        removed, kept = _has(mark, self._dropped), _has(mark, self._kept)
        before = properties.find(w("pPrChange")) if properties is not None else None
        self._tallies.changes.add(words.changes + int(removed) + int(kept) + int(before is not None), self._paragraph)
        if before is not None and self._changes != ACCEPT:
            properties = before.find(w("pPr"))  # the list and style the paragraph had
        shift = len(self._pending.words)
        notes = [*self._pending.notes, *((part, note, at + shift) for part, note, at in words.notes)]
        text = self._pending.words + words.text
        self._pending = _Pending(text, notes) if removed else _Pending()
        if removed:
            return
        style = self._styles.get(value(properties, "pStyle"))
        label = self._label(properties, style) if text.strip() else ""
        if style.hidden:
            self._doubt("hidden_text_left_out", text=text.strip()[:EXCERPT])
        else:
            outline = value(properties, "outlineLvl")
            self._add(text, style, label=label, outline=outline, contents=words.contents, notes=notes)
        self._gap = not text.strip()

    def _label(self, properties: etree._Element | None, style: Style) -> str:
        numbering = properties.find(w("numPr")) if properties is not None else None
        num_id = value(numbering, "numId") or style.num_id
        if num_id is None or num_id == "0":
            return ""
        level = value(numbering, "ilvl")
        if level is None and value(numbering, "numId") is None:
            linked = self._numbering.level_of_style(num_id, value(properties, "pStyle") or self._styles.default)
            level = str(style.level if style.level is not None else linked)
        return _as_mark(self._numbering.next_label(num_id, int(level) if level and level.isdigit() else 0))

    def _add(
        self, text: str, style: Style, *, label: str, outline: str | None = None, contents: bool = False,
        notes: Sequence[tuple[str, str, int]] = (),
    ) -> None:  # fmt: skip
        rank = int(outline) + 1 if outline and outline.isdigit() and int(outline) < 9 else style.rank
        start = 0
        if style.plain and "\t" in text:  # our own: a label, then words that begin like a clause
            before, _tab, text = text.partition("\t")
            self.lines.append(SourceLine(clean(before)[0], self._paragraph, gap=True))
            notes = [(kind, note, max(at - len(before) - 1, 0)) for kind, note, at in notes]
        for step, part in enumerate(text.split("\n")):
            front = f"{label} " if step == 0 and label else f"[{style.told}] " if style.told else ""
            words, removed = clean(front + part)
            self._tallies.invisible.add(removed, self._paragraph)
            here = [(kind, note, at - start) for kind, note, at in notes if start <= at <= start + len(part)]
            placed = tuple(self._note(kind, note, len(clean(front + part[:at])[0])) for kind, note, at in here)
            start += len(part) + 1
            if words:
                line = SourceLine(words, self._paragraph, rank=rank, title=style.title, gap=self._gap, notes=placed)
                in_contents = contents or style.contents or self._contents_block
                automatic = step == 0 and bool(label)
                self.lines.append(replace(line, automatic=automatic, contents=in_contents, plain=style.plain))

    # Tables and controls

    def _read_table(self, table: etree._Element) -> None:
        every = list(_rows(table))
        rows = [row for row in every if not _has(row.find(w("trPr")), self._dropped)]
        changed = len(every) - len(rows) + sum(_has(row.find(w("trPr")), self._kept) for row in rows)
        self._tallies.changes.add(changed, self._paragraph + 1)
        cells = [list(_cells(row)) for row in rows]
        if all(len(row) <= 1 for row in cells):  # a frame around the text
            for row in cells:
                for cell in row:
                    self.blocks(cell)
            return
        first = self._paragraph + 1
        for row in cells:
            self._read_row(row)
        self.doubts.append(Doubt(first, "table_as_text", {"rows": len(rows)}))

    def _read_row(self, cells: list[etree._Element]) -> None:
        """Read one row as one line, its cells side by side."""
        start, first = len(self.lines), self._paragraph + 1
        texts = []
        for cell in cells:
            before = len(self.lines)
            self.blocks(cell)
            texts.append(" ".join(line.text for line in self.lines[before:]))
        notes = [note for line in self.lines[start:] for note in line.notes]
        del self.lines[start:]
        words = " | ".join(text for text in texts if text)
        if words:
            placed = tuple(replace(note, at=len(words)) for note in notes)
            self.lines.append(SourceLine(words, first, plain=True, notes=placed))

    def _read_control(self, control: etree._Element) -> None:
        gallery = control.find(f"{w('sdtPr')}/{w('docPartObj')}/{w('docPartGallery')}")
        contents = gallery is not None and "table of contents" in (gallery.get(w("val")) or "").lower()
        before, self._contents_block = self._contents_block, self._contents_block or contents
        inner = control.find(w("sdtContent"))
        if inner is not None:
            self.blocks(inner)
        self._contents_block = before

    # What is not clause text

    def _note_extras(self, paragraph: etree._Element, words: Words) -> None:
        self._tallies.pictures.add(words.pictures, self._paragraph)
        self._tallies.comments.add(sum(1 for _ in paragraph.iter(w("commentReference"))), self._paragraph)
        for text in words.boxes:
            self._doubt("text_box_left_out", text=text[:EXCERPT])
        for text in words.hidden:
            self._doubt("hidden_text_left_out", text=text.strip()[:EXCERPT])
        for text in words.formulas:
            self._doubt("formula_as_text", text=text[:EXCERPT])

    def _note(self, part: str, reference: str, at: int) -> Note:
        self._note_count += 1  # as Word numbers them; what a writer typed instead stands in the text already
        return Note(at, str(self._note_count), self._note_texts(part).get(reference, ""))

    def _note_texts(self, part: str) -> dict[str, str]:
        if part not in self._notes:
            root = self._package.xml(part)
            self._notes[part] = {
                note.get(w("id"), ""): clean("".join(text.text or "" for text in note.iter(w("t"))))[0]
                for note in (root if root is not None else ())
            }
        return self._notes[part]

    def _doubt(self, code: str, **values: str) -> None:
        self.doubts.append(Doubt(max(self._paragraph, 1), code, values))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    return (child for child in table.iter(w("tr")) if _owner(child, w("tbl")) is table)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return (child for child in row.iter(w("tc")) if _owner(child, w("tr")) is row)


def _owner(element: etree._Element, tag: str) -> etree._Element | None:
    return next(element.iterancestors(tag), None)


def _has(element: etree._Element | None, names: Sequence[str]) -> bool:
    """Tell whether the properties of a paragraph mark or row hold one of these changes."""
    return element is not None and any(element.find(w(name)) is not None for name in names)


def _as_mark(label: str) -> str:
    """Return a number as a reader of clause marks expects it: a bare "3" or 三 gets the stop lists print."""
    if label and all(character in _HAN_DIGITS for character in label):
        return f"{label}、"
    return f"{label}." if label.isdigit() else label
