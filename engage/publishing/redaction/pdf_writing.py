"""Writes a PDF of pictures of pages with their words behind them, as programs for scanned pages do.

Nothing is taken over from any file: every object is made here. The words are drawn without ink in a font without
glyphs, so they can be searched, copied and read aloud; each line is a paragraph of the structure.
"""

from __future__ import annotations

import functools
import io
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

# Half an em for every sign; each run is stretched to the width it has in the picture.
_WIDTH = 500
_QUALITY = 88
# Sixteen greys keep print sharp in a few bits; a page with more between black and white is a photograph.
_GREYS = 16
_MOST_BETWEEN = 0.06
_COLOUR = 24


@dataclass(frozen=True)
class Run:
    """Words on one line: from (x, y) on the base line, in points from the upper left, `advance` long."""

    text: str
    x: float
    y: float
    advance: float
    angle: float
    size: float


@dataclass(frozen=True)
class Sheet:
    """One page: its size in points, its pixels, its lines of runs."""

    width: float
    height: float
    picture: Image.Image
    lines: Sequence[Sequence[Run]]


class Writer:
    """A PDF that grows page by page, so that only one page of pixels is held."""

    def __init__(self, *, title: str, language: str) -> None:
        self._out = io.BytesIO()
        self._places: dict[int, int] = {}
        self._next = 1
        self._title, self._language = title, language
        self._catalogue, self._tree, self._structure, self._document = (self._number() for _ in range(4))
        self._font, self._information = self._number(), self._number()
        self._extra: dict[str, int] = {}
        self._pages: list[int] = []
        self._paragraphs: list[list[int]] = []
        self._out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, sheet: Sheet) -> None:
        """Write one page."""
        picture, content, page = self._number(), self._number(), self._number()
        self._stream(picture, *_encoded(sheet.picture))
        lines = [line for line in sheet.lines if line]
        self._stream(content, *_packed(_operators(sheet, lines, self._coded)))
        paragraphs = []
        for index in range(len(lines)):
            paragraph = self._number()
            paragraphs.append(paragraph)
            self._object(
                paragraph,
                f"<</Type/StructElem/S/P/P {self._document} 0 R/Pg {page} 0 R/K {index}>>",
            )
        self._object(
            page,
            f"<</Type/Page/Parent {self._tree} 0 R/MediaBox[0 0 {_n(sheet.width)} {_n(sheet.height)}]"
            f"/Resources<</XObject<</I {picture} 0 R>>/Font<</F {self._font} 0 R>>>>/Contents {content} 0 R"
            f"/StructParents {len(self._pages)}/Tabs/S>>",
        )
        self._pages.append(page)
        self._paragraphs.append(paragraphs)

    def written(self) -> bytes:
        """Return the file."""
        self._write_font()
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._object(self._tree, f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>")
        every = " ".join(f"{one} 0 R" for paragraphs in self._paragraphs for one in paragraphs)
        self._object(self._document, f"<</Type/StructElem/S/Document/P {self._structure} 0 R/K[{every}]>>")
        parents = " ".join(
            f"{number}[{' '.join(f'{one} 0 R' for one in paragraphs)}]"
            for number, paragraphs in enumerate(self._paragraphs)
        )
        self._object(
            self._structure,
            f"<</Type/StructTreeRoot/K {self._document} 0 R/ParentTree<</Nums[{parents}]>>"
            f"/ParentTreeNextKey {len(self._pages)}>>",
        )
        self._object(self._information, f"<</Title {_words(self._title)}/Producer(Engage)>>")
        self._object(
            self._catalogue,
            f"<</Type/Catalog/Pages {self._tree} 0 R/Lang {_words(self._language)}/MarkInfo<</Marked true>>"
            f"/StructTreeRoot {self._structure} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>",
        )
        start = self._out.tell()
        rows = "".join(f"{self._places[number]:010d} 00000 n\r\n" for number in range(1, self._next))
        self._out.write(
            f"xref\n0 {self._next}\n0000000000 65535 f\r\n{rows}trailer\n"
            f"<</Size {self._next}/Root {self._catalogue} 0 R/Info {self._information} 0 R>>\n"
            f"startxref\n{start}\n%%EOF\n".encode()
        )
        return self._out.getvalue()

    def _write_font(self) -> None:
        """Write a font whose codes are the code units of UTF-16, and which draws nothing."""
        inner, descriptor, unicode = (self._number() for _ in range(3))
        self._object(
            self._font,
            f"<</Type/Font/Subtype/Type0/BaseFont/GlyphLess/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
            f"/ToUnicode {unicode} 0 R>>",
        )
        self._object(
            inner,
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/GlyphLess/CIDToGIDMap/Identity/DW "
            f"{_WIDTH}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor} 0 R>>",
        )
        self._object(
            descriptor,
            "<</Type/FontDescriptor/FontName/GlyphLess/Flags 4/FontBBox[0 -200 500 800]/ItalicAngle 0/Ascent 800"
            "/Descent -200/CapHeight 700/StemV 80>>",
        )
        self._stream(unicode, *_packed(_unicode_map(self._extra)))

    def _coded(self, text: str) -> bytes:
        """Return the codes of a text, two bytes for each sign."""
        codes = []
        for sign in text:
            code = ord(sign)
            if code > 0xFFFF:
                code = self._extra.setdefault(sign, min(_FIRST_EXTRA + len(self._extra), _LAST_EXTRA))
            elif _FIRST_EXTRA <= code <= _LAST_EXTRA or 0xD800 <= code < 0xE000:
                code = 0xFFFD
            codes.append(code.to_bytes(2, "big"))
        return b"".join(codes)

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _object(self, number: int, body: str) -> None:
        self._places[number] = self._out.tell()
        self._out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))

    def _stream(self, number: int, entries: str, content: bytes) -> None:
        self._places[number] = self._out.tell()
        self._out.write(f"{number} 0 obj\n<<{entries}/Length {len(content)}>>\nstream\n".encode())
        self._out.write(content)
        self._out.write(b"\nendstream\nendobj\n")


