"""Every write of the platform's share in a submission: opening, withdrawing, moderating, contact, mail, files."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from engage import rows
from engage.accounts.actors import SYSTEM, Actor, ReceiptHolder, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import kinds, moderation, outgoing, retention, timeline
from engage.participation.models import (
    Attachment,
    Consent,
    ConsentText,
    Contact,
    Moderated,
    ModerationState,
    OutgoingMail,
    Submission,
)
from engage.participation.rules import code_digest, external_token, retention_end, token_digest, tracking_code
from engage.participation.vault import blind_index, normalised_email

if TYPE_CHECKING:
    from engage.participation.attachments import Inspected

log = logging.getLogger(__name__)

MAIL_TRIES = 12
# Longer than a batch can take, even when every letter of it runs into the timeout.
MAIL_CLAIM = timedelta(minutes=10)
# How long a mail server that could not be reached is left alone.
MAIL_AWAY_PAUSE = timedelta(seconds=15)
# How long the outbox keeps the address of a letter that could not be sent at once.
LETTER_KEPT = timedelta(days=1)
_MAIL_AWAY = "mail-server-away-until"


@dataclass(frozen=True)
class Envelope:
    """What comes with every submission, whatever its kind.

    `token` is the form's one-time token: the same token always means the same submission. `consents` are codes of
    consent texts, of which the newest counts, or the key of the very version that was shown; `flagged` marks what looks
    automatic. `number` is given by a self-test only, which is rolled back: it must not use up a number of people's
    receipts, and a sequence of PostgreSQL does not roll back.
    """

    token: UUID
    language: str
    received_at: datetime
    channel: str = "web"
    name: str = ""
    email: str = ""
    phone: str = ""
    region: str = ""
    capacity: str = ""
    signature: str = ""
    consents: tuple[str | int, ...] = field(default_factory=tuple)
    flagged: bool = False
    number: int | None = None

    @cached_property
    def code(self) -> str:
        """The tracking code that belongs to the token."""
        return tracking_code(self.token.bytes, settings.TRACKING_KEY)

    @cached_property
    def digest(self) -> str:
        """The stored, keyed hash of the token."""
        return token_digest(self.token.bytes, settings.TRACKING_KEY)


def once(
    envelope: Envelope, create: Callable[[], Submission], *, together: bool = False, alone: bool = False
) -> Submission:
    """Return the submission of this token, creating it in one transaction if it does not exist.

    Two equal requests at the same moment both get the one that was committed first. `together`: what `create` writes
    by `rows.write` stands in the database only when it has returned, so it must not read that back. `alone`: it writes
    nothing else, so that one statement can be the whole transaction.
    """
    drawn: tuple[type[Model], ...] = ()
    if together:
        drawn = (Contact,) if envelope.number else (Contact, Submission)
    try:
        with nullcontext() if alone and rows.are_one_statement() else transaction.atomic():
            known, numbers = rows.found_or_drawn(Submission, "token_digest", envelope.digest, *drawn)
            if known is not None:
                return Submission.objects.get(pk=known)
            if not together:
                return create()
            with rows.together(numbers):
                return create()
    except IntegrityError:
        return Submission.objects.get(token_digest=envelope.digest)


def token_of(scope: str, external_id: str) -> UUID:
    """Return the token of what came on another way: the same name in the same scope is the same submission."""
    return UUID(bytes=external_token(scope, external_id, settings.TRACKING_KEY))


def known_tokens(envelopes: Sequence[Envelope]) -> set[UUID]:
    """Return the tokens whose submission exists already."""
    digests = {envelope.digest: envelope.token for envelope in envelopes}
    wanted = list(digests)
    found: set[UUID] = set()
    for start in range(0, len(wanted), 500):
        rows = Submission.objects.filter(token_digest__in=wanted[start : start + 500])
        found.update(digests[digest] for digest in rows.values_list("token_digest", flat=True))
    return found


def open_submission(kind: str, envelope: Envelope, *, actor: Actor, department_id: int | None = None) -> Submission:
    """Write the submission row with contact, consents, first timeline entry and journal row.

    Runs inside the caller's transaction (see `once`). Returns the row, whose `reference` is the receipt's.
    """
    registered = kinds.get(kind)
    submission = rows.new(
        Submission,
        pk=envelope.number or rows.number(Submission),
        kind=kind,
        letter=registered.letter,
        year=timezone.localtime(envelope.received_at).year,
        received_at=envelope.received_at,
        token_digest=envelope.digest,
        code_digest=code_digest(envelope.code, settings.TRACKING_KEY),
        channel=envelope.channel,
        language=envelope.language,
        region=envelope.region,
        capacity=envelope.capacity,
        signature=envelope.signature,
        flagged=envelope.flagged,
        contact=_contact(envelope),
        department_id=department_id,
    )
    rows.write(submission)
    if envelope.consents:
        _consent(submission, envelope)
    timeline.add(submission, "received", at=envelope.received_at)
    journal.record(actor, f"{kind}.received", submission, channel=envelope.channel)
    return submission


def _contact(envelope: Envelope) -> Contact | None:
    if not (envelope.name or envelope.email or envelope.phone):
        return None
    email = normalised_email(envelope.email)
    contact = rows.new(
        Contact,
        pk=rows.number(Contact),
        name=envelope.name,
        email=envelope.email.strip(),
        phone=envelope.phone,
        email_index=blind_index("email", email) if email else "",
        delete_after=retention_end(envelope.received_at, settings.CONTACT_RETENTION_DAYS),
    )
    rows.write(contact)
    return contact


def _consent(submission: Submission, envelope: Envelope) -> None:
    codes = {one for one in envelope.consents if isinstance(one, str)}
    newest = _consent_texts(envelope.received_at) if codes else {}
    if missing := codes - set(newest):
        raise Refused("consent_text_missing", codes=", ".join(sorted(missing)))
    rows.write(
        *(
            Consent(
                submission_id=submission.pk,
                text_id=newest[one] if isinstance(one, str) else one,
                given_at=envelope.received_at,
            )
            for one in envelope.consents
        )
    )


def consent_text(code: str, text_zh: str, text_en: str) -> ConsentText:
    """Return the version of a consent text that has these words; a new one where nobody was shown them before."""
    same = ConsentText.objects.filter(code=code, text_zh=text_zh, text_en=text_en).order_by("-version")
    found = same.first()
    while found is None:
        newest = ConsentText.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
        try:
            with transaction.atomic():
                made = ConsentText.objects.create(
                    code=code, version=(newest or 0) + 1, text_zh=text_zh, text_en=text_en
                )
                journal.record(SYSTEM, "consent.worded", made, code=code, version=made.version)
                return made
        except IntegrityError:  # another process wrote the next version in this very moment
            found = same.first()
    return found


def _consent_texts(at: datetime) -> dict[str, int]:
    """Return code to the key of the newest text in force at a moment; the list is kept for a minute."""
    rows = cache.get("consent-texts")
    if rows is None:
        rows = list(ConsentText.objects.order_by("version").values_list("code", "pk", "valid_from"))
        cache.set("consent-texts", rows, 60)
    return {code: key for code, key, valid_from in rows if valid_from <= at}


def check_holder(actor: Actor, submission: Submission) -> None:
    """Let only the holder of the receipt act as its sender; raises Refused("not_allowed")."""
    if not (isinstance(actor, ReceiptHolder) and actor.submission_id == submission.pk):
        raise Refused("not_allowed")


@transaction.atomic
def withdraw(submission_id: int, *, actor: Actor) -> Submission:
    """Withdraw a submission for its sender; it stays in the record and no longer counts or shows."""
    submission = Submission.objects.visible_to(actor).select_for_update().get(pk=submission_id)
    check_holder(actor, submission)
    if submission.state == Submission.State.WITHDRAWN:
        return submission
    submission.state = Submission.State.WITHDRAWN
    submission.save(update_fields=["state"])
    timeline.add(submission, "withdrawn")
    journal.record(actor, f"{submission.kind}.withdrawn", submission)
    return submission


@transaction.atomic
def moderate(item: Moderated, decision: str, *, reason: str = "", actor: Actor) -> Moderated:
    """Publish, keep private, reject or hold one moderated thing.

    Raises Refused("not_allowed") for anybody but an officer, approver or administrator,
    Refused("reason_missing") for a rejection without one of `moderation.REASONS`, Refused("confidential_stays") for
    the publication of what its sender asked to be kept from the public.
    """
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        raise Refused("not_allowed")
    if decision not in ModerationState:
        raise Refused("unknown_decision", decision=decision)
    if decision == ModerationState.REJECTED and reason not in moderation.REASONS:
        raise Refused("reason_missing")
    locked = type(item)._default_manager.select_for_update().get(pk=item.pk)
    source = moderation.source_of(locked)
    if source.decisions and decision not in source.decisions(locked):
        raise Refused("confidential_stays")
    before = locked.moderation_state
    if before == decision and locked.moderation_reason == reason:
        return locked
    locked.moderation_state = decision
    locked.moderation_reason = reason if decision == ModerationState.REJECTED else ""
    locked.moderated_at = timezone.now()
    locked.moderated_by = actor if isinstance(actor, User) else None
    locked.save(update_fields=["moderation_state", "moderation_reason", "moderated_at", "moderated_by"])
    timeline.add(locked.submission, f"moderated_{decision}")
    journal.record(actor, f"moderation.{decision}", locked, before=before, reason=reason)
    if source.changed:
        source.changed(locked)
    return locked


def attach(submission: Submission, inspected: Inspected, content: bytes, *, actor: Actor) -> Attachment:
    """Store a checked file with its hidden data taken out, inside the caller's transaction.

    The file is written before the row is committed; a roll-back leaves at most an unreferenced file that
    `tasks.sweep_files` removes.
    """
    # Its image and PDF libraries cost every start a third of a second; only storing a file needs them.
    from engage.participation.attachments import sanitise

    check_holder(actor, submission)
    clean = sanitise(inspected, content)
    attachment = Attachment(
        submission=submission,
        name=inspected.safe_name,
        media_type=inspected.media_type,
        size=len(clean),
        sha256=inspected.sha256,
        state=Attachment.State.CLEAN,
    )
    attachment.file.save(inspected.safe_name, ContentFile(clean), save=False)
    attachment.save()
    journal.record(actor, "attachment.stored", attachment, sha256=inspected.sha256, size=len(clean))
    return attachment


def enqueue_mail(submission: Submission, *, subject: str, body: str, about: str = "") -> OutgoingMail | None:
    """Write a letter to the sender's address into the outbox, in the caller's transaction; None without address."""
    if submission.contact is None or not submission.contact.email:
        return None
    return enqueue_letter(submission.contact, subject=subject, body=body, submission=submission, about=about)


def enqueue_letter(
    contact: Contact,
    *,
    subject: str,
    body: str,
    html: str = "",
    submission: Submission | None = None,
    unsubscribe: str = "",
    about: str = "",
) -> OutgoingMail:
    """Write a letter to a contact into the outbox, in the caller's transaction.

    `html`: the same words with their looks, where there are any. `unsubscribe`: of a letter to a list, the address
    that ends it when a mail program posts there (RFC 8058). `about`: by what `stop_letters` finds it.
    """
    # A title can hold a line break; a header cannot, and a letter that cannot be sent would wait for ever.
    subject = " ".join(subject.split())
    letter = rows.new(
        OutgoingMail,
        contact=contact,
        submission=submission,
        about=about,
        subject=subject,
        body=body,
        html=html,
        unsubscribe=unsubscribe,
    )
    rows.write(letter)
    return letter


def stop_letters(about: str) -> int:
    """Take the letters about something that were not sent yet out of the outbox; returns how many."""
    return OutgoingMail.objects.filter(about=about, sent_at=None).delete()[0]


def send_letter(letter: EmailMessage, *, now: datetime) -> bool:
    """Send a letter that somebody waits for, a sign-in code, at once; tells whether it left.

    While the mail server cannot be reached, or does not take it, the letter goes into the outbox instead and its
    address is forgotten after a day.
    """
    if now >= cache.get(_MAIL_AWAY, now):
        post = get_connection()
        if _reached(post, now):
            letter.connection = post
            try:
                letter.send()
            except OSError as exc:
                log.warning("letter kept for later: %s", type(exc).__name__)
            else:
                return True
            finally:
                _close(post)
    html = next((str(part.content) for part in getattr(letter, "alternatives", []) if part.mimetype == "text/html"), "")
    with transaction.atomic():
        for email in letter.to:
            contact = Contact.objects.create(email=email, delete_after=now + LETTER_KEPT)
            enqueue_letter(contact, subject=str(letter.subject), body=str(letter.body), html=html)
    return False


def deliver_mail(*, now: datetime, limit: int = 50) -> int:
    """Send what waits in the outbox; returns how many letters went out.

    Letters are claimed in one short transaction, sent outside of any, and marked one by one: a mail server that hangs
    must never hold up what people send us. While the server cannot be reached no letter is touched, so none uses up
    its tries; a letter that the server turns down waits longer each time (1, 2, 4 ... minutes, at most 12 tries).
    A worker killed between sending and marking leaves a letter that goes out again when its claim is over, with the
    same Message-ID.
    """
    if now < cache.get(_MAIL_AWAY, now):
        return 0
    if not _waiting_mail(now).exists():
        return 0
    post = get_connection()
    if not _reached(post, now):
        return 0
    claimed, sent = _claim(now, limit), 0
    try:
        for place, mail_id in enumerate(claimed):
            if not _reached(post, now):
                OutgoingMail.objects.filter(pk__in=claimed[place:]).update(next_try_at=now)
                break
            sent += _deliver(post, mail_id, now)
    finally:
        _close(post)
    return sent


def _reached(post: BaseEmailBackend, now: datetime) -> bool:
    """Connect unless connected; after a failure the server is left alone for a while."""
    try:
        post.open()
    except OSError as exc:  # smtplib's errors are OSErrors, too
        cache.set(_MAIL_AWAY, now + MAIL_AWAY_PAUSE, MAIL_AWAY_PAUSE.total_seconds())
        log.warning("mail server not reached: %s", exc)
        return False
    return True


def hurry_mail(*, now: datetime) -> int:
    """Let every letter that waits for its next try go out now: the mail server works again. Returns how many."""
    cache.delete(_MAIL_AWAY)
    held = OutgoingMail.objects.filter(sent_at__isnull=True, next_try_at__gt=now + MAIL_CLAIM, tries__lt=MAIL_TRIES)
    return held.update(next_try_at=now)


def _waiting_mail(now: datetime) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(Q(sent_at__isnull=True), next_try_at__lte=now, tries__lt=MAIL_TRIES)


@transaction.atomic
def _claim(now: datetime, limit: int) -> list[int]:
    """Take letters so that no other worker sends them meanwhile."""
    free = _waiting_mail(now).select_for_update(skip_locked=True).order_by("next_try_at", "pk")
    claimed = list(free.values_list("pk", flat=True)[:limit])
    OutgoingMail.objects.filter(pk__in=claimed).update(next_try_at=now + MAIL_CLAIM)
    return claimed


def _deliver(post: BaseEmailBackend, mail_id: int, now: datetime) -> int:
    try:
        return _send(post, mail_id, now)
    except Refused as refused:  # the key of this letter or of its address is gone: the others go out
        _try_later(mail_id, now, refused.code)
    except (OSError, ValueError) as exc:  # smtplib's errors and broken connections; a header that cannot be written
        _try_later(mail_id, now, type(exc).__name__)
        if not isinstance(exc, SMTPRecipientsRefused):
            _close(post)
    return 0


def _send(post: BaseEmailBackend, mail_id: int, now: datetime) -> int:
    mail = OutgoingMail.objects.select_related("contact").filter(pk=mail_id, sent_at__isnull=True).first()
    if mail is None:
        return 0
    headers = _headers(mail)
    dress = outgoing.dress_of(mail, headers["Message-ID"], now)
    if dress.stopped:
        waiting = OutgoingMail.objects.filter(pk=mail_id)
        waiting.update(tries=MAIL_TRIES, last_error=dress.stopped, subject="", body="", html="", unsubscribe="")
        return 0
    headers |= dress.headers
    if dress.returns_to:  # the sender of the envelope; the reader sees the house as always
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    letter = EmailMultiAlternatives(
        mail.subject,
        mail.body,
        from_email=dress.returns_to or None,
        to=[mail.contact.email],
        headers=headers,
        connection=post,
    )
    if mail.html:
        letter.attach_alternative(mail.html, "text/html")
    letter.send()
    OutgoingMail.objects.filter(pk=mail_id).update(sent_at=now, subject="", body="", html="", unsubscribe="")
    return 1


def _try_later(mail_id: int, now: datetime, error: str) -> None:
    waiting = OutgoingMail.objects.filter(pk=mail_id)
    tries = sum(waiting.values_list("tries", flat=True)) + 1
    later = now + timedelta(minutes=2 ** min(tries - 1, 9))
    waiting.update(tries=tries, next_try_at=later, last_error=error)


def _close(post: BaseEmailBackend) -> None:
    """Hang up; a server that has hung up already is no fault."""
    with suppress(OSError):
        post.close()


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """Return the letter's lasting name, so that a letter sent twice is known as one, and the way off its list."""
    own = hmac.digest(settings.INDEX_KEY.encode(), f"mail:{mail.pk}".encode(), "sha256").hex()[:32]
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return {"Message-ID": f"<{own}@{host}>", **_list_headers(mail)}


