"""Every read of mail: what waits, one mail as it is understood now, what went out in a case and how it fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext

from engage.accounts.actors import Actor
from engage.desk.registry import State
from engage.participation.actions import MAIL_TRIES
from engage.participation.models import OutgoingMail
from mailbox.access import may_read_contact, standing_of
from mailbox.models import Case
from mailbox.post import reading
from mailbox.post.models import DeadAddress, InMail, OutMail
from mailbox.post.reading import Mail
from mailbox.post.words import FAULTS, FILE_LEFT, NOT_TAKEN, REASONS, WHY

VIEWS = ("waiting", "automatic", "spam", "all")
PAGE = 50


@dataclass(frozen=True)
class Shown:
    """One mail of a list, in words; `left` are the files that did not come into its case, each with why."""

    row: InMail
    why: str | Promise
    left: Sequence[tuple[str, str | Promise]] = ()


@dataclass(frozen=True)
class Opened:
    """One mail as it is read now; `files` are (name, type, bytes, why it is not among the case's files)."""

    row: InMail
    mail: Mail
    why: str | Promise
    faults: Sequence[str | Promise]
    files: Sequence[tuple[str, str, int, str | Promise]]
    headers: str
    may_show_sender: bool


@dataclass(frozen=True)
class Outgoing:
    """One letter of a case and how it fared."""

    at: datetime
    title: str
    words: str | Promise
    state: State
    note: str | Promise = ""
    said: str = ""


def mails(actor: Actor, view: str = "waiting", *, before: int | None = None) -> list[Shown]:
    """List the mails of a view, the newest first, from below a number on."""
    rows = InMail.objects.visible_to(actor).select_related("case__submission", "hint__submission")
    if view == "waiting":
        rows = rows.waiting()
    elif view == "automatic":
        rows = rows.filter(state__in=(InMail.State.AUTOMATIC, InMail.State.BOUNCE))
    elif view == "spam":
        rows = rows.filter(state=InMail.State.SPAM)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [Shown(row, WHY.get(row.why, "")) for row in rows.order_by("-pk")[:PAGE]]


def opened(pk: int, actor: Actor) -> Opened | None:
    """Return one mail with what is in it; None for one the actor does not see."""
    related = ("case__submission", "case__triage", "case__lead", "case__reviewer", "hint__submission")
    row = InMail.objects.visible_to(actor).select_related(*related).filter(pk=pk).first()
    if row is None:
        return None
    raw = row.raw()
    mail = reading.read_mail(raw, null_sender=row.null_sender)
    left = dict(files_left(row))
    files = [(one.name, one.type, one.size, left.get(one.name, "")) for one in mail.attachments[:200]]
    faults = [FAULTS[code] for code in mail.errors if code in FAULTS]
    may_show = may_show_sender(row, actor)
    return Opened(row, mail, WHY.get(row.why, ""), faults, files, _headers(raw), may_show)


def files_left(row: InMail) -> list[tuple[str, str | Promise]]:
    """Return the names of the files of a mail that were not taken into its case, each with why."""
    return [(one["name"], FILE_LEFT.get(one["why"], NOT_TAKEN)) for one in row.files_left]


def may_show_sender(row: InMail, actor: Actor) -> bool:
    """Tell whether who sent a mail is there for the actor: of one in a case, as the case's contact is."""
    if row.is_open_about_sender or row.case is None:
        return True
    return may_read_contact(row.case, standing_of(row.case, actor))


def _headers(raw: bytes) -> str:
    end = min((place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0), default=len(raw))
    return raw[: min(end, 65_536)].decode("utf-8", "replace").replace("\r", "")


def of_case(case: Case) -> dict[str, Any]:
    """Return the mails of a case for somebody who stands in it: what went out, what came, a dead address."""
    letters = OutgoingMail.objects.filter(submission_id=case.pk).select_related("out").order_by("created_at", "pk")
    sent = list(letters[:100])
    # The page of a case knows whether there is any.
    has_any = getattr(case, "has_mail_in", True)
    incoming = InMail.objects.filter(case=case).order_by("received_at", "pk")[:100] if has_any else ()
    hard = any(out.hard for out in (getattr(one, "out", None) for one in sent) if out is not None)
    contact = case.submission.contact
    return {
        "sent": [_outgoing(one) for one in sent],
        "incoming": [Shown(row, WHY.get(row.why, ""), files_left(row)) for row in incoming],
        "dead": hard and contact is not None and DeadAddress.objects.filter(address_index=contact.email_index).exists(),
    }


def _outgoing(letter: OutgoingMail) -> Outgoing:
    out: OutMail | None = getattr(letter, "out", None)
    title = letter.subject or (out.title if out else "")
    at = letter.sent_at or letter.created_at
    if out is not None and out.state != OutMail.State.LEFT and (letter.sent_at or out.state == OutMail.State.STOPPED):
        state: State = "ok" if out.state == OutMail.State.DELIVERED else "warn"
        state = "bad" if out.state in (OutMail.State.BOUNCED, OutMail.State.STOPPED) else state
        return Outgoing(at, title, out.get_state_display(), state, REASONS.get(out.reason, ""), out.said)
    if letter.sent_at:
        return Outgoing(at, title, pgettext("letter", "handed to the mail server"), "ok")
    if letter.tries >= MAIL_TRIES:
        return Outgoing(at, title, pgettext("letter", "given up"), "bad")
    if letter.tries:
        return Outgoing(at, title, pgettext("letter", "not taken yet; tried again"), "warn")
    return Outgoing(at, title, pgettext("letter", "waiting to be sent"), "")
