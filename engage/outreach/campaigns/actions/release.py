"""The way of a campaign to the public, which leads through the gate alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import Actor
from engage.journal import actions as journal
from engage.outreach.campaigns import queries
from engage.outreach.campaigns.access import check_editor
from engage.outreach.campaigns.actions.planning import KIND, locked
from engage.outreach.campaigns.models import Campaign
from engage.outreach.follows import actions as follows
from engage.outreach.follows.audience import tags_of
from engage.publishing import gate
from engage.publishing.models import Release
from engage.search import actions as search


@transaction.atomic
def hand_in(campaign_id: int, *, now: datetime, actor: Actor, release_at: datetime | None = None) -> Release:
    """Hand a campaign in to the gate: every outgoing form is frozen with its hash, and each key gets a review.

    Raises Refused("not_allowed") and those of the gate, Refused("release_incomplete", lacks=[...]) among them.
    """
    check_editor(actor)
    campaign = locked(campaign_id, actor)
    return gate.request(KIND, campaign, actor=actor, now=now, release_at=release_at)


def publish(campaign: Campaign, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed and let everybody read it; called by the gate in its own transaction."""
    built = queries.build(campaign)
    campaign.content, campaign.content_hash = built.content, built.hash
    # The first day it was public stays: feeds and calendars do not offer a correction as news.
    campaign.published_at = campaign.published_at or now
    campaign.save(update_fields=["content", "content_hash", "published_at"])
    search.index(campaign)
    tags = tags_of(topics=campaign.topics.all(), department=campaign.department)
    # A correction has the same key: followers are told once.
    follows.announce("campaign.published", campaign, key=f"campaign.published:{campaign.pk}", tags=tags, now=now)
    journal.record(actor, "campaign.published", campaign, sha256=campaign.content_hash)


def unpublish(campaign: Campaign, /, *, now: datetime, actor: Actor) -> None:
    """Take a campaign from the public; called by the gate when a later review says so."""
    campaign.published_at = None
    campaign.save(update_fields=["published_at"])
    search.remove(campaign)
    journal.record(actor, "campaign.unpublished", campaign)
