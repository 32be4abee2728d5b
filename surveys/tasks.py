"""Background work of questionnaires."""

from django.utils import timezone

from engage.schedule import every
from surveys.answering import actions
from surveys.results import actions as results


@every(seconds=3600)
def delete_expired_answers() -> int:
    """Delete what was put aside and never taken up again."""
    return actions.delete_expired(now=timezone.now())


@every(seconds=60, alone=True)
def keep_columns() -> int:
    """Bring the columns of large questionnaires up to their rows, so that no page of results waits for it."""
    return results.keep_columns()
