"""Lines of a web page or of rich text pasted from Word, WPS or a browser. Nothing in it is run, fetched or kept.

The parser is libxml2's: it takes time in proportion to the text whatever the tags do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape

from lxml import etree

from consultations.drafts.builder import EXCERPT, MAX_CLAUSES
from consultations.drafts.changes import ACCEPT, TOLD
from consultations.drafts.lines import SourceLine, clean, split_lines
from consultations.drafts.list_numbers import as_mark, known_style, written
from consultations.drafts.tree import Doubt, Note
from engage.errors import Refused

_MOST_TAGS = 1_000_000  # Word writes one tag in some 50 characters; 10 MB hold no more than a tenth of this
_DEEPEST = 1_000  # the parser stops at 2,048 and would drop what lies below
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(["script", "style", "head", "template", "noscript", "xml", "link", "meta"])
_FURNITURE = frozenset(["nav", "footer", "aside", "button", "select", "textarea", "input", "menu"])
_EMBEDDED = frozenset(["iframe", "object", "embed", "video", "audio", "canvas", "applet"])
_HEADING = re.compile(r"h([1-6])$")
_OUTLINE = re.compile(r"mso-outline-level:\s*([1-9])\b")
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|mso-hide:\s*all")
_LIST_STYLE = re.compile(r"list-style(?:-type)?:\s*([^;]+)")
_NOTE_STYLE = re.compile(r"mso-element:\s*(?:foot|end)note\b(?!-)")
_NOTE_ROLES = frozenset({"doc-endnotes", "doc-endnote", "doc-footnote", "doc-footnotes"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_TAG = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9]*)[^>]*>")
_CODE = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_XHTML = re.compile(r"\s*<\?xml[^>]*>\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html\b|<html\b)", re.IGNORECASE | re.DOTALL)
_START = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta|p|div|h[1-6]|table|ol|ul|article|section|main|span)\b",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_html(text: str) -> bool:
    """Tell whether a text is a web page or a piece of one: it begins with a tag that pages begin with."""
    return bool(_START.match(text[:20_000]))


def looks_like_xhtml(text: str) -> bool:
    """Tell whether an XML text is a web page after all."""
    return bool(_XHTML.match(text[:20_000]))


def declared_charset(data: bytes) -> str:
    """Return the character set a page names in its head; "" when it names none."""
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii").lower() if found else ""


def html_lines(text: str, changes: str = ACCEPT) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines of a page and the doubts about what has no place in a clause tree.

    A line's number is that of its block (paragraph, heading, list item, table row), counted from 1. `changes`: whether
    <ins> and <del> are accepted or rejected. Raises Refused: too_complex, too_many_clauses,
    no_text, broken_file.
    """
    if text.count("<") > _MOST_TAGS:
        raise Refused("too_complex")
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused("broken_file") from fault
    if root is None:
        raise Refused("no_text")
    if _too_deep(root):
        lines, _removed = split_lines(_without_tags(text))
        return lines, [Doubt(1, "nested_too_deep")]
    reader = _Page(root, changes)
    reader.read(_main_of(root))
    reader.finish()
    return reader.lines, reader.doubts


def _without_tags(text: str) -> str:
    """Return the words of a page that no parser takes whole: blocks end a line, other tags are nothing."""
    text = _CODE.sub(" ", text)
    return unescape(_TAG.sub(lambda tag: "\n" if tag[1].lower() in _BLOCKS or tag[1].lower() == "br" else "", text))


def _too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            return True
    return False


def _main_of(root: etree._Element) -> etree._Element:
    mains = list(root.iter("main"))
    return mains[0] if len(mains) == 1 and "".join(mains[0].itertext()).strip() else root


@dataclass(slots=True)
class _List:
    """An open list: the style of its numbers ("" for bullets) and the number of its next item."""

    style: str
    next: int = 1


