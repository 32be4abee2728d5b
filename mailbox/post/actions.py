"""Every write of mail. A mail is kept as it came, then read; both can be done again without doubling anything."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from engage.accounts.actors import SYSTEM, Actor, ReceiptHolder
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.follows.actions.bounces import bounced_letter
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import Submission
from engage.participation.rules import parse_reference, retention_end
from engage.participation.vault import blind_index, normalised_email
from mailbox import actions as cases
from mailbox.letterbox.actions import add_information
from mailbox.machine import Phase
from mailbox.models import Case, Message, Party
from mailbox.post import reading, rules
from mailbox.post.dress import own_address
from mailbox.post.models import AutoAnswer, DeadAddress, InMail, OutMail, Report, cases_of, reads_post
from mailbox.post.queries import may_show_sender
from mailbox.post.reading import Bounce, Mail
from mailbox.post.reading.automatic import Kind
from mailbox.post.reading.reasons import OF_THE_ADDRESS
from mailbox.queries import possible_steps
from mailbox.rules import TEXT_MOST, TITLE_MOST

log = logging.getLogger(__name__)

SENDER_MOST, SUBJECT_MOST, ID_MOST = 320, 500, 255
# Where a mail's case was read from.
BY_ADDRESS, BY_LETTER = "address", "letter"


# --- taking in -------------------------------------------------------------------------------------------------------


def take_in(raw: bytes, *, way: str, now: datetime, envelope_from: str = "", envelope_to: Sequence[str] = ()) -> InMail:
    """Keep a mail as it came; nothing reads it yet. The same bytes again are the same row.

    Raises Refused("mail_too_large", most=...) past what is kept at all, Refused("mail_empty").
    """
    if len(raw) > rules.STORED_MOST:
        raise Refused("mail_too_large", most=rules.STORED_MOST // (1024 * 1024))
    if not raw.strip():
        raise Refused("mail_empty")
    key = hashlib.sha256(raw).hexdigest()
    found = InMail.objects.filter(key=key).first()
    if found is not None:
        return found
    row = InMail(
        key=key,
        size=len(raw),
        way=way,
        envelope_from=envelope_from[:SENDER_MOST],
        envelope_to="\n".join(envelope_to)[:4000],
        received_at=now,
        delete_after=retention_end(now, settings.CONTACT_RETENTION_DAYS),
    )
    try:
        with transaction.atomic():
            row.file.save(f"{key[:32]}.eml", ContentFile(raw), save=False)
            row.save()
            journal.record(SYSTEM, "mail.taken_in", row, sha256=key, size=len(raw), way=way)
    except IntegrityError:  # the same mail came on two ways at the same moment
        return InMail.objects.get(key=key)
    return row


# --- reading ---------------------------------------------------------------------------------------------------------


def read_new(*, now: datetime, limit: int = 50) -> int:
    """Read what was taken in, each in a transaction of its own; returns how many. Safe to run twice, and killed.

    A mail at which the program fails waits for a person, so that those behind it are read; the fault is logged.
    """
    waiting = InMail.objects.filter(state=InMail.State.NEW).order_by("pk")
    read = 0
    for pk in waiting.values_list("pk", flat=True)[:limit]:
        try:
            read += read_one(pk, now=now)
        except OperationalError:  # the database is away or busy: the mail stays new
            raise
        except Exception:
            log.exception("mail %s cannot be read", pk)
            read += _put_aside(pk, now=now)
    return read


def _put_aside(mail_id: int, *, now: datetime) -> int:
    waiting = InMail.objects.filter(pk=mail_id, state=InMail.State.NEW)
    return waiting.update(state=InMail.State.NEEDS_READING, why="failed", read_at=now)


@transaction.atomic
def read_one(mail_id: int, *, now: datetime) -> int:
    """Read one new mail and do what follows from it. A worker killed meanwhile leaves it new."""
    row = InMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=mail_id).first()
    if row is None or row.state != InMail.State.NEW:
        return 0
    mail = _understood(row)
    row.message_id = mail.message_id[:ID_MOST]
    row.sender = _shown(mail)[:SENDER_MOST]
    row.subject = mail.subject[:SUBJECT_MOST]
    row.sender_index = index_of(mail.sender) if mail.sender else ""
    row.faults = list(mail.errors)
    row.read_at = now
    _settle(row, mail, now)
    row.save()
    journal.record(
        SYSTEM, f"mail.{row.state}", row, why=row.why, case=row.case_id, automatic=str(mail.automatic), size=row.size
    )
    return 1


def _understood(row: InMail) -> Mail:
    return reading.read_mail(row.raw(), null_sender=row.null_sender)


def index_of(address: str) -> str:
    """Return the keyed hash under which contacts keep an address, too."""
    return blind_index("email", normalised_email(address))


def _shown(mail: Mail) -> str:
    return f"{mail.name} <{mail.sender}>" if mail.name and mail.sender else mail.sender or mail.name


def _settle(row: InMail, mail: Mail, now: datetime) -> None:
    """Decide what a mail is, in this order: twice, a report, a program's, somebody's."""
    if _came_before(row):
        row.state = InMail.State.DUPLICATE
        return
    case, way, forged, party = _match(row, mail)
    row.case = case
    if mail.bounces:
        _note_reports(row, mail, now)
        row.state = InMail.State.BOUNCE if mail.is_bounce else InMail.State.AUTOMATIC
    elif _is_programs(mail, case) or _is_own(mail):
        row.state = InMail.State.AUTOMATIC
    elif forged:
        _to_read(row, "token_wrong")
    elif case is not None:
        _into_case(row, mail, case, way=way, party=party, now=now)
    else:
        _without_case(row, mail, now)


def _came_before(row: InMail) -> bool:
    """Tell whether the same Message-ID was read before: one letter over two ways has other bytes."""
    if not row.message_id:
        return False
    same = InMail.objects.filter(message_id=row.message_id, sender_index=row.sender_index).exclude(pk=row.pk)
    return same.exclude(state__in=(InMail.State.NEW, InMail.State.DUPLICATE, InMail.State.SPAM)).exists()


def _to_read(row: InMail, why: str) -> None:
    row.state, row.why = InMail.State.NEEDS_READING, why


def _is_programs(mail: Mail, case: Case | None) -> bool:
    """Tell whether a program wrote it. The subject alone says so of what answers a case, never of a new letter."""
    return mail.automatic is Kind.AUTO and not (mail.by_subject and case is None)


def _is_own(mail: Mail) -> bool:
    """Tell whether it is a letter of ours that came back to us: nobody answers those."""
    if not mail.message_id:
        return False
    base = own_address().lower()
    return mail.sender.lower() == base or OutMail.objects.filter(message_id=mail.message_id).exists()


def _match(row: InMail, mail: Mail) -> tuple[Case | None, str, bool, str]:
    """Return (case, how it was found, whether an address was forged, whose address it was).

    First the signed address, then the letters it answers; the subject is a hint for a person, the sender alone nothing.
    """
    base = own_address()
    addresses = [*row.envelope_to.split("\n"), *mail.recipients]
    signed = rules.signed_in(addresses, base, settings.INDEX_KEY)
    for one in signed:
        if one.party and (case := _case_by(one.reference)):
            return case, BY_ADDRESS, False, one.party
    if signed:
        row.hint = next((found for one in signed if (found := _case_by(one.reference))), None)
        return None, "", True, ""
    names = [*mail.references, *(one.letter for one in mail.bounces if one.letter)]
    out = OutMail.objects.filter(message_id__in=names).select_related("case").order_by("-at").first()
    if out is not None:
        return out.case, BY_LETTER, False, rules.SENDER
    row.hint = next((found for one in rules.references_in(mail.subject) if (found := _case_by(one))), None)
    return None, "", False, ""


def _case_by(reference: str) -> Case | None:
    parsed = parse_reference(reference)
    if parsed is None:
        return None
    found = Case.objects.select_related("submission").filter(pk=parsed.number).first()
    return found if found is not None and found.reference == str(parsed) else None


# --- reports ---------------------------------------------------------------------------------------------------------


def _note_reports(row: InMail, mail: Mail, now: datetime) -> None:
    """Remember per recipient why a letter came back, at the letter and, where the address is wrong, at the address."""
    for one in mail.bounces:
        if not one.failed and one.reason == "vacation":
            continue
        out = _letter_of(row, one)
        address = index_of(one.recipient) if one.recipient else ""
        Report.objects.get_or_create(
            mail=row,
            address_index=address,
            defaults={"out": out, "reason": one.reason, "hard": one.hard, "dsn": one.dsn[:12], "at": now},
        )
        if out is None:
            # A letter to a follower has a signed name of its own; its bounces are counted there.
            if one.failed and one.letter:
                bounced_letter(one.letter, "hard" if one.hard else "soft", now=now)
            continue
        row.case = row.case or out.case
        _note_at_letter(out, one, now)
        if one.failed and one.reason in OF_THE_ADDRESS and _is_addressee(out, address):
            _bury(address, one.reason, out, now)


def _letter_of(row: InMail, one: Bounce) -> OutMail | None:
    """Find the letter that came back: by its name, else the newest to this recipient in the case of the address."""
    out = OutMail.objects.select_related("case__submission__contact").filter(message_id=one.letter).first()
    if out is not None or row.case is None or not one.recipient:
        return out
    newest = OutMail.objects.select_related("case__submission__contact").filter(case=row.case).last()
    return newest if newest is not None and _is_addressee(newest, index_of(one.recipient)) else None


def _is_addressee(out: OutMail, address: str) -> bool:
    """Tell whether a report is about the address the letter went to: a stranger's report closes no other address."""
    contact = out.letter.contact if out.letter is not None else out.case.submission.contact
    return bool(address) and contact is not None and contact.email_index == address


