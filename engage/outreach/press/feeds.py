"""RSS, Atom and JSON Feed of releases and signed articles: what everybody may read, the same for all who ask."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from engage.outreach.press.queries import Item, newest
from engage.pages.translation import HTML_LANG

NEWEST = 50


class PressRss(Feed):
    """What came last."""

    def title(self) -> str:
        """Name the feed."""
        return _("Press releases and signed articles")

    def description(self) -> str:
        """Say what is in it."""
        return _("What the office tells the press, and articles signed by those who hold office")

    def link(self) -> str:
        """Point to the list."""
        return reverse("press")

    def items(self) -> list[Item]:
        """Return the newest."""
        return newest(limit=NEWEST, now=timezone.now())

    def item_title(self, item: Item) -> str:
        """Return the title."""
        return item.title

    def item_description(self, item: Item) -> str:
        """Return the first paragraph."""
        return item.summary

    def item_author_name(self, item: Item) -> str:
        """Return who signs, else the department."""
        return item.byline or item.department

    def item_link(self, item: Item) -> str:
        """Return the address."""
        return item.url

    def item_guid(self, item: Item) -> str:
        """Name the thing."""
        return item.guid

    item_guid_is_permalink = False

    def item_pubdate(self, item: Item) -> datetime:
        """Return from when everybody could read it."""
        return item.at

    def item_updateddate(self, item: Item) -> datetime:
        """Return when it was corrected last."""
        return item.changed_at or item.at


class PressAtom(PressRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()


@require_safe
def json_feed(request: HttpRequest) -> JsonResponse:
    """Return the same as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = PressRss()
    return JsonResponse(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title(),
            "description": feed.description(),
            "home_page_url": settings.PUBLIC_URL + feed.link(),
            "feed_url": settings.PUBLIC_URL + reverse("press_json"),
            "language": HTML_LANG.get(get_language() or "", "en"),
            "items": [
                {
                    "id": item.guid,
                    "url": settings.PUBLIC_URL + item.url,
                    "title": item.title,
                    "content_text": item.summary,
                    "date_published": item.at.isoformat(),
                    "date_modified": (item.changed_at or item.at).isoformat(),
                    "authors": [{"name": item.byline or item.department}],
                }
                for item in feed.items()
            ],
        },
        content_type="application/feed+json; charset=utf-8",
        json_dumps_params={"ensure_ascii": False},
    )
