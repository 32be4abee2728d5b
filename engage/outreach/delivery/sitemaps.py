"""Notices on the site, in each language they are in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from engage.outreach.delivery import queries


class NoticeSitemap(Sitemap):
    """The page of each notice."""

    def items(self) -> list[tuple[str, int]]:
        """Return (language, key)."""
        return [
            (code, pk)
            for code in settings.LANGUAGE_PATHS
            for pk in queries.notices(code).values_list("item", flat=True)
        ]

    def location(self, item: tuple[str, int]) -> str:
        """Return the address in the item's language."""
        code, pk = item
        with translation.override(code):
            return reverse("notice", args=[pk])
