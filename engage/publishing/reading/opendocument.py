"""ODT, ODS and ODP: words of all parts, properties, changes, comments, and what is hidden."""

from __future__ import annotations

from lxml import etree

from engage.errors import Refused
from engage.participation.attachments.opendocument import MANIFEST
from engage.participation.attachments.packages import Package
from engage.publishing.reading.found import AUTHOR, COMMENT, HIDDEN, TRACKED_CHANGE, DocumentText, Gathering
from engage.publishing.reading.parts import (
    ReadInner,
    attribute,
    elements,
    named,
    parse,
    read_other_parts,
    worded_attributes,
)
from engage.publishing.reading.stream import lines, local, words

_AUTHORS = frozenset(["initial-creator", "creator", "printed-by"])
_HIDDEN_TEXTS = ("hidden-text", "hidden-paragraph")


def read(package: Package, read_inner: ReadInner) -> DocumentText:
    """Read a document. Raises Refused: "encrypted", "entity_bomb", "zip_bomb", "too_many_parts", "truncated"."""
    manifest = package.read(MANIFEST)
    if manifest and next(parse(manifest).iter("{*}encryption-data"), None) is not None:
        raise Refused("encrypted")
    found = Gathering()
    for name, root in sorted(elements(package), key=lambda part: (part[0] != "content.xml", part[0])):
        if name.rpartition("/")[2] == "meta.xml":
            _properties(root, found)
        elif name != MANIFEST:
            found.say(*lines(root), *worded_attributes(root))
        _traces(name, root, found)
    read_other_parts(package, found, read_inner)
    return found.done()


def _properties(root: etree._Element, found: Gathering) -> None:
    for element in root.iter():
        name = local(element)
        if name == "user-defined":
            found.tell(attribute(element, "name"), words(element))
        elif name and len(element) == 0 and element.text:
            found.tell(name, element.text)
            if name in _AUTHORS:
                found.trace(AUTHOR, "meta.xml", element.text)


def _traces(name: str, root: etree._Element, found: Gathering) -> None:
    for change in named(root, "changed-region"):
        found.trace(TRACKED_CHANGE, name, words(change))
    for comment in named(root, "annotation"):
        found.trace(COMMENT, name, words(comment))
    for author in named(root, "creator"):
        if author.text and name.rpartition("/")[2] != "meta.xml":
            found.trace(AUTHOR, name, author.text)
    for hidden in hidden_elements(root):
        found.trace(HIDDEN, name, words(hidden) or attribute(hidden, "string-value"))


def hidden_elements(root: etree._Element) -> list[etree._Element]:
    """Return what a reader does not see: hidden texts and sections, rows, sheets and slides."""
    hidden_styles = {
        attribute(style, "name")
        for style in named(root, "style")
        for properties in style
        if attribute(properties, "display") in {"none", "false"} or attribute(properties, "visibility") == "hidden"
    }
    hidden = list(named(root, *_HIDDEN_TEXTS))
    for element in named(root, "section", "span", "p", "h", "table", "table-row", "table-column", "page"):
        style = attribute(element, "style-name")
        if (
            attribute(element, "display") in {"none", "condition"}
            or attribute(element, "visibility") in {"collapse", "filter"}
            or (style and style in hidden_styles)
        ):
            hidden.append(element)
    return hidden
