"""From the bytes of a text file to its characters, strictly: a text is read right or refused, never mangled."""

import codecs
import re

from charset_normalizer import from_bytes

from engage.errors import Refused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The commonest characters of Chinese statutes and prose, simplified and traditional: a text decoded with the wrong
# table shows rare ones instead.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国和地到们以时要就出会可也对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经"
    "第条章节款项应当规定者法政府部门机构本市县级管理服务社组织公民务院其他或及与由为制开进请部单位依照实施違應當規條機關會國務對於並與經開實"
)
_CHINESE_TEXT = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{4,}")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def decode(data: bytes) -> tuple[str, str, bool]:
    """Return (text, encoding, guessed). Raises Refused("wrong_encoding") or Refused("not_a_document")."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding), encoding, False
    trimmed = data.rstrip(b"\x00")
    try:
        text = trimmed.decode("utf-8")
    except UnicodeDecodeError as fault:
        _refuse_damaged_utf8(trimmed, fault)
        return _guess(data)
    if text.count("\x00") * 3 > len(text) > 3:  # Latin text in UTF-16 is valid UTF-8 with a NUL in every pair
        return _guess(data)
    if len(_CONTROL.findall(text)) * 20 > len(text):
        raise Refused("not_a_document", kind="binary data")
    return text, "utf-8", False


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("wrong_encoding", encoding=encoding) from None


def _refuse_damaged_utf8(data: bytes, fault: UnicodeDecodeError) -> None:
    """UTF-8 with a few broken bytes is damage, and reads as fluent nonsense in other tables: say where, guess not."""
    readable = data.decode("utf-8", errors="ignore")
    chinese = len(_CHINESE_TEXT.findall(readable))
    if (
        chinese
        and sum(readable.count(character) for character in _COMMON) * 12 >= chinese
        and (len(data) - len(readable.encode()) <= max(8, len(data) // 50))
    ):
        raise Refused("wrong_encoding", encoding="utf-8", line=data[: fault.start].count(b"\n") + 1)


def _guess(data: bytes) -> tuple[str, str, bool]:
    readings = [(text, encoding) for encoding in _candidates(data) if (text := _readable(data, encoding)) is not None]
    if not readings:
        if sum(byte < 0x09 or 0x0E <= byte < 0x20 for byte in data) * 20 > len(data):
            raise Refused("not_a_document", kind="binary data")
        raise Refused("wrong_encoding", encoding="")
    text, encoding = max(readings, key=lambda reading: _plausibility(reading[0]))
    if _plausibility(text) < 0.05 and from_bytes(data[:200_000], cp_isolation=[encoding]).best() is None:
        raise Refused("wrong_encoding", encoding=encoding)
    return text, encoding, True


def _candidates(data: bytes) -> tuple[str, ...]:
    if b"\x00" in data:
        if len(data) % 2:
            raise Refused("not_a_document", kind="binary data")
        return "utf-16-le", "utf-16-be"
    high = sum(byte >= 0x80 for byte in data)
    if high * 10 < len(data) and not _HIGH_RUN.search(data):
        return ("cp1252",)  # a few curly quotes in English, which would also pass as Chinese characters
    return "gb18030", "big5hkscs"


def _readable(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    controls = len(_CONTROL.findall(text)) + text.count("\x00")
    private = len(_PRIVATE.findall(text))
    return text if (controls + private) * 20 <= len(text) else None


def _plausibility(text: str) -> float:
    """Return the share of Chinese characters that are common ones; 1 for a text with none."""
    chinese = _CHINESE_TEXT.findall(text)
    return sum(character in _COMMON for character in chinese) / len(chinese) if chinese else 1.0
