"""What answers and debates plug into the platform and into the room's registries."""

from __future__ import annotations


def plug_in() -> None:
    """Register refusals, timeline, the gated kind and letters; called once, when the apps are ready."""
    from engage.pages.messages import register_refusals
    from engage.participation import timeline
    from engage.publishing import registry as gate
    from mailbox.petitions.actions import answers, letters
    from mailbox.petitions.answering.gated import KINDS
    from mailbox.petitions.answering.letters import KINDS as LETTERS
    from mailbox.petitions.answering.words import REFUSALS, TIMELINE

    register_refusals(dict(REFUSALS))
    timeline.register(dict(TIMELINE))
    for gated in KINDS:
        gate.register(gated)
    for kind, compose in LETTERS.items():
        letters.register(kind, compose, is_news=True)
    answers.connect()
