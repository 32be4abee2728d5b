"""The short way of signing does what the ordinary way does, answer by answer and row by row; it takes what is sure."""

import asyncio
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection, connections
from django.utils import timezone

from engage import quick
from engage.participation.models import AboutOption, ConsentText
from mailbox.petitions.actions import consent
from mailbox.petitions.models import Signature, SignatureLetter, SignatureTally
from mailbox.petitions.queries import consent as consents
from mailbox.petitions.signing import group, links
from mailbox.petitions.signing import quick as ways
from tests.conftest import ON_POSTGRES
from tests.petitions.test_signing import petition, signed
from tests.quickly import SECRET

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = {
    "csrfmiddlewaretoken": SECRET,
    "name": "Li  Wei",
    "email": "L.i.Wei+x@gmail.com",
    "region": "east",
    "country": "",
    "eligible": "yes",
    "news": "yes",
}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "东区", "label_en": "East"})
    consent.keep(consents.shown("signer"))  # the first who agrees to new words goes the ordinary way
    ways._regions, ways._consent = (0.0, frozenset()), ("", 0)
    quick._headers.cache_clear()
    yield
    group.line.close()
    connections.close_all()


def as_both_say(answer):
    """An answer without what differs from request to request."""
    status, headers, content = answer
    told = {name: re.sub(r"S-\d{4}-\d{6}-[A-Z]", "REFERENCE", value) for name, value in headers.items()}
    told["Set-Cookie"] = re.sub(r"=[0-9a-f]{32}|expires=[^;]+", "", told.get("Set-Cookie", "").strip())
    told.pop("Expires", None)
    return status, "\n".join(f"{name}: {value}" for name, value in sorted(told.items())), content


def as_written(row):
    """A row without what differs from request to request."""
    values = {field.name: getattr(row, field.name) for field in Signature._meta.concrete_fields}
    for name in ("id", "token_digest", "code_digest", "asked_at", "petition", "confirmed_at"):
        del values[name]
    letters = row.letters.values_list("kind", "about", "state", "tries", "said", "sent_at")
    return values, list(letters), abs((timezone.now() - row.asked_at).total_seconds()) < 60


# One test each for many forms: after each such test PostgreSQL empties every table.
GOOD = [
    {},
    {"news": ""},
    {"name": "王\u202e芳", "email": "wang@bücher.example"},
    {"region": "abroad", "country": "DE"},
    {"region": "east", "country": "DE"},
    {"email": " Wang.Fang@Example.ORG "},
    {"email": "ｗangfang＠example.org"},
    {"name": "Ｏ’Brien-Smith"},
    {"consent": "the words in force"},
]


def test_both_ways_answer_and_write_the_same(site, passed):
    of = petition()
    for language in ("zh", "en"):
        path = f"/{language}/petitions/{of.pk}/sign/"
        for fields in GOOD:
            if "consent" in fields:
                fields = {"consent": consents.shown("signer").mark}
            tokens = [{"token": str(uuid.uuid4())} for _way in range(2)]
            short, long = site(path, FIELDS | tokens[0] | fields), site(path, FIELDS | tokens[1] | fields, "ordinary")
            assert passed == []
            assert short[0] == 303
            assert as_both_say(short) == as_both_say(long)
            rows = Signature.objects.order_by("-pk")[:2]
            assert as_written(rows[0]) == as_written(rows[1])
    assert Signature.objects.count() == 4 * len(GOOD)
    assert set(Signature.objects.values_list("consent", flat=True)) == {1}


DOUBTFUL: list[tuple[dict, dict]] = [
    ({"name": ""}, {}),
    ({"name": "www.example.com"}, {}),
    ({"name": "王" * 10_000}, {}),
    ({"email": '"a b"@example.org'}, {}),
    ({"email": "王芳@example.org"}, {}),
    ({"email": "a@example.org\r\nBcc: b@example.org"}, {}),
    ({"region": "atlantis"}, {}),
    ({"eligible": ""}, {}),
    ({"news": "on"}, {}),
    ({"consent": "2"}, {}),
    ({"consent": "x"}, {}),
    ({"token": "no token"}, {}),
    ({"csrfmiddlewaretoken": "b" * 32}, {}),
    ({"csrfmiddlewaretoken": ""}, {}),
    ({}, {"HTTP_COOKIE": None}),
    ({}, {"HTTP_COOKIE": f"csrftoken={SECRET}; sessionid=abc"}),
    ({}, {"HTTP_ORIGIN": None}),
    ({}, {"HTTP_ORIGIN": "http://elsewhere.example"}),
    ({}, {"HTTP_ORIGIN": "null"}),
    ({}, {"HTTP_SEC_FETCH_SITE": "cross-site"}),
    ({}, {"HTTP_HOST": "elsewhere.example", "HTTP_ORIGIN": "http://elsewhere.example"}),
    ({}, {"QUERY_STRING": "x=1"}),
    ({}, {"CONTENT_TYPE": "multipart/form-data; boundary=x"}),
    ({}, {"CONTENT_LENGTH": ""}),
    ({}, {"CONTENT_LENGTH": "99999999999"}),
    ({}, {"body": b"name=\xff\xfe"}),
    ({}, {"body": b"name=a&name=b"}),
    ({}, {"body": b"name=%00%ed%a0%80"}),
]


