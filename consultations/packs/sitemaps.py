"""Published packs, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from consultations.packs import queries


class PackSitemap(Sitemap):
    """The page of each call whose text is explained."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, slug)."""
        return [(code, slug) for slug in queries.published_slugs() for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, slug = item
        with translation.override(code):
            return reverse("interpretation", args=[slug])
