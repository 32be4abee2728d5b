"""What the other rooms of outreach know of campaigns: what can be told about, what followers hear, who was reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from engage.accounts.actors import ANYONE, Actor
from engage.outreach.campaigns import queries, registry
from engage.outreach.campaigns.models import Campaign
from engage.outreach.delivery import queries as ledger
from engage.outreach.delivery.models import Channel
from engage.outreach.follows.registry import EventKind, Told
from engage.outreach.subjects import Kind, Shown

if TYPE_CHECKING:
    from engage.outreach.follows.models import Event

SUBJECT, PUBLISHED = "campaign", "campaign.published"


def find(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a released campaign by its part of the address."""
    campaign = queries.published(id, actor=actor)
    if campaign is None:
        return None
    shown = queries.shown(campaign.content, language)
    return Shown(
        shown.title,
        shown.url,
        shown.summary,
        department=shown.department,
        department_id=campaign.department_id,
        dated=campaign.published_at,
        topics=tuple(campaign.content["topics"]),
    )


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the released campaigns, the latest day first."""
    return [(one.shown.slug, one.shown.title) for one in queries.entries(language=get_language() or "", limit=50)]


KIND = Kind(
    SUBJECT,
    gettext_lazy("campaign"),
    find=find,
    choices=choices,
    pages={"campaign": "slug", "campaign_say": "slug"},
)


def _tell(events: Sequence[Event]) -> Mapping[int, Told]:
    keys: Collection[int] = {event.subject_id for event in events}
    public = {one.pk: one for one in Campaign.objects.visible_to(ANYONE).filter(pk__in=keys)}
    return {event.pk: _told(public[event.subject_id]) for event in events if event.subject_id in public}


def _told(campaign: Campaign) -> Told:
    shown = queries.shown(campaign.content, get_language() or "")
    return Told(_("Campaign: %(title)s") % {"title": shown.title}, shown.summary, shown.url)


EVENT = EventKind(PUBLISHED, gettext_lazy("a campaign began"), _tell)


def reach(campaign: int, *, first: date, last: date) -> Iterable[registry.Reach]:
    """Return whom the outbox reached about a campaign, whenever it told; a channel may not know how many read it."""
    slug = Campaign.objects.values_list("slug", flat=True).get(pk=campaign)
    counts = ledger.reach(SUBJECT, slug)
    return [registry.Reach(code, row["recipients"] or None, row["failed"]) for code, row in counts.items()]


def channels() -> dict[str, str]:
    """Return the channels of the outbox that are in use."""
    return {row.code: str(row) for row in Channel.objects.filter(enabled=True)}
