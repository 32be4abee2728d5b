"""Lines of an OpenDocument text (.odt, .fodt), with its automatic numbers computed and nothing dropped without a word.

Numbering after OpenDocument 1.3 part 3, 19.880 and following (text:list, text:outline-style).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from consultations.drafts.archive import Archive, parse_xml
from consultations.drafts.builder import EXCERPT
from consultations.drafts.changes import ACCEPT, TOLD
from consultations.drafts.lines import SourceLine, clean
from consultations.drafts.list_numbers import as_mark, known_style, written
from consultations.drafts.tree import Doubt, Note
from engage.errors import Refused

MIMETYPE = b"application/vnd.oasis.opendocument.text"
_KINDS = {b"spreadsheet": "a spreadsheet", b"presentation": "a slide show"}
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = {
    "office": f"{_OASIS}office:1.0", "text": f"{_OASIS}text:1.0", "style": f"{_OASIS}style:1.0",
    "table": f"{_OASIS}table:1.0", "draw": f"{_OASIS}drawing:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "math": "http://www.w3.org/1998/Math/MathML",
}  # fmt: skip
_MAX_CHAIN = 20  # styles may build on one another; a loop must end
_RUN = re.compile(r"[ \t\r\n]+")


def _q(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_SPACES[prefix]}}}{local}"


_SKIPPED = frozenset(map(_q, (
    "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "office:forms",
    "text:soft-page-break", "office:annotation-end", "text:bibliography-mark",
)))  # fmt: skip
_INDEXES = frozenset(map(_q, (
    "text:table-of-content", "text:illustration-index", "text:table-index", "text:object-index", "text:user-index",
    "text:alphabetical-index", "text:bibliography",
)))  # fmt: skip
_CHANGE_MARKS = frozenset(map(_q, ("text:change", "text:change-start", "text:change-end")))
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


def is_open_document(archive: Archive) -> bool:
    """Tell whether an archive is an OpenDocument file of any kind."""
    return "content.xml" in archive.names and "mimetype" in archive.names


def odt_lines(archive: Archive, changes: str = ACCEPT) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines of an .odt and the doubts about what has no place in a clause tree.

    A line's number is that of its paragraph, counted from 1. `changes`: whether tracked changes are accepted or
    rejected. Raises Refused: encrypted, has_macros, not_a_document, zip_bomb, broken_file.
    """
    kind = (archive.read("mimetype") or b"").strip()
    if not kind.startswith(MIMETYPE):
        named = next((words for part, words in _KINDS.items() if part in kind), "an OpenDocument file")
        raise Refused("not_a_document", kind=named)
    manifest = archive.read("meta-inf/manifest.xml") or b""
    if b"encryption-data" in manifest or "encrypted-package" in archive.names:
        raise Refused("encrypted")
    if any(name.startswith(("basic/", "scripts/")) for name in archive.names):
        raise Refused("has_macros")
    styles = archive.read("styles.xml")
    return _read(parse_xml(archive.read("content.xml") or b""), parse_xml(styles) if styles else None, changes)


