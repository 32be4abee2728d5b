"""The page of the figures, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation


class PerformanceSitemap(Sitemap):
    """One page a language."""

    def items(self) -> list[str]:
        """Return the languages."""
        return list(settings.LANGUAGE_PATHS)

    def location(self, item: str) -> str:
        """Return the address in the item's language."""
        with translation.override(item):
            return reverse("performance")
