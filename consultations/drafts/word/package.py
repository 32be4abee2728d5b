"""The parts of a Word document by name, once its container is known to be one without macros."""

import posixpath

from lxml import etree

from consultations.drafts.archive import Archive, parse_xml
from engage.errors import Refused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # ISO 29500 Strict, the same elements
_OTHERS = {"xl/workbook.xml": "a spreadsheet", "ppt/presentation.xml": "a slide show"}


class Package:
    """One .docx."""

    def __init__(self, archive: Archive) -> None:
        """Check the content. Raises Refused: zip_bomb, has_macros, not_a_document, broken_file."""
        self._archive = archive
        if any(name.endswith("vbaproject.bin") for name in archive.names):
            raise Refused("has_macros")
        types = archive.read("[content_types].xml") or b""
        if b"macroenabled" in types.lower():
            raise Refused("has_macros")
        self.main = self._main_part()

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of a part named beside the main part ("styles.xml"), or None when it is not there."""
        data = self._archive.read(posixpath.join(posixpath.dirname(self.main), name))
        return None if data is None else _parse(data)

    def main_xml(self) -> etree._Element:
        """Return the root of the document itself."""
        root = _parse(self._archive.read(self.main) or b"")
        if etree.QName(root).localname != "document":
            raise Refused("not_a_document", kind="another Office file")
        return root

    def _main_part(self) -> str:
        names = self._archive.names
        if "word/document.xml" in names:
            return "word/document.xml"
        links = self._archive.read("_rels/.rels")
        if links is not None:
            for link in _parse(links):
                target = (link.get("Target") or "").lstrip("/").lower()
                if (link.get("Type") or "").endswith("/officeDocument") and target in names and "word" in target:
                    return target
        raise Refused("not_a_document", kind=next((_OTHERS[name] for name in _OTHERS if name in names), "an archive"))


def _parse(data: bytes) -> etree._Element:
    return parse_xml(data.replace(_STRICT, W.encode()))


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
