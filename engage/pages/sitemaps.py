"""The sitemap: standing pages here, each room adds its own section."""

from __future__ import annotations

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.models import Page

from engage.pages.models import ArticlePage, HomePage, SectionPage
from engage.pages.visibility import public_only


class PageSitemap(Sitemap):
    """Live, public pages of the tree, in every language."""

    def items(self) -> QuerySet[Page]:
        """Return the pages."""
        return public_only(Page.objects.type(HomePage, ArticlePage, SectionPage)).order_by("path")

    def location(self, item: Page) -> str:
        """Return the address; the site's host is added by Django."""
        return item.get_url_parts()[2]

    def lastmod(self, item: Page):
        """Return when it was last published."""
        return item.last_published_at


_sitemaps: dict[str, type[Sitemap]] = {"pages": PageSitemap}


def register(name: str, sitemap: type[Sitemap]) -> None:
    """Add a room's section."""
    _sitemaps[name] = sitemap


def registered_sitemaps() -> dict[str, type[Sitemap]]:
    """Return all sections."""
    return _sitemaps
