"""RSS and Atom of the calls for comments."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.queries import Call, calls
from consultations.words import state_sentence
from engage.accounts.actors import ANYONE


class RssFeed(Feed):
    """Calls of every state, newest opening first; the same for everybody who asks."""

    def title(self) -> str:
        """Name the feed."""
        return _("Calls for comments")

    def description(self) -> str:
        """Say what is in it."""
        return _("Drafts on which you can comment, clause by clause, without an account")

    def link(self) -> str:
        """Point to the finder."""
        return reverse("finder")

    def get_object(self, request: HttpRequest) -> str:
        """Take the language from the address."""
        return get_language() or ""

    def items(self, language: str) -> list[Call]:
        """Return the calls that everybody may see."""
        found = calls(language=language, actor=ANYONE, now=timezone.now())
        return sorted(found, key=lambda call: call.consultation.opens_at, reverse=True)[:50]

    def item_title(self, item: Call) -> str:
        """Return the title of the page."""
        return item.page.title

    def item_description(self, item: Call) -> str:
        """Return where the call stands, then the summary."""
        return f"{state_sentence(item)}\n\n{item.page.summary}"

    def item_link(self, item: Call) -> str:
        """Return the address of the call."""
        return reverse("consultation", args=[item.consultation.slug])

    def item_pubdate(self, item: Call) -> datetime:
        """Return when it opened."""
        return item.consultation.opens_at


class AtomFeed(RssFeed):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
