"""What signing plugs into the platform and into the room's registries."""

from __future__ import annotations

from django.urls import reverse

from engage.pages.messages import register_refusals
from engage.participation import doors
from mailbox.petitions.signing.words import REFUSALS


def plug_in() -> None:
    """Register refusals and letters; called once, when the apps are ready."""
    from mailbox.petitions.actions import letters
    from mailbox.petitions.queries.signing import proven
    from mailbox.petitions.signing import quick
    from mailbox.petitions.signing.letters import confirmation

    register_refusals(REFUSALS)
    letters.register("confirm", confirmation, is_sifted=True)
    doors.register(
        doors.Door(
            letter="S",
            proves=lambda reference, code: proven(reference, code) is not None,
            address=lambda reference: reverse("petition_signature", args=[reference]),
        )
    )
    quick.plug_in()
