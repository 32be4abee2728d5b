"""Mail of cases: kept before it is read, found its case by signed address and letters, never doubled, never answered
where a machine wrote."""

from __future__ import annotations

import smtplib
import socket
import socketserver
import threading
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.core.management import call_command
from django.test import Client

from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation.actions import delete_expired_contacts, deliver_mail
from engage.participation.models import Attachment, OutgoingMail
from engage.participation.vault import blind_index
from mailbox.letterbox.actions import add_information
from mailbox.models import Case, Message
from mailbox.post import actions, rules, ways
from mailbox.post.models import AutoAnswer, DeadAddress, InMail, OutMail, Report
from tests.accounts.people import person, sign_in, staff_client
from tests.mailbox import factories
from tests.mailbox.factories import NOW, answered, house, later, member, sender, taken_on

pytestmark = pytest.mark.django_db
BASE = "case@gov.example"


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.MAIL_ADDRESS = BASE


def letter(text: str = "水管还是坏的。", **headers: str) -> bytes:
    """One mail; `header_name=value` sets a header, an empty value leaves it out."""
    message = EmailMessage()
    given = {"from": "李梅 <mei@example.org>", "to": BASE, "subject": "水管", "message-id": "<1@example.org>"}
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed(case: Case, party: str = rules.SENDER) -> str:
    from django.conf import settings

    return rules.signed_address(BASE, case.reference, party, settings.INDEX_KEY)


def come(raw: bytes, *, now: datetime = NOW, **how: Any) -> InMail:
    """Take a mail in and read it."""
    row = actions.take_in(raw, way="file", now=now, **how)
    actions.read_new(now=now)
    row.refresh_from_db()
    return row


def send_all(now: datetime = NOW) -> list[Any]:
    """Send what waits; returns the letters."""
    sent_mail.outbox.clear()
    deliver_mail(now=max(now, datetime.now(tz=now.tzinfo)))
    return list(sent_mail.outbox)


def dsn(to: str, *, letter_id: str, status: str = "5.1.1", said: str = "550 5.1.1 User unknown", action: str = "failed",
        recipient: str = "mei@example.org") -> bytes:  # fmt: skip
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <dsn-{status}-{action}@mx.example.org>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {said}"
        f"\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter_id}\r\n\r\n--b--\r\n"
    ).encode()


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_a_mail_is_kept_byte_for_byte_before_it_is_read() -> None:
    raw = letter()
    row = actions.take_in(raw, way="file", now=NOW)
    assert (row.state, row.raw(), row.size) == (InMail.State.NEW, raw, len(raw))


def test_the_same_mail_taken_in_twice_is_one() -> None:
    house()
    first, second = come(letter()), come(letter())
    assert first.pk == second.pk
    assert Case.objects.count() == 1


def test_one_letter_over_two_ways_is_read_once() -> None:
    house()
    come(letter())
    twin = come(b"Received: from elsewhere\r\n" + letter())
    assert twin.state == InMail.State.DUPLICATE
    assert Case.objects.count() == 1


def test_what_a_reader_killed_half_way_did_is_undone_and_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    house()
    row = actions.take_in(letter(), way="file", now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "_take_files", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.read_new(now=NOW)
    row.refresh_from_db()
    assert (row.state, Case.objects.count()) == (InMail.State.NEW, 0)
    assert actions.read_new(now=NOW) == 1
    assert actions.read_new(now=NOW) == 0
    assert Case.objects.count() == 1


def test_a_mail_at_which_the_program_fails_waits_and_holds_none_up(monkeypatch: pytest.MonkeyPatch) -> None:
    house()
    bad = actions.take_in(letter(), way="file", now=NOW)
    good = actions.take_in(letter(message_id="<2@example.org>"), way="file", now=NOW)
    read = actions.reading.read_mail

    def fails(raw: bytes, **how: Any) -> Any:
        if b"<1@" in raw:
            raise ZeroDivisionError
        return read(raw, **how)

    with monkeypatch.context() as patched:
        patched.setattr(actions.reading, "read_mail", fails)
        assert actions.read_new(now=NOW) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.why, good.state) == (InMail.State.NEEDS_READING, "failed", InMail.State.OPENED)
    assert staff_client(Role.ADMINISTRATOR).get(f"/desk/post/{bad.pk}/").status_code == 200


