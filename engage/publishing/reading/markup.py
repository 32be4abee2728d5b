"""Pages of a browser: words, comments, what is hidden, what the head says."""

from __future__ import annotations

import lxml.html
from lxml import etree

from engage.errors import Refused
from engage.participation.attachments import plain_text
from engage.publishing.reading.found import AUTHOR, COMMENT, EMBEDDED, HIDDEN, DocumentText, Gathering
from engage.publishing.reading.parts import worded_attributes
from engage.publishing.reading.stream import lines, local, words


def parse(content: bytes) -> etree._Element:
    """Return the tree of a page. Raises Refused("truncated") when there is nothing in it."""
    text = plain_text.decode(content)
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Refused("truncated") from error
    return root


def read(content: bytes) -> DocumentText:
    """Read a page. Raises Refused: "unknown_type", "truncated"."""
    root = parse(content)
    found = Gathering()
    found.say(*lines(root), *worded_attributes(root))
    for comment in root.iter(etree.Comment):
        found.trace(COMMENT, "", comment.text or "")
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("http-equiv") or ""
        found.tell(name or "meta", element.get("content", ""))
        if name.lower() in {"author", "creator", "dc.creator"}:
            found.trace(AUTHOR, "meta", element.get("content", ""))
    for element in root.iter():
        name = local(element)
        if name in {"script", "object", "embed", "iframe", "template"}:
            found.trace(EMBEDDED, name, words(element) or element.get("src", ""))
        elif name and ("hidden" in element.attrib or "display:none" in element.get("style", "").replace(" ", "")):
            found.trace(HIDDEN, name, words(element))
    return found.done()
