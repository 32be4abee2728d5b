"""J5: a letter is routed, taken on, answered, sent back once, approved and sent, by keys alone; its sender reads it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.participation.rules import tracking_code
from mailbox import actions
from mailbox.actions import DraftWords
from mailbox.models import Case
from tests.browser.looking import foreign_words, look
from tests.mailbox import factories
from tests.mailbox.factories import House, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST, SECOND = "已经派人修好。", "已于周二派人修好，三年内漏水可以直接找我们。"


@pytest.fixture
def place() -> House:
    return house()


def ready(page: Page) -> None:
    """Wait until the page listens to keys."""
    expect(page.locator("html[data-bound]")).to_have_count(1)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for its script."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def step(page: Page, code: str) -> None:
    """Press the number of a step."""
    button = page.locator(f"#steps [formaction$='/steps/{code}/'], #steps [href$='/steps/{code}/']")
    press(page, button.get_attribute("data-page-key"))


def write(page: Page, text: str) -> None:
    """Write the answer from the key to the last word, and keep it."""
    page.keyboard.press("e")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    press(page, "Control+Enter")


def queue(page: Page, view: str) -> None:
    """Open a view of the queue and the first case in it."""
    page.goto(page.url.partition("/desk/")[0] + f"/desk/queues/cases/?view={view}")
    ready(page)
    page.keyboard.press("j")


# In Chinese, on a wide screen: test_journey_whole_letter.py.
@pytest.mark.parametrize(("language", "width"), [("en-GB", 360)])
def test_a_letter_is_answered_by_keys_alone(live_server, sign_in, open_page, clock, place, language, width):
    token, now = uuid4(), timezone.now()
    case = factories.case(token=token, now=now)
    clerk, officer, approver = (
        sign_in(one, language=language, width=width) for one in (place.clerk, place.officer, place.approver)
    )
    queue(clerk, "new")
    press(clerk, "r")
    clerk.locator("#id_department").focus()
    clerk.keyboard.type("水务处" if language == "zh-CN" else "Water Unit")
    press(clerk, "Enter")
    queue(officer, "new")
    press(officer, "a")
    queue(officer, "mine")
    press(officer, "Enter")
    assert look(officer) == []
    assert foreign_words(officer) == []
    step(officer, "draft")
    write(officer, FIRST)
    step(officer, "submit")
    assert look(officer) == []
    press(officer, "Control+Enter")

    queue(approver, "to_approve")
    press(approver, "Enter")
    step(approver, "return_draft")
    approver.keyboard.type("写上日期。")
    press(approver, "Control+Enter")

    officer.reload()
    ready(officer)
    expect(officer.get_by_text("写上日期。").first).to_be_visible()
    write(officer, SECOND)
    step(officer, "submit")
    press(officer, "Control+Enter")

    queue(approver, "to_approve")
    press(approver, "Enter")
    expect(approver.locator(".diff ins").first).to_be_visible()
    assert look(approver) == []
    assert foreign_words(approver) == []
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

    citizen = open_page(f"{live_server.url}/{'zh' if language == 'zh-CN' else 'en'}/track/", language=language)
    citizen.locator("#id_reference").fill(case.reference)
    citizen.locator("#id_code").fill(tracking_code(token.bytes, settings.TRACKING_KEY))
    with citizen.expect_navigation():
        citizen.keyboard.press("Enter")
    expect(citizen.get_by_text(SECOND).first).to_be_visible()
    expect(citizen.get_by_text("写上日期。").first).to_have_count(0)


def test_a_draft_keeps_itself_and_says_when_somebody_else_wrote(sign_in, place):
    case = factories.taken_on(place, now=timezone.now())
    page = sign_in(place.officer, language="en-GB")
    page.goto(page.url.partition("/desk/")[0] + f"/desk/cases/{case.pk}/")
    ready(page)
    page.locator("#id_text").fill("正在修。")
    expect(page.locator("[data-saved]")).to_contain_text("Kept at", timeout=15_000)
    assert case.drafts.get().text == "正在修。"
    other = factories.member(place.water, Role.OFFICER)
    actions.save_draft(case.pk, DraftWords(text="别人写的。"), actor=other, now=timezone.now())
    page.locator("#id_text").fill("正在修，请等候。")
    expect(page.locator("[data-failure]")).to_contain_text("Somebody wrote", timeout=15_000)
    with page.expect_navigation():
        page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("heading", name="Two people wrote. Put the texts together")).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("正在修，请等候。")
    assert look(page) == []


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_queue_case_and_its_pages_pass_axe_in_both_languages(sign_in, place, language, width):
    case = factories.taken_on(place, "grievance", now=timezone.now(), people=3)
    actions.set_questions(case.pk, ["什么时候修？"], actor=place.officer)
    actions.consult(case.pk, department_id=place.roads.pk, question="路面？", actor=place.officer, now=timezone.now())
    actions.link_cases(case.pk, factories.taken_on(place).pk, actor=place.officer, now=timezone.now())
    actions.tag_cases([case.pk], "水管", actor=place.officer, now=timezone.now())
    page = sign_in(place.officer, language=language, width=width)
    home = page.url.partition("/desk/")[0]
    clock = Case.objects.get(pk=case.pk).clocks.first()
    for path in (
        "queues/cases/?view=open",
        f"cases/{case.pk}/",
        f"cases/{case.pk}/steps/consult/",
        f"cases/{case.pk}/do/split/",
        f"cases/{case.pk}/clocks/{clock.pk}/",
        f"cases/{case.pk}/as-sender/en/",
        f"cases/{case.pk}/as-sender/zh-hans/",
    ):
        page.goto(f"{home}/desk/{path}")
        assert look(page) == [], path
        assert foreign_words(page) == [], path


def test_without_scripts_a_case_is_worked_by_its_buttons(sign_in, place):
    case = factories.case(now=timezone.now())
    page = sign_in(place.clerk, language="en-GB", javascript=False)
    page.goto(page.url.partition("/desk/")[0] + f"/desk/cases/{case.pk}/")
    page.get_by_role("link", name="Pass to a unit").click()
    page.get_by_label("Unit").fill("Water Unit")
    page.get_by_role("button", name="Pass to a unit").click()
    case.refresh_from_db()
    assert case.lead == place.water
