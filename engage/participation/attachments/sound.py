"""Sound: told by its frames, kept without titles, names, places and pictures."""

import struct
from collections.abc import Iterator
from itertools import count

from engage.errors import Refused
from engage.participation.attachments.traces import boxes

# Fewer frames than this (a tenth of a second) are bytes that happen to look like one.
MIN_MP3_FRAMES = 3
MAX_BOX_DEPTH = 8
# A film of an hour in pieces of a second has some 60,000; fewer bytes than a file may have are millions.
MAX_BOXES = 200_000
MAX_OGG_PAGES = 100_000
MAX_OGG_STREAMS = 8
# A packet of tags with a cover picture; larger ones hide something else.
MAX_OGG_TAG_BYTES = 4 * 1024 * 1024


def looks_like(content: bytes, kind: str) -> bool:
    """Say whether the first bytes are those of `kind`."""
    if kind == "m4a":
        return content[4:8] == b"ftyp"
    if kind == "wav":
        return content.startswith(b"RIFF") and content[8:12] == b"WAVE"
    if kind == "ogg":
        return content.startswith(b"OggS")
    return content.startswith(b"ID3") or (len(content) > 4 and _mp3_frame_size(content, 0) > 0)


def check(content: bytes, kind: str) -> None:
    """Raises Refused: "truncated", "too_many_parts" (max_parts), "unknown_type" (a film, or a codec that browsers do
    not play).
    """
    if kind == "m4a":
        # First, because it counts.
        held = handlers(content)
        if not {b"moov", b"mdat"} <= {box for box, *_ in boxes(content)}:
            raise Refused("truncated")
        if held - DATA_HANDLERS != {b"soun"}:
            raise Refused("unknown_type")
    clean(content, kind)


def clean(content: bytes, kind: str) -> bytes:
    """Return the sound without its tags. Raises Refused: "truncated", "too_many_parts" (max_parts), "unknown_type"."""
    try:
        return {"mp3": _mp3, "m4a": _iso, "ogg": _ogg, "wav": _wav}[kind](content)
    except (struct.error, IndexError) as error:
        raise Refused("truncated") from error


# --- MP3 -----------------------------------------------------------------------------------------------------------

