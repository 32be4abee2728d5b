"""Released campaigns, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import ANYONE
from engage.outreach.campaigns.models import Campaign


class CampaignSitemap(Sitemap):
    """The page of each campaign."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, slug)."""
        slugs = list(Campaign.objects.visible_to(ANYONE).order_by("slug").values_list("slug", flat=True))
        return [(code, slug) for slug in slugs for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, slug = item
        with translation.override(code):
            return reverse("campaign", args=[slug])
