"""The report of a page and of a call: who may see it, what it finds, where it leads."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consultations.calls.models import Evidence
from consultations.models import ConsultationPage
from engage.accounts.actors import SYSTEM, Role
from engage.publishing import registry as gate
from engage.publishing.preflight import queries, registry
from engage.publishing.preflight.forms import bundle_of_forms
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call
from tests.preflight.builders import article, release

pytestmark = pytest.mark.django_db


def editor(role: Role = Role.EDITOR, language: str = "en") -> Client:
    return sign_in(Client(headers={"accept-language": language}), person(role))


def report(client: Client, kind: str, key: object) -> dict:
    response = client.get(reverse("preflight_json", args=[kind, key]))
    assert response.status_code == 200
    return response.json()


def found(data: dict) -> set[str]:
    return {finding["code"] for finding in data["findings"]}


def test_an_editor_is_told_what_a_page_lacks_and_led_to_the_block():
    bad = '<p>The rules <a href="https://engage.invalid/x">are here</a>, <a href="/en/c/none/">Library rules</a></p>'
    pages = article(bodies={"en": [("heading", "Hours"), ("paragraph", bad)]}, live=False)
    client = editor()
    data = report(client, "page", pages["zh-hans"].pk)
    told = {finding["code"]: finding for finding in data["findings"]}
    assert {"link_broken", "links_untried", "headings_differ", "part_one_language"} <= set(told)
    block = pages["en"].get_latest_revision_as_object().body[1].id
    assert told["link_broken"]["fix_url"].endswith(f"/pages/{pages['en'].pk}/edit/#block-{block}-section")
    page = client.get(reverse("preflight", args=["page", pages["zh-hans"].pk])).content.decode()
    assert told["link_broken"]["fix_url"] in page
    assert "Library rules (/en/c/none/)" in page
    # What stands at the address once it is public is no fault any more; nothing of it is kept from before.
    call(slug="none")
    assert "link_broken" in found(data)


def test_what_is_mended_is_gone_from_the_report_and_the_public_form_of_it_is_looked_at():
    pages = article()
    client = editor()
    assert found(report(client, "page", pages["en"].pk)) == set()
    page = pages["en"].get_latest_revision_as_object()
    page.intro = "证件 11010519491231002X"
    page.save_revision()
    assert "personal_data" in found(report(client, "page", pages["zh-hans"].pk))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CITIZEN, Role.ANALYST])
def test_who_edits_and_reviews_nothing_sees_no_report(role):
    pages, consultation = article(live=False), call()
    client = editor(role)
    for kind, key in (
        ("page", pages["en"].pk),
        ("call", consultation.pk),
        ("page", 999_999),
        ("none", 1),
        ("call", "x"),
    ):
        assert client.get(reverse("preflight", args=[kind, key])).status_code == 404
    assert Client().get(reverse("preflight", args=["page", pages["en"].pk])).status_code == 302


@pytest.mark.parametrize("role", [Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_SECRECY, Role.ADMINISTRATOR])
def test_reviewers_see_the_report(role):
    assert report(editor(role), "call", call().pk)["checks"]


def test_a_call_needs_its_parts_in_both_languages_and_a_reason_for_a_short_period():
    consultation = call()
    client = editor()
    data = report(client, "call", consultation.pk)
    told = [(finding["code"], finding["where"]) for finding in data["findings"] if finding["severity"] == "blocks"]
    assert ("period_short", "") in told
    assert {where for code, where in told if code == "part_missing"} == {
        "who is affected", "background", "how we decide", "contact",
    }  # fmt: skip
    # Interpretation and questions are missed, but stop nothing.
    missed = {told["where"]: told["severity"] for told in data["findings"] if told["code"] == "part_empty"}
    assert missed["Interpretation: background, key points, supporting measures"] == "warns"
    assert missed["Questions to those who take part"] == "tells"
    for page in ConsultationPage.objects.filter(consultation=consultation).select_related("locale"):
        is_chinese = page.locale.language_code == "zh-hans"
        page.affected = "居民" if is_chinese else "Residents"
        page.how_decided = "逐条研究。" if is_chinese else "We read every comment."
        page.contact = "文化处" if is_chinese else ""
        page.body = page.body.stream_block.to_python(
            [{"type": "paragraph", "value": "<p>开放太少。</p>" if is_chinese else "<p>Hours are too few.</p>"}]
        )
        page.save_revision()
    consultation.short_reason_zh, consultation.short_reason_en = "学期将至", "Term begins"
    consultation.save()
    data = report(client, "call", consultation.pk)
    told = [(finding["code"], finding["where"]) for finding in data["findings"] if finding["severity"] == "blocks"]
    assert told == [("part_one_language", "contact")]
    assert {finding.code for finding in queries.blocking("call", consultation)} == {"part_one_language"}


def test_files_beside_a_call_are_read(tmp_path, settings):
    from django.core.files.base import ContentFile
    from docx import Document as Word
    from wagtail.documents.models import Document

    settings.MEDIA_ROOT = tmp_path
    word = Word()
    word.core_properties.author = "Somebody"
    word.add_paragraph("A study")
    word.save(tmp_path / "study.docx")
    document = Document(title="Study", file=ContentFile((tmp_path / "study.docx").read_bytes(), "study.docx"))
    document.save()
    consultation = call()
    Evidence.objects.create(
        consultation=consultation, document=document, title_zh="研究", title_en="Study", source_zh="处",
        source_en="Unit", dated="2026-01-01",
    )  # fmt: skip
    data = report(editor(), "call", consultation.pk)
    traces = [finding for finding in data["findings"] if finding["code"] == "file_trace"]
    assert [(finding["message"], finding["fix_url"]) for finding in traces] == [
        ("The file says who made it", reverse("wagtaildocs:edit", args=[document.pk]))
    ]


def test_the_report_speaks_the_readers_language_alone():
    pages = article(bodies={"en": '<p><a href="http://a.example/">here</a></p>'})
    page = editor(language="zh-hans").get(reverse("preflight", args=["page", pages["en"].pk])).content.decode()
    assert "没有加密" in page
    assert not re.search(r">\s*(Should be mended|Worth a look|Links)", page)


def test_the_editor_of_a_page_and_of_a_call_lead_to_the_report():
    pages, consultation = article(live=False), call()
    client = editor()
    page = client.get(reverse("wagtailadmin_pages:edit", args=[pages["en"].pk])).content.decode()
    assert reverse("preflight", args=["page", pages["en"].pk]) in page
    own = consultation.pages.first()
    page = client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).content.decode()
    assert reverse("preflight", args=["call", consultation.pk]) in page
    edit = reverse("wagtailsnippets_consultations_consultation:edit", args=[consultation.pk])
    assert reverse("preflight", args=["call", consultation.pk]) in client.get(edit).content.decode()
    # Both anchors that findings lead to are places of the editor.
    block = pages["en"].get_latest_revision_as_object().body[0].id
    page = client.get(reverse("wagtailadmin_pages:edit", args=[pages["en"].pk])).content.decode()
    assert 'id="panel-child-content-intro-section"' in page
    assert block in page


def test_the_forms_of_the_gate_are_looked_at_as_they_go_out():
    forms = [
        gate.Form("page:en", "Page", "text/html", b"<main><h1>T</h1><p>300 people</p></main>", language="en"),
        gate.Form(
            "page:zh-hans", "Page", "text/html; charset=utf-8", "<main><h1>题</h1></main>".encode(), language="zh-hans"
        ),
        gate.Form("mail:en", "Mail", "text/plain", b"See http://a.example/.", language="en"),
        gate.Form("api", "API", "application/json", b'{"id": "11010519491231002X"}'),
    ]
    bundle = bundle_of_forms("t", forms, fix_url="/edit/")
    from engage.publishing.preflight import rules

    told = {finding.code for finding in rules.run(bundle, queries.outside(bundle)).findings}
    assert {"numbers_differ", "link_not_https", "links_untried"} <= told
    assert "personal_data" not in told


def test_a_kind_that_nobody_looks_at_stops_nothing():
    assert queries.blocking("none", object()) == []
    assert registry.source_of("page") is not None
    assert registry.source_of("page").find("1" * 40, SYSTEM) is None


def test_a_released_page_that_is_linked_is_there(settings):
    pages = article()
    release(pages["en"])
    linking = article(
        "links", bodies={"en": f'<p><a href="{pages["en"].url}">Hours of the library</a></p>'}, live=False
    )
    assert "link_broken" not in found(report(editor(), "page", linking["en"].pk))
