"""J4 and J5 as walks through the pages, in both languages, with mail out and in over SMTP that aiosmtpd speaks.

A letter, from its first word to its rating: the sender writes on the site and by mail; an officer passes it on, takes
that back, and accepts the proposed unit by a key; another unit is asked; the answer is returned once, its sending
undone once. Mails come in: reports that an answer came back, a machine's answer, the sender's reply, which opens the
letter again, a neighbour's words and a mailing list, which wait for a person. Then it is published without a name,
and rated.

A grievance, whose answer alone can be reviewed, from its first word to the decision of the review: asked for by the
sender on the page where it is followed, decided at the desk of the next higher unit.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.pages.models import Topic
from engage.pages.structure import ensure_structure
from engage.participation.actions import deliver_mail
from mailbox import actions
from mailbox.models import Case
from mailbox.post import actions as post
from mailbox.post import ways
from mailbox.post.models import DeadAddress, InMail, OutMail
from tests.browser import outcome_walk as walk
from tests.browser.by_keys import press, queue, ready, step, write
from tests.browser.conftest import Clock
from tests.browser.looking import foreign_words, look
from tests.browser.test_journey_publication import LOCALES, found, helped, prepare
from tests.browser.test_routing import proposed
from tests.mailbox.factories import House, house
from tests.mailbox.publications import SECRET
from tests.mailbox.test_post_intake import BASE, dsn, free_port
from tests.smtp_sink import Letter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINE, NEIGHBOUR_AT, ELSEWHERE = "mei@example.org", "neighbour@example.org", "nobody@example.net"
FULL = "552 mailbox full"
WIDTHS = {"zh": 1280, "en": 360}


@dataclass(frozen=True)
class Words:
    """What people write in one language. `secret`: the name of somebody else in the letter."""

    secret: str
    letter: str
    unit: str
    opinion: str
    first: str
    basis: str
    back: str
    better: str
    again: str
    neighbour: str
    last: str
    translation: dict[str, str]
    name: str
    address: str
    wrong: str
    why: str
    decision: str


SAID = {
    "zh": Words(
        secret=SECRET,
        letter=f"我叫李梅，电话13800138000。邻居{SECRET}家的水管坏了两天，什么时候修？",
        unit="水务处",
        opinion="路面不用再挖。",
        first="已经派人修好。",
        basis="《社会救助暂行办法》第十三条",
        back="写上日期。",
        better="已于周五派人修好，三年内漏水可以直接找我们。",
        again="还是漏水，请再来看看。",
        neighbour="我家也是。",
        last="已换新水管。",
        translation={
            "question_en": f"The pipe of {SECRET} leaks. When is it repaired?",
            "answer_en": "It was on Friday.",
        },
        name="李梅",
        address="锦绣路18弄3号",
        wrong="停水三天，没有人送水，要求退水费。",
        why="少算了一天，请重新算一遍。",
        decision="停水确为三天，退三天水费。",
    ),
    "en": Words(
        secret="Liu Qingqing",
        letter="I am Mei Li, telephone 13800138000. The pipe of my neighbour Liu Qingqing leaks. When is it repaired?",
        unit="Water Unit",
        opinion="The road need not be opened.",
        first="It has been mended.",
        basis="Interim Measures for Social Assistance, article 13",
        back="Give the day.",
        better="It was mended on Friday; should it leak within three years, write to us directly.",
        again="It still leaks. Please come again.",
        neighbour="Ours, too.",
        last="The pipe is a new one now.",
        translation={
            "question_zh": "Liu Qingqing家的水管坏了两天，什么时候修？",
            "answer_zh": "已于周五派人修好。",
        },
        name="Mei Li",
        address="3 Silk Road",
        wrong="No water for three days, and nobody brought any. I ask for the fee of these days.",
        why="One day was not counted. Please count again.",
        decision="It was three days. The fee of three days is paid back.",
    ),
}


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


@dataclass(frozen=True)
class Office:
    """Where a walk goes: the site in one language, its people, its clock, and the mail of the world around it."""

    language: str
    site: str
    place: House
    world: Server
    port: int
    clock: Clock
    open_page: Callable[..., Page]
    sign_in: Callable[..., Page]

    @property
    def said(self) -> Words:
        return SAID[self.language]

    def public(self, path: str = "") -> Page:
        """A browser of its own on a public page."""
        address = f"{self.site}/{self.language}/{path}"
        return self.open_page(address, language=LOCALES[self.language], width=WIDTHS[self.language])

    def desk(self, who: User | Role, width: int = 0) -> Page:
        """Somebody's desk."""
        return self.sign_in(who, language=LOCALES[self.language], width=width or WIDTHS[self.language])

    def wait(self) -> None:
        """Let so much time go by that nothing can be taken back any more."""
        self.clock.go_to(timezone.now() + timedelta(seconds=40))


