"""Pages of signing, as a browser without scripts and the tests' mail server see them."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from engage.participation.models import AboutOption
from mailbox.petitions.actions import guarding, letters, signing
from mailbox.petitions.models import Petition, PetitionCount, PetitionRules, Signature, SignatureLetter, State
from mailbox.petitions.signing import links
from tests.petitions.factories import reason
from tests.petitions.test_signing import petition, signed

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
FIELDS = {"name": "王芳", "email": "wang.fang@example.org", "region": "east", "eligible": "yes"}


@pytest.fixture(autouse=True)
def _regions():
    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "东区", "label_en": "East"})


@pytest.fixture(autouse=True)
def _post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def post(of, client=None, language="en", **fields):
    given = {"token": str(uuid.uuid4())} | FIELDS | fields
    return (client or Client()).post(f"/{language}/petitions/{of.pk}/sign/", given)


def link_in(letter, what="signatures"):
    found = re.findall(rf"http\S+/petitions/{what}/\S+", letter.body)
    assert len(found) == 1, letter.body
    return re.sub(r"^https?://[^/]+", "", found[0])


def sent():
    """Let the worker send what waits, and return the letters."""
    mail.outbox.clear()
    letters.carry(seconds=1)
    return list(mail.outbox)


def test_a_person_signs_by_mail_from_the_form_to_the_number():
    of, browser = petition(), Client()
    page = browser.get(f"/en/petitions/{of.pk}/sign/").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    answer = post(of, browser, token=token, news="yes")
    assert answer.status_code == 303
    inbox = browser.get(answer.url)
    row = Signature.objects.get()
    assert b"wang.fang@example.org" in inbox.content
    assert signing.receipt(row.pk, row.asked_at, "").reference in inbox.content.decode()
    assert masked(answer, browser) == masked(answer, browser)  # survives a reload
    [letter] = sent()
    assert letter.to == ["wang.fang@example.org"]
    link = link_in(letter)
    assert Client().get(link).status_code == 200  # a link scanner
    row.refresh_from_db()
    assert row.state == "pending"
    done = Client().post(link)
    assert (done.status_code, done.url) == (303, f"{link}done/")
    row.refresh_from_db()
    assert (row.state, row.wants_news) == ("confirmed", True)
    thanks = Client().get(done.url).content.decode()
    assert "Thank you for signing" in thanks and "10,000 more and the government must answer" in thanks
    PetitionCount.objects.create(petition=of, total=9_997)
    assert "3 more and the government must answer" in Client().get(done.url).content.decode()
    again = Client().post(link)
    assert b"You have signed already" in again.content
    assert Signature.objects.counted().count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Write your name"),
        ({"email": ""}, "Write your e-mail"),
        ({"region": ""}, "Choose where you live"),
        ({"region": "atlantis"}, "Choose where you live from the list"),
        ({"region": "abroad"}, "Choose the country in which you live"),
        ({"eligible": ""}, "Tick this if it is so"),
        ({"name": "Visit www.example.com"}, "Write a name without a link"),
        ({"name": "<b>Wang</b>"}, "Write a name without a link"),
        ({"name": "王" * 10_000}, "80 characters or fewer"),
        ({"email": '"quoted name"@example.org'}, "Write the e-mail like name@example.org"),
        ({"email": "王芳@example.org"}, "Write the e-mail like name@example.org"),
        ({"email": "a" * 320 + "@example.org"}, "at most 254 characters"),
        ({"email": "wang@example.org\r\nBcc: all@example.org"}, "Write the e-mail like name@example.org"),
    ],
)
def test_a_form_with_a_fault_says_which_and_keeps_what_was_typed(fields, said):
    answer = post(petition(), **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Signature.objects.exists()
    if "email" not in fields:
        assert b'value="wang.fang@example.org"' in answer.content


def test_addresses_with_letters_of_other_scripts_are_taken_and_written_to():
    assert post(petition(), email="wang@bücher.example").status_code == 303
    [letter] = sent()
    assert letter.to == ["wang@bücher.example"]
    assert b"xn--bcher-kva.example" in letter.message().as_bytes()


def test_a_full_width_address_is_kept_and_written_to_in_plain_characters():
    assert post(petition(), email="ｗangfang＠example．org").status_code == 303
    assert Signature.objects.get().email == "wangfang@example.org"
    [letter] = sent()
    assert letter.to == ["wangfang@example.org"]


def test_signs_that_cannot_be_seen_leave_the_name():
    assert post(petition(), name="王\u202e\x00芳").status_code == 303
    assert Signature.objects.get().name == "王芳"


def test_who_lives_abroad_names_the_country():
    assert post(petition(), region="abroad", country="DE").status_code == 303
    row = Signature.objects.get()
    assert (row.region, row.country) == ("", "DE")


def masked(answer, browser):
    """The page after signing without what is anybody's own: reference, code, token."""
    text = browser.get(answer.url).content.decode()
    text = re.sub(r"S-\d{4}-\d{6}-[A-Z]", "REFERENCE", text)
    text = re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", "CODE", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "TOKEN", text)


