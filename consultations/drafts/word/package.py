"""Opens the container of a .docx without trusting it: sizes are bounded, entities and macros refused."""

import io
import posixpath
import zipfile
import zlib

from lxml import etree

from engage.errors import Refused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # ISO 29500 Strict, the same elements
_MAX_ENTRIES = 4_000
_MAX_UNPACKED = 300 * 1024 * 1024  # with pictures; only the parts below are ever unpacked
_MAX_PART = 64 * 1024 * 1024
_OTHERS = {
    "xl/workbook.xml": "a spreadsheet", "ppt/presentation.xml": "a slide show", "content.xml": "an OpenDocument file",
}  # fmt: skip


class Package:
    """The parts of one .docx. Nothing is written to disk; a part is unpacked when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Check the container. Raises Refused: zip_bomb, encrypted, has_macros, not_a_document, broken_file."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
            raise Refused("broken_file") from fault
        entries = self._archive.infolist()
        if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
            raise Refused("zip_bomb")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refused("encrypted")
        self._names = {entry.filename.lower().lstrip("/"): entry for entry in entries}
        if any(name.endswith("vbaproject.bin") for name in self._names):
            raise Refused("has_macros")
        types = self._bytes("[content_types].xml") or b""
        if b"macroenabled" in types.lower():
            raise Refused("has_macros")
        self.main = self._main_part()

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of a part named beside the main part ("styles.xml"), or None when it is not there."""
        data = self._bytes(posixpath.join(posixpath.dirname(self.main), name))
        return None if data is None else _parse(data)

    def main_xml(self) -> etree._Element:
        """Return the root of the document itself."""
        root = _parse(self._bytes(self.main) or b"")
        if etree.QName(root).localname != "document":
            raise Refused("not_a_document", kind="another Office file")
        return root

    def _main_part(self) -> str:
        if "word/document.xml" in self._names:
            return "word/document.xml"
        links = self._bytes("_rels/.rels")
        if links is not None:
            for link in _parse(links):
                target = (link.get("Target") or "").lstrip("/").lower()
                if (link.get("Type") or "").endswith("/officeDocument") and target in self._names and "word" in target:
                    return target
        raise Refused(
            "not_a_document", kind=next((_OTHERS[name] for name in _OTHERS if name in self._names), "an archive")
        )

    def _bytes(self, name: str) -> bytes | None:
        entry = self._names.get(name.lower())
        if entry is None:
            return None
        if entry.file_size > _MAX_PART:
            raise Refused("zip_bomb")
        try:
            with self._archive.open(entry) as part:
                data = part.read(_MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as fault:
            raise Refused("broken_file") from fault
        if len(data) > _MAX_PART:
            raise Refused("zip_bomb")
        return data


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data.replace(_STRICT, W.encode()), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused("broken_file") from fault
    if root.getroottree().docinfo.doctype:  # no Word file has one; it is where entities come from
        raise Refused("broken_file")
    return root


def w(name: str) -> str:
    """Return the qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def value(element: etree._Element | None, name: str) -> str | None:
    """Return the w:val of a child element, None when the child or its value is missing."""
    if element is None:
        return None
    child = element.find(w(name))
    return None if child is None else child.get(w("val"))


def is_on(element: etree._Element | None, name: str) -> bool:
    """Tell whether a toggle property (w:vanish and the like) is present and not switched off."""
    child = None if element is None else element.find(w(name))
    return child is not None and child.get(w("val"), "true") not in ("0", "false", "off")
