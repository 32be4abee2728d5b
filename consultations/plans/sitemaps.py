"""The plan and each policy of it, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from consultations.plans.models import Policy
from engage.accounts.actors import ANYONE


class PlanSitemap(Sitemap):
    """The list and the policies that everybody may see."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, slug); no slug: the list."""
        slugs = ["", *Policy.objects.visible_to(ANYONE).values_list("slug", flat=True)]
        return [(code, slug) for slug in slugs for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, slug = item
        with translation.override(code):
            return reverse("plan_policy", args=[slug]) if slug else reverse("plan")
