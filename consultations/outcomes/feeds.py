"""RSS and Atom of published outcomes."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.outcomes import queries

NEWEST = 50


class OutcomeRss(Feed):
    """Published outcomes, newest first; the same for everybody who asks."""

    def title(self) -> str:
        """Name the feed."""
        return _("We asked, you said, we did")

    def description(self) -> str:
        """Say what is in it."""
        return _("What became of the comments on each draft, clause by clause")

    def link(self) -> str:
        """Point to the list."""
        return reverse("outcomes")

    def get_object(self, request: HttpRequest) -> str:
        """Take the language from the address."""
        return get_language() or ""

    def items(self, language: str) -> list[queries.Digest]:
        """Return the outcomes that everybody may read."""
        return queries.digests(language=language, limit=NEWEST)

    def item_title(self, item: queries.Digest) -> str:
        """Return the title."""
        return _("%(title)s: what you said, what we changed") % {"title": item.page.title}

    def item_description(self, item: queries.Digest) -> str:
        """Return the summary."""
        return item.shown.texts.get("summary", "")

    def item_link(self, item: queries.Digest) -> str:
        """Return the address of the outcome."""
        return reverse("outcome", args=[item.outcome.consultation.slug])

    def item_guid(self, item: queries.Digest) -> str:
        """Name the outcome, a correction being another one."""
        return f"outcome-{item.outcome.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: queries.Digest) -> datetime | None:
        """Return when it was published."""
        return item.outcome.published_at


class OutcomeAtom(OutcomeRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
