"""A study of two waves: the same questionnaire before and after a summer."""

from __future__ import annotations

from datetime import UTC, date, datetime

from engage.accounts.actors import SYSTEM
from engage.participation.models import Submission
from surveys.models import Questionnaire, Response, Study
from surveys.results.encoding import Row
from surveys.studies import actions
from surveys.studies.rules import Part
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

SPRING, AUTUMN = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 9, 2, 4, tzinfo=UTC)
BEFORE, AFTER = Part(last_day=date(2026, 6, 30)), Part(first_day=date(2026, 7, 1))


def wave(questionnaire: Questionnaire, part: Part = BEFORE, name: str = "Before") -> actions.NewWave:
    """What a wave is."""
    return actions.NewWave(name, questionnaire.pk, part)


def asked(early: int = 60, late: int = 80, *, key: str = "parks") -> Questionnaire:
    """A questionnaire with answers of spring and of autumn; in autumn more come often."""
    version = published(made_up.document(), key=key)
    found = list(made_up.rows(early + late))
    late_rows = [
        Row(row.id, 1, row.mode, "en", row.day, None, None, dict(row.answers) | {"visits": "often"})
        for row in found[early:]
    ]
    made_up.stored(version.questionnaire, version, found[:early])
    made_up.stored(version.questionnaire, version, late_rows)
    numbers = list(Response.objects.filter(questionnaire=version.questionnaire).values_list("pk", flat=True))
    Submission.objects.filter(pk__in=numbers[:early]).update(received_at=SPRING)
    Submission.objects.filter(pk__in=numbers[early:]).update(received_at=AUTUMN)
    return version.questionnaire


def study(questionnaire: Questionnaire | None = None) -> Study:
    """The study with both waves."""
    questionnaire = questionnaire or asked()
    found = actions.open_study(name="Park study", audience="Residents", actor=SYSTEM)
    actions.add_wave(found.pk, wave(questionnaire), revision=0, actor=SYSTEM)
    actions.add_wave(found.pk, wave(questionnaire, AFTER, "After"), revision=1, actor=SYSTEM)
    found.refresh_from_db()
    return found
