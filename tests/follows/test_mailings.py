"""Mailings: each address once or listed, whatever the mail server does; paused, continued, forgotten."""

import email
import socket
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows import actions
from engage.outreach.follows.actions import mailings
from engage.outreach.follows.actions.bounces import bounced_letter
from engage.outreach.follows.actions.sending import _Turn, expire
from engage.outreach.follows.models import Follower, Line, Mailing, Recipient
from engage.participation.models import Contact
from tests.accounts.people import staff_client
from tests.follows.builders import EVERYTHING, follower, happened, of_topic, sent
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEXTS = {"zh-hans": ("通讯", "你好。"), "en": ("Newsletter", "Good day.")}
State = Recipient.State


@pytest.fixture
def sink(settings):
    with SmtpSink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.MAILING_SMTP_SECONDS = 2
        yield server


def readers(count: int) -> list[Follower]:
    return [follower(EVERYTHING, f"reader{number}@example.org") for number in range(count)]


def begin(key: str = "letter", tags=(EVERYTHING,), **values) -> Mailing:
    return actions.begin(key, TEXTS, list(tags), now=timezone.now(), actor=SYSTEM, **values)


def states(mailing: Mailing) -> dict[str, int]:
    mailing.refresh_from_db()
    return {name: getattr(mailing, name) for name in ("total", "sent", "failed", "uncertain", "gone")}


def wake() -> None:
    Line.objects.update(next_try_at=timezone.now())
    Recipient.objects.filter(state=State.QUEUED).update(until=None)


def test_a_newsletter_goes_once_to_everybody_over_one_connection(sink):
    people = readers(25)
    follower(of_topic(), "other@example.org")
    follower(EVERYTHING, "daily@example.org", rhythm="daily", language="zh-hans")
    mailing = begin()
    assert begin() == mailing
    actions.carry()
    actions.carry()
    assert sorted(sink.recipients) == sorted([person.contact.email for person in people] + ["daily@example.org"])
    assert states(mailing) == {"total": 26, "sent": 26, "failed": 0, "uncertain": 0, "gone": 0}
    assert mailing.state == "done" and mailing.busy_seconds > 0
    names = {letter.message["Message-ID"] for letter in sink.letters}
    assert len(names) == 26
    chinese = next(letter.message for letter in sink.letters if letter.recipients == ("daily@example.org",))
    assert chinese["Subject"] == "通讯" and "/zh/follow/manage/" in chinese.get_content()
    assert JournalRow.objects.get(verb="mailing.done").content["sent"] == 26


def test_recipients_are_listed_window_by_window_each_once():
    readers(7)
    mailing = begin()
    turns = [mailings.queue_window(mailing.pk, now=timezone.now(), size=3) for _turn in range(5)]
    assert turns == [True, True, True, False, False]
    assert mailing.recipients.count() == 7 and states(mailing)["total"] == 7


def test_while_the_mail_server_is_away_nothing_is_lost_and_the_pauses_grow(sink):
    readers(12)
    mailing = begin()
    sink.stop()
    pauses = []
    for _turn in range(4):
        before = timezone.now()
        assert actions.carry() == 0
        assert actions.carry() == 0  # it rests
        line = Line.objects.get(code="mail")
        pauses.append(round((line.next_try_at - before).total_seconds() / 15))
        wake()
    assert pauses == [1, 2, 4, 8] and line.down_since
    assert mailing.recipients.filter(state=State.QUEUED, tries=0).count() == 12
    sink.start()
    wake()
    actions.carry()
    assert len(sink.recipients) == len(set(sink.recipients)) == 12
    line.refresh_from_db()
    assert (line.tries, line.next_try_at, line.down_since) == (0, None, None)


def test_answers_of_the_server_decide_what_happens_to_each_letter(sink):
    people = readers(4)
    answers = {
        "reader0@example.org": "550 5.1.1 unknown",
        "reader1@example.org": "450 4.2.1 later",
        "reader2@example.org": "554 5.7.1 blocked",
    }
    sink.refuse = lambda address: answers.get(address, "")
    mailing = begin()
    actions.carry()
    assert sink.recipients == ["reader3@example.org"]
    assert states(mailing) == {"total": 4, "sent": 1, "failed": 2, "uncertain": 0, "gone": 0}
    points = [Follower.objects.get(pk=person.pk).bounce_points for person in people]
    assert points == [2, 0, 1, 0]
    answers.pop("reader1@example.org")
    actions.carry()
    assert len(sink.recipients) == 1  # it waits
    wake()
    actions.carry()
    assert sink.recipients[-1] == "reader1@example.org" and mailing.recipients.get(state=State.SENT, tries=1)
    begin("second")
    actions.carry()
    assert not Contact.objects.filter(pk=people[0].contact_id).exists()  # the second hard bounce ends it
    assert Follower.objects.filter(pk=people[2].pk).exists()
    assert JournalRow.objects.filter(verb="follow.ended", target_pk=str(people[0].pk)).exists()


