"""The proof: every way in which something could be read out of the result, tried on the result.

A check that finds anything refuses the result. Words are compared in every writing (marks.normal); bytes in UTF-8,
UTF-16, GB18030 and as hexadecimal digits. Two exceptions keep the vocabulary of a file format from being taken for
words: what is shorter than SHORTEST_IN_BYTES bytes, or a number of fewer than SHORTEST_NUMBER digits, is looked for
in words and properties but not among bytes, where it would be found by chance.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import StreamObject

from engage.errors import Refused
from engage.participation.attachments import packages
from engage.participation.attachments.packages import ZIP_MAGIC, Package
from engage.participation.attachments.wording import NOBODY
from engage.publishing.documents import read_here
from engage.publishing.reading.found import AUTHOR, COMMENT, EMBEDDED, HIDDEN, LOCATION, TRACKED_CHANGE
from engage.publishing.reading.kinds import OFFICE, OPEN_DOCUMENT, PICTURES
from engage.publishing.reading.parts import WORDED, parse, parse_loosely
from engage.publishing.reading.pdf import page_texts, reachable
from engage.publishing.reading.pictures import is_picture
from engage.publishing.reading.stream import local
from engage.publishing.redaction.elements import laid
from engage.publishing.redaction.marks import BARRIER, PATTERN, PERSONAL, RANGE, WORD, Mark, normal, spans
from engage.publishing.redaction.pages import Pages
from engage.publishing.redaction.pdf_writing import without_vocabulary
from engage.publishing.redaction.pictures import is_black
from engage.publishing.redaction.places import Place

SHORTEST_IN_BYTES = 4
# In the bytes of pixels, four in a row are found by chance once in a file of a few megabytes.
SHORTEST_IN_PIXELS = 6
SHORTEST_NUMBER = 8
# An attribute that only the program reads is one of its own words; shorter marks are part of many of them.
SHORTEST_IN_VOCABULARY = 4
LOOK_DPI = 150
TOOL_SECONDS = 30

TEXT, PROPERTIES, TRACES, STREAMS, RAW, PIXELS = "text", "metadata", "traces", "streams", "raw", "pixels"
STRUCTURE, PDFTOTEXT, PDFIMAGES, NAME = "structure", "pdftotext", "pdfimages", "name"

_FORBIDDEN_IN_PDF: tuple[str, ...] = (
    "/Annots",
    "/AcroForm",
    "/OCProperties",
    "/EmbeddedFiles",
    "/Metadata",
    "/JS",
    "/Thumb",
    "/AA",
)
_FORBIDDEN_IN_PDF += ("/OpenAction", "/Outlines", "/PieceInfo", "/AF", "/Names", "/XFA", "/Prev")
_OWN_PROPERTIES = frozenset(["Title", "Producer"])
# Names and key words of the format, and the numbers of its tables.
_PDF_VOCABULARY = re.compile(
    rb"/[A-Za-z0-9#+.\-]+|\((?:Adobe|Identity|UCS|Engage)\)|\b(?:obj|endobj|xref|trailer|startxref|true|n|f|R)\b"
)
_STREAM = re.compile(rb"stream\r?\n.*?\nendstream", re.DOTALL)
_STRINGS = re.compile(rb"<([0-9A-Fa-f\s]+)>|\(((?:[^()\\]|\\.)*)\)", re.DOTALL)


@dataclass(frozen=True)
class Check:
    """One way of looking: at how many things, and in how many of them something was found. `tool` names a program."""

    code: str
    looked_at: int
    hits: int = 0
    tool: str = ""


def prove(
    before: bytes,
    after: bytes,
    *,
    kind: str,
    name: str,
    after_name: str,
    marks: Sequence[Mark],
    places: Sequence[Place],
) -> list[Check]:
    """Return the checks of a result. Raises Refused("still_there", check=...) when one of them finds something."""
    wanted = _wanted(marks, places)
    checks = list(_checks(before, after, kind, name, after_name, wanted, marks, places))
    for check in checks:
        if check.hits:
            raise Refused("still_there", check=check.code)
    return checks


def _wanted(marks: Sequence[Mark], places: Sequence[Place]) -> list[Mark]:
    """Return the marks that hold for the whole file: the words, the patterns, and everything that they found."""
    wanted = {mark for mark in marks if mark.kind in {WORD, PATTERN, PERSONAL}}
    for place in places:
        mark = marks[place.mark]
        # The halves of a word that goes on over the end of a page are words of their own elsewhere.
        is_whole = mark.kind != WORD or normal(place.words).text == normal(mark.value).text
        if mark.kind in {WORD, PATTERN, PERSONAL} and is_whole and len(normal(place.words).text) > 1:
            wanted.add(Mark(WORD, place.words, whole=mark.whole))
    return sorted(wanted, key=lambda mark: (mark.kind, mark.value))


def _checks(
    before: bytes,
    after: bytes,
    kind: str,
    name: str,
    after_name: str,
    wanted: list[Mark],
    marks: Sequence[Mark],
    places: Sequence[Place],
) -> Iterator[Check]:
    found = read_here(after, after_name)
    yield Check(TEXT, max(1, len(found.text.splitlines())), _hits([found.text], wanted))
    properties = [f"{key}\n{value}" for key, value in found.metadata.items()]
    foreign = [key for key in found.metadata if kind == "pdf" and key not in _OWN_PROPERTIES]
    yield Check(PROPERTIES, len(properties), _hits(properties, wanted) + len(foreign))
    refused = {TRACKED_CHANGE, COMMENT, LOCATION, HIDDEN} | (
        {EMBEDDED} if kind not in (*OFFICE, *OPEN_DOCUMENT) else set()
    )
    traces = [trace for trace in found.traces if trace.kind in refused]
    traces += [trace for trace in found.traces if trace.kind == AUTHOR and trace.excerpt not in {NOBODY, "A"}]
    yield Check(TRACES, len(found.traces), len(traces) + _hits((trace.excerpt for trace in found.traces), wanted))
    yield Check(NAME, 1, _hits([after_name], wanted))
    if kind == "pdf":
        yield from _pdf(before, after, wanted, marks, places)
    elif kind in (*OFFICE, *OPEN_DOCUMENT):
        yield from _package(after, wanted)
    elif kind in PICTURES:
        with Image.open(io.BytesIO(after)) as picture:
            boxes = [box for place in places for box in place.boxes]
            yield Check(PIXELS, len(boxes), sum(not is_black(picture, box) for box in boxes))
        yield Check(RAW, 1, _bytes_hits(after, wanted, shortest=SHORTEST_IN_PIXELS))
    else:
        yield Check(RAW, 1, _bytes_hits(after, wanted, shortest=2))
    if kind not in {"pdf", *PICTURES}:
        yield from _ranges(before, after, name, after_name, marks, places)


def _hits(texts: Iterable[str], wanted: Sequence[Mark]) -> int:
    return sum(bool(spans(text, wanted)) for text in texts)


# --- bytes ----------------------------------------------------------------------------------------------------------


def _bytes_hits(content: bytes, wanted: Sequence[Mark], *, shortest: int) -> int:
    low = content.lower()
    return sum(any(needle in low for needle in _needles(mark, shortest)) for mark in wanted if mark.kind == WORD)


def _needles(mark: Mark, shortest: int) -> set[bytes]:
    """Return the words as bytes in every encoding that files use, and as hexadecimal digits, all in small letters."""
    word = mark.value.strip()
    digits = re.sub(r"[\s.,\-+]", "", word)
    if mark.whole or (digits.isascii() and digits.isdigit() and len(digits) < SHORTEST_NUMBER):
        return set()
    forms = {word, "".join(word.split()), normal(word).text}
    forms |= {change(form) for form in set(forms) for change in (str.lower, str.upper, str.title)}
    coded = set()
    for form in forms:
        for encoding in ("utf-8", "utf-16-be", "utf-16-le", "gb18030"):
            needle = form.encode(encoding, errors="ignore")
            if len(form) > 1 and len(needle) >= shortest:
                # The bytes are compared in small letters, and so are the digits; these are of the bytes as they are.
                coded |= {needle.lower(), needle.hex().encode()}
    return coded


# --- PDF ------------------------------------------------------------------------------------------------------------


def _pdf(
    before: bytes, after: bytes, wanted: list[Mark], marks: Sequence[Mark], places: Sequence[Place]
) -> Iterator[Check]:
    reader = PdfReader(io.BytesIO(after))
    numbers: set[int] = set()
    objects = list(reachable(reader, numbers))
    streams = [one for one in objects if isinstance(one, StreamObject)]
    hits = 0
    for stream in streams:
        is_pixels = stream.get("/Subtype") == "/Image"
        content = stream._data if is_pixels else _PDF_VOCABULARY.sub(b" ", without_vocabulary(stream.get_data()))
        hits += bool(_bytes_hits(content, wanted, shortest=SHORTEST_IN_PIXELS if is_pixels else SHORTEST_IN_BYTES))
        hits += 0 if is_pixels else _hits([_strings(content)], wanted)
    yield Check(STREAMS, len(streams), hits)
    outside = _PDF_VOCABULARY.sub(b" ", _STREAM.sub(b" ", after))
    raw_hits = _bytes_hits(outside, wanted, shortest=SHORTEST_IN_BYTES) + _hits([_strings(outside)], wanted)
    yield Check(RAW, 1, raw_hits + _bytes_hits(after, _long(wanted), shortest=SHORTEST_IN_PIXELS))
    forbidden = sum(key in one for one in objects for key in _FORBIDDEN_IN_PDF)
    known = sum(len(generation) for generation in reader.xref.values())
    once = after.count(b"startxref") != 1 or after.count(b"%%EOF") != 1
    yield Check(STRUCTURE, len(objects), forbidden + once + (known != len(numbers)))
    yield _pixels(after, places)
    yield from _tools(after, len(reader.pages), wanted)
    old, new = page_texts(before), page_texts(after)
    for mark_number, mark in enumerate(marks):
        if mark.kind == RANGE and 0 < mark.page <= len(old):
            yield _fewer(old[mark.page - 1], new[mark.page - 1], places, mark_number)


def _long(wanted: Sequence[Mark]) -> list[Mark]:
    """Words of the format's own vocabulary are told apart from those of people only by what stands around them."""
    return [mark for mark in wanted if not (mark.value.isascii() and mark.value.isalpha() and len(mark.value) < 9)]


