"""A running call: its states in public, extension, withdrawal, short periods, evidence."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.documents.models import Document
from wagtail.rich_text import RichText

from consultations.calls import actions
from consultations.calls.models import Evidence, Extension
from consultations.models import Consultation
from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message
from engage.publishing import gate
from engage.search import queries as search
from tests.accounts.people import staff_client
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import published
from tests.consultations.test_studio import in_language, words
from tests.publishing.signing import release_call, release_file, sign_all, sign_newest

pytestmark = pytest.mark.django_db
ZH, EN = "雪灾期间部分街道交通中断。", "Snow cut off several streets."
DAY = timedelta(days=1)


def read(path: str, client: Client | None = None) -> str:
    """Return a page as somebody who was here before: past the short cache of whole pages."""
    client = client or Client()
    client.cookies["sessionid"] = "somebody"
    return client.get(path).content.decode()


def extend(consultation: Consultation, days: int = 15, **changed) -> Extension:
    given = {"reason_zh": ZH, "reason_en": EN, "now": timezone.now(), "actor": SYSTEM} | changed
    return actions.extend_call(consultation.pk, closes_at=consultation.closes_at + days * DAY, **given)


def withdraw(consultation: Consultation, **changed) -> Consultation:
    given = {"reason_zh": ZH, "reason_en": EN, "now": timezone.now(), "actor": SYSTEM} | changed
    return actions.withdraw_call(consultation.pk, **given)


def test_each_state_is_in_the_list_the_filter_the_api_and_the_feed(client):
    now = timezone.now()
    coming = call(opens=5 * DAY, closes=40 * DAY, slug="planned")
    Consultation.objects.filter(pk=call(opens=5 * DAY, closes=40 * DAY, slug="announced").pk).update(announced_at=now)
    call(slug="open")
    call(opens=-40 * DAY, closes=-5 * DAY, slug="analysing")
    withdraw(call(slug="withdrawn"))
    answered = published().consultation.slug
    states = {"planned", "announced", "open", "analysing", "withdrawn"}
    for state in states:
        listed = read(f"/en/c/?state={state}")
        assert f'/en/c/{state}/"' in listed
        assert not any(f'/en/c/{other}/"' in listed for other in states - {state})
    assert f'/en/c/{answered}/"' in read("/en/c/?state=answered")
    told = {row["slug"]: row["state"] for row in client.get("/api/v1/consultations/").json()}
    assert told == {state: state for state in states} | {answered: "answered"}
    feed = read("/en/c/feed.rss")
    assert "the date may still change" in feed and "Opens on" in feed and "Withdrawn on" in feed and EN in feed
    assert "the date may still change" in read(f"/en/c/{coming.slug}/")


def test_a_coming_call_is_found_by_search():
    coming = call(opens=5 * DAY, closes=40 * DAY, live=False)
    release_call(coming)
    found = search.search("借书更方便", language="zh-hans")
    assert f"/zh/c/{coming.slug}/" in [hit.url for hit in found.items]


def test_an_extension_moves_the_close_and_tells_why():
    consultation = call(opens=-25 * DAY, closes=8 * DAY)
    old = consultation.closes_at
    extension = extend(consultation)
    consultation.refresh_from_db()
    assert consultation.closes_at == old + 15 * DAY
    assert (extension.closed_before, extension.closes_after) == (old, consultation.closes_at)
    page = read(f"/zh/c/{consultation.slug}/")
    assert ZH in page and "<del>" in page and EN not in page
    assert EN in read(f"/en/c/{consultation.slug}/")
    row = Client().get(f"/api/v1/consultations/{consultation.slug}?language=en").json()["extensions"][0]
    assert row["reason"] == EN
    heard = JournalRow.objects.get(verb="call.extended")
    assert heard.content["reason_zh"] == ZH and heard.content["closed_before"] == old.isoformat()


def test_comments_are_taken_until_the_new_close():
    consultation = call(closes=timedelta(seconds=30))
    extend(consultation)
    comment(consultation, received_at=consultation.closes_at + DAY)
    with pytest.raises(Refused) as refused:
        comment(consultation, received_at=consultation.closes_at + 15 * DAY)
    assert refused.value.code == "call_closed"


def test_who_has_a_comment_in_the_basket_sees_the_extension(client):
    consultation = call()
    slug = consultation.slug
    given = {"stance": "change", "text": "周末也应当开放，方便上班的人。", "suggested": ""}
    assert client.post(f"/zh/c/{slug}/art-2/comment/", given).status_code == 302
    extend(consultation)
    for path in (f"/zh/c/{slug}/mine/", f"/zh/c/{slug}/mine/check/"):
        assert ZH in client.get(path).content.decode()


def test_an_extension_is_never_changed():
    extension = extend(call())
    extension.reason_zh = "另有原因"
    for change in (
        extension.save,
        extension.delete,
        Extension.objects.all().delete,
        lambda: Extension.objects.update(reason_zh="另有原因"),
    ):
        with pytest.raises(TypeError):
            change()
    assert Extension.objects.get().reason_zh == ZH


def test_only_editors_extend_and_withdraw():
    consultation = call()
    for act in (extend, withdraw):
        with pytest.raises(Refused) as refused:
            act(consultation, actor=ANYONE)
        assert refused.value.code == "not_allowed"
    consultation.refresh_from_db()
    assert consultation.withdrawn_at is None and not Extension.objects.exists()


def test_a_withdrawn_call_says_why_and_takes_no_comment(client):
    consultation = call()
    slug = consultation.slug
    _comment, submission, code = comment(consultation)
    assert "/art-2/comment/" in read(f"/zh/c/{slug}/draft/")
    withdraw(consultation)
    page = read(f"/zh/c/{slug}/")
    assert ZH in page and f"/zh/c/{slug}/comment/" not in page
    assert "/art-2/comment/" not in read(f"/zh/c/{slug}/draft/")
    refused = client.post(f"/zh/c/{slug}/art-2/comment/", {"stance": "support", "text": "这一条写得很好，我赞成。"})
    assert refused.status_code == 403 and "这一条写得很好，我赞成。" in refused.content.decode()
    with pytest.raises(Refused) as late:
        comment(consultation)
    assert late.value.code == "call_withdrawn"
    client.post("/zh/track/", {"reference": submission.reference, "code": code})
    assert ZH in client.get(f"/zh/track/{submission.reference}/").content.decode()
    assert JournalRow.objects.get(verb="call.withdrawn").content["reason_en"] == EN


def test_no_outcome_is_awaited_of_a_withdrawn_call():
    consultation = call(opens=-40 * DAY, closes=-5 * DAY)
    awaited = reverse("awaiting_outcome")
    assert consultation.slug in read(awaited)
    withdraw(consultation)
    assert consultation.slug not in read(awaited)


def test_an_answered_call_is_not_withdrawn():
    with pytest.raises(Refused) as refused:
        withdraw(published().consultation)
    assert refused.value.code == "call_answered"


def complete(consultation: Consultation) -> Consultation:
    """Fill in what the pages of a call must say before it is handed in."""
    for page in consultation.pages.all():
        page.affected = page.how_decided = page.contact = "Everybody who borrows"
        page.body = [("paragraph", RichText("<p>Why it is needed.</p>"))]
        page.save_revision()
    return consultation


def test_a_short_period_is_published_with_its_reason_only():
    consultation = complete(call(opens=-5 * DAY, closes=10 * DAY, live=False))
    handing_in = {"actor": demo_user(Role.EDITOR), "now": timezone.now()}
    with translation.override("en"), pytest.raises(Refused) as refused:
        gate.request("call", consultation, **handing_in)
    assert "30 days" in refusal_message(refused.value)
    Consultation.objects.filter(pk=consultation.pk).update(short_reason_zh=ZH, short_reason_en=EN)
    sign_all(gate.request("call", consultation, **handing_in))
    shown = read(f"/en/c/{consultation.slug}/")
    assert EN in shown and "The rule is at least 30 days" in shown


def test_a_full_period_needs_no_reason():
    consultation = complete(call(opens=-5 * DAY, closes=26 * DAY, live=False))
    sign_all(gate.request("call", consultation, actor=demo_user(Role.EDITOR), now=timezone.now()))
    assert "The rule is at least" not in read(f"/en/c/{consultation.slug}/")


@pytest.fixture
def editor() -> Client:
    return in_language(staff_client(Role.EDITOR), "zh-hans")


def test_the_studio_asks_for_the_reason_of_a_short_period(editor):
    from tests.consultations.test_studio import call_fields

    add = reverse("wagtailsnippets_consultations_consultation:add")
    short = call_fields(closes_at="2026-12-31 00:00")
    response = editor.post(add, short)
    assert set(response.context["form"].errors) == {"short_reason_zh", "short_reason_en"}
    assert editor.post(add, short | {"short_reason_zh": ZH, "short_reason_en": EN}).status_code == 302


def test_the_studio_moves_the_close_of_an_open_call_only_by_an_extension(editor):
    consultation = call(opens=-5 * DAY, closes=40 * DAY)
    edit = reverse("wagtailsnippets_consultations_consultation:edit", args=[consultation.pk])
    page = editor.get(edit).content.decode()
    assert reverse("call_extend", args=[consultation.pk]) in page
    local = timezone.localtime(consultation.opens_at), timezone.localtime(consultation.closes_at)
    given = {
        "slug": consultation.slug,
        "kind": "draft",
        "department": consultation.department_id,
        "opens_at": f"{local[0]:%Y-%m-%d %H:%M}",
        "closes_at": f"{local[1] + DAY:%Y-%m-%d %H:%M}",
        "answer_days": "60",
        "moderation": "pre",
    }
    assert set(editor.post(edit, given).context["form"].errors) == {"closes_at"}
    given["closes_at"] = f"{local[1]:%Y-%m-%d %H:%M}"
    assert editor.post(edit, given).status_code == 302


def test_an_editor_extends_and_withdraws_in_the_studio(editor):
    consultation = call()
    path = reverse("call_extend", args=[consultation.pk])
    new = timezone.localtime(consultation.closes_at + 15 * DAY)
    refused = editor.post(path, {"closes_at": f"{new:%Y-%m-%d %H:%M}", "reason_zh": ZH, "reason_en": ""})
    assert refused.status_code == 422 and not Extension.objects.exists()
    early = editor.post(path, {"closes_at": "2020-01-01 00:00", "reason_zh": ZH, "reason_en": EN})
    assert early.status_code == 422 and "晚于" in words(early)
    given = {"closes_at": f"{new:%Y-%m-%d %H:%M}", "reason_zh": ZH, "reason_en": EN}
    assert editor.post(path, given).status_code == 302
    assert not Extension.objects.exists()
    sign_newest("extension")
    assert Extension.objects.get().by is not None
    assert ZH in words(editor.get(path))
    gone = reverse("call_withdraw", args=[consultation.pk])
    assert editor.post(gone, {"reason_zh": ZH, "reason_en": EN}).status_code == 302
    sign_newest("withdrawal")
    consultation.refresh_from_db()
    assert consultation.withdrawn_reason_en == EN


def paper(consultation: Consultation) -> Evidence:
    document = Document.objects.create(title="走访记录", file=ContentFile(b"a,b\n1,2\n", name="visits.csv"))
    release_file(document)
    return Evidence.objects.create(
        consultation=consultation,
        document=document,
        title_zh="六个区的走访记录",
        title_en="Notes of visits to six districts",
        source_zh="市图书馆学会",
        source_en="City library society",
        dated="2026-08-01",
    )


def test_evidence_is_read_with_the_call_and_hidden_with_it(client):
    consultation = call()
    evidence = paper(consultation)
    page = read(f"/en/c/{consultation.slug}/")
    address = f"/en/c/{consultation.slug}/evidence/{evidence.pk}/"
    assert address in page and "City library society" in page and "CSV" in page
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"a,b\n1,2\n"
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"/en/c/{call().slug}/evidence/{evidence.pk}/").status_code == 404
    consultation.pages.update(live=False)
    assert client.get(address).status_code == 404


def test_editors_lay_documents_open_in_the_studio(editor):
    evidence = paper(call())
    assert "六个区的走访记录" in words(editor.get(reverse("wagtailsnippets_calls_evidence:list")))
    given = {
        "consultation": evidence.consultation_id,
        "document": evidence.document_id,
        "title_zh": "走访记录（更新）",
        "title_en": "Notes of visits, updated",
        "source_zh": "市图书馆学会",
        "source_en": "City library society",
        "dated": "2026-08-02",
    }
    assert editor.post(reverse("wagtailsnippets_calls_evidence:add"), given).status_code == 302
    assert Evidence.objects.count() == 1
    sign_newest("evidence")
    assert Evidence.objects.count() == 2
    assert JournalRow.objects.filter(verb="evidence.added").count() == 1
