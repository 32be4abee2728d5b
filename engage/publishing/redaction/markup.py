"""Redaction of a page of a browser: what runs, what is hidden and what tells of its making goes, then the words."""

from __future__ import annotations

from collections.abc import Sequence

import lxml.html
from lxml import etree

from engage.publishing.reading.markup import parse
from engage.publishing.reading.stream import local
from engage.publishing.redaction.elements import redact_tree
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.places import Place, in_text

_REMOVED = frozenset(["script", "iframe", "object", "embed", "template", "noscript", "link", "base", "meta", "svg"])


def redact(content: bytes, marks: Sequence[Mark]) -> tuple[bytes, list[Place]]:
    """Return the new page and the places. Raises Refused: "unknown_type", "truncated"."""
    root = parse(content)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or local(element) in _REMOVED or _is_hidden(element):
            _drop(element)
            continue
        for name in list(element.attrib):
            said = str(name).lower()
            if said.startswith("on") or said in {"style", "srcset"} or "data:" in element.get(name, "").lower():
                del element.attrib[name]
    places = in_text(redact_tree(root, marks), "")
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    head.insert(0, etree.Element("meta", charset="utf-8"))
    return b"<!doctype html>\n" + lxml.html.tostring(root, encoding="utf-8"), places


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return "hidden" in element.attrib or "display:none" in style or "visibility:hidden" in style


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
