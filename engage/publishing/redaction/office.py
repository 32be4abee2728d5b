"""Redaction of DOCX, XLSX and PPTX: first what is not seen goes, then what tells of its making, then the words."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable, Iterator, Sequence

from lxml import etree
from PIL import Image

from engage.errors import Refused
from engage.participation.attachments import office, packages
from engage.participation.attachments.packages import ZIP_MAGIC, Package
from engage.participation.attachments.wording import remove
from engage.publishing.reading.parts import attribute, named, parse_loosely, readable_runs
from engage.publishing.reading.pictures import is_picture
from engage.publishing.reading.stream import local
from engage.publishing.redaction.elements import redact_tree
from engage.publishing.redaction.marks import PICTURE, Mark, spans
from engage.publishing.redaction.places import Place, in_text

_COMMENTS = frozenset(
    ["comments", "commentsExtended", "commentsIds", "commentsExtensible", "threadedComment", "person"]
    + ["commentAuthors", "authors", "notesSlide", "calcChain", "revisionHeaders", "usernames", "tags"]
)
_DELETED = ("del", "moveFrom", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd")
_CHANGES: tuple[str, ...] = (
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "tblGridChange",
    "trPrChange",
    "tcPrChange",
)
_CHANGES += ("numberingChange", "tblPrExChange", "cellIns", "cellDel", "cellMerge")
_REMARKS = ("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef")
_OFF = frozenset(["0", "false", "off"])

Edit = Callable[[etree._Element], None]


def redact(content: bytes, marks: Sequence[Mark], *, inner: bool = False) -> tuple[bytes, list[Place]]:
    """Return the new file and the places.

    Raises Refused: "entity_bomb", "zip_bomb", "truncated", "has_macros", "active_content", "embedded_files",
    "unknown_type".
    """
    package = Package(content)
    office.check(package, inner=inner)
    cleaned = Package(office.clean(_prepared(package), inner=inner, without=_COMMENTS))
    places: list[Place] = []
    parts = dict(_redacted(cleaned, marks, places))
    return packages.write(parts.items()), places


def _redacted(package: Package, marks: Sequence[Mark], places: list[Place]) -> Iterator[tuple[str, bytes]]:
    for name in package.names:
        part = package.read(name)
        if name == office.TYPES:
            yield name, part
        elif packages.is_xml(name):
            root = packages.parse(part)
            found = redact_tree(root, marks)
            places += in_text(found, name)
            if name == "xl/workbook.xml":
                _tell_sheets_apart(root)
            yield name, packages.serialise(root) if found else part
        elif name.lower().endswith(".vml"):
            yield name, _drawing(name, part, marks, places)
        elif part.startswith(ZIP_MAGIC):
            made, inside = redact(part, marks, inner=True)
            places += [place.within(name) for place in inside]
            yield name, made
        else:
            yield name, other_part(name, part, marks, places)


def _drawing(name: str, part: bytes, marks: Sequence[Mark], places: list[Place]) -> bytes:
    root = parse_loosely(part)
    if root is None:
        return part
    found = redact_tree(root, marks)
    places += in_text(found, name)
    return packages.serialise(root) if found else part


def other_part(name: str, part: bytes, marks: Sequence[Mark], places: list[Place]) -> bytes:
    """Return a picture or another part without elements; black when it is marked or holds the words as bytes."""
    chosen = [number for number, mark in enumerate(marks) if mark.kind == PICTURE and mark.value == name]
    if chosen:
        places.append(Place(chosen[0], 0, name, "", "", ""))
        return black_picture(part)
    # Metafiles and objects keep their words between numbers; nothing can be taken out of them but all.
    words = "\n".join(readable_runs(part)) if not is_picture(part) else ""
    found = spans(words, marks)
    if found:
        places += in_text([(words, span) for span in found], name)
        return black_picture(part)
    return part


def black_picture(part: bytes) -> bytes:
    """Return a black picture of the size and format of another; of what cannot be opened, a small PNG."""
    form, size = "PNG", (64, 64)
    if is_picture(part):
        try:
            with Image.open(io.BytesIO(part)) as picture:
                form, size = picture.format or "PNG", picture.size
        except (OSError, SyntaxError, ValueError) as error:
            raise Refused("truncated") from error
    target = io.BytesIO()
    Image.new("L", size, 0).save(target, form)
    return target.getvalue()


def _tell_sheets_apart(root: etree._Element) -> None:
    """No two sheets may have one name, and ■■ is the name of each that was redacted."""
    seen: set[str] = set()
    for number, sheet in enumerate(root.iter("{*}sheet"), start=1):
        name = sheet.get("name", "")
        if name.lower() in seen:
            sheet.set("name", f"{name[:24]} {number}")
        seen.add(name.lower())


# --- what is not seen -----------------------------------------------------------------------------------------------


def _prepared(package: Package) -> Package:
    """Return the package without comments, changes and hidden things."""
    trees = {name: packages.parse(package.read(name)) for name in package.names if packages.is_xml(name)}
    hidden_styles = _hidden_styles(trees.get("word/styles.xml"))
    dropped: set[str] = set()
    for name, root in trees.items():
        if name.startswith("word/"):
            _accept_changes(root)
            _drop(root, *_REMARKS)
            _drop_hidden_runs(root, hidden_styles)
        elif name.startswith("ppt/"):
            for shape in list(root.iter("{*}cNvPr")):
                if shape.get("hidden", "0") not in _OFF:
                    _drop_shape(shape)
    if "ppt/presentation.xml" in trees:
        dropped |= _drop_hidden_slides(trees)
    if "xl/workbook.xml" in trees:
        dropped |= _drop_hidden_cells(trees)
    parts = (
        (name, packages.serialise(trees[name]) if name in trees else package.read(name))
        for name in package.names
        if name not in dropped
    )
    return Package(packages.write(parts))


def _drop(root: etree._Element, *names: str) -> None:
    for element in list(named(root, *names)):
        remove(element)


def _accept_changes(root: etree._Element) -> None:
    for mark in list(named(root, "trPr")):
        row = mark.getparent()
        if row is not None and next(named(mark, "del"), None) is not None:
            remove(row)
    _drop(root, *_DELETED, *_CHANGES)
    for kept in list(named(root, "ins", "moveTo")):
        parent = kept.getparent()
        if parent is None:
            continue
        place = parent.index(kept)
        for child in list(kept):
            parent.insert(place, child)
            place += 1
        remove(kept)


def _hidden_styles(styles: etree._Element | None) -> frozenset[str]:
    if styles is None:
        return frozenset()
    return frozenset(
        attribute(style, "styleId")
        for style in named(styles, "style")
        if any(_is_on(mark) for mark in named(style, "vanish"))
    )


def _is_on(mark: etree._Element) -> bool:
    return attribute(mark, "val") not in _OFF


def _drop_hidden_runs(root: etree._Element, hidden_styles: frozenset[str]) -> None:
    for run in list(named(root, "r")):
        properties = next((child for child in run if local(child) == "rPr"), None)
        if properties is None:
            continue
        by_itself = [_is_on(mark) for mark in named(properties, "vanish")]
        by_style = any(attribute(style, "val") in hidden_styles for style in named(properties, "rStyle"))
        if any(by_itself) or (by_style and not by_itself):
            remove(run)
    for paragraph in list(named(root, "p")):
        if any(attribute(style, "val") in hidden_styles for style in named(paragraph, "pStyle")):
            for run in list(named(paragraph, "r")):
                remove(run)


def _drop_shape(shape: etree._Element) -> None:
    for above in shape.iterancestors():
        if local(above) in {"sp", "pic", "graphicFrame", "grpSp", "cxnSp"}:
            remove(above)
            return


def _related(trees: dict[str, etree._Element], source: str) -> dict[str, tuple[str, etree._Element]]:
    """Return, by the id of the relationship, the part it leads to and the relationship."""
    folder, name = posixpath.split(source)
    relations = trees.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return {}
    return {
        relation.get("Id", ""): (
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            relation,
        )
        for relation in relations.iter("{*}Relationship")
    }


def _drop_hidden_slides(trees: dict[str, etree._Element]) -> set[str]:
    dropped = set()
    slides = _related(trees, "ppt/presentation.xml")
    for entry in list(trees["ppt/presentation.xml"].iter("{*}sldId")):
        path, relation = next(
            (slides[value] for value in map(str, entry.attrib.values()) if value in slides), ("", None)
        )
        slide = trees.get(path)
        if slide is not None and relation is not None and slide.get("show", "1") in _OFF:
            remove(entry)
            remove(relation)
            dropped.add(path)
    return dropped


def _drop_hidden_cells(trees: dict[str, etree._Element]) -> set[str]:
    """Empty hidden sheets, rows and columns; what formulas made of them stays as the value it had."""
    sheets = _related(trees, "xl/workbook.xml")
    dropped: set[str] = set()
    for entry in trees["xl/workbook.xml"].iter("{*}sheet"):
        path = next((sheets[value][0] for value in map(str, entry.attrib.values()) if value in sheets), "")
        sheet = trees.get(path)
        if sheet is None:
            continue
        if entry.get("state", "visible") != "visible":
            # A formula elsewhere may name it: the sheet stays, empty and seen.
            del entry.attrib["state"]
            for child in list(sheet):
                if local(child) != "sheetData":
                    remove(child)
            for row in list(sheet.iter("{*}row")):
                remove(row)
            folder, name = posixpath.split(path)
            dropped.add(posixpath.join(folder, "_rels", f"{name}.rels"))
            continue
        _freeze(sheet)
        _drop_hidden_of_sheet(sheet)
    _forget_unused_strings(trees)
    return dropped


def _freeze(sheet: etree._Element) -> None:
    for cell in sheet.iter("{*}c"):
        if any((value.text or "").strip() for value in cell.iter("{*}v")):
            for formula in list(cell.iter("{*}f")):
                remove(formula)


def _drop_hidden_of_sheet(sheet: etree._Element) -> None:
    columns: set[int] = set()
    for column in sheet.iter("{*}col"):
        if column.get("hidden", "0") not in _OFF:
            del column.attrib["hidden"]
            columns |= set(range(int(column.get("min", "1")), min(int(column.get("max", "1")), 16_384) + 1))
    for row in list(sheet.iter("{*}row")):
        if row.get("hidden", "0") not in _OFF:
            remove(row)
            continue
        for place, cell in enumerate(list(row), start=1):
            if _column(cell.get("r", ""), place) in columns:
                remove(cell)


def _column(reference: str, place: int) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number or place


def _forget_unused_strings(trees: dict[str, etree._Element]) -> None:
    strings = trees.get("xl/sharedStrings.xml")
    if strings is None:
        return
    used = {
        (value.text or "").strip()
        for name, root in trees.items()
        if name.startswith("xl/worksheets/")
        for cell in root.iter("{*}c")
        if cell.get("t") == "s"
        for value in cell.iter("{*}v")
    }
    for number, item in enumerate(strings.iter("{*}si")):
        if str(number) not in used:
            space = etree.QName(item).namespace
            for child in list(item):
                item.remove(child)
            etree.SubElement(item, f"{{{space}}}t").text = ""
