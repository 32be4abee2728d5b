"""One regression test, at least, for each class of published fault of comparable systems (badinput/ADVISORIES.md).

| # | class | where it is tested |
|---|---|---|
| 1 | stored and reflected script | test_bad_input (what was sent comes back); here: feeds, rich text, policy |
| 2 | missing check on a secondary address | test_url_matrix, test_studio_sweep |
| 3 | safe methods let everyone read | here |
| 4 | drafts readable by API or related fields | here |
| 5 | hidden item visible by token or membership | here |
| 6 | export link | waits for the exports |
| 7 | SQL injection in filters or ordering | test_bad_input.test_no_value_in_an_address_is_a_fault |
| 8 | token replay, no expiry | here; the sending token in test_bad_input |
| 9 | race | test_bad_input (two presses at once); petitions and quotas wait for surveys and mailbox |
| 10 | CSRF | here, every form |
| 11 | requests to inner addresses | here: nothing asks outward yet; webhooks bring their own test |
| 12 | account enumeration | tests/accounts/test_signing_in.py; here: receipts |
| 13 | forwarded-for trusted, a success clears failures | here |
| 14 | sign-on header trusted | here |
| 15 | linking parameter skips authorization | here |
| 16 | unbounded work by parameters | here |
| 17 | no WebSocket frame limit | waits for the first socket (live interviews); here: there is none |
| 18 | messages lost over capacity | waits for live interviews |
| 19 | counts lost by clock drift | tests/journal/test_sealing.py (watermark); counters wait for petitions |
| 20 | hot row, caches invalidated by a tiny write | benchmarks; pages are kept by time, never invalidated |
| 21 | redaction on rotated pages | tests/redaction/test_pdf.py |
| 22 | mail text lost by charset | waits for incoming mail; drafts: tests/consultations/test_draft_files.py |
| 23 | a job stops at the first bad row | here |
| 24 | secrets in exports and logs | here |
Also: open redirect, host header, header injection, session fixation, cache leak, mass assignment (here); formulas in
tables (tests/participation/test_attachments_bad_input.py: a table is served as text), entities in XML
(tests/consultations/test_draft_files.py).
"""

from __future__ import annotations

import json
import logging
import re
import socket
import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.core import mail, signing
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import expand_db_html

from consultations import actions
from consultations.models import Comment, ConsultationPage
from engage.accounts.actors import ANYONE, Role
from engage.asgi import websocket_urlpatterns
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import moderation
from engage.participation.models import OutgoingMail, Submission
from engage.participation.new_code import sign as sign_new_code
from engage.participation.receipts import enqueue_receipt_mail
from engage.participation.tasks import send_new_code
from tests.accounts.people import person
from tests.consultations.factories import call, comment
from tests.security.forms import FORMS, TICKETED, WORDS
from tests.security.hostile import Page, address, body, sender, values, writes
from tests.security.test_url_matrix import client_of

# What may be read and done, by rules that are the same on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
SECRET_WORDS = "这句话谁也不该看到，除非公开。"


def public_addresses(slug: str) -> list[str]:
    """Every public door through which something of a call could be read."""
    return [
        "/zh/",
        "/zh/c/",
        f"/zh/c/{slug}/",
        f"/zh/c/{slug}/draft/",
        f"/zh/c/{slug}/art-2/",
        f"/zh/c/{slug}/comments/",
        f"/zh/c/{slug}/comments/?clause=art-2",
        "/zh/c/feed.rss",
        "/zh/c/feed.atom",
        "/sitemap.xml",
        "/api/v1/consultations/",
        f"/api/v1/consultations/{slug}",
        f"/api/v1/consultations/{slug}/text",
        f"/api/v1/consultations/{slug}/comments",
        f"/zh/search/?q={SECRET_WORDS[:6]}",
    ]


# 1 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        " javascript:x",
    ],
)
def test_a_link_of_rich_text_cannot_run(link):
    typed = {
        "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": link}}},
        "blocks": [
            {
                "key": "a",
                "text": "<script>alert(1)</script>",
                "type": "unstyled",
                "depth": 0,
                "inlineStyleRanges": [],
                "entityRanges": [{"key": 0, "offset": 0, "length": 8}],
            }
        ],
    }
    stored = ContentstateConverter(features=["bold", "italic", "link", "ol", "ul"]).to_database_format(
        json.dumps(typed)
    )
    assert Page(f"<main>{expand_db_html(stored)}</main>").danger == []


