"""Plugs guarding into the platform's registries."""

from __future__ import annotations


def plug_in() -> None:
    """Register the queue of held signatures, the pages, the words."""
    from engage.desk import registry as desk
    from engage.pages.messages import register_refusals
    from mailbox.petitions.guarding.queue import HELD
    from mailbox.petitions.guarding.views import GUARD
    from mailbox.petitions.guarding.words import REFUSALS

    register_refusals(REFUSALS)
    desk.register(HELD)
    desk.register_page(GUARD)
