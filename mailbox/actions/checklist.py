"""The points of a kind's checklist that an answer cannot be handed in without."""

from __future__ import annotations

from mailbox.desk.models import CheckItem, Ticked
from mailbox.models import Case


def open_items(case: Case) -> tuple[str, ...]:
    """Return the points in use that must be ticked and are not, in the active language."""
    wanted = CheckItem.objects.filter(kind=case.kind, active=True, blocking=True)
    done = Ticked.objects.filter(case=case).values("item")
    return tuple(item.words for item in wanted.exclude(pk__in=done))
