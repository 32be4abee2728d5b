"""Hostile values in every form, parameter and address: a clear answer, never a fault, and nothing is lost."""

from __future__ import annotations

import copy
import html
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone, translation

from consultations.models import Comment, Consultation
from engage.calendars.models import CalendarDay
from engage.departments.models import Department
from engage.participation import personal_data
from engage.participation.models import Submission
from engage.settled import forget_all
from tests.consultations.factories import call
from tests.security.forms import FORMS, PARAMETERS, TICKETED, WITHOUT_TEXT, WORDS, Form, World
from tests.security.hostile import (
    CJK,
    LANGUAGES,
    Clients,
    Page,
    address,
    body,
    few,
    of_a_choice,
    sender,
    values,
    writes,
)
from tests.security.matrix import ROWS
from tests.security.test_studio_sweep import patterns
from tests.security.test_url_matrix import named_urls
from tests.shared import shared_file

pytestmark = pytest.mark.django_db


def faults_of_refusal(response: HttpResponse, form: Form, sent: dict[str, str], language: str) -> list[str]:
    """Say what is missing in the answer to a refused form."""
    text = body(response)
    page = Page(text)
    faults = []
    if not page.summary:
        faults.append("no summary of the errors")
    if form.typed and not page.beside and response.status_code == 422:
        faults.append("no sentence beside a field")
    for sentence in (*page.beside, *page.summary):
        # A sentence may quote what was typed.
        own = sentence
        for typed in sent.values():
            own = own.replace(typed[:200], "") if typed.strip() else own
        if language == "zh-hans" and sentence.strip() and not CJK.search(sentence):
            faults.append(f"not Chinese: {sentence[:80]!r}")
        if language == "en" and CJK.search(own):
            faults.append(f"not English: {sentence[:80]!r}")
    for name, typed in sent.items():
        if name in form.typed and "password" not in name and html.escape(typed) not in text:
            faults.append(f"{name} is lost")
    return faults


def trouble(response: HttpResponse, form: Form, sent: dict[str, str], language: str, written: list[str]) -> list[str]:
    """Say what is wrong with an answer to hostile values; empty when all is well."""
    if response.status_code >= 500:
        return [f"{response.status_code}"]
    if 300 <= response.status_code < 400:
        target = urlsplit(response.headers["Location"])
        return [f"leads away: {target.geturl()[:80]}"] if target.scheme or target.netloc else []
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    faults = [f"dangerous: {found}" for found in Page(body(response)).danger]
    in_studio = response.wsgi_request.path.startswith("/studio/")
    if in_studio:
        # Wagtail's own templates hold styles; its policy allows them there and no script.
        faults = [fault for fault in faults if "script" in fault]
    refused = response.status_code >= 400 or "account" in response.wsgi_request.path
    if refused and form.said and response.status_code not in (404, 410, 429) and not in_studio:
        faults += faults_of_refusal(response, form, sent, language)
    if refused and written:
        faults.append(f"refused, yet written: {written[0][:80]}")
    return faults


# --- forms ---------------------------------------------------------------------------------------------------------

# Every value goes through the form that most people fill; test_what_was_sent_comes_back_exactly sends them all.
MANY = {"compose"}
STUDIO = ("draft", "dep", "cal", "clock", "questionnaire")


# So many share one site: to make it takes longer than to send most of them, and by far where little is sent.
TOGETHER = 24 if connection.vendor == "postgresql" else 12


def groups(names: Iterable[str]) -> list[Any]:
    """Return the names in groups, each a parameter with the name of its first."""
    every = list(names)
    found = (every[start : start + TOGETHER] for start in range(0, len(every), TOGETHER))
    return [pytest.param(group, id=group[0]) for group in found]


@contextmanager
def untouched(world: World) -> Iterator[World]:
    """Yield the world with visitors of its own; whatever is written to it is taken back."""
    cache.clear()
    forget_all()
    with transaction.atomic():
        fresh = copy.deepcopy({key: value for key, value in world.items() if key != "clients"})
        fresh["clients"] = Clients(fresh)
        yield fresh
        transaction.set_rollback(True)


def rounds(name: str, form: Form) -> Iterator[dict[str, str]]:
    """Yield what is sent: each value in all typed fields at once, then two in each choice."""
    if form.typed:
        for value in (
            values()
            if name in MANY and connection.vendor == "sqlite"
            else few(0 if name.startswith(STUDIO) else 1, list(FORMS).index(name))
        ):
            yield dict.fromkeys(form.typed, value.text) | form.chosen
    for field in form.chosen:
        for value in of_a_choice(list(FORMS).index(name)):
            yield form.typed | form.chosen | {field: value.text}