def _note_at_letter(out: OutMail, one: Bounce, now: datetime) -> None:
    state = OutMail.State.BOUNCED if one.failed else OutMail.State.DELAYED if one.action == "delayed" else ""
    if one.reason == "delivered":
        state = OutMail.State.DELIVERED
    # What arrived or came back for good is not made a delay by a report that was slower.
    if not state or (state == OutMail.State.DELAYED and out.state != OutMail.State.LEFT):
        return
    out.state, out.reason, out.hard = state, one.reason, one.hard
    out.dsn, out.said, out.changed_at = one.dsn[:12], one.said[:300], now
    out.save(update_fields=["state", "reason", "hard", "dsn", "said", "changed_at"])


def _bury(address: str, reason: str, out: OutMail, now: datetime) -> None:
    _row, made = DeadAddress.objects.get_or_create(address_index=address, defaults={"reason": reason, "at": now})
    if made:
        journal.record(SYSTEM, "mail.address_dead", out.case, reason=reason)
        timeline.add(out.case.submission, "mail.address_dead", at=now)


@transaction.atomic
def trust_address(case_id: int, *, actor: Actor) -> None:
    """Let letters go to a case's address again, after somebody made sure that it exists.

    Raises Refused("not_allowed"), Case.DoesNotExist for one in which the actor has no standing.
    """
    case = cases_of(actor).select_related("submission__contact").get(pk=case_id)
    if not isinstance(actor, User) or case.submission.contact is None:
        raise Refused("not_allowed")
    index = case.submission.contact.email_index
    if DeadAddress.objects.filter(address_index=index).delete()[0]:
        journal.record(actor, "mail.address_trusted", case)


