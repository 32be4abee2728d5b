"""What this room itself tells in a digest: releases and signed articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import ANYONE
from engage.outreach.press.models import Edition
from engage.outreach.press.queries.public import articles, item_of
from engage.outreach.press.registry import Source, Told


def releases(since: datetime, until: datetime) -> Sequence[Told]:
    """List the releases that became public in the time."""
    now = timezone.now()
    rows = Edition.objects.visible_to(ANYONE, now).filter(public_from__gte=since, public_from__lt=until)
    found = [item_of(row, now) for row in rows.order_by("public_from", "pk")]
    return [Told(item.title, item.url, item.at, item.summary) for item in found]


def signed(since: datetime, until: datetime) -> Sequence[Told]:
    """List the signed articles that became public in the time."""
    rows = articles(get_language() or "").filter(first_published_at__gte=since, first_published_at__lt=until)
    return [
        Told(page.title, page.get_url_parts()[2], page.first_published_at, page.intro)
        for page in rows.order_by("first_published_at", "pk")
        if page.first_published_at
    ]


SOURCES = [
    Source("press_release", _("Press releases"), 10, releases),
    Source("signed_article", _("Signed articles"), 20, signed),
]
