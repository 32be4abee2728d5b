"""ODT and ODS (ISO/IEC 26300): the same care as for the other office documents."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from engage.errors import Refused
from engage.participation.attachments import packages
from engage.participation.attachments.packages import Package
from engage.participation.attachments.parts import Cleaning, cleaning
from engage.participation.attachments.wording import NOBODY, remove

MIMETYPE = "mimetype"
MANIFEST = "META-INF/manifest.xml"

_KIND_BY_TYPE = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# Nobody attaches slides to a comment; officials publish them.
PRESENTATION = {b"application/vnd.oasis.opendocument.presentation": "odp"}
_MACROS = re.compile(r"(?:^|/)(?:basic|scripts)/", re.IGNORECASE)
# Previews, tool bars, signatures that no longer hold, and notes of the program to itself.
_DROPPED = re.compile(
    r"(?:^|/)(?:thumbnails|configurations2)/|^META-INF/(?!manifest\.xml$)|(?:^|/)(?:layout-cache|current\.xml)$",
    re.IGNORECASE,
)
_HREF = "{http://www.w3.org/1999/xlink}href"
_HARMLESS_LINK = re.compile(r"(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|/|\\|(?:\./)?\.\./")
_RUNS_OR_FETCHES = ("event-listeners", "event-listener", "scripts", "dde-connection-decls", "dde-links", "dde-source")
_NAMES = {"creator": NOBODY, "creator-initials": "A", "sender-initials": "A", "initial-creator": NOBODY}
_EMPTY_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta office:version="1.2" '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:meta/></office:document-meta>'
)


def check(package: Package, more_kinds: Mapping[bytes, str] | None = None) -> str:
    """Return "odt" or "ods", or the name that `more_kinds` gives to another type.

    Raises Refused: "entity_bomb", "zip_bomb", "truncated", "encrypted", "has_macros", "embedded_files",
    "unknown_type".
    """
    packages.check_xml(package)
    kind = {**_KIND_BY_TYPE, **(more_kinds or {})}.get(package.read(MIMETYPE).strip())
    if kind is None:
        raise Refused("unknown_type")
    manifest = packages.parse(package.read(MANIFEST))
    if next(manifest.iter("{*}encryption-data"), None) is not None:
        raise Refused("encrypted")
    if any(map(_MACROS.search, package.names)):
        raise Refused("has_macros")
    for name in package.names:
        if not packages.is_xml(name) and name != MIMETYPE and not _DROPPED.search(name):
            _part_cleaning(name, package.read(name))
    return kind


def clean(package: Package) -> bytes:
    """Return the document with its text, pictures and sheets, and nothing that names people or machines."""
    return packages.write(_cleaned_parts(package))


def _cleaned_parts(package: Package) -> Iterator[tuple[str, bytes]]:
    # The standard wants the type first, and not packed.
    yield MIMETYPE, package.read(MIMETYPE).strip()
    for name in package.names:
        if name == MIMETYPE or _DROPPED.search(name):
            continue
        part = package.read(name)
        if posixpath.basename(name) == "meta.xml":
            yield name, _EMPTY_META
        elif packages.is_xml(name):
            root = packages.parse(part)
            _without_dropped(root) if name == MANIFEST else _anonymise(root)
            yield name, packages.serialise(root)
        else:
            yield name, _part_cleaning(name, part)(part)


def _part_cleaning(name: str, part: bytes) -> Cleaning:
    return cleaning(name, part, inner_document=_no_inner_document)


def _no_inner_document(part: bytes) -> bytes:
    raise Refused("embedded_files")


def _without_dropped(root: etree._Element) -> None:
    for entry in list(root.iter("{*}file-entry")):
        path = next((value for name, value in entry.attrib.items() if name.endswith("}full-path")), "")
        if _DROPPED.search(path):
            remove(entry)


def _anonymise(root: etree._Element) -> None:
    for element in list(root.iter(*(f"{{*}}{name}" for name in _RUNS_OR_FETCHES))):
        remove(element)
    for name, word in _NAMES.items():
        for element in root.iter(f"{{*}}{name}"):
            # Fields in the text that show the creator have the same names, and are emptied with the rest.
            element.text = word
    for element in root.iter("{*}config-item"):
        if any("Printer" in value for value in element.attrib.values()):
            element.text = ""
    for element in root.xpath("//*[@x:href]", namespaces={"x": "http://www.w3.org/1999/xlink"}):
        element.set(_HREF, _harmless(element.get(_HREF), is_link=etree.QName(element).localname == "a"))


def _harmless(target: str, *, is_link: bool) -> str:
    """A link that is followed by hand may lead to the web; a picture or a section may only come from the package."""
    if is_link:
        return target if _HARMLESS_LINK.match(target) else ""
    return "" if _OUTSIDE.match(target) else target