# --- into a case -----------------------------------------------------------------------------------------------------


def _into_case(row: InMail, mail: Mail, case: Case, *, way: str, party: str, now: datetime) -> None:
    if mail.automatic is not Kind.HUMAN:
        _to_read(row, "list")
    elif _too_many(row, now):
        _to_read(row, "too_many")
        log.warning("case %s took %s mails within an hour; further ones wait to be read", case.pk, rules.PER_HOUR)
    elif case.state_of.phase is Phase.CLOSED:
        _to_read(row, "case_closed")
    elif rules.is_unreadable(mail.text + mail.quoted, len(mail.attachments)):
        _to_read(row, "unreadable")
    elif not _is_party(case, mail):
        row.state, row.why = InMail.State.FROM_ANOTHER, "another_sender"
        timeline.add(case.submission, "mail.another", at=now)
    elif case.merged_into_id is not None:
        _to_read(row, "case_merged")
    elif not case.at_desk and not _opens_again(case, now):
        _to_read(row, "case_answered")
    else:
        _add(row, mail, case, now)
        _confirm(case, mail, now)


def _opens_again(case: Case, now: datetime) -> bool:
    """Tell whether words after its answer open a case again (`add_information`); else nobody would see them."""
    steps = possible_steps(case, actor=ReceiptHolder(case.pk), now=now)
    return any(one.transition.code == "write_again" and one.refusal is None for one in steps)


