"""Places in the cells of quotas: exact when thousands send at once, on whatever way, and without a row that all want.

A cell has as many rows as places. Whoever sends takes a free one that nobody else holds at that moment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count, Q, QuerySet

from engage.errors import Refused
from surveys.models import QuotaSlot

# Rows of one cell; a quota beyond it is no quota.
PLACES_MOST = 100_000


def _free(questionnaire_id: int, cell: str) -> QuerySet[QuotaSlot]:
    return QuotaSlot.objects.filter(questionnaire=questionnaire_id, cell=cell, response=None).order_by("number")


def claim(questionnaire_id: int, cells: Collection[str], response_id: int) -> None:
    """Take a place in each cell for a response, inside the caller's transaction, which ends it all when one is full.

    Raises Refused("survey_quota_full", cell=...).
    """
    # In one order for all: two who wait for one another's last places would wait for ever.
    for cell in sorted(cells):
        free = _free(questionnaire_id, cell)
        place = free.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
        if place is None:
            # The last ones may be held by somebody who is turned down elsewhere: wait, and look again.
            place = free.select_for_update().values_list("pk", flat=True).first()
        if place is None:
            raise Refused("survey_quota_full", cell=cell)
        QuotaSlot.objects.filter(pk=place).update(response=response_id)


def give_back(response_id: int) -> int:
    """Free the places of a response that does not count any more; returns how many."""
    return QuotaSlot.objects.filter(response=response_id).update(response=None)


def full_cells(questionnaire_id: int, cells: Collection[str]) -> list[str]:
    """List those of the cells that have no place left, in the order of their names; one query, none without cells."""
    if not cells:
        return []
    free = QuotaSlot.objects.filter(questionnaire=questionnaire_id, cell__in=cells, response=None)
    open_cells = set(free.values_list("cell", flat=True).distinct())
    return sorted(set(cells) - open_cells)


def counts(questionnaire_id: int) -> dict[str, tuple[int, int]]:
    """Return (taken, places) by cell."""
    slots = QuotaSlot.objects.filter(questionnaire=questionnaire_id).values("cell").order_by("cell")
    found = slots.annotate(taken=Count("pk", filter=Q(response__isnull=False)), places=Count("pk"))
    return {row["cell"]: (row["taken"], row["places"]) for row in found}


def lay_out(questionnaire_id: int, limits: Mapping[str, int]) -> None:
    """Make the cells as large as a new version says. Taken places stay, also above a smaller limit."""
    cells = QuotaSlot.objects.filter(questionnaire=questionnaire_id)
    cells.filter(response=None).exclude(cell__in=limits).delete()
    for cell, limit in limits.items():
        own = cells.filter(cell=cell)
        taken = own.filter(response__isnull=False).count()
        free = own.filter(response=None).order_by("number")
        wanted = max(0, limit - taken)
        if surplus := list(free.values_list("pk", flat=True)[wanted:]):
            for start in range(0, len(surplus), 500):
                QuotaSlot.objects.filter(pk__in=surplus[start : start + 500]).delete()
        missing = wanted - own.filter(response=None).count()
        numbers = set(own.values_list("number", flat=True))
        fresh = (number for number in range(1, len(numbers) + missing + 1) if number not in numbers)
        QuotaSlot.objects.bulk_create(
            [
                QuotaSlot(questionnaire_id=questionnaire_id, cell=cell, number=number)
                for number, _ in zip(fresh, range(missing), strict=False)
            ],
            batch_size=5_000,
        )
