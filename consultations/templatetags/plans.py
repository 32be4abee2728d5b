"""Words for the templates of the plan: chips of stages, months."""

from __future__ import annotations

from django import template

from consultations.plans.models import Policy
from consultations.plans.queries import month

register = template.Library()


@register.filter
def stage_name(stage: str) -> str:
    """Name a stage."""
    return str(Policy.Stage(stage).label)


@register.filter
def stage_chip(stage: str) -> str:
    """Return the chip state of a stage; the word beside it carries the meaning."""
    return {"consultation": "warn", "adopted": "ok", "in_force": "ok", "reviewed": "ok"}.get(stage, "info")


@register.filter
def expected_month(policy: Policy) -> str:
    """Return the month in which comments are expected."""
    return month(policy)
