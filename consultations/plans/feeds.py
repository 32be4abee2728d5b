"""RSS and Atom of the plan: each move of a policy is one entry."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.plans.models import StageMove
from consultations.plans.queries import newest_moves
from engage.accounts.actors import ANYONE

NEWEST = 50


class PlanRss(Feed):
    """What moved last; the same for everybody who asks."""

    def title(self) -> str:
        """Name the feed."""
        return _("Forward plan")

    def description(self) -> str:
        """Say what is in it."""
        return _("Policies to come, and how far each is")

    def link(self) -> str:
        """Point to the plan."""
        return reverse("plan")

    def items(self) -> list[StageMove]:
        """Return the newest moves of what is in the public plan."""
        return newest_moves(actor=ANYONE, limit=NEWEST)

    def item_title(self, item: StageMove) -> str:
        """Return policy and stage."""
        return _("%(title)s: %(stage)s") % {"title": item.policy.title, "stage": item.get_stage_display()}

    def item_description(self, item: StageMove) -> str:
        """Return the day and the note."""
        day = _("Since %(day)s") % {"day": date_format(item.on, "DATE_FORMAT")}
        return f"{day}\n\n{item.note or item.policy.summary}"

    def item_link(self, item: StageMove) -> str:
        """Return the address of the policy."""
        return reverse("plan_policy", args=[item.policy.slug])

    def item_guid(self, item: StageMove) -> str:
        """Name the move."""
        return f"stage-{item.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: StageMove) -> datetime:
        """Return when it was recorded."""
        return item.recorded_at


class PlanAtom(PlanRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        """Say what is in it."""
        return self.description()
