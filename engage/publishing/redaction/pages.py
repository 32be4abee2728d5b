"""The pages of a PDF as they are shown: their pixels, and every sign with its place and whether it is seen.

Coordinates are points from the upper left corner of the page as it is shown: turned by /Rotate, cut by /CropBox.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject

from engage.errors import Refused
from engage.publishing.reading.pdf import FAULTS, opened

MOST_PAGES = 300
PRINT_DPI = 300
# One page of pixels: A3 at print quality; larger sheets are drawn coarser.
MOST_PAGE_PIXELS = 18_000_000
# To see which signs leave ink; the smallest print has some pixels left.
_LOOK_DPI = 110
_INK = 12
_CONTRAST = 40
_MOST_FORM_DEPTH = 12

# Drawings that hide what is under them in one program and are left out by another.
_COVERS = frozenset(["/Square", "/Circle", "/Polygon", "/FreeText", "/Stamp"])

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Glyph:
    """A sign of a page. `box` is left, top, right, bottom; None for the gaps that the reader of the file added.

    `angle` is how far its line is turned against the page as shown, in radians, counter-clockwise.
    """

    character: str
    box: Box | None = None
    origin: tuple[float, float] = (0, 0)
    angle: float = 0
    size: float = 0
    seen: bool = False


@dataclass(frozen=True)
class PageText:
    """The signs of a page in the order in which the file draws them."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    covers: tuple[Box, ...] = ()

    @cached_property
    def text(self) -> str:
        """The words, hidden ones too; `text[i]` is `glyphs[i]`."""
        return "".join(glyph.character for glyph in self.glyphs)


class Pages:
    """An opened PDF. Use as a context manager."""

    def __init__(self, content: bytes) -> None:
        """Raises Refused: "encrypted", "too_many_parts", "too_many_pages" (most), "truncated"."""
        reader = opened(content)
        if len(reader.pages) > MOST_PAGES:
            raise Refused("too_many_pages", most=MOST_PAGES)
        try:
            self._covers = [list(_covering(page)) for page in reader.pages]
            self.title = str(reader.metadata.title or "") if reader.metadata else ""
        except FAULTS as error:
            raise Refused("truncated") from error
        try:
            self._document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise Refused("encrypted" if "assword" in str(error) else "truncated") from error
        if len(self._document) != len(reader.pages):
            self._document.close()
            raise Refused("truncated")

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_error: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def texts(self) -> Iterator[PageText]:
        """Yield the signs of each page."""
        for number in range(1, len(self) + 1):
            yield self.text(number)

    def text(self, number: int) -> PageText:
        """Return the signs of a page."""
        page = self._flat(number)
        try:
            return _read(page, number, self._covers[number - 1])
        finally:
            page.close()

    def size(self, number: int) -> tuple[float, float]:
        """Return width and height of a page as shown, in points."""
        return self._document[number - 1].get_size()

    def picture(self, number: int, dpi: float = PRINT_DPI) -> Image.Image:
        """Return a page as pixels (RGB)."""
        page = self._flat(number)
        try:
            width, height = page.get_size()
            scale = min(dpi / 72, math.sqrt(MOST_PAGE_PIXELS / max(width * height, 1)))
            return _rendered(page, scale).convert("RGB")
        finally:
            page.close()

    def _flat(self, number: int) -> pypdfium2.PdfPage:
        """Return a page in which annotations and fields are part of the drawing, as they are for who looks at it."""
        page = self._document[number - 1]
        if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_FAIL:
            raise Refused("truncated")
        page.close()
        return self._document[number - 1]


def _rendered(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    try:
        bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False, rev_byteorder=True)
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise Refused("truncated") from error
    return bitmap.to_pil()


def _read(page: pypdfium2.PdfPage, number: int, covers: list[Box]) -> PageText:
    shown = _Shown(page)
    text_page = page.get_textpage()
    try:
        placed = list(_glyphs(text_page, shown))
    finally:
        text_page.close()
    look = _Look(page)
    glyphs = tuple(
        Glyph(glyph.character, glyph.box, glyph.origin, glyph.angle, glyph.size, look.sees(glyph, invisible=invisible))
        for glyph, invisible in placed
    )
    return PageText(number, shown.width, shown.height, glyphs, tuple(shown.box(*cover) for cover in covers))