def flat_odt_lines(root: etree._Element, changes: str = ACCEPT) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines of a flat OpenDocument file (.fodt), given as its root. Raises Refused like `odt_lines`."""
    if not (root.get(_q("office:mimetype")) or "").encode().startswith(MIMETYPE):
        raise Refused("not_a_document", kind="an OpenDocument file")
    if next(root.iter("{http://openoffice.org/2000/script}libraries"), None) is not None:
        raise Refused("has_macros")
    return _read(root, None, changes)


def _read(content: etree._Element, styles: etree._Element | None, changes: str) -> tuple[list[SourceLine], list[Doubt]]:
    body = content.find(f"{_q('office:body')}/{_q('office:text')}")
    if body is None:
        raise Refused("not_a_document", kind="an OpenDocument file")
    reader = _Body(_Styles([root for root in (styles, content) if root is not None]), changes)
    reader.read(body)
    return reader.lines, reader.doubts


# Styles and lists


@dataclass(frozen=True, slots=True)
class _Style:
    rank: int = 0
    title: bool = False
    hidden: bool = False
    list_style: str = ""
    contents: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = ""  # of list_numbers; "" for none
    before: str = ""
    after: str = ""
    shown: int = 1
    start: int = 1
    pattern: str = ""


class _Styles:
    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._resolved: dict[str, _Style] = {}
        self.lists: dict[str, dict[int, _Level]] = {}
        self.outline: dict[int, _Level] = {}
        for root in roots:
            for element in root.iter(_q("style:style")):
                self._styles[element.get(_q("style:name")) or ""] = element
            for element in root.iter(_q("text:list-style")):
                self.lists[element.get(_q("style:name")) or ""] = _levels(element)
            for element in root.iter(_q("text:outline-style")):
                self.outline = _levels(element)

    def get(self, name: str | None) -> _Style:
        """Return what a paragraph or text style says, with what it inherits."""
        name = name or ""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def _resolve(self, name: str) -> _Style:
        chain: list[etree._Element] = []
        while name in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[name])
            name = chain[-1].get(_q("style:parent-style-name")) or ""
        names = [element.get(_q("style:display-name")) or element.get(_q("style:name")) or "" for element in chain]
        outline = _first(chain, "style:default-outline-level")
        return _Style(
            rank=int(outline) if outline.isdigit() and outline != "0" else 0,
            title="Title" in names,
            hidden=any(
                properties.get(_q("text:display")) == "none"
                for element in chain for properties in element.iterfind(_q("style:text-properties"))
            ),
            list_style=_first(chain, "style:list-style-name"),
            contents=any(name.startswith("Contents") for name in names),
        )  # fmt: skip


def _first(chain: list[etree._Element], name: str) -> str:
    return next((found for element in chain if (found := element.get(_q(name)))), "")


def _levels(element: etree._Element) -> dict[int, _Level]:
    levels = {}
    for level in element:
        number = _integer(level.get(_q("text:level")), 0)
        form = level.get(_q("style:num-format")) or ""
        if number and not etree.QName(level).localname.endswith("bullet"):
            levels[number] = _Level(
                style=(known_style(form) or "decimal") if form else "",
                before=level.get(_q("style:num-prefix")) or "",
                after=level.get(_q("style:num-suffix")) or "",
                shown=_integer(level.get(_q("text:display-levels")), 1),
                start=_integer(level.get(_q("text:start-value")), 1),
                pattern=level.get(_q("loext:num-list-format")) or level.get(_q("style:num-list-format")) or "",
            )
    return levels


@dataclass(slots=True)
class _Counters:
    """The counters of one list (or of the headings); they outlive it, for a later list may continue it."""

    levels: dict[int, _Level]
    values: dict[int, int] = field(default_factory=dict)

    def next_label(self, level: int, start: int | None = None) -> str:
        """Count one paragraph of a level and return the number shown in front of it."""
        here = self.levels.get(level)
        if here is None:
            return ""
        self.values[level] = start if start is not None else self.values.get(level, here.start - 1) + 1
        for deeper in [other for other in self.values if other > level]:
            del self.values[deeper]
        if not here.style:
            return (here.before + here.after).strip()
        if here.pattern:
            return re.sub(r"%(\d{1,2})%", lambda found: self._number(int(found[1])), here.pattern).strip()
        numbers = [self._number(other) for other in range(max(1, level - here.shown + 1), level + 1)]
        return f"{here.before}{'.'.join(number for number in numbers if number)}{here.after}".strip()

    def _number(self, level: int) -> str:
        settings = self.levels.get(level)
        if settings is None or not settings.style:
            return ""
        return written(self.values.get(level, settings.start), settings.style)


# The text


@dataclass(slots=True)
class _Words:
    """What a paragraph holds, with the style and number of the paragraph it began in."""

    text: str = ""
    notes: list[Note] = field(default_factory=list)
    style: _Style = field(default_factory=_Style)
    label: str = ""
    rank: int = 0


class _Body:
    def __init__(self, styles: _Styles, changes: str) -> None:
        self.lines: list[SourceLine] = []
        self.doubts: list[Doubt] = []
        self._styles = styles
        self._changes = changes
        self._headings = _Counters(styles.outline)
        self._named: dict[str, _Counters] = {}  # by the id of a list
        self._last: dict[str, _Counters] = {}  # by the style of a list
        self._deletions: dict[str, etree._Element] = {}
        self._insertions: set[str] = set()
        self._inserting: set[str] = set()
        self._pending: _Words | None = None  # of a paragraph whose end was inserted: it goes on in the next
        self._paragraph = 0
        self._gap = False
        self._contents = False
        self._counts: dict[str, tuple[int, int]] = {}

    def read(self, body: etree._Element) -> None:
        for tracked in body.iterfind(_q("text:tracked-changes")):
            self._read_changes(tracked)
        self._blocks(body)
        if self._pending is not None:
            self._add(self._pending)
        for code, (count, line) in self._counts.items():
            self.doubts.append(Doubt(line, code, {"count": count}))

    def _read_changes(self, tracked: etree._Element) -> None:
        for region in tracked:
            name = region.get(_q("text:id")) or region.get(_XML_ID) or ""
            self._count(TOLD[self._changes])
            deletion = region.find(_q("text:deletion"))
            if deletion is not None:
                self._deletions[name] = deletion
            elif region.find(_q("text:insertion")) is not None:
                self._insertions.add(name)

    def _blocks(self, parent: Iterable[etree._Element]) -> None:
        for block in parent:
            tag = block.tag
            if tag == _q("text:p"):
                self._block(block, "")
            elif tag == _q("text:h"):
                self._heading(block)
            elif tag == _q("text:list"):
                self._list(block, None, 1, "")
            elif tag == _q("text:numbered-paragraph"):
                self._numbered_paragraph(block)
            elif tag == _q("table:table"):
                self._table(block)
            elif tag in _INDEXES:
                before, self._contents = self._contents, True
                for inner in block.iter(_q("text:p"), _q("text:h")):
                    self._block(inner, "")
                self._contents = before
            elif tag == _q("text:section") and block.get(_q("text:display")) == "none":
                self._doubt("hidden_text_left_out", text=_plain(block)[:EXCERPT])
            elif tag in _CHANGE_MARKS:
                self._deleted_blocks(self._change(block))
            elif tag not in _SKIPPED and isinstance(tag, str):
                if tag.startswith(f"{{{_SPACES['draw']}}}"):
                    self._drawing(block)
                else:
                    self._blocks(block)

    # Paragraphs

    def _heading(self, element: etree._Element) -> None:
        level = _integer(element.get(_q("text:outline-level")), 1)
        label = ""
        if element.get(_q("text:is-list-header")) != "true" and self._counts_for_list(element):
            start = element.get(_q("text:start-value")) if element.get(_q("text:restart-numbering")) == "true" else None
            label = self._headings.next_label(level, _integer(start, 1) if start else None)
        self._block(element, label, rank=level)

    def _counts_for_list(self, element: etree._Element) -> bool:
        """Tell whether a paragraph takes a number: an empty one does not, nor one that a rejected change brought."""
        return not self._inserting and bool(_plain(element))

    def _block(self, element: etree._Element, label: str, rank: int = 0) -> None:
        self._paragraph += 1
        style = self._styles.get(element.get(_q("text:style-name")))
        words = self._pending or _Words(style=style, label=label, rank=rank or style.rank)
        self._pending = None
        self._gather(element, words)
        if self._inserting:
            self._pending = words
            return
        self._add(words)
        self._gap = not words.text.strip()

    def _deleted_blocks(self, text: str) -> None:
        """Put back paragraphs that were deleted whole, between two others."""
        for part in filter(None, text.split("\n")):
            self._add(_Words(part))

    def _add(self, words: _Words) -> None:
        if words.style.hidden:
            self._doubt("hidden_text_left_out", text=words.text.strip()[:EXCERPT])
            return
        label = words.label if words.text.strip() else ""
        start = 0
        for step, part in enumerate(words.text.split("\n")):
            front = f"{as_mark(label)} " if step == 0 and label else ""
            shown, removed = clean(front + part)
            if removed:
                self._count("characters_removed", removed)
            here = [note for note in words.notes if start <= note.at <= start + len(part)]
            notes = tuple(replace(note, at=len(clean(front + part[: note.at - start])[0])) for note in here)
            start += len(part) + 1
            if shown:
                line = SourceLine(shown, self._paragraph, rank=words.rank, title=words.style.title, gap=self._gap)
                contents = self._contents or words.style.contents
                self.lines.append(replace(line, contents=contents, automatic=bool(front), notes=notes))

    # Words

    def _gather(self, element: etree._Element, words: _Words) -> None:
        self._put(words, element.text)
        for child in element:
            self._inline(child, words)
            self._put(words, child.tail)

    def _put(self, words: _Words, text: str | None) -> None:
        if text and not self._inserting:
            words.text += _RUN.sub(" ", text)

    def _inline(self, child: etree._Element, words: _Words) -> None:
        tag = child.tag
        if tag in _CHANGE_MARKS:
            words.text += self._change(child)
        elif self._inserting:
            self._gather(child, words)  # only to meet the end of the insertion
        elif tag == _q("text:s"):
            words.text += " " * min(_integer(child.get(_q("text:c")), 1), 100)
        elif tag == _q("text:tab"):
            words.text += "\t"
        elif tag == _q("text:line-break"):
            words.text += "\n"
        elif tag == _q("text:note"):
            words.notes.append(_note(child, len(words.text)))
        elif tag == _q("office:annotation"):
            self._count("comments_left_out")
        elif tag == _q("text:hidden-text") or (
            tag == _q("text:span") and self._styles.get(child.get(_q("text:style-name"))).hidden
        ):
            self._doubt("hidden_text_left_out", text=_plain(child)[:EXCERPT])
        elif tag == _q("text:ruby"):
            for base in child.iterfind(_q("text:ruby-base")):
                self._gather(base, words)
        elif isinstance(tag, str) and tag.startswith(f"{{{_SPACES['draw']}}}"):
            self._drawing(child)
        elif tag not in _SKIPPED and isinstance(tag, str):
            self._gather(child, words)

    def _drawing(self, element: etree._Element) -> None:
        boxes = [_plain(box) for box in element.iter(_q("draw:text-box"))]
        formulas = ["".join(formula.itertext()) for formula in element.iter(_q("math:math"))]
        for text in filter(None, boxes):
            self._doubt("text_box_left_out", text=text[:EXCERPT])
        for text in filter(None, formulas):
            self._doubt("formula_left_out", text=text[:EXCERPT])
        if not boxes and not formulas:
            embedded = next(element.iter(_q("draw:object"), _q("draw:object-ole")), None) is not None
            if embedded:
                self._doubt("embedded_left_out")
            else:
                self._count("pictures_left_out")

    def _change(self, mark: etree._Element) -> str:
        """Follow a mark of a tracked change; return the deleted words that stand here again when it is rejected."""
        name = mark.get(_q("text:change-id")) or ""
        if self._changes == ACCEPT:
            return ""
        if name in self._insertions:
            if mark.tag == _q("text:change-start"):
                self._inserting.add(name)
            else:
                self._inserting.discard(name)
        elif name in self._deletions and mark.tag == _q("text:change"):
            return "\n".join(_plain(block) for block in self._deletions[name].iter(_q("text:p"), _q("text:h")))
        return ""

    # Lists

    def _list(self, element: etree._Element, counters: _Counters | None, level: int, style: str) -> None:
        style = element.get(_q("text:style-name")) or style
        if counters is None:
            counters = self._counters(element, style)
        elif style in self._styles.lists:
            counters.levels = self._styles.lists[style]
        for item in element:
            start = item.get(_q("text:start-value"))
            numbered = item.tag == _q("text:list-item")
            for block in item:
                if block.tag == _q("text:list"):
                    self._list(block, counters, level + 1, style)
                elif block.tag in (_q("text:p"), _q("text:h")):
                    label = ""
                    if numbered and self._counts_for_list(block):
                        label = counters.next_label(level, _integer(start, 1) if start else None)
                        numbered = False  # the item's further paragraphs carry none
                    rank = _integer(block.get(_q("text:outline-level")), 0) if block.tag == _q("text:h") else 0
                    self._block(block, label, rank)
                else:
                    self._blocks([block])

    def _counters(self, element: etree._Element, style: str) -> _Counters:
        """Return the counters of a new list: those of the list it says it continues, else fresh ones."""
        before = self._named.get(element.get(_q("text:continue-list")) or "")
        if before is None and element.get(_q("text:continue-numbering")) == "true":
            before = self._last.get(style)
        found = before or _Counters(self._styles.lists.get(style, {}))
        self._named[element.get(_XML_ID) or ""] = found
        self._last[style] = found
        return found

    def _numbered_paragraph(self, element: etree._Element) -> None:
        style = element.get(_q("text:style-name")) or ""
        found = self._last.setdefault(style, _Counters(self._styles.lists.get(style, {})))
        level = _integer(element.get(_q("text:list-level")), 1)
        for block in element.iter(_q("text:p"), _q("text:h")):
            self._block(block, found.next_label(level) if _plain(block) else "")

    # Tables

    def _table(self, table: etree._Element) -> None:
        rows = [list(_cells(row)) for row in _rows(table)]
        if all(len(row) <= 1 for row in rows):  # a frame around the text
            for row in rows:
                for cell in row:
                    self._blocks(cell)
            return
        line = self._paragraph + 1
        for row in rows:
            self._row(row)
        self.doubts.append(Doubt(line, "table_as_text", {"rows": len(rows)}))

    def _row(self, cells: list[etree._Element]) -> None:
        start, line, texts = len(self.lines), self._paragraph + 1, []
        for cell in cells:
            before = len(self.lines)
            self._blocks(cell)
            texts.append(" ".join(found.text for found in self.lines[before:]))
        notes = [note for found in self.lines[start:] for note in found.notes]
        del self.lines[start:]
        words = " | ".join(filter(None, texts))
        if words:
            placed = tuple(replace(note, at=len(words)) for note in notes)
            self.lines.append(SourceLine(words, line, plain=True, notes=placed))

    def _doubt(self, code: str, **values: str) -> None:
        self.doubts.append(Doubt(max(self._paragraph, 1), code, values))

    def _count(self, code: str, count: int = 1) -> None:
        before, line = self._counts.get(code, (0, max(self._paragraph, 1)))
        self._counts[code] = (before + count, line)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == _q("table:table-row"):
            yield child
        elif child.tag in (_q("table:table-header-rows"), _q("table:table-rows"), _q("table:table-row-group")):
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return (cell for cell in row if cell.tag == _q("table:table-cell"))


def _note(element: etree._Element, at: int) -> Note:
    mark = element.findtext(_q("text:note-citation")) or ""
    body = element.find(_q("text:note-body"))
    return Note(at, " ".join(mark.split()), _plain(body) if body is not None else "")


def _plain(element: etree._Element) -> str:
    """Return the words of an element and all in it, its paragraphs parted by a space."""
    pieces: list[str] = []
    for part in element.iter():
        if part.tag in (_q("text:p"), _q("text:s"), _q("text:tab"), _q("text:line-break")) and pieces:
            pieces.append(" ")
        if part.text and part.tag != etree.Comment:
            pieces.append(part.text)
        if part.tail and part is not element:
            pieces.append(part.tail)
    return " ".join("".join(pieces).split())


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise
