"""Periodic work of the coding desk."""

import time

from consultations.coding import actions, queries
from consultations.coding.models import BulkOrder
from engage.schedule import every

# Other work of the worker waits meanwhile; what is left is carried on at the next turn.
BUSY_SECONDS = 5


@every(seconds=2)
def run_bulk_orders() -> int:
    """Carry out what was ordered, batch by batch; returns the number of batches."""
    until = time.monotonic() + BUSY_SECONDS
    batches = 0
    orders = BulkOrder.objects.filter(finished_at=None, cancelled_at=None).order_by("pk")
    for pk in list(orders.values_list("pk", flat=True)[:20]):
        more = True
        while more and time.monotonic() < until:
            more = actions.run_batch(pk)
            batches += 1
    return batches


@every(seconds=5)
def refresh_figures() -> int:
    """Count anew what people have open and what takes long to count."""
    return queries.refresh_watched()
