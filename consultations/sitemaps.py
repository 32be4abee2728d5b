"""Calls and the articles of their published texts, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from consultations.models import Consultation, Draft
from engage.accounts.actors import ANYONE


class CallSitemap(Sitemap):
    """The overview, the texts and the comments of every public call."""

    def items(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return (language, view name, its arguments)."""
        calls = Consultation.objects.visible_to(ANYONE).order_by("pk")
        slugs = calls.values_list("slug", flat=True)
        further = Draft.objects.filter(consultation__in=calls, published__isnull=False).exclude(slug="").order_by("pk")
        pages = [(name, (slug,)) for slug in slugs for name in ("consultation", "draft", "comments")]
        pages += [("draft_named", found) for found in further.values_list("consultation__slug", "slug")]
        return [(code, name, arguments) for code in settings.LANGUAGE_PATHS for name, arguments in pages]

    def location(self, item: tuple[str, str, tuple[str, ...]]) -> str:
        """Return the address in the item's language."""
        code, name, arguments = item
        with translation.override(code):
            return reverse(name, args=arguments)
