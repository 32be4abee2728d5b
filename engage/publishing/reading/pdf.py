"""PDF: text of all pages and layers, of annotations, fields and outlines, properties, files inside, older states."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from engage.errors import Refused
from engage.participation.attachments.pdf import MAX_OBJECTS, MAX_PAGES
from engage.publishing.reading import pictures
from engage.publishing.reading.found import AUTHOR, COMMENT, EMBEDDED, HIDDEN, DocumentText, Gathering
from engage.publishing.reading.parts import ReadInner

FAULTS = (
    *(PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError),
    *(NotImplementedError, OverflowError, OSError, zlib.error),
)
MOST_OLDER_STATES = 5
MOST_STREAM_BYTES = 64 * 1024 * 1024

_END = re.compile(rb"%%EOF[\r\n ]*")
# Values that are words for people, wherever in the file they stand.
_WORDED = ("/Alt", "/ActualText", "/E", "/Contents", "/TU", "/V", "/DV", "/Title", "/RC", "/Subj", "/T", "/URI", "/CA")
_SCRIPTED = ("/JS", "/JavaScript", "/XFA")
_MARKS = frozenset(["/Link", "/Popup", "/Widget"])


def opened(content: bytes) -> PdfReader:
    """Return a reader of a file that can be read. Raises Refused: "encrypted", "too_many_parts", "truncated"."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted")
        if sum(map(len, reader.xref.values())) + len(reader.xref_objStm) > MAX_OBJECTS:
            raise Refused("too_many_parts", max_parts=MAX_OBJECTS)
        pages = len(reader.pages)
    except FAULTS as error:
        raise Refused("truncated") from error
    if pages > MAX_PAGES:
        raise Refused("too_many_parts", max_parts=MAX_PAGES)
    if not pages:
        raise Refused("truncated")
    return reader


def read(content: bytes, read_inner: ReadInner) -> DocumentText:
    """Read a document. Raises Refused: "encrypted", "too_many_parts", "truncated"."""
    reader = opened(content)
    found = Gathering()
    texts = page_texts(content)
    for text in texts:
        found.say(*text.splitlines())
    try:
        _properties(reader, found)
        _layers(reader, found)
        for number, page in enumerate(reader.pages, start=1):
            _annotations(page, number, found)
        _objects(reader, found, read_inner)
    except FAULTS as error:
        raise Refused("truncated") from error
    _older_states(content, set("\n".join(texts).split()), found)
    return found.done()


def page_texts(content: bytes) -> list[str]:
    """Return the text of each page, hidden layers with it. Raises Refused: "encrypted", "truncated"."""
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            return [page.get_textpage().get_text_range() for page in document]
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) else "truncated") from error


def _properties(reader: PdfReader, found: Gathering) -> None:
    information = reader.trailer.get("/Info")
    information = information.get_object() if information is not None else None
    if isinstance(information, DictionaryObject):
        for name, value in information.items():
            found.tell(str(name).lstrip("/"), value.get_object())
            if name in {"/Author", "/Company", "/Manager"} and str(value.get_object()).strip():
                found.trace(AUTHOR, "Info", str(value.get_object()))


def _layers(reader: PdfReader, found: Gathering) -> None:
    for layer in hidden_layers(reader):
        found.trace(HIDDEN, "layer", str(layer.get("/Name", "")))
    for layer in _dictionary(reader.root_object.get("/OCProperties")).get("/OCGs", ArrayObject()):
        found.say(str(_dictionary(layer).get("/Name", "")))


def hidden_layers(reader: PdfReader) -> list[DictionaryObject]:
    """Return the layers that are switched off when the file is opened."""
    properties = _dictionary(reader.root_object.get("/OCProperties"))
    default = _dictionary(properties.get("/D"))
    off = [_dictionary(layer) for layer in default.get("/OFF", ArrayObject())]
    if default.get("/BaseState") == "/OFF":
        on = [_dictionary(layer) for layer in default.get("/ON", ArrayObject())]
        off += [
            layer
            for layer in map(_dictionary, properties.get("/OCGs", ArrayObject()))
            if not any(layer is one for one in on)
        ]
    return off