@pytest.fixture(params=["zh", "en"])
def office(request, live_server, open_page, sign_in, clock: Clock, world: Server, port: int) -> Office:
    return Office(request.param, live_server.url, house(), world, port, clock, open_page, sign_in)


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


def approved(office: Office, approver: Page) -> str:
    """Approve the answer and let it go out; returns what the sender gets by mail."""
    opened(approver, "to_approve")
    step(approver, "approve")
    press(approver, "Control+Enter")
    office.wait()
    assert actions.send_due_answers(now=timezone.now()) == 1
    return office.world.sent().message.get_content()


def followed(office: Office, case: Case, code: str) -> Page:
    """From another device, with the code of the receipt, to the page of the case."""
    page = office.public("track/")
    page.locator("#id_reference").fill(case.reference)
    page.locator("#id_code").fill(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


# --- a letter -------------------------------------------------------------------------------------------------------


def test_a_letter_from_its_first_word_to_its_rating(office: Office) -> None:
    place = office.place
    page = office.public()
    clerk, officer, approver, other = map(office.desk, (place.clerk, place.officer, place.approver, place.stranger))
    case = written(page, "letter", office.said.letter)
    assert case.reference in office.world.sent().message["Subject"]
    code = page.locator(".receipt .code").inner_text()

    passed_on(office, case, clerk)
    worked_on(office, officer, other)
    answered_at_the_second_go(office, officer, approver)
    back = mailed(office, case)
    opened_again(office, case, officer, clerk, back)
    assert office.said.last in approved(office, approver)
    published(office, case, officer)
    rated(office, case, code)


def passed_on(office: Office, case: Case, clerk: Page) -> None:
    """To a unit that the clerk names, back by a key, and to the proposed one by a key: the same."""
    proposed(case, office.place)
    queue(clerk, "new")
    press(clerk, "r")
    clerk.locator("#id_department").focus()
    clerk.keyboard.type(office.said.unit)
    press(clerk, "Enter")
    case.refresh_from_db()
    assert (case.state, case.lead_id) == ("routed", office.place.water.pk)
    press(clerk, "z")
    case.refresh_from_db()
    assert (case.state, case.lead_id) == ("registered", None)
    queue(clerk, "new")
    press(clerk, "a")
    case.refresh_from_db()
    assert (case.state, case.lead_id) == ("routed", office.place.water.pk)


def worked_on(office: Office, officer: Page, other: Page) -> None:
    """Taken on, and another unit asked, which answers."""
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
    other.locator("#id_text").fill(office.said.opinion)
    press(other, "Control+Enter")


def answered_at_the_second_go(office: Office, officer: Page, approver: Page) -> None:
    """Written, returned once, written again, approved with what changed in sight, held, and sent."""
    said = office.said
    officer.reload()
    ready(officer)
    expect(officer.get_by_text(said.opinion)).to_be_visible()
    step(officer, "draft")
    write(officer, said.first)
    step(officer, "submit")
    at_ease(officer)
    press(officer, "Control+Enter")
    opened(approver, "to_approve")
    step(approver, "return_draft")
    approver.keyboard.type(said.back)
    press(approver, "Control+Enter")
    officer.reload()
    ready(officer)
    expect(officer.get_by_text(said.back).first).to_be_visible()
    handed_in(officer, said.better)
    opened(approver, "to_approve")
    expect(approver.locator(".diff ins").first).to_be_visible()
    at_ease(approver)
    step(approver, "approve")
    press(approver, "Control+Enter")
    # The undo is a key as well; held, it goes out only when somebody says so.
    press(approver, "z")
    office.wait()
    assert actions.send_due_answers(now=timezone.now()) == 0
    with approver.expect_navigation():
        approver.locator(".toast button").click()
    office.wait()
    assert actions.send_due_answers(now=timezone.now()) == 1


def mailed(office: Office, case: Case) -> str:
    """The answer goes out; reports that it came back and a machine's answer change nothing and get no answer.

    Returns the address to which the sender replies.
    """
    said, port = office.said, office.port
    reply = office.world.sent()
    words = reply.message.get_content()
    assert said.better in words and said.first not in words and said.back not in words
    back = str(reply.message["Reply-To"])
    assert back == reply.sender
    assert reply.message["Auto-Submitted"] == "auto-generated"
    name = reply.message["Message-ID"]
    elsewhere = send(port, back, dsn(back, letter_id=name, recipient=ELSEWHERE), sender="")
    full = send(port, back, dsn(back, letter_id=name, status="5.2.2", said=FULL), sender="")
    away = send(port, back, mail("I am away.", back, auto_submitted="auto-replied"))
    bounce = InMail.State.BOUNCE
    assert (elsewhere.state, full.state, away.state) == (bounce, bounce, InMail.State.AUTOMATIC)
    assert not DeadAddress.objects.exists() and OutMail.objects.get(message_id=name).state != OutMail.State.STOPPED
    letters, messages = len(office.world.letters), case.messages.count()
    deliver_mail(now=timezone.now() + timedelta(minutes=30))
    assert (len(office.world.letters), case.messages.count()) == (letters, messages)
    return back


def opened_again(office: Office, case: Case, officer: Page, clerk: Page, back: str) -> None:
    """The sender's reply opens the letter again; somebody else's words and a list wait for a person; handed in anew."""
    said, port = office.said, office.port
    name = office.world.letters[-1].message["Message-ID"]
    again = send(port, back, mail(said.again, back, in_reply_to=name))
    case.refresh_from_db()
    assert (again.state, case.state) == (InMail.State.ADDED, "reopened")
    another = send(port, back, mail(said.neighbour, back, sender=NEIGHBOUR_AT), NEIGHBOUR_AT)
    assert another.state == InMail.State.FROM_ANOTHER
    send(port, BASE, mail(said.letter, BASE, subject=f"Re: {case.reference}", list_id="<l.example.org>"))

    officer.goto(f"{office.site}/desk/cases/{case.pk}/")
    ready(officer)
    expect(officer.locator("#post-head")).to_be_visible()
    expect(officer.get_by_text(FULL)).to_be_visible()
    expect(officer.get_by_text(said.again).first).to_be_visible()
    expect(officer.get_by_text(said.neighbour)).to_have_count(0)
    at_ease(officer)
    clerk.goto(f"{office.site}/desk/post/")
    expect(clerk.locator("table.q tbody tr")).to_have_count(2)
    at_ease(clerk)
    clerk.locator(f"a[href='/desk/post/{another.pk}/']").click()
    expect(clerk.get_by_text(said.neighbour)).to_be_visible()
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
    expect(officer.get_by_text(said.neighbour).first).to_be_visible()
    step(officer, "draft")
    handed_in(officer, said.last)


def published(office: Office, case: Case, officer: Page) -> None:
    """Without the names, by three keys of the gate; no letter tells a name, either."""
    secret = office.said.secret
    address = prepare(officer, office.site, case, secret=secret, translation=office.said.translation)
    for who in (office.place.approver, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY):
        reviewer = office.desk(who, width=360)
        reviewer.goto(address)
        for hidden in (secret, office.said.name, "13800138000"):
            expect(reviewer.locator("body")).not_to_contain_text(hidden)
        walk.sign(reviewer, address)
        reviewer.close()


def rated(office: Office, case: Case, code: str) -> None:
    """The sender follows the letter, rates its answer, and finds it published."""
    said = office.said
    page = followed(office, case, code)
    for words in (said.better, said.again, said.last):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text(said.back)).to_have_count(0)
    at_ease(page)
    page.locator("main a[href$='/rate/']").first.click()
    page.locator("input[name=score][value='4']").check()
    page.locator("main button.btn-go").click()
    expect(page.locator("main a[href$='/rate/']")).to_have_count(0)
    page.goto(f"{office.site}/{office.language}/write/")
    found(page, office.language, True, secret=said.secret)
    helped(page, True)


