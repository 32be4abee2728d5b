"""What the database itself refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from engage.accounts.actors import ANYONE
from surveys.models import Questionnaire, Version
from tests.surveys.answering.builders import published

pytestmark = pytest.mark.django_db

DEFINITION = {"format": "engage-questionnaire/1", "languages": ["en"], "title": {"en": "Parks"}}


def test_a_published_definition_never_changes():
    version = published(DEFINITION)
    version.definition = {**DEFINITION, "title": {"en": "Other"}}
    with pytest.raises(DatabaseError), transaction.atomic():
        version.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.update(definition_hash="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.update(published_at=None, state=Version.State.DRAFT)
    version.refresh_from_db()
    assert version.definition == DEFINITION


def test_a_published_version_can_be_replaced_and_a_draft_changed():
    version = published(DEFINITION)
    draft = Version.objects.create(questionnaire=version.questionnaire, number=2, definition=DEFINITION)
    draft.definition = {**DEFINITION, "title": {"en": "Other"}}
    draft.save()
    version.state = Version.State.SUPERSEDED
    version.save()
    assert Version.objects.get(number=2).parsed.title == {"en": "Other"}


def test_one_version_is_published_and_one_in_work():
    version = published(DEFINITION)
    Version.objects.create(questionnaire=version.questionnaire, number=2, definition=DEFINITION)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            questionnaire=version.questionnaire, number=3, definition=DEFINITION, state=Version.State.SUBMITTED
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            questionnaire=version.questionnaire,
            number=4,
            definition=DEFINITION,
            state=Version.State.PUBLISHED,
            definition_hash="0" * 64,
            published_at=version.published_at,
        )


def test_nothing_is_published_without_its_hash():
    questionnaire = published(DEFINITION).questionnaire
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            questionnaire=questionnaire, number=2, definition=DEFINITION, state=Version.State.TAKEN_DOWN
        )


def test_strangers_see_published_questionnaires_only():
    shown = published(DEFINITION).questionnaire
    hidden = Questionnaire.objects.create(key="hidden", department=shown.department)
    Version.objects.create(questionnaire=hidden, definition=DEFINITION)
    assert list(Questionnaire.objects.visible_to(ANYONE)) == [shown]
    assert list(Version.objects.visible_to(ANYONE)) == [shown.versions.get()]
