"""J4 and J5 as one walk: a letter from its first word to its rating, in Chinese; in English its parts are walked.

The sender writes on the site and by mail; an officer accepts the proposed unit by a key; another unit is asked; the
answer is returned once, its sending undone once; mail goes out and comes in over SMTP on this machine, spoken by
aiosmtpd: a report on somebody else's address, a machine's answer, the sender's reply, which opens the letter again, a
neighbour's words and a mailing list, which wait for a person. Then it is published without a name, and rated.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.pages.models import Topic
from engage.pages.structure import ensure_structure
from engage.participation.actions import deliver_mail
from mailbox import actions
from mailbox.models import Case
from mailbox.post import actions as post
from mailbox.post import ways
from mailbox.post.models import DeadAddress, InMail, OutMail
from tests.browser import outcome_walk as walk
from tests.browser.conftest import Clock
from tests.browser.looking import foreign_words, look
from tests.browser.test_journey_desk_case import press, queue, ready, step, write
from tests.browser.test_journey_publication import found, helped, prepare
from tests.browser.test_routing import proposed
from tests.mailbox.factories import House, house
from tests.mailbox.publications import SECRET
from tests.mailbox.test_post_intake import BASE, dsn, free_port
from tests.smtp_sink import Letter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINE, NEIGHBOUR_AT, ELSEWHERE = "mei@example.org", "neighbour@example.org", "nobody@example.net"
WORDS = f"我叫李梅，电话13800138000。邻居{SECRET}家的水管坏了两天，什么时候修？"
FIRST, BETTER, LAST = "已经派人修好。", "已于周五派人修好，三年内漏水可以直接找我们。", "已换新水管。"
BACK, OPINION = "写上日期。", "路面不用再挖。"
AGAIN, NEIGHBOUR = "还是漏水，请再来看看。", "我家也是。"


class Server:
    """The mail server of the outside world: keeps every letter that it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.letters.append(Letter(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 taken"

    def sent(self, to: str = MINE) -> Letter:
        """Let what waits go out; returns the last letter, which must be to this address."""
        deliver_mail(now=timezone.now() + timedelta(minutes=15))
        assert self.letters[-1].recipients == (to,)
        return self.letters[-1]


@pytest.fixture
def world(settings) -> Iterator[Server]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.FASTEST_PERSON_SECONDS = settings.PAGE_CACHE_SECONDS = 0
    settings.MAIL_ADDRESS = BASE
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    server = Server()
    outside = Controller(server, hostname="127.0.0.1", port=free_port())
    outside.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", outside.port
    ensure_structure()
    Topic.objects.create(code="water", name_zh="供水", name_en="Water")
    yield server
    outside.stop()


@pytest.fixture
def port(world: Server) -> Iterator[int]:
    listener = ways.Listener("127.0.0.1", free_port())
    listener.start()
    yield listener.port
    listener.stop()


def send(port: int, to: str, raw: bytes, sender: str = MINE) -> InMail:
    """Send a mail to the office, and let it be read."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.sendmail(sender, [to], raw)
    post.read_new(now=timezone.now())
    return InMail.objects.order_by("pk").last()


def mail(text: str, to: str, sender: str = MINE, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, headers.pop("subject", "Re")
    message["Message-ID"] = f"<{InMail.objects.count()}@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def at_ease(page: Page) -> None:
    """Nothing is wrong with the page as it stands."""
    assert look(page) == []
    assert foreign_words(page) == []


def written(page: Page, kind: str, text: str, **fields: str) -> Case:
    """Write on the site, with an address to answer to, and send it."""
    page.goto(f"{page.url.partition('/write/')[0].rstrip('/')}/write/{kind}/")
    page.locator("#id_text").fill(text)
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_email").fill(MINE)
    if page.locator("input[name=publish]").count():
        page.locator("input[name=publish][value=yes]").check()
    page.locator("#letter .row button.btn-go").click()
    page.wait_for_url("**/write/mine/check/")
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    return Case.objects.latest("pk")


def opened(page: Page, view: str) -> None:
    """Open the first case of a view."""
    queue(page, view)
    press(page, "Enter")


def handed_in(officer: Page, text: str) -> None:
    """Write the answer and hand it in, by keys."""
    write(officer, text)
    step(officer, "submit")
    press(officer, "Control+Enter")


def approved(approver: Page) -> None:
    opened(approver, "to_approve")
    step(approver, "approve")
    press(approver, "Control+Enter")


def test_a_letter_from_its_first_word_to_its_rating(
    live_server,
    open_page: Callable[..., Page],
    sign_in: Callable[..., Page],
    clock: Clock,
    world: Server,
    port: int,
) -> None:
    place = house()
    site = live_server.url
    page = open_page(f"{site}/zh/", language="zh-CN")
    clerk, officer, approver, other = (
        sign_in(who) for who in (place.clerk, place.officer, place.approver, place.stranger)
    )
    case = written(page, "letter", WORDS)
    assert case.reference in world.sent().message["Subject"]
    code = page.locator(".receipt .code").inner_text()

    worked_on(case, place, clerk, officer, other)
    answered_at_the_second_go(case, officer, approver, clock)
    back = mailed(case, world, port)
    goes_on(case, officer, approver, clerk, clock, world, port, back, site)
    published(case, place, officer, sign_in, site)
    rated(case, page, site, code)


def worked_on(case: Case, place: House, clerk: Page, officer: Page, other: Page) -> None:
    """Passed to the proposed unit by one key, taken on, another unit asked, which answers."""
    proposed(case, place)
    queue(clerk, "new")
    press(clerk, "a")
    case.refresh_from_db()
    assert (case.state, case.lead_id) == ("routed", place.water.pk)
    queue(officer, "new")
    press(officer, "a")
    opened(officer, "mine")
    at_ease(officer)
    step(officer, "consult")
    officer.locator("#id_department").fill("roads")
    officer.locator("#id_question").fill("?")
    press(officer, "Control+Enter")
    opened(other, "asked")
    with other.expect_navigation():
        other.locator("a[href*='/do/opinion/']").first.click()
    ready(other)
    other.locator("#id_text").fill(OPINION)
    press(other, "Control+Enter")


def answered_at_the_second_go(case: Case, officer: Page, approver: Page, clock: Clock) -> None:
    """Written, returned once, written again, approved with what changed in sight, held, and sent."""
    officer.reload()
    ready(officer)
    expect(officer.get_by_text(OPINION)).to_be_visible()
    step(officer, "draft")
    write(officer, FIRST)
    step(officer, "submit")
    at_ease(officer)
    press(officer, "Control+Enter")
    opened(approver, "to_approve")
    step(approver, "return_draft")
    approver.keyboard.type(BACK)
    press(approver, "Control+Enter")
    officer.reload()
    ready(officer)
    expect(officer.get_by_text(BACK).first).to_be_visible()
    handed_in(officer, BETTER)
    opened(approver, "to_approve")
    expect(approver.locator(".diff ins").first).to_be_visible()
    at_ease(approver)
    step(approver, "approve")
    press(approver, "Control+Enter")
    # The undo is a key as well; held, it goes out only when somebody says so.
    press(approver, "z")
    clock.go_to(timezone.now() + timedelta(seconds=40))
    assert actions.send_due_answers(now=timezone.now()) == 0
    with approver.expect_navigation():
        approver.locator(".toast button").click()
    clock.go_to(timezone.now() + timedelta(seconds=40))
    assert actions.send_due_answers(now=timezone.now()) == 1


def mailed(case: Case, world: Server, port: int) -> str:
    """The answer goes out; a report on another address and a machine's answer change nothing and get no answer.

    Returns the address to which the sender replies.
    """
    reply = world.sent()
    said = reply.message.get_content()
    assert BETTER in said and FIRST not in said and BACK not in said
    back = str(reply.message["Reply-To"])
    assert back == reply.sender
    assert reply.message["Auto-Submitted"] == "auto-generated"
    name = reply.message["Message-ID"]
    came_back = send(port, back, dsn(back, letter_id=name, recipient=ELSEWHERE), sender="")
    away = send(port, back, mail("I am away.", back, auto_submitted="auto-replied"))
    assert (came_back.state, away.state) == (InMail.State.BOUNCE, InMail.State.AUTOMATIC)
    assert not DeadAddress.objects.exists() and OutMail.objects.get(message_id=name).state != OutMail.State.STOPPED
    letters, messages = len(world.letters), case.messages.count()
    deliver_mail(now=timezone.now() + timedelta(minutes=30))
    assert (len(world.letters), case.messages.count()) == (letters, messages)
    return back


def goes_on(
    case: Case,
    officer: Page,
    approver: Page,
    clerk: Page,
    clock: Clock,
    world: Server,
    port: int,
    back: str,
    site: str,
) -> None:
    """The sender's reply opens the letter again; somebody else's words and a list wait for a person; answered again."""
    name = world.letters[-1].message["Message-ID"]
    again = send(port, back, mail(AGAIN, back, in_reply_to=name))
    case.refresh_from_db()
    assert (again.state, case.state) == (InMail.State.ADDED, "reopened")
    another = send(port, back, mail(NEIGHBOUR, back, sender=NEIGHBOUR_AT), NEIGHBOUR_AT)
    assert another.state == InMail.State.FROM_ANOTHER
    send(port, BASE, mail(WORDS, BASE, subject=f"Re: {case.reference}", list_id="<l.example.org>"))

    officer.goto(f"{site}/desk/cases/{case.pk}/")
    ready(officer)
    expect(officer.locator("#post-head")).to_be_visible()
    expect(officer.get_by_text(AGAIN).first).to_be_visible()
    expect(officer.get_by_text(NEIGHBOUR)).to_have_count(0)
    at_ease(officer)
    clerk.goto(f"{site}/desk/post/")
    expect(clerk.locator("table.q tbody tr")).to_have_count(2)
    at_ease(clerk)
    clerk.locator(f"a[href='/desk/post/{another.pk}/']").click()
    expect(clerk.get_by_text(NEIGHBOUR)).to_be_visible()
    at_ease(clerk)
    clerk.locator("button[value=accept]").click()
    expect(clerk.locator("table.q tbody tr")).to_have_count(1)
    clerk.locator("table.q tbody th a").click()
    at_ease(clerk)
    clerk.locator("#id_reference").fill("X")
    clerk.locator("button[value=attach]").click()
    expect(clerk.locator("[role=alert]").first).to_be_visible()
    clerk.locator("button[value=spam]").click()
    expect(clerk.locator("table.q")).to_have_count(0)

    officer.reload()
    ready(officer)
    expect(officer.get_by_text(NEIGHBOUR).first).to_be_visible()
    step(officer, "draft")
    handed_in(officer, LAST)
    approved(approver)
    clock.go_to(timezone.now() + timedelta(seconds=40))
    assert actions.send_due_answers(now=timezone.now()) == 1
    assert LAST in world.sent().message.get_content()


def published(case: Case, place: House, officer: Page, sign_in: Callable[..., Page], site: str) -> None:
    """Without the names, by three keys of the gate; no letter tells a name, either."""
    address = prepare(officer, site, case)
    for who in (place.approver, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY):
        reviewer = sign_in(who, width=360)
        reviewer.goto(address)
        expect(reviewer.locator("body")).not_to_contain_text(SECRET)
        walk.sign(reviewer, address)
        reviewer.close()


def rated(case: Case, page: Page, site: str, code: str) -> None:
    """The sender follows the letter with its code, finds the published answer, and rates."""
    page.goto(f"{site}/zh/track/")
    if page.locator("#id_reference").count():
        page.locator("#id_reference").fill(case.reference)
        page.locator("#id_code").fill(code)
        page.locator("main form button.btn-go").first.click()
    page.goto(f"{site}/zh/track/{case.reference}/")
    for said in (AGAIN, LAST):
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text(BACK)).to_have_count(0)
    at_ease(page)
    page.goto(f"{site}/zh/track/{case.reference}/rate/")
    page.locator("input[name=score][value='4']").check()
    page.locator("main button.btn-go").click()
    expect(page.locator("main a[href$='/rate/']")).to_have_count(0)
    page.goto(f"{site}/zh/write/")
    found(page, "zh", True)
    helped(page, True)
