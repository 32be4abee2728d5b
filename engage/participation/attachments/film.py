"""Films: told by their content, kept without titles, names, places and dates.

Nobody attaches one (`kinds.KINDS` has none); rooms show films that the house took in. A WebM without a picture is a
sound, as browsers record it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from engage.errors import Refused
from engage.participation.attachments import sound
from engage.participation.attachments.traces import boxes

EBML_MAGIC = b"\x1aE\xdf\xa3"
# Some 40 minutes of picture and sound in a recording that was never closed; fewer bytes are never more parts than this.
MAX_ELEMENTS = 200_000
# No codec that browsers play is larger, and no column that keeps a side takes every number that a file can name.
MAX_SIDE = 65_535


@dataclass(frozen=True)
class Film:
    """What is kept: its media type, the ending of its name, width and height in pixels (of a sound 0)."""

    media_type: str
    extension: str
    width: int
    height: int
    content: bytes


def is_film(content: bytes) -> bool:
    """Whether the content is a WebM, or an MP4 with moving pictures. Raises Refused: "too_many_parts" (max_parts)."""
    if content.startswith(EBML_MAGIC):
        return True
    try:
        return content[4:8] == b"ftyp" and b"vide" in sound.handlers(content)
    except (struct.error, IndexError):
        return False
    except Refused as refused:
        # Whoever looks on for something else would count them all again.
        if refused.code == "too_many_parts":
            raise
        return False


def clean(content: bytes) -> Film:
    """Return a film without what it says about its making; `is_film` has to be true of it.

    Raises Refused: "truncated", "too_many_parts" (max_parts), "unknown_type" (codecs that browsers do not all play,
    other tracks than pictures and sound, sides of more than MAX_SIDE pixels).
    """
    try:
        kept = _webm(content) if content.startswith(EBML_MAGIC) else _mp4(content)
    except (struct.error, IndexError, StopIteration) as error:
        raise Refused("truncated") from error
    if max(kept.width, kept.height) > MAX_SIDE:
        raise Refused("unknown_type")
    return kept


# --- MP4 (ISO 14496-12) --------------------------------------------------------------------------------------------

_PICTURE_CODECS = frozenset([b"avc1", b"avc3", b"av01", b"vp09"])
_SOUND_CODECS = frozenset([b"mp4a", b"Opus", b".mp3"])
_QUICKTIME = b"qt  "


def _mp4(content: bytes) -> Film:
    if not {b"moov", b"mdat"} <= {box for box, *_ in boxes(content)}:
        raise Refused("truncated")
    if content[8:12] == _QUICKTIME or sound.handlers(content) - sound.DATA_HANDLERS - {b"vide", b"soun"}:
        raise Refused("unknown_type")
    codecs, sizes, seen = set(), [], count(1)
    for kind, _head, body, stop in sound.walk(content, 0, len(content)):
        if kind == b"stbl":
            said = next(
                (at, end) for box, _at, at, end in sound.counted(boxes(content, body, stop), seen) if box == b"stsd"
            )
            codecs |= {box for box, *_ in sound.counted(boxes(content, said[0] + 8, said[1]), seen)}
        elif kind == b"tkhd":
            sizes.append(_shown_size(content, body))
    if not codecs & _PICTURE_CODECS or codecs - _PICTURE_CODECS - _SOUND_CODECS:
        raise Refused("unknown_type")
    width, height = max(sizes, default=(0, 0))
    return Film("video/mp4", "mp4", width, height, sound.clean(content, "m4a"))


def _shown_size(content: bytes, body: int) -> tuple[int, int]:
    """Read width and height of a track, turned as a telephone that was held upright wrote it."""
    matrix = body + (52 if content[body] else 40)
    (first,) = struct.unpack_from(">i", content, matrix)
    width, height = (side >> 16 for side in struct.unpack_from(">II", content, matrix + 36))
    return (width, height) if first else (height, width)


# --- WebM (RFC 8794, RFC 9559) -------------------------------------------------------------------------------------

_DOC_TYPE, _SEGMENT, _CLUSTER, _INFO, _TRACKS = 0x4282, 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B
_SEEK_HEAD, _CUES, _VOID = 0x114D9B74, 0x1C53BB6B, 0xEC
_ENTRY, _KIND, _CODEC, _VIDEO, _WIDTH, _HEIGHT, _NAME = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA, 0x536E
_CHECKSUM, _MUXER, _WRITER = 0xBF, 0x4D80, 0x5741
# All others at the top talk about the film: tags, attached files, chapters.
_KEPT = frozenset([_SEEK_HEAD, _INFO, _TRACKS, _CUES, _CLUSTER])
_TOP = _KEPT | {0x1254C367, 0x1941A469, 0x1043A770}
# Scale of times, duration, and the number by which parts of one recording know each other.
_INFO_KEPT = frozenset([0x2AD7B1, 0x4489, 0x73A4])
_PICTURE, _SOUND = 1, 2
_WEBM_CODECS = frozenset([b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"])


class _Webm:
    """One WebM while it is cleaned; parts are emptied in place, because others name places in the file by number."""

    def __init__(self, content: bytes) -> None:
        self.kept = bytearray(content)
        self.seen = 0
        self.kinds: set[int] = set()
        self.codecs: set[bytes] = set()
        self.size = (0, 0)

    def film(self) -> Film:
        """Clean all of it."""
        head = self.elements(0, len(self.kept))
        _ident, _start, body, stop = next(head)
        doc_types = [bytes(self.kept[b:s]) for ident, _s, b, s in self.elements(body, stop) if ident == _DOC_TYPE]
        if doc_types != [b"webm"]:
            raise Refused("unknown_type")
        found = next(head, None)
        if found is None or found[0] != _SEGMENT:
            raise Refused("truncated")
        _ident, _start, body, stop = found
        tops = set()
        for ident, start, inner, end in self.elements(body, stop):
            tops.add(ident)
            if ident == _INFO:
                self.about(inner, end)
            elif ident == _TRACKS:
                self.tracks(inner, end)
            elif ident not in _KEPT:
                self.empty(start, end)
        if not {_TRACKS, _CLUSTER} <= tops:
            raise Refused("truncated")
        if not self.kinds or self.kinds - {_PICTURE, _SOUND} or self.codecs - _WEBM_CODECS:
            raise Refused("unknown_type")
        # What follows the recording is none of it.
        content = bytes(self.kept[:stop])
        if _PICTURE in self.kinds:
            return Film("video/webm", "webm", *self.size, content)
        return Film("audio/webm", "weba", 0, 0, content)

    def about(self, start: int, stop: int) -> None:
        """Empty what is said about the whole; the programs, which have to be named, lose their letters."""
        for ident, head, body, end in self.elements(start, stop):
            if ident in (_MUXER, _WRITER):
                self.kept[body:end] = b"-" * (end - body)
            elif ident not in _INFO_KEPT:
                self.empty(head, end)

    def tracks(self, start: int, stop: int) -> None:
        """Read what the tracks hold, and take their names out."""
        for ident, head, body, end in self.elements(start, stop):
            if ident != _ENTRY:
                self.empty(head, end)
                continue
            for inner, place, at, until in self.elements(body, end):
                if inner == _KIND:
                    self.kinds.add(int.from_bytes(self.kept[at:until], "big"))
                elif inner == _CODEC:
                    self.codecs.add(bytes(self.kept[at:until]).rstrip(b"\0"))
                elif inner == _VIDEO:
                    sides = {i: int.from_bytes(self.kept[b:s], "big") for i, _h, b, s in self.elements(at, until)}
                    self.size = max(self.size, (sides.get(_WIDTH, 0), sides.get(_HEIGHT, 0)))
                elif inner in (_NAME, _CHECKSUM):
                    self.empty(place, until)

    def empty(self, start: int, stop: int) -> None:
        """Write an empty element of the same length over one."""
        length = stop - start
        size = bytes([0x80 | length - 2]) if length <= 128 else b"\x01" + (length - 9).to_bytes(7, "big")
        self.kept[start:stop] = (bytes([_VOID]) + size).ljust(length, b"\0")

    def elements(self, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield id, beginning, beginning of the content and end of the elements there."""
        place = start
        while place < stop:
            self.seen += 1
            if self.seen > MAX_ELEMENTS:
                raise Refused("too_many_parts", max_parts=MAX_ELEMENTS)
            ident, size_at = self.ident(place)
            size, body = self.length(size_at)
            if size is not None:
                end = body + size
            elif ident == _SEGMENT:
                end = stop
            elif ident == _CLUSTER:
                end = self.end_of_open_cluster(body, stop)
            else:
                raise Refused("truncated")
            if end > stop:
                raise Refused("truncated")
            yield ident, place, body, end
            place = end

    def end_of_open_cluster(self, start: int, stop: int) -> int:
        """Find where a cluster ends that was written while its length was not known: where the next top one begins."""
        place = start
        while place < stop:
            self.seen += 1
            if self.seen > MAX_ELEMENTS:
                raise Refused("too_many_parts", max_parts=MAX_ELEMENTS)
            ident, size_at = self.ident(place)
            if ident in _TOP:
                return place
            size, body = self.length(size_at)
            if size is None:
                raise Refused("truncated")
            place = body + size
        return stop

    def ident(self, place: int) -> tuple[int, int]:
        """Read an id (1 to 4 bytes, the mark of its length stays in it)."""
        width = 9 - self.kept[place].bit_length()
        if width > 4 or place + width > len(self.kept):
            raise Refused("truncated")
        return int.from_bytes(self.kept[place : place + width], "big"), place + width

    def length(self, place: int) -> tuple[int | None, int]:
        """Read a length (1 to 8 bytes); None where all its bits are set: it was not known."""
        width = 9 - self.kept[place].bit_length()
        if width > 8 or place + width > len(self.kept):
            raise Refused("truncated")
        size = int.from_bytes(self.kept[place : place + width], "big") & ((1 << 7 * width) - 1)
        return (None if size == (1 << 7 * width) - 1 else size), place + width


def _webm(content: bytes) -> Film:
    return _Webm(content).film()
