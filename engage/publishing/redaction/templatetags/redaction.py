"""Words and measures of redaction in templates."""

from __future__ import annotations

from django import template

from engage.publishing.redaction import words

register = template.Library()

CHIPS = {"open": "warn", "made": "info", "done": "ok"}


@register.filter
def redaction_chip(state: str) -> str:
    """Return the colour of a state."""
    return CHIPS.get(state, "")


@register.filter
def mark_name(kind: str) -> str:
    """Return the name of a kind of mark."""
    return words.mark_name(kind)


@register.filter
def trace_name(kind: str) -> str:
    """Return the name of a kind of trace."""
    return str(words.TRACE_KINDS.get(kind, kind))


@register.filter
def personal_name(kind: str) -> str:
    """Return the name of a kind of personal data."""
    return str(words.PERSONAL_KINDS.get(kind, kind))


@register.filter
def plain(value: float) -> str:
    """Return a measure as a drawing takes it, whatever the reader's language writes."""
    return f"{value:.1f}"