def test_an_empty_and_a_too_large_mail_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="mail_empty"):
        actions.take_in(b" \r\n", way="file", now=NOW)
    monkeypatch.setattr(rules, "STORED_MOST", 10)
    with pytest.raises(Refused, match="mail_too_large"):
        actions.take_in(letter(), way="file", now=NOW)


# --- a new letter ----------------------------------------------------------------------------------------------------


def test_a_mail_to_the_office_opens_a_letter_with_its_words_files_and_sender() -> None:
    house()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Mei Li <mei@example.org>", BASE, "The pipe is broken"
    message["Message-ID"] = "<n@example.org>"
    message.set_content("Nobody comes to mend it.")
    message.add_attachment(b"just words\n", maintype="text", subtype="plain", filename="../list.txt")
    message.add_attachment(
        b"MZ\x90\x00" + b"\0" * 200, maintype="application", subtype="x-dosexec", filename="a.pdf.exe"
    )
    row = come(message.as_bytes())
    case = row.case
    assert row.state == InMail.State.OPENED
    assert (case.kind, case.title, case.submission.channel) == ("letter", "The pipe is broken", "email")
    assert (case.submission.language, case.submission.contact.email) == ("en", "mei@example.org")
    assert case.messages.get().text == "Nobody comes to mend it."
    assert [one.name for one in Attachment.objects.filter(submission=case.pk)] == ["list.txt"]
    assert [one["name"] for one in row.files_left] == ["a.pdf.exe"]
    assert OutgoingMail.objects.filter(submission=case.pk).count() == 1


def test_the_files_of_a_forwarded_mail_reach_the_case_or_are_listed_with_why() -> None:
    place = house()
    case = taken_on(place)
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "builder@example.org", "Our pipe"
    inner.set_content("See what we wrote down.")
    inner.add_attachment(b"leak measured twice\n", maintype="text", subtype="plain", filename="evidence.txt")
    inner.add_attachment(b"leak measured twice\n", maintype="text", subtype="plain", filename="again.txt")
    program = b"MZ\x90\x00" + b"\0" * 200
    inner.add_attachment(program, maintype="application", subtype="x-dosexec", filename="tool.exe")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "mei@example.org", signed(case), "Fwd"
    outer["Message-ID"] = "<forwarded@example.org>"
    outer.set_content("They sent me this.")
    outer.add_attachment(inner)
    row = come(outer.as_bytes())
    assert (row.case, row.state) == (case, InMail.State.ADDED)
    kept = Attachment.objects.get(submission=case.pk)
    assert kept.name == "evidence.txt" and kept.state == Attachment.State.CLEAN
    with kept.file.open() as file:
        assert file.read() == b"leak measured twice\n"
    assert {one["name"]: one["why"] for one in row.files_left} == {
        "Our pipe.eml": "unknown_type",
        "tool.exe": "unknown_type",
    }
    client = sign_in(Client(), place.officer)
    for address in (f"/desk/cases/{case.pk}/", f"/desk/post/{row.pk}/"):
        page = client.get(address).content.decode()
        assert "evidence.txt" in page and "tool.exe" in page, address
    # Read again, it brings nothing twice.
    assert come(outer.as_bytes()).pk == row.pk and Attachment.objects.filter(submission=case.pk).count() == 1


@pytest.mark.parametrize(
    ("headers", "state", "why"),
    [
        ({"auto_submitted": "auto-replied"}, "automatic", ""),
        ({"return_path": "<>"}, "automatic", ""),
        ({"list_id": "<l.example.org>"}, "needs_reading", "list"),
        ({"precedence": "bulk"}, "needs_reading", "list"),
        ({"from": ""}, "needs_reading", "no_sender"),
        ({"to": "else@gov.example"}, "needs_reading", "not_to_us"),
        ({"from": BASE}, "automatic", ""),
        ({"subject": "自动回复：水管"}, "needs_reading", "by_subject"),
        ({"subject": "自动回复：水管", "x_autoreply": "yes"}, "automatic", ""),
    ],
)
def test_what_a_machine_wrote_or_nobody_opens_nothing_and_is_not_answered(
    headers: dict[str, str], state: str, why: str
) -> None:
    house()
    row = come(letter(**headers))
    assert (row.state, row.why, row.case) == (state, why, None)
    assert not Case.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("subject", ["休假工资怎么算", "Absence of street lights", "Vacation rental complaint"])
