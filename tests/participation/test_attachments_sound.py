"""Sound keeps its frames and loses titles, names, places and pictures."""

import io
import struct
import wave

import pytest

from engage.errors import Refused
from engage.participation.attachments import inspect, sanitise
from engage.participation.attachments.sound import _ogg_checksum

pytestmark = pytest.mark.sqlite_only

SECRET = b"Zhang San, 39.9075 N"


def code_of(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        inspect(content, name=name)
    return refused.value.code


def cleaned(content: bytes, name: str) -> bytes:
    assert SECRET in content
    inspected = inspect(content, name=name)
    kept = sanitise(inspected, content)
    assert SECRET not in kept
    assert inspect(kept, name=inspected.safe_name).kind == inspected.kind
    return kept


# --- MP3 -----------------------------------------------------------------------------------------------------------

# MPEG 1 layer III, 128 kilobits, 44,100 a second: 417 bytes a frame.
FRAME = b"\xff\xfb\x90\x00" + bytes(413)


def id3(body: bytes) -> bytes:
    size = len(body)
    return b"ID3\x04\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + body


def test_mp3_keeps_its_frames_and_loses_tags_at_both_ends() -> None:
    tail = b"TAG" + SECRET.ljust(125, b"\0")
    ape = b"APETAGEX" + bytes(24) + SECRET
    frames = FRAME * 10
    kept = cleaned(id3(b"TPE1" + SECRET) + id3(b"APIC" + b"\xff\xd8\xff") + frames + ape + tail, "voice.mp3")
    assert kept == frames


def test_mp3_of_other_versions_and_rates_is_kept() -> None:
    # MPEG 2 layer III, 64 kilobits, 24,000 a second with padding: 193 bytes.
    frames = (b"\xff\xf3\x86\x00" + bytes(189)) * 5
    assert cleaned(id3(SECRET) + frames, "voice.mp3") == frames


def test_three_bytes_that_look_like_mp3_are_not() -> None:
    assert code_of(b"\xff\xfb\x90\x00" + bytes(300), "voice.mp3") == "truncated"
    assert code_of(id3(SECRET), "voice.mp3") == "truncated"


# --- WAV -----------------------------------------------------------------------------------------------------------


def recording() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\2" * 800)
    return target.getvalue()


def test_wav_keeps_format_and_samples_only() -> None:
    content = recording()
    chunk = b"LIST" + struct.pack("<I", len(SECRET)) + SECRET
    kept = cleaned(content[:36] + chunk + content[36:] + chunk, "voice.wav")
    assert kept == content


def test_wav_of_a_recorder_that_did_not_know_its_length_is_read_to_its_end() -> None:
    content = bytearray(recording())
    for unknown in (0, 0xFFFFFFFF):
        struct.pack_into("<I", content, 40, unknown)
        kept = sanitise(inspect(bytes(content), name="a.wav"), bytes(content))
        with wave.open(io.BytesIO(kept)) as file:
            assert file.getnframes() == 800


def test_wav_without_samples_is_refused() -> None:
    assert code_of(recording()[:30], "voice.wav") == "truncated"


# --- M4A -----------------------------------------------------------------------------------------------------------


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes) -> bytes:
    header = box(b"mdhd", bytes(4), b"\x11\x22\x33\x44" * 2, bytes(12))
    return box(b"trak", box(b"mdia", header, box(b"hdlr", bytes(8), handler, bytes(13))), box(b"udta", SECRET))


def memo(*handlers: bytes, brand: bytes = b"M4A ") -> bytes:
    movie = box(
        b"moov",
        box(b"mvhd", b"\1\0\0\0", b"\x55" * 16, bytes(12)),
        *map(track, handlers),
        box(b"udta", box(b"meta", SECRET)),
        box(b"meta", SECRET),
    )
    return box(b"ftyp", brand, bytes(4)) + movie + box(b"uuid", bytes(16), SECRET) + box(b"mdat", b"sound" * 20)


