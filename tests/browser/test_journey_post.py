"""The e-mail of J4 and J5: a letter sent on the site is answered by mail, over real SMTP both ways. In English.

Its answer is returned once and its sending undone; a machine's reply and a letter that came back are recorded at the
case; the sender's mail opens the case again; somebody else's waits for an officer.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.pages.structure import ensure_structure
from engage.participation.actions import deliver_mail
from mailbox import actions
from mailbox.models import Case
from mailbox.post import actions as post
from mailbox.post import ways
from mailbox.post.models import InMail
from tests.browser.looking import foreign_words, look
from tests.mailbox.factories import House, handed_in, house
from tests.mailbox.test_post_intake import BASE, dsn, free_port
from tests.smtp_sink import Letter, SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {"zh": "长安街三号的水管坏了两天，没有人来修。", "en": "The pipe at 3 Chang'an Street has leaked for two days."}
ANSWER = {"zh": "已经派人修好。", "en": "It has been mended."}
AGAIN = {"zh": "还是漏水，请再来看看。", "en": "It still leaks. Please come again."}
NEIGHBOUR = {"zh": "我家也是。", "en": "Ours, too."}


@pytest.fixture
def sink(settings) -> Iterator[SmtpSink]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.FASTEST_PERSON_SECONDS = 0
    settings.MAIL_ADDRESS = BASE
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def port(sink: SmtpSink) -> Iterator[int]:
    listener = ways.Listener("127.0.0.1", free_port())
    listener.start()
    yield listener.port
    listener.stop()


def outgoing(sink: SmtpSink) -> Letter:
    """Send what waits; returns the last letter."""
    deliver_mail(now=timezone.now() + timedelta(minutes=15))
    return sink.letters[-1]


def send(port: int, to: str, raw: bytes, sender: str = "mei@example.org") -> InMail:
    """Send a mail to the office, and let it be read."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.sendmail(sender, [to], raw)
    post.read_new(now=timezone.now())
    return InMail.objects.order_by("pk").last()


def mail(text: str, to: str, sender: str = "mei@example.org", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, headers.pop("subject", "Re")
    message["Message-ID"] = f"<{abs(hash(text + sender))}@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def written(page: Page, site: str, language: str) -> Case:
    """Write a letter on the site, with an address to answer to."""
    page.goto(f"{site}/write/letter/")
    page.locator("#id_text").fill(WORDS[language])
    page.locator("#id_email").fill("mei@example.org")
    page.locator("input[name=publish][value=no]").check()
    page.locator("#letter .row button.btn-go").click()
    page.wait_for_url("**/write/mine/check/")
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    return Case.objects.get()


def answer(place: House, case: Case, language: str) -> None:
    """Answered by the unit: returned once, its sending undone once, then sent."""
    now = timezone.now()
    actions.take_step(case.pk, "route", actions.Given(department=place.water.pk), actor=place.clerk, now=now)
    actions.accept_case(case.pk, actor=place.officer, now=now)
    case.refresh_from_db()
    handed_in(place, case, now=now, text="?")
    actions.return_draft(case.pk, note="写完整", actor=place.approver, now=now)
    case.refresh_from_db()
    draft = handed_in(place, case, now=now, text=ANSWER[language])
    actions.approve_draft(case.pk, sha256=draft.sha256, actor=place.approver, now=now)
    actions.hold_answer(case.pk, actor=place.approver)
    assert actions.send_due_answers(now=now + timedelta(minutes=5)) == 0
    actions.send_answer(case.pk, actor=place.approver, now=now)
    assert actions.send_due_answers(now=now + timedelta(seconds=40)) == 1


def at_ease(page: Page) -> None:
    assert look(page) == []
    assert foreign_words(page) == []


@pytest.mark.parametrize(("language", "locale", "width"), [("en", "en-GB", 360)])
def test_a_letter_is_answered_by_mail_and_goes_on_by_mail(
    live_server, open_page, sign_in, sink: SmtpSink, port: int, language: str, locale: str, width: int
) -> None:
    ensure_structure()
    place = house()
    page = open_page(f"{live_server.url}/{language}/", language=locale, width=width)
    case = written(page, f"{live_server.url}/{language}", language)
    receipt = outgoing(sink)
    assert case.reference in receipt.message["Subject"]

    answer(place, case, language)
    reply = outgoing(sink)
    assert ANSWER[language] in reply.message.get_content()
    back = reply.message["Reply-To"]
    assert back == reply.sender
    assert reply.message["Auto-Submitted"] == "auto-generated"

    away = send(port, back, mail("I am away.", back, auto_submitted="auto-replied"))
    came_back = send(
        port, back, dsn(back, letter_id=reply.message["Message-ID"], status="5.2.2", said="552 mailbox full"), sender=""
    )
    assert (away.state, came_back.state) == (InMail.State.AUTOMATIC, InMail.State.BOUNCE)
    letters = len(sink.letters)
    deliver_mail(now=timezone.now() + timedelta(minutes=30))
    assert len(sink.letters) == letters  # no machine is answered

    again = send(port, back, mail(AGAIN[language], back, in_reply_to=reply.message["Message-ID"]))
    case.refresh_from_db()
    assert (again.state, case.state) == (InMail.State.ADDED, "reopened")
    another = send(port, back, mail(NEIGHBOUR[language], back, sender="neighbour@example.org"), "neighbour@example.org")
    assert another.state == InMail.State.FROM_ANOTHER
    send(port, BASE, mail(WORDS[language], BASE, subject=f"Re: {case.reference}", list_id="<l.example.org>"))

    officer = sign_in(place.officer, language=locale, width=width)
    officer.goto(f"{live_server.url}/desk/cases/{case.pk}/")
    expect(officer.locator("#post-head")).to_be_visible()
    expect(officer.get_by_text("552 mailbox full")).to_be_visible()
    expect(officer.get_by_text(AGAIN[language]).first).to_be_visible()
    expect(officer.get_by_text(NEIGHBOUR[language])).to_have_count(0)
    at_ease(officer)

    clerk = sign_in(place.clerk, language=locale, width=width)
    clerk.goto(f"{live_server.url}/desk/post/")
    expect(clerk.locator("table.q tbody tr")).to_have_count(2)
    at_ease(clerk)
    clerk.locator(f"a[href='/desk/post/{another.pk}/']").click()
    expect(clerk.get_by_text(NEIGHBOUR[language])).to_be_visible()
    at_ease(clerk)
    clerk.locator("button[value=accept]").click()
    expect(clerk.locator("table.q tbody tr")).to_have_count(1)
    clerk.locator("table.q tbody th a").click()
    at_ease(clerk)
    clerk.locator("#id_reference").fill("X")
    clerk.locator("button[value=attach]").click()
    expect(clerk.locator("[data-error-summary], .error-summary, [role=alert]").first).to_be_visible()
    clerk.locator("button[value=spam]").click()
    expect(clerk.locator("table.q")).to_have_count(0)

    officer.reload()
    expect(officer.get_by_text(NEIGHBOUR[language]).first).to_be_visible()
    page.goto(f"{live_server.url}/{language}/track/{case.reference}/")
    expect(page.get_by_text(AGAIN[language]).first).to_be_visible()
