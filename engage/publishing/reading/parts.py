"""What is common to the packages of both families of office formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from engage.errors import Refused
from engage.participation.attachments import packages, plain_text
from engage.participation.attachments.packages import Package
from engage.publishing.reading import pictures
from engage.publishing.reading.found import EMBEDDED, DocumentText, Gathering
from engage.publishing.reading.stream import local

# A document in a document in a document is a way to hide, not a way to write.
MOST_DEPTH = 3

# Attributes that hold words for people: alternative texts, names, tips, messages.
WORDED = frozenset(
    ["descr", "title", "name", "tooltip", "display", "displayName", "prompt", "promptTitle", "error", "errorTitle"]
    + ["alt", "content", "label", "summary", "placeholder", "value", "string-value", "formula", "text", "author"]
    + ["userName", "lastModifiedBy", "Target", "href"]
)

ReadInner = Callable[[bytes, str], DocumentText]


def parse(part: bytes) -> etree._Element:
    """Return the tree of a part, its comments with it. Raises Refused: "entity_bomb", "truncated"."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise Refused("truncated") from error
    if root.getroottree().docinfo.doctype:
        raise Refused("entity_bomb")
    return root


def parse_loosely(part: bytes) -> etree._Element | None:
    """Return the tree of a drawing in VML, which is often not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError):
        return None


def elements(package: Package) -> Iterator[tuple[str, etree._Element]]:
    """Yield (name, tree) of every part of elements."""
    packages.check_xml(package)
    for name in package.names:
        if packages.is_xml(name):
            yield name, parse(package.read(name))
        elif name.lower().endswith(".vml"):
            root = parse_loosely(package.read(name))
            if root is not None:
                yield name, root


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute by its name without namespace, "" when there is none."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def named(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of these names, in whatever namespace."""
    yield from root.iter(*(f"{{*}}{name}" for name in names))


def worded_attributes(root: etree._Element) -> Iterator[str]:
    """Yield the words that stand in attributes."""
    for element in root.iter():
        if local(element):
            for key, value in element.attrib.items():
                said = str(value)
                if str(key).rpartition("}")[2] in WORDED or not said.isascii():
                    yield said


def read_other_parts(package: Package, found: Gathering, read_inner: ReadInner) -> None:
    """Read what lies in the package beside its elements: documents, pictures, programs, text."""
    for name in package.names:
        if packages.is_xml(name) or name.lower().endswith((".vml", "mimetype")):
            continue
        content = package.read(name)
        if pictures.is_picture(content):
            found.take(pictures.read(content), within=name)
            continue
        if content and not name.lower().endswith((".odttf", ".fntdata", ".ttf", ".otf", ".emf", ".wmf", ".svm")):
            found.trace(EMBEDDED, name, f"{len(content)} B")
        try:
            found.take(read_inner(content, name), within=name)
        except Refused:
            found.say(*readable_runs(content))


def readable_runs(content: bytes) -> Iterator[str]:
    """Yield what looks like words in bytes of an unknown format: metafiles and objects keep their texts so."""
    limit = 4 * 1024 * 1024
    for encoding in ("utf-16-le", "utf-8"):
        text = content[:limit].decode(encoding, errors="replace")
        run: list[str] = []
        for character in text + "\0":
            if character.isprintable() and character != "\ufffd":
                run.append(character)
                continue
            if len(run) >= 4:
                yield "".join(run)
            run = []


def text_of(content: bytes) -> str:
    """Return plain text. Raises Refused("unknown_type")."""
    return plain_text.decode(content)
