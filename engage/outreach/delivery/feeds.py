"""Atom: the site's notices, and each channel that is a feed."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.outreach.delivery import queries
from engage.outreach.delivery.models import Channel, Delivery

MOST = 50


class NoticeFeed(Feed):
    """The site's notices in one language, the newest first; the same for everybody who asks."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, code: str = "") -> tuple[str, Channel | None]:
        """Take the language from the address, and the channel whose feed it is."""
        channel = queries.feed_channel(code) if code else None
        if code and channel is None:
            raise Http404
        return get_language() or "", channel

    def title(self, wanted: tuple[str, Channel | None]) -> str:
        """Name the feed."""
        return str(wanted[1]) if wanted[1] else _("Notices")

    def subtitle(self, wanted: tuple[str, Channel | None]) -> str:
        """Say what is in it."""
        return _("What this site makes known")

    def link(self, wanted: tuple[str, Channel | None]) -> str:
        """Point to the page of notices."""
        return reverse("notices")

    def items(self, wanted: tuple[str, Channel | None]) -> list[Delivery]:
        """Return what everybody may read."""
        language, channel = wanted
        return list(queries.notices(language, channel=channel.code if channel else "")[:MOST])

    def item_title(self, item: Delivery) -> str:
        """Return the released title."""
        return queries.notice_of(item).title

    def item_description(self, item: Delivery) -> str:
        """Return the released words."""
        return queries.notice_of(item).body

    def item_link(self, item: Delivery) -> str:
        """Return where to read on: what it is about, else its own page."""
        if item.url or item.channel.adapter != queries.SITE:
            return item.url or reverse("notices")
        return reverse("notice", args=[item.item_id])

    def item_guid(self, item: Delivery) -> str:
        """Return the lasting name of this entry."""
        return f"urn:uuid:{item.key}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Delivery) -> datetime:
        """Return when it went out."""
        return item.sent_at or item.scheduled_at
