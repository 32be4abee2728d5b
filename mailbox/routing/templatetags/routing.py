"""What the page of a case shows of this room: proposed units, and cases like it."""

from __future__ import annotations

from typing import Any

from django import template

from mailbox.models import Case
from mailbox.routing import queries

register = template.Library()


@register.inclusion_tag("mailbox/routing/proposals.html", takes_context=True)
def route_proposals(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Show the proposed units to who may pass the case on."""
    steps = {step.code for step in context.get("steps", ())}
    if not steps & {"route", "transfer"} or case.lead_id is not None:
        return {"proposals": []}
    return {
        "case": case,
        "proposals": queries.proposals_for([case]).get(case.pk, []),
        "keys_on": context.get("keys_on"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("mailbox/routing/group_hint.html", takes_context=True)
def letter_group(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """Show that a case is one of several letters of one wording, with the way to them."""
    asked = [case.pk] if case.has_group else []
    group, letters = queries.groups_of(asked, actor=context["request"].user).get(case.pk, (None, 0))
    words = queries.group_words(letters) if group else ""
    return {"group": group, "words": words, "keys_on": context.get("keys_on")}


@register.inclusion_tag("mailbox/routing/similar.html", takes_context=True)
def similar_cases(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Show cases like this one that the reader may see, and whether the answer is asked for often."""
    return {"case": case, "similar": queries.similar_to(case, actor=context["request"].user)}
