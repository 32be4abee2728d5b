"""What may lie inside a document beside its elements: pictures, sound, film, fonts, equations, documents in it."""

from collections.abc import Callable
from functools import partial

from engage.errors import Refused
from engage.participation.attachments import envelopes, pictures, sound, traces
from engage.participation.attachments.packages import ZIP_MAGIC

_FONTS = (".odttf", ".fntdata", ".ttf", ".otf", ".woff", ".woff2")
_TIFF = (b"II*\0", b"MM\0*")
# Formats that hold no metadata to speak of: bitmap, metafiles, JPEG XR.
_BARE = (b"BM", b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0", b"\x02\0\x09\0", b"II\xbc")

Cleaning = Callable[[bytes], bytes]


def cleaning(name: str, content: bytes, *, inner_document: Cleaning) -> Cleaning:
    """Return how a part without elements is cleaned; `inner_document` is for a document inside the document.

    Raises Refused: "embedded_files" when the part is nothing a reader of the document would see or hear.
    """
    if content.startswith(ZIP_MAGIC):
        return inner_document
    if content.startswith(envelopes.OLE_MAGIC):
        envelopes.check_object(content)
        return bytes
    if content.startswith((traces.JPEG, traces.PNG, traces.GIF)) or content[8:12] == b"WEBP":
        return traces.without_traces
    if content.startswith(_TIFF):
        return pictures.clean_tiff
    for kind in ("m4a", "mp3", "wav"):
        if sound.looks_like(content, kind):
            return partial(sound.clean, kind=kind)
    is_metafile = content[:4] == b"\x01\0\0\0" and content[40:44] == b" EMF"
    if not content or is_metafile or content.startswith(_BARE) or name.lower().endswith(_FONTS):
        return bytes
    raise Refused("embedded_files")
