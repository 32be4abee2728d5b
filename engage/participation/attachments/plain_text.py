"""Plain text: which encoding it is in, and the one form in which it is kept (UTF-8, no control characters)."""

import codecs
import re

from charset_normalizer import from_bytes

from engage.errors import Refused

# 32 before 16: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The encodings that people here still send; guessing among all of them takes Chinese for Korean.
_GUESSED = ["gb18030", "big5", "shift_jis", "euc_kr", "cp1252"]
_SAMPLE_BYTES = 64 * 1024
# Below this there is too little to guess from, and GB18030 is by far the likeliest.
_SHORT_BYTES = 120

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|!--|\?xml|html|head|body|svg|script|iframe|math|[a-z]+:)", re.IGNORECASE)


def decode(content: bytes) -> str:
    """Return the text of `content`; UTF-8 first, then a byte order mark, GB18030 and a guess.

    Raises Refused("unknown_type") when it is no text at all: NUL bytes, or no encoding fits.
    """
    try:
        return content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        raise Refused("unknown_type") from error


def _encoding(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if b"\0" in content:
        raise Refused("unknown_type")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(content)
    return "utf-8"


def _guess(content: bytes) -> str:
    sample = content[:_SAMPLE_BYTES]
    if len(content) > _SAMPLE_BYTES and b"\n" in sample:
        sample = sample[: sample.rindex(b"\n") + 1]
    if len(sample) < _SHORT_BYTES:
        return "gb18030"
    best = from_bytes(sample, cp_isolation=_GUESSED).best()
    return best.encoding if best else "gb18030"


def is_markup(text: str) -> bool:
    """Say whether a browser could take the text for a page, a drawing or another document of elements."""
    return _MARKUP.match(text) is not None


def clean(content: bytes) -> bytes:
    """Return the text as UTF-8 with line feeds and without control characters; nothing else is changed."""
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text).encode("utf-8", errors="replace")
