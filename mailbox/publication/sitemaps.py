"""Published answers and the disclosure log, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from mailbox.publication import queries

Address = tuple[str, str, tuple[int, ...]]


class PublicationSitemap(Sitemap):
    """The two lists, and every item on them."""

    def items(self) -> list[Address]:
        """Return (language, view name, its arguments)."""
        pages: list[tuple[str, tuple[int, ...]]] = [(name, ()) for name in queries.LISTS.values()]
        for form, name in queries.PAGES.items():
            pages += [(name, (pk,)) for pk in queries.public_rows(form).values_list("pk", flat=True)]
        return [(code, name, arguments) for code in settings.LANGUAGE_PATHS for name, arguments in pages]

    def location(self, item: Address) -> str:
        """Return the address in the item's language."""
        code, name, arguments = item
        with translation.override(code):
            return reverse(name, args=arguments)
