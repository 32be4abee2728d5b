"""The text of a call as a file: the same clauses in every format and language, under a name people recognise."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils.translation import override

from consultations import exports, queries
from consultations.drafts import parse_file
from consultations.models import ClauseText
from tests.consultations import factories
from tests.consultations.test_draft_akomantoso import SCHEMA, etree

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

TYPES = {
    "akn": "application/akn+xml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


def address(call, name, language="zh-hans"):
    with override(language):
        return reverse("draft_file", args=[call.slug, name])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["akn", "docx", "html"])
def test_a_downloaded_file_reads_back_as_the_published_text(client, name, language):
    call = factories.call()
    response = client.get(address(call, name, language))
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[name])
    version = queries.published_version(call)
    assert parse_file(response.content, language=None) == exports.draft_of(version, language)
    assert parse_file(response.content).language == language


def test_the_akoma_ntoso_file_is_valid_and_names_the_call(client):
    call = factories.call(slug="library-rules")
    root = etree.fromstring(client.get(address(call, "akn")).content)
    SCHEMA.assertValid(root)
    assert b"/bill/" in etree.tostring(root)
    assert b"/library-rules/zho@" in etree.tostring(root)
    assert "文化处".encode() in etree.tostring(root, encoding="utf-8")


def test_a_pdf_is_one(client):
    response = client.get(address(factories.call(), "pdf"))
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == TYPES["pdf"]


def test_the_file_is_called_by_its_title_in_its_own_language(client):
    response = client.get(address(factories.call(), "docx"))
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith("社区图书馆管理办法（征求意见稿）-v1.docx")
    english = client.get(address(factories.call(), "akn", "en"))["Content-Disposition"]
    assert english == 'attachment; filename="Community library rules (draft)-v1.xml"'


def test_characters_that_no_system_takes_in_a_name_are_left_out():
    version = queries.published_version(factories.call())
    words = version.texts.get(language="en")
    words.title = 'A/B\\C: "x" *?\n<y>|'
    words.save()
    assert exports.file_name(version, "pdf", "en") == "A B C x y-v1.pdf"


def test_a_reader_who_has_the_file_gets_no_second_copy(client):
    call = factories.call()
    first = client.get(address(call, "html"))
    again = client.get(address(call, "html"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"
    other = client.get(address(call, "html", "en"), headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200


def test_a_file_is_written_once_for_many_readers(client, django_assert_max_num_queries):
    call = factories.call()
    client.get(address(call, "docx"))
    ClauseText.objects.filter(clause__version__draft__consultation=call).update(text="changed under the hand")
    with django_assert_max_num_queries(6):
        response = client.get(address(call, "docx"))
    assert "方便居民读书" in "".join(clause.text for clause in parse_file(response.content).clauses)


@pytest.mark.parametrize("name", ["rtf", "exe", "AKN"])
def test_an_unknown_format_is_not_found(client, name):
    assert client.get(address(factories.call(), name)).status_code == 404


def test_a_hidden_call_gives_no_file_even_when_one_was_kept(client):
    call = factories.call()
    url = address(call, "akn")
    assert client.get(url).status_code == 200
    call.pages.all().update(live=False)
    assert client.get(url).status_code == 404
    assert client.get(address(factories.call(live=False), "akn")).status_code == 404


def test_the_draft_page_offers_every_format(client):
    call = factories.call(opens=timedelta(days=-1))
    with override("zh-hans"):
        page = client.get(reverse("draft", args=[call.slug])).content.decode()
    for name in exports.FORMATS:
        assert f'href="{address(call, name)}"' in page
