"""Words in trees of elements: cut over runs, in attributes, in cells that hold numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from engage.participation.attachments.wording import remove
from engage.publishing.reading.parts import WORDED
from engage.publishing.reading.stream import Piece, local, pieces
from engage.publishing.redaction.marks import BARRIER, BLACK, Mark, Span, merged, spans

_GAPS = {"": "", "soft": "\n", "hard": BARRIER}
# What may stand in an attribute that only the program reads: one word of its own vocabulary, a number, a colour.
_OWN_WORD = re.compile(r"[A-Za-z0-9_.\-:#/{}%+ ]*\Z")


@dataclass(frozen=True)
class Laid:
    """The words of a tree as one text; `at` gives for each sign its piece and its place there, None for gaps."""

    text: str
    at: tuple[tuple[Piece, int] | None, ...]


def laid(root: etree._Element) -> Laid:
    """Return the words of a tree as one text."""
    text: list[str] = []
    at: list[tuple[Piece, int] | None] = []
    for piece in pieces(root):
        if _GAPS[piece.gap]:
            text.append(_GAPS[piece.gap])
            at.append(None)
        text.append(piece.text)
        at += [(piece, place) for place in range(len(piece.text))]
    return Laid("".join(text), tuple(at))


def redact_tree(root: etree._Element, marks: Sequence[Mark]) -> list[tuple[str, Span]]:
    """Blacken the words of a tree in place; return (text, span) of each place, those in attributes too."""
    found: list[tuple[str, Span]] = []
    lay = laid(root)
    everywhere = spans(lay.text, marks)
    found += [(lay.text, span) for span in everywhere]
    changed: dict[int, tuple[Piece, list[str]]] = {}
    for span in merged(everywhere):
        first = True
        for place in range(span.start, span.end):
            where = lay.at[place]
            if where is None:
                continue
            piece, inside = where
            _piece, signs = changed.setdefault(id(piece), (piece, list(piece.text)))
            signs[inside] = BLACK if first else ""
            first = False
    for piece, signs in changed.values():
        piece.write("".join(signs))
        _settle_cell(piece)
    attributes = list(worded(root))
    # Nearly always there is nothing in any of them.
    if not spans(BARRIER.join(value for _element, _name, value in attributes), marks):
        attributes = []
    for element, name, value in attributes:
        in_value = spans(value, marks)
        if in_value:
            found += [(value, span) for span in in_value]
            _black_attribute(element, name, value, in_value)
    return found


def worded(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """Yield (element, name, value) of the attributes in which people's words can stand."""
    for element in list(root.iter()):
        if not local(element):
            continue
        for name, said in list(element.attrib.items()):
            value = str(said)
            if name == "Target" and element.get("TargetMode") != "External":
                continue
            if str(name).rpartition("}")[2] in WORDED or not _OWN_WORD.match(value):
                yield element, str(name), value


def _black_attribute(element: etree._Element, name: str, value: str, found: Iterable[Span]) -> None:
    if name.rpartition("}")[2] in {"Target", "href", "src"}:
        element.set(name, "about:blank")
        return
    parts: list[str] = []
    done = 0
    for span in merged(found):
        parts += [value[done : span.start], BLACK]
        done = span.end
    element.set(name, "".join([*parts, value[done:]]))


def _settle_cell(piece: Piece) -> None:
    """A cell that held a number or a formula holds words now; a formula would bring the words back."""
    element = piece.element
    cell = element.getparent()
    if cell is None or local(cell) != "c" or local(element) not in {"v", "f"} or piece.is_tail:
        return
    for formula in list(cell.iter("{*}f")):
        remove(formula)
    for value in list(cell.iter("{*}v")):
        remove(value)
    space = etree.QName(cell).namespace
    holder = etree.SubElement(cell, f"{{{space}}}is")
    etree.SubElement(holder, f"{{{space}}}t").text = BLACK
    cell.set("t", "inlineStr")


def table_values(root: etree._Element, marks: Sequence[Mark]) -> None:
    """Cells of ODF keep their value in an attribute beside the words: both go, and the formula with them."""
    for cell in root.iter("{*}table-cell"):
        said = "".join(cell.itertext())
        values = [str(value) for name, value in cell.attrib.items() if _is_value(str(name))]
        if BLACK in said or any(spans(value, marks) for value in values):
            for name in list(cell.attrib):
                if _is_value(str(name)):
                    del cell.attrib[name]


def _is_value(name: str) -> bool:
    return name.rpartition("}")[2] in {"value", "string-value", "formula", "value-type", "date-value", "time-value"}