_HEAD = (
    b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
    b"/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\n"
    b"endcodespacerange\n"
)
_TAIL = b"endcmap end end\n"
# Signs beyond the first plane of Unicode get codes of the private area, which nobody writes with.
_FIRST_EXTRA, _LAST_EXTRA = 0xE000, 0xF8FF


@functools.cache
def _rows() -> bytes:
    """Return the rows that say of each code that it is its own sign."""
    highs = [high for high in range(256) if not 0xD8 <= high < 0xF9]
    rows = [f"<{high:02X}00><{high:02X}FF><{high:02X}00>\n" for high in highs]
    parts = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    return "".join(f"{len(part)} beginbfrange\n{''.join(part)}endbfrange\n" for part in parts).encode()


def _unicode_map(extra: Mapping[str, int]) -> bytes:
    rows = [f"<{code:04X}><{sign.encode('utf-16-be').hex().upper()}>\n" for sign, code in extra.items()]
    parts = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    more = "".join(f"{len(part)} beginbfchar\n{''.join(part)}endbfchar\n" for part in parts).encode()
    return _HEAD + _rows() + more + _TAIL


def without_vocabulary(stream: bytes) -> bytes:
    """Return a stream of ours without what is the same in every file: there a word would be found that is none."""
    for part in (_HEAD, _rows(), _TAIL):
        stream = stream.replace(part, b" ")
    return stream


def _packed(content: bytes) -> tuple[str, bytes]:
    return "/Filter/FlateDecode", zlib.compress(content, 6)


def _encoded(picture: Image.Image) -> tuple[str, bytes]:
    """Return the entries and the bytes of a picture: sixteen greys for print, JPEG for photographs and colours."""
    head = f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
    sample = np.asarray(picture.resize((max(1, picture.width // 4), max(1, picture.height // 4))), dtype=np.int16)
    coloured = bool((sample.max(axis=2) - sample.min(axis=2) > _COLOUR).any())
    grey = picture.convert("L")
    if not coloured:
        values = np.asarray(grey)
        between = np.count_nonzero((values > 40) & (values < 215)) / values.size
        if between < _MOST_BETWEEN:
            few = ((values.astype(np.uint16) * (_GREYS - 1) + 127) // 255).astype(np.uint8)
            if few.shape[1] % 2:
                few = np.pad(few, ((0, 0), (0, 1)))
            packed = (few[:, 0::2] << 4) | few[:, 1::2]
            entries = f"{head}/ColorSpace/DeviceGray/BitsPerComponent 4/Filter/FlateDecode"
            return entries, zlib.compress(packed.tobytes(), 6)
    target = io.BytesIO()
    (picture if coloured else grey).save(target, "JPEG", quality=_QUALITY, optimize=True)
    space = "DeviceRGB" if coloured else "DeviceGray"
    return f"{head}/ColorSpace/{space}/BitsPerComponent 8/Filter/DCTDecode", target.getvalue()


def _operators(sheet: Sheet, lines: Sequence[Sequence[Run]], coded: Callable[[str], bytes]) -> bytes:
    parts = [f"/Artifact BMC q {_n(sheet.width)} 0 0 {_n(sheet.height)} 0 0 cm /I Do Q EMC"]
    for number, line in enumerate(lines):
        parts.append(f"/P<</MCID {number}>>BDC BT 3 Tr")
        for run in line:
            cosine, sine = math.cos(run.angle), math.sin(run.angle)
            stretch = run.advance / (len(run.text) * run.size * _WIDTH / 1000) * 100
            parts.append(
                f"/F {_n(run.size)} Tf {_n(stretch)} Tz {_n(cosine)} {_n(sine)} {_n(-sine)} {_n(cosine)} {_n(run.x)} "
                f"{_n(sheet.height - run.y)} Tm <{coded(run.text).hex().upper()}> Tj"
            )
        parts.append("ET EMC")
    return "\n".join(parts).encode()


def _words(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
