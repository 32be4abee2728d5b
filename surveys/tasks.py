"""Background work of questionnaires."""

from django.utils import timezone

from engage.schedule import every
from surveys.answering import actions


@every(seconds=3600)
def delete_expired_answers() -> int:
    """Delete what was put aside and never taken up again."""
    return actions.delete_expired(now=timezone.now())
