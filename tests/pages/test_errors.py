"""What goes wrong is told in the reader's language, with a way on, and tells nothing about the inside."""

import html
import json
import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import strip_tags

from engage import urls
from engage.accounts.actors import Role
from engage.accounts.views import too_many_requests
from engage.errors import Refused
from tests.accounts.people import staff_client
from tests.consultations.factories import call

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only, pytest.mark.urls(__name__)]


def fail(request: HttpRequest, how: str, language: str = "") -> HttpResponse:
    """Fail in the way the address says."""
    faults = {
        "400": SuspiciousOperation("a secret of the inside"),
        "403": PermissionDenied("a secret of the inside"),
        "500": RuntimeError("a secret of the inside"),
        "refused": Refused("not_allowed"),
    }
    if how == "429":
        return too_many_requests(request)
    raise faults[how]


handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500
urlpatterns = [path("api/fail/<str:how>/", fail), path("<str:language>/fail/<str:how>/", fail), *urls.urlpatterns]

STATUSES = {"400": 400, "403": 403, "429": 429, "500": 500, "refused": 403}
LANGUAGES = {"zh": "zh-Hans", "en": "en"}


@pytest.fixture
def reader() -> Client:
    """Return a browser; a fault of ours reaches it as a page."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def check_page(response: HttpResponse, status: int, language: str) -> str:
    """Check what holds for every page of this kind; returns what a reader sees in its main part."""
    assert response.status_code == status
    body = response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    assert f'<html lang="{LANGUAGES[language]}"' in body
    assert "no-store" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe-inline" not in policy
    assert "secret of the inside" not in body and "Traceback" not in body and "Exception" not in body
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son\w+=", body)
    title = strip_tags(re.search(r"<title>(.*?)</title>", body, re.DOTALL)[1])
    main = re.search(r"<main.*?</main>", body, re.DOTALL)[0]
    assert re.search(rf'href="(/{language}/|[^"]*/{language}/)', main), "no way on"
    told = html.unescape(strip_tags(main))
    if language == "zh":
        foreign = set(re.findall(r"[A-Za-z]{2,}", f"{title} {told}")) - {"MB", "Cookie"}
        assert not foreign, foreign
    else:
        assert not re.search("[\u4e00-\u9fff]", f"{title} {told}")
    return told


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("how", list(STATUSES))
def test_every_fault_has_a_page_in_both_languages(reader, language, how):
    check_page(reader.get(f"/{language}/fail/{how}/"), STATUSES[how], language)


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("how", ["400", "403", "500"])
def test_home_and_search_lead_on(reader, language, how):
    body = reader.get(f"/{language}/fail/{how}/").content.decode()
    with translation.override({"zh": "zh-hans"}.get(language, language)):
        assert f'href="{reverse("home")}"' in body and f'href="{reverse("search")}"' in body


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize(
    "address", ["not-there/", "c/not-there/", "c/not-there/draft/", "a/b/c/d/", "%00/", "x" * 3000 + "/"]
)
def test_what_is_not_here_has_a_page(reader, language, address):
    check_page(reader.get(f"/{language}/{address}"), 404, language)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_hidden_and_missing_look_the_same(reader, language):
    call(slug="hidden", live=False)
    hidden = reader.get(f"/{language}/c/hidden/")
    missing = reader.get(f"/{language}/c/missing/")
    assert check_page(hidden, 404, language) == check_page(missing, 404, language)


@pytest.mark.parametrize(("accept", "language"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr", "zh")])
@pytest.mark.parametrize("address", ["/not-there/", "/desk/not-there/", "/media/not-there.png"])
def test_an_address_without_a_language_answers_in_the_browsers(reader, address, accept, language):
    check_page(reader.get(address, headers={"accept-language": accept}, follow=True), 404, language)


@pytest.mark.parametrize(("code", "language"), [("zh-hans", "zh"), ("en", "en")])
def test_the_studio_says_it_too(code, language):
    editor = staff_client(Role.EDITOR)
    editor.cookies["django_language"] = code
    response = editor.get("/studio/not-there/")
    assert response.status_code == 404
    body = response.content.decode()
    assert f'<html lang="{code}"' in body
    seen = re.sub(r"<noscript.*?</noscript>", "", body, flags=re.DOTALL)
    assert "Wagtail" not in seen and 'href="/studio/"' in seen
    told = html.unescape(strip_tags(re.search(r"<main.*?</main>", body, re.DOTALL)[0]))
    assert bool(re.search("[\u4e00-\u9fff]", told)) == (language == "zh")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_form_without_its_token_gives_the_text_back(reader, language):
    typed = "这是我写了很久的一段意见，不能丢。" if language == "zh" else "I wrote this for a long time."
    response = reader.post(f"/{language}/track/", {"reference": "C-2026-000001-K", "text": typed})
    assert typed in check_page(response, 403, language)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_address_of_a_form_leads_on_when_it_is_opened(reader, language):
    consultation = call()
    with translation.override({"zh": "zh-hans"}.get(language, language)):
        response = reader.get(reverse("keep_text", args=[consultation.slug]))
    check_page(response, 405, language)
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_more_than_a_form_can_hold_is_refused_with_its_limit(reader, language):
    typed = "长" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    told = check_page(reader.post(f"/{language}/track/", {"reference": typed}), 413, language)
    assert "3" in told


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_too_many_fields_are_refused(reader, language):
    fields = {f"field{n}": "x" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    check_page(reader.post(f"/{language}/track/", fields), 400, language)


# When the database is away


@pytest.fixture
def no_database():
    """Take the database away: every statement fails as it does when the server is gone."""

    def gone(execute, sql, params, many, context):
        raise OperationalError("connection refused: a secret of the inside")

    with connection.execute_wrapper(gone):
        yield


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_last_page_needs_no_database(reader, no_database, language):
    for address in ("", "c/", "track/", "search/?q=a", "fail/500/"):
        check_page(reader.get(f"/{language}/{address}"), 500, language)


def test_a_session_does_not_keep_the_last_page_from_coming(no_database):
    visitor = Client(raise_request_exception=False)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "abcdefghijklmnopqrstuvwxyz012345"
    check_page(visitor.get("/zh/track/"), 500, "zh")


def test_health_tells_a_balancer(reader, no_database):
    assert reader.get("/health/").status_code == 500


def test_the_api_stays_json_without_a_database(reader, no_database):
    check_json(reader.get("/api/v1/consultations/"), 500, "server_error")


# Machines read JSON


def check_json(response: HttpResponse, status: int, code: str) -> None:
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/json")
    assert "no-store" in response["Cache-Control"]
    (error,) = json.loads(response.content)["errors"]
    assert error["code"] == code and error["message"]
    assert "secret of the inside" not in response.content.decode()


@pytest.mark.parametrize(
    ("how", "code"),
    [("400", "unreadable"), ("403", "not_allowed"), ("500", "server_error"), ("refused", "not_allowed")],
)
def test_the_api_answers_in_json(reader, how, code):
    check_json(reader.get(f"/api/fail/{how}/"), STATUSES[how], code)


@pytest.mark.parametrize("address", ["not-there/", "v1/not-there/", "v1/consultations/not-there/"])
def test_what_the_api_does_not_have_is_json(reader, address):
    check_json(reader.get(f"/api/{address}"), 404, "not_found")


@pytest.mark.parametrize(("accept", "sign"), [("zh-CN", "[\u4e00-\u9fff]"), ("en-GB", "^[ -~]+$")])
def test_its_sentences_follow_the_readers_language(reader, accept, sign):
    response = reader.get("/api/v1/consultations/not-there/", headers={"accept-language": accept})
    assert re.search(sign, json.loads(response.content)["errors"][0]["message"])


def test_a_method_the_api_does_not_take_is_json(reader):
    visitor = Client(raise_request_exception=False)
    response = visitor.delete("/api/v1/consultations/")
    check_json(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]
