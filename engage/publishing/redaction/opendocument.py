"""Redaction of ODT, ODS and ODP: first what is not seen goes, then what tells of its making, then the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from engage.participation.attachments import opendocument, packages
from engage.participation.attachments.opendocument import MANIFEST, MIMETYPE
from engage.participation.attachments.packages import Package
from engage.participation.attachments.wording import remove
from engage.publishing.reading.opendocument import hidden_elements
from engage.publishing.reading.parts import attribute, named
from engage.publishing.reading.stream import local
from engage.publishing.redaction.elements import redact_tree, table_values
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.office import other_part
from engage.publishing.redaction.places import Place, in_text

_CHANGES = ("tracked-changes", "change", "change-start", "change-end", "annotation", "annotation-end")
# Pictures of charts and tables that the programs make anew, with the words in a format of their own.
_REPLACEMENTS = "ObjectReplacements/"


def redact(content: bytes, marks: Sequence[Mark]) -> tuple[bytes, list[Place]]:
    """Return the new file and the places.

    Raises Refused: "entity_bomb", "zip_bomb", "truncated", "encrypted", "has_macros", "embedded_files", "unknown_type".
    """
    package = _without_replacements(Package(content))
    opendocument.check(package, opendocument.PRESENTATION)
    cleaned = Package(opendocument.clean(_prepared(package)))
    places: list[Place] = []
    return packages.write(_redacted(cleaned, marks, places)), places


def _without_replacements(package: Package) -> Package:
    def parts() -> Iterator[tuple[str, bytes]]:
        for name in package.names:
            if name.startswith(_REPLACEMENTS):
                continue
            part = package.read(name)
            yield name, _short_manifest(part) if name == MANIFEST else part

    return Package(packages.write(parts()))


def _short_manifest(part: bytes) -> bytes:
    root = packages.parse(part)
    for entry in list(named(root, "file-entry")):
        if attribute(entry, "full-path").startswith(_REPLACEMENTS):
            remove(entry)
    return packages.serialise(root)


def _prepared(package: Package) -> Package:
    def parts() -> Iterator[tuple[str, bytes]]:
        for name in package.names:
            part = package.read(name)
            if packages.is_xml(name) and name != MANIFEST:
                root = packages.parse(part)
                _prepare(root)
                part = packages.serialise(root)
            yield name, part

    return Package(packages.write(parts()))


def _prepare(root: etree._Element) -> None:
    for element in list(named(root, *_CHANGES)):
        remove(element)
    for element in hidden_elements(root):
        if local(element) == "table-column":
            continue
        if local(element) == "table":
            # A formula elsewhere may name it: the sheet stays, empty and seen.
            _clear(element, "style-name", "display", "visibility")
            for row in list(named(element, "table-row")):
                for cell in list(row):
                    for child in list(cell):
                        remove(child)
                    cell.attrib.clear()
        else:
            remove(element)
    _empty_hidden_columns(root)
    for cell in named(root, "table-cell"):
        if attribute(cell, "value") or attribute(cell, "string-value") or next(named(cell, "p"), None) is not None:
            for name in [name for name in cell.attrib if str(name).rpartition("}")[2] == "formula"]:
                del cell.attrib[name]


def _empty_hidden_columns(root: etree._Element) -> None:
    for table in named(root, "table"):
        hidden: set[int] = set()
        place = 0
        for column in named(table, "table-column"):
            times = _times(column, "number-columns-repeated")
            if attribute(column, "visibility") in {"collapse", "filter"}:
                _clear(column, "visibility")
                hidden |= set(range(place, place + min(times, 16_384)))
            place += times
        for row in named(table, "table-row") if hidden else ():
            place = 0
            for cell in row:
                times = _times(cell, "number-columns-repeated")
                if hidden & set(range(place, place + min(times, 16_384))):
                    for child in list(cell):
                        remove(child)
                    for name in [name for name in cell.attrib if not str(name).endswith("repeated")]:
                        del cell.attrib[name]
                place += times


def _clear(element: etree._Element, *names: str) -> None:
    for name in [name for name in element.attrib if str(name).rpartition("}")[2] in names]:
        del element.attrib[name]


def _times(element: etree._Element, name: str) -> int:
    said = attribute(element, name)
    return int(said) if said.isdigit() else 1


def _redacted(package: Package, marks: Sequence[Mark], places: list[Place]) -> Iterator[tuple[str, bytes]]:
    for name in package.names:
        part = package.read(name)
        if name in {MIMETYPE, MANIFEST}:
            yield name, part
        elif packages.is_xml(name):
            root = packages.parse(part)
            found = redact_tree(root, marks)
            table_values(root, marks)
            places += in_text(found, name)
            yield name, packages.serialise(root)
        else:
            yield name, other_part(name, part, marks, places)
