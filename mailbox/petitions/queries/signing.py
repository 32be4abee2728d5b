"""What signers read about their own signature, and what the form needs to know of a petition."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from engage.accounts.actors import ANYONE
from engage.participation.rules import Reference, code_digest, parse_code, parse_reference, token_digest
from engage.typed import LARGEST_KEY
from mailbox.petitions.models import Petition, PetitionRules, Signature, SignatureNumber, State
from mailbox.petitions.queries.clock import database_now
from mailbox.petitions.queries.settings import rules
from mailbox.petitions.signing import links
from mailbox.petitions.starting.rules import GATHERS

_NOBODY = "0" * 64
UNCONFIRMED = (Signature.State.PENDING, Signature.State.HELD)


def open_petition(petition_id: int) -> Petition | None:
    """Return a petition that the public may read, whether it takes signatures or not."""
    if petition_id > LARGEST_KEY:
        return None
    return Petition.objects.visible_to(ANYONE).select_related("submission").filter(pk=petition_id).first()


def takes_signatures(petition: Petition) -> bool:
    """Tell whether the form is worth showing; the statement that writes has the last word."""
    return _open_now().filter(pk=petition.pk).exists()


def _open_now() -> QuerySet[Petition]:
    """Filter what is open by the clock of the database."""
    return Petition.objects.filter(state=State.OPEN, closes_at__gt=Now())


def why_not_taken(petition_id: int, part: str) -> str:
    """Say why no request of this part can be confirmed now, as the code of a refusal; empty when it can.

    It reads as the statement that confirms does, which has the last word.
    """
    state = Petition.objects.filter(pk=petition_id).values_list("state", flat=True).first()
    if state in GATHERS and part != Signature.Part.SIGNER:
        return "" if part == Signature.Part.STARTER else _why_paused()
    if state not in (State.OPEN, State.CLOSED):
        return "petition_not_open"
    return _why_paused() if _open_now().filter(pk=petition_id).exists() else "petition_closed"


def why_no_letter(row: Signature) -> str:
    """Say why nothing can be confirmed or sent for a signature that waits, as the code of a refusal; empty when it can.

    The same for one that is held.
    """
    code = why_not_taken(row.petition_id, row.part)
    return code or ("" if row.email else "petition_signer_forgotten")


def _why_paused() -> str:
    return "petition_signing_paused" if PetitionRules.objects.filter(signing_paused=True).exists() else ""


def signature(signature_id: int) -> Signature | None:
    """Return a signature with its petition."""
    if signature_id > LARGEST_KEY:
        return None
    return Signature.objects.select_related("petition__submission").filter(pk=signature_id).first()


def reference_of(row: Signature) -> str:
    """Return the public name of a signature."""
    return links.reference(row.pk, timezone.localtime(row.asked_at).year)


def proven(typed_reference: str, typed_code: str) -> Signature | None:
    """Check a reference and a code; None when they do not belong together, in the same time whatever is wrong."""
    row = _named(parse_reference(typed_reference))
    stored = row.code_digest if row is not None else _NOBODY
    fits = hmac.compare_digest(stored, code_digest(parse_code(typed_code), settings.TRACKING_KEY))
    return row if fits else None


def of_token(reference: str, token: UUID) -> Signature | None:
    """Return the signature of a form's token, when it has this reference."""
    row = _named(parse_reference(reference))
    stored = row.token_digest if row is not None else _NOBODY
    fits = hmac.compare_digest(stored, token_digest(token.bytes, settings.TRACKING_KEY))
    return row if fits else None


def _named(reference: Reference | None) -> Signature | None:
    number = reference.number if reference and reference.letter == "S" and reference.number < 2**62 else 0
    row = signature(number)
    return row if row is not None and reference_of(row) == str(reference) else None


@dataclass(frozen=True)
class Standing:
    """What a signer reads: `step` is "asked", "confirmed", "withdrawn", "expired" or "out"."""

    step: str
    number: int | None = None


def standing(row: Signature) -> Standing:
    """Say where a signature is. One that is held reads like one that waits, or that was confirmed a moment ago."""
    if row.state == Signature.State.WITHDRAWN:
        return Standing("withdrawn", _number(row))
    if row.state == Signature.State.CONFIRMED or (row.state == Signature.State.HELD and row.confirmed_at):
        return Standing("confirmed", _number(row))
    if row.state == Signature.State.INVALIDATED and row.confirmed_at:
        return Standing("out", _number(row))
    if database_now() - row.link_from >= timedelta(days=rules().confirm_days):
        return Standing("expired")
    return Standing("asked")


def _number(row: Signature) -> int | None:
    return SignatureNumber.objects.filter(pk=row.pk).values_list("number", flat=True).first()