def test_a_subject_alone_makes_nobody_a_program(subject: str) -> None:
    place = house()
    row = come(letter(subject=subject))
    assert (row.state, row.why) == (InMail.State.NEEDS_READING, "by_subject")
    actions.open_mail(row.pk, actor=place.clerk, now=NOW)
    assert OutgoingMail.objects.get().submission.case.title == subject


def test_a_sender_of_nobody_in_the_envelope_is_a_program() -> None:
    house()
    row = come(letter(), envelope_from="<>")
    assert (row.state, Case.objects.count(), OutgoingMail.objects.count()) == (InMail.State.AUTOMATIC, 0, 0)
    assert come(letter(message_id="<2@e>"), envelope_from="mei@example.org").state == InMail.State.OPENED


def test_characters_that_are_not_declared_raise_no_suspicion() -> None:
    house()
    head = f"From: mei@example.org\r\nTo: {BASE}\r\nSubject: s\r\n\r\n".encode()
    case = come(head + "街道水管坏了，没有人来修。".encode("gb18030")).case
    assert case.messages.get().text == "街道水管坏了，没有人来修。"
    assert not case.suspect


def test_a_mail_with_nothing_in_it_waits_to_be_read() -> None:
    house()
    assert come(letter("")).why == "unreadable"


def test_one_address_opens_ten_letters_an_hour() -> None:
    house()
    rows = [come(letter(message_id=f"<{n}@example.org>")) for n in range(12)]
    assert [row.state for row in rows].count(InMail.State.OPENED) == rules.NEW_PER_HOUR
    assert rows[-1].why == "too_many"


# --- into a case -----------------------------------------------------------------------------------------------------


def test_the_signed_address_brings_an_answer_into_its_case() -> None:
    house()
    case = factories.case()
    row = come(letter("还有一处。\n\n在 2026年11月24日，办公室 写道：\n> 已收到", to=signed(case), subject="anything"))
    assert (row.state, row.case) == (InMail.State.ADDED, case)
    assert row.became == case.messages.last()
    assert case.messages.last().text == "还有一处。"


def test_the_envelope_alone_is_enough() -> None:
    house()
    case = factories.case()
    assert come(letter(to="undisclosed:;"), envelope_to=[signed(case).upper()]).case == case


def test_a_forged_key_never_reaches_the_case() -> None:
    house()
    case = factories.case()
    right = signed(case)
    wrong = right.replace(right.split(".")[1][:10], "aaaaaaaaaa")
    row = come(letter(to=wrong, references="<x@y>"))
    assert (row.state, row.why, row.case, row.hint) == ("needs_reading", "token_wrong", None, case)
    assert case.messages.count() == 1


def test_a_letter_of_ours_that_is_answered_leads_to_its_case() -> None:
    house()
    case = factories.case()
    [out] = send_all()
    assert out.extra_headers["Auto-Submitted"] == "auto-generated"
    assert out.extra_headers["Reply-To"] == signed(case) == out.from_email
    row = come(letter(in_reply_to=out.extra_headers["Message-ID"]))
    assert (row.state, row.case) == (InMail.State.ADDED, case)


def test_a_reference_in_the_subject_is_a_hint_and_the_sender_alone_is_nothing() -> None:
    house()
    case = factories.case()
    hinted = come(letter(subject=f"Re: {case.reference}"))
    assert (hinted.state, hinted.case, hinted.hint, hinted.why) == ("needs_reading", None, case, "reference_only")
    alone = come(letter("另一件事。", message_id="<2@example.org>"))
    assert (alone.state, alone.case == case) == (InMail.State.OPENED, False)


def test_another_sender_at_the_right_address_waits_for_an_officer_and_is_hidden_from_the_case() -> None:
    place = house()
    case = factories.case()
    row = come(letter(**{"from": "Third <third@example.org>"}, to=signed(case)))
    assert (row.state, row.case) == (InMail.State.FROM_ANOTHER, case)
    assert case.messages.count() == 1
    actions.accept_mail(row.pk, actor=place.clerk, now=NOW)
    assert case.messages.count() == 2


def test_an_answer_to_a_question_of_ours_gives_the_details() -> None:
    place = house()
    case = factories.case()
    from mailbox import actions as steps

    steps.ask_detail(case.pk, words="哪一条街？", actor=place.clerk, now=NOW)
    come(letter("长安街。", to=signed(case)))
    case.refresh_from_db()
    assert case.state == "registered"


