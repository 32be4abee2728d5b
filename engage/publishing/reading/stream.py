"""The words of a tree of elements in the order of reading, with the places where words may not grow together.

One word of a document is often cut into several runs, and nothing in the format says which element holds words and
which a number of the program: so every text of every element is a piece, and only what is known to be an index is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

# A word may go on after the end of a line or of a paragraph, as in texts that came out of a PDF.
SOFT = frozenset(
    ["p", "h", "br", "cr", "tab", "s", "line-break", "li", "div", "h1", "h2", "h3", "h4", "h5", "h6", "title", "option"]
)
# Between cells, notes and shapes it may not.
HARD = frozenset(
    ["tc", "tr", "c", "row", "si", "comment", "cm", "threadedComment", "table-cell", "covered-table-cell", "table-row"]
    + ["sp", "pt", "frame", "footnote", "endnote", "annotation", "note", "td", "th", "definedName", "property"]
    + ["hdr", "ftr", "header", "footer", "f", "v", "txbxContent", "item", "author", "table", "sheet"]
)
_INDEXED_CELLS = frozenset(["s", "b", "e"])


@dataclass
class Piece:
    """A text of an element, or the text after it. `gap`: "" joins the piece before, else "soft" or "hard"."""

    element: etree._Element
    is_tail: bool
    text: str
    gap: str

    def write(self, text: str) -> None:
        """Put other words in its place."""
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def pieces(root: etree._Element) -> list[Piece]:
    """Return all words of a tree."""
    found: list[Piece] = []
    gap = "hard"
    for step, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = local(element)
        if step in {"start", "end"}:
            gap = _wider(gap, "hard" if name in HARD else "soft" if name in SOFT else "")
        text, is_tail = (element.text, False) if step == "start" else (element.tail, True)
        if step in {"comment", "pi"} and element.text:
            found.append(Piece(element, False, element.text, "hard"))
            gap = "hard"
        if text and (is_tail or not _is_index(element)) and (not is_tail or element is not root):
            found.append(Piece(element, is_tail, text, gap))
            gap = ""
    return found


def _wider(gap: str, other: str) -> str:
    return "hard" if "hard" in (gap, other) else gap or other


def _is_index(element: etree._Element) -> bool:
    """Say whether the text is the number of a string, not the string."""
    parent = element.getparent()
    return (
        local(element) == "v" and parent is not None and local(parent) == "c" and parent.get("t", "") in _INDEXED_CELLS
    )


def lines(root: etree._Element) -> Iterator[str]:
    """Yield the words of a tree, a line for each paragraph and each cell."""
    line: list[str] = []
    for piece in pieces(root):
        if piece.gap and line:
            yield "".join(line)
            line = []
        line.append(piece.text)
    if line:
        yield "".join(line)


def words(root: etree._Element) -> str:
    """Return the words of a tree as one line."""
    return " ".join(" ".join(lines(root)).split())
