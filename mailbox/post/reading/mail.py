"""One mail, read: who, what, files, what is repeated, whether a program wrote it, what came back."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from tnefparse import TNEF

from mailbox.post.reading import automatic, markup, quoting
from mailbox.post.reading.bounces import Bounce, find_bounces
from mailbox.post.reading.charsets import decode
from mailbox.post.reading.headers import Headers, addresses, message_ids, moment, split_headers
from mailbox.post.reading.names import safe_name
from mailbox.post.reading.parts import LIMITS, NESTED, Limits, Part, Tree, split_parts, uuencoded

TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
TNEF_MARK = b"\x78\x9f\x3e\x22"
# All that its parser was seen to raise on broken files.
TNEF_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NameError, OSError,
    RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip
# Text that stands in the mail itself and is no file unless it is called one.
TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
ENDINGS = {
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
    "text/calendar": "ics",
    "text/plain": "txt",
    "text/html": "html",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/pdf": "pdf",
}


@dataclass(frozen=True)
class Attached:
    """One file of a mail. `content` opens it; `nested` when it came inside an attached message."""

    name: str
    type: str
    size: int
    content: Callable[[], bytes] = field(repr=False, compare=False)
    nested: bool = False


@dataclass(frozen=True)
class Mail:
    """What was understood. `automatic` says what wrote it; `errors` what was not opened and why.

    `by_subject`: nothing but the subject says that a program wrote it.
    """

    name: str
    sender: str
    to: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    message_id: str
    references: tuple[str, ...]
    text: str
    quoted: str
    attachments: tuple[Attached, ...]
    automatic: automatic.Kind
    by_subject: bool
    bounces: tuple[Bounce, ...]
    null_sender: bool
    charset_trouble: bool
    errors: tuple[str, ...]
    headers: Headers = field(repr=False, compare=False)

    @property
    def auto_reply(self) -> bool:
        """Whether a program wrote it."""
        return self.automatic is automatic.Kind.AUTO

    @property
    def is_bounce(self) -> bool:
        """Whether it tells of letters that did not arrive."""
        return any(one.failed for one in self.bounces)


@dataclass
class _Found:
    """What the leaves come to."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    trouble: bool = False
    tnef_text: str = ""


def read_mail(raw: bytes, limits: Limits = LIMITS, *, null_sender: bool = False) -> Mail:
    """Read a mail of any kind and state. Never raises for what is in it.

    `null_sender`: the envelope said that nothing may come back. Where a mail server delivers, it writes that down as
    an empty Return-Path; a listener is only told.
    """
    raw = raw if isinstance(raw, bytes) else bytes(raw)
    if raw.startswith(TNEF_MARK):  # the file of Outlook without a mail around it
        raw = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + raw
    tree = split_parts(raw, limits)
    if null_sender:
        tree.headers.lines.insert(0, ("return-path", b"<>"))
    if len(raw) > limits.message:
        tree.note("too_large")
    found = _collect(tree, limits)
    headers = tree.headers
    text = _best_text(found)
    own, repeated = quoting.fold(text)
    bounces = tuple(find_bounces(tree, text))
    sender_name, sender = next(addresses(headers, "from"), ("", ""))
    to = tuple(_shown(name, address) for name, address in addresses(headers, "to"))
    if not sender:
        tree.note("no_sender")
    return Mail(
        name=sender_name,
        sender=sender,
        to=to,
        recipients=tuple(_recipients(headers)),
        subject=headers.text("subject"),
        date=moment(headers),
        message_id=next(iter(message_ids(headers, "message-id")), headers.text("message-id")[:990]),
        references=tuple(message_ids(headers, "in-reply-to", "references")),
        text=own,
        quoted=repeated,
        attachments=tuple(_named_once(found.files)),
        automatic=automatic.kind_of(headers),
        by_subject=automatic.by_subject(headers),
        bounces=bounces,
        null_sender=automatic.null_sender(headers),
        charset_trouble=found.trouble or headers.trouble,
        errors=tuple(tree.faults),
        headers=headers,
    )


def _shown(name: str, address: str) -> str:
    if name and address and name != address:
        return f"{name} <{address}>"
    return address or name


def _recipients(headers: Headers) -> dict[str, None]:
    """Every address by which a mail may have come here, each once."""
    names = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "resent-to")
    return {address: None for name in names for _shown_as, address in addresses(headers, name) if address}


