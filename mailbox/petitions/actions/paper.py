"""Signatures on paper: counted by hand from their scan, kept apart from the confirmed ones, never twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from engage.accounts.actors import Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.search.terms import storable
from mailbox.petitions.models import MODERATORS, PaperBatch, Petition

A_SHEET_MOST, WHY_MOST = 60, 300


@dataclass(frozen=True)
class Sheets:
    """A bundle of sheets: how many, how many signatures on them, from where, when they came, the hash of their scan."""

    total: int
    sheets: int
    region: str
    received_on: date
    scan_sha256: str


@transaction.atomic
def record_sheets(petition_id: int, bundle: Sheets, *, actor: Actor, now: datetime) -> PaperBatch:
    """Write a bundle down. The sheets stay in the archive; of their scan the hash is kept, so none counts twice.

    Raises Refused("not_allowed"), "sheets_not_open" for a petition that never opened, "sheets_day" for a day out of its
    time, "sheets_total" for more signatures than fit on the sheets, "sheets_known" for a scan that was counted.
    """
    if not has_role(actor, *MODERATORS):
        raise Refused("not_allowed")
    petition = Petition.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=petition_id)
    if petition.opened_at is None or petition.closes_at is None:
        raise Refused("sheets_not_open")
    last = min(timezone.localdate(now), timezone.localdate(petition.closes_at))
    if not timezone.localdate(petition.opened_at) <= bundle.received_on <= last:
        raise Refused("sheets_day")
    if not 1 <= bundle.total <= bundle.sheets * A_SHEET_MOST:
        raise Refused("sheets_total")
    try:
        with transaction.atomic():
            batch = PaperBatch.objects.create(
                petition=petition,
                region=bundle.region,
                total=bundle.total,
                sheets=bundle.sheets,
                scan_sha256=bundle.scan_sha256,
                received_on=bundle.received_on,
                at=now,
                by=_user(actor),
            )
    except IntegrityError as exc:
        raise Refused("sheets_known") from exc
    journal.record(actor, "petition.sheets_counted", batch, total=bundle.total, scan=bundle.scan_sha256)
    return batch


@transaction.atomic
def take_back(batch_id: int, why: str, *, actor: Actor, now: datetime) -> PaperBatch:
    """Let a bundle that was written down wrongly count no more; its scan can be counted again.

    Raises Refused("not_allowed"), PaperBatch.DoesNotExist, "sheets_back" for one that was taken back before,
    "sheets_why" without a reason, "sheets_why_long".
    """
    if not has_role(actor, *MODERATORS):
        raise Refused("not_allowed")
    seen = PaperBatch.objects.filter(petition__in=Petition.objects.visible_to(actor))
    batch = seen.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.taken_back_at is not None:
        raise Refused("sheets_back")
    words = storable(why).strip()
    if not words:
        raise Refused("sheets_why")
    if len(words) > WHY_MOST:
        raise Refused("sheets_why_long", most=WHY_MOST)
    batch.taken_back_at, batch.taken_back_by, batch.taken_back_why = now, _user(actor), words
    batch.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    journal.record(actor, "petition.sheets_taken_back", batch, total=batch.total, scan=batch.scan_sha256)
    return batch


def _user(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None
