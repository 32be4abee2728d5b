"""Experts without an account: invited by a link for one block, heard, sent back or taken over."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consultations.packs import letters, queries, rules
from consultations.packs.access import check_editor
from consultations.packs.actions.writing import append, editable
from consultations.packs.models import BlockText, Invitation, Pack
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.vault import blind_index, normalised_email

# An address is kept for questions that come after the invitation ended.
KEPT_AFTER = timedelta(days=30)
# Who gets a text back has at least so long to change it.
TO_CHANGE = timedelta(days=7)


@transaction.atomic
def invite(
    pack_id: int, *, email: str, language: str, days: int = rules.DAYS_USUAL, revision: int, now: datetime, actor: Actor
) -> tuple[Invitation, str]:
    """Invite an expert to write one block of a pack; returns the invitation and the token of its link.

    Only a keyed hash of the token is stored, the letter with the link waits encrypted in the outbox.
    Raises Refused("email_wrong"), Refused("days_wrong", ...), Refused("pack_unknown_text"), Refused("pack_full", ...)
    and those of every change.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("email_wrong") from None
    rules.check_days(days)
    if language not in queries.LANGUAGES:
        raise Refused("pack_unknown_text")
    pack = editable(pack_id, revision, actor)
    block = append(pack, rules.EXPERT)
    expires = now + timedelta(days=days)
    contact = Contact.objects.create(
        email=email.strip(),
        email_index=blind_index("email", normalised_email(email)),
        delete_after=expires + KEPT_AFTER,
    )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        block=block,
        token_digest=queries.digest_of(token),
        contact=contact,
        language=language,
        created_at=now,
        expires_at=expires,
        invited_by=actor if isinstance(actor, User) else None,
    )
    _write(invitation, *letters.invited(invitation, token))
    journal.record(actor, "pack.expert_invited", pack, invitation=invitation.pk, expires=expires.isoformat())
    return invitation, token


def _write(invitation: Invitation, subject: str, body: str) -> None:
    if invitation.contact is not None:
        participation.enqueue_letter(invitation.contact, subject=subject, body=body)


def _locked(invitation_id: int, actor: Actor) -> Invitation:
    check_editor(actor)
    return (
        Invitation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("block__pack__consultation__department", "block__pack__version", "contact")
        .get(pk=invitation_id)
    )


@transaction.atomic
def renew_invitation(
    invitation_id: int, *, days: int = rules.DAYS_USUAL, now: datetime, actor: Actor
) -> tuple[Invitation, str]:
    """Send a new link; the old one stops working.

    Raises Refused("not_allowed"), Refused("days_wrong", ...), Refused("invitation_done"),
    Refused("invitation_address_gone") after a revocation or when the address was deleted on its day.
    """
    rules.check_days(days)
    invitation = _locked(invitation_id, actor)
    if invitation.state == Invitation.State.ACCEPTED:
        raise Refused("invitation_done")
    if invitation.contact is None:
        raise Refused("invitation_address_gone")
    token = secrets.token_urlsafe(32)
    invitation.token_digest = queries.digest_of(token)
    _extend(invitation, now + timedelta(days=days))
    invitation.save(update_fields=["token_digest", "expires_at"])
    _write(invitation, *letters.invited(invitation, token))
    journal.record(actor, "pack.expert_invited_again", invitation.block.pack, invitation=invitation.pk)
    return invitation, token


def _extend(invitation: Invitation, until: datetime) -> None:
    invitation.expires_at = max(invitation.expires_at, until)
    if invitation.contact is not None:
        invitation.contact.delete_after = invitation.expires_at + KEPT_AFTER
        invitation.contact.save(update_fields=["delete_after"])


@transaction.atomic
def revoke_invitation(invitation_id: int, *, now: datetime, actor: Actor) -> Invitation:
    """End an invitation: its link is dead and the address, with letters that wait for it, is forgotten.

    Raises Refused("not_allowed"), Refused("invitation_done").
    """
    invitation = _locked(invitation_id, actor)
    if invitation.state == Invitation.State.ACCEPTED:
        raise Refused("invitation_done")
    if invitation.revoked_at is None:
        contact = invitation.contact
        invitation.revoked_at, invitation.contact = now, None
        invitation.save(update_fields=["revoked_at", "contact"])
        if contact is not None:
            contact.delete()
        journal.record(actor, "pack.expert_revoked", invitation.block.pack, invitation=invitation.pk)
    return invitation