@pytest.mark.parametrize("names", groups(FORMS))
def test_no_value_in_a_form_is_a_fault_or_lost(world, names):
    wrong = []
    for name in names:
        with untouched(world) as fresh:
            wrong += [f"{name}: {fault}" for fault in faults_of_form(fresh, name)]
    assert not wrong, "\n".join(wrong[:40])


def faults_of_form(world: World, name: str) -> list[str]:
    """Send hostile values through a form; say what went wrong."""
    form = FORMS[name]
    client = world["clients"][form.who]
    baskets = client.session.get("baskets")
    wrong = []
    for place, sent in enumerate(rounds(name, form)):
        language = ("zh-hans", "en")[place % 2]
        cache.clear()
        if baskets and place % 40 == 39:  # one basket does not hold them all
            session = client.session
            session["baskets"] = baskets
            session.save()
        url = address(name, form, world, language)
        with writes() as written:
            response = client.post(url, sent, headers={"accept-language": LANGUAGES[language]})
        for fault in trouble(response, form, sent, language, written):
            wrong.append(f"{response.status_code} {fault} for {ascii(sent)[:160]}")
    return wrong


def is_form_of_the_site(name: str) -> bool:
    """Leave out what is Wagtail's own: test_studio_sweep.py looks at it."""
    return name in ROWS or name.startswith(("account_", "mfa_", "socialaccount_", "openid_connect_"))


# They answer the same whatever the method and read nothing of what is sent.
ANY_METHOD = {
    "consultations_rss",
    "consultations_atom",
    "campaigns_rss",
    "campaigns_atom",
    "packs_rss",
    "packs_atom",
    "plan_rss",
    "plan_atom",
    "press_rss",
    "petitions_rss",
    "petitions_atom",
    "replies_rss",
    "replies_atom",
    "disclosures_rss",
    "disclosures_atom",
    "press_atom",
    "notices_atom",
    "outcomes_rss",
    "outcomes_atom",
    "sitemap",
    "api:api-root",
    "api:openapi-json",
    "drafts",
    "draft_version",
    "draft_correct",
}
LISTS = (":index", ":index_results", ":inspect")
WHO = ("holder", "sender", "citizen", "officer", "editor", "administrator")


def row_address(name: str, world: World) -> str:
    """Return one address of a row of the matrix."""
    with translation.override("en"):
        return reverse(name, args=ROWS[name].arguments(world | {"shown": world["call"], "public": world["comment"]}))


@pytest.mark.sqlite_only  # says nothing about the database, and takes long
def test_every_form_is_in_the_table(world):
    """An address that takes a POST from anybody is a form; so is every page of the account pages."""
    missing = []
    for name in sorted(filter(is_form_of_the_site, named_urls(get_resolver()))):
        if name in FORMS or name in WITHOUT_TEXT or name in ANY_METHOD or name.endswith(LISTS):
            continue
        if name not in ROWS:
            missing.append(f"{name}: neither in the table nor, with its reason, in WITHOUT_TEXT")
            continue
        for who in WHO:
            taken = world["clients"][who].post(row_address(name, world), {"text": WORDS})
            to_the_door = taken.status_code == 302 and (
                "/login/" in taken.headers["Location"] or taken.headers["Location"].endswith("/studio/")
            )
            if taken.status_code not in (404, 405) and not to_the_door:
                missing.append(f"{name} takes a POST from {who} ({taken.status_code}) and is not in the table")
                break
    assert not missing, "\n".join(missing)
    assert not (set(FORMS) | set(WITHOUT_TEXT)) - named_urls(get_resolver())


class Asked(QueryDict):
    """What was sent, noting which names are looked for."""

    names: set[str]

    def _noted(self, name):
        self.names.add(name)
        return name

    def __getitem__(self, name):
        return super().__getitem__(self._noted(name))

    def get(self, name, default=None):
        return super().get(self._noted(name), default)

    def getlist(self, name, default=None):
        return super().getlist(self._noted(name), default)

    def __contains__(self, name):
        return super().__contains__(self._noted(name))