class _Shown:
    """From the coordinates of the file to those of the page as shown."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.left, self.lower, self.right, self.upper = page.get_bbox()
        self.turn = page.get_rotation() % 360
        self.width, self.height = page.get_size()

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.lower
        width, height = self.right - self.left, self.upper - self.lower
        if self.turn == 90:
            return y, x
        if self.turn == 180:
            return width - x, y
        if self.turn == 270:
            return height - y, width - x
        return x, height - y

    def box(self, left: float, lower: float, right: float, upper: float) -> Box:
        first, second = self.point(left, lower), self.point(right, upper)
        return (
            *(min(first[0], second[0]), min(first[1], second[1])),
            *(max(first[0], second[0]), max(first[1], second[1])),
        )


def _glyphs(text_page: pypdfium2.PdfTextPage, shown: _Shown) -> Iterator[tuple[Glyph, bool]]:
    """Yield (sign, whether it is drawn without ink)."""
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if raw.FPDFText_IsGenerated(text_page, index) == 1 or character in "\r\n":
            yield Glyph(character), False
            continue
        box = shown.box(*_box_of(text_page, index))
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        angle = raw.FPDFText_GetCharAngle(text_page, index)
        turned = (angle if angle >= 0 else 0) - math.radians(shown.turn)
        invisible = _mode(text_page, index) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
        size = _size(text_page, index)
        yield Glyph(character, box, shown.point(x.value, y.value), turned, size), invisible


def _box_of(text_page: pypdfium2.PdfTextPage, index: int) -> Box:
    """Return the union of the box of the ink and that of the line."""
    loose = raw.FS_RECTF()
    left, right, lower, upper = (ctypes.c_double() for _ in range(4))
    boxes = []
    if raw.FPDFText_GetLooseCharBox(text_page, index, loose):
        boxes.append((loose.left, min(loose.bottom, loose.top), loose.right, max(loose.bottom, loose.top)))
    if raw.FPDFText_GetCharBox(text_page, index, left, right, lower, upper):
        boxes.append((left.value, lower.value, right.value, upper.value))
    if not boxes:
        return (0, 0, 0, 0)
    lefts, lowers, rights, uppers = zip(*boxes, strict=True)
    return min(lefts), min(lowers), max(rights), max(uppers)


def _mode(text_page: pypdfium2.PdfTextPage, index: int) -> int:
    drawn = raw.FPDFText_GetTextObject(text_page, index)
    return raw.FPDFTextObj_GetTextRenderMode(drawn) if drawn else raw.FPDF_TEXTRENDERMODE_UNKNOWN


def _size(text_page: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the height of the line of a sign; its font may be of one point and stretched by the matrix."""
    matrix = raw.FS_MATRIX()
    stretched = math.hypot(matrix.c, matrix.d) if raw.FPDFText_GetMatrix(text_page, index, matrix) else 1
    return abs(raw.FPDFText_GetFontSize(text_page, index)) * (stretched or 1)


class _Look:
    """Which signs leave ink: the page with its words and without them."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        width, height = page.get_size()
        self.scale = min(_LOOK_DPI / 72, math.sqrt(MOST_PAGE_PIXELS / max(width * height, 1)))
        page_with = np.asarray(_rendered(page, self.scale).convert("RGB"), dtype=np.int16)
        _hide_words(page)
        page_without = np.asarray(_rendered(page, self.scale).convert("RGB"), dtype=np.int16)
        self.ink = np.abs(page_with - page_without).max(axis=2) > _INK
        self.ground = page_with.mean(axis=2)

    def sees(self, glyph: Glyph, *, invisible: bool) -> bool:
        """Tell whether a sign is seen: by its own ink, or, as behind a scan, by the ink of the picture at its place."""
        if glyph.box is None or not glyph.character.strip():
            return False
        left, top, right, bottom = (value * self.scale for value in glyph.box)
        rows = slice(max(0, math.floor(top)), max(0, math.ceil(bottom)))
        columns = slice(max(0, math.floor(left)), max(0, math.ceil(right)))
        if invisible:
            ground = self.ground[rows, columns]
            return bool(ground.size) and float(ground.max() - ground.min()) > _CONTRAST
        return bool(self.ink[rows, columns].any())


def _hide_words(page: pypdfium2.PdfPage) -> None:
    """Take the ink of all words away, in memory."""
    for index in range(raw.FPDFPage_CountObjects(page)):
        _hide(raw.FPDFPage_GetObject(page, index), 0)


def _hide(item: object, depth: int) -> None:
    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        raw.FPDFTextObj_SetTextRenderMode(item, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MOST_FORM_DEPTH:
        for index in range(raw.FPDFFormObj_CountObjects(item)):
            _hide(raw.FPDFFormObj_GetObject(item, index), depth + 1)


def _covering(page: DictionaryObject) -> Iterator[Box]:
    """Yield the places of marks for redaction never carried out, and of covers without a drawing of their own."""
    annotations = page["/Annots"] if "/Annots" in page else ArrayObject()
    for annotation in annotations if isinstance(annotations, ArrayObject) else ():
        item = annotation.get_object()
        if not isinstance(item, DictionaryObject) or "/Subtype" not in item or "/Rect" not in item:
            continue
        kind, place = item["/Subtype"], item["/Rect"]
        if not isinstance(place, ArrayObject) or len(place) != 4:
            continue
        if kind == "/Redact" or (kind in _COVERS and "/AP" not in item):
            left, lower, right, upper = (float(value.get_object()) for value in place)
            yield min(left, right), min(lower, upper), max(left, right), max(lower, upper)
