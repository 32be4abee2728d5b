"""The tree of an Akoma Ntoso document that others made: an act, bill or other document with a hierarchy.

Traditions use the elements differently (the basic unit is an article in Europe, a section in Britain and the United
States), so the level of a clause is told from where it lies around the basic unit, not from its element alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from consultations.drafts.builder import EXCERPT, TreeBuilder
from consultations.drafts.changes import ACCEPT, TOLD
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.line_marks import mark_of
from consultations.drafts.lines import SourceLine, clean
from consultations.drafts.reading import language_of
from consultations.drafts.tree import Note, ParsedDraft
from engage.errors import Refused

_DOCUMENTS = ("act", "bill", "doc", "statement", "portion")
_BODIES = ("body", "mainBody", "portionBody")
_HIERARCHY = frozenset(
    {
        "clause", "section", "part", "paragraph", "chapter", "title", "article", "book", "tome", "division", "list",
        "point", "indent", "alinea", "rule", "subrule", "proviso", "subsection", "subpart", "subparagraph",
        "subchapter", "subtitle", "subdivision", "subclause", "sublist", "level", "transitional", "hcontainer",
    }
)  # fmt: skip
_BASIC = ("article", "section", "rule", "clause", "paragraph", "level", "point")  # the first that occurs is the unit
_PARTS = frozenset({"tome", "book", "part", "title", "subpart", "subtitle"})
_CHAPTERS = frozenset({"chapter", "division"})
_QUOTED = frozenset({"quotedStructure", "embeddedStructure", "quotedText"})
_DEEPEST = 3  # levels kept below a sub-item
_BELOW = ("paragraph", "item", "subitem")
_LANGUAGES = {"zho": CHINESE, "chi": CHINESE, "zh": CHINESE, "eng": ENGLISH, "en": ENGLISH}
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")
_LONGEST_NUMBER, _LONGEST_LABEL, _LONGEST_NOTE = 24, 60, 600
_SPACES = re.compile(r"\s+")


def read_foreign(root: etree._Element, *, language: str | None, changes: str = ACCEPT) -> ParsedDraft:
    """Return the draft under an akomaNtoso root. Raises Refused: not_a_document, no_text, too_many_clauses."""
    document = _document(root)
    language = language or _language(document)
    reader = _Foreign(document, language, changes)
    reader.read()
    return reader.draft()


def _document(root: etree._Element) -> etree._Element:
    """Return the first document with clauses of its own, also one in a collection."""
    for element in root.iter():
        if _name(element) in _DOCUMENTS and any(_name(child) in _BODIES for child in element):
            return element
    raise Refused("not_a_document", kind="another kind of Akoma Ntoso document")


def _language(document: etree._Element) -> str:
    for element in document.iter():
        if _name(element) == "FRBRlanguage" and (known := _LANGUAGES.get((element.get("language") or "").lower())):
            return known
    return language_of([SourceLine(" ".join("".join(document.itertext()).split()), 1)])


@dataclass(slots=True)
class _Block:
    """One paragraph of words: where it stands, its footnotes, and whether it is a table row."""

    text: str
    line: int
    notes: tuple[Note, ...] = ()
    row: bool = False


@dataclass(slots=True)
class _Text:
    """What a clause says itself: the blocks before its parts (`intro`), and after them (`end`)."""

    intro: list[_Block] = field(default_factory=list)
    end: list[_Block] = field(default_factory=list)


class _Foreign:
    def __init__(self, document: etree._Element, language: str, changes: str) -> None:
        self._document = document
        self._language = language
        self._changes = changes
        self._dropped = "del" if changes == ACCEPT else "ins"
        self._basic = ""
        self._builder = TreeBuilder(language)
        self._title = self._note = ""
        self._numbers: dict[str, int] = {}  # paragraphs without a number, by the clause they lie under
        self._tracked = (0, 0)
        self._pictures = (0, 0)
        self._endnotes: dict[str, str] = {}
        self._seen: set[etree._Element] = set()
        self._annexes = 0
        self._unit = ("", False)  # the article or annex now open, and whether its paragraphs carry numbers

    def read(self) -> None:
        body = next(child for child in self._document if _name(child) in _BODIES)
        self._basic = _basic_unit(body)
        self._builder = TreeBuilder(self._language, articles_restart=_restarts(body, self._basic, self._language))
        self._collect_endnotes()
        self._front()
        self._children(body, None)
        self._end()
        for attachment in self._attachments():
            self._annex(attachment)

    def draft(self) -> ParsedDraft:
        for (count, line), code in ((self._tracked, TOLD[self._changes]), (self._pictures, "pictures_left_out")):
            if count:
                self._builder.doubt(line, code, count=count)
        if not self._builder.clauses:
            raise Refused("no_text")
        if not self._title:
            self._builder.doubt(1, "no_title")
        return self._builder.draft(title=self._title, note=self._note)

    # Around the clauses

    def _front(self) -> None:
        kept = 0
        for part in self._document:
            name = _name(part)
            if name == "preface":
                kept += self._preface(part)
            elif name == "preamble":
                kept += self._preamble(part)
        if kept:
            self._builder.doubt(self._builder.clauses[0].line, "preamble_kept", lines=kept)
        self._title = self._title or self._alias()

    def _preface(self, preface: etree._Element) -> int:
        """Take the title and the note; return how many other lines became a preamble."""
        titles = _titles(preface)
        self._title = " ".join(filter(None, (self._plain(element) for element in titles)))[:300]
        others = []
        for block in self._blocks_in(preface):
            words = block.text
            for title in titles:
                words = words.replace(self._plain(title), "", 1) if self._plain(title) else words
            if words.strip(" .,;:"):
                others.append(replace(block, text=words.strip()))
        note = ("；" if self._language == CHINESE else "; ").join(block.text for block in others)
        if len(note) <= _LONGEST_NOTE:
            self._note = note
            return 0
        for block in others:
            self._loose("preamble", "", block)
        return len(others)

    def _preamble(self, preamble: etree._Element) -> int:
        kept, heading = 0, ""
        for part in preamble:
            name = _name(part)
            if name == "recitals":
                for child in part:
                    if _name(child) in ("heading", "intro"):
                        heading = self._plain(child).rstrip(":：")
                    elif _name(child) == "recital":
                        kept, heading = kept + 1, self._recital(child, heading)
                    else:
                        kept += self._lines(self._blocks_in([child]))
            elif name == "toc":
                continue
            else:
                kept += self._lines(self._blocks_in([part]))
        return kept

    def _recital(self, recital: etree._Element, heading: str) -> str:
        num = _child(recital, "num")
        label = self._plain(num) if num is not None else ""
        blocks = list(self._blocks_in([child for child in recital if _name(child) not in ("num", "heading")]))
        if blocks:
            words = " ".join(block.text for block in blocks)
            block = replace(blocks[0], text=words, notes=tuple(note for block in blocks for note in block.notes))
            self._loose("rec", self._number(label, recital), block, label=label, heading=heading)
        return ""

    def _lines(self, blocks: Iterable[_Block]) -> int:
        count = 0
        for block in blocks:
            self._loose("preamble", "", block)
            count += 1
        return count

    def _loose(self, prefix: str, number: str, block: _Block, *, label: str = "", heading: str = "") -> None:
        self._builder.add_loose(
            prefix, number, label=label[:_LONGEST_LABEL], line=block.line, text=block.text, heading=heading
        )
        self._keep_notes(block)

    def _end(self) -> None:
        conclusions = _child(self._document, "conclusions")
        blocks = list(self._blocks_in(conclusions)) if conclusions is not None else []
        if blocks:
            self._builder.close_all()
            self._builder.doubt(blocks[0].line, "closing_kept")
        for block in blocks:
            self._loose("closing", "", block)

    def _alias(self) -> str:
        for element in self._document.iter():
            if _name(element) == "FRBRalias" and element.get("value"):
                return (element.get("value") or "")[:300]
        return ""

    def _attachments(self) -> Iterator[etree._Element]:
        for holder in self._document:
            if _name(holder) in ("attachments", "components"):
                yield from (child for child in holder if _name(child) in ("attachment", "component"))

    def _annex(self, attachment: etree._Element) -> None:
        if attachment in self._seen:
            return
        self._seen.add(attachment)
        reference = next((child for child in attachment if _name(child) in ("documentRef", "componentRef")), None)
        document = next((child for child in attachment if _name(child) in _DOCUMENTS), None)
        if document is None:
            if reference is not None:
                target = reference.get("href") or reference.get("src") or ""
                self._builder.doubt(_line(attachment), "external_left_out", text=target[:EXCERPT])
            return
        preface = _child(document, "preface")
        label, heading = self._num(attachment), self._heading(attachment)
        if preface is not None:
            words = [block.text for block in self._blocks_in(preface)]
            label, heading = label or (words.pop(0) if len(words) > 1 else ""), heading or " ".join(words)
        self._annexes += 1
        number = self._number(label, attachment) if label else str(self._annexes)
        self._builder.close_all()
        self._builder.doubt(_line(attachment), "annex_kept", label=label or heading)
        annex = self._builder.add(
            "annex", number, label=label[:_LONGEST_LABEL], line=_line(attachment), heading=heading[:300]
        )
        self._keep_heading_notes(attachment)
        body = next((child for child in document if _name(child) in _BODIES), None)
        if body is not None:
            self._in_annex(body, annex)

    # Clauses

    def _children(self, parent: etree._Element, parent_id: str | None) -> None:
        """Read what lies above or at the basic unit."""
        for child in parent:
            name = _name(child)
            if name in ("num", "heading", "subheading", "toc"):
                continue
            if name in ("intro", "wrapUp", "content"):
                self._loose_blocks(self._blocks_in(child), parent_id)
            elif name == "crossHeading":
                self._unnumbered(child)
            elif name == "componentRef":
                self._builder.doubt(_line(child), "external_left_out", text=(child.get("src") or "")[:EXCERPT])
            elif name == self._basic:
                self._article(child)
            elif name in _INSIDE and not self._basic and self._builder.is_open("annex"):
                self._below(child, 0, self._unit[0], numbered=self._unit[1])
            elif name in _HIERARCHY:
                self._above(child, parent_id)
            else:
                self._loose_blocks(self._blocks_in([child]), parent_id)

    def _loose_blocks(self, blocks: Iterable[_Block], parent_id: str | None) -> None:
        """Words between articles belong to the one before them, as in a text read from paper."""
        if self._builder.is_open("article") or self._builder.is_open("annex"):
            self._paragraphs(blocks, self._unit[0], numbered=self._unit[1])
        else:
            self._paragraphs(blocks, parent_id or "")

    def _above(self, element: etree._Element, parent_id: str | None) -> None:
        name = _name(element)
        named = element.get("name") or ""
        if name == "hcontainer" and re.match(r"schedule|annex|appendix", named):
            self._annex_inside(element)
            return
        holds_basic = any(_name(inner) == self._basic for inner in element.iterdescendants())
        num, heading = self._num(element), self._heading(element)
        if not holds_basic and not num and not heading:
            self._children(element, parent_id)
            return
        if not holds_basic and (_child(element, "content") is not None or name not in _PARTS | _CHAPTERS):
            self._article(element)
            return
        kind = self._kind(element)
        number = self._number(num, element)
        if not num:
            self._builder.doubt(_line(element), "unnumbered_heading", heading=heading)
        clause_id = self._builder.add(
            kind, number, label=num[:_LONGEST_LABEL], line=_line(element), heading=heading[:300]
        )
        self._keep_heading_notes(element)
        self._children(element, clause_id)

    def _annex_inside(self, element: etree._Element) -> None:
        label, heading = self._num(element), self._heading(element)
        self._builder.close_all()
        self._builder.doubt(_line(element), "annex_kept", label=label or heading)
        annex = self._builder.add(
            "annex", self._number(label, element), label=label[:_LONGEST_LABEL], line=_line(element),
            heading=heading[:300],
        )  # fmt: skip
        self._keep_heading_notes(element)
        self._in_annex(element, annex)

    def _in_annex(self, body: etree._Element, annex: str) -> None:
        """An annex has articles of its own, or paragraphs without any."""
        basic, self._basic = self._basic, _basic_unit(body)
        if self._basic in ("paragraph", "level", "point"):
            self._basic = ""
        numbered = any(_numbered_first(part) for part in body if _name(part) in _INSIDE)
        self._unit, before = (annex, numbered), self._unit
        self._children(body, annex)
        self._basic, self._unit = basic, before

    def _kind(self, element: etree._Element) -> str:
        """Return our kind for an element above the basic unit: the second sort of part inside a part is a sub-part."""
        name = _name(element)
        if name in _PARTS:
            outer = next((above for above in element.iterancestors() if _name(above) in _PARTS), None)
            return "part" if outer is None else "subpart"
        if name in _CHAPTERS:
            inner = any(_name(above) in _CHAPTERS for above in element.iterancestors())
            return "section" if inner else "chapter"
        return "section"

    def _unnumbered(self, element: etree._Element) -> None:
        heading = self._plain(element)
        if heading:
            self._builder.doubt(_line(element), "unnumbered_heading", heading=heading)
            self._builder.add("section", "", label="", line=_line(element), heading=heading[:300])

    def _article(self, element: etree._Element) -> None:
        num, heading = self._num(element), self._heading(element)
        clause_id = self._builder.add(
            "article",
            self._number(num, element),
            label=num[:_LONGEST_LABEL],
            line=_line(element),
            heading=heading[:300],
        )
        self._keep_heading_notes(element)
        self._numbers.pop(clause_id, None)
        text = self._text_of(element)
        parts = _parts(element)
        numbered = not text.intro and any(_numbered_first(part) for part in parts)
        self._unit = (clause_id, numbered)
        first = self._paragraphs(text.intro, clause_id)
        for part in parts:
            # What follows words of the article's own belongs to those words, as in a text read from paper.
            self._below(part, 1 if first else 0, clause_id, numbered=numbered)
        self._paragraphs(text.end, clause_id, numbered=numbered)
        if not text.intro and not text.end and not parts and not heading:
            self._builder.doubt(_line(element), "empty_clause", label=num)

    def _below(self, element: etree._Element, depth: int, article: str, *, numbered: bool) -> None:
        """Read a clause inside the basic unit; `depth` 0 is a paragraph."""
        if _name(element) == "crossHeading":
            self._paragraphs([_Block(self._plain(element), _line(element))], article, numbered=numbered)
            return
        num = self._num(element)
        text, parts = self._text_of(element), _parts(element)
        if _name(element) in ("list", "sublist") and not num:
            self._paragraphs(text.intro, article, numbered=numbered)
            for part in parts:
                self._below(part, depth + (1 if text.intro and not depth else 0), article, numbered=numbered)
            self._paragraphs(text.end, article, numbered=numbered)
            return
        only_rows = bool(text.intro) and all(block.row for block in text.intro)
        if not num and not parts and (only_rows or (depth and _name(element) in _CONTINUED)):
            self._paragraphs(text.intro, article, numbered=numbered)
            return
        heading = self._heading(element)
        blocks = [block for block in text.intro if not block.row]
        own = blocks[0] if blocks else _Block("", _line(element))
        later = blocks[1:]
        if depth or parts:
            own = _merged(blocks) if blocks else own
            later = []
        level = _BELOW[min(depth, 2)]
        deeper = min(max(depth - 2, 0), _DEEPEST)
        if deeper:
            self._builder.doubt(_line(element), "too_deep", label=num)
        number = self._number(num, element)
        if level == "paragraph" and not num and not numbered:
            number = self._next_number(article)
        words = f"{heading}: {own.text}".strip(": ") if heading and own.text else heading or own.text
        shift = len(words) - len(own.text)
        self._builder.add(level, number, label=num[:_LONGEST_LABEL], line=_line(element), text=words, deeper=deeper)
        self._keep_notes(replace(own, notes=tuple(replace(note, at=note.at + shift) for note in own.notes)))
        if not words and not parts:
            self._builder.doubt(_line(element), "empty_clause", label=num)
        for part in parts:
            self._below(part, depth + 1, article, numbered=numbered)
        after = [*later, *(block for block in text.intro if block.row), *text.end]
        if depth and any(not block.row for block in text.end):
            self._builder.add(_BELOW[min(depth + 1, 2)], "", label="", line=text.end[0].line,
                              text=_merged(text.end).text)  # fmt: skip
            after = [*later, *(block for block in text.intro if block.row)]
        self._paragraphs(after, article, numbered=numbered or bool(num))

    def _paragraphs(self, blocks: Iterable[_Block], under: str, *, numbered: bool = False) -> bool:
        """Add paragraphs without a printed number; they are counted unless their neighbours carry numbers."""
        added = False
        for block in blocks:
            number = "" if numbered else self._next_number(under)
            self._builder.add("paragraph", number, label="", line=block.line, text=block.text)
            self._keep_notes(block)
            added = True
        return added

    def _next_number(self, under: str) -> str:
        self._numbers[under] = self._numbers.get(under, 0) + 1
        return str(self._numbers[under])

    def _keep_heading_notes(self, element: etree._Element) -> None:
        for child in element:
            if _name(child) in ("heading", "subheading"):
                words, notes = self._words(child)
                self._keep_notes(_Block(words, _line(child), tuple(replace(note, at=-1) for note in notes)))

    def _keep_notes(self, block: _Block) -> None:
        if block.notes:
            clause = self._builder.clauses[-1]
            self._builder.clauses[-1] = replace(clause, notes=(*clause.notes, *block.notes))
            for note in block.notes:
                self._builder.doubt(block.line, "footnote_kept", text=note.text[:EXCERPT])

    # Words

    def _text_of(self, element: etree._Element) -> _Text:
        text, found_part = _Text(), False
        for child in element:
            name = _name(child)
            if _is_open_list(child) and not found_part:
                inner = self._text_of(child)
                text.intro += inner.intro
                text.end += inner.end
                found_part = True
            elif name in _HIERARCHY or name in ("blockList", "crossHeading"):
                found_part = True
                if name == "blockList":
                    self._list_words(child, text)
            elif name in _BLOCKS and _name(element) == "item":
                (text.end if found_part else text.intro).extend(self._blocks_in([child]))
            elif name in ("intro", "content", "wrapUp"):
                lists = any(_name(inner) == "blockList" for inner in child)
                for block in child:
                    if _name(block) == "blockList":
                        found_part = True
                        self._list_words(block, text)
                    else:
                        after = name == "wrapUp" or (found_part and lists)
                        (text.end if after else text.intro).extend(self._blocks_in([block]))
        return text

    def _list_words(self, block_list: etree._Element, text: _Text) -> None:
        for name, blocks in (("listIntroduction", text.intro), ("listWrapUp", text.end)):
            words = _child(block_list, name)
            if words is not None:
                blocks += self._blocks_in([words])

    def _num(self, element: etree._Element) -> str:
        num = _child(element, "num")
        return self._plain(num).rstrip(" —–:") if num is not None else ""

    def _heading(self, element: etree._Element) -> str:
        words = [self._plain(child) for child in element if _name(child) in ("heading", "subheading")]
        return " ".join(filter(None, words))

    def _number(self, label: str, element: etree._Element) -> str:
        """Return the number a label prints, as the readers of plain text read it; else the one the eId ends in."""
        if label:
            mark = mark_of(SourceLine(f"{label} x", 0), self._language) or mark_of(SourceLine(label, 0), self._language)
            if mark is not None and mark.number and mark.kind != "reference":
                return mark.number[:_LONGEST_NUMBER]
            words = _TRIM.sub("", label).split()
            return _TRIM.sub("", words[-1])[:_LONGEST_NUMBER] if words else ""
        return ""

    def _blocks_in(self, parents: Iterable[etree._Element]) -> Iterator[_Block]:
        """Yield the paragraphs in some elements: each p, table row, list item or other block of words."""
        for element in parents:
            name = _name(element)
            if name in ("num", "toc", "meta") or not name:
                continue
            if name == "table":
                yield from self._rows(element)
            elif _holds_blocks(element):
                yield from self._blocks_in(element)
            else:
                text, notes = self._words(element)
                if text:
                    yield _Block(text, _line(element), notes)

    def _rows(self, table: etree._Element) -> Iterator[_Block]:
        rows = [row for row in table.iter() if _name(row) == "tr"]
        self._builder.doubt(_line(table), "table_as_text", rows=len(rows))
        for row in rows:
            cells = [self._words(cell) for cell in row if _name(cell) in ("td", "th")]
            words = " | ".join(text for text, _notes in cells if text)
            if words:
                notes = tuple(replace(note, at=len(words)) for _text, found in cells for note in found)
                yield _Block(words, _line(row), notes, row=True)

    def _plain(self, element: etree._Element) -> str:
        return self._words(element)[0]

    def _words(self, element: etree._Element) -> tuple[str, tuple[Note, ...]]:
        """Return the words of an element with its changes settled, and the footnotes in them."""
        pieces: list[str] = []
        notes: list[Note] = []
        self._gather(element, pieces, notes)
        text = clean(_SPACES.sub(" ", "".join(pieces)))[0]
        return text, tuple(replace(note, at=min(note.at, len(text))) for note in notes)

    def _gather(self, element: etree._Element, pieces: list[str], notes: list[Note]) -> None:
        pieces.append(element.text or "")
        for child in element:
            name = _name(child)
            if name in ("ins", "del"):
                count, line = self._tracked
                self._tracked = (count + 1, line or _line(child))
            if name == "authorialNote":
                body = " ".join("".join(child.itertext()).split())
                notes.append(Note(_length(pieces), child.get("marker") or "", body))
            elif name == "noteRef":
                body = self._endnotes.get((child.get("href") or "").removeprefix("#"), "")
                notes.append(Note(_length(pieces), child.get("marker") or "", body))
            elif name == "img":
                count, line = self._pictures
                self._pictures = (count + 1, line or _line(child))
            elif name in ("eol", "br", "eop"):
                pieces.append(" ")
            elif name != self._dropped and name:
                if name in _QUOTED and len(child):
                    self._builder.doubt(_line(child), "quoted_as_text")
                if name in _HIERARCHY or name in _SPACED:
                    pieces.append(" ")
                self._gather(child, pieces, notes)
                if name in _HIERARCHY or name in _SPACED:
                    pieces.append(" ")
            pieces.append(child.tail or "")

    def _collect_endnotes(self) -> None:
        meta = _child(self._document, "meta")
        for element in meta.iter() if meta is not None else ():
            if _name(element) == "note":
                self._endnotes[element.get("eId") or element.get("id") or ""] = " ".join(
                    "".join(element.itertext()).split()
                )


_INSIDE = frozenset({"paragraph", "level", "point", "list", "indent", "alinea", "subparagraph", "subsection"})
_CONTINUED = frozenset({"subparagraph", "alinea", "paragraph", "hcontainer", "subclause"})
_BLOCKS = frozenset({"p", "block", "table", "ul", "ol", "tblock", "blockContainer"})
_SPACED = frozenset({"p", "num", "heading", "content", "intro", "wrapUp", "item", "li", "td", "th", "block"})


def _length(pieces: list[str]) -> int:
    return len(clean(_SPACES.sub(" ", "".join(pieces)))[0])


def _merged(blocks: list[_Block]) -> _Block:
    words, notes = "", []
    for block in blocks:
        start = len(words) + 1 if words else 0
        words = f"{words} {block.text}" if words else block.text
        notes += [replace(note, at=note.at + start) for note in block.notes]
    return replace(blocks[0], text=words, notes=tuple(notes))


def _titles(preface: etree._Element) -> list[etree._Element]:
    """Return what names the document: its title, with all of the long title when it is a part of that."""
    titles = [element for element in preface.iter() if _name(element) == "docTitle"]
    long = [element for element in preface.iter() if _name(element) == "longTitle"]
    if titles and long and long[0] in titles[0].iterancestors():
        return long[:1]
    return titles or long[:1] or [element for element in preface.iter() if _name(element) == "shortTitle"][:1]


def _holds_blocks(element: etree._Element) -> bool:
    return any(_name(child) in _CONTAINED for child in element) and not (element.text or "").strip()


_CONTAINED = _SPACED | _HIERARCHY | {
    "table", "ul", "ol", "blockList", "listIntroduction", "listWrapUp", "container", "formula", "citation", "citations",
    "blockContainer", "longTitle", "div", "tblock", "foreign", "recital", "recitals",
}  # fmt: skip


def _parts(element: etree._Element) -> list[etree._Element]:
    """Return the clauses right inside a clause: its hierarchical children, or the items of the lists in its words."""
    found: list[etree._Element] = []
    for child in element:
        name = _name(child)
        if _is_open_list(child) and not found:
            found += _parts(child)
        elif name in _HIERARCHY or name == "crossHeading" or (name == "item" and _name(element) == "blockList"):
            found.append(child)
        elif name == "blockList":
            found += _parts(child)
        elif name in ("content", "intro"):
            found += [item for block in child if _name(block) == "blockList" for item in _parts(block)]
    return found


def _is_open_list(element: etree._Element) -> bool:
    """Tell whether a list only holds points together: its introduction is the text of the clause it lies in."""
    return _name(element) in ("list", "sublist") and _child(element, "num") is None


def _numbered_first(element: etree._Element) -> bool:
    if _name(element) in ("list", "sublist"):
        return any(_numbered_first(part) for part in _parts(element))
    return _child(element, "num") is not None


def _basic_unit(body: etree._Element) -> str:
    """Return the element that is the basic unit of this text: the first of _BASIC that occurs outside quotations."""
    names = {
        _name(element) for element in body.iterdescendants()
        if not any(_name(above) in _QUOTED for above in element.iterancestors())
    }  # fmt: skip
    return next((name for name in _BASIC if name in names), "")


def _restarts(body: etree._Element, basic: str, language: str) -> bool:
    """Tell whether the basic units are numbered anew in each chapter."""
    ones = [
        element for element in body.iter()
        if _name(element) == basic and (num := _child(element, "num")) is not None
        and re.search(r"(?<![0-9A-Za-z])1\W*$", "".join(num.itertext()))
    ]  # fmt: skip
    return len(ones) > 1 and len({element.getparent() for element in ones}) == len(ones)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if _name(child) == name), None)


def _line(element: etree._Element) -> int:
    return element.sourceline or 1


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
