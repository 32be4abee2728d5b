"""Plain words of articles are written in the Studio, also of a text that is public."""

import pytest
from django.test import Client
from django.urls import reverse

from consultations import actions, queries
from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.search.models import SearchEntry
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call
from tests.publishing.signing import sign_newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return sign_in(Client(), person(Role.EDITOR))


def test_an_editor_writes_them_and_a_reader_and_the_search_find_them(editor: Client):
    consultation = call()
    version = queries.published_version(consultation)
    address = reverse("draft_plain", args=[version.pk, "zh-hans"])
    assert address in editor.get(reverse("draft_version", args=[version.pk])).content.decode()
    article = queries.text_of(version, language="zh-hans").article("art-2")
    page = editor.get(address).content.decode()
    assert f'for="id_c{article.clause_id}"' in page and "社区图书馆每周开放不少于五天" in page
    answer = editor.post(address, {f"c{article.clause_id}": "每周至少开五天门。\x00"}, follow=True)
    assert answer.redirect_chain
    assert "每周至少开五天门。" not in Client().get(f"/zh/c/{consultation.slug}/draft/?before").content.decode()
    sign_newest("plain_words")
    assert "每周至少开五天门。" in Client().get(f"/zh/c/{consultation.slug}/draft/").content.decode()
    assert "每周至少开五天门。" not in Client().get(f"/en/c/{consultation.slug}/draft/").content.decode()
    assert SearchEntry.objects.filter(kind="clause", body__contains="每周至少开五天门").count() == 1
    (row,) = JournalRow.objects.filter(verb="draft.explained")
    assert row.content["articles"] == 1
    editor.post(address, {f"c{article.clause_id}": "每周至少开五天门。"})
    assert JournalRow.objects.filter(verb="draft.explained").count() == 1


def test_too_many_words_are_refused_beside_their_box_and_kept(editor: Client):
    version = queries.published_version(call())
    article = queries.text_of(version, language="en").article("art-1")
    typed = "Reading gets easier. " * 30
    answer = editor.post(reverse("draft_plain", args=[version.pk, "en"]), {f"c{article.clause_id}": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("400") >= 2 and typed in page
    assert queries.text_of(version, language="en").article("art-1").plain_words == ""


def test_only_editors_write_them_and_only_in_a_language_of_the_text(editor: Client):
    consultation = call(english="")
    version = queries.published_version(consultation)
    assert editor.get(reverse("draft_plain", args=[version.pk, "en"])).status_code == 404
    assert editor.get(reverse("draft_plain", args=[version.pk, "fr"])).status_code == 404
    with pytest.raises(Refused, match="not_allowed"):
        actions.explain_articles(version.pk, "zh-hans", {}, actor=ANYONE)
