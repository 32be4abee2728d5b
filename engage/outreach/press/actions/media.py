"""The media list: who asks to be on it, who is entered by staff and on what basis, and how one leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.press import letters
from engage.outreach.press.access import check_editor
from engage.outreach.press.models import MediaContact
from engage.pages.models import Topic
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email

UNCONFIRMED = timedelta(days=7)
_SALT = "media-list"


@transaction.atomic
def ask_to_join(
    *, email: str, name: str, outlet: str, topics: Sequence[Topic], language: str, now: datetime, actor: Actor
) -> MediaContact:
    """Write the letter that asks an address whether it wants the digest; who is on the list is told so by letter."""
    index = blind_index("email", normalised_email(email))
    found = MediaContact.objects.select_related("contact").filter(email_index=index).first()
    if found is None:
        found = _made(
            index,
            email=email,
            name=name,
            outlet=outlet,
            topics=topics,
            language=language,
            until=now + UNCONFIRMED,
            now=now,
        )
        journal.record(actor, "media.asked", found)
    elif found.confirmed_at is None:  # the new letter promises as many days, and is written in this language
        found.language, found.contact.delete_after = language, now + UNCONFIRMED
        found.save(update_fields=["language"])
        found.contact.save(update_fields=["delete_after"])
    subject, body = letters.asked(found, signed(found))
    participation.enqueue_letter(found.contact, subject=subject, body=body)
    return found


def _made(
    index: str,
    *,
    email: str,
    name: str,
    outlet: str,
    topics: Sequence[Topic],
    language: str,
    until: datetime,
    now: datetime,
    **fields: object,
) -> MediaContact:
    contact = Contact.objects.create(name=name.strip(), email=email.strip(), email_index=index, delete_after=until)
    row = MediaContact.objects.create(
        contact=contact, email_index=index, outlet=outlet.strip(), language=language, asked_at=now, **fields
    )
    row.topics.set(topics)
    return row


@transaction.atomic
def add_contact(
    *,
    email: str,
    name: str,
    outlet: str,
    topics: Sequence[Topic],
    language: str,
    basis: str,
    basis_note: str,
    now: datetime,
    actor: Actor,
) -> MediaContact:
    """Enter a journalist with the basis for it; a letter says so at once and how to leave.

    Raises Refused("not_allowed"), Refused("media_on_list"), Refused("media_basis_missing").
    """
    check_editor(actor)
    if basis not in MediaContact.Basis or basis == MediaContact.Basis.CONFIRMED or not basis_note.strip():
        raise Refused("media_basis_missing")
    index = blind_index("email", normalised_email(email))
    # Somebody who asked and did not confirm yet is taken over; the old letter's link then only says so.
    MediaContact.objects.filter(email_index=index, confirmed_at__isnull=True).delete()
    try:
        with transaction.atomic():
            row = _made(
                index,
                email=email,
                name=name,
                outlet=outlet,
                topics=topics,
                language=language,
                until=retention_end(now, settings.CONTACT_RETENTION_DAYS),
                now=now,
                basis=basis,
                basis_note=basis_note.strip(),
                confirmed_at=now,
                by=actor if isinstance(actor, User) else None,
            )
    except IntegrityError as exc:
        raise Refused("media_on_list") from exc
    journal.record(actor, "media.entered", row, basis=basis)
    signature = signed(row)
    subject, body = letters.entered(row, signature)
    participation.enqueue_letter(
        row.contact, subject=subject, body=body, unsubscribe=letters.one_click(row.language, signature)
    )
    return row


def signed(row: MediaContact) -> str:
    """Return what a letter's links carry."""
    return signing.dumps([row.pk, row.email_index[:16]], salt=_SALT)


def contact_by(signature: str) -> MediaContact | None:
    """Return the contact a link belongs to; None for a forged link and for one that is over."""
    pk, index = _read(signature) or (0, "")
    return MediaContact.objects.select_related("contact").filter(pk=pk, email_index__startswith=index).first()


def is_signed(signature: str) -> bool:
    """Tell whether a link is one of ours, over or not."""
    return _read(signature) is not None


def _read(signature: str) -> tuple[int, str] | None:
    try:
        pk, index = signing.loads(signature, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return pk, index


@transaction.atomic
def confirm_contact(pk: int, *, now: datetime, actor: Actor) -> MediaContact:
    """Let a contact count; a second time changes nothing."""
    row = MediaContact.objects.select_for_update(of=("self",)).select_related("contact").get(pk=pk)
    if row.confirmed_at is None:
        row.confirmed_at = now
        row.save(update_fields=["confirmed_at"])
        keep(row, now)
        journal.record(actor, "media.confirmed", row)
    return row


def keep(row: MediaContact, now: datetime) -> None:
    """Keep the address as long as contact data is kept, from now on."""
    row.contact.delete_after = retention_end(now, settings.CONTACT_RETENTION_DAYS)
    row.contact.save(update_fields=["delete_after"])


@transaction.atomic
def end_contact(pk: int, *, actor: Actor) -> None:
    """Take a contact off the list and forget the address with all letters that wait for it."""
    row = MediaContact.objects.filter(pk=pk).select_related("contact").first()
    if row is not None:
        journal.record(actor, "media.ended", row)
        row.contact.delete()
