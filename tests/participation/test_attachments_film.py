"""Films are told by their content, and lose titles, names, places, dates and everything but picture and sound."""

import struct

import pytest

from engage.errors import Refused
from engage.participation.attachments import film, sound

pytestmark = pytest.mark.sqlite_only

SECRET = b"Zhang San, 39.9075 N"


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as found:
        film.clean(content)
    return found.value.code


# --- MP4 -----------------------------------------------------------------------------------------------------------


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, codec: bytes, *, turned: bool = False) -> bytes:
    matrix = struct.pack(">9i", *((0, 1, 0, -1, 0, 0, 0, 0, 1) if turned else (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    sides = (640 << 16, 360 << 16) if handler == b"vide" else (0, 0)
    header = box(b"tkhd", bytes(4), b"\x55" * 8, bytes(12), bytes(16), matrix, struct.pack(">II", *sides))
    samples = box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), box(codec, bytes(20))))
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", samples))
    return box(b"trak", header, media, box(b"udta", SECRET))


def mp4(*tracks: bytes, brand: bytes = b"isom") -> bytes:
    movie = box(b"moov", *tracks, box(b"udta", box(b"meta", SECRET)))
    return box(b"ftyp", brand, bytes(4)) + movie + box(b"uuid", bytes(16), SECRET) + box(b"mdat", b"frames" * 20)


PICTURE, SOUND = track(b"vide", b"avc1"), track(b"soun", b"mp4a")


def test_an_mp4_keeps_its_frames_and_loses_what_is_said_about_it() -> None:
    content = mp4(PICTURE, SOUND)
    assert film.is_film(content)
    kept = film.clean(content)
    assert (kept.media_type, kept.extension, kept.width, kept.height) == ("video/mp4", "mp4", 640, 360)
    assert SECRET not in kept.content and b"\x55" not in kept.content
    assert len(kept.content) == len(content) and kept.content.index(b"frames") == content.index(b"frames")


def test_a_film_of_a_telephone_held_upright_is_as_high_as_it_is_shown() -> None:
    kept = film.clean(mp4(track(b"vide", b"avc1", turned=True)))
    assert (kept.width, kept.height) == (360, 640)


@pytest.mark.parametrize(
    "content",
    [mp4(track(b"vide", b"hvc1"), SOUND), mp4(PICTURE, brand=b"qt  "), mp4(PICTURE, track(b"text", b"tx3g")),
     mp4(PICTURE, track(b"meta", b"mebx"))],
    ids=["H.265", "QuickTime", "subtitles", "places"],
)  # fmt: skip
def test_what_not_all_browsers_play_and_tracks_that_talk_are_refused(content: bytes) -> None:
    assert film.is_film(content) and refused(content) == "unknown_type"


def test_sound_alone_is_no_film() -> None:
    assert not film.is_film(mp4(SOUND))
    assert not film.is_film(b"") and not film.is_film(b"<svg/>") and not film.is_film(b"\0\0\0\x08ftyp")


def test_an_mp4_that_is_cut_off_is_never_taken() -> None:
    content = mp4(PICTURE, SOUND)
    for length in range(20, len(content) - 1, 5):
        if film.is_film(content[:length]):
            assert refused(content[:length]) in {"truncated", "unknown_type"}


@pytest.mark.parametrize("where", ["on top", "in the movie", "deep inside"])
def test_an_mp4_of_very_many_boxes_is_refused_and_not_walked_to_its_end(where: str) -> None:
    many = box(b"free") * 250_000
    inside = many if where == "in the movie" else box(b"trak", box(b"mdia", many)) if where == "deep inside" else b""
    content = mp4(PICTURE, inside) + (many if where == "on top" else b"")
    for look in (film.is_film, lambda content: sound.check(content, "m4a")):
        with pytest.raises(Refused) as found:
            look(content)
        assert found.value.code == "too_many_parts" and found.value.values["max_parts"] == sound.MAX_BOXES


def test_very_many_codecs_are_too_many_parts() -> None:
    samples = box(b"stbl", box(b"stsd", bytes(8), box(b"avc1") * 250_000))
    many = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(13)), box(b"minf", samples)))
    assert film.is_film(mp4(many)) and refused(mp4(many)) == "too_many_parts"


# --- WebM ----------------------------------------------------------------------------------------------------------


def element(ident: str, *bodies: bytes, size: int | None = -1) -> bytes:
    """One element; `size` None: its length was not known while it was written."""
    body = b"".join(bodies)
    length = b"\x01" + b"\xff" * 7 if size is None else b"\x10" + len(body).to_bytes(3, "big")
    return bytes.fromhex(ident) + length + body