def _too_many(row: InMail, now: datetime) -> bool:
    since = now - rules.HOUR
    recent = InMail.objects.filter(case=row.case, received_at__gt=since, state=InMail.State.ADDED)
    return recent.exclude(pk=row.pk).count() >= rules.PER_HOUR


def _is_party(case: Case, mail: Mail) -> bool:
    """Tell whether the sender is one of those who have the case: its contact, or who speaks for a joint one."""
    index = index_of(mail.sender) if mail.sender else ""
    contact = case.submission.contact
    if not index:
        return False
    if contact is not None and contact.email_index == index:
        return True
    return Party.objects.filter(case=case, contact__email_index=index).exists()


def _add(row: InMail, mail: Mail, case: Case, now: datetime) -> None:
    """Make a mail a message of its case, once; its files become files of the case."""
    if row.became is not None:
        row.state = InMail.State.ADDED
        return
    holder = ReceiptHolder(case.pk)
    words = _words(mail, case.submission.language)
    before = set(case.messages.values_list("pk", flat=True))
    add_information(case.pk, words, actor=holder, now=now)
    row.became = Message.objects.filter(case=case).exclude(pk__in=before).order_by("pk").last()
    row.files_left = _take_files(case.submission, mail, holder)
    row.case, row.state, row.why = case, InMail.State.ADDED, ""


def _words(mail: Mail, language: str) -> str:
    """Return the words of a mail as a case keeps them: cut to what a letter may have, the whole is in the raw mail."""
    with translation.override(language):
        text = mail.text.strip() or _("(The mail has no words; see its files.)")
        if len(text) <= TEXT_MOST:
            return text
        note = _("(The mail goes on; all of it is kept.)")
    return f"{text[: TEXT_MOST - len(note) - 2].rstrip()}\n\n{note}"


def _take_files(submission: Submission, mail: Mail, holder: ReceiptHolder) -> list[dict[str, str]]:
    """Keep the files that may be kept, also those of a mail inside it; return the names of the others with why.

    None is lost: the raw mail has all.
    """
    from engage.participation.attachments import inspect

    left: list[dict[str, str]] = []
    if "too_large" in mail.errors:
        return [{"name": one.name, "why": "mail_not_opened"} for one in mail.attachments[:100]]
    known = set(submission.attachments.values_list("sha256", flat=True))
    for number, one in enumerate(mail.attachments):
        if number >= FILES_MOST:
            left.append({"name": one.name, "why": "too_many_files"})
            continue
        content = one.content()
        try:
            inspected = inspect(BytesIO(content), name=one.name)
            if inspected.sha256 not in known:
                participation.attach(submission, inspected, content, actor=holder)
                known.add(inspected.sha256)
        except Refused as refusal:
            left.append({"name": one.name, "why": refusal.code})
    return left[:100]


FILES_MOST = 20


