"""DOCX, XLSX and PPTX (ECMA-376): what runs or fetches is refused or cut off, what tells of the author is emptied."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from engage.errors import Refused
from engage.participation.attachments import packages, wording
from engage.participation.attachments.packages import Package
from engage.participation.attachments.parts import Cleaning, cleaning

TYPES = "[Content_Types].xml"
ROOT = "_rels/.rels"

_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
_KIND_BY_MAIN_TYPE = {
    _MAIN.format("wordprocessingml.document"): "docx",
    _MAIN.format("spreadsheetml.sheet"): "xlsx",
    _MAIN.format("presentationml.presentation"): "pptx",
}
_MACRO_TYPES = re.compile(r"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"(?:^|/)(?:vba[^/]*\.bin|vbadata\.xml)$|(?:^|/)(?:intl)?macrosheets/", re.IGNORECASE)

# Last word of a relationship's type; the transitional and the strict form of the standard differ only before it.
_RUNS_OR_FETCHES = frozenset(["control", "activeXControlBinary", "aFChunk", "connections", "queryTable"])
_DROPPED = frozenset(
    ["thumbnail", "custom-properties", "customXml", "printerSettings", "people", "classificationlabels"]
    + ["origin", "extensibility", "taskpanes", "webextensiontaskpanes", "attachedToolbars", "keyMapCustomizations"]
    + ["attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "recipientData", "revisionHeaders", "usernames"]
)
_HARMLESS_LINK = re.compile(r"(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
# What Word itself writes for a linked picture it could not find.
_NO_TARGET = "NULL"

_EMPTY_PROPERTIES = {
    "core-properties": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "extended-properties": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
}


def check(package: Package, *, inner: bool = False) -> str:
    """Return "docx", "xlsx" or "pptx"; `inner` = the document lies inside another.

    Raises Refused: "entity_bomb", "zip_bomb", "truncated", "has_macros", "active_content", "embedded_files",
    "unknown_type".
    """
    packages.check_xml(package)
    types = packages.parse(package.read(TYPES))
    declared = {element.get("ContentType", "") for element in types.iter("{*}Default", "{*}Override")}
    if any(map(_MACRO_TYPES.search, declared)) or any(map(_MACRO_PARTS.search, package.names)):
        raise Refused("has_macros")
    kind = next(
        (_KIND_BY_MAIN_TYPE[declaration] for declaration in declared if declaration in _KIND_BY_MAIN_TYPE), None
    )
    if kind is None:
        raise Refused("unknown_type")
    relations = _Relations(package)
    if relations.words & _RUNS_OR_FETCHES or any(map(_has_live_link, _external_links(package))):
        raise Refused("active_content")
    for name in relations.kept:
        if not packages.is_xml(name) and not name.lower().endswith(".vml"):
            _part_cleaning(name, package.read(name), inner=inner)
    return kind


def clean(package: Package, *, inner: bool = False, without: frozenset[str] = frozenset()) -> bytes:
    """Return the document with its text, pictures and sheets, and nothing that names people, machines or programs.

    `without` are more kinds of relationships (the last word of their type) whose parts are left out.
    """
    relations = _Relations(package, dropped=_DROPPED | without)
    return packages.write(_cleaned_parts(package, relations, inner=inner))


def _cleaned_parts(package: Package, relations: "_Relations", *, inner: bool) -> Iterator[tuple[str, bytes]]:
    for name in package.names:
        if name == TYPES:
            yield name, _cleaned_types(package.read(name), relations.kept | set(relations.files))
        elif name in relations.files:
            yield name, packages.serialise(relations.files[name])
        elif name in relations.kept:
            yield name, _cleaned_part(name, package.read(name), relations, inner=inner)


def _cleaned_part(name: str, part: bytes, relations: "_Relations", *, inner: bool) -> bytes:
    if name in relations.properties:
        return _EMPTY_PROPERTIES[relations.properties[name]]
    if packages.is_xml(name):
        root = packages.parse(part)
        wording.anonymise(root)
        wording.without_relations(root, relations.cut.get(name, frozenset()))
        return packages.serialise(root)
    if name.lower().endswith(".vml"):
        return part
    return _part_cleaning(name, part, inner=inner)(part)


def _part_cleaning(name: str, part: bytes, *, inner: bool) -> Cleaning:
    how = cleaning(name, part, inner_document=_clean_inner)
    if how is _clean_inner:
        # A document in a document in a document is a way to hide, not a way to write.
        if inner:
            raise Refused("embedded_files")
        check(_inner_package(part), inner=True)
    return how


def _clean_inner(part: bytes) -> bytes:
    return clean(_inner_package(part), inner=True)


def _inner_package(part: bytes) -> Package:
    package = Package(part)
    if TYPES not in package.names:
        raise Refused("embedded_files")
    return package


def _cleaned_types(part: bytes, kept: set[str]) -> bytes:
    root = packages.parse(part)
    for override in list(root.iter("{*}Override")):
        if override.get("PartName", "").lstrip("/") not in kept:
            root.remove(override)
    return packages.serialise(root)


def _external_links(package: Package) -> Iterator[etree._Element]:
    for name in package.names:
        if "/externallinks/" in name.lower() and name.lower().endswith(".xml"):
            yield packages.parse(package.read(name))


def _has_live_link(root: etree._Element) -> bool:
    """Say whether a spreadsheet asks another program for its values (DDE starts it)."""
    return next(root.iter("{*}ddeLink", "{*}oleLink"), None) is not None


@dataclass
class _Relations:
    """What leads from part to part, already without the dropped ones; `kept` are the parts that can be reached.

    A part that nothing leads to is not shown by any program, so it is left out with the dropped ones.
    """

    package: Package
    dropped: frozenset[str] = _DROPPED
    kept: set[str] = field(default_factory=set)
    files: dict[str, etree._Element] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    properties: dict[str, str] = field(default_factory=dict)
    cut: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Names of parts do not differ by case alone, and a target may be written with % signs.
        names = {name.lower(): name for name in self.package.names}
        waiting = [""]
        while waiting:
            source = waiting.pop()
            for target, word in self._follow(source):
                name = names.get(target.lower()) or names.get(unquote(target).lower())
                if name and name not in self.kept:
                    self.kept.add(name)
                    waiting.append(name)
                if name and word in _EMPTY_PROPERTIES:
                    self.properties[name] = word

    def _follow(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield (path, kind of relationship) of what a part leads to; "" is the package itself."""
        folder, name = posixpath.split(source)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        content = self.package.read(file)
        if not content:
            return
        root = packages.parse(content)
        cut = set()
        for relation in list(root.iter("{*}Relationship")):
            word = relation.get("Type", "").rpartition("/")[2]
            self.words.add(word)
            target = relation.get("Target", "")
            if word in self.dropped:
                cut.add(relation.get("Id", ""))
                root.remove(relation)
            elif relation.get("TargetMode") == "External":
                relation.set("Target", _harmless(target, word))
            else:
                path = target.partition("#")[0]
                yield posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/"), word
        self.files[file] = root
        self.cut[source] = frozenset(cut)


def _harmless(target: str, word: str) -> str:
    if word != "hyperlink":
        return _NO_TARGET
    return target if _HARMLESS_LINK.match(target) else "about:blank"