def test_whatever_is_in_doubt_goes_the_ordinary_way_and_is_answered_there(site, passed):
    of = petition()
    path = f"/en/petitions/{of.pk}/sign/"
    for fields, more in DOUBTFUL:
        given = FIELDS | {"token": str(uuid.uuid4())} | fields
        passed.clear()
        short = site(path, given, **more)
        assert passed == [path], (fields, more)
        long = site(path, given | {"token": given["token"][:-4] + "0000"}, "ordinary", **more)
        assert short[0] == long[0], (fields, more)


def test_the_first_who_agrees_to_new_words_goes_the_ordinary_way_and_the_next_the_short_one(site, passed):
    of = petition()
    ConsentText.objects.filter(code="petition-sign").delete()
    consents.version.forget()
    path = f"/en/petitions/{of.pk}/sign/"
    for _turn in range(3):
        assert site(path, FIELDS | {"token": str(uuid.uuid4())})[0] == 303
    assert passed == [path]
    assert list(Signature.objects.values_list("consent", flat=True)) == [1, 1, 1]


def test_a_petition_that_takes_none_and_a_token_that_came_before_go_the_ordinary_way(site, passed):
    closed, open_one = petition("closed"), petition()
    given = FIELDS | {"token": str(uuid.uuid4())}
    assert site(f"/en/petitions/{closed.pk}/sign/", given)[0] == 409
    assert len(passed) == 1
    first = site(f"/en/petitions/{open_one.pk}/sign/", given)
    again = site(f"/en/petitions/{open_one.pk}/sign/", given)
    assert len(passed) == 2
    assert as_both_say(first) == as_both_say(again)
    assert first[1]["Location"] == again[1]["Location"]
    assert Signature.objects.count() == 1


def test_confirming_does_the_same_on_both_ways(site, passed):
    of = petition()
    answers = []
    for way, name in (("quick", "李伟"), ("ordinary", "王芳")):
        row = signed(of, name=name, email=f"{way}@example.org")
        key = links.key("confirm", row.pk)
        path = f"/en/petitions/signatures/{row.pk}/{key}/"
        status, headers, content = site(path, {"csrfmiddlewaretoken": SECRET}, way)
        assert headers.pop("Location") == f"{path}done/"
        headers.pop("Expires")
        answers.append((status, headers, content))
    assert passed == []
    assert answers[0] == answers[1]
    assert list(Signature.objects.values_list("state", "slot")) == [("confirmed", 1), ("confirmed", 1)]


def test_the_link_of_one_that_was_let_go_late_confirms_on_both_ways(site, passed):
    of = petition()
    for way, name in (("quick", "李伟"), ("ordinary", "王芳")):
        row = signed(of, name=name, email=f"{way}@example.org")
        now = timezone.now()
        Signature.objects.filter(pk=row.pk).update(asked_at=now - timedelta(days=20), link_since=now)
        path = f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/"
        assert site(path, {"csrfmiddlewaretoken": SECRET}, way)[0] == 303
    assert (passed, Signature.objects.counted().count()) == ([], 2)


def test_a_used_or_forged_link_goes_the_ordinary_way(site, passed):
    row = signed(petition())
    path = f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/"
    forged = f"/en/petitions/signatures/{row.pk}/{'A' * 22}/"
    assert [site(one, {"csrfmiddlewaretoken": SECRET})[0] for one in (path, path, forged)] == [303, 200, 410]
    assert passed == [path, forged]
    assert SignatureTally.objects.count() == 1