@pytest.mark.parametrize("brand", [b"M4A ", b"mp42", b"isom", b"3gp4", b"qt  "])
def test_m4a_of_any_recorder_keeps_its_length_and_loses_its_tags_and_dates(brand: bytes) -> None:
    content = memo(b"soun", brand=brand)
    kept = cleaned(content, "memo.m4a")
    assert len(kept) == len(content)
    assert kept.index(b"mdat") == content.index(b"mdat")
    assert b"\x11\x22\x33\x44" not in kept
    assert b"\x55" not in kept


def test_a_film_is_no_voice_note() -> None:
    assert code_of(memo(b"soun", b"vide"), "film.mp4") == "unknown_type"
    assert code_of(memo(b"soun", b"vide"), "film.mov") == "unknown_type"


def test_m4a_that_is_cut_off_is_refused() -> None:
    content = memo(b"soun")
    for length in range(20, len(content), 7):
        assert code_of(content[:length], "memo.m4a") in {"truncated", "type_mismatch"}


# --- Ogg -----------------------------------------------------------------------------------------------------------


def page(*segments: bytes, flags: int = 0, serial: int = 7, number: int = 0) -> bytes:
    """One page; each segment shorter than 255 bytes ends a packet."""
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, number, 0, len(segments))
    made = head + bytes(map(len, segments)) + b"".join(segments)
    return made[:22] + struct.pack("<I", _ogg_checksum(made)) + made[26:]


def tags(magic: bytes, *comments: bytes) -> bytes:
    vendor = b"recorder of " + SECRET
    block = magic + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    return block + b"".join(struct.pack("<I", len(comment)) + comment for comment in comments) + b"\1"


def in_segments(packet: bytes) -> list[bytes]:
    cut = [packet[place : place + 255] for place in range(0, len(packet), 255)]
    return cut if len(cut[-1]) < 255 else [*cut, b""]


def pages_of(content: bytes) -> list[bytes]:
    found, place = [], 0
    while place < len(content):
        count = content[place + 26]
        end = place + 27 + count + sum(content[place + 27 : place + 27 + count])
        found.append(content[place:end])
        place = end
    return found


@pytest.mark.parametrize(
    ("first", "magic"),
    [(b"OpusHead" + bytes(11), b"OpusTags"), (b"\x01vorbis" + bytes(23), b"\x03vorbis")],
)
def test_ogg_keeps_its_sound_and_loses_its_tags(first: bytes, magic: bytes) -> None:
    packet = tags(magic, b"ARTIST=" + SECRET, b"PICTURE=" + b"x" * 1000)
    pieces = in_segments(packet)
    sound = page(b"sound one", b"sound two", number=3)
    content = page(first, flags=2) + page(*pieces[:2], number=1) + page(*pieces[2:], b"next", number=2) + sound
    kept = cleaned(content, "voice.ogg")
    assert len(kept) == len(content)
    assert kept.endswith(sound)
    assert b"next" in kept
    assert magic + bytes(8) in kept
    for whole in pages_of(kept):
        assert _ogg_checksum(whole[:22] + bytes(4) + whole[26:]) == struct.unpack_from("<I", whole, 22)[0]


def test_the_checksum_of_a_page_is_that_of_the_standard() -> None:
    # The published check value of this polynomial when nothing is mirrored, inverted or set before.
    assert _ogg_checksum(b"123456789") == 0x89A1897F


def test_film_in_ogg_is_refused() -> None:
    assert code_of(page(b"\x80theora" + bytes(30), flags=2), "film.ogv") == "unknown_type"


@pytest.mark.parametrize(
    "content",
    [
        page(b"OpusHead", flags=2),
        page(b"OpusHead", flags=2) + page(b"OpusTags"),
        page(b"OpusHead", flags=2)[:-3],
        page(b"OpusHead", flags=2) + page(b"something else"),
        page(b"OpusHead", flags=2) + b"OggS",
    ],
)
def test_ogg_that_does_not_follow_its_format_is_refused(content: bytes) -> None:
    assert code_of(content, "voice.ogg") == "truncated"
