"""What is sent of a letter that is kept: its case, what comes beside it, and its envelope; for both ways of sending."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from engage.accounts.actors import Actor
from engage.participation import challenge, sending
from engage.participation.actions import Envelope
from mailbox.actions import NewCase
from mailbox.letterbox import actions, kept, queries
from mailbox.letterbox.forms import FIELDS, representatives_in
from mailbox.letterbox.models import Delivery
from mailbox.models import Case


def ready_values(letter: kept.Letter) -> dict[str, Any] | None:
    """Return what the form made of a letter; None where it is to be looked at again: a unit may have gone meanwhile."""
    chosen = [letter.values[name] for name in ("department", "accuses") if letter.values.get(name)]
    if chosen and not {*chosen} <= {key for key, _name in queries.department_choices()}:
        return None
    return letter.ready_values(FIELDS[letter.kind])


def envelope(letter: kept.Letter, values: Mapping[str, str], language: str, website: str) -> Envelope:
    """Return its envelope as of now. `website` is what stands in the field that people do not see."""
    now = timezone.now()
    return Envelope(
        token=uuid.UUID(letter.token),
        language=language,
        received_at=now,
        name=values.get("name", ""),
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        signature=values.get("signature", ""),
        flagged=sending.seems_automatic(website, challenge.signed_moment(letter.opened), now),
    )


def send(
    letter: kept.Letter, values: Mapping[str, str], envelope: Envelope, dropping: kept.Dropping, *, actor: Actor
) -> Case:
    """Open its case, and forget it in the same statement. Raises as `register_case`."""
    return actions.send_letter(
        _new_case(letter, values),
        _beside(values),
        envelope,
        held=letter.digest if letter.files else "",
        helped=letter.helped,
        aside=dropping.write,
        actor=actor,
    )


def _new_case(letter: kept.Letter, values: Mapping[str, str]) -> NewCase:
    return NewCase(
        kind=letter.kind,
        text=values["text"],
        title=values["title"],
        url=letter.values.get("about", ""),
        may_publish=values.get("publish") == "yes",
        people=int(values.get("people", "1")),
        representatives=representatives_in(values),
        barred=int(values["accuses"]) if values.get("accuses") else None,
    )


def _beside(values: Mapping[str, str]) -> actions.Beside:
    return actions.Beside(
        department=int(values["department"]) if values["department"] else None,
        delivery=Delivery(values["delivery"]).value if "delivery" in values else "",
        address=values.get("address", ""),
    )
