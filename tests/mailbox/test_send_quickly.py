"""The short way of sending a letter does what the ordinary way does, answer by answer and row by row."""

import json
import re
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connections
from django.test import Client

from engage import quick
from engage.accounts.actors import Role
from engage.departments.models import Department
from engage.journal.models import JournalRow
from engage.participation import limits, wallet
from engage.participation.models import OutgoingMail, Submission
from engage.participation.rules import Window
from engage.participation.vault import unseal
from engage.sessions import SessionStore
from mailbox.letterbox import kept
from mailbox.letterbox.models import PostalAddress, Wish
from mailbox.models import Case, CaseClock, Message, Party
from tests.accounts.people import person
from tests.mailbox.factories import house
from tests.mailbox.test_public import VALUES, write
from tests.quickly import SECRET

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/zh/write/mine/check/"
DRAWN = {
    "id",
    "salt",
    "digest",
    "token_digest",
    "code_digest",
    "received_at",
    "at",
    "created_at",
    "delete_after",
    "target_pk",
}
SEALED = {"name", "email", "phone", "subject", "body", "html", "text", "unsubscribe", "signature"}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ALLOWED_HOSTS = ["example.org", "testserver"]
    settings.FASTEST_PERSON_SECONDS = 0
    settings.SESSION_ENGINE = "engage.sessions"
    quick._headers.cache_clear()
    yield
    connections.close_all()


@pytest.fixture
def place():
    return house()


def written(part="letter", client=None, prefix="zh", **values):
    """A letter that is ready: the key of its session and its token."""
    client = client or Client()
    assert write(client, part, prefix=prefix, **values).status_code == 302
    return client.cookies["sessionid"].value, client.session[kept.SESSION_KEY]["token"]


def cookie(key, **more):
    return "; ".join(f"{name}={value}" for name, value in {"csrftoken": SECRET, "sessionid": key, **more}.items())


def fields(token, **more):
    return {"csrfmiddlewaretoken": SECRET, "token": token, "website": "", **more}


def as_said(answer):
    """An answer without what differs from letter to letter; what the browser keeps is opened."""
    status, headers, content = answer
    told = {name: re.sub(r"[A-Z]-\d{4}-\d{6}-[A-Z]", "REFERENCE", value) for name, value in headers.items()}
    told.pop("Expires", None)
    sealed = re.search(rf"{wallet.COOKIE}=\"?([^;\"]+)", told["Set-Cookie"])[1]
    held = json.loads(unseal(sealed))
    told["Set-Cookie"] = re.sub(r"=[^;]{50,}|expires=[^;]+", "", told["Set-Cookie"].strip())
    return status, told, content, [len(code) for code in held.values()]


def masked(value):
    return re.sub(r"[A-Z]-\d{4}-\d{6}-[A-Z]", "REFERENCE", str(value))


def as_written(submission):
    """All rows of a letter, without keys and moments; what is sealed is read."""
    rows = [
        submission,
        *([submission.contact] if submission.contact else []),
        *Case.objects.filter(pk=submission.pk),
        *Message.objects.filter(case=submission.pk),
        *Party.objects.filter(case=submission.pk).order_by("pk"),
        *CaseClock.objects.filter(case=submission.pk).order_by("pk"),
        *Wish.objects.filter(case=submission.pk),
        *PostalAddress.objects.filter(contact=submission.contact),
        *OutgoingMail.objects.filter(submission=submission),
        *submission.timeline.order_by("pk"),
        *JournalRow.objects.filter(submission_id=submission.pk).order_by("pk"),
    ]
    found = []
    for row in rows:
        values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
        told = {
            name: value
            for name, value in values.items()
            if name not in DRAWN and not hasattr(value, "tzinfo") and not (name.endswith("_id") and value)
        }
        told |= {name: bool(told[name]) for name in SEALED & {*told} if type(row) is OutgoingMail}
        found.append((type(row).__name__, {key: masked(value) for key, value in told.items()}))
    return found


@pytest.mark.parametrize("part", sorted(VALUES))
def test_both_ways_answer_and_write_the_same(place, site, passed, part):
    for language, website in (("zh", ""), ("en", ""), ("en", "https://example.org")):
        path = f"/{language}/write/mine/check/"
        answers = []
        for way in ("quick", "ordinary"):
            cache.clear()  # or it is too much from one address
            key, token = written(part, prefix=language)
            answers.append(site(path, fields(token, website=website), way, HTTP_COOKIE=cookie(key)))
            assert kept.SESSION_KEY not in SessionStore(key).load()
            assert kept.SESSION_KEY not in Session.objects.get(session_key=key).get_decoded()
        assert passed == []
        assert answers[0][0] == 302
        assert as_said(answers[0]) == as_said(answers[1])
        second, first = Submission.objects.order_by("-pk")[:2]
        assert as_written(first) == as_written(second)
        assert first.flagged is bool(website)
        assert answers[0][1]["Location"] == f"/{language}/receipt/{first.reference}/"


