"""What is written about results: the columns of large questionnaires, and in the journal who took answers out."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Count

from engage import schedule
from engage.accounts.actors import Actor, roles_of
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.models import Questionnaire
from surveys.results import access

log = logging.getLogger(__name__)


def keep_columns() -> int:
    """Refresh the columns of every questionnaire with more than DIRECT_MOST responses; returns how many were looked at.

    One that fails is logged with its trace, and the others are still done.
    """
    # Brings pyarrow, which a process that keeps no columns does without.
    from surveys.results import columns

    large = Questionnaire.objects.annotate(n=Count("responses")).filter(n__gt=columns.DIRECT_MOST).order_by("pk")
    done = 0
    for questionnaire in large:
        if schedule.stopping.is_set():
            break
        try:
            columns.refresh(questionnaire)
        except (OSError, ValueError):
            log.exception("columns of questionnaire %s", questionnaire.pk)
        done += 1
    return done


@transaction.atomic
def record_export(questionnaire: Questionnaire, code: str, *, actor: Actor) -> None:
    """Write down that somebody takes all answers in a format of `access.FORMATS`.

    Raises Refused("survey_results_forbidden") for whoever may not.
    """
    if not access.may_take(roles_of(actor), code):
        raise Refused("survey_results_forbidden")
    journal.record(actor, "survey.results_taken", questionnaire, format=code, personal=code in access.PERSONAL)