def test_a_title_with_markup_is_text_in_pages_feeds_and_mail(world):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    ConsultationPage.objects.filter(consultation=world["call"]).update(title=hostile, summary=hostile)
    cache.clear()
    for path in public_addresses("shown"):
        shown = body(Client().get(path))
        assert "<script>alert" not in shown or path.startswith("/api/"), path
        assert "<img src=x" not in shown or path.startswith("/api/"), path
    assert Client().get("/api/v1/consultations/").headers["Content-Type"].startswith("application/json")
    holder = world["clients"]["holder"]
    assert Page(body(holder.get(f"/zh/track/{world['submission'].reference}/"))).danger == []
    assert Page(body(world["clients"]["officer"].get("/desk/queues/moderation/?view=published"))).danger == []


def test_every_page_carries_the_strict_policy(world):
    for path in (
        "/zh/",
        "/zh/c/shown/",
        "/zh/track/",
        "/en/search/",
        "/zh/nowhere/",
        "/api/v1/consultations/",
        "/desk/",
    ):
        response = world["clients"]["officer"].get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "object-src 'none'" in policy, path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path


# 3, 4, 5 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role])
def test_no_role_reads_a_submission_by_its_address_alone(world, role):
    client = Client() if role is None else client_of(role)
    reference = world["submission"].reference
    for path in ("track/{}/", "receipt/{}/", "track/{}/proof.json", "receipt/{}/receipt.pdf", "track/{}/withdraw/"):
        response = client.get(f"/zh/{path.format(reference)}")
        assert response.status_code in (302, 404), path
        assert world["comment"].text not in body(response)


@pytest.mark.parametrize("state", ["held", "private", "rejected"])
def test_what_is_not_published_is_on_no_public_door(world, state):
    secret, _submission, _code = comment(world["call"], text=SECRET_WORDS)
    participation.moderate(
        secret, state, reason=next(iter(moderation.REASONS)) if state == "rejected" else "", actor=person(Role.OFFICER)
    )
    cache.clear()
    for path in [*public_addresses("shown"), f"/zh/c/shown/comments/{secret.pk}/"]:
        assert SECRET_WORDS not in body(Client().get(path)), path
    assert Client().get(f"/zh/c/shown/comments/{secret.pk}/").status_code == 404


def test_an_unpublished_version_is_on_no_public_door(world):
    from consultations.drafts.reader import parse_text
    from engage.accounts.actors import SYSTEM

    draft = world["call"].drafts.get()
    actions.store_draft(parse_text(f"办法\n\n第二条 {SECRET_WORDS}\n", language="zh-hans"), draft=draft, actor=SYSTEM)
    cache.clear()
    for path in public_addresses("shown"):
        assert SECRET_WORDS not in body(Client().get(path)), path


def test_hidden_wins_over_a_receipt_a_basket_and_a_kept_page(world):
    visitor, holder = sender(world["call"]), world["clients"]["holder"]
    token = visitor.session["baskets"]["shown"]["token"]
    world["call"].pages.update(live=False)
    cache.clear()
    for client in (visitor, holder, Client()):
        for path in public_addresses("shown")[2:7]:
            assert client.get(path).status_code == 404, path
        assert client.get("/api/v1/consultations/shown/comments").status_code == 404
        assert client.get(f"/zh/c/shown/comments/{world['comment'].pk}/").status_code == 404
    before = Submission.objects.count()
    assert visitor.post("/zh/c/shown/mine/check/", {"token": token}).status_code in (404, 410, 422)
    with pytest.raises(Refused):
        comment(world["call"])
    assert Submission.objects.count() == before


# 8 -----------------------------------------------------------------------------------------------------------------