def test_a_letter_without_an_answer_is_listed_and_goes_again_only_when_a_person_says_so(sink):
    readers(3)
    take = sink.take

    def taken_but_silent(letter):
        take(letter)
        if letter.recipients == ("reader1@example.org",):
            for conversation in list(sink.open):
                conversation.shutdown(socket.SHUT_RDWR)

    sink.take = taken_but_silent
    mailing = begin()
    for _turn in range(3):
        actions.carry()
        wake()
    assert states(mailing) == {"total": 3, "sent": 2, "failed": 0, "uncertain": 1, "gone": 0}
    assert sorted(sink.recipients) == [f"reader{number}@example.org" for number in range(3)]
    editor = staff_client(Role.EDITOR)
    page = editor.get(f"/desk/mailings/{mailing.pk}/").content.decode()
    assert "r…@example.org" in page and "reader1@" not in page
    sink.take = take
    assert editor.post(f"/desk/mailings/{mailing.pk}/do/", {"do": "send_uncertain"}).status_code == 302
    actions.carry()
    assert states(mailing)["sent"] == 3 and mailing.state == "done"
    twice = [one.message["Message-ID"] for one in sink.letters if one.recipients == ("reader1@example.org",)]
    assert len(twice) == 2 and len(set(twice)) == 1


def test_what_a_killed_worker_held_is_listed_and_what_it_knew_counts(sink):
    readers(30)
    mailing = begin()
    mailings.queue_window(mailing.pk, now=timezone.now())
    dead, slow = _Turn(mailing.pk, timezone.now), _Turn(mailing.pk, timezone.now)
    assert len(dead.exchange([], more=True)) == 10  # it ends here, nobody knows where
    jobs = slow.exchange([], more=True)
    actions.carry()
    assert len(sink.recipients) == 10 and mailing.state != "done"
    later = timezone.now() + timedelta(minutes=10)
    expire(now=later)
    assert states(mailing) == {"total": 30, "sent": 10, "failed": 0, "uncertain": 20, "gone": 0}
    from engage.outreach.follows.carriers import Outcome

    slow.exchange([Outcome(job.recipient_id, State.SENT) for job in jobs], more=False)
    assert states(mailing) == {"total": 30, "sent": 20, "failed": 0, "uncertain": 10, "gone": 0}
    dead_rows = mailing.recipients.filter(state=State.UNCERTAIN)
    assert dead_rows.count() == 10 and set(dead_rows.values_list("error", flat=True)) == {"cut_off"}
    actions.carry()
    assert states(mailing)["sent"] == 20 and mailing.state == "done" and len(sink.recipients) == 10


def test_who_stops_before_the_letter_comes_gets_none():
    people = readers(3)
    mailing = begin()
    mailings.queue_window(mailing.pk, now=timezone.now())
    actions.stop(people[1].pk, actor=ANYONE)
    assert sorted(letter.to[0] for letter in sent()) == ["reader0@example.org", "reader2@example.org"]
    assert states(mailing)["gone"] == 1


def test_editors_pause_and_continue_and_nobody_else_does():
    readers(2)
    mailing = begin()
    editor, path = staff_client(Role.EDITOR), f"/desk/mailings/{mailing.pk}/do/"
    assert editor.post(path, {"do": "pause"}).status_code == 302
    assert sent() == []
    page = editor.get("/desk/mailings/").content.decode()
    assert "Newsletter" in page or "通讯" in page
    assert editor.post(path, {"do": "nothing"}).status_code == 404
    for act in (actions.pause, actions.go_on, actions.send_uncertain):
        values = {"now": timezone.now()} if act is actions.pause else {}
        with pytest.raises(Refused):
            act(mailing.pk, actor=ANYONE, **values)
    with pytest.raises(Refused):
        actions.begin("x", TEXTS, [EVERYTHING], now=timezone.now(), actor=ANYONE)
    assert staff_client(Role.OFFICER).get("/desk/mailings/").status_code == 404
    editor.post(path, {"do": "go_on"})
    assert len(sent()) == 2
    verbs = JournalRow.objects.filter(verb__startswith="mailing.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["mailing.begun", "mailing.paused", "mailing.continued", "mailing.done"]


def test_who_got_what_is_forgotten_after_a_month_and_the_counts_stay():
    readers(3)
    mailing = begin()
    sent()
    actions.forget_recipients(now=timezone.now() + 29 * DAY)
    assert mailing.recipients.count() == 3
    assert actions.forget_recipients(now=timezone.now() + 31 * DAY) == 3
    assert mailing.recipients.count() == 0 and states(mailing)["sent"] == 3


REPORT = """From: MAILER-DAEMON@example.org
To: engage@localhost
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; reader0@example.org
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {name}
Subject: Newsletter

text
--b--
"""


@pytest.mark.parametrize(("status", "points"), [("5.1.1", 2), ("5.2.2", 1)])
def test_a_letter_that_comes_back_is_known_by_its_name(monkeypatch, capsys, status, points):
    import io
    import sys

    (person,) = readers(1)
    begin()
    (letter,) = sent()
    name = email.message_from_bytes(letter.message().as_bytes())["Message-ID"]

    def arrives(**values) -> None:
        report = REPORT.format(**{"action": "failed", "status": status, "name": name} | values)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report.encode())))
        call_command("bounce")

    arrives()
    person.refresh_from_db()
    assert person.bounce_points == points
    for wrong in ({"action": "delayed"}, {"name": "<x@y>"}, {"name": name.replace("f", "f9", 1)}, {"name": ""}):
        with pytest.raises(CommandError):
            arrives(**wrong)
    for forged in ("<f1.1.0@x>", "<f.1.x@y>", "<f9999999999999999999999.1.x@y>", "f", "."):
        assert not bounced_letter(forged, "hard", now=timezone.now())
    person.refresh_from_db()
    assert person.bounce_points == points


def test_an_event_becomes_one_mailing_a_line():
    readers(1)
    happened("one", [])
    sent()
    assert list(Mailing.objects.values_list("line", "state")) == [("mail", "done")]
