"""The banner that tells administrators about channels that are down, wherever they work."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from engage.accounts.actors import Role, has_role
from engage.outreach.health import queries, registry
from engage.outreach.health.words import day_word

register = template.Library()
register.filter("day_word", day_word)


@register.inclusion_tag("health/alarm.html", takes_context=True)
def channel_alarm(context: dict[str, Any]) -> dict[str, Any]:
    """Name the channels that are down; nothing for anybody but an administrator."""
    request = context.get("request")
    if request is None or not has_role(request.user, Role.ADMINISTRATOR):
        return {"down": []}
    codes = set(queries.down_codes(timezone.now()))
    return {"down": [probe.label for probe in registry.probes() if probe.code in codes]}
