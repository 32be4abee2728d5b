"""What readers say: whether it helped, once per device and day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from mailbox.publication.models import Helped, Publication


@transaction.atomic
def note_helped(publication: Publication, *, device: str, yes: bool, now: datetime) -> None:
    """Count once per device and day whether it helped; the second word of a day takes the place of the first."""
    Helped.objects.update_or_create(
        publication=publication, device=device, defaults={"day": localdate(now), "yes": yes}
    )


@transaction.atomic
def fold_helped(*, now: datetime) -> int:
    """Add up the days that are over and forget by which devices; returns how many rows went."""
    over = Helped.objects.select_for_update().filter(day__lt=localdate(now))
    rows = list(over.values_list("pk", "publication", "yes")[:5_000])
    for _pk, publication, yes in rows:
        name = "helped" if yes else "not_helped"
        Publication.objects.filter(pk=publication).update(**{name: F(name) + 1})
    Helped.objects.filter(pk__in=[pk for pk, _publication, _yes in rows]).delete()
    return len(rows)