# Kilobits a second by version and layer, index 1 to 14 (ISO 11172-3, 13818-3); 0 is free format, 15 is forbidden.
_RATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def _mp3_frame_size(content: bytes, place: int) -> int:
    """Return the bytes of the frame that begins at `place`, 0 when none begins there."""
    if place + 4 > len(content) or content[place] != 0xFF or content[place + 1] & 0xE0 != 0xE0:
        return 0
    second, third = content[place + 1], content[place + 2]
    version, layer = second >> 3 & 3, 4 - (second >> 1 & 3)
    rate_index, sample_index, padding = third >> 4, third >> 2 & 3, third >> 1 & 1
    if version == 1 or layer == 4 or sample_index == 3 or not 0 < rate_index < 15:
        return 0
    rate = _RATES[(1 if version == 3 else 2, layer)][rate_index - 1] * 1000
    samples = _SAMPLE_RATES[version][sample_index]
    if layer == 1:
        return (12 * rate // samples + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * rate // samples + padding


def _mp3(content: bytes) -> bytes:
    """Keep whole frames only: tags of every version lie before, behind or between them."""
    frames = list(_mp3_frames(content))
    if len(frames) < MIN_MP3_FRAMES:
        raise Refused("truncated")
    return b"".join(frames)


def _mp3_frames(content: bytes) -> Iterator[bytes]:
    place = _after_id3(content)
    while 0 <= place < len(content):
        size = _mp3_frame_size(content, place)
        end = place + size
        if size and (end == len(content) or _mp3_frame_size(content, end) or _is_tag(content, end)):
            yield content[place:end]
            place = end
        else:
            place = (
                _after_id3(content, place) if content.startswith(b"ID3", place) else content.find(b"\xff", place + 1)
            )


def _is_tag(content: bytes, place: int) -> bool:
    return content.startswith((b"TAG", b"APETAGEX", b"ID3", b"LYRICSBEGIN"), place)


def _after_id3(content: bytes, place: int = 0) -> int:
    while content.startswith(b"ID3", place) and place + 10 <= len(content):
        size = 0
        for byte in content[place + 6 : place + 10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size + (10 if content[place + 5] & 0x10 else 0)
    return place


# --- WAV -----------------------------------------------------------------------------------------------------------

_WAV_KEPT = frozenset([b"fmt ", b"fact", b"data"])


def _wav(content: bytes) -> bytes:
    chunks = []
    place = 12
    while place + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, place)
        # Recorders that stream write 0 or the largest number for a length they did not know yet.
        body = content[place + 8 : place + 8 + size] if kind != b"data" or size else content[place + 8 :]
        if kind in _WAV_KEPT:
            chunks.append((kind, body))
        place += 8 + len(body) + len(body) % 2
    kinds = [kind for kind, _ in chunks]
    if b"data" not in kinds or b"fmt " not in kinds[: kinds.index(b"data")]:
        raise Refused("truncated")
    packed = b"".join(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for kind, body in chunks)
    return b"RIFF" + struct.pack("<I", len(packed) + 4) + b"WAVE" + packed


# --- M4A and other ISO base media ----------------------------------------------------------------------------------

Box = tuple[bytes, int, int, int]
_CONTAINERS = frozenset([b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"])
_TALK = frozenset([b"udta", b"meta", b"uuid"])
_DATED = frozenset([b"mvhd", b"tkhd", b"mdhd"])
# QuickTime says with the same box where its bytes lie.
DATA_HANDLERS = frozenset([b"alis", b"url "])


def handlers(content: bytes) -> set[bytes]:
    """Return what the tracks hold: soun, vide, text, meta ..."""
    walked = walk(content, 0, len(content))
    return {content[body + 8 : body + 12] for kind, _start, body, _end in walked if kind == b"hdlr"}


def walk(
    content: bytes | bytearray, start: int, end: int, depth: int = 0, seen: Iterator[int] | None = None
) -> Iterator[Box]:
    """Yield the boxes there with those inside them, as `boxes` does; `seen` has counted those before.

    Raises Refused: "truncated", "too_many_parts" (max_parts).
    """
    seen = count(1) if seen is None else seen
    for kind, head, body, stop in counted(boxes(content, start, end), seen):
        yield kind, head, body, stop
        if kind in _CONTAINERS and depth < MAX_BOX_DEPTH:
            yield from walk(content, body, stop, depth + 1, seen)


def counted(found: Iterator[Box], seen: Iterator[int]) -> Iterator[Box]:
    """Yield boxes until they are too many. Raises Refused: "too_many_parts" (max_parts)."""
    for one in found:
        if next(seen) > MAX_BOXES:
            raise Refused("too_many_parts", max_parts=MAX_BOXES)
        yield one


def _iso(content: bytes) -> bytes:
    """Empty the boxes of talk in place, because other boxes name places in the file by number; blank the dates."""
    kept = bytearray(content)
    kinds = set()
    for kind, head, body, stop in walk(content, 0, len(content)):
        kinds.add(kind)
        if kind in _TALK:
            kept[head + 4 : head + 8] = b"free"
            kept[body:stop] = bytes(stop - body)
        elif kind in _DATED:
            length = 16 if kept[body] else 8
            kept[body + 4 : body + 4 + length] = bytes(length)
    if b"moov" not in kinds:
        raise Refused("truncated")
    return bytes(kept)


# --- Ogg -----------------------------------------------------------------------------------------------------------

_OGG_HEAD = struct.Struct("<4sBBqIIIB")
_CODECS = {b"\x01vorbis": b"\x03vorbis", b"OpusHead": b"OpusTags"}
_FIRST_PAGE = 0x02
_CRC_AT = 22


class _Page:
    """One page of an Ogg file: where it and its packets' pieces lie."""

    def __init__(self, content: bytearray, place: int) -> None:
        magic, _version, self.flags, _granule, self.serial, _number, _crc, count = _OGG_HEAD.unpack_from(content, place)
        table = content[place + _OGG_HEAD.size : place + _OGG_HEAD.size + count]
        self.start = place
        self.body = place + _OGG_HEAD.size + count
        self.end = self.body + sum(table)
        if magic != b"OggS" or len(table) != count or self.end > len(content):
            raise Refused("truncated")
        self.lacing = bytes(table)


def _ogg(content: bytes) -> bytes:
    kept = bytearray(content)
    pages: list[_Page] = []
    place = 0
    while place < len(kept):
        if len(pages) == MAX_OGG_PAGES:
            raise Refused("too_many_parts", max_parts=MAX_OGG_PAGES)
        pages.append(_Page(kept, place))
        place = pages[-1].end
    openings = [page for page in pages if page.flags & _FIRST_PAGE]
    if not openings or len(openings) > MAX_OGG_STREAMS:
        raise Refused("unknown_type")
    for first in openings:
        packet = bytes(kept[first.body : first.end])
        tags = next((tags for codec, tags in _CODECS.items() if packet.startswith(codec)), None)
        if tags is None:
            raise Refused("unknown_type")
        _empty_tags(kept, [page for page in pages if page.serial == first.serial and page is not first], tags)
    return bytes(kept)


def _empty_tags(kept: bytearray, pages: list[_Page], tags: bytes) -> None:
    """Write a packet of no tags over the second packet of a stream, in its old length, and seal its pages again."""
    # Magic, a vendor without letters, no tags; then the end bit that Vorbis asks for.
    left = tags + bytes(8) + (b"\x01" if tags == b"\x03vorbis" else b"")
    if not pages or kept[pages[0].body : pages[0].body + len(tags)] != tags:
        raise Refused("truncated")
    if _piece_of_first_packet(pages[0])[0] < len(left):
        raise Refused("truncated")
    written = 0
    for page in pages:
        length, done = _piece_of_first_packet(page)
        kept[page.body : page.body + length] = left[:length].ljust(length, b"\0")
        left = left[length:]
        kept[page.start + _CRC_AT : page.start + _CRC_AT + 4] = bytes(4)
        struct.pack_into("<I", kept, page.start + _CRC_AT, _ogg_checksum(kept[page.start : page.end]))
        written += length
        if done:
            return
        if written > MAX_OGG_TAG_BYTES:
            break
    raise Refused("truncated")


def _piece_of_first_packet(page: _Page) -> tuple[int, bool]:
    length = 0
    for segment in page.lacing:
        length += segment
        if segment < 255:
            return length, True
    return length, False


def _checksum_table() -> list[int]:
    table = []
    for index in range(256):
        value = index << 24
        for _ in range(8):
            value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value & 0xFFFFFFFF)
    return table


_CHECKSUMS = _checksum_table()


def _ogg_checksum(page: bytes | bytearray) -> int:
    """Return the checksum of RFC 3533: polynomial 04C11DB7, nothing mirrored, nothing inverted."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _CHECKSUMS[value >> 24 ^ byte]
    return value
