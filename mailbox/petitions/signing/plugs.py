"""What signing plugs into the platform and into the room's registries."""

from __future__ import annotations

from engage.pages.messages import register_refusals
from mailbox.petitions.signing.words import REFUSALS


def plug_in() -> None:
    """Register refusals and letters; called once, when the apps are ready."""
    from mailbox.petitions.actions import letters
    from mailbox.petitions.signing.letters import confirmation

    register_refusals(REFUSALS)
    letters.register("confirm", confirmation, is_sifted=True)
