"""That moderation takes longer, for the pages on which people start a petition or look for theirs."""

from __future__ import annotations

from django import template

from mailbox.petitions.queries import moderation

register = template.Library()


@register.inclusion_tag("petitions/delay.html")
def petition_delay() -> dict[str, int | None]:
    """Show the banner where so many petitions wait that it takes long; nothing otherwise."""
    return {"delay": moderation.delay()}