def test_the_receipts_that_a_device_holds_stay(place, site, passed):
    client, held = Client(), []
    for _letter in range(2):
        key, token = written(client=client)
        before = {wallet.COOKIE: held[-1]} if held else {}
        answer = site(PATH, fields(token), HTTP_COOKIE=cookie(key, **before))
        held.append(re.search(rf"{wallet.COOKIE}=\"?([^;\"]+)", answer[1]["Set-Cookie"])[1])
    assert passed == [] and [*json.loads(unseal(held[1]))] == [
        one.reference for one in Submission.objects.order_by("pk")
    ]


def test_a_token_may_stand_in_the_header_as_scripts_send_it(place, site, passed):
    key, token = written()
    asked = {"token": token, "website": ""}
    assert site(PATH, asked, HTTP_COOKIE=cookie(key), HTTP_X_CSRFTOKEN="b" * 32)[0] == 403
    assert passed.pop() == PATH and not Submission.objects.exists()
    assert site(PATH, asked, HTTP_COOKIE=cookie(key), HTTP_X_CSRFTOKEN=SECRET)[0] == 302
    assert passed == [] and Submission.objects.count() == 1


def test_what_is_sent_twice_leads_to_the_one_receipt(place, site, passed):
    key, token = written()
    first = site(PATH, fields(token), HTTP_COOKIE=cookie(key))
    assert passed == []
    second = site(PATH, fields(token), HTTP_COOKIE=cookie(key))
    assert passed.pop() == PATH and second[1]["Location"] == first[1]["Location"]
    # The letter is there again, as where two windows send at the same moment.
    session = SessionStore(key)
    again, other = written()
    session[kept.SESSION_KEY] = SessionStore(again)[kept.SESSION_KEY] | {"token": token}
    session.save()
    third = site(PATH, fields(token), HTTP_COOKIE=cookie(key))
    assert passed.pop() == PATH and third[1]["Location"] == first[1]["Location"]
    assert kept.SESSION_KEY not in SessionStore(key).load()
    assert Submission.objects.count() == 1 and other != token


def test_what_is_not_plain_goes_the_ordinary_way(place, site, passed, monkeypatch):
    officer = Client()
    officer.force_login(person(Role.OFFICER))
    signed_in, token = written(client=officer)
    assert site(PATH, fields(token), HTTP_COOKIE=cookie(signed_in))[0] == 302 and passed.pop() == PATH
    assert JournalRow.objects.filter(submission_id=Submission.objects.get().pk, actor_kind="user").exists()

    key, token = written()
    session = SessionStore(key)
    session["more"] = "anything"
    session.save()
    assert site(PATH, fields(token), HTTP_COOKIE=cookie(key))[0] == 302 and passed.pop() == PATH

    key, token = written()
    doubts = [
        (fields(str(uuid.uuid4())), {}, 302),
        (fields("x"), {}, 302),
        (fields(token, csrfmiddlewaretoken="b" * 32), {}, 403),
        (fields(token), {"HTTP_ORIGIN": "http://elsewhere.example"}, 403),
        (fields(token), {"HTTP_COOKIE": f"csrftoken={SECRET}"}, 302),
        (fields(token), {"HTTP_COOKIE": cookie("a" * 32)}, 302),
        (fields(token), {"HTTP_COOKIE": cookie("a-b")}, 302),
    ]
    sent = Submission.objects.count()
    for asked, more, status in doubts:
        assert site(PATH, asked, **{"HTTP_COOKIE": cookie(key)} | more)[0] == status and passed.pop() == PATH
    assert Submission.objects.count() == sent
    monkeypatch.setattr(limits, "SEND_WINDOWS", (Window(0, 60),))
    assert site(PATH, fields(token), HTTP_COOKIE=cookie(key))[0] == 429 and passed.pop() == PATH
    monkeypatch.undo()
    assert Submission.objects.count() == sent


def test_a_unit_that_went_meanwhile_is_asked_for_again(place, site, passed):
    key, token = written(department=str(place.water.pk))
    Department.objects.filter(pk=place.water.pk).update(active=False)
    cache.clear()
    answer = site(PATH, fields(token), HTTP_COOKIE=cookie(key))
    assert passed == [PATH] and answer[1]["Location"] == "/zh/write/letter/"
    assert not Submission.objects.exists()
