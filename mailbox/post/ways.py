"""How mail gets here: a folder, a mailbox on a server (IMAP), a listener of our own (SMTP, LMTP)."""

from __future__ import annotations

import imaplib
import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, syntax
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from engage.errors import Refused
from mailbox.post import actions, rules
from mailbox.post.models import InMail

log = logging.getLogger(__name__)

AT_ONCE = 200
# What a mail program still writes: maildir writes in tmp/, others under such names.
_UNFINISHED = (".tmp", ".part", "~")


def take_from_folder(folder: str, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Take in the files of a folder (or of `new/` of a maildir); each is deleted once its bytes are kept."""
    top = Path(folder)
    place = top / "new" if (top / "new").is_dir() else top
    if not place.is_dir():
        log.warning("the folder for mail is not there: %s", place)
        return 0
    taken = 0
    for path in _whole_files(place):
        if taken >= limit:
            break
        if _take_file(path, now):
            taken += 1
    return taken


def _whole_files(place: Path) -> Iterator[Path]:
    for path in sorted(place.iterdir()):
        unfinished = path.name.startswith(".") or path.name.endswith(_UNFINISHED)
        if not unfinished and not path.is_symlink() and path.is_file():
            yield path


def oldest_in_folder(folder: str) -> datetime | None:
    """Return since when the oldest mail lies in a folder, None for an empty one; OSError where there is none."""
    top = Path(folder)
    times = [path.stat().st_mtime for path in _whole_files(top / "new" if (top / "new").is_dir() else top)]
    return datetime.fromtimestamp(min(times), tz=UTC) if times else None


def imap_answers(url: str) -> bool:
    """Sign in to a mailbox on a server and look into it; nothing is fetched or marked."""
    parts = urlsplit(url)
    try:
        with _connected(parts) as post:
            post.login(unquote(parts.username or ""), unquote(parts.password or ""))
            return post.select(unquote(parts.path.strip("/")) or "INBOX", readonly=True)[0] == "OK"
    except (OSError, imaplib.IMAP4.error):
        return False


def _take_file(path: Path, now: datetime) -> bool:
    try:
        if path.stat().st_size > rules.STORED_MOST:
            raise Refused("mail_too_large", most=rules.STORED_MOST // (1024 * 1024))
        actions.take_in(path.read_bytes(), way=InMail.Way.DROP, now=now)
    except Refused as refusal:
        log.warning("mail %s was put aside: %s", path.name, refusal.code)
        aside = path.parent.parent / "aside" if path.parent.name == "new" else path.parent / "aside"
        aside.mkdir(exist_ok=True)
        os.replace(path, aside / path.name)
        return False
    except OSError as error:
        log.warning("mail %s cannot be read: %s", path.name, type(error).__name__)
        return False
    path.unlink(missing_ok=True)
    return True


def take_from_imap(url: str, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Fetch unseen mail of `imaps://user:password@host[:port]/FOLDER`; marked as seen once its bytes are kept.

    A worker killed in between fetches it again, which finds the same row. A server that is away is tried again, and
    so is a mail that it does not hand out.
    """
    parts = urlsplit(url)
    try:
        with _connected(parts) as post:
            post.login(unquote(parts.username or ""), unquote(parts.password or ""))
            post.select(unquote(parts.path.strip("/")) or "INBOX")
            return sum(_take_numbered(post, number, now) for number in _unseen(post, limit))
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("mailbox on the server not reached: %s", type(error).__name__)
        return 0


def _connected(parts: Any) -> imaplib.IMAP4:
    host = parts.hostname or "localhost"
    if parts.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, parts.port or 993, timeout=settings.EMAIL_TIMEOUT)
    return imaplib.IMAP4(host, parts.port or 143, timeout=settings.EMAIL_TIMEOUT)


def _unseen(post: imaplib.IMAP4, limit: int) -> Iterator[str]:
    _ok, found = post.uid("SEARCH", "UNSEEN")
    yield from (found[0] or b"").decode().split()[:limit]


def _take_numbered(post: imaplib.IMAP4, number: str, now: datetime) -> int:
    said, found = post.uid("FETCH", number, "(BODY.PEEK[])")
    raw = next((one[1] for one in found if isinstance(one, tuple)), b"")
    if said != "OK" or not raw.strip():
        log.warning("mail %s on the server was not handed out; it stays unseen", number)
        return 0
    taken = 0
    try:
        actions.take_in(raw, way=InMail.Way.IMAP, now=now)
        taken = 1
    except Refused as refusal:
        log.warning("mail %s on the server was left there: %s", number, refusal.code)
    post.uid("STORE", number, "+FLAGS", r"(\Seen)")
    return taken


class Desk:
    """Takes what comes over SMTP or LMTP: kept before the other side is told that it arrived."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        """Take letters to the office alone: this is no mail server for others."""
        base = str(settings.MAIL_ADDRESS).lower()
        local, _at, host = address.strip().lower().rpartition("@")
        own, _at, own_host = base.rpartition("@")
        if not base or host != own_host or (local != own and not local.startswith(f"{own}+")):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Keep a mail; what cannot be kept now is left with the other side, which tries again."""
        raw = envelope.original_content or b""
        try:
            await sync_to_async(_keep)(raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        except Refused as refusal:
            return f"552 5.3.4 {refusal.code}"
        except Exception:
            log.exception("a mail could not be kept; the other side keeps it")
            return "451 4.3.0 try again later"
        return "250 2.0.0 kept"


def _keep(raw: bytes, envelope_from: str, envelope_to: list[str]) -> None:
    close_old_connections()
    try:
        actions.take_in(
            raw, way=InMail.Way.SMTP, now=timezone.now(), envelope_from=envelope_from, envelope_to=envelope_to
        )
    finally:
        close_old_connections()


class Delivery(LMTP):
    """A conversation of a delivery agent: after a mail it waits for one answer per recipient (RFC 2033, 4.2)."""

    _owed = 0

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        """Take a mail in, and answer as often as it has recipients."""
        self._owed = len(self.envelope.rcpt_tos) if self.envelope else 0
        await super().smtp_DATA(arg)
        self._owed = 0

    async def push(self, status: Any) -> None:
        """Say a line; what is said of a whole mail, once for each recipient. "354" only asks for the mail."""
        times = self._owed if self._owed and not str(status).startswith("354") else 1
        for _recipient in range(times):
            await super().push(status)
        if times > 1:
            self._owed = 0


class Listener(Controller):
    """The listener in a thread of its own; `lmtp` speaks as a delivery agent is spoken to."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self._lmtp = lmtp
        super().__init__(Desk(), hostname=host, port=port, ready_timeout=10)

    def factory(self) -> SMTP:
        """Make one conversation."""
        kind = Delivery if self._lmtp else SMTP
        return kind(
            self.handler,
            data_size_limit=rules.STORED_MOST,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname(),
            ident="Engage",
            timeout=120,
        )
