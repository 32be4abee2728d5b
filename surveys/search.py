"""What of questionnaires can be found: the published ones that everybody may answer, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from engage.search.registry import Entry, Source
from surveys import queries
from surveys.building import LANGUAGES
from surveys.models import Questionnaire, Version


def _public() -> QuerySet[Version]:
    return Version.objects.filter(
        state=Version.State.PUBLISHED, questionnaire__access=Questionnaire.Access.OPEN
    ).select_related("questionnaire__department")


def _entries(version: Version) -> Iterator[Entry]:
    assert version.published_at is not None
    for language in LANGUAGES:
        shown = queries.shown(version, language=language, now=timezone.now())
        if shown.language != language or not shown.is_on_web:
            continue
        questions = [shown.runtime.choose(question.label, language) for question in shown.definition.questions]
        with translation.override(language):
            url = reverse("survey", args=[version.questionnaire.key])
        yield Entry(
            language=language,
            title=shown.title,
            body="\n".join(part for part in (shown.introduction, *questions) if part),
            url=url,
            published_at=version.published_at,
            department_id=version.questionnaire.department_id,
        )


SOURCE = Source("questionnaire", _("Questionnaires"), Version, _public, _entries)
