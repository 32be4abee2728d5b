"""DOCX, XLSX and PPTX: words of all parts, properties, changes, comments, and what is hidden."""

from __future__ import annotations

import re

from lxml import etree

from engage.participation.attachments.packages import Package
from engage.publishing.reading.found import AUTHOR, COMMENT, HIDDEN, TRACKED_CHANGE, DocumentText, Gathering
from engage.publishing.reading.parts import (
    ReadInner,
    attribute,
    elements,
    named,
    read_other_parts,
    worded_attributes,
)
from engage.publishing.reading.stream import lines, local, words

_CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "sectPrChange", "cellIns")
_AUTHORS = frozenset(["creator", "lastModifiedBy", "Manager", "Company"])
_FIRST = re.compile(r"(?:word/document|xl/workbook|xl/sharedStrings|xl/worksheets/|ppt/slides/)", re.IGNORECASE)
_OFF = frozenset(["0", "false", "off"])


def read(package: Package, read_inner: ReadInner) -> DocumentText:
    """Read a document. Raises Refused: "entity_bomb", "zip_bomb", "too_many_parts", "truncated"."""
    found = Gathering()
    trees = sorted(elements(package), key=lambda part: (_FIRST.match(part[0]) is None, _in_order(part[0])))
    for name, root in trees:
        if name.startswith("docProps/") or name.lower().startswith("docmetadata/"):
            _properties(root, found)
        else:
            found.say(*lines(root), *worded_attributes(root))
        _changes(name, root, found)
        _comments(name, root, found)
        _hidden(name, root, found)
        if name.startswith("customXml/") and local(root) != "Relationships":
            found.tell("customXml", words(root))
    read_other_parts(package, found, read_inner)
    return found.done()


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(run), "") if run.isdigit() else (0, run) for run in re.split(r"(\d+)", name)]


def _properties(root: etree._Element, found: Gathering) -> None:
    for element in root.iter():
        name = local(element)
        if name == "property":
            found.tell(attribute(element, "name"), words(element))
        elif name and len(element) == 0 and element.text:
            found.tell(name, element.text)
            if name in _AUTHORS and element.text.strip():
                found.trace(AUTHOR, "docProps", element.text)


def _changes(name: str, root: etree._Element, found: Gathering) -> None:
    if name.startswith("word/"):
        for change in named(root, *_CHANGES):
            if attribute(change, "id") or attribute(change, "author"):
                found.trace(TRACKED_CHANGE, name, f"{attribute(change, 'author')} {words(change)}")
                if attribute(change, "author"):
                    found.trace(AUTHOR, name, attribute(change, "author"))
    elif name.startswith("xl/revisions/"):
        found.trace(TRACKED_CHANGE, name, words(root))


def _comments(name: str, root: etree._Element, found: Gathering) -> None:
    if "comment" not in name.lower() or name.lower().endswith(".rels"):
        return
    for comment in named(root, "comment", "cm", "threadedComment"):
        found.trace(COMMENT, name, words(comment))
        if attribute(comment, "author"):
            found.trace(AUTHOR, name, attribute(comment, "author"))
    for author in named(root, "author", "cmAuthor"):
        said = attribute(author, "name") or words(author)
        if said:
            found.trace(AUTHOR, name, said)


def _hidden(name: str, root: etree._Element, found: Gathering) -> None:
    if name == "xl/workbook.xml":
        for sheet in named(root, "sheet"):
            if sheet.get("state", "visible") != "visible":
                found.trace(HIDDEN, name, sheet.get("name", ""))
    elif name.startswith("xl/worksheets/"):
        for row in named(root, "row"):
            if _is_on(row.get("hidden")):
                found.trace(HIDDEN, f"{name} {row.get('r', '')}", words(row))
        for column in named(root, "col"):
            if _is_on(column.get("hidden")):
                found.trace(HIDDEN, name, f"{column.get('min', '')}-{column.get('max', '')}")
    elif name.startswith("ppt/slides/") and root.get("show", "1") in _OFF:
        found.trace(HIDDEN, name, words(root))
    elif name.startswith("ppt/notesSlides/") and local(root) == "notes":
        found.trace(HIDDEN, name, words(root))
    elif name.startswith("word/"):
        for mark in named(root, "vanish"):
            run = next((above for above in mark.iterancestors() if local(above) == "r"), None)
            if run is not None and attribute(mark, "val") not in _OFF:
                found.trace(HIDDEN, name, words(run))


def _is_on(value: str | None) -> bool:
    return value is not None and value not in _OFF