def _strings(content: bytes) -> str:
    """Return the strings of a stream of operators as text."""
    said = []
    for found in _STRINGS.finditer(content):
        if found[1] is not None:
            digits = re.sub(rb"\s", b"", found[1])
            coded = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            said.append(coded.removeprefix(b"\xfe\xff").decode("utf-16-be", errors="replace"))
        else:
            said.append(found[2].decode("latin-1"))
    return "\n".join(said)


def _pixels(after: bytes, places: Sequence[Place]) -> Check:
    by_page: dict[int, list[tuple[float, float, float, float]]] = {}
    for place in places:
        by_page.setdefault(place.page, []).extend(place.boxes)
    hits = 0
    with Pages(after) as pages:
        for number, boxes in by_page.items():
            picture = pages.picture(number, LOOK_DPI)
            hits += sum(not is_black(picture, box) for box in boxes)
    return Check(PIXELS, sum(map(len, by_page.values())), hits)


def _tools(after: bytes, pages: int, wanted: Sequence[Mark]) -> Iterator[Check]:
    """Ask the programs that people use, where they are installed."""
    text, images = shutil.which("pdftotext"), shutil.which("pdfimages")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.pdf"
        path.write_bytes(after)
        if text:
            said = [_said([text, *options, str(path), "-"]) for options in ([], ["-layout"], ["-raw"])]
            yield Check(PDFTOTEXT, len(said), _hits(said, wanted), tool="poppler pdftotext")
        if images:
            rows = _said([images, "-list", str(path)]).splitlines()[2:]
            yield Check(PDFIMAGES, len(rows), int(len(rows) != pages), tool="poppler pdfimages")


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=TOOL_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise Refused("too_complex") from error
    return done.stdout.decode(errors="replace")


