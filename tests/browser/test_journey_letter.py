"""Journey J4 as a citizen walks it: which one, write, check, send, follow, answer what was asked, read, rate.

Both languages, with and without script, on a phone; the office's steps go through its actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.pages.structure import ensure_structure
from mailbox import actions
from mailbox.models import Case
from tests.browser.looking import foreign_words, look
from tests.consultations.factories import call
from tests.mailbox.factories import House, answered, house, later

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
WORDS = {
    "zh": "请问社区图书馆每周开放几天？门口没有写，老人白跑了两趟。",
    "en": "On how many days does the community library open? Nothing is written at the door.",
}
MORE = {"zh": "是河东路的那一家。", "en": "It is the one in Hedong Road."}
ASKED = {"zh": "请写明是哪一家图书馆。", "en": "Tell us which library it is."}
ANSWER = {"zh": "每周开放六天，周一休息。", "en": "It opens six days a week and is closed on Mondays."}


@pytest.fixture
def _world(settings):
    settings.FASTEST_PERSON_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    ensure_structure()
    call()


def at_ease(page: Page, javascript: bool = True) -> None:
    """Nothing is wrong with the page for axe, at its sides, or in its words; axe itself is a script."""
    if javascript:
        assert not look(page)
        assert not foreign_words(page)


def chosen_and_written(page: Page, language: str, javascript: bool) -> None:
    """From the home page over the four questions to the form, written and sent on."""
    page.locator("nav.doors a[href$='/write/']").click()
    at_ease(page, javascript)
    page.locator("main a.btn-go").click()
    for _question in range(2):
        at_ease(page, javascript)
        page.locator("main .row a.btn:not(.btn-go)").click()
    page.locator("main .row a.btn-go").click()
    page.wait_for_url("**/write/enquiry/")
    page.locator("#id_text").fill(WORDS[language])
    page.locator("#id_signature").fill("小河" if language == "zh" else "River")
    page.locator("input[name=publish][value=yes]").check()


def sent(page: Page) -> tuple[str, str]:
    """From the check page to the receipt; returns reference and code."""
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    return page.locator(".receipt .ref").first.inner_text(), page.locator(".receipt .code").inner_text()


def asked_for_detail(place: House, case: Case, language: str) -> None:
    actions.ask_detail(case.pk, words=ASKED[language], actor=place.clerk, now=timezone.now())


def answered_by_the_unit(place: House, case: Case, language: str) -> None:
    now = timezone.now()
    given = actions.Given(department=place.water.pk)
    actions.take_step(case.pk, "route", given, actor=place.clerk, now=now)
    actions.accept_case(case.pk, actor=place.officer, now=now)
    case.refresh_from_db()
    answered(place, case, now=now, text=ANSWER[language])


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_question_is_asked_followed_answered_and_rated(
    live_server, open_page: Callable[..., Page], language, javascript
):
    place = house()
    site = f"{live_server.url}/{language}"
    page = open_page(f"{site}/", language=LOCALES[language], javascript=javascript, width=360)
    chosen_and_written(page, language, javascript)
    if javascript:
        expect(page.locator("[data-answers-place] a").first).to_be_visible()
    at_ease(page, javascript)
    page.locator("#letter .row button.btn-go").click()
    page.wait_for_url("**/write/mine/check/")
    expect(page.locator("dl.check")).to_contain_text(WORDS[language])
    expect(page.locator("button", has_text="不寄" if language == "zh" else "do not send").first).to_be_visible()
    at_ease(page, javascript)
    reference, code = sent(page)
    assert re.fullmatch(r"E-\d{4}-\d{6}-[A-Z]", reference)
    case = Case.objects.get()

    asked_for_detail(place, case, language)
    elsewhere = open_page(f"{site}/track/", language=LOCALES[language], javascript=javascript, width=360)
    elsewhere.locator("#id_reference").fill(reference)
    elsewhere.locator("#id_code").fill(code)
    elsewhere.locator("main form button.btn-go").first.click()
    expect(elsewhere.locator("ol.steps li")).to_have_count(9)
    expect(elsewhere.locator(".clock")).to_have_count(1)
    at_ease(elsewhere, javascript)
    elsewhere.locator(f"main a[href$='/{reference}/add/']").click()
    expect(elsewhere.locator("main")).to_contain_text(ASKED[language])
    elsewhere.locator("#id_text").fill(MORE[language])
    at_ease(elsewhere, javascript)
    elsewhere.locator("main button.btn-go").click()
    expect(elsewhere.locator("main")).to_contain_text(MORE[language])

    elsewhere.locator(".clock a").click()
    expect(elsewhere.locator("table.data tbody tr").first).to_be_visible()
    at_ease(elsewhere, javascript)

    answered_by_the_unit(place, case, language)
    elsewhere.goto(f"{site}/track/{reference}/")
    expect(elsewhere.locator("main")).to_contain_text(ANSWER[language])
    at_ease(elsewhere, javascript)
    elsewhere.locator("main a[href*='/notices/']:not([href$='.pdf'])").last.click()
    at_ease(elsewhere, javascript)
    elsewhere.goto(f"{site}/track/{reference}/rate/")
    at_ease(elsewhere, javascript)
    elsewhere.locator("input[name=score][value='2']").check()
    elsewhere.locator("input[name=reasons][value=not_answered]").check()
    elsewhere.locator("main button.btn-go").click()
    expect(elsewhere.locator(".clock")).to_have_count(2)
    case.refresh_from_db()
    assert case.state == "reopened"
    answered(place, case, now=later(timezone.now(), 60), text=ANSWER[language])
    elsewhere.goto(f"{site}/track/{reference}/rate/")
    elsewhere.locator("input[name=score][value='5']").check()
    elsewhere.locator("main button.btn-go").click()
    expect(elsewhere.locator("main a[href$='/rate/']")).to_have_count(0)


@pytest.mark.usefixtures("_world")
def test_an_error_takes_the_focus_and_keeps_the_text(live_server, open_page: Callable[..., Page]):
    house()
    page = open_page(f"{live_server.url}/en/write/grievance/", language="en-GB", width=360)
    page.locator("#id_text").fill(WORDS["en"])
    page.locator("#id_title").press("Enter")
    expect(page.locator(".errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.locator("#id_text")).to_have_value(WORDS["en"])
    at_ease(page)


@pytest.mark.usefixtures("_world")
def test_typed_text_survives_a_closed_tab(live_server, open_page: Callable[..., Page]):
    house()
    url = f"{live_server.url}/en/write/letter/"
    page = open_page(url, language="en-GB")
    page.locator("#id_text").fill("This text must not get lost when the tab is closed.")
    page.locator("[data-saved]:not([hidden])").wait_for(timeout=8_000)
    again = page.context.new_page()
    page.close()
    again.goto(url)
    expect(again.locator("#id_text")).to_have_value("This text must not get lost when the tab is closed.")
