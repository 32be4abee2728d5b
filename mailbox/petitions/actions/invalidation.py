"""Orders that take many signatures out of the count: previewed, carried out in batches, cancelled, undone.

The public count follows by the triggers of each batch. Nothing is deleted: a signature that is out knows its order.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox.petitions.actions import guarding
from mailbox.petitions.guarding import orders
from mailbox.petitions.guarding.orders import Conditions
from mailbox.petitions.models import Invalidation, Petition, Signature, SignatureLetter
from mailbox.petitions.queries import orders as queries
from mailbox.petitions.queries.clock import database_now

# So many keys are looked at in one transaction; whoever signs waits for none of them.
WALK = 10_000
TURN_SECONDS = 2.0
State = Invalidation.State
_SIGNATURE = Signature.State
_LETTER = SignatureLetter.State


def check_may_order(actor: Actor) -> None:
    """Administrators and approvers give orders; officers see them. Raises Refused("petition_guard_role")."""
    if not has_role(actor, Role.APPROVER):
        raise Refused("petition_guard_role")


@transaction.atomic
def preview(conditions: Conditions, why: str, *, petition: Petition | None, actor: User, now: datetime) -> Invalidation:
    """Write an order down with how many signatures it means; nothing is changed yet.

    Raises Refused("petition_guard_role" | "petition_order_empty" | "petition_order_why").
    """
    check_may_order(actor)
    if conditions.are_none:
        raise Refused("petition_order_empty")
    if not why.strip():
        raise Refused("petition_order_why")
    conditions = replace(conditions, through=queries.last_key())
    found, counted = queries.totals(queries.meant(conditions, petition))
    order = Invalidation.objects.create(
        petition=petition, conditions=conditions.kept(), why=why.strip(), found=found, counted=counted, by=actor, at=now
    )
    journal.record(actor, "petition.invalidation_previewed", order, found=found, counted=counted)
    return order


@transaction.atomic
def run(order_id: int, *, actor: User) -> Invalidation:
    """Have a previewed order carried out; above a number by another person than the one who wrote it.

    Raises Refused("petition_guard_role" | "petition_order_moved" | "petition_order_second").
    """
    check_may_order(actor)
    order = _locked(order_id, State.PREVIEW)
    if orders.needs_second_person(order.counted) and order.by_id == actor.pk:
        raise Refused("petition_order_second", n=orders.SECOND_PERSON_ABOVE)
    order.state, order.run_by, order.last_key = State.RUNNING, actor, 0
    order.save(update_fields=["state", "run_by", "last_key"])
    journal.record(actor, "petition.invalidation_started", order, found=order.found, counted=order.counted)
    return order


@transaction.atomic
def cancel(order_id: int, *, actor: User, now: datetime) -> Invalidation:
    """Give an order up before the next batch; what is out stays out until it is undone."""
    check_may_order(actor)
    order = _locked(order_id, State.PREVIEW, State.RUNNING)
    order.state, order.ended_at = State.CANCELLED, now
    order.save(update_fields=["state", "ended_at"])
    journal.record(actor, "petition.invalidation_cancelled", order, changed=order.changed)
    return order


@transaction.atomic
def undo(order_id: int, *, actor: User) -> Invalidation:
    """Have everything an order took out brought back."""
    check_may_order(actor)
    order = _locked(order_id, State.DONE, State.CANCELLED)
    if not order.changed:
        raise Refused("petition_order_moved")
    order.state, order.last_key, order.ended_at, order.stay_out = State.UNDOING, 0, None, 0
    order.save(update_fields=["state", "last_key", "ended_at", "stay_out"])
    journal.record(actor, "petition.invalidation_undo", order, changed=order.changed)
    return order


def _locked(order_id: int, *states: str) -> Invalidation:
    order = Invalidation.objects.select_for_update().get(pk=order_id)
    if order.state not in states:
        raise Refused("petition_order_moved")
    return order


def carry_out(*, seconds: float = TURN_SECONDS) -> int:
    """Work on orders for a while, batch by batch; returns how many batches. Run again until it returns 0."""
    ends, batches = time.monotonic() + seconds, 0
    while time.monotonic() < ends and step(now=timezone.now()):
        batches += 1
    return batches


@transaction.atomic
def step(*, now: datetime, order_id: int | None = None) -> bool:
    """Carry out one batch of the oldest order that runs, or of this one; tells whether there was one."""
    running = Invalidation.objects.select_for_update(skip_locked=True).filter(state__in=[State.RUNNING, State.UNDOING])
    if order_id is not None:
        running = running.filter(pk=order_id)
    order = running.order_by("pk").first()
    if order is None:
        return False
    if order.state == State.RUNNING:
        _take_out(order, now)
    else:
        _bring_back(order, now)
    return True


def _take_out(order: Invalidation, now: datetime) -> None:
    conditions = Conditions.of(order.conditions)
    upper = min(order.last_key + WALK, conditions.through)
    meant = queries.meant(conditions, order.petition).filter(pk__gt=order.last_key, pk__lte=upper)
    order.changed += meant.update(state=_SIGNATURE.INVALIDATED, ended_at=now, invalidation=order)
    _stop_letters(order, Q(signature__gt=order.last_key, signature__lte=upper))
    order.last_key = upper
    if upper >= conditions.through:
        order.state, order.ended_at = State.DONE, now
        journal.record(SYSTEM, "petition.invalidation_done", order, changed=order.changed)
    order.save(update_fields=["changed", "last_key", "state", "ended_at"])


def _stop_letters(order: Invalidation, which: Q) -> None:
    letters = SignatureLetter.objects.filter(which, signature__invalidation=order)
    letters.filter(state__in=[_LETTER.WAITING, _LETTER.READY]).update(state=_LETTER.STOPPED, said="invalidated")


def _bring_back(order: Invalidation, now: datetime) -> None:
    out = Signature.objects.filter(invalidation=order, state=_SIGNATURE.INVALIDATED, pk__gt=order.last_key)
    keys = list(out.order_by("pk").values_list("pk", flat=True)[:WALK])
    if keys:
        back = _restore(keys)
        order.changed -= back
        order.stay_out += len(keys) - back
        order.last_key = keys[-1]
    else:
        order.state, order.ended_at = State.UNDONE, now
        journal.record(SYSTEM, "petition.invalidation_undone", order, stay_out=order.stay_out)
    order.save(update_fields=["changed", "stay_out", "last_key", "state", "ended_at"])


def _restore(keys: Sequence[int]) -> int:
    """Bring signatures back to what they were; those in whose place others count by now stay out. Returns how many
    are back."""
    try:
        with transaction.atomic():
            return _restore_at_once(keys)
    except IntegrityError:
        # Two of one address in one batch, or somebody confirmed in this very moment.
        if len(keys) == 1:
            return 0
        half = len(keys) // 2
        return _restore(keys[:half]) + _restore(keys[half:])


def _restore_at_once(keys: Sequence[int]) -> int:
    out = Signature.objects.filter(pk__in=keys, state=_SIGNATURE.INVALIDATED)
    other = Signature.objects.filter(
        state=_SIGNATURE.CONFIRMED, petition=OuterRef("petition"), address=OuterRef("address")
    )
    as_before = {"ended_at": None, "invalidation": None}
    never = out.filter(slot__isnull=True)
    waiting = list(never.filter(why="").values_list("pk", flat=True))
    back = never.exclude(why="").update(state=_SIGNATURE.HELD, **as_before)
    back += never.filter(pk__in=waiting).update(state=_SIGNATURE.PENDING, **as_before)
    stopped = SignatureLetter.objects.filter(signature__in=waiting, state=_LETTER.STOPPED, said="invalidated")
    # Their link was never sent: it is good from now on.
    Signature.objects.filter(pk__in=list(stopped.values_list("signature", flat=True))).update(link_since=database_now())
    stopped.update(state=_LETTER.READY, said="")
    counted = out.filter(slot__isnull=False).exclude(Exists(other.filter(person=OuterRef("person"))))
    # Two persons may sign from one address: where another took the place, the second one may be free.
    is_taken, is_full = Exists(other.filter(slot=OuterRef("slot"))), Exists(other.filter(slot=3 - OuterRef("slot")))
    counted.filter(is_taken).exclude(is_full).update(slot=3 - F("slot"))
    counted = counted.exclude(is_taken)
    return back + counted.update(state=_SIGNATURE.CONFIRMED, **as_before)


# --- those that are held --------------------------------------------------------------------------------------------


@transaction.atomic
def release(keys: Sequence[int], *, actor: User) -> int:
    """Let held signatures go: their letters go out. Raises Refused("petition_guard_role" | "petition_not_held")."""
    check_may_order(actor)
    released = guarding.let_out(keys)
    if not released:
        raise Refused("petition_not_held")
    journal.record(actor, "petition.signatures_released", "petitions.signature", n=released, keys=sorted(keys)[:500])
    return released


@transaction.atomic
def drop(keys: Sequence[int], *, actor: User, now: datetime) -> Invalidation:
    """Take held signatures out for good, by an order of their own that can be undone."""
    check_may_order(actor)
    held = Signature.objects.select_for_update().filter(pk__in=keys, state=_SIGNATURE.HELD)
    chosen = list(held.values_list("pk", flat=True))
    if not chosen:
        raise Refused("petition_not_held")
    order = Invalidation.objects.create(
        conditions=Conditions(chosen=len(chosen)).kept(),
        why="",
        state=State.DONE,
        found=len(chosen),
        changed=len(chosen),
        by=actor,
        run_by=actor,
        at=now,
        ended_at=now,
    )
    Signature.objects.filter(pk__in=chosen).update(state=_SIGNATURE.INVALIDATED, ended_at=now, invalidation=order)
    journal.record(actor, "petition.invalidation_done", order, changed=len(chosen))
    return order