# --- packages -------------------------------------------------------------------------------------------------------


def _package(after: bytes, wanted: list[Mark]) -> Iterator[Check]:
    looked_at, hits = _parts(after, wanted)
    yield Check(STREAMS, looked_at, hits)
    yield Check(RAW, 1, _bytes_hits(after, _long(wanted), shortest=SHORTEST_IN_PIXELS))


def _parts(content: bytes, wanted: list[Mark]) -> tuple[int, int]:
    package = Package(content)
    looked_at = hits = 0
    for name in package.names:
        part = package.read(name)
        looked_at += 1
        if packages.is_xml(name) or name.lower().endswith(".vml"):
            root = parse(part) if packages.is_xml(name) else parse_loosely(part)
            if root is not None:
                hits += _hits([laid(root).text, BARRIER.join(_worded(root))], wanted) + _in_vocabulary(root, wanted)
        elif part.startswith(ZIP_MAGIC):
            inside = _parts(part, wanted)
            looked_at, hits = looked_at + inside[0], hits + inside[1]
        else:
            shortest = SHORTEST_IN_PIXELS if is_picture(part) else SHORTEST_IN_BYTES
            hits += bool(_bytes_hits(part, wanted, shortest=shortest))
        if "/media/" in name or "/embeddings/" in name or name.startswith("Pictures/"):
            hits += _hits([name.rpartition("/")[2]], wanted)
    return looked_at, hits


