"""The page of a call made from its text: published words that nobody can read yet say so and lead on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import actions
from consultations.drafts.reader import parse_text
from consultations.models import Consultation, Version
from engage.accounts.actors import SYSTEM, Role
from engage.journal.models import JournalRow
from engage.pages.structure import ensure_structure
from tests.accounts.people import staff_client
from tests.consultations.factories import CHINESE, department

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture
def version() -> Version:
    """Return the unpublished text of a call without a page."""
    ensure_structure()
    now = timezone.now()
    consultation = Consultation.objects.create(
        slug="no-page-yet", department=department(), opens_at=now, closes_at=now + timedelta(days=40)
    )
    stored = actions.store_draft(parse_text(CHINESE, language="zh-hans"), actor=SYSTEM)
    actions.attach_draft(stored.draft_id, consultation, actor=SYSTEM)
    return Version.objects.get(pk=stored.pk)


def in_chinese(client: Client) -> Client:
    client.cookies["django_language"] = "zh-hans"
    return client


def test_a_published_text_without_a_page_says_so_and_leads_to_one(version: Version):
    editor = in_chinese(staff_client(Role.EDITOR))
    page = editor.post(reverse("draft_publish", args=[version.pk]), follow=True).content.decode()
    assert "征求意见还没有任何语言的页面" in page
    page = editor.get(reverse("draft_version", args=[version.pk])).content.decode()
    address = reverse("draft_page", args=[version.pk, "zh-hans"])
    assert f'action="{address}"' in page
    made = editor.post(address)
    words = version.draft.consultation.pages.get()
    assert made.url == reverse("wagtailadmin_pages:edit", args=[words.pk])
    assert (words.title, words.slug, words.live) == (version.texts.get().title, "no-page-yet", False)


def test_a_page_is_made_once_and_both_languages_belong_together(version: Version):
    editor = staff_client(Role.EDITOR)
    for language in ("zh-hans", "zh-hans", "en"):
        assert editor.post(reverse("draft_page", args=[version.pk, language])).status_code == 302
    pages = version.draft.consultation.pages
    assert pages.count() == 2
    assert len(set(pages.values_list("translation_key", flat=True))) == 1
    assert JournalRow.objects.filter(verb="call.page_made").count() == 2


@pytest.mark.parametrize(("role", "language", "status"), [(Role.OFFICER, "en", 404), (Role.EDITOR, "fr", 404)])
def test_nobody_else_and_no_other_language(version: Version, role: Role, language: str, status: int):
    assert staff_client(role).post(reverse("draft_page", args=[version.pk, language])).status_code == status
    assert not version.draft.consultation.pages.exists()
