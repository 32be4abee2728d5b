"""How letters of cases leave: under a name that is kept first, with an address that leads answers back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from engage.participation.models import OutgoingMail
from engage.participation.outgoing import Dress
from mailbox.models import Case, Party
from mailbox.post import rules
from mailbox.post.models import DeadAddress, OutMail, case_of


def own_address() -> str:
    """Return where people write to the office; empty where it takes no mail in."""
    return str(settings.MAIL_ADDRESS).strip()


def dress(letter: OutgoingMail, message_id: str, now: datetime) -> Dress | None:
    """Keep the letter's name, then say whom answers and failures go to. None for a letter that is no case's."""
    case = case_of(letter.submission)
    if case is None:
        return None
    dead = DeadAddress.objects.filter(address_index=letter.contact.email_index).first()
    out, _made = OutMail.objects.get_or_create(
        message_id=message_id,
        defaults={"letter": letter, "case": case, "title": letter.subject, "at": now, "changed_at": now},
    )
    if dead is not None:
        out.state, out.reason, out.hard, out.changed_at = OutMail.State.STOPPED, dead.reason, True, now
        out.save(update_fields=["state", "reason", "hard", "changed_at"])
        return Dress(stopped="address_dead")
    headers = {"Auto-Submitted": "auto-generated"}
    base = own_address()
    if not base:
        return Dress(headers)
    back = rules.signed_address(base, case.reference, _party(letter, case), settings.INDEX_KEY)
    return Dress({**headers, "Reply-To": back}, returns_to=back)


def _party(letter: OutgoingMail, case: Case) -> str:
    """Say whose address of the case a letter carries: the sender's, or that of who speaks for a joint petition."""
    if letter.contact_id == case.submission.contact_id:
        return rules.SENDER
    position = Party.objects.filter(case=case, contact=letter.contact_id).values_list("position", flat=True).first()
    return rules.SENDER if position is None else f"party-{position}"
