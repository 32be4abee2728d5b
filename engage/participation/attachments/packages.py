"""Zip packages, as office documents are: opened within bounds, read part by part, written anew."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from xml.parsers import expat

from lxml import etree

from engage.errors import Refused

MAX_PARTS = 4_000
# All parts unpacked; a document of 20 MB with its pictures stays far below.
MAX_UNPACKED_BYTES = 120 * 1024 * 1024
# One part of elements: it is held as a tree of several times its size.
MAX_XML_BYTES = 32 * 1024 * 1024
# Opening and closing tags of one part; a node of a tree takes thirty times the four bytes of its shortest tag.
MAX_XML_TAGS = 3_000_000

ZIP_MAGIC = b"PK\x03\x04"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED_FLAG = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")
_XML_NAMES = (".xml", ".rels", ".rdf")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Package:
    """An opened package whose parts are known to be bounded, unencrypted, unlike in name and inside the package."""

    def __init__(self, content: bytes) -> None:
        """Raises Refused: "truncated", "too_many_parts", "zip_bomb", "path_escape", "encrypted"."""
        if content.count(_DIRECTORY_ENTRY) > MAX_PARTS:
            raise Refused("too_many_parts", max_parts=MAX_PARTS)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _FAULTS as error:
            raise Refused("truncated") from error
        self._entries = {entry.filename: entry for entry in self._zip.infolist() if not entry.filename.endswith("/")}
        _check_entries(self._zip.infolist())

    @property
    def names(self) -> list[str]:
        """Names of the parts in the order of the package."""
        return list(self._entries)

    def size(self, name: str) -> int:
        """Return the unpacked size in bytes."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """Return a part, b"" when there is none. Raises Refused("truncated")."""
        if name not in self._entries:
            return b""
        try:
            return self._zip.read(self._entries[name])
        except _FAULTS as error:
            raise Refused("truncated") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        parts = re.split(r"[/\\]", entry.filename)
        if entry.filename.startswith(("/", "\\")) or _DRIVE.match(entry.filename) or ".." in parts:
            raise Refused("path_escape")
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise Refused("encrypted")
        # Two parts of one name: a reader may take the first and a checker the last.
        if not entry.filename or entry.filename.lower() in seen:
            raise Refused("truncated")
        seen.add(entry.filename.lower())
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise Refused("zip_bomb", max_bytes=MAX_UNPACKED_BYTES)


def is_xml(name: str) -> bool:
    """Say whether a part of this name holds elements."""
    return name.lower().endswith(_XML_NAMES)


def check_xml(package: Package) -> None:
    """Read all parts of elements once, as a stream.

    Raises Refused: "entity_bomb", "zip_bomb", "too_many_parts", "truncated".

    No office format allows a document type; with it come entities that grow without bound or read other files.
    """
    for name in package.names:
        if is_xml(name) or name.lower().endswith(".vml"):
            if package.size(name) > MAX_XML_BYTES:
                raise Refused("zip_bomb", max_bytes=MAX_XML_BYTES)
            part = package.read(name)
            if part.count(b"<") > MAX_XML_TAGS:
                raise Refused("too_many_parts", max_parts=MAX_XML_TAGS)
            _check_one_xml(part, must_be_well_formed=is_xml(name))


def _check_one_xml(part: bytes, *, must_be_well_formed: bool) -> None:
    """Raises Refused: "entity_bomb", "truncated". Drawings in VML are often not well-formed."""

    def refuse(*_declaration: object) -> None:
        raise Refused("entity_bomb")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # The last two: an encoding that nobody knows.
        if must_be_well_formed:
            raise Refused("truncated") from error


def parse(part: bytes) -> etree._Element:
    """Return the tree of a part, without its comments. Raises Refused: "entity_bomb", "truncated"."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise Refused("truncated") from error
    if root.getroottree().docinfo.doctype:
        raise Refused("entity_bomb")
    return root


def serialise(root: etree._Element) -> bytes:
    """Return the part as the office programs write it."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def write(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a new package; every part has the same date and no extra fields. `mimetype` is stored, not packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return target.getvalue()
