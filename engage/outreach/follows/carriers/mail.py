"""Mail: one SMTP connection for a batch, each step of the exchange taken by itself.

Up to the first byte of the text nothing was handed over, and the letter can go again. After the server's answer it is
sent or refused. In between it is uncertain: the server may have it, so it is listed and not sent again blindly.
"""

from __future__ import annotations

import smtplib
import time
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from engage.errors import Refused
from engage.outreach.follows import letters, links, rules
from engage.outreach.follows.carriers import Away, Job, Outcome, State


class _Broken(Exception):
    """The connection broke before anything of the letter was handed over."""


class MailCarrier:
    """Sends through Django's mail backend; of SMTP it takes the steps itself."""

    def __init__(self) -> None:
        self.away = ""
        self.backend: Any = get_connection(timeout=settings.MAILING_SMTP_SECONDS)
        self.sender = sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8")
        self.is_fresh = True

    def __enter__(self) -> MailCarrier:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> None:
        try:
            self.backend.open()
        except OSError as exc:  # smtplib's errors are OSErrors, too
            self._close()
            raise Away(f"{type(exc).__name__}: {exc}"[:200]) from exc
        self.is_fresh = True

    def _close(self) -> None:
        with suppress(OSError):
            self.backend.close()
        if isinstance(self.backend, EmailBackend):
            self.backend.connection = None

    def deliver(self, jobs: list[Job], *, until: float) -> list[Outcome]:
        """Hand letters over one by one; after a break one new connection is tried."""
        outcomes: list[Outcome] = []
        for job in jobs:
            if self.away or time.monotonic() > until:
                outcomes.append(Outcome(job.recipient_id, State.QUEUED, "later"))
            else:
                outcomes.append(self._one(job))
        return outcomes

    def written(self, job: Job) -> EmailMessage:
        """Return the letter of a job; other rooms' letters have other words."""
        return _letter(job)

    def _one(self, job: Job) -> Outcome:
        try:
            letter = self.written(job)
            raw: bytes = letter.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            address = sanitize_address(letter.to[0], "utf-8")
        except Refused as refused:  # the key of the address is gone
            return Outcome(job.recipient_id, State.FAILED, refused.code)
        except ValueError:
            return Outcome(job.recipient_id, State.FAILED, "cannot_be_written", bounce="hard")
        for _turn in range(2):
            try:
                if not isinstance(self.backend, EmailBackend):
                    return self._other(job, letter)
                return self._smtp(job, parseaddr(address)[1] or address, raw)
            except _Broken as broken:
                if not self._again(broken):
                    break
        return Outcome(job.recipient_id, State.QUEUED, self.away or "later")

    def _again(self, broken: _Broken) -> bool:
        """Open a new connection, unless this one was new: servers close one after so many letters."""
        was_fresh = self.is_fresh
        self._close()
        if was_fresh:
            self.away = str(broken)[:200]
            return False
        try:
            self._open()
        except Away as away:
            self.away = str(away)
            return False
        return True

    def _other(self, job: Job, letter: EmailMessage) -> Outcome:
        """Hand over to a backend that is no SMTP server (files, memory)."""
        try:
            self.backend.send_messages([letter])
        except OSError as exc:
            raise _Broken(type(exc).__name__) from exc
        return Outcome(job.recipient_id, State.SENT)

    def _smtp(self, job: Job, address: str, raw: bytes) -> Outcome:
        server: smtplib.SMTP = self.backend.connection
        try:
            if server is None:
                raise _Broken("closed")
            code, said = server.mail(parseaddr(self.sender)[1])
            if code != 250:  # the server does not want us: no fault of this letter's
                raise _Broken(f"MAIL {code} {_text(said)}")
            code, said = server.rcpt(address)
            if code == 421:
                raise _Broken(f"RCPT {code}")
            if code not in (250, 251):
                server.rset()
                return _refused(job, code, _text(said))
            code, said = server.docmd("DATA")
            if code == 421:
                raise _Broken(f"DATA {code}")
            if code != 354:
                server.rset()
                return _refused(job, code, _text(said), of_address=False)
        except (OSError, smtplib.SMTPException, UnicodeError) as exc:
            raise _Broken(f"{type(exc).__name__}") from exc
        try:
            server.send(_dotted(raw))
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException):
            self._close()
            self._again_quietly()
            return Outcome(job.recipient_id, State.UNCERTAIN, "no_answer")
        self.is_fresh = False
        if code == 250:
            return Outcome(job.recipient_id, State.SENT)
        return _refused(job, code, _text(said), of_address=False)

    def _again_quietly(self) -> None:
        try:
            self._open()
        except Away as away:
            self.away = str(away)


def _text(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:100]


def _dotted(raw: bytes) -> bytes:
    """Return the text as it goes over the line: each first dot doubled, ended by a dot."""
    body = raw.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(job: Job, code: int, said: str, *, of_address: bool = True) -> Outcome:
    kind = rules.bounce_kind(code, said)
    error = f"{code} {said}"[:120]
    if kind == "wait":
        return Outcome(job.recipient_id, State.QUEUED, error, wait=300, tried=True)
    return Outcome(job.recipient_id, State.FAILED, error, bounce=kind if of_address else "")


def _letter(job: Job) -> EmailMessage:
    follower = job.follower
    assert follower.contact is not None
    host = links.message_id(0, 0).partition("@")[2].rstrip(">")
    headers = {
        "Message-ID": links.message_id(job.mailing_id, follower.pk),
        "List-Id": f"<follow.{host}>",
        "List-Unsubscribe": f"<{letters.one_click(follower)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    return EmailMessage(
        " ".join(job.subject.split()), job.body + letters.foot(follower), to=[follower.contact.email], headers=headers
    )
