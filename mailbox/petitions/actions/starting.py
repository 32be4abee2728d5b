"""How a petition begins and ends in its starter's hands: sent, confirmed, edited and sent again, withdrawn."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from engage.accounts.actors import ANYONE, SYSTEM, Actor, ReceiptHolder
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import limits, timeline
from engage.participation.actions import Envelope
from engage.participation.models import Submission
from engage.participation.receipts import track_url
from engage.participation.rules import Window, format_code
from engage.search import actions as search
from mailbox.petitions.actions import consent, signing
from mailbox.petitions.addresses import canonical
from mailbox.petitions.models import Petition, PetitionEvent, Signature, State, Wording
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.queries.consent import Shown
from mailbox.petitions.queries.settings import rules as settings_of_petitions
from mailbox.petitions.starting import links, rules

# Petitions of one address and of one network; a library or a campus is one network.
ADDRESS_WINDOWS = (Window(2, 3600), Window(5, 24 * 3600))
NETWORK_WINDOWS = (Window(10, 3600), Window(40, 24 * 3600))
LETTERS_MOST = 4


@dataclass(frozen=True)
class NewPetition:
    """A petition as its starter wrote it; `again` is the rejected one that it mends."""

    title: str
    action: str
    background: str
    details: str = ""
    region: str = ""
    country: str = ""
    again: int | None = None


def start_petition(
    new: NewPetition, envelope: Envelope, *, client: str, actor: Actor, agreed: Shown | None = None
) -> Petition | None:
    """Write a petition that waits for its starter's confirmation, and the letter that asks for it.

    `agreed` are the words of consent that the starter was shown.

    None, without a trace, for somebody over the limit or on a list: who asks learns nothing, so the page must be the
    same. The same token leads to the same petition.
    """
    known = Petition.objects.filter(submission__token_digest=envelope.digest).first()
    if known is not None:
        return known
    if not _is_welcome(envelope.email, client):
        return None

    def create() -> Submission:
        version, key = consent.keep(agreed) if agreed else (None, None)
        given = replace(envelope, consents=(key,)) if key else envelope
        submission = participation.open_submission("petition", given, actor=actor)
        _write(submission, new, given, client, version)
        return submission

    return participation.once(envelope, create).petition


def _is_welcome(email: str, client: str) -> bool:
    who = ((canonical(email), ADDRESS_WINDOWS), (client, NETWORK_WINDOWS))
    if queries.is_blocked(email, client) or any(limits.peek("petition-start", *one) for one in who):
        return False
    for one in who:
        limits.count("petition-start", *one)
    return True


def _write(submission: Submission, new: NewPetition, envelope: Envelope, client: str, version: int | None) -> Petition:
    words = {"title": new.title, "action": new.action, "background": new.background, "details": new.details}
    petition = Petition.objects.create(
        submission=submission,
        language=envelope.language,
        region=new.region,
        country=new.country,
        created_at=envelope.received_at,
        resubmitted_from_id=new.again,
        **words,
    )
    Wording.objects.create(petition=petition, at=envelope.received_at, **words)
    signing.ask_to_sign(
        signing.Ask(
            petition_id=petition.pk,
            token=participation.token_of("petition-starter", str(petition.pk)),
            name=envelope.name,
            email=envelope.email,
            language=envelope.language,
            region=new.region,
            country=new.country,
            wants_news=True,
            client=client,
            part=Signature.Part.STARTER,
            letter="",
            consent=version,
        )
    )
    _ask_to_confirm(petition, envelope.token)
    return petition


def _ask_to_confirm(petition: Petition, token: uuid.UUID) -> None:
    with translation.override(petition.language):
        participation.enqueue_mail(
            petition.submission,
            subject=_("Confirm your petition: %(title)s") % {"title": petition.title},
            body=_(
                "With this address a petition was written:\n\n%(title)s\n\n"
                "Open this page within %(days)d days and press the button:\n%(url)s\n\n"
                "Then you get its reference, your tracking code and the link for your sponsors. Until then nobody "
                "reads it. If it was not you, do nothing."
            )
            % {
                "title": petition.title,
                "days": settings_of_petitions().confirm_days,
                "url": links.address("petition_confirm_start", links.starter_key(token), language=petition.language),
            },
        )


@transaction.atomic
def send_start_again(token: uuid.UUID, *, now: datetime) -> None:
    """Send the letter to the starter once more: a minute after the last at the earliest, and LETTERS_MOST in all."""
    envelope = Envelope(token=token, language="", received_at=now)
    found = Petition.objects.filter(submission__token_digest=envelope.digest, state=State.PENDING).first()
    if found is None:
        return
    petition = locked(found.pk)
    sent = list(petition.submission.mails.order_by("created_at").values_list("created_at", flat=True))
    if petition.state == State.PENDING and len(sent) < LETTERS_MOST and sent and now - sent[-1] >= signing.LETTER_PAUSE:
        _ask_to_confirm(petition, token)


# --- confirming -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_start(token: uuid.UUID, *, now: datetime) -> tuple[Petition, str]:
    """Confirm a petition for who read the letter; returns it with its tracking code. Twice is harmless.

    Raises Refused("petition_link_over") when the link is too old, or the petition was withdrawn or stopped.
    """
    envelope = Envelope(token=token, language="", received_at=now)
    petition = (
        Petition.objects.select_for_update(of=("self",))
        .select_related("submission__contact")
        .filter(submission__token_digest=envelope.digest)
        .first()
    )
    if petition is None:
        raise Refused("petition_link_over")
    if not queries.starter_has_confirmed(petition):
        starter = Signature.objects.filter(petition=petition, part=Signature.Part.STARTER).values_list("pk", flat=True)
        if petition.state not in rules.GATHERS or signing.confirm(starter.get()) != "confirmed":
            raise Refused("petition_link_over")
        # One that is held is thanked for as well, but nothing begins yet.
        if queries.starter_has_confirmed(petition):
            _tell_of_sponsors(petition, envelope.code)
    return petition, envelope.code


def follow_starter(signature: Signature) -> None:
    """Let the petition go on when its starter confirmed: its link for sponsors is good from now on."""
    petition = locked(signature.petition_id)
    at = signature.confirmed_at
    assert at is not None
    petition.sponsor_digest = links.sponsor_digest(petition.pk)
    petition.save(update_fields=["sponsor_digest"])
    timeline.add(petition.submission, "petition_confirmed", at=at)
    PetitionEvent.objects.create(petition=petition, code="started", at=at)
    journal.record(ANYONE, "petition.confirmed", petition)
    advance(petition, at=at)


def _tell_of_sponsors(petition: Petition, code: str) -> None:
    rules_of_house = settings_of_petitions()
    with translation.override(petition.language):
        participation.enqueue_mail(
            petition.submission,
            subject=_("Your petition needs %(needed)d sponsors: %(title)s")
            % {"needed": rules_of_house.sponsors_needed, "title": petition.title},
            body=_(
                "You confirmed your petition. Give this link to people who stand behind it:\n%(sponsors)s\n\n"
                "When %(needed)d of them have signed and confirmed, it goes to the moderators; at most %(most)d can "
                "sign before it is published.\n\n"
                "Reference: %(reference)s\nTracking code: %(code)s\n\n"
                "See where it is, or withdraw it:\n%(url)s\n\n"
                "Keep this letter: the code is the only key to your petition."
            )
            % {
                "sponsors": sponsors_url(petition),
                "needed": rules_of_house.sponsors_needed,
                "most": rules_of_house.sponsors_most,
                "reference": petition.reference,
                "code": format_code(code),
                "url": track_url(petition.submission),
            },
        )


def sponsors_url(petition: Petition) -> str:
    """Return the whole address that the starter gives to sponsors."""
    return links.address("petition_sponsor", petition.pk, links.sponsor_key(petition.pk), language=petition.language)


def locked(petition_id: int) -> Petition:
    """Return a petition with its starter's address, locked until the transaction ends."""
    return Petition.objects.select_for_update(of=("self",)).select_related("submission__contact").get(pk=petition_id)