@dataclass(slots=True)
class _Table:
    """An open table; its cells are gathered unless it is a frame around text."""

    frame: bool
    line: int
    rows: int = 0
    row: list[list[str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class _Page:
    def __init__(self, root: etree._Element, changes: str) -> None:
        self.lines: list[SourceLine] = []
        self.doubts: list[Doubt] = []
        self._changes = changes
        self._dropped = "del" if changes == ACCEPT else "ins"
        self._notes = _Notes(root)
        self._pieces: list[str] = []  # the words of the block so far
        self._length = 0
        self._last = ""
        self._here: list[Note] = []
        self._block = 0
        self._attributes: list[etree._Element] = []  # the open blocks, innermost last
        self._ranks = [0]  # what each says about the rank of a heading
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._label = ""
        self._preformatted = 0
        self._counts: dict[str, tuple[int, int]] = {}  # code -> (how many, first line)

    def read(self, root: etree._Element) -> None:
        """Walk the page once, without recursion."""
        skipped: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._add_text(element.tail if element is not root else "")
                continue
            if event == "start":
                if self._skips(element):
                    skipped = element
                    continue
                self._open(element)
                self._add_text(element.text)
            else:
                self._close(element)
                if element is not root:
                    self._add_text(element.tail)
        self._flush()

    def finish(self) -> None:
        """Add the doubts that are told once for the whole page."""
        for code, (count, line) in self._counts.items():
            self.doubts.append(Doubt(line, code, {"count": count}))
        for words in self._notes.left():
            self.doubts.append(Doubt(max(self._block, 1), "footnote_left_out", {"text": words[:EXCERPT]}))

    # What is not clause text

    def _skips(self, element: etree._Element) -> bool:
        tag = element.tag
        if tag in _SILENT or self._notes.holds(element):
            return True
        if tag == self._dropped:
            self._count("changes", 1)
            return True
        if tag in _EMBEDDED:
            self._doubt("embedded_left_out")
            return True
        style = (element.get("style") or "").lower()
        if _HIDDEN.search(style) or element.get("hidden") is not None:
            return self._left_out(element, "hidden_text_left_out")
        if tag in _FURNITURE or element.get("role") in ("navigation", "doc-toc"):
            return self._left_out(element, "html_left_out")
        if tag == "a":
            note = self._notes.reference(element)
            if note is not None:
                self._here.append(replace(note, at=self._length))
                return True
        return False

    def _left_out(self, element: etree._Element, code: str) -> bool:
        words = _words(element)
        if words:
            if element.tag in _BLOCKS | _FURNITURE:
                self._flush()
            self._doubt(code, text=words[:EXCERPT])
        return True

    def _doubt(self, code: str, **values: str) -> None:
        self.doubts.append(Doubt(max(self._block, 1), code, values))

    def _count(self, what: str, count: int) -> None:
        code = TOLD[self._changes] if what == "changes" else what
        before, line = self._counts.get(code, (0, max(self._block, 1)))
        self._counts[code] = (before + count, line)

    # Blocks

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
            self._attributes.append(element)
            self._ranks.append(_rank(element) or self._ranks[-1])
        if tag in ("ins", "del"):
            self._count("changes", 1)
        elif tag == "br":
            self._put("\n")
        elif tag == "img":
            self._count("pictures_left_out", 1)
        elif tag in ("ol", "ul"):
            self._lists.append(_List(_list_style(element), _integer(element.get("start"), 1)))
        elif tag == "li":
            self._open_item(element)
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "table":
            self._tables.append(_Table(_is_frame(element), self._block + 1))
        elif tag == "tr" and self._tables and not self._tables[-1].frame:
            self._tables[-1].row = []
        elif tag in ("td", "th") and self._tables and not self._tables[-1].frame:
            self._tables[-1].row.append([])

    def _close(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
            self._attributes.pop()
            self._ranks.pop()
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
            self._label = ""
        elif tag == "pre":
            self._preformatted -= 1
        elif tag == "tr" and self._tables and not self._tables[-1].frame:
            self._close_row(self._tables[-1])
        elif tag == "table" and self._tables:
            table = self._tables.pop()
            if not table.frame and table.rows:
                self.doubts.append(Doubt(table.line, "table_as_text", {"rows": table.rows}))

    def _open_item(self, element: etree._Element) -> None:
        self._label = ""
        if not self._lists:
            return
        here = self._lists[-1]
        number = _integer(element.get("value"), here.next)
        here.next = number + 1
        own = _LIST_STYLE.search((element.get("style") or "").lower())
        style = known_style(own[1].strip()) if own else here.style
        self._label = as_mark(written(number, style)) if style else ""

    def _close_row(self, table: _Table) -> None:
        cells = [" ".join(" ".join(cell).split()) for cell in table.row]
        words = " | ".join(filter(None, cells))
        notes = tuple(replace(note, at=len(words)) for note in table.notes)
        table.row, table.notes = [], []
        if words:
            table.rows += 1
            self._block += 1
            self.lines.append(SourceLine(clean(words)[0], self._block, plain=True, notes=notes))

    def _add_text(self, text: str | None) -> None:
        if text:
            words = text if self._preformatted else _SPACES.sub(" ", text)
            self._put(words.lstrip(" ") if self._last in ("", "\n", " ") and not self._preformatted else words)

    def _put(self, words: str) -> None:
        if words:
            self._pieces.append(words)
            self._length += len(words)
            self._last = words[-1]

    def _flush(self) -> None:
        """End the block: what was gathered becomes a line, or words of the open table cell."""
        text = "".join(self._pieces)
        self._pieces, self._length, self._last = [], 0, ""
        notes, self._here = self._here, []
        if not text.strip():
            self._here = notes if notes and not text else []
            return
        table = next((table for table in reversed(self._tables) if not table.frame), None)
        if table is not None and table.row:
            table.row[-1].append(text)
            table.notes += notes
            return
        self._block += 1
        label, self._label = self._label, ""
        if label and text.strip().startswith(label.rstrip(".、")):
            label = ""  # typed as well as counted
        start = placed = 0
        for step, part in enumerate(text.split("\n")):
            front = f"{label} " if step == 0 and label else ""
            first = placed
            while placed < len(notes) and notes[placed].at <= start + len(part):
                placed += 1
            self._add_line(front, part, notes[first:placed], step=step, start=start)
            start += len(part) + 1

    def _add_line(self, front: str, part: str, notes: list[Note], *, step: int, start: int) -> None:
        if len(self.lines) > MAX_CLAUSES:
            raise Refused("too_many_clauses", limit=MAX_CLAUSES)
        block = self._attributes[-1] if self._attributes else None
        directive = (block.get("data-clause") or "") if block is not None else ""
        words, removed = clean(front + part)
        if removed:
            self._count("characters_removed", removed)
        if not words:
            return
        label = (block.get("data-label") or "") if block is not None and directive == "words" else ""
        if label and words.startswith(label):  # its words begin like a clause: they stand apart from their label
            self.lines.append(SourceLine(label, self._block, gap=True))
            words, front, notes = words[len(label) :].strip(), "", [replace(note, at=0) for note in notes]
        elif directive and directive != "words":
            told = block.get("data-heading") if block is not None else None  # its heading, without the label
            front, words = f"[{directive}] ", f"[{directive}] {words if told is None else told}".strip()
        placed = tuple(replace(note, at=len(clean(front + part[: note.at - start])[0])) for note in notes)
        rank, title = self._ranks[-1], _is_title(block)
        line = SourceLine(words, self._block, rank=rank, title=title, gap=step == 0, notes=placed)
        self.lines.append(replace(line, plain=directive == "words", automatic=bool(front) and not directive))


class _Notes:
    """The footnotes of a page: where they stand, and which link refers to which."""

    def __init__(self, root: etree._Element) -> None:
        self._containers = set(_outermost(root))
        self._said: dict[tuple[etree._Element, str], str] = {}
        self._targets: dict[str, etree._Element] = {}
        self._used: set[etree._Element] = set()
        if self._containers:
            for element in root.iter():
                for name in (element.get("id"), element.get("name")):
                    if name:
                        self._targets.setdefault(name, element)

    def holds(self, element: etree._Element) -> bool:
        return element in self._containers

    def reference(self, link: etree._Element) -> Note | None:
        """Return the note a link refers to; None when it is another kind of link."""
        target = self._targets.get((link.get("href") or "").removeprefix("#")) if self._containers else None
        item = self._item(target) if target is not None else None
        if item is None:
            return None
        self._used.add(item)
        mark = "".join("".join(link.itertext()).split()).strip("[]()（）〔〕")
        if (item, mark) not in self._said:  # many links may lead to one long note
            self._said[item, mark] = _note_words(item, mark)
        return Note(0, mark, self._said[item, mark])

    def left(self) -> list[str]:
        """Return the words of notes that nothing refers to."""
        used = {above for item in self._used for above in (item, *item.iterancestors())}
        return [words for container in self._containers - used if (words := _words(container))]

    def _item(self, target: etree._Element) -> etree._Element | None:
        """Return the whole note around its anchor."""
        path = [target, *target.iterancestors()]
        inside = next((place for place, element in enumerate(path) if element in self._containers), None)
        if inside is None:
            return None
        return next((element for element in path[: inside + 1] if _is_note(element)), path[inside])


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements that hold notes, none of them inside another."""
    inside: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            inside = None if element is inside else inside
        elif inside is None and _holds_notes(element):
            inside = element
            yield element


def _holds_notes(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):
        return False
    names = (element.get("class") or "").split()
    return (
        element.get("role") in _NOTE_ROLES
        or bool(_NOTE_STYLE.search(element.get("style") or ""))
        or bool({"footnotes", "endnotes"} & set(names))
    )


def _is_note(element: etree._Element) -> bool:
    return element.tag in ("li", "p", "dd") or element.get("role") in ("doc-endnote", "doc-footnote")


def _note_words(item: etree._Element, mark: str) -> str:
    """Return what a note says, without its number and the link that leads back."""
    pieces = [item.text or ""]
    for element in item.iterdescendants():
        back = next((above for above in (element, *element.iterancestors("a")) if _leads_back(above)), None)
        if back is None:
            pieces.append(element.text or "")
        if back is None or back is element:
            pieces.append(element.tail or "")
    words = clean(_SPACES.sub(" ", "".join(pieces)))[0]
    for printed in (f"[{mark}]", f"〔{mark}〕"):
        words = words.removeprefix(printed).lstrip()
    return words


def _leads_back(element: etree._Element) -> bool:
    return element.tag == "a" and (element.get("href") or "").startswith("#")


def _words(element: etree._Element) -> str:
    return clean(_SPACES.sub(" ", "".join(element.itertext())))[0]


def _is_title(block: etree._Element | None) -> bool:
    return block is not None and bool({"MsoTitle", "doc-title"} & set((block.get("class") or "").split()))


def _rank(block: etree._Element) -> int:
    if found := _HEADING.match(block.tag):
        return int(found[1])
    outline = _OUTLINE.search((block.get("style") or "").lower())
    return int(outline[1]) if outline else 0


def _list_style(element: etree._Element) -> str:
    if element.tag == "ul":
        return ""
    found = _LIST_STYLE.search((element.get("style") or "").lower())
    if found:
        return known_style(found[1].strip().split()[0] if found[1].strip() else "")
    return known_style(element.get("type") or "decimal")


def _is_frame(table: etree._Element) -> bool:
    """Tell a table that only lays out a page from one that says something: one column, or whole sections in a cell."""
    # What lies inside is looked for first: so no row is counted again for each table around it.
    if next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6"), None) is not None:
        return True
    widest = max((sum(cell.tag in ("td", "th") for cell in row) for row in table.iter("tr")), default=0)
    if widest <= 1:
        return True
    return any(sum(1 for _ in cell.iter("p")) > 5 for cell in table.iter("td"))


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 7 else otherwise