def test_the_page_is_the_same_whatever_the_address_did_before():
    of = petition()
    pages = []
    for name in ("王芳", "王芳", "李伟", "王小明"):  # new, signed already, second of the household, third
        browser = Client()
        answer = post(of, browser, name=name)
        pages.append((answer.status_code, masked(answer, browser)))
        signed_now = Signature.objects.order_by("-pk").first()
        signing.confirm(signed_now.pk)
    assert len(set(pages)) == 1
    assert sorted(Signature.objects.counted().values_list("slot", flat=True)) == [1, 2]


def test_who_signed_already_learns_it_by_mail_alone():
    of = petition()
    signing.confirm(signed(of).pk)
    SignatureLetter.objects.all().delete()
    post(of)
    [letter] = sent()
    assert letter.subject.startswith("You have signed already")
    assert link_in(letter).endswith("/mine/")


def test_a_third_person_at_one_address_learns_it_by_mail_alone():
    of = petition()
    for name in ("李伟", "王小明"):
        signing.confirm(signed(of, name=name).pk)
    SignatureLetter.objects.all().delete()
    post(of)
    [letter] = sent()
    assert letter.subject.startswith("This address is in use")
    assert "http" not in letter.body


def test_a_held_request_gets_no_letter_and_the_page_says_nothing(monkeypatch):
    monkeypatch.setattr(guarding, "hold", lambda rows, now: {row.pk: "network" for row in rows})
    browser = Client()
    answer = post(petition(), browser)
    assert sent() == []
    assert b"Look into your mail" in browser.get(answer.url).content
    row = Signature.objects.get()
    assert (row.state, row.why) == ("held", "network")
    assert SignatureLetter.objects.get().state == "stopped"
    letters.release([row.pk])
    Signature.objects.update(state="pending", why="")
    assert len(sent()) == 1


def test_the_letter_is_sent_again_after_a_minute_and_not_before():
    browser = Client()
    answer = post(petition(), browser)
    assert len(sent()) == 1
    browser.post(answer.url, {"act": "again"})
    assert sent() == []
    SignatureLetter.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    browser.post(answer.url, {"act": "again"})
    assert len(sent()) == 1


def test_a_wrong_address_is_corrected_on_the_page():
    browser = Client()
    answer = post(petition(), browser, email="wrong@example.org")
    moved = browser.post(answer.url, {"act": "correct", "email": "right@example.org"})
    assert moved.status_code == 303
    assert b"right@example.org" in browser.get(moved.url).content
    assert [letter.to for letter in sent()] == [["right@example.org"]]


def test_an_expired_link_gives_a_new_letter_with_one_press():
    row = signed(petition())
    SignatureLetter.objects.all().delete()
    Signature.objects.update(asked_at=timezone.now() - timedelta(days=8))
    link = f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/"
    assert b"This link is too old" in Client().get(link).content
    assert Client().post(link).status_code == 410
    browser = Client()
    answer = browser.post(link, {"act": "renew"})
    assert answer.status_code == 303
    assert b"Look into your mail" in browser.get(answer.url).content
    [letter] = sent()
    assert Client().post(link_in(letter)).status_code == 303
    assert Signature.objects.counted().count() == 1


