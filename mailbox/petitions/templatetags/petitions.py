"""How counts of people are written."""

from __future__ import annotations

from django import template

from mailbox.petitions.queries.showing import Place
from mailbox.petitions.showing import words

register = template.Library()


@register.simple_tag
def people(place: Place) -> str:
    """Write the signatures of a place, or why they are not shown."""
    return words.figure(place.signatures, place.hidden)