def _list_headers(mail: OutgoingMail) -> dict[str, str]:
    """Return what tells the reader's mail program how to leave the list (RFC 2369, RFC 8058)."""
    if not mail.unsubscribe:
        return {}
    return {"List-Unsubscribe": f"<{mail.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@transaction.atomic
def renew_code(submission_id: int, token: UUID, *, actor: Actor) -> str:
    """Give a submission a new tracking code for somebody who opened the link sent to the address on file.

    Returns the code; the old one stops working.
    """
    submission = Submission.objects.visible_to(actor).select_for_update().get(pk=submission_id)
    check_holder(actor, submission)
    code = tracking_code(token.bytes, settings.TRACKING_KEY)
    submission.code_digest = code_digest(code, settings.TRACKING_KEY)
    submission.save(update_fields=["code_digest"])
    timeline.add(submission, "code_renewed")
    journal.record(actor, f"{submission.kind}.code_renewed", submission)
    return code


@transaction.atomic
def delete_expired_contacts(*, now: datetime, limit: int = 500, actor: Actor) -> int:
    """Delete contact data whose retention date has passed; returns how many. Submissions stay, without contact."""
    due = list(Contact.objects.filter(delete_after__lte=now).values_list("pk", flat=True)[:limit])
    if due:
        retention.forget(due, now)
        Contact.objects.filter(pk__in=due).delete()
        journal.record(actor, "contact.expired", "participation.contact:all", n=len(due))
    return len(due)
