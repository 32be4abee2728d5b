"""An interview that goes on while the line is down: what was answered is sent in its order, and what is refused is
mended before the rest."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from engage.accounts.actors import SYSTEM, Role
from surveys.answering import codes
from surveys.models import Response, SavedResponse
from surveys.telephone import actions
from surveys.telephone.models import SampleNumber
from tests.accounts.people import person
from tests.browser.looking import foreign_words, look
from tests.browser.outcome_walk import ready
from tests.surveys.answering.builders import published
from tests.surveys.telephone.fields import NOW, add, numbers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def one(name: str, zh: str, en: str, kind: str = "text", **more):
    return {"name": name, "type": kind, "label": {"zh-hans": zh, "en": en}, **more}


YES_NO = [
    {"value": "yes", "label": {"zh-hans": "是", "en": "Yes"}},
    {"value": "no", "label": {"zh-hans": "否", "en": "No"}},
]
ASKED = {
    "format": "engage-questionnaire/1",
    "languages": ["zh-hans", "en"],
    "title": {"zh-hans": "公园", "en": "Parks"},
    "settings": {"anonymous": False},
    "pages": [
        {
            "name": "first",
            "items": [
                one("comes", "您去公园吗？", "Do you go to parks?", "single", options=YES_NO),
                one("times", "一个月去几次？", "How often a month?", "number", integer=True, maximum=31),
                one("lit", "晚上亮不亮？", "Is it lit at night?", "single", options=YES_NO),
                one("wish", "还缺什么？", "What is missing?"),
                one("why", "为什么不亮？", "Why is it not?", relevant="${lit} = 'no'"),
            ],
        }
    ],
}


@pytest.fixture
def begin(live_server, sign_in, clock):
    """Return begin(language, width) -> Page at the first question of an interview."""

    def begin(language: str = "zh-CN", width: int = 360) -> Page:
        clock.go_to(NOW)
        code = {"zh": "zh-hans", "en": "en"}[language[:2]]
        study = actions.open_study(
            published(ASKED, anonymous=False).questionnaire, name="Parks", opens_at=NOW, actor=SYSTEM
        )
        add(study, numbers(1), language=code)
        page = sign_in(person(Role.INTERVIEWER), language, width=width)
        page.goto(f"{live_server.url}/desk/telephone/{study.pk}/")
        ready(page)
        page.keyboard.press("g")
        page.locator("#result").wait_for()
        ready(page)
        page.keyboard.press("s")
        page.wait_for_url("**/interview/")
        ready(page)
        return page

    return begin


def go_on(page: Page) -> None:
    page.locator("#question .row [value=next]").click()


def waiting(page: Page) -> list[str]:
    """Return the questions whose answers wait in the tab."""
    return page.evaluate(
        "Object.entries(sessionStorage).filter(([name]) => name.startsWith('engage-unsent-'))"
        ".flatMap(([, kept]) => JSON.parse(kept)).map((one) => one.at)"
    )


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_questions_that_come_in_any_case_are_asked_without_a_line(begin, language, width):
    page, prefix = begin(language, width), language[:2]
    page.context.set_offline(True)
    page.keyboard.press("1")
    note, times, wish = page.locator("[data-unsent]"), page.locator("[name='q:times']"), page.locator("[name='q:wish']")
    expect(times).to_be_visible()
    expect(note.locator("[data-going]")).to_be_visible()
    times.fill("99")
    go_on(page)
    expect(page.locator("h1.say")).to_have_text({"zh": "晚上亮不亮？", "en": "Is it lit at night?"}[prefix])
    assert page.title().startswith({"zh": "第3", "en": "Question 3"}[prefix])
    wrong = look(page) + foreign_words(page)
    page.keyboard.press("1")
    # Whether somebody is asked why hangs on what waits: the next question is the last that is certain.
    wish.fill("=1+1 灯")
    go_on(page)
    expect(note.locator("button")).to_be_focused()
    expect(wish).to_have_value("=1+1 灯")
    wrong += look(page) + foreign_words(page)
    assert answers(page) == {} and waiting(page) == ["comes", "times", "lit"]

    page.context.set_offline(False)
    note.locator("button").click()
    # The number of times is refused: it is asked once more, and what was said after it is not lost.
    expect(page.locator(".errors")).to_be_visible()
    expect(times).to_have_value("99")
    times.fill("9")
    go_on(page)
    page.locator("form[action$='/complete/']").wait_for()
    assert answers(page) == {"comes": "yes", "times": "9", "lit": "yes", "wish": "=1+1 灯"}
    page.locator("h1").click()
    page.keyboard.press("g")
    page.locator("button[value=pause]").wait_for()
    assert Response.objects.get().answers == {"comes": "yes", "times": 9, "lit": "yes", "wish": "=1+1 灯"}
    assert waiting(page) == [] and wrong == []


def test_going_back_to_what_is_refused_leads_there_and_from_there_on(begin):
    page = begin("en-GB", 1280)
    page.context.route("**/interview/", lambda route: route.abort())
    page.keyboard.press("1")
    times = page.locator("[name='q:times']")
    times.fill("99")
    go_on(page)
    said = page.locator("h1.say")
    expect(said).to_have_text("Is it lit at night?")
    page.context.unroute("**/interview/")
    page.locator("#question [value=back]").click()
    # The answer is refused and stands there again: where going back leads, so that it does not lead there once more.
    expect(page.locator(".errors")).to_be_visible()
    expect(times).to_have_value("99")
    times.fill("9")
    go_on(page)
    expect(said).to_have_text("Is it lit at night?")
    assert answers(page) == {"comes": "yes", "times": "9"} and waiting(page) == []


def test_what_waits_outlives_signing_in_again_and_a_second_cut_takes_nothing_of_what_is_typed(begin, live_server):
    page = begin()
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.locator("[name='q:times']").wait_for()
    session = [one for one in page.context.cookies() if one["name"] == "sessionid"]
    page.context.clear_cookies(name="sessionid")
    page.locator("[name='q:times']").fill("2")
    go_on(page)
    page.locator("h1.say").wait_for()
    page.keyboard.press("2")
    page.locator("[name='q:wish']").fill("far")
    page.context.set_offline(False)
    # Nobody is signed in: nothing is taken, and nothing is lost.
    go_on(page)
    page.wait_for_url("**/accounts/login/?next=**")
    assert answers(page) == {} and waiting(page) == ["comes", "times", "lit", "wish"]
    page.context.add_cookies(session)
    page.goto(f"{live_server.url}/desk/telephone/{SampleNumber.objects.get().study_id}/interview/")
    why, wish = page.locator("[name='q:why']"), page.locator("[name='q:wish']")
    why.wait_for()
    assert answers(page) == {"comes": "yes", "times": "2", "lit": "no", "wish": "far"}

    ready(page)
    page.locator("#question [value=back]").click()
    expect(wish).to_have_value("far")
    page.context.set_offline(True)
    wish.fill("near")
    go_on(page)
    expect(why).to_be_visible()
    why.fill("half a sen")
    page.context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    expect(why).to_have_value("half a sen")
    assert answers(page)["wish"] == "near" and waiting(page) == []


def answers(page) -> dict[str, str]:
    """Return what the site keeps of the interview that is going on."""
    sealed = SavedResponse.objects.get().sealed
    return codes.unseal(sealed, SampleNumber.objects.get().sheet)["answers"] if sealed else {}
