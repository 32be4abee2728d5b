"""Writing to the office as people do it: choose, write, check, send, and everything that can go wrong on the way."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engage.accounts.actors import ReceiptHolder
from engage.departments.models import Department
from engage.participation import limits
from engage.participation.models import Attachment, Contact, OutgoingMail, Submission
from engage.search.models import SearchEntry
from mailbox.letterbox import actions, files
from mailbox.letterbox.models import AnswerFound, HeldFile, PostalAddress, Wish
from mailbox.letterbox.words import QUESTIONS, WAYS
from mailbox.models import Case
from tests.consultations.factories import call
from tests.mailbox.factories import house

pytestmark = pytest.mark.django_db

WORDS = "社区食堂什么时候开门？老人要走很远才能吃上饭。"
LETTER = {"text": WORDS, "publish": "no"}
VALUES = {
    "letter": LETTER,
    "enquiry": LETTER,
    "grievance": {"text": WORDS, "name": "李梅", "address": "临河市河东路1号"},
    "information-request": {**LETTER, "name": "李梅", "email": "mei@example.org", "delivery": "online"},
}


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


@pytest.fixture
def place():
    return house()


def body(response) -> str:
    return response.content.decode()


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(token|opened|altcha)" value="([^"]*)"', page))


def write(client: Client, part: str = "letter", *, prefix: str = "zh", **values):
    return client.post(f"/{prefix}/write/{part}/", VALUES[part] | values)


def send(client: Client, *, prefix: str = "zh", **more):
    page = fields(body(client.get(f"/{prefix}/write/mine/check/")))
    return client.post(f"/{prefix}/write/mine/check/", page | more)


# --- choosing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["zh", "en"])
def test_four_plain_questions_lead_to_each_way(client: Client, prefix):
    led = []
    for number, question in enumerate(QUESTIONS, start=1):
        path = f"/{prefix}/write/which/" if number == 1 else f"/{prefix}/write/which/{number}/"
        page = body(client.get(path))
        assert f'href="/{prefix}/write/{question.part}/"' in page
        led.append(question.part)
        if number < len(QUESTIONS):
            assert f'href="/{prefix}/write/which/{number + 1}/"' in page
    # Whoever says no four times writes a letter.
    assert set(led) == {*WAYS, "petition"} - {"letter"}
    assert f'href="/{prefix}/write/letter/"' in page
    assert client.get(f"/{prefix}/write/which/5/").status_code == 404
    assert client.get(f"/{prefix}/write/which/0/").status_code == 404


def test_the_home_page_and_its_head_have_the_door(client: Client):
    call()
    page = body(client.get("/en/"))
    assert page.count('href="/en/write/"') >= 2
    assert "Write to us" in page


@pytest.mark.parametrize("part", list(WAYS))
def test_what_was_typed_goes_along_to_another_kind_without_a_script(client: Client, place, part):
    others = [one for one in WAYS if one != part]
    for other in others:
        response = client.post(
            f"/zh/write/{part}/", {"text": WORDS, "title": "食堂", "email": "half@", "to": other, "publish": "no"}
        )
        assert response.url == f"/zh/write/{other}/"
        page = body(client.get(response.url))
        assert WORDS in page and "食堂" in page and "half@" in page
    response = client.post(f"/zh/write/{part}/", {"text": WORDS, "to": "which"})
    assert response.url == "/zh/write/which/"
    assert WORDS in body(client.get("/zh/write/letter/"))
    assert not Case.objects.exists()


def test_an_unsent_letter_waits_at_the_door_and_can_be_thrown_away(client: Client, place):
    write(client)
    assert "/zh/write/mine/discard/" in body(client.get("/zh/write/"))
    client.post("/zh/write/mine/discard/")
    assert "/zh/write/mine/discard/" not in body(client.get("/zh/write/"))
    assert WORDS not in body(client.get("/zh/write/letter/"))


# --- writing and sending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", list(WAYS))
@pytest.mark.parametrize("prefix", ["zh", "en"])
def test_each_kind_goes_all_the_way_without_account(client: Client, place, part, prefix):
    assert write(client, part, prefix=prefix).url == f"/{prefix}/write/mine/check/"
    response = send(client, prefix=prefix)
    assert response.status_code == 302
    receipt = body(client.get(response.url))
    case = Case.objects.get()
    assert case.kind == WAYS[part].kind and case.state == "registered" and case.triage == place.intake
    assert case.reference in receipt
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt)
    tracked = body(client.get(f"/{prefix}/track/{case.reference}/"))
    assert WORDS in tracked
    assert client.get(f"/{prefix}/receipt/{case.reference}/receipt.pdf").content.startswith(b"%PDF")
    assert body(client.get(f"/{prefix}/write/")).count("discard") == 0


def test_a_letter_may_come_from_nobody_and_asks_no_name(client: Client, place):
    page = body(client.get("/zh/write/letter/"))
    assert 'name="name"' not in page and 'name="address"' not in page
    write(client, signature="河东一居民")
    send(client)
    submission = Submission.objects.get()
    assert submission.contact is None and submission.signature == "河东一居民"


@pytest.mark.parametrize(
    ("part", "missing", "message"),
    [
        ("grievance", "name", "Write your name"),
        ("grievance", "address", "Write your address"),
        ("information-request", "name", "Write your name"),
        ("information-request", "email", "Give one way to reach you"),
        ("information-request", "delivery", "Choose how you want to get it"),
    ],
)
def test_identity_is_asked_where_the_law_needs_it_and_the_reason_stands_there(
    client: Client, place, part, missing, message
):
    page = body(client.get(f"/en/write/{part}/"))
    assert "The law asks for your name" in page
    response = write(client, part, prefix="en", **{missing: ""})
    assert response.status_code == 422
    assert message in body(response) and WORDS in body(response)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"delivery": "email", "email": "", "phone": "1"}, "Write the e-mail to which we send it"),
        ({"delivery": "post"}, "Write the address to which we send it"),
        ({"email": "mei@"}, "name@example.org"),
        ({"publish": "perhaps"}, "Choose whether we may publish it"),
        ({"department": "999999"}, "Choose a unit from the list"),
        ({"text": "短"}, "at least 10 characters"),
        ({"text": "长" * 5_120}, "cut 120 characters"),
        ({"title": "长" * 101}, "cut 1 character"),
    ],
)
def test_a_wrong_field_is_explained_and_everything_is_kept(client: Client, place, values, message):
    response = write(client, "information-request", prefix="en", **{"title": "食堂"} | values)
    assert response.status_code == 422
    page = body(response)
    assert message in page and "<title>Error:" in page and "李梅" in page
    assert values.get("text", WORDS) in page
    assert client.get("/en/write/mine/check/").status_code == 302


def test_what_the_law_asks_is_sealed_and_leaves_with_the_contact(client: Client, place):
    write(client, "grievance", email="mei@example.org")
    assert "河东路" not in str(client.session["letter"]) and "mei@" not in str(client.session["letter"])
    send(client)
    contact = Contact.objects.get()
    assert (contact.name, contact.email) == ("李梅", "mei@example.org")
    assert contact.postal_address.text == "临河市河东路1号"
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM letterbox_postaladdress")
        assert "河东路" not in cursor.fetchone()[0]
    contact.delete()
    assert not PostalAddress.objects.exists()


def test_unit_delivery_and_consent_are_kept(client: Client, place):
    write(client, "information-request", department=str(place.water.pk), delivery="collect", publish="yes")
    send(client)
    wish = Wish.objects.get()
    assert (wish.department, wish.delivery) == (place.water, "collect")
    case = Case.objects.get()
    assert case.may_publish and case.triage == place.intake
    assert Wish.objects.visible_to(ReceiptHolder(case.pk)).exists()
    assert not Wish.objects.visible_to(place.stranger).exists()
    page = body(client.get(f"/en/track/{case.reference}/"))
    assert "Water Unit" in page and "I collect it at the counter" in page


def test_a_joint_grievance_names_at_most_five_people(client: Client, place):
    people = {f"rep_name{n}": f"代表{n}" for n in range(1, 7)} | {"rep_email1": "one@example.org", "people": "40"}
    write(client, "grievance", **people)
    send(client)
    case = Case.objects.get()
    assert case.people == 40
    assert [party.contact.name for party in case.parties.all()] == [f"代表{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"people": "none"}, "in digits"),
        ({"people": "1", "rep_name1": "甲", "rep_name2": "乙"}, "Fewer people take part"),
        ({"rep_email2": "two@example.org"}, "Write the name of this representative"),
        ({"people": "5", "rep_name1": "甲", "rep_email1": "two@"}, "name@example.org"),
    ],
)
def test_a_wrong_list_of_people_is_explained(client: Client, place, values, message):
    response = write(client, "grievance", prefix="en", **values)
    assert response.status_code == 422 and message in body(response)


def test_the_accused_unit_never_sees_the_grievance(client: Client, place):
    write(client, "grievance", accuses=str(place.roads.pk))
    send(client)
    assert Case.objects.get().barred == place.roads


def test_a_title_is_made_from_the_text(client: Client, place):
    write(client)
    send(client)
    assert Case.objects.get().title.startswith("社区食堂什么时候开门")


def test_pressing_twice_makes_one_case_and_shows_the_same_receipt(client: Client, place):
    write(client)
    page = fields(body(client.get("/zh/write/mine/check/")))
    first = client.post("/zh/write/mine/check/", page)
    second = client.post("/zh/write/mine/check/", page)
    assert first.url == second.url and Submission.objects.count() == 1


def test_a_replayed_token_from_another_device_opens_nothing_new(client: Client, place):
    write(client)
    page = fields(body(client.get("/zh/write/mine/check/")))
    client.post("/zh/write/mine/check/", page)
    write(client, text="另一封信，写的是别的事情，不该用旧的号。")
    client.post("/zh/write/mine/check/", page)
    assert Submission.objects.count() == 1


def test_a_token_from_nowhere_sends_nothing(client: Client, place):
    write(client)
    response = client.post("/zh/write/mine/check/", {"token": str(uuid.uuid4())})
    assert response.url == "/zh/write/" and not Submission.objects.exists()
    assert client.post("/zh/write/mine/check/", {"token": "x"}).url == "/zh/write/"
    assert Client().get("/zh/write/mine/check/").url == "/zh/write/"


def test_what_moved_to_another_kind_is_checked_anew_before_it_is_sent(client: Client, place):
    write(client)
    client.post("/zh/write/letter/", LETTER | {"to": "grievance"})
    assert client.get("/zh/write/mine/check/").url == "/zh/write/grievance/"
    token = client.session["letter"]["token"]
    assert client.post("/zh/write/mine/check/", {"token": token}).url == "/zh/write/grievance/"
    assert not Submission.objects.exists()


def test_a_unit_that_closed_meanwhile_is_asked_anew(client: Client, place):
    write(client, department=str(place.water.pk))
    page = fields(body(client.get("/zh/write/mine/check/")))
    Department.objects.filter(pk=place.water.pk).update(active=False)
    cache.clear()
    assert client.post("/zh/write/mine/check/", page).url == "/zh/write/letter/"
    assert not Submission.objects.exists()


def test_the_same_words_again_are_noticed_and_allowed(client: Client, place):
    write(client)
    send(client)
    write(client)
    page = body(client.get("/en/write/mine/check/"))
    assert "You sent the same words before" in page and Case.objects.get().reference in page
    assert send(client).status_code == 302
    assert Case.objects.count() == 2


def test_ten_megabytes_are_refused_plainly(client: Client, place):
    response = write(client, text="字" * 3_500_000)
    assert response.status_code in (400, 413, 422)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "odd", ["读书\x00好，请多开放几天吧。", "\u202e倒写的意见也要能读，请开放。", "👩‍👩‍👧‍👦一家人都来，请多开放几天。"]
)
def test_odd_characters_arrive_readable(client: Client, place, odd):
    write(client, text=odd, title=odd[:20], signature="\x00\u202e李")
    send(client)
    stored = Case.objects.get().messages.get().text
    assert "\x00" not in stored and "\u202e" not in stored and "开放" in stored
    assert Submission.objects.get().signature == "李"


def test_a_post_without_csrf_token_is_refused(place):
    strict = Client(enforce_csrf_checks=True)
    assert write(strict).status_code == 403


def test_a_form_that_comes_back_too_soon_or_filled_by_a_program_is_kept_apart(client: Client, place, settings):
    write(client)
    send(client, website="http://spam.example")
    assert Case.objects.get().suspect
    settings.FASTEST_PERSON_SECONDS = 3600
    write(client)
    send(client)
    assert Case.objects.filter(suspect=True).count() == 2


def test_too_many_from_one_address_wait_and_lose_nothing(client: Client, place):
    for _time in range(limits.SEND_WINDOWS[0].limit):
        limits.count("send", "127.0.0.1", limits.SEND_WINDOWS)
    write(client)
    response = send(client)
    assert response.status_code == 429 and WORDS in body(response)
    cache.clear()
    assert send(client).status_code == 302


def test_under_attack_a_challenge_stands_in_the_way(client: Client, place):
    for _time in range(limits.ATTACK_WINDOW.limit + 1):
        limits.count("site", "all", (limits.ATTACK_WINDOW,))
    write(client)
    page = body(client.get("/en/write/mine/check/"))
    assert 'data-behaviour="solve-challenge"' in page
    response = client.post("/en/write/mine/check/", fields(page))
    assert response.status_code == 429 and "Wait 30 seconds" in body(response) and WORDS in body(response)


def test_the_receipt_is_on_its_way_to_the_address(client: Client, place):
    write(client, email="resident@example.org")
    send(client)
    assert Submission.objects.get().reference in OutgoingMail.objects.get().body


# --- files ----------------------------------------------------------------------------------------------------------


def upload(client: Client, name: str = "note.txt", content: bytes = "门口的照片说明".encode()):
    return client.post("/zh/write/mine/files/", {"file": _named(name, content)})


def _named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_files_wait_with_the_letter_and_go_along(client: Client, place):
    assert client.post("/zh/write/letter/", LETTER | {"to": "files"}).url == "/zh/write/mine/files/"
    assert upload(client).status_code == 302
    assert upload(client, "two.txt").status_code == 302
    removed = HeldFile.objects.last().pk
    client.post("/zh/write/mine/files/", {"remove": str(removed)})
    write(client)
    assert "note.txt" in body(client.get("/zh/write/mine/check/"))
    send(client)
    kept = Attachment.objects.get()
    assert kept.name == "note.txt" and not HeldFile.objects.exists()
    reference = Case.objects.get().reference
    assert "note.txt" in body(client.get(f"/zh/track/{reference}/"))
    assert client.get(f"/zh/track/{reference}/files/{kept.pk}/").status_code == 200
    assert Client().get(f"/zh/track/{reference}/files/{kept.pk}/").status_code == 404


def test_a_file_that_cannot_be_taken_is_explained_and_the_letter_stays(client: Client, place):
    write(client)
    response = client.post("/en/write/mine/files/", {"file": _named("x.zip", b"PK\x03\x04nothing")})
    assert response.status_code == 422 and "We cannot" in body(response)
    assert "Choose a file" in body(client.post("/en/write/mine/files/", {}))
    for number in range(files.FILES_MOST):
        upload(client, f"{number}.txt")
    assert "takes 5 files" in body(client.post("/en/write/mine/files/", {"file": _named("six.txt", b"six")}))
    assert WORDS in body(client.get("/en/write/mine/check/"))


def test_files_of_letters_that_were_never_sent_are_swept(client: Client, place, settings):
    write(client)
    upload(client)
    assert files.sweep(now=timezone.now()) == 0
    later = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    assert files.sweep(now=later) == 1


def test_files_of_a_thrown_away_letter_go_with_it(client: Client, place):
    write(client)
    upload(client)
    client.post("/zh/write/mine/discard/")
    assert not HeldFile.objects.exists()


# --- published answers ---------------------------------------------------------------------------------------------


def test_a_typed_question_finds_what_is_published_and_the_answer_ends_without_a_case(client: Client, place):
    consultation = call()
    page = body(client.get("/zh/write/answers/", {"q": "社区图书馆每周开放几天"}))
    assert f"/zh/c/{consultation.slug}/" in page
    write(client, text="请问社区图书馆每周开放几天？我下班以后才有空去。")
    page = body(client.get("/zh/write/mine/check/"))
    url = re.search(r'name="url" value="([^"]+)"', page)[1]
    assert SearchEntry.objects.filter(url=url).exists()
    for _time in range(2):
        assert url in body(client.post("/zh/write/mine/answered/", {"url": url}))
    assert AnswerFound.objects.count() == 1 and not Case.objects.exists()
    found = AnswerFound.objects.get()
    assert (found.kind, found.language, found.url) == ("letter", "zh-hans", url)


def test_who_writes_after_all_was_not_helped(client: Client, place):
    consultation = call()
    write(client)
    client.post("/zh/write/mine/answered/", {"url": f"/zh/c/{consultation.slug}/"})
    assert AnswerFound.objects.count() == 1
    send(client)
    assert not AnswerFound.objects.exists() and Case.objects.count() == 1


def test_an_answer_that_is_not_published_counts_nothing(client: Client, place):
    write(client)
    response = client.post("/en/write/mine/answered/", {"url": "/en/secret/"})
    assert response.status_code == 409 and "no longer published" in body(response)
    assert not AnswerFound.objects.exists()


# --- about a published thing ---------------------------------------------------------------------------------------


def test_every_page_asks_and_a_published_thing_is_cited(client: Client, place):
    consultation = call()
    page = body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    link = re.search(r'href="(/zh/write/letter/\?about=[^"]+)"', page)[1]
    form = body(client.get(link))
    about = re.search(r'name="about" value="([^"]+)"', form)[1]
    assert about == f"/zh/c/{consultation.slug}/art-2/"
    write(client, about=about)
    assert "第二条" in body(client.get("/zh/write/mine/check/"))
    send(client)
    case = Case.objects.get()
    assert case.messages.get().url == about
    assert about in body(client.get(f"/zh/track/{case.reference}/"))


@pytest.mark.parametrize("about", ["https://evil.example/", "//evil.example/x", "/zh/nothing/", "x" * 600, "\x00"])
def test_what_is_not_published_is_not_cited(client: Client, place, about):
    assert 'name="about"' not in body(client.get("/zh/write/letter/", {"about": about}))
    write(client, about=about)
    send(client)
    assert Case.objects.get().messages.get().url == ""


def test_a_comment_that_came_too_late_goes_on_as_a_letter(client: Client, place):
    consultation = call(closes=timedelta(seconds=-1))
    late = client.post(
        f"/zh/c/{consultation.slug}/art-2/comment/", {"stance": "change", "text": WORDS, "suggested": ""}
    )
    assert late.status_code == 403
    form = re.search(r'action="/zh/write/letter/">.*?</form>', body(late), re.DOTALL)[0]
    kept = re.search(r'name="text" value="([^"]*)"', form)[1]
    assert kept == WORDS and 'name="to" value="letter"' in form
    assert client.post("/zh/write/letter/", {"text": kept, "to": "letter"}).url == "/zh/write/letter/"
    assert WORDS in body(client.get("/zh/write/letter/"))


# --- how much it asks of the database -----------------------------------------------------------------------------


def test_the_pages_need_few_queries(client: Client, place):
    call()
    write(client)
    client.get("/zh/write/")
    for path, most in (
        ("/zh/write/", 8),
        ("/zh/write/which/", 8),
        ("/zh/write/letter/", 8),
        ("/zh/write/grievance/", 8),
        ("/zh/write/mine/check/", 16),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) <= most, (path, len(queries), [query["sql"][:90] for query in queries])


def test_sending_needs_few_queries(client: Client, place):
    write(client)
    page = fields(body(client.get("/zh/write/mine/check/")))
    with CaptureQueriesContext(connection) as queries:
        assert client.post("/zh/write/mine/check/", page).status_code == 302
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # With what the office set, which the next letter need not read again (test_intake.py).
    assert len(statements) <= (7 if connection.vendor == "postgresql" else 16), "\n".join(
        statement[:120] for statement in statements
    )


def test_the_action_refuses_what_the_engine_refuses(place):
    from engage.errors import Refused
    from mailbox.actions import NewCase
    from tests.participation.factories import envelope

    with pytest.raises(Refused, match="case_text_missing"):
        actions.send_letter(NewCase("letter", ""), actions.Beside(), envelope(), held="x", actor=place.clerk)


def test_a_suggestion_shares_the_tellingest_words_and_none_of_the_common_ones():
    from engage.search.suggesting import telling_terms

    assert "食堂" in telling_terms("请问我们这里的食堂什么时候开门？")
    assert "什么" not in telling_terms("请问我们这里的食堂什么时候开门？")
    assert telling_terms("Would you please tell what this is about?") == []
    assert telling_terms("") == [] and telling_terms("？！ 12") == []