HEAD = element("1A45DFA3", element("4282", b"webm"))
CLUSTER = element("1F43B675", element("E7", b"\0"), element("A3", b"frames" * 9))


def entry(kind: int, codec: bytes) -> bytes:
    video = element("E0", element("B0", b"\x02\x80"), element("BA", b"\x01\x68")) if kind == 1 else b""
    return element("AE", element("83", bytes([kind])), element("86", codec), element("536E", SECRET), video)


TRACKS = element("1654AE6B", entry(1, b"V_VP9"), entry(2, b"A_OPUS"))
INFO = element(
    "1549A966", element("2AD7B1", b"\x0f\x42\x40"), element("7BA9", SECRET), element("4D80", SECRET),
    element("4461", b"\x55" * 8), element("5741", SECRET),
)  # fmt: skip
TALK = element("1254C367", SECRET) + element("1941A469", SECRET * 40) + element("1043A770", SECRET)


def webm(*parts: bytes, open_ended: bool = False) -> bytes:
    return HEAD + element("18538067", *parts, size=None if open_ended else -1)


@pytest.mark.parametrize("open_ended", [False, True])
def test_a_webm_keeps_its_frames_and_loses_what_is_said_about_it(open_ended: bool) -> None:
    content = webm(INFO, TRACKS, TALK, CLUSTER, CLUSTER, open_ended=open_ended)
    assert film.is_film(content)
    kept = film.clean(content)
    assert (kept.media_type, kept.extension, kept.width, kept.height) == ("video/webm", "webm", 640, 360)
    assert SECRET not in kept.content and b"\x55" * 2 not in kept.content
    assert len(kept.content) == len(content) and kept.content.index(b"frames") == content.index(b"frames")
    assert film.clean(kept.content).content == kept.content


def test_clusters_that_were_never_closed_are_read_to_the_next() -> None:
    opened = element("1F43B675", element("E7", b"\0"), element("A3", b"frames"), size=None)
    content = webm(INFO, TRACKS, opened, opened, element("1254C367", SECRET), open_ended=True)
    assert SECRET not in film.clean(content).content


def test_a_recording_without_a_picture_is_a_sound() -> None:
    kept = film.clean(webm(element("1654AE6B", entry(2, b"A_OPUS")), CLUSTER))
    assert (kept.media_type, kept.extension, kept.width) == ("audio/webm", "weba", 0)


def test_what_follows_the_recording_is_left_out() -> None:
    content = webm(TRACKS, CLUSTER)
    assert film.clean(content + element("EC", SECRET)).content == film.clean(content).content


@pytest.mark.parametrize(
    ("content", "code"),
    [(HEAD.replace(b"webm", b"mkv ") + webm(TRACKS, CLUSTER)[len(HEAD) :], "unknown_type"),
     (webm(element("1654AE6B", entry(1, b"V_MPEGH/ISO/HEVC")), CLUSTER), "unknown_type"),
     (webm(element("1654AE6B", entry(1, b"V_VP9"), entry(17, b"S_TEXT/UTF8")), CLUSTER), "unknown_type"),
     (webm(INFO, TRACKS), "truncated"), (HEAD, "truncated"), (HEAD + CLUSTER, "truncated"),
     (webm(TRACKS, element("EC") * 250_000, CLUSTER), "too_many_parts")],
    ids=["Matroska", "H.265", "subtitles", "no frames", "no recording", "something else", "many parts"],
)  # fmt: skip
def test_other_webm_are_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


@pytest.mark.parametrize(("side", "is_taken"), [(65_535, True), (65_536, False), (2**32, False), (2**64 - 1, False)])
def test_a_side_that_no_film_has_is_refused(side: int, is_taken: bool) -> None:
    video = element("E0", element("B0", side.to_bytes(8, "big")), element("BA", b"\x01"))
    tracks = element("1654AE6B", element("AE", element("83", b"\x01"), element("86", b"V_VP9"), video))
    if is_taken:
        assert film.clean(webm(tracks, CLUSTER)).width == side
    else:
        assert refused(webm(tracks, CLUSTER)) == "unknown_type"


def test_a_webm_that_is_cut_off_or_broken_is_never_taken() -> None:
    content = webm(INFO, TRACKS, TALK, CLUSTER)
    for length in range(4, len(content) - 1, 3):
        assert refused(content[:length]) in {"truncated", "unknown_type"}
    for place in range(4, 200):
        broken = content[:place] + b"\0" + content[place + 1 :]
        try:
            film.clean(broken)
        except Refused as found:
            assert found.code in {"truncated", "unknown_type"}
