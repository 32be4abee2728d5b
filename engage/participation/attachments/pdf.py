"""PDF (ISO 32000): written anew from what its pages show, without scripts, files inside, actions and metadata.

Runs in a confined program (confined.py): a small file can ask a parser for hours of work.
"""

import io
import re
import zlib
from collections.abc import Iterable
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from engage.errors import Refused
from engage.participation.attachments.traces import without_traces

MAX_PAGES = 3_000
MAX_OBJECTS = 150_000
MAX_PICTURE_BYTES = 64 * 1024 * 1024
MAGIC = b"%PDF-"

# What pypdf lets through from damaged files beside its own errors.
_FAULTS = (
    *(PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError),
    *(NotImplementedError, OverflowError, OSError, zlib.error),
)
# Scripts and automatic actions, files inside, forms of another language, other programs' notes, signatures.
_DROPPED_KEYS = (
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/AF", "/Collection", "/Metadata"),
    *("/PieceInfo", "/LastModified", "/Perms", "/DSS", "/Legal", "/Requirements", "/RichMediaContent"),
    *("/RichMediaSettings", "/3DD", "/Thumb"),
)
# In these dictionaries the keys are names that the author's program chose; a font may be called /AA.
_NAMED_BY_THE_AUTHOR = frozenset(
    ["/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs", "/Dests"]
)
_EXTERNAL_STREAM_KEYS = ("/F", "/FFilter", "/FDecodeParms")
_ACTION_KEYS = ("/A", "/PA", "/Next")
_HARMLESS_ACTIONS = ("/GoTo", "/URI", "/Named")
_HARMLESS_LINK = re.compile(r"(?:https?:|mailto:|tel:)", re.IGNORECASE)
_ACTIVE_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound")
# A field of a form keeps /T, its name; on any other annotation /T is the person who made it.
_FORM_FIELD = "/Widget"
_PERSON_KEYS = ("/T", "/M", "/CreationDate")


def clean(content: bytes) -> bytes:
    """Return the document. Raises Refused: "encrypted", "too_many_parts", "truncated"."""
    if not content.startswith(MAGIC):
        raise Refused("truncated")
    try:
        writer = _copy(PdfReader(io.BytesIO(content), strict=False))
        _clean_all(writer.root_object)
        # Once more, because what nothing leads to any longer would still be written.
        return _written(_copy(PdfReader(io.BytesIO(_written(writer)), strict=False)))
    except _FAULTS as error:
        raise Refused("truncated") from error


def _copy(reader: PdfReader) -> PdfWriter:
    """Return a writer of all that the catalogue leads to; older states of the file and its /Info stay behind."""
    # Many files are locked only against changes and open for everybody with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    if sum(map(len, reader.xref.values())) + len(reader.xref_objStm) > MAX_OBJECTS:
        raise Refused("too_many_parts", max_parts=MAX_OBJECTS)
    pages = len(reader.pages)
    if pages > MAX_PAGES:
        raise Refused("too_many_parts", max_parts=MAX_PAGES)
    if not pages:
        raise Refused("truncated")
    writer = PdfWriter()
    writer.clone_reader_document_root(reader)
    return writer


def _written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _clean_all(root: DictionaryObject) -> None:
    """Clean everything that can be reached, each object once in each of its roles."""
    waiting: list[tuple[Any, bool]] = [(root, False)]
    seen = set()
    while waiting:
        item, is_named_by_author = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, is_named_by_author) in seen:
                continue
            seen.add((item.idnum, is_named_by_author))
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            if not is_named_by_author:
                _clean_dictionary(item)
            waiting += [(item.raw_get(key), key in _NAMED_BY_THE_AUTHOR) for key in item]
        elif isinstance(item, ArrayObject):
            waiting += [(element, False) for element in item]


def _clean_dictionary(item: DictionaryObject) -> None:
    _drop(item, _DROPPED_KEYS)
    _drop(item, [key for key in _ACTION_KEYS if not _is_harmless(item.get(key))])
    if item.get("/FT") == "/Sig" or "/ByteRange" in _dictionary(item.get("/V")):
        _drop(item, ["/V"])
    if "/Annots" in item:
        item[NameObject("/Annots")] = _still_annotations(item["/Annots"])
    if "/Rect" in item and item.get("/Subtype") != _FORM_FIELD:
        _drop(item, _PERSON_KEYS)
    if isinstance(item, StreamObject):
        _drop(item, _EXTERNAL_STREAM_KEYS)
        _clean_picture(item)


def _drop(item: DictionaryObject, keys: Iterable[str]) -> None:
    for key in keys:
        if key in item:
            del item[key]


def _dictionary(value: Any) -> DictionaryObject:
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else DictionaryObject()


def _is_harmless(value: Any) -> bool:
    """Say whether an action only goes somewhere; what is no action (an attribute of a structure) is harmless too."""
    value = value.get_object() if value is not None else None
    if isinstance(value, ArrayObject):
        return all(_is_harmless(element) for element in value)
    if not isinstance(value, DictionaryObject) or "/S" not in value:
        return True
    if value["/S"] == "/URI":
        return _HARMLESS_LINK.match(_text(value.get("/URI"))) is not None
    return value["/S"] in _HARMLESS_ACTIONS


def _text(value: Any) -> str:
    value = value.get_object() if value is not None else ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _still_annotations(annotations: Any) -> ArrayObject:
    items = annotations.get_object()
    if not isinstance(items, ArrayObject):
        return ArrayObject()
    return ArrayObject(item for item in items if _dictionary(item).get("/Subtype") not in _ACTIVE_ANNOTATIONS)


def _clean_picture(stream: StreamObject) -> None:
    """Photographs lie in a PDF as they came from the camera, with its EXIF."""
    filters = stream.get("/Filter")
    names = [filters] if isinstance(filters, NameObject) else list(filters or [])
    content = stream._data
    if names[:1] == ["/FlateDecode"] and names[1:] in (["/DCTDecode"], ["/JPXDecode"]):
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(content, MAX_PICTURE_BYTES)
        if unpacker.unconsumed_tail:
            raise Refused("zip_bomb", max_bytes=MAX_PICTURE_BYTES)
        names = names[1:]
        _drop(stream, ["/DecodeParms"])
    if names in (["/DCTDecode"], ["/JPXDecode"]):
        stream[NameObject("/Filter")] = NameObject(names[0])
        StreamObject.set_data(stream, without_traces(content))
