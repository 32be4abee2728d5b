"""What outcomes give the press room: the outcomes of a month for its digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consultations.outcomes import queries
from engage.outreach.press.registry import Source, Told

NEWEST = 200


def told(since: datetime, until: datetime) -> Sequence[Told]:
    """List the outcomes that were published in the time."""
    found = []
    for digest in queries.digests(language=get_language() or "", limit=NEWEST):
        at = digest.outcome.published_at
        if at is not None and since <= at < until:
            url = reverse("outcome", args=[digest.outcome.consultation.slug])
            found.append(Told(digest.page.title, url, at, digest.shown.texts.get("summary", "")))
    return sorted(found, key=lambda row: row.at)


SOURCE = Source("outcome", _("Outcomes of consultations"), 40, told)
