"""Bytes to words: what a mail declares is tried first, and is often wrong.

The standard library alone loses text silently: a body labelled gb2312 that holds GB18030 becomes marks, raw 8-bit
headers and unlabelled ISO-2022-JP become garbage, an unknown label raises.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

# What is declared, and what it is read as: the larger sets contain the smaller ones.
READ_AS = {
    "gb2312": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "euc-cn": "gb18030",
    "hz": "gb18030",
    "hz-gb-2312": "gb18030",
    "chinese": "gb18030",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "big-5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8",
    "tis-620": "cp874",
    "iso-8859-9": "cp1254",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
ASCII = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "unknown", "8bit", "binary"})
ISO_2022 = ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr")
SINGLE_BYTE = ("cp125", "iso-8859", "iso8859", "koi8", "cp874", "mac")
# So much is shown to the guesser: it is slow, and more tells it nothing.
GUESS_BYTES = 16_384
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_GB_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_GB_COMMON = re.compile(rb"[\xb0-\xd7\xa1-\xa3][\xa1-\xfe]")
_UTF8_WIDE = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2,3}")
_UTF8_ANY = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")


@dataclass(frozen=True)
class Decoded:
    """Words, what they were read as, and whether the label was missing or wrong, so that they may be wrong too."""

    text: str
    charset: str
    trouble: bool = False


def decode(raw: bytes, declared: str = "") -> Decoded:
    """Decode by what is declared, then UTF-8, then ISO-2022, then a guess, then with marks; never raises."""
    label = declared.strip().strip("\"'").lower()
    if raw.isascii() and b"\x1b$" not in raw and not label.startswith(("utf-7", "utf-16", "utf-32", "hz")):
        return Decoded(raw.decode("ascii"), "us-ascii")
    if b"\x1b$" in raw and (found := _first(raw, ISO_2022)):
        return Decoded(found[0], found[1], not label.startswith("iso-2022"))
    if label in ("hz", "hz-gb-2312") and b"~{" in raw and (found := _first(raw, ("hz",))):
        return Decoded(*found)
    charset = _codec(label)
    if charset and charset != "utf-8" and (other := _other_than_declared(raw, charset)):
        return Decoded(other[0], other[1], True)
    if charset and (found := _first(raw, (charset,))):
        return Decoded(*found)
    return _undeclared(raw, charset)


def _codec(label: str) -> str:
    """Return the name of a codec for text; empty for none, an unknown one, and plain ASCII."""
    if label in ASCII:
        return ""
    name = READ_AS.get(label, label)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return ""
    is_text = getattr(info, "_is_text_encoding", True)
    return name if is_text and info.name not in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else ""


def _other_than_declared(raw: bytes, charset: str) -> tuple[str, str] | None:
    """Return the words where the label is surely wrong: every codec of pairs or single bytes reads almost anything."""
    if len(_UTF8_WIDE.findall(raw)) >= 2 and (found := _first(raw, ("utf-8",))):
        return found
    if not charset.startswith(SINGLE_BYTE):
        return None
    if _UTF8_ANY.search(raw) and (found := _first(raw, ("utf-8",))):
        return found
    return _first(raw, ("gb18030",)) if looks_chinese(raw) else None


def _undeclared(raw: bytes, charset: str) -> Decoded:
    if found := _first(raw, ("utf-8",)):
        return Decoded(found[0], found[1], bool(charset))
    if charset == "utf-8" and _mostly_utf8(raw):
        return Decoded(raw.decode("utf-8", "replace"), "utf-8", True)
    if looks_chinese(raw) and (found := _first(raw, ("gb18030",))):
        return Decoded(*found, True)
    if charset and charset != "utf-8":
        # Declared and nearly right: a few bytes are broken, and another set would break all.
        text = raw.decode(charset, "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return Decoded(text, charset, True)
    if guess := from_bytes(raw[:GUESS_BYTES]).best():
        return Decoded(raw.decode(guess.encoding, "replace"), guess.encoding, True)
    return Decoded(raw.decode("utf-8", "replace"), "utf-8", True)


def _first(raw: bytes, charsets: tuple[str, ...]) -> tuple[str, str] | None:
    for charset in charsets:
        try:
            return raw.decode(charset), charset
        except (UnicodeError, LookupError):
            continue
    return None


def _mostly_utf8(raw: bytes) -> bool:
    right = sum(len(one) for one in _UTF8_ANY.findall(raw))
    high = sum(len(one) for one in _HIGH_RUN.findall(raw))
    return right * 10 >= high * 9


def looks_chinese(raw: bytes) -> bool:
    """Tell whether the high bytes are pairs as in GB 2312, most of them of its common characters."""
    runs = _HIGH_RUN.findall(raw)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0 or len(run) > 8)
    high = sum(len(run) for run in runs)
    if high < 4 or paired * 10 < high * 8:
        return False
    # Read pair by pair from the start of each run, as the bytes stand.
    pairs = common = 0
    for run in runs:
        for place in range(0, len(run) - 1, 2):
            pair = run[place : place + 2]
            pairs += 1
            common += _GB_COMMON.match(pair) is not None and _GB_PAIR.match(pair) is not None
    return pairs > 0 and common * 10 >= pairs * 8
