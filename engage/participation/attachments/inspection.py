"""The two steps of taking a file in: `inspect` says what it is or refuses it, `sanitise` returns what is kept."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from engage.errors import Refused
from engage.participation.attachments import (
    confined,
    envelopes,
    office,
    opendocument,
    pictures,
    plain_text,
    sound,
)
from engage.participation.attachments.kinds import CLAIMED_BY_NAME, KINDS, FileKind
from engage.participation.attachments.naming import ending, safe_name
from engage.participation.attachments.packages import ZIP_MAGIC, Package

MAX_BYTES = 20 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024

_KIND_BY_MEDIA_TYPE = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/apng": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/mp4": "m4a",
    "video/3gpp": "m4a",
    "video/x-m4v": "m4a",
    "video/quicktime": "m4a",
    "audio/ogg": "ogg",
    "audio/x-wav": "wav",
}
_HEIC_BRANDS = frozenset([b"heic", b"heix", b"heim", b"heis", b"mif1"])
_CONFINED = frozenset(["pdf", "heic"])
_ZIPPED = frozenset(["docx", "xlsx", "pptx", "odt", "ods"])


@dataclass(frozen=True)
class Inspected:
    """What a file is. `kind` is a name in KINDS; `size` in bytes and `sha256` (hexadecimal) are of the file as sent.

    `media_type` and `safe_name` are of the file as kept: a HEIC photograph is kept as JPEG.
    """

    kind: str
    media_type: str
    size: int
    sha256: str
    safe_name: str


def inspect(upload: BinaryIO | bytes, *, name: str, max_bytes: int = MAX_BYTES) -> Inspected:
    """Tell a file by its content and check it; a file object is read from its start and rewound.

    The name is believed only when it contradicts the content: then the file is refused.

    Raises Refused: "empty", "too_large" (max_bytes), "unknown_type", "type_mismatch", "encrypted", "old_office",
    "has_macros", "active_content", "embedded_files", "zip_bomb" (max_bytes), "pixel_bomb" (max_pixels),
    "entity_bomb", "path_escape", "too_many_parts" (max_parts), "too_complex", "truncated".
    """
    content = _content(upload, max_bytes)
    if not content:
        raise Refused("empty")
    claimed = CLAIMED_BY_NAME.get(ending(name))
    kind = _kind(content, name, claimed)
    if claimed and claimed.family != kind.family:
        raise Refused("type_mismatch")
    _check(content, kind)
    digest = hashlib.sha256(content).hexdigest()
    return Inspected(kind.name, kind.media_type, len(content), digest, safe_name(name, kind.extension))


def sanitise(inspected: Inspected, content: bytes) -> bytes:
    """Return the bytes that are kept and handed out, without metadata and without anything that runs.

    Raises Refused as `inspect` does; a content that passed `inspect` is refused here only when it is cut off inside.
    """
    kind = inspected.kind
    if kind in _CONFINED:
        return confined.clean(kind, content)
    if kind in {"odt", "ods"}:
        return opendocument.clean(Package(content))
    if kind in _ZIPPED:
        return office.clean(Package(content))
    if kind == "text":
        return plain_text.clean(content)
    if KINDS[kind].family == "audio":
        return sound.clean(content, kind)
    return pictures.clean(content, kind)


def _content(upload: BinaryIO | bytes, max_bytes: int) -> bytes:
    if isinstance(upload, bytes):
        content = upload
    else:
        upload.seek(0)
        parts = []
        left = max_bytes + 1
        while left > 0 and (part := upload.read(min(_CHUNK_BYTES, left))):
            parts.append(part)
            left -= len(part)
        upload.seek(0)
        content = b"".join(parts)
    if len(content) > max_bytes:
        raise Refused("too_large", max_bytes=max_bytes)
    return content


def _kind(content: bytes, name: str, claimed: FileKind | None) -> FileKind:
    """Raises Refused as `inspect`, "type_mismatch" instead of "unknown_type" where the name claims a known type."""
    try:
        if content.startswith(ZIP_MAGIC):
            return KINDS[_zipped_kind(content)]
        if content.startswith(envelopes.OLE_MAGIC):
            envelopes.refuse(content, named_as_package=claimed is not None and claimed.name in _ZIPPED)
        return KINDS[_plain_kind(content, name)]
    except Refused as refused:
        if refused.code == "unknown_type" and claimed:
            raise Refused("type_mismatch") from refused
        raise


def _zipped_kind(content: bytes) -> str:
    package = Package(content)
    if office.TYPES in package.names:
        return office.check(package)
    if opendocument.MIMETYPE in package.names:
        return opendocument.check(package)
    raise Refused("unknown_type")


def _plain_kind(content: bytes, name: str) -> str:
    if content[4:8] == b"ftyp" and _brands(content) & _HEIC_BRANDS:
        return "heic"
    media_type = filetype.guess_mime(content[:8192])
    if media_type in _KIND_BY_MEDIA_TYPE:
        return _KIND_BY_MEDIA_TYPE[media_type]
    if content[4:8] == b"ftyp" and media_type is None:
        return "m4a"
    text_endings = ("", *KINDS["text"].names)
    if media_type or plain_text.is_markup(plain_text.decode(content)) or ending(name) not in text_endings:
        raise Refused("unknown_type")
    return "text"


def _brands(content: bytes) -> set[bytes]:
    end = min(int.from_bytes(content[:4], "big"), 256)
    return {content[8:12]} | {content[place : place + 4] for place in range(16, end - 3, 4)}


def _check(content: bytes, kind: FileKind) -> None:
    """Packages and text were checked while they were told."""
    if kind.name in _CONFINED:
        confined.clean(kind.name, content)
    elif kind.family == "audio":
        sound.check(content, kind.name)
    elif kind.family == "image":
        pictures.check(content, kind.name)
