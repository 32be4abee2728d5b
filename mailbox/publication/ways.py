"""What the sender of a case may read and decide about its publication, for the page of the receipt."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from mailbox.models import Case
from mailbox.publication import queries, rules


def publishing_ways(case: Case) -> list[tuple[str, str]]:
    """Return (label, address): what everybody reads of it, and where the sender allows it or takes that back."""
    if case.answered_at is None:
        return []
    ways = []
    public = queries.published_of(case)
    if public is not None:
        ways.append((_("Read what is published"), reverse(queries.PAGES[public.form], args=[public.pk])))
    if rules.asks_consent(case.kind):
        ways.append((_("Whether it is published"), reverse("case_publishing", args=[case.reference])))
    return ways