def _without_case(row: InMail, mail: Mail, now: datetime) -> None:
    """A mail that belongs to no case: a new letter, or something for a person to look at."""
    words = mail.text + mail.quoted
    if mail.by_subject:
        _to_read(row, "by_subject")
    elif mail.automatic is not Kind.HUMAN:
        _to_read(row, "list")
    elif not mail.sender:
        _to_read(row, "no_sender")
    elif rules.is_unreadable(words, len(mail.attachments)):
        _to_read(row, "unreadable")
    elif mail.references and row.hint is None and not mail.text.strip():
        _to_read(row, "unreadable")
    elif row.hint is not None:
        _to_read(row, "reference_only")
    elif not _is_to_us(row, mail):
        _to_read(row, "not_to_us")
    elif _writes_often(row, now):
        _to_read(row, "too_many")
        log.warning("more than %s new letters within an hour from one address; they wait", rules.NEW_PER_HOUR)
    else:
        _open(row, mail, actor=SYSTEM, now=now)


def _is_to_us(row: InMail, mail: Mail) -> bool:
    base = own_address().lower()
    if not base:
        return False
    return base in {one.strip().lower() for one in (*row.envelope_to.split("\n"), *mail.recipients)}


def _writes_often(row: InMail, now: datetime) -> bool:
    since = now - rules.HOUR
    sent = InMail.objects.filter(sender_index=row.sender_index, received_at__gt=since, state=InMail.State.OPENED)
    return sent.exclude(pk=row.pk).count() >= rules.NEW_PER_HOUR


def _open(row: InMail, mail: Mail, *, actor: Actor, now: datetime) -> None:
    """Open a letter from a mail; its token comes from its bytes, so reading it again finds the same case."""
    language = rules.language_of(f"{mail.subject}\n{mail.text}")
    envelope = participation.Envelope(
        token=participation.token_of("mail", row.key),
        language=language,
        received_at=row.received_at,
        channel="email",
        name=mail.name[:80],
        email=mail.sender if not mail.null_sender else "",
    )
    new = cases.NewCase(kind="letter", text=_words(mail, language), title=mail.subject[:TITLE_MOST])
    case = cases.register_case(new, envelope, actor=actor if isinstance(actor, User) else SYSTEM)
    row.files_left = _take_files(case.submission, mail, ReceiptHolder(case.pk))
    row.case, row.state, row.why, row.hint = case, InMail.State.OPENED, "", None
    row.became = case.messages.first()


def _confirm(case: Case, mail: Mail, now: datetime) -> None:
    """Tell the sender that the mail joined the case: at most once in seven days, and never a machine."""
    if mail.automatic is not Kind.HUMAN or mail.null_sender or not case.submission.contact:
        return
    index = index_of(mail.sender)
    last, made = AutoAnswer.objects.get_or_create(case=case, address_index=index, defaults={"at": now})
    if not made and now - last.at < rules.ANSWER_EVERY:
        return
    if not made:
        last.at = now
        last.save(update_fields=["at"])
    if case.submission.contact.email_index != index:
        return
    with translation.override(case.submission.language):
        subject = _("Your mail has arrived (%(reference)s)") % {"reference": case.reference}
        body = _(
            "We have added your mail to %(reference)s. Whoever works on it sees it.\n\n"
            "This letter was written by a program; for further mails within a week no such letter is sent."
        ) % {"reference": case.reference}
    participation.enqueue_mail(case.submission, subject=subject, body=body)


# --- at the desk -----------------------------------------------------------------------------------------------------


def _locked(mail_id: int, actor: Actor) -> InMail:
    if not isinstance(actor, User):
        raise Refused("not_allowed")
    row = InMail.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=mail_id)
    if row.is_settled:
        raise Refused("mail_settled")
    return row


def _done(row: InMail, actor: Actor, what: str, now: datetime) -> InMail:
    row.by = actor if isinstance(actor, User) else None
    row.read_at = now
    row.save()
    journal.record(actor, f"mail.{what}", row, case=row.case_id)
    return row