def test_a_link_for_a_new_code_works_once_for_one_receipt_and_a_day(world, monkeypatch):
    submission = world["submission"]
    signed = sign_new_code(submission.pk)
    url = reverse("new_code", args=[signed])
    assert Client().get(url).status_code == 200
    assert Client().post(url).status_code == 302
    assert Client().get(url).status_code == 410
    assert Client().post(url).status_code == 410
    foreign = signing.dumps([submission.pk, ""], salt="engage.participation.challenge")
    old_kind = signing.dumps(submission.pk, salt="engage.participation.new-code")
    for forged in (foreign, old_kind, "x", signed + "x"):
        assert Client().post(reverse("new_code", args=[forged])).status_code == 410
    fresh = sign_new_code(submission.pk)
    later = signing.time.time() + 25 * 3600
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert Client().post(reverse("new_code", args=[fresh])).status_code == 410


# 10 ----------------------------------------------------------------------------------------------------------------


def test_no_form_works_without_its_token_and_no_address_carries_one(world):
    for name, form in FORMS.items():
        if name in TICKETED:
            continue
        world["clients"][form.who]
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = world["clients"][form.who].cookies
        url = address(name, form, world)
        with writes() as written:
            assert strict.post(url, form.chosen | form.typed).status_code == 403, name
        assert written == [], name
        assert "csrf" not in url, name


# 11, 17 ------------------------------------------------------------------------------------------------------------


def test_nothing_that_people_send_makes_the_server_ask_outward(world, monkeypatch):
    def refuse(_socket, target):
        raise AssertionError(f"asked {target}")

    addresses = [value.text for value in values() if value.group == "url"]
    editor, visitor = world["clients"]["editor"], sender(world["call"])
    if connection.vendor == "sqlite":  # PostgreSQL itself is spoken to over a socket
        monkeypatch.setattr(socket.socket, "connect", refuse)
    for text in addresses:
        visitor.post("/zh/c/shown/art-2/comment/", {"stance": "change", "text": f"{text} {WORDS}"})
        xml = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{text}">]><akomaNtoso>&x;</akomaNtoso>'
        assert editor.post(reverse("draft_import"), {"text": xml, "language": "", "purpose": "new"}).status_code < 500
    assert visitor.get("/zh/c/shown/mine/check/").status_code == 200
    assert site_settings.WAGTAILEMBEDS_FINDERS == []


def test_there_is_no_socket_yet_so_none_lacks_its_limits():
    assert websocket_urlpatterns == []


# 12, 13, 14 --------------------------------------------------------------------------------------------------------


