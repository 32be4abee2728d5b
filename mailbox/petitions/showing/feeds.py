"""RSS and Atom of petitions that opened, newest first: what everybody may read."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from mailbox.petitions.queries import showing as queries
from mailbox.petitions.queries.showing import Row


class PetitionsRss(Feed):
    """Open petitions, newest first."""

    item_guid_is_permalink = False

    def title(self) -> str:
        """Name the feed."""
        return _("Petitions")

    def description(self) -> str:
        """Say what is in it."""
        return _("Petitions that opened for signatures")

    def link(self) -> str:
        """Point to the list."""
        return reverse("petitions")

    def items(self) -> list[Row]:
        """Return the newest."""
        return [queries.row_of(petition) for petition in queries.newest_open()]

    def item_title(self, item: Row) -> str:
        """Return the title."""
        return item.title

    def item_description(self, item: Row) -> str:
        """Return what is asked for."""
        return item.action

    def item_link(self, item: Row) -> str:
        """Return the address."""
        return item.url

    def item_guid(self, item: Row) -> str:
        """Name the thing."""
        return f"petition-{item.pk}"

    def item_pubdate(self, item: Row) -> datetime | None:
        """Return when it opened."""
        return item.opened_at

    def item_updateddate(self, item: Row) -> datetime | None:
        """Return when it opened."""
        return item.opened_at


class PetitionsAtom(PetitionsRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