def test_words_after_the_answer_open_the_case_again_once_and_in_time() -> None:
    place = house()
    case = answered(place, taken_on(place))
    come(letter("还是没修好。", to=signed(case)), now=later(NOW, 100))
    case.refresh_from_db()
    assert (case.state, case.at_desk) == ("reopened", True)
    late = answered(place, taken_on(place))
    add_information(late.pk, "很久以后", actor=sender(late), now=NOW + timedelta(days=200))
    late.refresh_from_db()
    assert late.state == "answered"
    assert late.messages.last().text == "很久以后"


def test_a_mail_that_opens_an_answered_case_no_more_waits_for_an_officer() -> None:
    place = house()
    case = answered(place, taken_on(place))
    before = OutgoingMail.objects.count()
    row = come(letter("很久以后。", to=signed(case)), now=NOW + timedelta(days=200))
    assert (row.state, row.why, row.case) == (InMail.State.NEEDS_READING, "case_answered", case)
    assert (case.messages.count(), OutgoingMail.objects.count()) == (1, before)
    actions.attach_mail(row.pk, reference=case.reference, actor=place.officer, now=NOW + timedelta(days=200))
    assert case.messages.last().text == "很久以后。"


def test_a_mail_to_a_case_answered_with_another_waits_for_an_officer() -> None:
    from mailbox import actions as steps

    place = house()
    case, into = taken_on(place), taken_on(place)
    steps.merge_case(case.pk, into=into.pk, actor=place.officer, now=NOW)
    assert come(letter(to=signed(case))).why == "case_merged"


def test_a_closed_case_takes_no_mail_in_by_itself() -> None:
    place = house()
    case = answered(place, taken_on(place))
    Case.objects.filter(pk=case.pk).update(state="closed")
    assert come(letter(to=signed(case))).why == "case_closed"


def test_ten_mails_an_hour_join_a_case_then_people_look() -> None:
    house()
    case = factories.case()
    rows = [come(letter(f"第{n}封", to=signed(case), message_id=f"<{n}@example.org>")) for n in range(11)]
    assert [row.state for row in rows].count(InMail.State.ADDED) == rules.PER_HOUR
    assert rows[-1].why == "too_many"
    assert come(letter("晚些", to=signed(case), message_id="<z@e.org>"), now=NOW + timedelta(hours=2)).case == case


def test_a_mail_is_confirmed_once_in_seven_days() -> None:
    house()
    case = factories.case()
    before = OutgoingMail.objects.filter(submission=case.pk).count()
    for n, days in enumerate((0, 1, 6, 8)):
        come(letter(f"第{n}封", to=signed(case), message_id=f"<{n}@example.org>"), now=NOW + timedelta(days=days))
    assert OutgoingMail.objects.filter(submission=case.pk).count() == before + 2
    assert AutoAnswer.objects.count() == 1


def test_an_automatic_reply_is_recorded_at_the_case_and_never_answered() -> None:
    house()
    case = factories.case()
    before = OutgoingMail.objects.count()
    row = come(letter("I am away.", to=signed(case), auto_submitted="auto-replied"))
    assert (row.state, row.case, case.messages.count()) == (InMail.State.AUTOMATIC, case, 1)
    away = come(letter("我不在。", to=signed(case), subject="自动回复：休假", message_id="<2@example.org>"))
    assert (away.state, away.case) == (InMail.State.AUTOMATIC, case)
    assert OutgoingMail.objects.count() == before


def test_a_letter_longer_than_a_case_takes_is_cut_and_kept_whole() -> None:
    house()
    row = come(letter("长" * 30_000))
    assert len(row.case.messages.get().text) <= 20_000
    assert row.raw().count("长".encode()) == 0 or row.size > 30_000


# --- bounces ---------------------------------------------------------------------------------------------------------


def test_a_letter_that_came_back_is_shown_and_its_wrong_address_is_left_alone() -> None:
    house()
    case = factories.case()
    [out] = send_all()
    row = come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    went = OutMail.objects.get()
    assert (row.state, row.case, went.state, went.reason, went.hard) == ("bounce", case, "bounced", "userunknown", True)
    assert DeadAddress.objects.get().address_index == blind_index("email", "mei@example.org")
    add = letter("再来", to=signed(case), message_id="<9@example.org>")
    come(add)
    assert send_all() == []
    assert OutMail.objects.filter(state=OutMail.State.STOPPED).count() == 1
    assert OutgoingMail.objects.filter(sent_at=None, next_try_at__lte=NOW, tries__lt=12).count() == 0