@transaction.atomic
def hand_in(
    token: str,
    *,
    name: str,
    affiliation: str,
    interest: str,
    no_interest: bool,
    text: str,
    written_in: str,
    now: datetime,
    actor: Actor,
) -> Invitation:
    """Take in what an expert wrote, for an editor to read. Whoever has the token is the expert.

    Raises Refused("invitation_over"), Refused("invitation_waits") while an editor has it, Refused("pack_unknown_text"),
    and those of `rules.check_commentary`.
    """
    invitation = (
        Invitation.objects.filter(token_digest=queries.digest_of(token))
        .select_for_update(of=("self",))
        .select_related("block__pack")
        .first()
    )
    if invitation is None or not invitation.is_open(now):
        raise Refused("invitation_over")
    if invitation.state == Invitation.State.HANDED_IN:
        raise Refused("invitation_waits")
    if written_in not in queries.LANGUAGES:
        raise Refused("pack_unknown_text")
    rules.check_commentary(name=name, affiliation=affiliation, interest=interest, no_interest=no_interest, text=text)
    invitation.name, invitation.affiliation, invitation.text = name, affiliation, text
    invitation.interest, invitation.no_interest = interest, no_interest
    invitation.written_in, invitation.handed_in_at = written_in, now
    invitation.state, invitation.returned_note = Invitation.State.HANDED_IN, ""
    invitation.save()
    journal.record(actor, "pack.expert_handed_in", invitation.block.pack, invitation=invitation.pk)
    return invitation


@transaction.atomic
def return_text(invitation_id: int, note: str, *, now: datetime, actor: Actor) -> Invitation:
    """Send a text back to its expert with the reason; a letter says so, the link works on.

    Raises Refused("not_allowed"), Refused("invitation_not_handed_in"), Refused("note_missing"),
    Refused("pack_text_too_long", most=...).
    """
    invitation = _handed_in(invitation_id, actor)
    if not note.strip():
        raise Refused("note_missing")
    if len(note) > rules.NOTE_MOST:
        raise Refused("pack_text_too_long", most=rules.NOTE_MOST)
    invitation.state, invitation.returned_note = Invitation.State.RETURNED, note.strip()
    _decided(invitation, now, actor)
    _extend(invitation, now + TO_CHANGE)
    invitation.save()
    _write(invitation, *letters.returned(invitation))
    journal.record(actor, "pack.expert_returned", invitation.block.pack, invitation=invitation.pk)
    return invitation


def _handed_in(invitation_id: int, actor: Actor) -> Invitation:
    invitation = _locked(invitation_id, actor)
    if invitation.state != Invitation.State.HANDED_IN or invitation.revoked_at is not None:
        raise Refused("invitation_not_handed_in")
    return invitation


def _decided(invitation: Invitation, now: datetime, actor: Actor) -> None:
    invitation.decided_by, invitation.decided_at = actor if isinstance(actor, User) else None, now


@transaction.atomic
def accept_text(invitation_id: int, *, revision: int, now: datetime, actor: Actor) -> Pack:
    """Take an expert's words over into the pack, as they are; the link is over.

    Raises Refused("invitation_not_handed_in") and those of every change.
    """
    # The pack first, as whoever removes a block locks them: the other way round two editors would wait for each other.
    check_editor(actor)
    pack_id = Invitation.objects.visible_to(actor).values_list("block__pack", flat=True).get(pk=invitation_id)
    pack = editable(pack_id, revision, actor)
    invitation = _handed_in(invitation_id, actor)
    block, language = invitation.block, invitation.written_in
    with translation.override(language):
        source = _("Written at the invitation of %(department)s") % {"department": pack.consultation.department.name}
    BlockText.objects.update_or_create(
        block=block,
        language=language,
        defaults={
            "body": invitation.text,
            "byline": invitation.name,
            "affiliation": invitation.affiliation,
            "interest": invitation.interest,
            "source": source[: rules.LINE_MOST],
        },
    )
    assert invitation.handed_in_at is not None
    block.original_language, block.no_interest = language, invitation.no_interest
    block.dated = timezone.localdate(invitation.handed_in_at)
    block.save(update_fields=["original_language", "no_interest", "dated"])
    invitation.state = Invitation.State.ACCEPTED
    _decided(invitation, now, actor)
    invitation.save(update_fields=["state", "decided_by", "decided_at"])
    _write(invitation, *letters.accepted(invitation))
    journal.record(actor, "pack.expert_accepted", pack, invitation=invitation.pk, revision=pack.revision)
    return pack
