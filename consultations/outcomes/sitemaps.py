"""Published outcomes and the lists of them, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from consultations.outcomes import queries


class OutcomeSitemap(Sitemap):
    """The page of each published outcome, the digest and the list of those awaited."""

    def items(self) -> list[tuple[str, str, str]]:
        """Return (language, view name, slug)."""
        names = [("outcomes", ""), ("awaiting_outcome", "")]
        names += [("outcome", slug) for slug in queries.published_slugs()]
        return [(code, name, slug) for name, slug in names for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str, str]) -> str:
        """Return the address in the item's language."""
        code, name, slug = item
        with translation.override(code):
            return reverse(name, args=[slug] if slug else [])
