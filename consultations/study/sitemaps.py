"""Evidence pages of calls that are over, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone, translation

from consultations.study import queries
from engage.accounts.actors import ANYONE


class EvidenceSitemap(Sitemap):
    """One page a call."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, slug)."""
        slugs = queries.over_slugs(now=timezone.now(), actor=ANYONE)
        return [(code, slug) for slug in slugs for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, slug = item
        with translation.override(code):
            return reverse("evidence", args=[slug])
