"""What signers do: ask to sign, confirm, have the letter sent again, correct the address, withdraw, end letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from engage.accounts.actors import ANYONE
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.rules import code_digest, external_token, token_digest, tracking_code
from engage.participation.vault import seal
from mailbox.petitions.actions import consent, statements
from mailbox.petitions.addresses import canonical, plain
from mailbox.petitions.hashes import address_key, network_key, networks, person_key
from mailbox.petitions.models import Signature, SignatureLetter
from mailbox.petitions.queries.clock import database_now
from mailbox.petitions.queries.consent import Shown
from mailbox.petitions.queries.settings import rules
from mailbox.petitions.queries.signing import UNCONFIRMED, why_not_taken
from mailbox.petitions.signing import links

RESENT_MOST = 5
# How long the last letter is given before another one is sent.
LETTER_PAUSE = timedelta(seconds=60)
_ON_ITS_WAY = (SignatureLetter.State.WAITING, SignatureLetter.State.READY, SignatureLetter.State.CLAIMED)
ALL_PARTS = tuple(Signature.Part.values)
_after: dict[str, list[Callable[[Signature], None]]] = {}


@dataclass(frozen=True)
class Ask:
    """A request to sign, its fields checked (signing/typed.py).

    The same token is the same request. `client` is the client's address (participation.limits.client_address);
    `letter` the kind of letter it gets, empty for none; `consent` the version of the words that the form showed.
    """

    petition_id: int
    token: UUID
    name: str
    email: str
    language: str
    region: str = ""
    country: str = ""
    wants_news: bool = False
    client: str = ""
    part: str = Signature.Part.SIGNER
    letter: str = "confirm"
    consent: int | None = None

    @property
    def code(self) -> str:
        """The tracking code that belongs to the token."""
        return tracking_code(self.token.bytes, settings.TRACKING_KEY)

    def row(self) -> statements.Row:
        """Return what is written of it; addresses.AddressError for an address that cannot be one."""
        address = canonical(self.email)
        network, subnet = networks(self.client)
        return statements.Row(
            petition_id=self.petition_id,
            part=str(self.part),
            name=seal(self.name),
            email=seal(plain(self.email)),
            address=address_key(address),
            person=person_key(self.name),
            region=self.region,
            country=self.country,
            language=self.language,
            wants_news=self.wants_news,
            domain=address.rpartition("@")[2][:120],
            network=network_key(network),
            subnet=network_key(subnet),
            token_digest=token_digest(self.token.bytes, settings.TRACKING_KEY),
            code_digest=code_digest(self.code, settings.TRACKING_KEY),
            consent=self.consent,
            kind=self.letter,
        )


@dataclass(frozen=True)
class Receipt:
    """What the signer gets at once."""

    pk: int
    reference: str
    code: str


def receipt(pk: int, asked_at: datetime, code: str) -> Receipt:
    """Return the receipt of a request; its reference is derived, not stored."""
    return Receipt(pk, links.reference(pk, timezone.localtime(asked_at).year), code)


def ask_to_sign(ask: Ask, agreed: Shown | None = None) -> Receipt:
    """Write a request to sign with its letter, in the caller's transaction where there is one.

    Always a new row, whatever the address did before, so the answer tells nothing; the same token leads to the same
    row. A sponsor or the starter signs before the opening, everybody else from then until the close, by the database's
    clock. `agreed` are the words of consent that the form showed. Raises Refused("petition_signing_paused" |
    "petition_closed" | "petition_not_open"), of supporters also Refused("petition_sponsors_over").
    """
    with transaction.atomic():
        if agreed is not None:
            ask = replace(ask, consent=consent.keep(agreed)[0])
        row = ask.row()
        with connection.cursor() as cursor:
            written = statements.ask(cursor, connection.vendor, [row]).get(row.token_digest)
        if written is None:
            return asked_before(ask)
    return receipt(written.pk, written.asked_at, ask.code)


def asked_before(ask: Ask) -> Receipt:
    """Return the receipt of a request whose token is known already; raises Refused as `ask_to_sign` otherwise."""
    digest = token_digest(ask.token.bytes, settings.TRACKING_KEY)
    found = Signature.objects.filter(token_digest=digest, petition=ask.petition_id).values_list("pk", "asked_at")
    if known := found.first():
        return receipt(*known, ask.code)
    raise not_taken(ask.petition_id, ask.part)


def is_known(ask: Ask) -> bool:
    """Tell whether this very request was written before: whoever sends it again reads what was said the first time."""
    digest = token_digest(ask.token.bytes, settings.TRACKING_KEY)
    return Signature.objects.filter(token_digest=digest, petition=ask.petition_id).exists()


def not_taken(petition_id: int, part: str) -> Refused:
    """Say why a petition takes no signature of this part now."""
    # A sponsor may still confirm after the opening, but nobody asks to be one any more.
    otherwise = "petition_not_open" if part == Signature.Part.SIGNER else "petition_sponsors_over"
    return Refused(why_not_taken(petition_id, part) or otherwise)


def after_confirmation(part: str, follow: Callable[[Signature], None]) -> None:
    """Have something done in the transaction in which a signature of this part ("sponsor", "starter") is confirmed."""
    if follow not in _after.setdefault(part, []):
        _after[part].append(follow)


def confirm(signature_id: int) -> str:
    """Confirm a request whose link was shown; returns what the signer is told.

    "confirmed"; "already": this person's signature counts already; "full": two persons use the address; "expired": the
    link is too old, or the request was withdrawn or taken out; Refused as `ask_to_sign` when the petition takes none.
    A request that is held is thanked for like any other: it is counted, or not, by whoever looks at it.
    """
    for _race in range(3):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    done = statements.confirm(cursor, connection.vendor, [signature_id], ALL_PARTS)
                if done:
                    _follow(signature_id)
                    return "confirmed"
        except IntegrityError:
            # Somebody with the same address was faster: this person, or another one of the household.
            continue
        break
    return _why_not(signature_id)


def _follow(signature_id: int) -> None:
    signature = Signature.objects.get(pk=signature_id)
    for follow in _after.get(signature.part, []):
        follow(signature)


def _why_not(signature_id: int) -> str:
    signature = Signature.objects.get(pk=signature_id)
    if signature.state == Signature.State.CONFIRMED:
        return "already"
    if signature.state in (Signature.State.WITHDRAWN, Signature.State.INVALIDATED):
        return "expired"
    others = Signature.objects.counted().filter(petition=signature.petition_id, address=signature.address)
    persons = list(others.values_list("person", flat=True))
    if signature.person in persons:
        return "already"
    if len(persons) >= 2:
        return "full"
    age = database_now() - signature.link_from
    if age.days >= rules().confirm_days:
        return "expired"
    # One that is held must be refused wherever one that waits is: the answer would tell them apart.
    if signature.state == Signature.State.HELD and not why_not_taken(signature.petition_id, signature.part):
        held = Signature.objects.filter(pk=signature.pk, state=Signature.State.HELD)
        if held.update(confirmed_at=Coalesce("confirmed_at", Now())):
            return "confirmed"
        return confirm(signature_id)  # let go a moment ago
    raise not_taken(signature.petition_id, signature.part)


def confirm_pressed(signature_id: int) -> bool:
    """Confirm a request that was let go, from the moment its button was pressed on; tells whether it counts.

    That the petition took it, and that its link was good, was asked at that moment. Only the constraints decide now,
    and what has to be done with it.
    """
    for _race in range(3):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    is_done = statements.confirm_pressed(cursor, signature_id)
                if is_done:
                    _follow(signature_id)
                return is_done
        except Refused:
            return False
        except IntegrityError:
            continue
    return False


@transaction.atomic
def send_again(signature_id: int) -> bool:
    """Write the letter once more, at most RESENT_MOST times; tells whether one goes out.

    Not while the last one is on its way or younger than LETTER_PAUSE, and not for who is held: the page says nothing
    about it. Limits and lists had their say about the first letter, so this one is ready at once.
    """
    signature = Signature.objects.select_for_update().get(pk=signature_id)
    newest = signature.letters.filter(kind__in=["confirm", "sponsor"]).order_by("-about").first()
    if newest is None or newest.about >= RESENT_MOST or signature.state != Signature.State.PENDING:
        return False
    now = database_now()
    if newest.state in _ON_ITS_WAY or now - (newest.sent_at or newest.next_try_at) < LETTER_PAUSE:
        return False
    if why_not_taken(signature.petition_id, signature.part):
        return False
    SignatureLetter.objects.create(
        signature=signature,
        kind=newest.kind,
        about=newest.about + 1,
        state=SignatureLetter.State.READY,
        next_try_at=now,
    )
    # The letter gives so many days to press the button, also one that is sent again.
    Signature.objects.filter(pk=signature.pk).update(link_since=now)
    return True


@transaction.atomic
def correct_address(signature_id: int, email: str, *, client: str, new_token: UUID | None = None) -> Ask | None:
    """Ask anew with another address and void the first request; None once it is confirmed, or who asked is forgotten.

    Returns the new request for its receipt. Pressing twice leads to the same one: its token comes from the first
    request and the address. Whoever owns the wrong address can confirm nothing any more.
    """
    signature = Signature.objects.select_for_update().get(pk=signature_id)
    named = external_token(f"signature-corrected:{signature.pk}", canonical(email), settings.TRACKING_KEY)
    letter = signature.letters.filter(kind__in=["confirm", "sponsor"]).values_list("kind", flat=True).first()
    ask = Ask(
        petition_id=signature.petition_id,
        token=new_token or UUID(bytes=named),
        name=signature.name or "",
        email=email,
        language=signature.language,
        region=signature.region,
        country=signature.country,
        wants_news=signature.wants_news,
        client=client,
        part=signature.part,
        letter=letter or ("confirm" if signature.part == Signature.Part.SIGNER else ""),
        consent=signature.consent,
    )
    if signature.state not in UNCONFIRMED or signature.name is None:
        known = Signature.objects.filter(token_digest=ask.row().token_digest).exists()
        return ask if known else None
    ask_to_sign(ask)
    Signature.objects.filter(pk=signature.pk).update(state=Signature.State.WITHDRAWN, ended_at=timezone.now())
    return ask


@transaction.atomic
def withdraw(signature_id: int) -> None:
    """Withdraw a signature for whoever holds its link or code. Its number is not given again. Twice is harmless."""
    signature = Signature.objects.select_for_update().get(pk=signature_id)
    if signature.state in (Signature.State.WITHDRAWN, Signature.State.INVALIDATED):
        return
    signature.state, signature.ended_at, signature.wants_news = Signature.State.WITHDRAWN, timezone.now(), False
    signature.save(update_fields=["state", "ended_at", "wants_news"])
    journal.record(ANYONE, "petition.signature_withdrawn", signature)


def set_news(signature_id: int, wanted: bool) -> None:
    """Begin or end letters about the petition for one signer. Twice is harmless."""
    Signature.objects.filter(pk=signature_id).exclude(wants_news=wanted).update(wants_news=wanted)