def _attributes(root: etree._Element) -> Iterator[tuple[str, bool]]:
    """Yield (value, whether people's words can stand in it) of every attribute."""
    for element in root.iter():
        if local(element):
            for key, value in element.attrib.items():
                name = str(key).rpartition("}")[2]
                is_inner = name == "Target" and element.get("TargetMode") != "External"
                yield str(value), (name in WORDED and not is_inner) or not str(value).isascii()


def _worded(root: etree._Element) -> list[str]:
    return [value for value, is_worded in _attributes(root) if is_worded]


def _in_vocabulary(root: etree._Element, wanted: list[Mark]) -> int:
    """Count the attributes of the program's own in which a longer word stands; numbers of the format are no words."""
    words = [normal(mark.value).text for mark in wanted if mark.kind == WORD]
    long_enough = [word for word in words if len(word) >= SHORTEST_IN_VOCABULARY and word.isascii()]
    values = {value for value, is_worded in _attributes(root) if not is_worded and not _is_number(value)}
    folded = ["".join(value.split()).casefold() for value in values] if long_enough else []
    return sum(word in value for value in folded for word in long_enough)


def _is_number(said: str) -> bool:
    return re.fullmatch(r"[0-9A-Fa-f.\-+%{}]*", said) is not None


# --- single places --------------------------------------------------------------------------------------------------


def _ranges(
    before: bytes, after: bytes, name: str, after_name: str, marks: Sequence[Mark], places: Sequence[Place]
) -> Iterator[Check]:
    numbers = [number for number, mark in enumerate(marks) if mark.kind == RANGE]
    if numbers:
        old, new = read_here(before, name).text, read_here(after, after_name).text
        for number in numbers:
            yield _fewer(old, new, places, number)


def _fewer(old: str, new: str, places: Sequence[Place], number: int) -> Check:
    """A single place was taken out: its words stand fewer times in the result than before."""
    wanted = [Mark(WORD, place.words) for place in places if place.mark == number]
    still = [mark for mark in wanted if len(spans(new, [mark])) >= len(spans(old, [mark]))]
    return Check(TEXT, len(wanted), len(still))
