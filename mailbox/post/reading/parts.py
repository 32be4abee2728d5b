"""The tree of a mail's parts, by position in its bytes: no copies, no recursion, bounded."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from mailbox.post.reading.headers import Headers, base64_bytes, split_headers, value_and_parameters

NESTED = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True)
class Limits:
    """How much of a mail is opened; what lies beyond stays in its raw form."""

    message: int = 35 * 1024 * 1024
    parts: int = 10_000
    depth: int = 30
    text: int = 2 * 1024 * 1024


LIMITS = Limits()


@dataclass
class Part:
    """One leaf of the tree, or a nested message. `depth` counts the messages around it."""

    raw: bytes = field(repr=False)
    start: int
    end: int
    headers: Headers
    type: str
    parameters: dict[str, str]
    disposition: str
    nested_in: int = 0
    # Whether it stands beside others that say the same in another form.
    alternative: bool = False
    name: str = ""

    @property
    def size_raw(self) -> int:
        """The bytes it takes in the mail."""
        return self.end - self.start

    def content(self, most: int | None = None) -> bytes:
        """Return its bytes without their transfer encoding; `most` of them as they stand in the mail."""
        end = self.end if most is None else min(self.end, self.start + most)
        body = self.raw[self.start : end]
        encoding = self.headers.raw("content-transfer-encoding").strip().lower().split(b";")[0].strip(b" \"'")
        if encoding == b"base64":
            return base64_bytes(body)
        if encoding in (b"quoted-printable", b"qp") or encoding.replace(b" ", b"") == b"quoted-printable":
            return binascii.a2b_qp(body)
        if encoding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
            found = uuencoded(body)
            return found[0][1] if found else body
        return body


@dataclass
class Tree:
    """All leaves in order; what was not opened, by a code."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    leaves: list[Part]
    faults: list[str] = field(default_factory=list)

    def note(self, fault: str) -> None:
        """Remember once what was not opened."""
        if fault not in self.faults:
            self.faults.append(fault)


@dataclass
class _Todo:
    raw: bytes
    start: int
    end: int
    depth: int
    nested_in: int
    alternative: bool
    default: str = "text/plain"


def split_parts(raw: bytes, limits: Limits = LIMITS) -> Tree:
    """Split a mail into its leaves. A message that is attached is a leaf, followed by its own leaves."""
    top, _body = split_headers(raw, 0, len(raw))
    kind, parameters = value_and_parameters(top, "content-type")
    tree = Tree(top, kind, parameters, [])
    todo = [_Todo(raw, 0, len(raw), 0, 0, False)]
    seen = 0
    while todo:
        here = todo.pop()
        seen += 1
        if len(tree.leaves) >= limits.parts or seen > 4 * limits.parts:
            tree.note("too_many_parts")
            break
        todo.extend(reversed(_open(here, tree, limits)))
    return tree


def _open(here: _Todo, tree: Tree, limits: Limits) -> list[_Todo]:
    """Take one part: its children, or itself as a leaf."""
    if here.start == 0 and here.raw is not None and not tree.leaves and here.depth == 0:
        headers, body = split_headers(here.raw, 0, here.end)
        tree.headers = headers
    else:
        headers, body = split_headers(here.raw, here.start, here.end)
    kind, parameters = value_and_parameters(headers, "content-type")
    kind = kind if kind.count("/") == 1 else here.default
    shown, shown_parameters = value_and_parameters(headers, "content-disposition")
    part = Part(here.raw, body, here.end, headers, kind, parameters, shown, here.nested_in, here.alternative)
    part.name = shown_parameters.get("filename") or parameters.get("name") or ""
    if kind.startswith("multipart/"):
        if here.depth >= limits.depth:
            tree.note("too_deep")
        elif pieces := _pieces(here.raw, body, here.end, parameters.get("boundary", ""), limits.parts + 1):
            alternative = kind == "multipart/alternative"
            default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            return [
                _Todo(here.raw, start, end, here.depth + 1, here.nested_in, alternative, default)
                for start, end in pieces
            ]
        else:
            part.type = "text/plain"
    tree.leaves.append(part)
    if part.type not in NESTED:
        return []
    if here.depth >= limits.depth:
        tree.note("too_deep")
        return []
    content, start, end = here.raw, body, here.end
    if headers.raw("content-transfer-encoding").strip().lower() in (b"base64", b"quoted-printable"):
        content = part.content()
        start, end = 0, len(content)
    # Its blank lines before the first header are no end of the header.
    while start < end and content[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return [_Todo(content, start, end, here.depth + 1, here.nested_in + 1, False)]


def _pieces(raw: bytes, start: int, end: int, boundary: str, most: int) -> list[tuple[int, int]]:
    """Return where the parts between the lines of a boundary begin and end; also those after a premature end."""
    mark = boundary.rstrip().encode("utf-8", "surrogateescape")
    if not mark:
        return []
    line = re.compile(rb"--" + re.escape(mark) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    cuts: list[tuple[int, int]] = []
    place = start
    while len(cuts) <= most:
        place = raw.find(b"--" + mark, place, end)
        if place < 0:
            break
        match = line.match(raw, place, end)
        if match and (place == start or raw[place - 1 : place] in (b"\n", b"\r")):
            cuts.append((place, match.end()))
            place = match.end()
        else:
            place += 2
    pieces = []
    for number, (_at, after) in enumerate(cuts):
        is_last = number + 1 == len(cuts)
        if is_last and raw[_at:after].rstrip(b" \t\r").endswith(b"--") and not mark.endswith(b"--"):
            break
        begin = after + 1 if raw[after : after + 1] == b"\n" else after
        stop = end if is_last else cuts[number + 1][0]
        stop -= raw[stop - 1 : stop] == b"\n" and stop > begin
        stop -= raw[stop - 1 : stop] == b"\r" and stop > begin
        if raw[_at:after].rstrip(b" \t\r").endswith(b"--") and not raw[begin:stop].strip():
            continue
        if begin <= stop:
            pieces.append((begin, stop))
    return pieces


_BEGIN = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")


def uuencoded(body: bytes) -> list[tuple[str, bytes, int, int]]:
    """Return (name, content, from, to) of what is uuencoded inside a text, as far as its lines can be read."""
    found = []
    place = 0
    while match := _BEGIN.search(body, place):
        end = re.compile(rb"(?m)^end[ \t]*\r?$").search(body, match.end())
        stop = end.start() if end else len(body)
        lines = body[match.end() : stop].splitlines()
        if lines and all(len(one) <= 200 for one in lines[:3]):
            content = b"".join(_uu_line(one) for one in lines)
            if content:
                found.append((match[1].decode("utf-8", "replace"), content, match.start(), end.end() if end else stop))
        place = max(match.end(), end.end() if end else stop)
    return found


def _uu_line(line: bytes) -> bytes:
    if not line or line == b"`":
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some programs drop the blanks at the end of a line, or write too many.
        most = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:most].ljust(most))
        except binascii.Error:
            return b""
