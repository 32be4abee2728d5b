"""RSS and Atom of published packs."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.packs import queries

NEWEST = 50


class PackRss(Feed):
    """Published packs, newest first; the same for everybody who asks."""

    def title(self) -> str:
        """Name the feed."""
        return _("Policies explained")

    def description(self) -> str:
        """Say what is in it."""
        return _("Background, key points and supporting measures of drafts and final documents")

    def link(self) -> str:
        """Point to the calls they belong to."""
        return reverse("finder")

    def get_object(self, request: HttpRequest) -> str:
        """Take the language from the address."""
        return get_language() or ""

    def items(self, language: str) -> list[queries.Entry]:
        """Return the packs that everybody may read."""
        return queries.entries(language=language, limit=NEWEST)

    def item_title(self, item: queries.Entry) -> str:
        """Return the title."""
        return _("Explained: %(title)s") % {"title": item.page.title}

    def item_description(self, item: queries.Entry) -> str:
        """Return the background."""
        return item.background

    def item_link(self, item: queries.Entry) -> str:
        """Return the address of the pack."""
        return reverse("interpretation_edition", args=[item.pack.consultation.slug, item.pack.number])

    def item_guid(self, item: queries.Entry) -> str:
        """Name the pack, a correction being another one."""
        return f"pack-{item.pack.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: queries.Entry) -> datetime | None:
        """Return when it was published."""
        return item.pack.published_at


class PackAtom(PackRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
