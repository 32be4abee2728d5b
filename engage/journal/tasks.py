"""What the worker does for the journal."""

from django.conf import settings
from django.utils import timezone

from engage.journal import actions
from engage.schedule import every


@every(seconds=settings.JOURNAL_SEAL_SECONDS)
def seal() -> None:
    """Chain the rows that wait."""
    actions.seal()


@every(seconds=60)
def take_checkpoints() -> None:
    """Fix the state of the last full hour and the last midnight, within a minute of them."""
    actions.take_due_checkpoints(timezone.now())