# --- a grievance ----------------------------------------------------------------------------------------------------


def test_a_grievance_from_its_first_word_to_the_decision_of_its_review(office: Office) -> None:
    place, said = office.place, office.said
    page = office.public()
    clerk, officer, approver, head = map(office.desk, (place.clerk, place.officer, place.approver, place.head))
    case = written(page, "grievance", said.wrong, name=said.name, address=said.address)
    assert case.reference in office.world.sent().message["Subject"]
    code = page.locator(".receipt .code").inner_text()

    decided(office, clerk, officer)
    assert said.first in approved(office, approver)
    page = followed(office, case, code)
    expect(page.get_by_text(said.first).first).to_be_visible()
    asked_for_a_review(office, case, page)
    case.refresh_from_db()
    assert (case.state, case.desk) == ("review", place.root)

    # Whoever decided the matter does not decide its review; the head of the house does.
    approver.goto(f"{office.site}/desk/cases/{case.pk}/")
    ready(approver)
    expect(approver.get_by_text(said.why).first).to_be_visible()
    expect(approver.locator("[href$='/steps/decide_review/']")).to_have_count(0)
    reviewed(office, head)
    case.refresh_from_db()
    assert case.state == "reviewed"
    told(office, page)


def decided(office: Office, clerk: Page, officer: Page) -> None:
    """Passed to the unit in charge, accepted, and decided as far as that unit is concerned."""
    opened(clerk, "new")
    step(clerk, "transfer")
    clerk.locator("#id_department").fill(office.said.unit)
    press(clerk, "Control+Enter")
    opened(officer, "new")
    step(officer, "accept")
    step(officer, "draft")
    officer.locator("#id_result").select_option("PART")
    officer.locator("#id_basis").fill(office.said.basis)
    officer.locator("#id_basis").blur()  # where one types, keys write
    handed_in(officer, office.said.first)


