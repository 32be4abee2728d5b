"""Keying in at the counter: every kind on every way, the day of receipt of the law, the slip and its code."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation.models import Submission
from engage.participation.receipts import qr_svg, track_url
from engage.participation.rules import parse_code
from mailbox import actions as cases
from mailbox.counter import rules
from mailbox.counter.models import Entry, Identity, Way
from mailbox.letterbox.models import HeldFile, PostalAddress, Wish
from mailbox.letterbox.words import WAYS
from mailbox.models import Case
from mailbox.words import step_note
from tests.accounts.people import browser, person
from tests.mailbox.factories import NOW, House, house

pytestmark = pytest.mark.django_db
WORDS = "社区食堂什么时候开门？老人要走很远才能吃上饭。"
HOW = {"way": "walk_in", "received_on": "", "language": "zh-hans"}
FIELDS: dict[str, dict[str, str]] = {
    "letter": {"text": WORDS, "publish": "no"},
    "enquiry": {"text": WORDS, "publish": "no"},
    "grievance": {"text": WORDS, "name": "李梅", "address": "临河市河东路1号", "identity": "seen"},
    "information-request": {
        "text": WORDS,
        "publish": "no",
        "name": "李梅",
        "phone": "0512-5550123",
        "delivery": "collect",
        "identity": "copy",
    },
}
# A scan, as small as a picture can be.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def desk(place: House) -> Client:
    return browser(place.clerk)


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def key_in(client: Client, part: str, do: str = "register", **given: Any) -> HttpResponse:
    sent = HOW | FIELDS[part] | {"token": str(uuid4()), "do": do} | given
    return client.post(reverse("counter_kind", args=[part]), sent)


def keyed(client: Client, part: str, **given: Any) -> Case:
    answer = key_in(client, part, **given)
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("counter_slip")), body(answer)
    return Case.objects.select_related("submission", "entry").order_by("-pk").first()


@pytest.mark.parametrize("part", FIELDS)
@pytest.mark.parametrize("way", Way.values)
def test_every_kind_is_keyed_in_on_every_way(desk, part, way):
    case = keyed(desk, part, way=way)
    assert case.kind == WAYS[part].kind
    assert case.submission.channel == rules.CHANNELS[way]
    assert (case.entry.way, case.entry.received_on) == (way, date(2026, 11, 24))
    assert case.messages.get().text == WORDS
    assert [row.verb for row in JournalRow.objects.filter(verb="counter.keyed_in")] == ["counter.keyed_in"]


def test_the_form_opens_for_every_kind_in_both_languages(place):
    for language in ("en", "zh-hans"):
        client = browser(place.clerk, language)
        assert client.get(reverse("counter")).status_code == 200
        for part in WAYS:
            shown = body(client.get(reverse("counter_kind", args=[part])))
            assert 'name="received_on"' in shown and 'name="files"' in shown
            assert ('name="identity"' in shown) == (part in ("grievance", "information-request"))
            assert ('name="confirmed"' in shown) == (part == "information-request")


@pytest.mark.parametrize(
    ("part", "missing", "said"),
    [
        ("grievance", "name", "Write your name"),
        ("grievance", "address", "Write your address"),
        ("information-request", "name", "Write your name"),
        ("letter", "text", "at least 10 characters"),
        ("letter", "way", "Choose how it came"),
        ("letter", "language", "Choose the language of the sender"),
    ],
)
def test_what_the_law_or_the_form_needs_is_asked_for_and_nothing_is_lost(desk, part, missing, said):
    answer = key_in(desk, part, **{missing: "", "title": "食堂"})
    assert answer.status_code == 422
    assert said in body(answer) and 'value="食堂"' in body(answer)
    assert not Case.objects.exists()


def test_what_the_law_asks_for_is_kept_sealed_beside_the_case(desk):
    case = keyed(desk, "grievance", email="mei@example.org")
    assert case.submission.contact.name == "李梅"
    assert PostalAddress.objects.get(contact=case.submission.contact).text == "临河市河东路1号"
    assert case.entry.identity == Identity.SEEN
    assert Wish.objects.get(case=keyed(desk, "information-request")).delivery == "collect"


@pytest.mark.parametrize(
    ("way", "on", "code"),
    [
        ("signed_post", "2026-11-25", "cannot lie ahead"),
        ("post", "2026-08-01", "more than 90 days back"),
        ("walk_in", "2026-11-23", "is received today"),
        ("phone", "2026-11-23", "is received today"),
    ],
)
def test_a_day_that_cannot_be_is_refused(desk, way, on, code):
    answer = key_in(desk, "letter", way=way, received_on=on)
    assert answer.status_code == 422 and code in body(answer)


def test_the_rules_of_the_day_are_pure():
    today = date(2026, 11, 24)
    assert rules.check_day("signed_post", date(2026, 11, 20), today) == date(2026, 11, 20)
    with pytest.raises(Refused) as refused:
        rules.check_day("signed_post", date(2026, 11, 25), today)
    assert refused.value.code == "counter_day_ahead"
    assert [rules.receipt_is_settled(way, confirmed=False) for way in Way.values] == [True, True, True, False]
    assert rules.receipt_is_settled("post", confirmed=True)


def test_signed_post_counts_from_the_signature_and_no_confirmation_moves_it(place, desk):
    case = keyed(desk, "information-request", way="signed_post", received_on="2026-11-20")
    clock = case.clocks.get(target="final_reply")
    # Twenty working days after Friday the 20th of November.
    assert (clock.start.date(), clock.due) == (date(2026, 11, 20), date(2026, 12, 18))
    with pytest.raises(Refused) as refused:
        cases.take_step(case.pk, "confirm_receipt", actor=place.clerk, now=NOW)
    assert refused.value.code == "step_taken_already"


def test_in_person_counts_from_that_day(place, desk):
    case = keyed(desk, "information-request")
    # The record keeps a code; who reads it reads the own language.
    note = case.steps.get(code="confirm_receipt").note
    assert note == "way:walk_in"
    for language, said in (("en", "In person"), ("zh-hans", "当面")):
        with translation.override(language):
            assert said in step_note("confirm_receipt", note)
    assert step_note("confirm_receipt", "本人来电") == "本人来电" and step_note("confirm_receipt", "way:x") == "way:x"
    assert case.clocks.get(target="final_reply").due == date(2026, 12, 22)
    with pytest.raises(Refused):
        cases.take_step(case.pk, "confirm_receipt", actor=place.clerk, now=NOW + timedelta(days=3))


def test_post_without_a_signature_counts_from_the_day_it_is_confirmed(place, desk):
    waiting = keyed(desk, "information-request", way="post", received_on="2026-11-20")
    assert waiting.clocks.get(target="final_reply").due == date(2026, 12, 18)
    cases.take_step(waiting.pk, "confirm_receipt", actor=place.clerk, now=NOW)
    assert waiting.clocks.get(target="final_reply").due == date(2026, 12, 22)
    confirmed = keyed(desk, "information-request", way="post", received_on="2026-11-20", confirmed="on")
    assert confirmed.clocks.get(target="final_reply").due == date(2026, 12, 22)
    assert confirmed.submission.received_at.date() == date(2026, 11, 20)
    assert confirmed.notices.get().form == "receipt_confirmed"


def test_on_the_telephone_it_is_read_back_before_it_is_registered(desk):
    answer = key_in(desk, "letter", do="check", way="phone")
    shown = body(answer)
    assert answer.status_code == 200
    assert "Read this back to the caller" in shown and WORDS in shown and "The caller agrees" in shown
    assert not Case.objects.exists()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))
    registered = desk.post(reverse("counter_kind", args=["letter"]), sent | {"do": "register"})
    assert registered.status_code == 302
    assert Case.objects.get().submission.channel == "phone"


def test_correcting_brings_the_form_back_with_everything(desk):
    answer = key_in(desk, "grievance", do="change", title="食堂")
    assert answer.status_code == 200
    for kept in ('value="食堂"', WORDS, 'value="李梅"', 'value="临河市河东路1号"'):
        assert kept in body(answer)


def test_a_scan_goes_along_and_can_be_taken_out_before(desk):
    token = str(uuid4())
    scan = SimpleUploadedFile("../来信\x07.png", PIXEL, "image/png")
    second = SimpleUploadedFile("page2.png", PIXEL, "image/png")
    answer = key_in(desk, "letter", do="check", token=token, files=[scan, second])
    assert answer.status_code == 200, body(answer)
    assert HeldFile.objects.count() == 2
    gone = HeldFile.objects.last()
    assert key_in(desk, "letter", do=f"drop:{gone.pk}", token=token).status_code == 200
    case = keyed(desk, "letter", token=token, way="post")
    assert [file.name for file in case.submission.attachments.all()] == ["来信.png"]
    assert not HeldFile.objects.exists()


def test_a_file_that_cannot_be_taken_is_explained(desk):
    bad = SimpleUploadedFile("run.exe", b"MZ" + bytes(100), "application/octet-stream")
    answer = key_in(desk, "letter", do="check", files=[bad])
    assert answer.status_code == 422
    assert 'id="files_error"' in body(answer) and WORDS in body(answer)


def test_pressing_twice_registers_once_and_shows_the_same_slip(desk):
    token = str(uuid4())
    first, second = keyed(desk, "letter", token=token), keyed(desk, "letter", token=token)
    assert first.pk == second.pk
    assert Case.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize("is_own", [True, False])
def test_two_posts_of_one_token_at_the_same_moment_find_one_case(place, desk, monkeypatch, is_own):
    token, check, first = str(uuid4()), rules.check_day, []

    def meanwhile(*given: Any) -> None:
        # The other post comes between the look for the token and the case of this one.
        check(*given)
        if not first:
            first.append(token)
            keyed(desk if is_own else browser(place.officer), "letter", token=token)

    monkeypatch.setattr(rules, "check_day", meanwhile)
    answer = key_in(desk, "letter", token=token)
    assert answer.status_code == (302 if is_own else 409), body(answer)
    # What is refused takes the other post along here, where both are in one transaction.
    assert Case.objects.count() == Entry.objects.count() == int(is_own)
    assert JournalRow.objects.filter(verb="counter.keyed_in").count() == int(is_own)


def test_a_token_of_something_else_shows_nobodys_code(place, desk):
    from engage.participation.actions import once
    from tests.mailbox.factories import case as sent
    from tests.participation.factories import envelope

    token = uuid4()
    sent(token=token)
    answer = key_in(desk, "letter", token=str(token))
    assert answer.status_code == 409 and "used for something else" in body(answer)
    assert desk.get(reverse("counter_slip")).status_code == 302
    other = browser(place.officer)
    mine = str(uuid4())
    keyed(desk, "letter", token=mine)
    assert key_in(other, "letter", token=mine).status_code == 409
    assert once(envelope(token=token), Submission).pk


# --- the slip ---------------------------------------------------------------------------------------------------------


def slip_code(client: Client) -> str:
    shown = body(client.get(reverse("counter_slip")))
    return re.search(r'<div class="ref code">([0-9A-Z-]+)</div>', shown).group(1)


def test_the_slip_opens_the_same_page_by_its_qr_code_and_by_the_typed_code(desk):
    case = keyed(desk, "letter")
    code = slip_code(desk)
    address = track_url(case.submission, parse_code(code))
    assert str(qr_svg(address)) in body(desk.get(reverse("counter_slip")))
    with translation.override("zh-hans"):
        assert reverse("track") in address and f"reference={case.reference}#" in address
    sender = Client()
    path = address.partition("#")[0].split("/", 3)[3]
    assert case.reference in body(sender.get(f"/{path}"))
    opened = sender.post("/zh/track/", {"reference": case.reference, "code": code})
    assert opened.headers["Location"].endswith(f"/track/{case.reference}/")
    assert WORDS in body(sender.get(opened.headers["Location"]))


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "查询码"), ("en", "Tracking code")])
def test_the_printed_slip_is_in_the_senders_language_and_holds_all(desk, language, said):
    case = keyed(desk, "letter", language=language)
    answer = desk.get(reverse("counter_slip_pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    text = "".join(one.extract_text() for one in reader.pages).replace("\n", "")
    assert len(reader.pages) == 1
    for part in (case.reference, slip_code(desk), said):
        assert part in text, part


def test_the_code_is_there_until_the_sender_has_it_and_never_again(desk, monkeypatch):
    keyed(desk, "letter")
    code = slip_code(desk)
    assert slip_code(desk) == code
    stored = desk.session["counter_slip"]
    assert parse_code(code) not in stored
    assert desk.post(reverse("counter_slip")).status_code == 302
    assert desk.get(reverse("counter_slip")).status_code == 302
    assert desk.get(reverse("counter_slip_pdf")).status_code == 404
    keyed(desk, "letter")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=16))
    assert desk.get(reverse("counter_slip")).status_code == 302


def test_the_slip_is_the_officers_own(place, desk):
    keyed(desk, "letter")
    other = browser(place.officer)
    session = other.session
    session["counter_slip"] = desk.session["counter_slip"]
    session.save()
    assert other.get(reverse("counter_slip")).status_code == 302


def test_an_officer_of_any_unit_keys_in_and_others_find_no_counter(place):
    officer = browser(place.stranger)
    case = keyed(officer, "letter", way="post")
    assert not Case.objects.visible_to(place.stranger).filter(pk=case.pk).exists()
    assert case.triage == place.intake
    assert "Open the case" not in body(officer.get(reverse("counter_slip")))
    for role in (Role.APPROVER, Role.EDITOR, Role.REVIEWER_OPENNESS):
        assert browser(person(role)).get(reverse("counter")).status_code == 404
    assert Client().get(reverse("counter")).status_code == 302


def test_a_kind_that_nobody_keys_in_is_not_there(desk):
    assert desk.get(reverse("counter_kind", args=["petition_answer"])).status_code == 404


def test_the_receipt_of_a_paper_letter_is_old_and_its_time_runs_from_then(desk):
    case = keyed(desk, "letter", way="post", received_on="2026-11-10")
    assert case.received_at.date() == date(2026, 11, 10)
    now = keyed(desk, "letter", way="post", received_on="2026-11-24")
    assert case.due < now.due
    assert isinstance(case.received_at, datetime)
