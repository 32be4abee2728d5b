"""What the desk's bar says about its pages."""

from __future__ import annotations

from typing import Any

from django import template

from engage.desk.registry import BarItem, DeskPage, Queue, bar_for

register = template.Library()


@register.simple_tag(takes_context=True)
def bar(context: dict[str, Any]) -> list[tuple[BarItem, bool]]:
    """Return the parts of the reader's bar, each with whether the present page is one of its places."""
    here = context.get("current_queue") or context.get("current_page")
    return [(item, here in item.places) for item in bar_for(context["request"].user)]


@register.filter
def is_queue(place: Queue | DeskPage) -> bool:
    """Tell whether a place of the bar is a queue."""
    return isinstance(place, Queue)


@register.simple_tag(takes_context=True)
def waits_in(context: dict[str, Any], place: Queue | DeskPage) -> int:
    """Count what waits for the reader in a place; 0 for one that does not count."""
    count = getattr(place, "count", None)
    return count(context["request"].user) if count is not None else 0