def _collect(tree: Tree, limits: Limits) -> _Found:
    found = _Found()
    too_large = "too_large" in tree.faults
    for part in tree.leaves:
        is_text = part.type in TEXTS and not part.name and part.disposition != "attachment"
        if part.nested_in and is_text:
            continue  # words of an attached message belong to its file
        if is_text and part.size_raw <= limits.text:
            _take_text(part, found)
        else:
            _take_file(part, found, too_large=too_large)
    return found


def _take_text(part: Part, found: _Found) -> None:
    content = part.content()
    if part.type != "text/html" and b"begin" in content and (files := uuencoded(content)):
        for name, inside, _start, _end in files:
            found.files.append(
                Attached(safe_name(name), "application/octet-stream", len(inside), partial(bytes, inside))
            )
        for _name, _inside, start, end in reversed(files):
            content = content[:start] + content[end:]
    decoded = decode(content, part.parameters.get("charset", ""))
    found.trouble = found.trouble or decoded.trouble
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\ufeff")
    if part.type == "text/html":
        found.html.append(text)
    elif text.strip():
        found.plain.append(text)


def _take_file(part: Part, found: _Found, *, too_large: bool) -> None:
    found.trouble = found.trouble or part.headers.trouble
    name = _name_of(part)
    nested = bool(part.nested_in) and part.type not in NESTED or part.nested_in > 1
    if too_large:
        found.files.append(Attached(name, part.type, _guessed_size(part), part.content, nested))
        return
    content = part.content()
    if (part.type in TNEF_TYPES or name.lower() == "winmail.dat") and (inside := _open_tnef(content)) is not None:
        files, text = inside
        found.files += [Attached(one, kind, len(data), partial(bytes, data), nested) for one, kind, data in files]
        found.tnef_text = found.tnef_text or text
        if files or text:
            return
    found.files.append(Attached(name, part.type, len(content), part.content, nested))


def _guessed_size(part: Part) -> int:
    if part.headers.raw("content-transfer-encoding").strip().lower() == b"base64":
        return part.size_raw * 3 // 4
    return part.size_raw


def _name_of(part: Part) -> str:
    if part.name:
        return safe_name(part.name)
    ending = ENDINGS.get(part.type, "")
    stem = "attachment"
    if part.type in NESTED:
        inner, _body = split_headers(part.raw, part.start, min(part.end, part.start + 65_536))
        stem = inner.text("subject")[:80] or "message"
    return safe_name(f"{stem}.{ending}" if ending else stem)


def _open_tnef(content: bytes) -> tuple[list[tuple[str, str, bytes]], str] | None:
    """Return (name, type, bytes) of the files in Outlook's envelope and its text; None when it cannot be opened."""
    try:
        opened = TNEF(content, do_checksum=False)
        files = [
            (safe_name(str(one.long_filename() or one.name or "")), "application/octet-stream", bytes(one.data or b""))
            for one in opened.attachments
        ]
        body = opened.body or b""
        text = body if isinstance(body, str) else decode(bytes(body)).text
        source = opened.htmlbody if not text.strip() and getattr(opened, "htmlbody", None) else ""
    except TNEF_FAULTS:  # a foreign parser on a stranger's bytes: the file itself is kept
        return None
    if source:
        text = markup.words_of(source if isinstance(source, str) else decode(bytes(source)).text)
    return files, text.replace("\x00", "")


def _best_text(found: _Found) -> str:
    plain = "\n\n".join(one.strip("\n") for one in found.plain)
    if found.html and (not plain.strip() or _is_stub(plain)):
        words = "\n\n".join(markup.words_of(one) for one in found.html)
        if len(words) > 3 * len(plain.strip()):
            return words
    return plain if plain.strip() else found.tnef_text


def _is_stub(plain: str) -> bool:
    """Tell whether the plain form only says that there is another one."""
    words = plain.strip().lower()
    return len(words) < 300 and any(
        one in words for one in ("html", "does not support", "view this", "网页", "不支持", "无法显示", "browser")
    )


def _named_once(files: list[Attached]) -> list[Attached]:
    """Give files of one name numbers, so that none hides another."""
    taken: dict[str, int] = {}
    named = []
    for one in files:
        key = one.name.lower()
        taken[key] = taken.get(key, 0) + 1
        if taken[key] > 1:
            stem, dot, ending = one.name.rpartition(".")
            number = taken[key]
            name = f"{stem} ({number}).{ending}" if dot else f"{one.name} ({number})"
            one = Attached(name, one.type, one.size, one.content, one.nested)
        named.append(one)
    return named