def paths(row):
    """The pages of the letter's link, and the signer's own."""
    confirm = f"/en/petitions/signatures/{row.pk}/{links.key('confirm', row.pk)}/"
    return confirm, f"{confirm}done/", re.sub(r"^https?://[^/]+", "", links.managing(row.pk, "en"))


def paused():
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(signing_paused=True, pause_zh="系统维护中", pause_en="We move to new servers")


@pytest.mark.parametrize("row_state", ["pending", "held"])
@pytest.mark.parametrize("days", [0, 8])
@pytest.mark.parametrize(
    ("state", "said", "status"),
    [
        (State.CLOSED, b"This petition is closed", 409),
        (State.REJECTED, b"This petition takes no signatures", 409),
        ("paused", b"We move to new servers", 503),
        ("forgotten", b"Your address is deleted", 410),
    ],
)
def test_a_link_that_can_confirm_nothing_says_so_and_offers_no_button(state, said, status, days, row_state):
    row = signed(petition())
    asked_at = timezone.now() - timedelta(days=days)
    Signature.objects.update(asked_at=asked_at, state=row_state)
    if state == "paused":
        paused()
    elif state == "forgotten":
        Signature.objects.update(email=None, name=None, address=None, person=None)
    else:
        Petition.objects.update(state=state, ended_at=timezone.now(), reason=reason())
    confirm, _done, mine = paths(row)
    for answer in (Client().get(confirm), Client().post(confirm, {"act": "renew"})):
        assert (answer.status_code, said in answer.content) == (status, True)
        assert b'<form class="row"' not in answer.content
    page = Client().get(mine).content
    assert said in page
    assert b'value="again"' not in page and b'value="correct"' not in page
    answer = Client().post(mine, {"act": "correct", "email": "right@example.org"})
    assert answer.status_code in (302, 303, status)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED, State.WITHDRAWN])
