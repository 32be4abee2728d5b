"""Plugs moderation into the platform's registries."""

from __future__ import annotations


def plug_in() -> None:
    """Register the queue, the words, the letters and what newcomers practise."""
    from engage.desk import registry as desk
    from engage.pages.messages import register_refusals
    from engage.participation import timeline
    from engage.training import registry as tour
    from mailbox.petitions.actions import letters
    from mailbox.petitions.moderating.letters import TO_SPONSORS
    from mailbox.petitions.moderating.queue import PETITIONS
    from mailbox.petitions.moderating.training import PETITIONS as TASK
    from mailbox.petitions.moderating.words import REFUSALS, TIMELINE

    register_refusals(REFUSALS)
    timeline.register(TIMELINE)
    desk.register(PETITIONS)
    tour.register(TASK)
    for kind, compose in TO_SPONSORS.items():
        letters.register(kind, compose)
