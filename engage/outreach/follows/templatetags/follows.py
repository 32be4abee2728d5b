"""Boxes of the page about following, and languages as HTML names them."""

from __future__ import annotations

from collections.abc import Collection

from django import template

from engage.outreach.follows.queries import Choices
from engage.outreach.follows.registry import Tag
from engage.pages.translation import HTML_LANG

register = template.Library()


@register.filter
def box(tag: Tag) -> str:
    """Return what the box of a thing sends."""
    return f"{tag.kind}-{tag.ref}"


@register.filter
def has_chosen(group: Choices, chosen: Collection[str]) -> bool:
    """Tell whether one of the group's boxes is ticked."""
    return any(box(tag) in chosen for tag, _name in group.options)


@register.filter
def language_of(code: str) -> str:
    """Return the HTML language of a language code."""
    return HTML_LANG.get(code, code)