def at_once(n, call):
    """Call n times at the same moment."""
    ready = threading.Barrier(n)

    def one(number):
        try:
            ready.wait(timeout=60)
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_many_presses_of_one_link_confirm_once(site):
    of = petition()
    row = signed(of)
    path = f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/"
    answers = []
    for _turn in range(50 if ON_POSTGRES else 5):  # 1,000 and 100
        answers += at_once(20, lambda _number: site(path, {"csrfmiddlewaretoken": SECRET})[0])
    assert sorted(set(answers)) in ([200, 303], [200])
    assert answers.count(303) == 1
    assert SignatureTally.objects.count() == 1


def test_many_sign_at_once_and_share_commits(site, passed):
    of = petition()
    path = f"/zh/petitions/{of.pk}/sign/"
    tokens = [str(uuid.uuid4()) for _number in range(40)]
    answers = at_once(20, lambda number: [site(path, FIELDS | {"token": token})[0] for token in tokens[number::20]])
    assert {status for some in answers for status in some} == {303}
    assert (Signature.objects.count(), SignatureLetter.objects.count()) == (40, 40)
    assert passed == []


@pytest.mark.postgres
def test_signing_goes_on_while_all_connections_of_the_pool_are_taken(site, passed):
    of = petition()
    ways.regions()
    connection.close()
    held = []
    try:
        while len(held) < connection.pool.max_size:
            held.append(connection.pool.getconn(timeout=5))
        with ThreadPoolExecutor(1) as other:
            path = f"/zh/petitions/{of.pk}/sign/"
            answer = other.submit(site, path, FIELDS | {"token": str(uuid.uuid4())}).result(timeout=20)
    finally:
        for one in held:
            connection.pool.putconn(one)
    assert answer[0] == 303
    assert passed == []
    assert Signature.objects.count() == 1


def test_a_thread_gives_back_the_connection_it_read_the_regions_with(site, passed):
    of = petition()

    def sign_and_look():
        try:
            status = site(f"/zh/petitions/{of.pk}/sign/", FIELDS | {"token": str(uuid.uuid4())})[0]
            return status, connection.connection
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        assert other.submit(sign_and_look).result() == (303, None)
    assert passed == []


def test_a_household_confirms_at_once_and_the_third_person_finds_no_place(site):
    of = petition()
    rows = [signed(of, name=f"Person {'abc'[number]}") for number in range(3)]
    paths = [f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/" for row in rows]
    statuses = at_once(3, lambda number: site(paths[number], {"csrfmiddlewaretoken": SECRET})[0])
    assert sorted(statuses) == [303, 303, 409]
    assert sorted(Signature.objects.counted().values_list("slot", flat=True)) == [1, 2]


def test_a_lost_connection_is_replaced_and_the_request_answered(site, passed):
    of = petition()
    path = f"/en/petitions/{of.pk}/sign/"
    assert site(path, FIELDS | {"token": str(uuid.uuid4())})[0] == 303
    group.line._wrapper.connection.close()
    assert site(path, FIELDS | {"token": str(uuid.uuid4())})[0] == 303
    assert site(path, FIELDS | {"token": str(uuid.uuid4())})[0] == 303
    assert Signature.objects.count() == 3
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_server_of_the_other_kind_has_the_same_short_way():
    of = petition()
    heard = []

    async def ordinary(scope, receive, send):
        heard.append((scope["path"], (await receive())["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(**fields):
        body = urlencode(FIELDS | {"token": str(uuid.uuid4())} | fields).encode()
        headers = {
            "host": "example.org",
            "origin": "http://example.org",
            "cookie": f"csrftoken={SECRET}",
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(body)),
        }
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/zh/petitions/{of.pk}/sign/",
            "query_string": b"",
            "scheme": "http",
            "client": ("192.0.2.7", 1),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        parts = [
            {"type": "http.request", "body": body[:40], "more_body": True},
            {"type": "http.request", "body": body[40:], "more_body": False},
        ]
        said = []

        async def receive():
            return parts.pop(0)

        async def send(message):
            said.append(message)

        asyncio.run(quick.asgi(ordinary)(scope, receive, send))
        return said[0], body

    start, _body = ask()
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert (start["status"], heard) == (303, [])
    assert headers["location"].startswith("/zh/petitions/signatures/S-")
    assert headers["set-cookie"].startswith("engage_signing=")
    assert Signature.objects.get().network
    start, body = ask(name="")
    assert start["status"] == 200
    assert heard == [(f"/zh/petitions/{of.pk}/sign/", body[:40])]