def test_a_wrong_code_and_an_unknown_reference_get_the_same_answer_and_work(world):
    unknown = str(type(world["submission"])(letter="C", year=2026, pk=987_654).reference)
    answers = []
    for typed in (world["submission"].reference, unknown):
        cache.clear()
        Client().get("/zh/track/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = Client().post("/zh/track/", {"reference": typed, "code": "0000-0000-0000"})
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body(response)).replace(typed, "TYPED")
        answers.append((response.status_code, page, len(queries)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_asking_for_a_new_code_tells_nobody_whether_a_receipt_or_an_address_exists(world):
    with_mail = comment(world["call"], email="resident@example.org")[1]
    unknown = type(with_mail)(letter="C", year=2026, pk=987_654).reference
    pages = set()
    asked = (with_mail.reference, world["submission"].reference, unknown)
    for typed in asked:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = Client().post("/zh/track/lost-code/", {"reference": typed})
        pages.add((response.status_code, re.sub(r'value="\w{64}"', "", body(response)), len(queries)))
    assert len(pages) == 1
    letters = OutgoingMail.objects.filter(submission=with_mail)
    assert letters.count() == 1  # the receipt
    waiting = DBTaskResult.objects.filter(task_path=send_new_code.module_path)
    assert sorted(row.args_kwargs["args"][0] for row in waiting) == sorted(asked)
    for typed in asked:
        send_new_code.call(typed)
    assert letters.count() == 2
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("hops", [0, 1])
def test_a_forged_forwarded_address_does_not_pass_the_limit(world, settings, hops):
    settings.TRUSTED_PROXY_COUNT = hops
    answers = []
    for number in range(8):
        forged = f"10.0.0.{number}, 203.0.113.7" if hops else f"10.0.0.{number}"
        given = {"reference": world["submission"].reference, "code": "0000-0000-0000"}
        answers.append(Client().post("/zh/track/", given, headers={"x-forwarded-for": forged}).status_code)
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_right_code_does_not_clear_the_wrong_tries(world):
    given = {"reference": world["submission"].reference, "code": "0000-0000-0000"}
    for _number in range(3):
        Client().post("/zh/track/", given)
    assert Client().post("/zh/track/", given | {"code": world["code"]}).status_code == 302
    answers = [Client().post("/zh/track/", given).status_code for _number in range(4)]
    assert answers[-1] == 429


def test_no_header_signs_anybody_in(world):
    administrator = person(Role.ADMINISTRATOR, email="chief@example.org", is_superuser=True)
    for header in (
        "remote-user",
        "x-remote-user",
        "x-forwarded-user",
        "x-forwarded-email",
        "x-auth-request-email",
        "authorization",
    ):
        response = Client(REMOTE_USER=administrator.email).get("/zh/accounts/", headers={header: administrator.email})
        assert response.status_code == 302, header
        assert "/accounts/login/" in response.headers["Location"], header


# 15, 16 ------------------------------------------------------------------------------------------------------------


def test_what_a_form_points_to_is_checked_at_both_ends(world):
    other = call(slug="other")
    other_comment = comment(other)[0]
    holder = world["clients"]["holder"]
    reference = world["submission"].reference
    assert holder.get(f"/zh/track/{reference}/comments/{other_comment.pk}/").status_code == 404
    assert (
        holder.post(
            f"/zh/track/{reference}/comments/{other_comment.pk}/", {"stance": "oppose", "text": WORDS}
        ).status_code
        == 404
    )
    assert Client().get(f"/zh/c/other/comments/{world['comment'].pk}/").status_code == 404
    with pytest.raises(Refused, match="clause_gone"):
        comment(world["call"], key="art_99")
    with pytest.raises(Refused, match="not_allowed"):
        actions.edit_comment(
            world["comment"].pk, actions.CommentInput("", "oppose", WORDS), now=timezone.now(), actor=ANYONE
        )
    officer = world["clients"]["officer"]
    answer = officer.post(
        "/desk/queues/moderation/act/", {"act": "publish", "id": ["comment:999999", "user:1", "comment:-1"]}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/consultations/shown/comments?page=999999&page_size=100000&limit=100000",
        "/zh/c/shown/comments/?page=99999&per_page=100000",
        "/zh/search/?q=开放&page=9999&size=100000",
        "/zh/journal/?page=99999999",
    ],
)
def test_no_parameter_makes_a_page_larger(world, path):
    for number in range(45):
        comment(world["call"], text=f"第{number}条：周末也应当开放到九点。")
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        shown = body(Client().get(path))
    assert shown.count("周末也应当开放到九点") <= 25
    assert len(queries) <= 20


def test_pictures_are_not_made_to_order_for_strangers():
    for path in ("/zh/images/x/1/fill-99999x99999/", "/images/x/1/original/", "/studio/images/1/preview/fill-9x9/"):
        assert Client().get(path).status_code in (302, 404)


# 23, 24 ------------------------------------------------------------------------------------------------------------


def test_one_letter_that_cannot_be_sent_does_not_stop_the_others(world, monkeypatch):
    for number in range(3):
        comment(world["call"], email=f"resident-{number}@example.org", text=f"{WORDS}{number}")
    first = OutgoingMail.objects.order_by("next_try_at", "pk").first()
    OutgoingMail.objects.filter(pk=first.pk).update(subject="")
    first.subject = "a\nBcc: victim@example.org"
    first.save()
    assert participation.deliver_mail(now=timezone.now() + timedelta(seconds=1)) == 2
    first.refresh_from_db()
    assert (first.sent_at, first.tries, first.last_error) == (None, 1, "BadHeaderError")
    assert all("victim" not in str(letter.message()) for letter in mail.outbox)


def test_codes_tokens_and_addresses_are_in_no_log_and_not_readable_in_the_database(world, caplog):
    caplog.set_level(logging.DEBUG)
    visitor = sender(world["call"])
    visitor.post("/zh/c/shown/mine/about/", {"email": "marker.person@example.org"})
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(visitor.get("/zh/c/shown/mine/check/"))))
    place = visitor.post("/zh/c/shown/mine/check/", fields).headers["Location"]
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", body(visitor.get(place)))[0]
    Client().post("/zh/track/", {"reference": place.split("/")[3], "code": "WRNG-WRNG-WRNG"})
    participation.deliver_mail(now=timezone.now() + timedelta(seconds=1))
    markers = [
        code,
        code.replace("-", ""),
        fields["token"],
        fields["token"].replace("-", ""),
        "marker.person@example.org",
    ]
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert [marker for marker in markers if marker in logged] == []
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.db_table == "django_session" or not model._meta.managed:
                continue
            texts = [
                field.column
                for field in model._meta.local_concrete_fields
                if isinstance(field, models.TextField | models.CharField | models.JSONField)
            ]
            for column in texts:
                quoted = connection.ops.quote_name(column)
                cursor.execute(
                    f"SELECT COUNT(*) FROM {connection.ops.quote_name(model._meta.db_table)} WHERE "
                    + " OR ".join(f"CAST({quoted} AS TEXT) LIKE %s" for _marker in markers),
                    [f"%{marker}%" for marker in markers],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{model._meta.db_table}.{column}")
    assert found == []


# Redirects, hosts, headers, sessions, caches, fields ---------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "http:///evil.example",
    "\t//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_to_another_site(world, target):
    citizen = person(Role.CITIZEN, password="correct horse battery")
    answers = [
        Client().post(
            "/zh/accounts/login/", {"login": citizen.email, "password": "correct horse battery", "next": target}
        ),
        Client().post("/zh/accounts/demo/", {"role": "citizen", "next": target}),
        world["clients"]["officer"].post("/desk/language/", {"language": "en", "next": target}),
        world["clients"]["officer"].post("/desk/keys/", {"single_keys": "on", "next": target}),
        Client().get("/studio/login/", {"next": target}),
        world["clients"]["citizen"].post("/zh/accounts/logout/", {"next": target}),
        Client().get(f"/{target}"),
        Client().get("//evil.example/track"),
    ]
    for answer in answers:
        place = answer.headers.get("Location", "")
        assert not re.match(r"\s*(?:[a-z]+:|[/\\]{2}|/\\)", place, re.IGNORECASE), place


def test_a_foreign_host_is_refused_and_never_in_a_letter(world, settings):
    settings.ALLOWED_HOSTS = ["engage.example"]
    for host in (
        "evil.example",
        "engage.example.evil.example",
        "engage.example:80@evil.example",
        "a b",
        "engage.example\x00",
    ):
        assert Client(raise_request_exception=False).get("/zh/track/", headers={"host": host}).status_code == 400, host
    good = Client().get("/zh/track/", headers={"host": "engage.example", "x-forwarded-host": "evil.example"})
    assert good.status_code == 200
    assert "evil.example" not in body(good)
    sent = comment(world["call"], email="resident@example.org")[1]
    letter = OutgoingMail.objects.get(submission=sent)
    assert site_settings.PUBLIC_URL in letter.body


def test_no_typed_line_becomes_a_header_of_a_letter(world):
    sent = comment(world["call"], email="resident@example.org")[1]
    enqueue_receipt_mail(sent, "0" * 12, "标题\r\nBcc: victim@example.org\r\n\r\nbody")
    participation.deliver_mail(now=timezone.now() + timedelta(seconds=1))
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert letter.recipients() == ["resident@example.org"]
        assert letter.message().get("Bcc") is None
    visitor = sender(world["call"])
    for value in values():
        if value.group in ("header", "email"):
            answer = visitor.post("/zh/c/shown/mine/about/", {"email": value.text})
            kept = visitor.session["baskets"]["shown"]["about"].get("email", "")
            assert answer.status_code in (302, 422) and not set(kept) & set("\r\n\x00"), ascii(value.text)


def test_signing_in_makes_a_new_session(world):
    citizen = person(Role.CITIZEN, password="correct horse battery")
    visitor = sender(world["call"])
    planted = visitor.session.session_key
    with translation.override("en"):
        visitor.post(reverse("account_login"), {"login": citizen.email, "password": "correct horse battery"})
    assert visitor.session["_auth_user_id"] == str(citizen.pk)
    assert visitor.session.session_key != planted
    # What was in the basket comes along; the old key opens nothing.
    assert visitor.session["baskets"]["shown"]["items"]
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert "_auth_user_id" not in stranger.session
    for name in ("sessionid", "csrftoken"):
        if cookie := visitor.cookies.get(name):
            assert cookie["samesite"] == "Lax"
    assert visitor.cookies["sessionid"]["httponly"]


def test_nothing_of_one_reader_is_in_the_page_of_the_next(world):
    visitor, officer = sender(world["call"], "这是我一个人的草稿，还没有提交。"), world["clients"]["officer"]
    paths = ["/zh/", "/zh/c/", "/zh/c/shown/", "/zh/c/shown/draft/", "/zh/c/shown/art-2/", "/zh/c/shown/comments/"]
    strange = {path: re.sub(r'value="\w{64}"', "", body(Client().get(path))) for path in paths}
    cache.clear()
    for path in paths:
        visitor.get(path)
        world["clients"]["holder"].get(path)
        officer.get(path)
        shown = Client().get(path)
        assert re.sub(r'value="\w{64}"', "", body(shown)) == strange[path], path
        assert "public" not in shown.headers.get("Cache-Control", ""), path
    for client, path in (
        (visitor, "/zh/c/shown/mine/"),
        (visitor, "/zh/c/shown/mine/check/"),
        (world["clients"]["holder"], f"/zh/track/{world['submission'].reference}/"),
        (world["clients"]["holder"], f"/zh/receipt/{world['submission'].reference}/"),
        (world["clients"]["citizen"], "/zh/accounts/"),
    ):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_fields_that_a_form_does_not_have_change_nothing(world):
    extra = {
        "moderation_state": "published",
        "state": "withdrawn",
        "kind": "petition",
        "channel": "paper",
        "flagged": "",
        "department": "1",
        "department_id": "1",
        "consultation": "999",
        "version": "999",
        "received_at": "2020-01-01",
        "created_at": "2020-01-01",
        "code": "0",
        "role": "administrator",
        "is_staff": "on",
    }
    world["call"].moderation = "pre"
    world["call"].save()
    visitor = Client()
    visitor.post("/zh/c/shown/art-2/comment/", {"stance": "change", "text": WORDS, "key": "art_3", "id": "x"} | extra)
    visitor.post("/zh/c/shown/mine/about/", {"signature": "读者", **extra})
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(visitor.get("/zh/c/shown/mine/check/"))))
    assert visitor.post("/zh/c/shown/mine/check/", fields | extra).status_code == 302
    sent = Submission.objects.latest("pk")
    assert (sent.kind, sent.channel, sent.state) == ("comment", "web", "active")
    assert abs(sent.received_at - timezone.now()) < timedelta(minutes=5)
    kept = Comment.objects.get(submission=sent)
    assert (kept.moderation_state, kept.clause.key, kept.consultation_id) == ("held", "art_2", world["call"].pk)
    holder = Client()
    holder.cookies = visitor.cookies
    holder.post(f"/zh/track/{sent.reference}/comments/{kept.pk}/", {"stance": "oppose", "text": WORDS + "！"} | extra)
    kept.refresh_from_db()
    assert (kept.stance, kept.moderation_state, kept.consultation_id) == ("oppose", "held", world["call"].pk)


def test_a_token_is_drawn_by_the_site_and_names_one_basket(world):
    """A visitor who plants a token of their own choice sends nothing, so no receipt can be prepared for another."""
    visitor = sender(world["call"])
    before = Submission.objects.count()
    for token in (str(uuid.UUID(int=0)), str(uuid.uuid4()), "", "\x00", "9" * 5_000):
        visitor.post("/zh/c/shown/mine/check/", {"token": token})
    assert Submission.objects.count() == before
