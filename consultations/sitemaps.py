"""Calls and the articles of their published texts, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from consultations.models import Consultation
from engage.accounts.actors import ANYONE


class CallSitemap(Sitemap):
    """The overview, the text and the comments of every public call."""

    def items(self) -> list[tuple[str, str, str]]:
        """Return (language, view name, slug)."""
        slugs = Consultation.objects.visible_to(ANYONE).order_by("pk").values_list("slug", flat=True)
        names = ("consultation", "draft", "comments")
        return [(code, name, slug) for slug in slugs for code in settings.LANGUAGE_PATHS for name in names]

    def location(self, item: tuple[str, str, str]) -> str:
        """Return the address in the item's language."""
        code, name, slug = item
        with translation.override(code):
            return reverse(name, args=[slug])
