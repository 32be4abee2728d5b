"""What other pages of the mailbox show of what is published: a panel on the desk's page of a case."""

from __future__ import annotations

from typing import Any

from django import template

from mailbox.models import Case
from mailbox.publication import actions, queries, rules

register = template.Library()


@register.inclusion_tag("mailbox/publication/desk/panel.html", takes_context=True)
def publishing_panel(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Show how far the publication of an answered case is, to who prepares it."""
    user = context["request"].user
    form = rules.form_for(case.kind, case.result)
    possible = form == rules.DISCLOSURE or rules.asks_consent(case.kind)
    if case.answered_at is None or not possible or not actions.may_prepare(case, user):
        return {"case": None}
    return {"case": case, "publication": queries.publication_of(case, actor=user), "form": form}
