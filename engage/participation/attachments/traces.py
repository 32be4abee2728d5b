"""Takes EXIF, XMP, comments and other traces out of pictures inside documents, without re-encoding them.

A picture in a document must keep its pixels and its format; only the parts that talk about it are left out.
"""

import struct
from collections.abc import Iterator

from engage.errors import Refused

JPEG, PNG, GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8"
JPEG2000 = b"\0\0\0\x0cjP  "

_PNG_KEPT = frozenset(
    [
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
        b"cICP",
    ]
    + [b"acTL", b"fcTL", b"fdAT"]
)
_WEBP_DROPPED = frozenset([b"EXIF", b"XMP "])
_WEBP_EXIF_AND_XMP_FLAGS = 0x0C
# ICC profile and the marker that tells how colours are stored; APP0 is JFIF.
_JPEG_ICC, _JPEG_ADOBE = (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
_JPEG_JFIF = (0xE0, b"JFIF\0")


def without_traces(content: bytes) -> bytes:
    """Return the picture without what it says about its making; other formats come back as they are.

    Raises Refused("truncated") when the picture does not follow its format.
    """
    try:
        if content.startswith(JPEG):
            return b"".join(_jpeg(content))
        if content.startswith(PNG):
            return PNG + b"".join(_png(content))
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(GIF):
            return b"".join(_gif(content))
        if content.startswith(JPEG2000):
            return b"".join(
                content[start:end] for kind, start, _body, end in boxes(content) if kind not in _JP2_DROPPED
            )
    except (struct.error, IndexError) as error:
        raise Refused("truncated") from error
    return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Yield the kept segments up to the end marker; a second picture or a film behind it is left out.

    Programs show a picture whose last scan is cut off, so that is no reason to refuse a document.
    """
    yield content[:2]
    place = 2
    while place < len(content):
        while content[place] == 0xFF and content[place + 1] == 0xFF:
            place += 1
        if content[place] != 0xFF:
            raise Refused("truncated")
        marker = content[place + 1]
        if marker == 0xD9:
            yield content[place : place + 2]
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if marker == 0xDA:
            end = _after_scan(content, end)
        segment = content[place:end]
        if _is_kept(marker, segment[4:]):
            yield segment
        place = end


def _is_kept(marker: int, body: bytes) -> bool:
    is_talk = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return not is_talk or any(marker == kept and body.startswith(name) for kept, name in _JPEG_TALK_KEPT)


_JPEG_TALK_KEPT = (_JPEG_JFIF, _JPEG_ICC, _JPEG_ADOBE)


def _after_scan(content: bytes, place: int) -> int:
    """Return where the next marker begins; FF00 is a byte of the picture, FFD0 to FFD7 are restarts inside it."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2


def _png(content: bytes) -> Iterator[bytes]:
    place = len(PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise Refused("truncated")
        if kind in _PNG_KEPT:
            yield content[place:end]
        if kind == b"IEND":
            return
        place = end


def _webp(content: bytes) -> bytes:
    kept = []
    place = 12
    while place + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, place)
        end = place + 8 + length + length % 2
        chunk = content[place:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_EXIF_AND_XMP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            kept.append(chunk)
        place = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(content: bytes) -> Iterator[bytes]:
    """Yield all but comments and applications' own blocks; the block that repeats an animation stays."""
    place = 13 + _colour_table(content[10])
    yield content[:place]
    while content[place] != 0x3B:
        if content[place] == 0x2C:
            end = _after_blocks(content, place + 11 + _colour_table(content[place + 9]))
            yield content[place:end]
        elif content[place] == 0x21:
            end = _after_blocks(content, place + 2)
            label, name = content[place + 1], content[place + 3 : place + 14]
            if label in {0x01, 0xF9} or (label == 0xFF and name in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}):
                yield content[place:end]
        else:
            raise Refused("truncated")
        place = end
    yield b"\x3b"


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, place: int) -> int:
    while content[place]:
        place += content[place] + 1
    return place + 1


# --- Boxes of the ISO base media format (sound, film, HEIC, JPEG 2000) ---------------------------------------------

_JP2_DROPPED = frozenset([b"uuid", b"xml "])


def boxes(content: bytes | bytearray, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield (kind, start, start of the body, end) of each box between two places.

    Raises Refused("truncated") when a box goes beyond the end.
    """
    end = len(content) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            body = start + 16
        stop = end if size == 0 else start + size
        if stop > end or stop < body:
            raise Refused("truncated")
        yield bytes(kind), start, body, stop
        start = stop