@transaction.atomic
def attach_mail(mail_id: int, *, reference: str, actor: Actor, now: datetime) -> InMail:
    """Add a mail to a case that a person found for it.

    Raises Refused("not_allowed") also for a case in which the actor has no standing, Refused("mail_settled"),
    Refused("mail_case_unknown", reference=...) for one that the actor does not see, Refused("case_closed"),
    InMail.DoesNotExist.
    """
    row = _locked(mail_id, actor)
    case = _case_by(reference.strip().upper())
    if case is None or not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise Refused("mail_case_unknown", reference=reference.strip()[:40])
    if not cases_of(actor).filter(pk=case.pk).exists():
        raise Refused("not_allowed")
    _add(row, _understood(row), case, now)
    return _done(row, actor, "attached", now)


@transaction.atomic
def accept_mail(mail_id: int, *, actor: Actor, now: datetime) -> InMail:
    """Let a mail of another sender join the case, so that its sender sees it, too. Raises as `attach_mail`."""
    row = _locked(mail_id, actor)
    if row.case is None:
        raise Refused("mail_case_unknown", reference="")
    _add(row, _understood(row), row.case, now)
    return _done(row, actor, "accepted", now)


@transaction.atomic
def open_mail(mail_id: int, *, actor: Actor, now: datetime) -> InMail:
    """Open a letter from a mail. Raises Refused("not_allowed"), Refused("mail_settled"), as `register_case`."""
    row = _locked(mail_id, actor)
    if not reads_post(actor):
        raise Refused("not_allowed")
    _open(row, _understood(row), actor=actor, now=now)
    return _done(row, actor, "opened", now)


@transaction.atomic
def mark_spam(mail_id: int, *, actor: Actor, now: datetime) -> InMail:
    """Put a mail away as spam; it is kept. Raises Refused("not_allowed"), Refused("mail_settled")."""
    row = _locked(mail_id, actor)
    row.state = InMail.State.SPAM
    return _done(row, actor, "spam", now)


@transaction.atomic
def read_again(mail_id: int, *, actor: Actor, now: datetime) -> InMail:
    """Read a mail once more, after the reader was mended. Raises as `mark_spam`."""
    row = _locked(mail_id, actor)
    row.state, row.why, row.case, row.hint = InMail.State.NEW, "", None, None
    _done(row, actor, "read_again", now)
    read_one(row.pk, now=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def take_along(mail_id: int, *, actor: Actor) -> InMail:
    """Return a mail whose bytes somebody takes along; the journal says who.

    Raises InMail.DoesNotExist, Refused("not_allowed") where who sent it is not there for the actor.
    """
    row = (
        InMail.objects.visible_to(actor).select_related("case__triage", "case__lead", "case__reviewer").get(pk=mail_id)
    )
    if not may_show_sender(row, actor):
        raise Refused("not_allowed")
    journal.record(actor, "mail.exported", row, case=row.case_id)
    return row


def forget(contacts: Sequence[int], now: datetime) -> None:
    """Delete the mails of cases whose contact goes; what was made of them is the case's."""
    mine = InMail.objects.filter(case__submission__contact__in=contacts) | InMail.objects.filter(
        hint__submission__contact__in=contacts, case=None
    )
    _delete(list(mine.order_by("pk")))


def _delete(rows: Sequence[InMail]) -> None:
    for row in rows:
        if row.file.name:
            transaction.on_commit(partial(row.file.storage.delete, row.file.name))
    InMail.objects.filter(pk__in=[row.pk for row in rows]).delete()


@transaction.atomic
def sweep(*, now: datetime, limit: int = 200) -> int:
    """Delete mails whose time is over, with their bytes; returns how many."""
    due = list(InMail.objects.filter(delete_after__lte=now).order_by("pk")[:limit])
    _delete(due)
    if due:
        journal.record(SYSTEM, "mail.expired", "post.inmail:all", n=len(due))
    return len(due)
