"""Background work of redaction."""

from django.utils import timezone

from engage.publishing.redaction import actions
from engage.schedule import every


@every(seconds=3600)
def delete_due_originals() -> int:
    """Delete originals whose date has come."""
    return actions.delete_due_originals(now=timezone.now())