@contextmanager
def noting(monkeypatch, method: str) -> Iterator[set[str]]:
    """Collect the names that views and forms look for in GET or POST."""
    names: set[str] = set()
    usual = getattr(WSGIRequest, method)

    def asked(request):
        given = usual.func(request) if hasattr(usual, "func") else usual.fget(request)
        if not isinstance(given, Asked):
            noted = Asked(mutable=True)
            noted.names = names
            noted.update(given)
            noted._mutable = False
            given = noted
        return given

    with monkeypatch.context() as patch:
        patch.setattr(WSGIRequest, method, property(asked, getattr(usual, "fset", None)))
        yield names


FRAMEWORK = {"csrfmiddlewaretoken", "_method", "initial-csrfmiddlewaretoken"}


# Read by Wagtail's own views.
OF_THE_STUDIO = {"q", "_w_filter_fragment", "_w_hydrate_create_view", "ordering", "export", "next", "layout", "p"}


@pytest.mark.sqlite_only  # says nothing about the database, and takes long
def test_every_parameter_is_in_the_table(world, monkeypatch):
    """Each page is opened as somebody who may see it, and every name it looks for in its address must be known."""
    unknown = []
    for name in ROWS:
        known = set(PARAMETERS.get(name, ("", None, ()))[2]) | FRAMEWORK
        for who in WHO:
            client = world["clients"][who]  # made when first asked for, with requests of its own
            with noting(monkeypatch, "GET") as names:
                shown = client.get(row_address(name, world))
            extra = names - known - (OF_THE_STUDIO if shown.wsgi_request.path.startswith("/studio/") else set())
            if extra:
                unknown.append(f"{name} reads {sorted(extra)}")
            if extra or shown.status_code == 200:
                break
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("names", groups(PARAMETERS))
def test_no_value_in_an_address_is_a_fault(world, names):
    wrong = []
    for name in names:
        with untouched(world) as fresh:
            wrong += [f"{name}: {fault}" for fault in faults_of_address(fresh, name)]
    assert not wrong, "\n".join(wrong[:40])


def faults_of_address(world: World, name: str) -> list[str]:
    """Ask for a page with hostile values in its parameters; say what went wrong."""
    who, arguments, parameters = PARAMETERS[name]
    client = world["clients"][who]
    wrong = []
    for place, value in enumerate(
        values()[-3:] if who in ("editor", "administrator") else few(1, list(PARAMETERS).index(name))
    ):
        language = ("zh-hans", "en")[place % 2]
        with translation.override(language):
            url = reverse(name, args=arguments(world))
        for parameter in parameters:
            cache.clear()
            response = client.get(url, {parameter: value.text}, headers={"accept-language": LANGUAGES[language]})
            for fault in trouble(response, Form(said=False), {}, language, []):
                wrong.append(f"{response.status_code} {fault} for {parameter}={ascii(value.text)[:100]}")
    return wrong


# --- what was sent comes back --------------------------------------------------------------------------------------

TAIL = "，请多开放几天，谢谢。"
# What clean_text takes out: it shows nothing, or reorders or hides what follows.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)


def as_stored(typed: str) -> str:
    """Every character that can be seen, in its order and canonical form; joiners of emoji and scripts too."""
    return UNSEEN.sub("", unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def test_what_was_sent_comes_back_exactly(world, settings):
    """Each value goes the whole way: basket, check page, database, public page, API, tracking page, desk."""
    settings.BASKET_MAX_COMMENTS = 500
    visitor = Client()
    slug = world["call"].slug
    texts = [value.text[:4_000] + TAIL for value in values()]
    for start, text in enumerate(texts):
        given = {"stance": "change", "text": f"{start} {text}"}
        assert visitor.post(f"/zh/c/{slug}/art-2/comment/", given).status_code == 302, ascii(text[:60])
    expected = [as_stored(f"{start} {text}") for start, text in enumerate(texts)]
    checked = visitor.get(f"/zh/c/{slug}/mine/check/")
    assert Page(body(checked)).danger == []
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(checked)))
    assert visitor.post(f"/zh/c/{slug}/mine/check/", fields).status_code == 302
    submission = Submission.objects.latest("pk")
    stored = list(submission.comments.order_by("position").values_list("text", flat=True))
    assert stored == expected
    # In the API, page by page, with nothing taken away but personal data.
    public = Client()
    shown = {}
    for number in range(1, 12):
        for row in public.get(f"/api/v1/consultations/{slug}/comments", {"page": number}).json()["items"]:
            shown[row["id"]] = row["text"]
    for row in submission.comments.filter(moderation_state="published"):
        assert shown[row.pk] == row.public_text
        assert row.public_text == row.text or personal_data.find(row.text)
    # On pages: escaped, word for word, and nothing in it runs.
    pages = [body(public.get(f"/en/c/{slug}/comments/", {"page": number})) for number in range(1, 12)]
    together = "".join(pages)
    for row in submission.comments.filter(moderation_state="published"):
        line = row.public_text.split("\n")[0].strip()
        assert html.escape(line) in together, ascii(line[:80])
    reference = submission.reference
    officer = world["clients"]["officer"]
    for page in [
        *pages,
        body(visitor.get(f"/zh/track/{reference}/")),
        body(visitor.get(f"/zh/receipt/{reference}/")),
        body(officer.get("/desk/queues/moderation/?view=published")),
        body(officer.get("/desk/queues/moderation/?view=held")),
        body(public.get("/zh/search/?q=请多开放几天")),
    ]:
        assert Page(page).danger == []
    assert visitor.get(f"/zh/receipt/{reference}/receipt.pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("读书\x00好，请多开放几天吧。", "读书好，请多开放几天吧。"),
        ("\u202e倒写的意见也要能读到。\u202c", "倒写的意见也要能读到。"),
    ],
)
def test_what_cannot_be_seen_is_taken_out_before_the_sender_checks(world, typed, stored):
    visitor = sender(world["call"], typed)
    assert stored in body(visitor.get(f"/zh/c/{world['call'].slug}/mine/check/"))