def test_a_full_mailbox_is_told_and_the_address_stays() -> None:
    house()
    factories.case()
    [out] = send_all()
    come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"], status="5.2.2", said="552 5.2.2 mailbox full"))
    assert OutMail.objects.get().reason == "mailboxfull"
    assert not DeadAddress.objects.exists()


def test_a_strangers_report_closes_no_address() -> None:
    house()
    factories.case()
    [out] = send_all()
    come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"], recipient="other@example.org"))
    assert not DeadAddress.objects.exists()


def test_a_delay_is_no_failure_and_does_not_undo_one() -> None:
    house()
    factories.case()
    [out] = send_all()
    name = out.extra_headers["Message-ID"]
    come(dsn(out.from_email, letter_id=name, action="delayed", status="4.4.1", said="timed out"))
    assert OutMail.objects.get().state == OutMail.State.DELAYED
    come(dsn(out.from_email, letter_id=name, status="5.2.2", said="552 mailbox full"))
    come(dsn(out.from_email, letter_id=name, action="delayed", status="4.4.7", said="timed out"))
    assert OutMail.objects.get().state == OutMail.State.BOUNCED


def test_a_report_read_twice_is_one() -> None:
    house()
    factories.case()
    [out] = send_all()
    row = come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    InMail.objects.filter(pk=row.pk).update(state=InMail.State.NEW)
    actions.read_new(now=NOW)
    assert Report.objects.count() == 1


def test_an_officer_lets_letters_go_to_an_address_again() -> None:
    place = house()
    case = factories.case()
    [out] = send_all()
    come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    actions.trust_address(case.pk, actor=place.clerk)
    assert not DeadAddress.objects.exists()
    with pytest.raises(Case.DoesNotExist):
        actions.trust_address(case.pk, actor=place.stranger)


def test_a_letter_goes_out_under_one_name_however_often_it_is_tried() -> None:
    house()
    factories.case()
    [first] = send_all()
    OutgoingMail.objects.update(sent_at=None, next_try_at=NOW, subject="again", body="again")
    [second] = send_all()
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert OutMail.objects.count() == 1


def test_a_letter_that_is_no_cases_is_dressed_as_before() -> None:
    from engage.participation.actions import enqueue_letter
    from engage.participation.models import Contact

    contact = Contact.objects.create(email="a@example.org", delete_after=NOW + timedelta(days=300))
    enqueue_letter(contact, subject="x", body="y")
    [out] = send_all()
    assert "Reply-To" not in out.extra_headers
    assert not OutMail.objects.exists()


# --- the desk --------------------------------------------------------------------------------------------------------


def signed_in(user: Any) -> Client:
    return sign_in(Client(), user)


def test_what_waits_is_seen_where_letters_arrive_and_nowhere_else() -> None:
    place = house()
    row = come(letter(**{"from": ""}))
    assert list(InMail.objects.visible_to(place.clerk)) == [row]
    assert not InMail.objects.visible_to(place.officer).exists()
    assert not InMail.objects.visible_to(place.stranger).exists()


def test_an_officer_attaches_opens_puts_away_and_reads_again() -> None:
    place = house()
    case = factories.case()
    hinted = come(letter(subject=f"Re: {case.reference}"))
    with pytest.raises(Refused, match="mail_case_unknown"):
        actions.attach_mail(hinted.pk, reference="L-2026-999999-K", actor=place.clerk, now=NOW)
    actions.attach_mail(hinted.pk, reference=case.reference.lower(), actor=place.clerk, now=NOW)
    assert case.messages.count() == 2
    with pytest.raises(Refused, match="mail_settled"):
        actions.open_mail(hinted.pk, actor=place.clerk, now=NOW)
    strange = come(letter(to="else@gov.example", message_id="<2@example.org>"))
    opened = actions.open_mail(strange.pk, actor=place.clerk, now=NOW)
    assert opened.case.kind == "letter"
    junk = come(letter("buy", to="else@gov.example", message_id="<3@example.org>"))
    assert actions.mark_spam(junk.pk, actor=place.clerk, now=NOW).state == InMail.State.SPAM
    again = come(letter("again", to="else@gov.example", message_id="<4@example.org>"))
    assert actions.read_again(again.pk, actor=place.clerk, now=NOW).why == "not_to_us"


