"""The mails of a case, for the desk's page of it."""

from typing import Any

from django import template

from mailbox.models import Case
from mailbox.post import queries

register = template.Library()


@register.inclusion_tag("mailbox/post/of_case.html", takes_context=True)
def mails_of(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Show what went out and how it fared, and what came in; nothing to whom is only asked for an opinion."""
    mails = queries.of_case(case) if context["board"].standing else {}
    return mails | {"case": case, "csrf_token": context.get("csrf_token")}
