"""What the desk's bar says about its pages."""

from __future__ import annotations

from typing import Any

from django import template

from engage.desk.registry import DeskPage

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_in(context: dict[str, Any], page: DeskPage) -> int:
    """Count what waits for the reader on a page; 0 for a page that does not count."""
    return page.count(context["request"].user) if page.count is not None else 0
