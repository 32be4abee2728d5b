"""What starting plugs into the platform and into the room's registries."""

from __future__ import annotations


def plug_in() -> None:
    """Register refusals, timeline, the sponsors' letter and what follows a confirmation; called once."""
    from engage.pages.messages import register_refusals
    from engage.participation import timeline
    from mailbox.petitions.actions import letters, signing, sponsors, starting
    from mailbox.petitions.models import Signature
    from mailbox.petitions.starting.words import REFUSALS, TIMELINE

    register_refusals(REFUSALS)
    timeline.register(TIMELINE)
    letters.register(sponsors.LETTER, sponsors.compose, is_sifted=True)
    signing.after_confirmation(Signature.Part.STARTER, starting.follow_starter)
    signing.after_confirmation(Signature.Part.SPONSOR, sponsors.follow_sponsor)
