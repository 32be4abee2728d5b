"""Folding what the triggers wrote, so that the counts of the desk stay sums of few rows."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count

from mailbox.models import CaseTally

KEY = ("desk_id", "kind", "phase", "due_order", "low_rated", "suspect")
FOLD_AT_ONCE = 200
FOLD_ROWS = 5_000


@transaction.atomic
def fold_tallies() -> int:
    """Put rows of the same place together; returns how many went.

    What another transaction adds meanwhile is not among the rows read here: neither lost nor counted twice. A place
    whose sum is nothing leaves no row.
    """
    several = CaseTally.objects.order_by().values(*KEY).annotate(n=Count("pk")).filter(n__gt=1)
    folded = 0
    for found in several[:FOLD_AT_ONCE]:
        where = {name: found[name] for name in KEY}
        rows = CaseTally.objects.select_for_update(skip_locked=True).filter(**_same(where))
        changes = dict(rows.order_by("pk").values_list("pk", "change")[:FOLD_ROWS])
        if len(changes) < 2:
            continue
        CaseTally.objects.filter(pk__in=list(changes)).delete()
        if total := sum(changes.values()):
            CaseTally.objects.create(**where, change=total)
        folded += len(changes) - bool(total)
    return folded


def _same(where: dict[str, Any]) -> dict[str, Any]:
    """Return the filter that finds exactly these values, NULL among them."""
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value for name, value in where.items()
    }
