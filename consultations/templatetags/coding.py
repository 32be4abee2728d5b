"""Figures of agreement in words for templates."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def kappa(value: float | None) -> str:
    """Write a kappa with two digits; nothing where it says nothing."""
    return "" if value is None else f"{value:.2f}"


@register.filter
def percent(share: float | None) -> str:
    """Write a share (0 to 1) as a whole percentage."""
    return "" if share is None else f"{share * 100:.0f}%"
