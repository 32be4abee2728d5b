"""Months after a petition ended nothing says any more who signed it: counts by region and hour stay.

What identifies is taken out of the rows in batches; the rows themselves, their numbers, regions and hours remain, so
the counts are still what the rows say. A petition that is protected keeps its signers; its neighbours do not wait.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, TruncHour
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Actor, Role, has_role
from engage.calendars.arithmetic import add_months, start_of_day
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.models import Contact
from mailbox.petitions.models import Invalidation, Petition, Signature, SignatureLetter, State, Trend
from mailbox.petitions.queries.settings import rules

BATCH = 2_000
BATCHES_MOST = 50
ENDED = (State.CLOSED, State.REJECTED, State.HIDDEN, State.STOPPED, State.REMOVED, State.WITHDRAWN)
# What an order was given that can lead to a person; the rest of its conditions stays on record.
_OF_PERSONS = ("domain", "network", "networks", "mark")


def forget_signers(*, now: datetime, batches: int = BATCHES_MOST) -> int:
    """Forget the signers of petitions whose time is over; returns how many signatures were cleared.

    Goes on where it stopped: what is cleared is not found again.
    """
    before = _before(now)
    Trend.objects.filter(hour__lt=before).delete()
    _forget_orders(before)
    cleared = 0
    for key in list(_over(before).order_by("pk").values_list("pk", flat=True)):
        while batches > 0:
            batches -= 1
            found = _clear(key)
            cleared += found
            if not found:
                _finish(key, now)
                break
    return cleared


def _before(now: datetime) -> datetime:
    """Return the moment before which a petition must have ended."""
    zone = timezone.get_default_timezone()
    day = add_months(timezone.localdate(now), -rules().keep_months)
    return start_of_day(day, zone)


def _over(before: datetime) -> QuerySet[Petition]:
    """Petitions that ended, and those whose starter never confirmed, that are neither protected nor cleared."""
    waiting = Petition.objects.filter(forgotten_at=None, protected=False)
    ended = Coalesce("ended_at", "closes_at", "created_at")
    return waiting.alias(over_at=ended).filter(
        Q(state__in=ENDED, over_at__lt=before) | Q(state=State.PENDING, created_at__lt=before)
    )


@transaction.atomic
def _clear(petition_id: int) -> int:
    """Take what identifies out of the next signatures of a petition, and their letters with them."""
    petition = Petition.objects.select_for_update(of=("self",)).get(pk=petition_id)
    if petition.protected:
        return 0
    rows = Signature.objects.filter(petition=petition_id)
    keys = list(rows.filter(address__isnull=False).order_by("address").values_list("pk", flat=True)[:BATCH])
    if not keys:
        # Rows without an address at all, of whatever source.
        keys = list(rows.filter(Q(email__isnull=False) | Q(name__isnull=False)).values_list("pk", flat=True)[:BATCH])
    SignatureLetter.objects.filter(signature__in=keys).delete()
    Signature.objects.filter(pk__in=keys).update(
        name=None,
        email=None,
        address=None,
        person=None,
        domain="",
        network="",
        subnet="",
        wants_news=False,
        token_digest=Concat(Value("forgotten-"), Cast(F("pk"), CharField())),
        code_digest="",
        asked_at=TruncHour("asked_at", tzinfo=UTC),
        confirmed_at=TruncHour("confirmed_at", tzinfo=UTC),
        ended_at=TruncHour("ended_at", tzinfo=UTC),
        link_since=None,
    )
    return len(keys)


@transaction.atomic
def _finish(petition_id: int, now: datetime) -> None:
    petition = Petition.objects.select_for_update(of=("self",)).select_related("submission").get(pk=petition_id)
    if petition.protected or petition.forgotten_at is not None:
        return
    petition.forgotten_at, petition.sponsor_digest = now, ""
    petition.save(update_fields=["forgotten_at", "sponsor_digest"])
    # The platform deletes it with all that is sent to it (participation.actions.delete_expired_contacts).
    Contact.objects.filter(submissions=petition_id, delete_after__gt=now).update(delete_after=now)
    total = Signature.objects.filter(petition=petition_id).count()
    journal.record(SYSTEM, "petition.signers_forgotten", petition, signatures=total)


def _forget_orders(before: datetime) -> None:
    """Take out of orders that ended long ago which network, domain or mark they named."""
    over = Invalidation.objects.filter(ended_at__lt=before).exclude(conditions={})
    for order in over.filter(*[~Q(state=Invalidation.State.RUNNING), ~Q(state=Invalidation.State.UNDOING)]):
        kept = {name: value for name, value in order.conditions.items() if name not in _OF_PERSONS}
        if kept != order.conditions:
            Invalidation.objects.filter(pk=order.pk).update(conditions=kept)


@transaction.atomic
def protect(petition_id: int, *, protected: bool, actor: Actor) -> Petition:
    """Keep the signers of a petition beyond their time, or no longer. Raises Refused("not_allowed")."""
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    petition = Petition.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=petition_id)
    if petition.protected != protected:
        petition.protected = protected
        petition.save(update_fields=["protected"])
        journal.record(actor, "petition.protected" if protected else "petition.unprotected", petition)
    return petition