# --- each form: too much, foreign, twice, late ---------------------------------------------------------------------

WITH_TEXT = [name for name, form in FORMS.items() if form.typed]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_megabytes_are_refused_in_plain_words(world, language):
    for name in WITH_TEXT:
        form = FORMS[name]
        client, url = world["clients"][form.who], address(name, form, world, language)
        with writes() as written:
            response = client.post(
                url,
                form.chosen | dict.fromkeys(form.typed, "字" * (10 * 1024 * 1024 // 9 // len(form.typed))),
                headers={"accept-language": LANGUAGES[language]},
            )
        page = Page(body(response))
        assert (response.status_code, written) == (413, []), name
        assert page.title.startswith({"zh-hans": "错误：", "en": "Error:"}[language]), name
        assert "3" in page.summary[0] and bool(CJK.search(page.summary[0])) == (language == "zh-hans"), name


@pytest.mark.sqlite_only
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_without_our_token_gives_the_text_back(world, language):
    for name in (name for name in WITH_TEXT if name not in TICKETED):
        form = FORMS[name]
        client = Client(enforce_csrf_checks=True)
        client.cookies = world["clients"][form.who].cookies
        typed = {field: f'{field}: 我写了<b>很多</b> "字" & 不想丢' for field in form.typed}
        url = address(name, form, world, language)
        with writes() as written:
            response = client.post(
                url,
                form.chosen | typed | {"csrfmiddlewaretoken": "x" * 64},
                headers={"accept-language": LANGUAGES[language], "referer": f"http://testserver{url}"},
            )
        text = body(response)
        assert (response.status_code, written) == (403, []), name
        assert Page(text).title.startswith({"zh-hans": "错误：", "en": "Error:"}[language]), name
        assert Page(text).danger == [], name
        for field, words in typed.items():
            assert (html.escape(words) in text) == ("password" not in field), f"{name}: {field}"
        assert f'href="http://testserver{url}"' in text, name
        assert "no-store" in response.headers["Cache-Control"], name


def test_words_that_another_site_sent_are_not_shown_as_ones_own():
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        "/en/track/",
        {"reference": "Call 400-123-4567 to win"},
        headers={"sec-fetch-site": "cross-site", "referer": "https://evil.example/"},
    )
    assert response.status_code == 403
    assert "to win" not in body(response)
    assert "evil.example" not in body(response)


def test_a_full_basket_keeps_what_was_typed(world, settings):
    settings.BASKET_MAX_COMMENTS = 1
    visitor = sender(world["call"])
    url = f"/zh/c/{world['call'].slug}/art-1/comment/"
    response = visitor.post(url, {"stance": "support", "text": "第二条意见，一个字也不能丢。"})
    assert response.status_code == 422
    assert "第二条意见，一个字也不能丢。" in body(response)
    assert Page(body(response)).summary
    assert len(visitor.session["baskets"][world["call"].slug]["items"]) == 1


def test_a_replayed_or_foreign_token_sends_nothing(world):
    slug = world["call"].slug
    visitor, other = sender(world["call"]), sender(world["call"])
    url = f"/zh/c/{slug}/mine/check/"
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(visitor.get(url))))
    before = Submission.objects.count()
    assert other.post(url, fields).headers["Location"] == f"/zh/c/{slug}/mine/"
    assert Submission.objects.count() == before
    first = visitor.post(url, fields).headers["Location"]
    assert Submission.objects.count() == before + 1
    # The same visitor again gets the same receipt; somebody with another basket and the old token no second one.
    assert visitor.post(url, fields).headers["Location"] == first
    visitor.post(f"/zh/c/{slug}/art-1/comment/", {"stance": "change", "text": "再写一条新的意见，也请收下。"})
    assert visitor.post(url, fields).headers["Location"] == first
    assert Submission.objects.count() == before + 1
    assert "再写一条新的意见" in body(visitor.get(f"/zh/c/{slug}/mine/"))


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_submission(settings):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call(moderation="post")
    visitor = sender(consultation)
    url = f"/zh/c/{consultation.slug}/mine/check/"
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(visitor.get(url))))
    start = threading.Barrier(4)
    places: list[str] = []

    def press() -> None:
        again = Client(raise_request_exception=False)
        again.cookies = visitor.cookies
        start.wait()
        response = again.post(url, fields)
        places.append(response.headers.get("Location", str(response.status_code)))
        connections.close_all()

    presses = [threading.Thread(target=press) for _number in range(4)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    reference = Submission.objects.get().reference
    assert places == [f"/zh/receipt/{reference}/"] * 4
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("name", ["compose", "compose_whole", "check", "comment_edit", "submission_withdraw"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_close_every_form_refuses_and_keeps_the_text(world, name, language):
    form = FORMS[name]
    client = world["clients"][form.who]
    sent = form.chosen | form.typed
    if name == "check":
        sent["token"] = client.session["baskets"][world["call"].slug]["token"]
    Consultation.objects.filter(pk=world["call"].pk).update(closes_at=timezone.now())
    url = address(name, form, world, language)
    with writes() as written:
        response = client.post(url, sent)
    assert (response.status_code, written) == (403, [])
    text = body(response)
    assert bool(CJK.search(Page(text).title)) == (language == "zh-hans") or name == "check"
    if name != "submission_withdraw":
        assert WORDS in text
        assert Page(text).title.startswith({"zh-hans": "错误：", "en": "Error:"}[language])


def test_a_call_that_closes_before_it_opens_is_refused_in_the_studio(world):
    editor = world["clients"]["editor"]
    url = reverse("wagtailsnippets_consultations_consultation:add")
    days = [
        ("2031-02-02 09:00", "2031-01-01 09:00"),
        ("2031-01-01 09:00", "2031-01-01 09:00"),
        ("2031-02-30 09:00", ""),
    ]
    for opens, closes in days:
        given = {
            "slug": "backwards",
            "department": str(world["department"].pk),
            "opens_at": opens,
            "closes_at": closes,
            "answer_days": "60",
            "moderation": "pre",
        }
        with writes() as written:
            response = editor.post(url, given, headers={"accept-language": "zh"})
        assert response.status_code == 200
        assert not [sql for sql in written if "consultations_consultation" in sql]
        assert 'value="backwards"' in body(response)
        sentences = [
            sentence for sentence in Page(body(response)).beside + Page(body(response)).summary if sentence.strip()
        ]
        assert sentences and all(CJK.search(sentence) for sentence in sentences)
    assert not Consultation.objects.filter(slug="backwards").exists()


# --- addresses, cookies, headers -----------------------------------------------------------------------------------

IN_A_PATH = [
    "\x00",
    "9" * 30,
    "9" * 5_000,
    "../../etc/passwd",
    "👨‍👩‍👧",
    "a" * 304,
    "' OR 1=1--",
    "\u202efdp.exe",
    "%2e%2e%2f",
    "{}",
]


def filled(route: str, part: str) -> str:
    """Put one value into every variable part of a route."""
    return re.sub(r"<[^>]*>", lambda _variable: part, route)


def test_no_address_is_a_fault(world):
    """Every route of the site with hostile values in its variable parts, for a stranger and for who holds a receipt."""
    routes = sorted({route for route in patterns(get_resolver()) if "<" in route and not set("(?*+\\[") & set(route)})
    ours = [route for route in routes if not route.startswith("studio/")]
    assert len(ours) >= 30
    wrong = []
    for place, route in enumerate(ours):
        client = world["clients"]["holder" if place % 2 else "anonymous"]
        for part in IN_A_PATH:
            response = client.get("/" + quote(filled(route, part), safe="/"), headers={"accept-language": "en"})
            if response.status_code >= 500:
                wrong.append(f"{route} {ascii(part)[:40]}: {response.status_code}")
    for part in IN_A_PATH:
        for folder in ("", "zh/", "en/", "api/", "api/v1/", "media/", "zh/c/", "en/track/", "desk/", "studio/"):
            response = world["clients"]["anonymous"].get(f"/{folder}{quote(part, safe='')}/")
            if response.status_code >= 500:
                wrong.append(f"{folder} {ascii(part)[:40]}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_cookie_or_header_is_a_fault(world):
    """A quoted cookie can carry any byte, NUL too; it is worth no more than none."""
    odd = ["a" * 8 + "\\000", '\\"; DROP', "\\377\\376", "x" * 5_000, "..", "e30=", "%00"]
    own = ("engage_receipts", "engage_answered_zh-hans")
    for cookie in ("sessionid", "csrftoken", *own, "django_language", "messages"):
        for value in odd:
            client = Client(raise_request_exception=False)
            for path in ("/zh/track/", f"/en/c/{world['call'].slug}/mine/", "/desk/"):
                response = client.get(path, headers={"cookie": f'{cookie}="{value}"'})
                assert response.status_code in (200, 302), f"{cookie}={value[:20]} {path}"
    headers = {
        "accept-language": ["\x00", "zh" * 3_000, "en;q=NaN", "*", "xx-" * 200],
        "referer": ["javascript:alert(1)", "\x00", "http://" + "a" * 5_000],
        "x-forwarded-for": ["\x00", ", , ,", "1.2.3.4, " * 500, "::1"],
        "if-modified-since": ["yesterday", "Thu, 99 Xxx 9999 99:99:99 GMT"],
        "range": ["bytes=-1", "bytes=0-" + "9" * 40],
    }
    for header, given in headers.items():
        for value in given:
            for path in ("/zh/track/", "/static/css/base.css", "/zh/c/"):
                response = Client(raise_request_exception=False).get(path, headers={header: value})
                b"".join(response) if response.streaming else response.content
                assert response.status_code < 500, f"{header}: {value[:20]}"


@pytest.mark.sqlite_only
def test_a_method_that_a_page_does_not_know_is_refused(world):
    client = Client(raise_request_exception=False)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 300):
        for path in ("/zh/", "/zh/track/", f"/zh/c/{world['call'].slug}/art-2/comment/", "/api/v1/consultations/"):
            assert client.generic(method, path).status_code in (403, 405), f"{method[:10]} {path}"


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    maker = shared_file("data", "badinput", "make_files.py")
    subprocess.run([sys.executable, str(maker), str(folder)], check=True, capture_output=True)
    return sorted(folder.iterdir())


@pytest.mark.sqlite_only
def test_no_file_uploaded_in_the_studio_is_a_fault(world, hostile_files):
    """What each file means is tested with the reader (tests/consultations); here: the page and its words."""
    editor = world["clients"]["editor"]
    assert len(hostile_files) > 25
    for file in hostile_files:
        if file.name in ("articles-10000.txt", "long-line.txt"):  # sound, and shown whole: tests/consultations
            continue
        with file.open("rb") as opened, writes() as written:
            response = editor.post(
                reverse("draft_import"),
                {"file": opened, "text": "", "language": "", "purpose": "new"},
                headers={"accept-language": "en"},
            )
        assert response.status_code in (200, 422), file.name
        assert not [sql for sql in written if "consultations_" in sql], file.name
        if response.status_code == 422:
            assert [sentence for sentence in Page(body(response)).beside if sentence.strip()], file.name


@pytest.mark.sqlite_only
def test_no_table_of_departments_or_calendar_is_half_imported(hostile_files, capsys):
    """Any file as a table: refused with a sentence and status 1, or read; never a fault, never half of it."""
    before = Department.objects.count(), CalendarDay.objects.count()
    for file in hostile_files:
        for command in (["import_departments", str(file)],):
            try:
                call_command(*command)
            except SystemExit as ended:
                assert ended.code in (1, 2), file.name
            except CommandError as ended:
                assert str(ended), file.name
            else:
                pytest.fail(f"{file.name} was taken as a table of departments")
            assert "Traceback" not in capsys.readouterr().err
    assert (Department.objects.count(), CalendarDay.objects.count()) == before
