"""The press pages and the sections of departments, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone, translation

from engage.accounts.actors import ANYONE
from engage.outreach.press.models import DepartmentSectionPage, Edition, SignedArticlePage


class PressSitemap(Sitemap):
    """The lists, and every release that everybody may read."""

    def items(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return (language, view name, its arguments)."""
        slugs = Edition.objects.visible_to(ANYONE, timezone.now()).values_list("release__slug", flat=True)
        pages: list[tuple[str, tuple[str, ...]]] = [("press", ()), ("departments", ()), ("media_join", ())]
        pages += [("press_release", (slug,)) for slug in slugs]
        return [(code, name, arguments) for code in settings.LANGUAGE_PATHS for name, arguments in pages]

    def location(self, item: tuple[str, str, tuple[str, ...]]) -> str:
        """Return the address in the item's language."""
        code, name, arguments = item
        with translation.override(code):
            return reverse(name, args=arguments)


class PressPagesSitemap(Sitemap):
    """Signed articles and sections that everybody may read."""

    def items(self) -> list[SignedArticlePage | DepartmentSectionPage]:
        """Return the pages."""
        return [
            page
            for model in (SignedArticlePage, DepartmentSectionPage)
            for page in model.objects.visible_to(ANYONE).order_by("path")
        ]

    def location(self, item: SignedArticlePage | DepartmentSectionPage) -> str:
        """Return its address."""
        return item.get_url_parts()[2]