def advance(petition: Petition, *, at: datetime) -> None:
    """Move a locked petition on after a confirmation: to the moderators' eyes, or into their queue, once."""
    before = petition.state
    after = rules.state_after(
        before, queries.sponsors_of(petition), starter_confirmed=queries.starter_has_confirmed(petition)
    )
    if after == before:
        return
    petition.state = after
    petition.revision += 1
    if after == State.WAITING:
        petition.waiting_since = at
    petition.save(update_fields=["state", "waiting_since", "revision"])
    journal.record(SYSTEM, f"petition.{after}", petition, before=before)
    if after == State.WAITING:
        timeline.add(petition.submission, "petition_sponsored", at=at)
        PetitionEvent.objects.create(petition=petition, code="sponsored", at=at)
        _tell_of_waiting(petition)


def _tell_of_waiting(petition: Petition) -> None:
    with translation.override(petition.language):
        participation.enqueue_mail(
            petition.submission,
            subject=_("With the moderators: %(title)s") % {"title": petition.title},
            body=_(
                "Your petition found its sponsors. The moderators look at it within %(days)d days. Then it is "
                "published, or you read why not and how to mend it.\n\nSee where it is:\n%(url)s"
            )
            % {"days": settings_of_petitions().moderation_days, "url": track_url(petition.submission)},
        )


@transaction.atomic
def stop_unconfirmed(*, now: datetime, limit: int = 200) -> int:
    """Stop petitions that nobody confirmed while the link was good; returns how many. Their names go with the rest."""
    old = now - timedelta(days=settings_of_petitions().confirm_days + 1)
    due = Petition.objects.select_for_update(skip_locked=True).filter(state=State.PENDING, created_at__lt=old)
    keys = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    if keys:
        Petition.objects.filter(pk__in=keys).update(state=State.STOPPED, ended_at=now)
        journal.record(SYSTEM, "petition.never_confirmed", "petitions.petition:all", n=len(keys))
    return len(keys)


# --- in the starter's hands -----------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_petition(petition_id: int, *, actor: ReceiptHolder, now: datetime) -> Petition:
    """Withdraw a petition for its starter. Before its opening nobody sees it any more; afterwards its page stays.

    Raises Refused("petition_stays") once it is closed, turned down or taken down.
    """
    petition = locked(petition_id)
    participation.check_holder(actor, petition.submission)
    if petition.state == State.WITHDRAWN:
        return petition
    if petition.state not in rules.MAY_WITHDRAW:
        raise Refused("petition_stays")
    petition.state, petition.ended_at, petition.sponsor_digest = State.WITHDRAWN, now, ""
    petition.revision += 1
    petition.save(update_fields=["state", "ended_at", "sponsor_digest", "revision"])
    if petition.opened_at is not None:
        PetitionEvent.objects.create(petition=petition, code="withdrawn", at=now)
    participation.withdraw(petition.pk, actor=actor)
    search.index(petition)
    return petition


def to_write_again(petition_id: int, *, actor: ReceiptHolder) -> Petition:
    """Return a petition that was turned down for its starter to mend; raises Refused("petition_not_rejected")."""
    petition = Petition.objects.select_related("submission").get(pk=petition_id)
    participation.check_holder(actor, petition.submission)
    if petition.state not in rules.MAY_RESUBMIT:
        raise Refused("petition_not_rejected")
    return petition