def _annotations(page: Any, number: int, found: Gathering) -> None:
    for annotation in map(_dictionary, _array(page.get("/Annots"))):
        kind = annotation.get("/Subtype")
        where = f"{number}"
        if kind == "/FileAttachment":
            found.trace(EMBEDDED, where, _said(_dictionary(annotation.get("/FS")).get("/F")))
        if kind in _MARKS:
            continue
        found.trace(COMMENT, where, f"{_said(annotation.get('/T'))} {_said(annotation.get('/Contents'))}")
        if annotation.get("/T"):
            found.trace(AUTHOR, where, _said(annotation.get("/T")))


def _objects(reader: PdfReader, found: Gathering, read_inner: ReadInner) -> None:
    """Walk everything that the file leads to."""
    for item in reachable(reader):
        for name in _WORDED:
            if name in item:
                found.say(_said(item.get(name)))
        for name in _SCRIPTED:
            if name in item:
                found.trace(EMBEDDED, name.lstrip("/"), _said(item.get(name)))
        if "/EF" in item:
            _file_inside(item, found, read_inner)
        if isinstance(item, StreamObject):
            if item.get("/Type") == "/Metadata":
                pictures.xmp(decoded(item), found)
            elif item.get("/Subtype") == "/Image" and "/DCTDecode" in _filters(item):
                _picture(item, found)


def _picture(item: StreamObject, found: Gathering) -> None:
    raw = item._data
    if _filters(item)[:1] == ["/FlateDecode"]:
        raw = zlib.decompressobj().decompress(raw, MOST_STREAM_BYTES)
    if pictures.is_picture(raw):
        found.take(pictures.read(raw), within="picture")


def _file_inside(item: DictionaryObject, found: Gathering, read_inner: ReadInner) -> None:
    name = _said(item.get("/UF") or item.get("/F")) or "file"
    found.trace(EMBEDDED, name, _said(item.get("/Desc")))
    for stream in {id(one.get_object()): one.get_object() for one in _dictionary(item.get("/EF")).values()}.values():
        if not isinstance(stream, StreamObject):
            continue
        content = decoded(stream)
        try:
            found.take(read_inner(content, name), within=name)
        except Refused:
            found.say(content[:MOST_STREAM_BYTES].decode("utf-8", errors="replace"))


def decoded(stream: StreamObject) -> bytes:
    """Return what a stream holds, as it stands there when its filter is none of ours."""
    try:
        return stream.get_data()
    except FAULTS:
        return stream._data


def reachable(reader: PdfReader, seen: set[int] | None = None) -> Iterator[DictionaryObject]:
    """Yield every dictionary and stream that the trailer leads to, each once; `seen` takes the numbers of objects."""
    waiting: list[Any] = [reader.trailer]
    seen = set() if seen is None else seen
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            yield item
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, ArrayObject):
            waiting += list(item)


def _older_states(content: bytes, known: set[str], found: Gathering) -> None:
    """A file that was added to still holds what it was before: cut it there and read it."""
    ends = [end.end() for end in _END.finditer(content)][:-1]
    for end in ends[-MOST_OLDER_STATES:]:
        try:
            texts = page_texts(content[:end])
        except Refused:
            continue
        gone = [word for text in texts for word in text.split() if word not in known]
        if gone:
            found.trace(HIDDEN, "earlier state", " ".join(gone))
            found.say(*(line for text in texts for line in text.splitlines()))


def _filters(stream: StreamObject) -> list[str]:
    filters = stream.get("/Filter")
    return [str(one) for one in filters] if isinstance(filters, ArrayObject) else [str(filters)]


def _dictionary(value: Any) -> DictionaryObject:
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> ArrayObject:
    value = value.get_object() if value is not None else None
    return value if isinstance(value, ArrayObject) else ArrayObject()


def _said(value: Any) -> str:
    value = value.get_object() if value is not None else ""
    if isinstance(value, StreamObject):
        value = decoded(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return "" if isinstance(value, (DictionaryObject, ArrayObject)) else str(value)