def asked_for_a_review(office: Office, case: Case, page: Page) -> None:
    """Asked for by the sender, not without a reason."""
    page.locator("main a[href$='/review/']").click()
    at_ease(page)
    page.locator("main button.btn-go").click()
    expect(page.locator("#id_text_error")).to_be_visible()
    at_ease(page)
    page.locator("#id_text").fill(office.said.why)
    page.locator("main button.btn-go").click()
    page.wait_for_url(f"**/track/{case.reference}/")
    expect(page.get_by_text(office.said.why).first).to_be_visible()
    expect(page.locator("main a[href$='/review/']")).to_have_count(0)
    at_ease(page)


def reviewed(office: Office, head: Page) -> None:
    """Found in the queue of the next higher unit, read with the reason why it was asked for, and decided by keys."""
    opened(head, "open")
    at_ease(head)
    step(head, "decide_review")
    expect(head.get_by_text(office.said.why).first).to_be_visible()
    expect(head.get_by_text(office.said.first).first).to_be_visible()
    at_ease(head)
    head.locator("#id_reason").select_option("CHANGED")
    head.locator("#id_words").fill(office.said.decision)
    press(head, "Control+Enter")


def told(office: Office, page: Page) -> None:
    """The sender gets the decision by mail and on the page, with the way to a second review, once it stands."""
    page.reload()
    expect(page.get_by_text(office.said.decision)).to_have_count(0)
    office.wait()
    assert actions.tell_held(now=timezone.now()) == 1
    assert office.said.decision in office.world.sent().message.get_content()
    page.reload()
    expect(page.get_by_text(office.said.decision).first).to_be_visible()
    expect(page.locator("main a[href$='/review/']")).to_have_count(1)
    at_ease(page)
