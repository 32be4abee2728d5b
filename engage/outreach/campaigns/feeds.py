"""RSS and Atom of campaigns."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.outreach.campaigns import queries
from engage.outreach.campaigns.queries.published import Listed

NEWEST = 50


class CampaignRss(Feed):
    """Released campaigns, the latest day first; the same for everybody who asks."""

    def title(self) -> str:
        """Name the feed."""
        return _("Campaigns")

    def description(self) -> str:
        """Say what is in it."""
        return _("What an office explains around an observance: background, cases, commentary, what people say")

    def link(self) -> str:
        """Point to the list."""
        return reverse("campaigns")

    def get_object(self, request: HttpRequest) -> str:
        """Take the language from the address."""
        return get_language() or ""

    def items(self, language: str) -> list[Listed]:
        """Return the campaigns that everybody may read."""
        return queries.entries(language=language, limit=NEWEST)

    def item_title(self, item: Listed) -> str:
        """Return the title."""
        return item.shown.title

    def item_description(self, item: Listed) -> str:
        """Return the summary."""
        return item.shown.summary

    def item_link(self, item: Listed) -> str:
        """Return the address of the page."""
        return item.shown.url

    def item_guid(self, item: Listed) -> str:
        """Name the campaign; a correction is the same one."""
        return item.shown.guid

    item_guid_is_permalink = False

    def item_pubdate(self, item: Listed) -> datetime | None:
        """Return when it was first published."""
        return item.campaign.published_at


class CampaignAtom(CampaignRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
