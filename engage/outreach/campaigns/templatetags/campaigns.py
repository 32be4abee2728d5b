"""Words and chips for the templates of campaigns."""

from __future__ import annotations

from django import template

from engage.outreach.campaigns import rules
from engage.outreach.campaigns.exports import channel_label
from engage.outreach.campaigns.words import STAGES, language_name

register = template.Library()
register.filter("channel_label", channel_label)
register.filter("language_name", language_name)


@register.filter
def stage_name(stage: str) -> str:
    """Say where a campaign stands."""
    return str(STAGES[stage])


@register.filter
def stage_chip(stage: str) -> str:
    """Return the chip of a stage; the word beside it carries the meaning."""
    return {rules.Stage.RUNNING: "ok", rules.Stage.IN_REVIEW: "warn", rules.Stage.PREPARING: "info"}.get(
        rules.Stage(stage), "mute"
    )


@register.filter
def percent(share: float | None) -> str:
    """Say a share with one decimal: 62.5%."""
    return "" if share is None else f"{share * 100:.1f}%"


@register.filter
def points(difference: float) -> str:
    """Say a difference of two shares in percentage points, with its sign."""
    return f"{difference * 100:+.1f}"
