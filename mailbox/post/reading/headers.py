"""Header lines: unfolded, decoded word by word (RFC 2047), with their parameters (RFC 2231)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mailbox.post.reading.charsets import decode

HEADER_BYTES = 65_536
ONE_HEADER = 16_384
_LINE = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
_NUMBERED = re.compile(r"\A(.+?)\*(\d{1,3})(\*?)\Z")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)*", re.UNICODE)


class Headers:
    """The header lines of one part, in order; asked by name without regard to case."""

    def __init__(self, lines: list[tuple[str, bytes]], charset: str = "") -> None:
        self.lines = lines
        self.trouble = False
        self._charset = charset

    def raw(self, name: str) -> bytes:
        """Return the first line of that name as it stands."""
        return next((value for key, value in self.lines if key == name), b"")

    def all_raw(self, name: str) -> list[bytes]:
        """Return every line of that name."""
        return [value for key, value in self.lines if key == name]

    def text(self, name: str) -> str:
        """Return the first line of that name, decoded, on one line."""
        return self.words(self.raw(name))

    def words(self, value: bytes) -> str:
        """Decode encoded words and raw bytes of one value."""
        decoded = decode(value[:ONE_HEADER], self._charset)
        self.trouble = self.trouble or decoded.trouble
        text, trouble = decode_words(decoded.text)
        self.trouble = self.trouble or trouble
        return " ".join(text.split())

    def has(self, name: str) -> bool:
        """Tell whether there is such a line."""
        return any(key == name for key, _value in self.lines)


def split_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the header lines at `start`, and where the body begins. What is no header line begins the body."""
    lines: list[tuple[str, bytes]] = []
    place, stop = start, min(end, start + HEADER_BYTES * 4)
    name, value = "", b""
    while place < stop:
        newline = raw.find(b"\n", place, stop)
        line_end = stop if newline < 0 else newline
        line = raw[place:line_end].rstrip(b"\r")
        after = line_end + 1 if newline >= 0 else stop
        if not line:
            place = after
            break
        if line[:1] in b" \t" and name:
            # No more than fits: a header of megabytes is cut, the mail is read on.
            value = value + b" " + line.strip() if len(value) < HEADER_BYTES else value
        elif match := _LINE.match(line):
            if name:
                lines.append((name, value))
            name = match.group()[:-1].strip().decode("ascii").lower()
            value = line[match.end() :].strip()
        elif place == start and line.startswith((b"From ", b">From ")):
            pass
        elif not name and not lines and not line.strip():
            pass
        else:
            break
        place = after
    if name:
        lines.append((name, value))
    return Headers(lines), place


def decode_words(text: str) -> tuple[str, bool]:
    """Decode the encoded words of a text; neighbours of one charset are joined first, as characters are cut in two."""
    if "=?" not in text:
        return text, False
    text = _BETWEEN.sub(r"\1\2", _BETWEEN.sub(r"\1\2", text))
    out: list[str] = []
    trouble = False
    waiting, waiting_charset, place = b"", "", 0
    for match in _WORD.finditer(text):
        charset = match[1].partition("*")[0].lower()
        gap = text[place : match.start()]
        if gap or charset != waiting_charset:
            trouble = _flush(out, waiting, waiting_charset) or trouble
            waiting = b""
            out.append(gap)
        waiting += _unworded(match[2], match[3])
        waiting_charset, place = charset, match.end()
    trouble = _flush(out, waiting, waiting_charset) or trouble
    out.append(text[place:])
    return "".join(out), trouble


def _flush(out: list[str], waiting: bytes, charset: str) -> bool:
    if not waiting:
        return False
    decoded = decode(waiting, charset)
    out.append(decoded.text)
    return decoded.trouble


def _unworded(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return base64_bytes(raw)
    return binascii.a2b_qp(raw.replace(b"_", b"=20"))


def base64_bytes(raw: bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters are skipped, a missing end is mended."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def value_and_parameters(headers: Headers, name: str) -> tuple[str, dict[str, str]]:
    """Return the value of a header such as Content-Type and its parameters, continued and encoded ones joined."""
    raw = headers.raw(name)[:ONE_HEADER]
    if not raw:
        return "", {}
    text = raw.decode("utf-8", "surrogateescape")
    value = text.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(text):
        key, given = match[1].lower(), _unquoted(match[2].strip())
        numbered = _NUMBERED.match(key)
        if numbered:
            pieces.setdefault(numbered[1], {}).setdefault(int(numbered[2]), (given, bool(numbered[3])))
        elif key.endswith("*"):
            pieces.setdefault(key[:-1], {}).setdefault(0, (given, True))
        else:
            plain.setdefault(key, given)
    found = {key: headers.words(given.encode("utf-8", "surrogateescape")) for key, given in plain.items()}
    found |= {key: _joined(parts, headers) for key, parts in pieces.items()}
    return value, found


def _unquoted(given: str) -> str:
    if given.startswith('"'):
        given = given[1:-1] if given.endswith('"') and len(given) > 1 else given[1:]
        return re.sub(r"\\(.)", r"\1", given) if '\\"' in given or "\\\\" in given else given
    return given


def _joined(parts: dict[int, tuple[str, bool]], headers: Headers) -> str:
    raw, charset = b"", ""
    for number in sorted(parts):
        given, encoded = parts[number]
        if encoded and number == min(parts) and given.count("'") >= 2:
            charset, _language, given = given.split("'", 2)
        content = given.encode("utf-8", "surrogateescape")
        raw += unquote_to_bytes(content) if encoded else content
    decoded = decode(raw, charset)
    headers.trouble = headers.trouble or decoded.trouble
    return decode_words(decoded.text)[0]


def addresses(headers: Headers, name: str, most: int = 200) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of a header; what holds no address at all gives its words as the name."""
    for value in headers.all_raw(name):
        for entry in _entries(value[:ONE_HEADER].decode("utf-8", "surrogateescape")):
            if most <= 0:
                return
            most -= 1
            yield _address(entry, headers)


def _entries(text: str) -> Iterator[str]:
    """Split at commas and semicolons outside of quotation marks, comments and angle brackets."""
    start = depth = 0
    quoted = angle = escaped = False
    for place, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char == "<":
            angle = True
        elif char == ">":
            angle = False
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in ",;" and not depth and not angle:
            if piece := text[start:place].strip():
                yield piece
            start = place + 1
    if piece := text[start:].strip():
        yield piece


def _address(entry: str, headers: Headers) -> tuple[str, str]:
    before, bracket, inside = entry.rpartition("<")
    if bracket:
        found = ADDRESS.search(inside.partition(">")[0])
        name = headers.words(before.strip().strip('"').encode("utf-8", "surrogateescape")).strip("\"' ")
        return name, found.group() if found else ""
    found = ADDRESS.search(entry)
    if not found:
        return headers.words(entry.encode("utf-8", "surrogateescape")), ""
    comment = re.search(r"\(([^()]*)\)", entry)
    name = headers.words(comment[1].encode("utf-8", "surrogateescape")) if comment else ""
    return name, found.group()


def message_ids(headers: Headers, *names: str, most: int = 50) -> list[str]:
    """Return the message ids of some headers, each once, in order."""
    found: dict[str, None] = {}
    for name in names:
        for value in headers.all_raw(name):
            text = value[:ONE_HEADER].decode("utf-8", "replace")
            found |= dict.fromkeys(_MESSAGE_ID.findall(text))
    return list(found)[:most]


def moment(headers: Headers) -> datetime | None:
    """Return the moment of the Date header in UTC; None where there is none that can be read."""
    try:
        read = parsedate_to_datetime(headers.text("date"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
