"""The list of petitions and every public one, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from mailbox.petitions.models import Petition

Address = tuple[str, str, tuple[int, ...]]


class PetitionSitemap(Sitemap):
    """The list, and every petition on it."""

    def items(self) -> list[Address]:
        """Return (language, view name, its arguments)."""
        keys = Petition.objects.public().order_by("pk").values_list("pk", flat=True)
        pages: list[tuple[str, tuple[int, ...]]] = [("petitions", ()), *(("petition", (pk,)) for pk in keys)]
        return [(code, name, arguments) for code in settings.LANGUAGE_PATHS for name, arguments in pages]

    def location(self, item: Address) -> str:
        """Return the address in the item's language."""
        code, name, arguments = item
        with translation.override(code):
            return reverse(name, args=arguments)
