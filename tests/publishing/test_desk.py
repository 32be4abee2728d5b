"""The desk of the gate, without JavaScript: who sees and presses what, stale hashes, emergencies, the audit."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from engage.accounts.actors import Role
from engage.journal.actions import seal
from engage.publishing import actions
from engage.publishing.models import Release, Review
from tests.publishing.gated import KIND, Desk
from tests.publishing.test_gate import person

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
LIST = reverse("release_desk")
HTML = '<h1 class="x">公告</h1><script>alert(1)</script><p>门开到九点。</p>'


def reviews():
    """Those of the topic; a site has pages that were released with it."""
    return Review.objects.filter(release__kind=KIND)


def releases():
    return Release.objects.filter(kind=KIND)


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def at(name: str, release: Release) -> str:
    return reverse(name, args=[release.pk])


def decision(page: str, **fields) -> dict[str, str]:
    """Fill the form of the page the way a browser would send it."""
    hidden = dict(re.findall(r'name="(content_hash|seen|review)" value="([^"]*)"', page))
    return (
        {name: value.replace("&quot;", '"') for name, value in hidden.items()}
        | {"decision": "open", "law": ""}
        | fields
    )


def hand_in(desk: Desk) -> str:
    return reverse("release_hand_in", args=[KIND, desk.topic.pk])


def test_it_is_handed_in_signed_by_all_and_public_by_forms_alone(desk):
    editor = desk.client("editor")
    assert "Hand in: 门" in read(editor, hand_in(desk))
    sent = editor.post(hand_in(desk), {"when": "now", "days": 3})
    release = releases().get()
    assert sent.headers["Location"] == at("release", release)
    for key in ("head", "legal", "openness"):
        client = desk.client(key)
        assert at("release", release) in read(client, LIST)
        page = read(client, at("release", release))
        answer = client.post(at("release_decide", release), decision(page, read="on"))
        assert answer.status_code == 302, answer.content.decode()
    assert desk.published == []
    last = desk.client("secrecy")
    page = read(last, at("release", release))
    assert "3 working days left" in page
    last.post(at("release_decide", release), decision(page, read="on"))
    assert desk.published == ["门"]
    assert "Decided. It is public now." in read(last, at("release", release))
    assert reviews().filter(decision="open").count() == 4


def test_nobody_signs_unread_and_what_was_typed_stays(desk):
    release = desk.request()
    client = desk.client("legal")
    page = read(client, at("release", release))
    unread = client.post(at("release_decide", release), decision(page, comment="我的话"))
    assert (unread.status_code, "Read every form" in unread.content.decode()) == (422, True)
    assert "我的话" in unread.content.decode()
    bare = client.post(at("release_decide", release), decision(page, decision="withhold", read="on"))
    assert (bare.status_code, "#id_basis" in bare.content.decode()) == (422, True)
    silent = client.post(at("release_decide", release), decision(page, decision="return"))
    assert (silent.status_code, "#id_comment" in silent.content.decode()) == (422, True)
    assert not reviews().exclude(state=Review.State.WAITING).exists()


def test_a_changed_content_signs_nothing_and_the_change_is_named(desk):
    release = desk.request()
    client = desk.client("legal")
    page = read(client, at("release", release))
    desk.topic.name_en = "Door"
    desk.topic.save()
    actions.touched(KIND, desk.topic, actor=desk.editor)
    late = client.post(at("release_decide", release), decision(page, read="on", comment="看过"))
    said = late.content.decode()
    assert late.status_code == 409
    assert "It was changed since you opened it" in said
    changed = said[said.index("What changed:") : said.index("</ul>", said.index("What changed:"))]
    assert "letter" in changed
    assert ">page<" not in changed
    assert "看过" in said
    assert 'id="id_read" checked' not in said
    again = client.post(at("release_decide", release), decision(said, read="on"))
    assert again.status_code == 302
    assert reviews().get(key="legal", state=Review.State.DECIDED).decided_by == desk.people["legal"]


@pytest.mark.parametrize("seen", ["", "[1]", "{", '"x"', "[" * 5000])
def test_a_forged_list_of_what_was_seen_is_no_fault(desk, seen):
    release = desk.request()
    client = desk.client("legal")
    page = read(client, at("release", release))
    forged = decision(page, read="on", seen=seen, content_hash="f" * 64)
    assert client.post(at("release_decide", release), forged).status_code == 409
    assert client.post(at("release_decide", release), forged | {"review": "999999"}).status_code == 409
    assert client.post(at("release_decide", release), forged | {"review": "x" * 50}).status_code == 409


def test_withholding_names_the_law_in_the_words_of_the_office(desk):
    release = desk.request()
    client = desk.client("secrecy")
    page = read(client, at("release", release))
    fields = decision(page, decision="withhold", law="secrets", basis="第三项")
    assert client.post(at("release_decide", release), fields).status_code == 302
    basis = reviews().get(key="secrecy").basis
    assert "保守国家秘密法" in basis
    assert basis.endswith("第三项")
    assert "withheld" in read(client, at("release", release))


def test_a_fallen_sign_off_is_shown_with_whose_it_was_and_what_changed(desk):
    release = desk.sign(desk.request(), "head")
    desk.topic.name_en = "Door"
    desk.topic.save()
    actions.touched(KIND, desk.topic, actor=desk.editor)
    page = read(desk.client("editor"), at("release", release))
    assert "1 sign-off no longer stands" in page
    assert str(desk.people["head"]) in page
    assert "Changed after it was signed: letter" in page


def test_a_review_is_handed_on_by_the_screen(desk):
    release = desk.request()
    client, other = desk.client("legal"), person(Role.REVIEWER_LEGAL)
    read(client, at("release", release))
    assert client.post(at("release_delegate", release), {"to": ""}).status_code == 422
    assert client.post(at("release_delegate", release), {"to": desk.editor.pk}).status_code == 422
    assert client.post(at("release_delegate", release), {"to": other.pk}).status_code == 302
    assert reviews().get(key="legal").assignee == other
    page = read(client, at("release", release))
    assert "Your decision" not in page
    assert at("release", release) not in read(client, LIST + "?view=mine")
    assert at("release", release) in read(desk.client(other), LIST)


def test_the_author_takes_it_back_and_a_reviewer_cannot(desk):
    release = desk.request()
    refused = desk.client("legal").post(at("release_take_back", release))
    assert refused.status_code == 403
    assert "Take it back" not in refused.content.decode()
    editor = desk.client("editor")
    assert "Take it back" in read(editor, at("release", release))
    assert editor.post(at("release_take_back", release)).status_code == 302
    release.refresh_from_db()
    assert release.state == Release.State.TAKEN_BACK
    assert editor.post(at("release_take_back", release)).status_code == 409


def test_an_emergency_goes_by_one_approver_and_the_rest_is_owed(desk):
    editor = desk.client("editor")
    short = editor.post(hand_in(desk), {"when": "now", "days": 3, "is_emergency": "on", "emergency": "快"})
    assert (short.status_code, "#id_emergency" in short.content.decode()) == (422, True)
    reason = "台风红色预警，服务点今晚关闭，须立即告知。"
    editor.post(hand_in(desk), {"when": "now", "days": 3, "is_emergency": "on", "emergency": reason})
    release = releases().get()
    head = desk.client("head")
    page = read(head, at("release", release))
    assert reason in page
    head.post(at("release_decide", release), decision(page, read="on"))
    assert desk.published == ["门"]
    assert at("release", release) in read(editor, LIST + "?view=owed")
    assert at("release", release) in read(desk.client("secrecy"), LIST)
    assert "Still owed" in read(editor, at("release", release))


def test_a_fixed_time_is_asked_for_and_kept(desk):
    editor = desk.client("editor")
    for given in ("", "2020-01-01T09:00", "tomorrow"):
        answer = editor.post(hand_in(desk), {"when": "at", "release_at": given, "days": 3})
        assert (answer.status_code, "#id_release_at" in answer.content.decode()) == (422, True), given
    for days in ("0", "31", "x", ""):
        assert editor.post(hand_in(desk), {"when": "now", "days": days}).status_code == 422
    soon = timezone.localtime(timezone.now() + timedelta(days=3))
    editor.post(hand_in(desk), {"when": "at", "release_at": soon.strftime("%Y-%m-%dT%H:%M"), "days": 3})
    release = releases().get()
    assert release.release_at == soon.replace(second=0, microsecond=0)
    assert at("release", release) in read(editor, LIST + "?view=scheduled")


def test_what_is_lacking_is_listed_with_where_it_is_mended(desk):
    desk.lacks = [("摘要没有写", "/fix/")]
    editor = desk.client("editor")
    page = read(editor, hand_in(desk))
    assert '<a href="/fix/">摘要没有写</a>' in page
    assert editor.post(hand_in(desk), {"when": "now", "days": 3}).status_code == 409
    assert not releases().exists()


def test_only_what_is_handed_in_has_a_hand_in_page(desk):
    editor = desk.client("editor")
    read(editor, reverse("release_hand_in", args=["nothing", 1]), 404)
    read(editor, reverse("release_hand_in", args=[KIND, 10**9]), 404)


def test_every_page_of_the_site_has_a_hand_in_page(desk):
    editor = desk.client("editor")
    for page in Page.objects.filter(depth__gt=1):
        read(editor, reverse("release_hand_in", args=["page", page.pk]))


def test_each_form_is_read_in_full_and_compared_with_the_last_release(desk):
    desk.topic.name_zh = HTML
    desk.topic.save()
    desk.sign(desk.request(), "head", "legal", "openness", "secrecy")
    desk.topic.name_zh = HTML.replace("九", "十")
    desk.topic.save()
    release = desk.request()
    client = desk.client("legal")
    form = release.forms.get(name="page:zh-hans")
    page = read(client, at("release", release))
    assert "<del>九</del><ins>十</ins>" in page
    assert form.sha256 in page
    assert "&lt;h1" not in page.split('id="words"')[1].split("</section>")[0]
    other = read(client, at("release", release) + f"?form={release.forms.get(name='mail:en').pk}")
    assert "the same bytes" in other
    assert "Gate" in other
    read(client, at("release", release) + "?form=999999", 404)
    read(client, at("release", release) + "?form=x", 404)
    framed = client.get(reverse("release_form", args=[release.pk, form.pk]))
    assert desk.topic.name_zh in framed.content.decode()
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    plain = client.get(reverse("release_form", args=[release.pk, release.forms.get(name="mail:en").pk]))
    assert plain.headers["Content-Disposition"].startswith("attachment")
    another = releases().get(number=1)
    read(client, reverse("release_form", args=[another.pk, form.pk]), 404)


def test_empty_views_say_what_comes_next_and_the_kind_narrows(desk):
    client = desk.client("legal")
    for view in ("mine", "open", "scheduled", "owed", "done"):
        assert 'class="empty"' in read(client, f"{LIST}?view={view}&kind={KIND}")
    release = desk.request()
    assert at("release", release) in read(client, f"{LIST}?view=open&kind={KIND}")
    assert at("release", release) in read(client, f"{LIST}?view=nonsense&kind=nonsense&page=99")


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ANALYST, Role.INTERVIEWER, Role.JOURNALIST])
def test_for_everybody_else_there_is_no_gate(desk, role):
    release = desk.sign(desk.request(), "legal")
    client = desk.client(person(role))
    form = release.forms.first()
    pages = [LIST, at("release", release), reverse("release_form", args=[release.pk, form.pk]), hand_in(desk)]
    for url in [*pages, reverse("release_audit"), reverse("release_audit_file", args=["csv"])]:
        read(client, url, 404)
    for name in ("release_decide", "release_delegate", "release_take_back"):
        assert client.post(at(name, release)).status_code == 404
    release.refresh_from_db()
    assert release.state == Release.State.REVIEW


def test_writers_and_second_signers_read_why_they_do_not_sign(desk):
    both = person(Role.REVIEWER_LEGAL, Role.REVIEWER_SECRECY)
    writer = person(Role.REVIEWER_OPENNESS)
    desk.writers, desk.people["legal"] = {writer.pk}, both
    release = desk.sign(desk.request(), "legal")
    assert "You wrote in it" in read(desk.client(writer), at("release", release))
    assert "You signed this release in another role" in read(desk.client(both), at("release", release))


def audit_file(client: Client, name: str, query: str = "") -> str:
    response = client.get(reverse("release_audit_file", args=[name]) + query)
    assert response.status_code == 200

    async def received() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return async_to_sync(received)().decode()


def test_the_audit_is_read_narrowed_and_taken_away_as_files(desk, monkeypatch):
    monkeypatch.setattr("engage.publishing.audit.BATCH", 2)
    release = desk.sign(desk.request(), "head", "legal", "openness")
    desk.sign(release, "secrecy", decision="withhold", basis="=cmd|'/c calc'!A1")
    seal()
    client = desk.client("editor")
    audit = reverse("release_audit") + f"?kind={KIND}"
    page = read(client, audit)
    assert "4 steps" in page
    signed = reviews().get(key="head")
    assert release.content_hash in page
    assert "row " in page
    assert "1 step" in read(client, f"{audit}&decision=withhold&since=2020-01-01&until=9999-12-31")
    assert "Nothing here matches" in read(client, f"{audit}&until=2020-01-01")
    assert "1 step" in read(client, f"{audit}&person={signed.decided_by_id}")
    assert "4 steps" in read(client, f"{audit}&person=x&since=never&page=x")
    assert "4 steps" not in read(client, reverse("release_audit") + "?kind=%00")
    rows = list(csv.DictReader(io.StringIO(audit_file(client, "csv", f"?kind={KIND}").removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert rows[0]["basis"].startswith("'=cmd")
    assert rows[-1]["content_hash"] == release.content_hash
    steps = json.loads(audit_file(client, "json", f"?kind={KIND}"))["steps"]
    assert [step["key"] for step in steps] == ["secrecy", "openness", "legal", "head"]
    assert json.loads(audit_file(client, "json", f"?kind={KIND}&decision=void"))["steps"] == []
    read(client, reverse("release_audit_file", args=["xlsx"]), 404)


def test_the_screens_ask_few_questions(desk, django_assert_max_num_queries):
    for number in range(3):
        desk.topic.name_zh = f"门{number}"
        desk.topic.save()
        desk.sign(desk.request(), "head", "legal", "openness", "secrecy")
    client = desk.client("editor")
    read(client, LIST)
    with django_assert_max_num_queries(22):
        read(client, LIST + "?view=done")
    with django_assert_max_num_queries(18):
        read(client, reverse("release_audit"))


def test_the_bar_of_the_desk_counts_what_waits_for_oneself(desk):
    client = desk.client("legal")
    assert "desk-count" not in read(client, LIST)
    desk.request()
    assert "1 waits for you" in read(client, LIST)
    assert "desk-count" not in read(desk.client("editor"), LIST)