@pytest.mark.parametrize("row_state", ["pending", "held", "confirmed"])
def test_of_a_petition_that_is_shut_old_links_show_the_reference_alone(state, row_state):
    of = petition()
    row = signed(of, wants_news=True)
    if row_state == "confirmed":
        signing.confirm(row.pk)
    Signature.objects.filter(state="pending").update(state=row_state)
    Petition.objects.update(state=state, opened_at=None, reason=reason(hides=True))
    confirm, done, mine = paths(row)
    stop = f"{confirm}stop/".replace(links.key("confirm", row.pk), links.key("news", row.pk))
    browser = Client()
    answers = [browser.get(path, follow=True) for path in (confirm, done, mine, stop)]
    answers += [browser.post(confirm), browser.post(confirm, {"act": "renew"}, follow=True)]
    for answer in answers:
        page = answer.content.decode()
        assert of.title not in page and of.action not in page
        assert "Yes, I sign" not in page
    for answer in answers[:4]:
        assert of.reference in answer.content.decode()
    assert sent() == []
    assert browser.post(mine, {"act": "withdraw", "sure": "yes"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_cut_forged_and_foreign_links_open_nothing():
    row, other = signed(petition()), signed(petition())
    key = links.key("confirm", row.pk)
    for typed in (key[:-1], key[:-1] + ("A" if key[-1] != "A" else "B"), links.key("mine", row.pk), "é", "x" * 300):
        for page in ("", "done/"):
            assert Client().get(f"/en/petitions/signatures/{row.pk}/{typed}/{page}").status_code == 410
        assert Client().post(f"/en/petitions/signatures/{row.pk}/{typed}/").status_code == 410
    assert Client().post(f"/en/petitions/signatures/{other.pk}/{key}/").status_code == 410
    assert Client().get(f"/en/petitions/signatures/999999999999999999999/{key}/").status_code in (404, 410)
    assert not Signature.objects.counted().exists()


@pytest.mark.parametrize("state", [State.COLLECTING, State.WAITING, State.HIDDEN, State.REMOVED, State.FLAGGED])
def test_what_the_public_does_not_read_cannot_be_signed(state):
    of = petition(state)
    assert Client().get(f"/en/petitions/{of.pk}/sign/").status_code == 404
    assert post(of).status_code == 404
    assert not Signature.objects.exists()


def test_a_closed_or_rejected_petition_says_that_it_takes_none():
    for state in (State.CLOSED, State.REJECTED):
        of = petition(state)
        assert Client().get(f"/en/petitions/{of.pk}/sign/").url == f"/en/petitions/{of.pk}/"
        answer = post(of)
        assert answer.status_code == 409
        assert b"wang.fang@example.org" in answer.content


def test_while_signing_is_paused_pages_stay_readable_and_say_why():
    of = petition()
    paused()
    page = Client().get(f"/en/petitions/{of.pk}/sign/")
    assert (page.status_code, b"We move to new servers" in page.content) == (200, True)
    answer = post(of)
    assert (answer.status_code, b"We move to new servers" in answer.content) == (503, True)
    assert Client().get(f"/en/petitions/{of.pk}/").status_code == 200


def test_a_signature_is_withdrawn_with_its_code():
    of, browser = petition(), Client()
    answer = post(of, browser)
    row = Signature.objects.get()
    signing.confirm(row.pk)
    page = browser.get(answer.url).content.decode()
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]
    other = Client()
    opened = other.post("/en/track/", {"reference": signing.receipt(row.pk, row.asked_at, "").reference, "code": code})
    assert opened.status_code == 302
    assert b"Withdraw my signature" in other.get(opened.url).content
    assert b"cannot be undone" in other.post(opened.url, {"act": "withdraw"}).content
    row.refresh_from_db()
    assert row.state == "confirmed"
    other.post(opened.url, {"act": "withdraw", "sure": "yes"})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert b"It was withdrawn" in other.get(opened.url).content
    assert Client().get(opened.url).url.startswith("/en/track/?reference=S-")


def test_news_ends_with_a_link_without_signing_in_and_twice_is_harmless():
    row = signed(petition(), wants_news=True)
    link = f"/en/petitions/signatures/{row.pk}/{links.key('news', row.pk)}/stop/"
    strict = Client(enforce_csrf_checks=True)
    assert b"Send me no letters" in strict.get(link).content
    row.refresh_from_db()
    assert row.wants_news
    for _turn in range(2):
        assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    row.refresh_from_db()
    assert not row.wants_news
    assert b"You get no letters" in strict.get(link).content


def test_letters_of_news_have_the_way_off_the_list_and_go_to_who_asked():
    of = petition()
    asked, silent = signed(of, wants_news=True, language="en"), signed(of, name="李伟")
    SignatureLetter.objects.all().delete()
    letters.register(
        "test-news", lambda letter: letters.Words("News\r\nBcc: x@example.org", "There is an answer."), is_news=True
    )
    try:
        assert letters.write([asked.pk, silent.pk], "test-news", about=7) == 2
        assert letters.write([asked.pk], "test-news", about=7) == 0
        [letter] = sent()
    finally:
        del letters._kinds["test-news"]
    assert letter.subject == "News Bcc: x@example.org"
    leave = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave in letter.body
    assert SignatureLetter.objects.get(signature=silent).state == "stopped"


def test_one_letter_that_cannot_be_composed_holds_none_up():
    of = petition()
    bad, good = signed(of), signed(of, name="李伟", email="li@example.org")
    SignatureLetter.objects.filter(signature=bad).update(kind="no-such-kind")
    assert [letter.to for letter in sent()] == [["li@example.org"]]
    assert SignatureLetter.objects.get(signature=bad).state == "failed"
    assert SignatureLetter.objects.get(signature=good).state == "sent"
