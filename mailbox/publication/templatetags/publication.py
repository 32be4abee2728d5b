"""What other pages of the mailbox show of what is published: a panel on the desk's page of a case."""

from __future__ import annotations

from typing import Any

from django import template

from mailbox.models import Case
from mailbox.publication import queries, rules
from mailbox.publication.actions.preparing import PREPARES

register = template.Library()


@register.inclusion_tag("mailbox/publication/desk/panel.html", takes_context=True)
def publishing_panel(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Show how far the publication of an answered case is, to who prepares it."""
    form = rules.form_for(case.kind, case.result)
    possible = form == rules.DISCLOSURE or rules.asks_consent(case.kind)
    # Where the reader stands was read with the case.
    if case.answered_at is None or not possible or not context["board"].standing & PREPARES:
        return {"case": None}
    found = queries.publication_of(case, actor=context["request"].user)
    return {"case": case, "publication": found, "form": form}