def test_what_was_taken_for_a_programs_or_came_twice_is_handled_like_what_waits() -> None:
    place = house()
    case = factories.case()
    programs = come(letter("请回电。", auto_submitted="auto-generated"))
    page = signed_in(place.clerk).get(f"/desk/post/{programs.pk}/").content.decode()
    assert 'value="open"' in page and 'value="attach"' in page and 'value="again"' in page
    assert actions.read_again(programs.pk, actor=place.clerk, now=NOW).state == InMail.State.AUTOMATIC
    assert actions.open_mail(programs.pk, actor=place.clerk, now=NOW).case.kind == "letter"
    twin = come(b"Received: from elsewhere\r\n" + letter("请回电。", auto_submitted="auto-generated"))
    assert twin.state == InMail.State.DUPLICATE
    actions.attach_mail(twin.pk, reference=case.reference, actor=place.clerk, now=NOW)
    assert case.messages.last().text == "请回电。"
    [out, *_others] = send_all()
    report = come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    with pytest.raises(Refused, match="mail_settled"):
        actions.attach_mail(report.pk, reference=case.reference, actor=place.clerk, now=NOW)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_screens_show_a_mail_as_words_and_its_bytes_as_a_file(language: str) -> None:
    place = house()
    raw = letter("<script>alert(1)</script>", **{"from": "x"})
    row = come(raw)
    client = signed_in(place.clerk)
    client.cookies["django_language"] = language
    assert row.subject in client.get("/desk/post/").content.decode()
    page = client.get(f"/desk/post/{row.pk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    answer = client.get(f"/desk/post/{row.pk}/mail.eml")
    assert answer.content == raw
    assert answer["Content-Disposition"].startswith("attachment")
    assert JournalRow.objects.get(verb="mail.exported").actor_id == str(place.clerk.pk)
    assert client.post(f"/desk/post/{row.pk}/do/", {"do": "attach", "reference": "nothing"}).status_code == 422
    assert client.post(f"/desk/post/{row.pk}/do/", {"do": "spam"}).status_code == 302
    assert signed_in(place.stranger).get(f"/desk/post/{row.pk}/").status_code == 404
    assert signed_in(place.stranger).get(f"/desk/post/{row.pk}/mail.eml").status_code == 404


def test_the_case_shows_how_each_letter_fared() -> None:
    place = house()
    case = factories.case()
    [out] = send_all()
    come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    page = signed_in(place.clerk).get(f"/desk/cases/{case.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "User unknown" in page
    assert f"/desk/post/cases/{case.pk}/trust/" in page


# --- ways ------------------------------------------------------------------------------------------------------------


def test_a_folder_is_emptied_and_what_is_refused_is_put_aside(tmp_path: Any) -> None:
    house()
    (tmp_path / "a.eml").write_bytes(letter())
    (tmp_path / "b.eml").write_bytes(b"\n")
    (tmp_path / "c.eml.part").write_bytes(letter(message_id="<c@e.org>"))
    assert ways.take_from_folder(str(tmp_path), now=NOW) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aside", "c.eml.part"]
    assert ways.take_from_folder(str(tmp_path / "none"), now=NOW) == 0


def test_the_command_takes_files_in_and_reads_them(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    house()
    (tmp_path / "a.eml").write_bytes(letter())
    call_command("receive_mail", str(tmp_path / "a.eml"), read=True)
    assert capsys.readouterr().out.strip() == "1"
    assert Case.objects.count() == 1


def test_old_mail_goes_with_its_bytes(django_capture_on_commit_callbacks: Any) -> None:
    house()
    row = come(letter())
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep(now=row.delete_after) == 1
    assert not row.file.storage.exists(row.file.name)
    assert Message.objects.count() == 1


def test_a_mail_goes_with_the_contact_of_its_case(django_capture_on_commit_callbacks: Any) -> None:
    house()
    row = come(letter())
    with django_capture_on_commit_callbacks(execute=True):
        delete_expired_contacts(now=row.case.submission.contact.delete_after, actor=SYSTEM)
    assert not InMail.objects.exists()
    assert not row.file.storage.exists(row.file.name)


def test_a_listener_keeps_before_it_says_so_and_takes_only_our_mail(transactional_db: None) -> None:
    house()
    case = factories.case()
    listener = ways.Listener("127.0.0.1", free_port())
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=10) as post:
            post.sendmail("mei@example.org", [signed(case)], letter(to="undisclosed:;"))
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                post.sendmail("mei@example.org", ["someone@else.example"], letter())
            post.sendmail("", [BASE], letter("x", message_id="<e@e>"))
    finally:
        listener.stop()
    assert InMail.objects.count() == 2
    actions.read_new(now=NOW)
    assert case.messages.last().text == "水管还是坏的。"
    assert InMail.objects.filter(state=InMail.State.AUTOMATIC, case=None).count() == 1


def test_a_delivery_agent_is_answered_for_each_recipient(transactional_db: None) -> None:
    house()
    first, second = factories.case(), factories.case()
    listener = ways.Listener("127.0.0.1", free_port(), lmtp=True)
    listener.start()
    try:
        with smtplib.LMTP("127.0.0.1", listener.port) as post:
            assert post.sendmail("mei@example.org", [signed(first)], letter(to="undisclosed:;")) == {}
            assert post.docmd("EHLO", "client")[0] == 500  # it is no mail server
            # Python's client reads one answer; a real one waits for each.
            post.mail("mei@example.org")
            assert [post.rcpt(to)[0] for to in (signed(first), "a@else.example", signed(second))] == [250, 550, 250]
            post.putcmd("data")
            assert post.getreply()[0] == 354
            post.send(letter("又漏了。", to="undisclosed:;", message_id="<2@example.org>") + b"\r\n.\r\n")
            assert [post.getreply() for _recipient in range(2)] == [(250, b"2.0.0 kept")] * 2
            assert post.noop()[0] == 250  # nothing is left over
    finally:
        listener.stop()
    assert [row.envelope_to.count("+") for row in InMail.objects.order_by("pk")] == [1, 2]
    actions.read_new(now=NOW)
    assert first.messages.filter(text="水管还是坏的。").exists()


class Imap(socketserver.StreamRequestHandler):
    """As much of a mailbox on a server as is asked for: one mail nobody has seen."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, verb, *rest = line.strip().split(b" ")
            said = b" ".join(rest)
            if verb == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb == b"SELECT":
                self.wfile.write(b"* 1 EXISTS\r\n")
            elif said.startswith(b"SEARCH"):
                self.wfile.write(b"* SEARCH" + (b"" if self.server.seen else b" 7") + b"\r\n")
            elif said.startswith(b"FETCH"):
                if self.server.fetched is None:
                    self.wfile.write(tag + b" NO not now\r\n")
                    continue
                raw = self.server.fetched
                self.wfile.write(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(raw) + raw + b")\r\n")
            elif said.startswith(b"STORE"):
                self.server.seen = InMail.objects.exists  # what is marked is kept already
            self.wfile.write(tag + b" OK done\r\n")


@pytest.mark.parametrize("said", [None, b""])
def test_a_mail_that_the_server_does_not_hand_out_is_fetched_later(said: bytes | None) -> None:
    house()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        server.seen, server.fetched, server.daemon_threads = None, said, True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"imap://mei:word@127.0.0.1:{server.server_address[1]}/INBOX"
        assert (ways.take_from_imap(url, now=NOW), server.seen) == (0, None)
        server.fetched = letter()
        assert (ways.take_from_imap(url, now=NOW), server.seen is None) == (1, False)
        server.shutdown()


def test_a_mailbox_on_a_server_is_fetched_once() -> None:
    house()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        server.seen, server.fetched, server.daemon_threads = None, letter(), True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"imap://mei:secret%40word@127.0.0.1:{server.server_address[1]}/INBOX"
        assert ways.take_from_imap(url, now=NOW) == 1
        assert ways.take_from_imap(url, now=NOW) == 0
        server.shutdown()
    assert InMail.objects.get().raw() == letter().replace(b"\r\n", b"\n") or InMail.objects.get().raw() == letter()


def test_a_server_that_is_away_is_no_fault() -> None:
    assert ways.take_from_imap(f"imap://a:b@127.0.0.1:{free_port()}/INBOX", now=NOW) == 0


def test_addresses_are_signed_for_one_party_of_one_case() -> None:
    address = rules.signed_address(BASE, "L-2026-000012-K", "sender", "key")
    assert [one.party for one in rules.signed_in([address], BASE, "key")] == ["sender"]
    assert [one.party for one in rules.signed_in([address], BASE, "other")] == [""]
    other = rules.signed_address(BASE, "L-2026-000012-K", "party-2", "key")
    assert other != address
    assert rules.signed_in([address], "else@gov.example", "key") == []
    assert [one.party for one in rules.signed_in(["case+rubbish@gov.example"], BASE, "key")] == [""]


@pytest.mark.parametrize("kind", ["letter", "grievance"])
def test_a_unit_that_is_only_asked_reads_no_mail_of_the_case(kind: str) -> None:
    from mailbox import actions as steps

    place = house()
    case = taken_on(place, kind)
    [out, *_others] = send_all()
    came_back = come(dsn(out.from_email, letter_id=out.extra_headers["Message-ID"]))
    row = come(letter(**{"from": "Third <third@example.org>"}, to=signed(case)))
    steps.consult(case.pk, department_id=place.roads.pk, question="路面？", actor=place.officer, now=NOW)
    asked = signed_in(place.stranger)
    assert asked.get(f"/desk/cases/{case.pk}/").status_code == 200
    assert "post-head" not in asked.get(f"/desk/cases/{case.pk}/").content.decode()
    assert "post-head" in signed_in(place.officer).get(f"/desk/cases/{case.pk}/").content.decode()
    for one in (came_back, row):
        assert asked.get(f"/desk/post/{one.pk}/").status_code == 404
        assert asked.get(f"/desk/post/{one.pk}/mail.eml").status_code == 404
    assert not InMail.objects.visible_to(place.stranger).exists()
    assert not OutMail.objects.visible_to(place.stranger).exists()
    for act in (actions.accept_mail, actions.mark_spam, actions.read_again):
        with pytest.raises(InMail.DoesNotExist):
            act(row.pk, actor=place.stranger, now=NOW)
    with pytest.raises(Case.DoesNotExist):
        actions.trust_address(case.pk, actor=place.stranger)
    for user in (place.clerk, place.officer, place.approver, person(Role.ADMINISTRATOR)):
        assert InMail.objects.visible_to(user).filter(case=case).count() == 2


def test_who_sent_a_mail_of_a_case_is_shown_on_request_and_never_where_the_contact_is_not() -> None:
    place = house()
    cases = taken_on(place, "grievance"), taken_on(place)
    mails = [come(letter(to=signed(case), message_id=f"<{case.pk}@example.org>")) for case in cases]
    assert [(row.case, row.state) for row in mails] == [(case, InMail.State.ADDED) for case in cases]
    client = signed_in(place.officer)
    inside, hidden = (f"/desk/post/{row.pk}/" for row in mails)
    assert "mei@example.org" not in client.get("/desk/post/?view=all").content.decode()
    for page in (client.get(url).content.decode() for url in (inside, hidden)):
        assert "mei@example.org" not in page and "<pre" not in page and "mail.eml" not in page
    assert "Show name and address" not in client.get(hidden).content.decode()
    assert client.get(f"{hidden}mail.eml").status_code == 404
    assert not JournalRow.objects.filter(verb="case.contact_read").exists()
    assert client.post(f"/desk/cases/{cases[0].pk}/contact/", {"mail": mails[0].pk}).url == inside
    page = client.get(inside).content.decode()
    assert "mei@example.org" in page and "<pre" in page and "mail.eml" in page
    assert JournalRow.objects.get(verb="case.contact_read").submission_id == cases[0].pk
    assert client.get(f"{inside}mail.eml").status_code == 200
    assert "mei@example.org" not in client.get(hidden).content.decode()
    # Whether one from somebody else joins the case is for the desk to say.
    other = come(letter(to=signed(cases[1]), message_id="<o@e>", **{"from": "else@example.org"}))
    assert other.state == InMail.State.FROM_ANOTHER
    assert "else@example.org" in client.get(f"/desk/post/{other.pk}/").content.decode()


def test_a_mail_is_attached_only_where_one_stands() -> None:
    from mailbox import actions as steps

    place = house()
    case = taken_on(place)
    Case.objects.filter(pk=case.pk).update(triage=place.water)
    steps.consult(case.pk, department_id=place.intake.pk, question="？", actor=place.officer, now=NOW)
    row = come(letter(to="else@gov.example"))
    with pytest.raises(Refused, match="not_allowed"):
        actions.attach_mail(row.pk, reference=case.reference, actor=place.clerk, now=NOW)


def test_only_staff_of_a_case_see_its_mails() -> None:
    house()
    row = come(letter())
    assert not InMail.objects.visible_to(sender(row.case)).exists()
    assert InMail.objects.visible_to(member(row.case.triage, Role.OFFICER)).exists()
