"""Words for the templates of packs: chips, and what belongs to a clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from consultations.packs.models import Invitation, Pack

register = template.Library()


@register.filter
def pack_chip(state: str) -> str:
    """Return the chip state of a pack's state; the word beside it carries the meaning."""
    return {
        Pack.State.PUBLISHED: "ok",
        Pack.State.SUBMITTED: "warn",
        Pack.State.SUPERSEDED: "mute",
        Pack.State.TAKEN_DOWN: "bad",
    }.get(Pack.State(state), "info")


@register.filter
def invitation_chip(state: str) -> str:
    """Return the chip state of an invitation; what waits for the editor stands out."""
    return {Invitation.State.ACCEPTED: "ok", Invitation.State.HANDED_IN: "warn"}.get(Invitation.State(state), "info")


@register.filter
def of_clause(found: Mapping[int, Any] | None, clause_id: int) -> Any:
    """Return what belongs to a clause; nothing where a page did not look."""
    return found.get(clause_id, []) if found else []
