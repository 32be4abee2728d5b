"""Handing over: each delivery is claimed by one worker, handed over outside of any transaction, and written down.

A worker that is killed leaves its claim behind; when that runs out, another one takes the delivery. If the first had
handed it over already, the receiver knows the key; adapters that only write rows do so in the transaction that marks
the delivery, so there is nothing to know.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery import adapters, configuration, rules
from engage.outreach.delivery.access import check_editor
from engage.outreach.delivery.adapters import Adapter, Outcome, Parcel
from engage.outreach.delivery.models import Attempt, Channel, Delivery
from engage.search import actions as search

log = logging.getLogger(__name__)

# The worker has more to do: what is left goes at its next turn.
BUDGET_SECONDS = 5.0


def hand_over_due(*, now: datetime, limit: int = 100) -> int:
    """Hand over what is due; returns how many were tried. What lies on this site comes first, it takes no time."""
    # Mostly nothing is due: one read instead of two transactions.
    if not Delivery.objects.filter(due_at__lte=now, channel__enabled=True).exists():
        return 0
    ends, tried = time.monotonic() + BUDGET_SECONDS, 0
    for local in (True, False):
        codes = [one.code for one in adapters.registered() if one.in_transaction == local]
        while tried < limit and time.monotonic() < ends:
            row = _claim(codes, now)
            if row is None:
                break
            _hand_over(row, now)
            tried += 1
    return tried


@transaction.atomic
def _claim(codes: Sequence[str], now: datetime) -> Delivery | None:
    """Take the next delivery that is due, so that no other worker hands it over meanwhile."""
    due = Delivery.objects.filter(due_at__lte=now, channel__enabled=True, channel__adapter__in=codes)
    free = due.select_for_update(skip_locked=True, of=("self",)).select_related("channel", "item")
    row = free.order_by("due_at", "pk").first()
    if row is None:
        return None
    if row.state == Delivery.State.SENDING:  # whoever had it in hand did not come back
        Attempt.objects.create(delivery=row, at=now, outcome=Attempt.Outcome.LOST)
    row.state, row.claim = Delivery.State.SENDING, uuid.uuid4()
    row.due_at, row.tries = now + rules.LEASE, row.tries + 1
    row.save(update_fields=["state", "claim", "due_at", "tries"])
    return row


def _hand_over(row: Delivery, now: datetime) -> None:
    try:
        adapter = adapters.get(row.channel.adapter)
        if adapter.in_transaction:
            _in_transaction(row, adapter, now)
        else:
            outcome = adapter.hand_over(parcel_of(row), configuration.of(row.channel), now)
            _taken(row, adapter, outcome, now)
    except Refused as refusal:
        _not_taken(row, refusal.code, refusal.values, now)
    except OSError as fault:
        log.warning("delivery %s not handed over: %s", row.pk, fault)
        _not_taken(row, "channel_fault", {"fault": type(fault).__name__}, now)


@transaction.atomic
def _in_transaction(row: Delivery, adapter: Adapter, now: datetime) -> None:
    held = Delivery.objects.select_for_update(of=("self",)).filter(pk=row.pk, claim=row.claim)
    if held.first() is None:  # it took so long that another worker has it
        return
    _taken(row, adapter, adapter.hand_over(parcel_of(row), configuration.of(row.channel), now), now)


def parcel_of(row: Delivery) -> Parcel:
    """Return a delivery as adapters get it; its item no longer changes."""
    item = row.item
    return Parcel(
        key=str(row.key),
        item=item.pk,
        channel=row.channel.code,
        language=row.language,
        form=row.form,
        media_type=row.media_type,
        content=row.content.encode(),
        title=row.title,
        url=row.url,
        topics=tuple(item.topics.values_list("code", flat=True)),
        department_id=item.department_id,
        subject=(item.subject_kind, item.subject_id),
    )


@transaction.atomic
def _taken(row: Delivery, adapter: Adapter, outcome: Outcome, now: datetime) -> None:
    state = Delivery.State.ACKNOWLEDGED if outcome.acknowledged else Delivery.State.SENT
    again = None
    if not outcome.acknowledged and adapter.until_acknowledged:
        again = _again(row, adapter, now)
        state = Delivery.State.SENT if again else Delivery.State.GIVEN_UP
    changes: dict[str, Any] = {
        "state": state,
        "due_at": again,
        "claim": None,
        "sent_at": row.sent_at or now,
        "recipients": outcome.recipients,
        "remote": outcome.remote,
        "reason": "delivery_unacknowledged" if state == Delivery.State.GIVEN_UP else "",
        "reason_values": {},
    }
    if outcome.acknowledged:
        changes["acknowledged_at"] = now
    Attempt.objects.create(
        delivery=row,
        at=now,
        outcome=Attempt.Outcome.ACKNOWLEDGED if outcome.acknowledged else Attempt.Outcome.SENT,
        remote=outcome.remote,
    )
    # Where the acknowledgement came in by itself meanwhile there is nothing left to write.
    if Delivery.objects.filter(pk=row.pk, claim=row.claim).update(**changes):
        Channel.objects.filter(pk=row.channel_id).update(last_success_at=now)
        journal.record(SYSTEM, f"delivery.{state}", row, channel=row.channel.code, sha256=row.sha256)
        if row.channel.adapter == "site":
            search.index(row.item)


@transaction.atomic
def _not_taken(row: Delivery, code: str, values: dict[str, Any], now: datetime) -> None:
    known = {name: value for name, value in values.items() if isinstance(value, str | int)}
    again = _again(row, adapters.find(row.channel.adapter), now)
    state = Delivery.State.FAILED if again else Delivery.State.GIVEN_UP
    Attempt.objects.create(delivery=row, at=now, outcome=Attempt.Outcome.FAILED, reason=code[:48], reason_values=known)
    changed = Delivery.objects.filter(pk=row.pk, claim=row.claim).update(
        state=state, due_at=again, claim=None, reason=code[:48], reason_values=known
    )
    Channel.objects.filter(pk=row.channel_id).update(last_failure_at=now)
    if changed and state == Delivery.State.GIVEN_UP:
        journal.record(SYSTEM, "delivery.given_up", row, channel=row.channel.code, reason=code)


def _again(row: Delivery, adapter: Adapter | None, now: datetime) -> datetime | None:
    """Return when it is tried again; None when that was the last try."""
    most = adapter.tries_most if adapter else rules.TRIES_MOST
    if most is not None and row.tries >= most:
        return None
    moment = timezone.localtime(rules.next_try(now, row.tries))
    return rules.into_window(moment, row.channel.opens, row.channel.closes)


@dataclass(frozen=True)
class Proof:
    """What a receiver sends to acknowledge: its signature header and the signed body."""

    header: str
    body: bytes


@transaction.atomic
def acknowledge(key: uuid.UUID, proof: Proof, *, now: datetime, remote: str = "", actor: Actor) -> Delivery:
    """Note that a receiver has a delivery; said twice it is said once.

    Raises Delivery.DoesNotExist, Refused("acknowledgement_unsigned").
    """
    row = Delivery.objects.select_for_update(of=("self",)).select_related("channel").get(key=key)
    secrets = adapters.secrets_of(configuration.of(row.channel))
    if not rules.is_signed(proof.header, secrets, proof.body, int(now.timestamp())):
        raise Refused("acknowledgement_unsigned")
    if row.state == Delivery.State.ACKNOWLEDGED:
        return row
    _acknowledged(row, now, remote)
    journal.record(actor, "delivery.acknowledged", row, channel=row.channel.code, sha256=row.sha256)
    return row


def _acknowledged(row: Delivery, now: datetime, remote: str) -> None:
    row.state, row.due_at, row.claim = Delivery.State.ACKNOWLEDGED, None, None
    row.sent_at, row.acknowledged_at = row.sent_at or now, now
    row.reason, row.reason_values, row.remote = "", {}, remote[:200] or row.remote
    row.save()
    Attempt.objects.create(delivery=row, at=now, outcome=Attempt.Outcome.ACKNOWLEDGED, remote=row.remote)


def _chosen(ids: Collection[int], actor: Actor) -> list[Delivery]:
    check_editor(actor)
    rows = Delivery.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return list(rows.select_related("channel", "item"))


@transaction.atomic
def retry(ids: Collection[int], *, now: datetime, actor: Actor) -> list[Delivery]:
    """Try deliveries again now: what failed, was given up, or was never acknowledged.

    Raises Refused("not_allowed"), Refused("delivery_not_failed") for one that needs no other try.
    """
    rows = _chosen(ids, actor)
    for row in rows:
        adapter = adapters.find(row.channel.adapter)
        awaited = row.state == Delivery.State.SENT and adapter is not None and adapter.until_acknowledged
        failed = row.state in (Delivery.State.FAILED, Delivery.State.GIVEN_UP)
        if not (failed or awaited) or not row.item.is_released:
            raise Refused("delivery_not_failed")
        if row.state == Delivery.State.GIVEN_UP:
            row.tries = 0
        row.state = Delivery.State.SENT if awaited else Delivery.State.SCHEDULED
        row.due_at = now
        row.save(update_fields=["state", "due_at", "tries"])
        journal.record(actor, "delivery.retried", row)
    return rows


@transaction.atomic
def give_up(ids: Collection[int], *, now: datetime, actor: Actor) -> list[Delivery]:
    """Stop trying. Raises Refused("not_allowed"), Refused("delivery_not_open") for one that is done or in hand now."""
    rows = _chosen(ids, actor)
    for row in rows:
        if row.due_at is None or row.state == Delivery.State.SENDING:
            raise Refused("delivery_not_open")
        row.state, row.due_at = Delivery.State.GIVEN_UP, None
        row.reason, row.reason_values = "delivery_stopped", {}
        row.save(update_fields=["state", "due_at", "reason", "reason_values"])
        journal.record(actor, "delivery.stopped", row)
    return rows


@transaction.atomic
def mark_posted(ids: Collection[int], *, now: datetime, actor: Actor) -> list[Delivery]:
    """Say that an exported file was posted by hand.

    Raises Refused("not_allowed"), Refused("delivery_not_by_hand") for one that is no export or was not written yet.
    """
    rows = _chosen(ids, actor)
    for row in rows:
        if row.channel.adapter != adapters.FileAdapter.code or row.state != Delivery.State.SENT:
            raise Refused("delivery_not_by_hand")
        _acknowledged(row, now, "")
        journal.record(actor, "delivery.posted", row)
    return rows


@transaction.atomic
def unmark_posted(ids: Collection[int], *, within: timedelta, now: datetime, actor: Actor) -> None:
    """Take back that files were posted, a moment later; raises Refused("delivery_not_by_hand")."""
    for row in _chosen(ids, actor):
        if row.acknowledged_at is None or row.channel.adapter != adapters.FileAdapter.code:
            raise Refused("delivery_not_by_hand")
        if row.acknowledged_at < now - within:
            raise Refused("delivery_not_by_hand")
        row.state, row.acknowledged_at = Delivery.State.SENT, None
        row.save(update_fields=["state", "acknowledged_at"])
        journal.record(actor, "delivery.not_posted", row)
