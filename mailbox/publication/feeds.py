"""RSS and Atom of published answers and of the disclosure log: what everybody may read, the same for all who ask."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mailbox.publication import queries, rules
from mailbox.publication.queries import Shown


class RepliesRss(Feed):
    """Published answers, newest first."""

    form = rules.REPLY

    def title(self) -> str:
        """Name the feed."""
        return _("Published replies")

    def description(self) -> str:
        """Say what is in it."""
        return _("Questions people asked the office, and its answers")

    def link(self) -> str:
        """Point to the list."""
        return reverse(queries.LISTS[self.form])

    def items(self) -> list[Shown]:
        """Return the newest."""
        language = get_language() or ""
        rows = queries.public_rows(self.form)[: queries.FEED_NEWEST]
        return [queries.shown(row, language, titles=False) for row in rows]

    def item_title(self, item: Shown) -> str:
        """Return the title."""
        return item.title

    def item_description(self, item: Shown) -> str:
        """Return the beginning of the answer."""
        return item.excerpt

    def item_author_name(self, item: Shown) -> str:
        """Return the unit that answers."""
        return item.department

    def item_link(self, item: Shown) -> str:
        """Return the address."""
        return item.url

    def item_guid(self, item: Shown) -> str:
        """Name the thing."""
        return f"{item.form}-{item.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Shown) -> datetime | None:
        """Return from when everybody could read it."""
        return item.published_at

    def item_updateddate(self, item: Shown) -> datetime | None:
        """Return when it was last released anew."""
        return item.revised_at or item.published_at


class RepliesAtom(RepliesRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()


class DisclosuresRss(RepliesRss):
    """The disclosure log, newest first."""

    form = rules.DISCLOSURE

    def title(self) -> str:
        """Name the feed."""
        return _("Disclosure log")

    def description(self) -> str:
        """Say what is in it."""
        return _("What the office gave out when people asked for documents and data")


class DisclosuresAtom(DisclosuresRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
