"""The status page in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation


class StatusSitemap(Sitemap):
    """One page a language."""

    def items(self) -> list[str]:
        """Return the languages."""
        return list(settings.LANGUAGE_PATHS)

    def location(self, item: str) -> str:
        """Return the address in one language."""
        with translation.override(item):
            return reverse("status")
