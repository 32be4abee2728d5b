"""Writing a campaign: adding, writing, linking, ordering and removing its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from engage.accounts.actors import ANYONE, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns import queries, registry, rules
from engage.outreach.campaigns.actions.planning import editable, wrote
from engage.outreach.campaigns.models import Campaign, Part, PartText

_MOST = {
    "heading": rules.HEADING_MOST,
    "body": rules.BODY_MOST,
    "byline": rules.LINE_MOST,
    "source": rules.LINE_MOST,
    "affiliation": rules.LINE_MOST,
    "interest": rules.INTEREST_MOST,
}


def _begin(campaign: Campaign) -> None:
    if campaign.begun_at is None:
        campaign.begun_at = timezone.now()
        campaign.save(update_fields=["begun_at"])


@transaction.atomic
def add_part(campaign_id: int, kind: str, *, revision: int, actor: Actor) -> Part:
    """Add a part at the end; of the required ones and of what people say there is one.

    Raises Refused("part_kind_wrong"), Refused("part_there"), Refused("parts_full", most=...) and those of every change.
    """
    if kind not in rules.KINDS:
        raise Refused("part_kind_wrong")
    campaign = editable(campaign_id, revision, actor)
    if kind in (*rules.REQUIRED, rules.AUDIENCE) and campaign.parts.filter(kind=kind).exists():
        raise Refused("part_there")
    if campaign.parts.count() >= rules.PARTS_MOST:
        raise Refused("parts_full", most=rules.PARTS_MOST)
    last = campaign.parts.aggregate(last=Max("position"))["last"]
    part = Part.objects.create(campaign=campaign, kind=kind, position=0 if last is None else last + 1)
    _begin(campaign)
    wrote(campaign, actor)
    journal.record(actor, "campaign.part_added", campaign, kind=kind, revision=campaign.revision)
    return part


@transaction.atomic
def write_part(
    part_id: int,
    *,
    texts: Mapping[str, Mapping[str, str]],
    dated: date | None,
    url: str = "",
    revision: int,
    actor: Actor,
) -> Part:
    """Write a part in words of its own: language to field to words (what is not given stays), date, address.

    A link that it had goes. Raises Refused("campaign_unknown_text"), Refused("campaign_text_too_long", most=...),
    Refused("campaign_address_wrong") and those of every change.
    """
    part = Part.objects.get(pk=part_id)
    campaign = editable(part.campaign_id, revision, actor)
    rules.check_address(url)
    for language, words in texts.items():
        _check_words(part.kind, language, words)
        PartText.objects.update_or_create(
            part=part, language=language, defaults={name: text.strip() for name, text in words.items()}
        )
    part.dated, part.url = dated, url
    part.source_code = part.source_key = ""
    part.save()
    _begin(campaign)
    wrote(campaign, actor)
    journal.record(actor, "campaign.part_written", campaign, part=part.pk, kind=part.kind, revision=campaign.revision)
    return part


def _check_words(kind: str, language: str, words: Mapping[str, str]) -> None:
    if language not in queries.LANGUAGES or set(words) - set(_MOST):
        raise Refused("campaign_unknown_text")
    if kind != rules.EXPERT and set(words) & {"affiliation", "interest"}:
        raise Refused("campaign_unknown_text")
    for name, text in words.items():
        if len(text) > _MOST[name]:
            raise Refused("campaign_text_too_long", most=_MOST[name])


@transaction.atomic
def link_part(part_id: int, *, source: str, key: str, revision: int, actor: Actor) -> Part:
    """Let a part point to something that everybody may read already, instead of having words.

    Raises Refused("part_link_unknown") for what no room offers or a stranger may not see, Refused("part_kind_wrong")
    for what people say, and those of every change.
    """
    part = Part.objects.get(pk=part_id)
    campaign = editable(part.campaign_id, revision, actor)
    if part.kind == rules.AUDIENCE:
        raise Refused("part_kind_wrong")
    offered = registry.source(source)
    if offered is None or offered.find is None:
        raise Refused("part_link_unknown")
    find = offered.find
    if not any(find(key, actor=ANYONE, language=language) for language in queries.LANGUAGES):
        raise Refused("part_link_unknown")
    part.source_code, part.source_key = source, key
    part.save(update_fields=["source_code", "source_key"])
    _begin(campaign)
    wrote(campaign, actor)
    journal.record(actor, "campaign.part_linked", campaign, part=part.pk, source=source, key=key)
    return part


@transaction.atomic
def move_part(part_id: int, *, up: bool, revision: int, actor: Actor) -> Part:
    """Move a part one place; at the end of the list it stays where it is."""
    part = Part.objects.get(pk=part_id)
    campaign = editable(part.campaign_id, revision, actor)
    order = list(campaign.parts.order_by("position", "pk"))
    place = order.index(part)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        for position, one in enumerate(order):
            one.position = position
        Part.objects.bulk_update(order, ["position"])
        wrote(campaign, actor)
        journal.record(actor, "campaign.part_moved", campaign, part=part.pk, revision=campaign.revision)
    part.refresh_from_db()
    return part


@transaction.atomic
def remove_part(part_id: int, *, revision: int, actor: Actor) -> Campaign:
    """Remove a part that is not required; raises Refused("part_required") and those of every change."""
    part = Part.objects.get(pk=part_id)
    campaign = editable(part.campaign_id, revision, actor)
    if part.is_required:
        raise Refused("part_required")
    journal.record(actor, "campaign.part_removed", campaign, part=part.pk, kind=part.kind, revision=campaign.revision)
    part.delete()
    wrote(campaign, actor)
    return campaign
