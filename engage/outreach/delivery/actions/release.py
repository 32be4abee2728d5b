"""The way of an item to the public: handed in, signed at the gate on its exact bytes, entered into the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery import queries, rules
from engage.outreach.delivery.access import check_editor
from engage.outreach.delivery.actions.writing import KIND
from engage.outreach.delivery.models import Channel, Delivery, Item
from engage.publishing import gate
from engage.publishing.models import Release
from engage.search import actions as search

__all__ = ["KIND", "publish", "submit", "unpublish"]


@transaction.atomic
def submit(item_id: int, *, revision: int, now: datetime, actor: Actor) -> Release:
    """Hand an item in at the gate, which reads every variant as it goes out.

    Raises Refused("not_allowed"), Refused("item_released"), Refused("item_changed_meanwhile") and the gate's own, among
    them Refused("release_incomplete", lacks=[...]) with each variant that is empty or over its limit.
    """
    check_editor(actor)
    item = Item.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=item_id)
    if item.is_released:
        raise Refused("item_released")
    if item.revision != revision:
        raise Refused("item_changed_meanwhile")
    return gate.request(KIND, item, actor=actor, now=now)


def publish(item: Item, *, now: datetime, actor: Actor) -> None:
    """Enter an item into the ledger, one row a variant; called by the gate alone, in its transaction.

    What was handed over before (of an item that was taken back) is not handed over twice.
    """
    Item.objects.filter(pk=item.pk).update(published_at=now)
    item.published_at = now
    there = {(row.channel_id, row.language): row for row in item.deliveries.select_for_update(of=("self",))}
    for ready in queries.ready_variants(item):
        variant = ready.variant
        row = there.get((variant.channel_id, variant.language)) or Delivery(
            item=item, channel=variant.channel, language=variant.language
        )
        if row.state in Delivery.HANDED_OVER:
            continue
        row.form, row.media_type = variant.channel.form, ready.rendered.media_type
        row.content, row.sha256 = ready.rendered.content.decode(), ready.sha256
        row.title, row.url = ready.title[:500], ready.parts.url
        row.scheduled_at = _moment(variant.send_at or item.send_at, now, variant.channel)
        row.state, row.due_at, row.tries, row.claim = Delivery.State.SCHEDULED, row.scheduled_at, 0, None
        row.reason, row.reason_values = "", {}
        row.save()
    journal.record(actor, "outbox.released", item, n=item.variants.count())


def _moment(wanted: datetime | None, now: datetime, channel: Channel) -> datetime:
    moment = timezone.localtime(max(wanted or now, now))
    return rules.into_window(moment, channel.opens, channel.closes)


def unpublish(item: Item, *, now: datetime, actor: Actor) -> None:
    """Stop what was not handed over yet and take the item from the site; called by the gate alone."""
    open_rows = item.deliveries.filter(due_at__isnull=False).exclude(state__in=Delivery.HANDED_OVER)
    stopped = open_rows.update(
        state=Delivery.State.GIVEN_UP, due_at=None, claim=None, reason="delivery_taken_back", reason_values={}
    )
    item.deliveries.filter(due_at__isnull=False).update(due_at=None)
    Item.objects.filter(pk=item.pk).update(published_at=None)
    item.published_at = None
    search.index(item)
    journal.record(actor, "outbox.taken_back", item, stopped=stopped)
