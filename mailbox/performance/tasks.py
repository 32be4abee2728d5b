"""What the worker does for the figures."""

from django.utils import timezone

from engage.schedule import every
from mailbox.performance import actions


@every(seconds=600, alone=True)
def count_figures() -> int:
    """Count the years that were not counted today. Beside the loop: a big house takes minutes."""
    return actions.count_due(today=timezone.localdate())
