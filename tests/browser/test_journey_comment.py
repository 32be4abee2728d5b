"""Journey J1 as a citizen walks it: a comment without account, in both languages, with and without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
CALL = "elderly-care"
ANSWERED = "charity-fundraising"
WORDS = {
    "zh": "每周一次太少，独居老人应当两三天有人上门。",
    "en": "Weekly is too little for people living alone; every two days is right.",
}
BEFORE = {"zh": "每周不少于一次", "en": "at least once a week"}
AFTER = {"zh": "每周不少于两次", "en": "at least twice a week"}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def write_comment(page: Page, language: str) -> None:
    """Fill the comment form that is open, suggested wording included."""
    form = page.locator("form#comment")
    form.locator("input[value=change]").check()
    form.locator("[name=text]").fill(WORDS[language])
    if not form.locator("[name=suggested]").is_visible():
        form.locator("summary").click()
    suggested = form.locator("[name=suggested]")
    suggested.fill(suggested.input_value().replace(BEFORE[language], AFTER[language]))


def continue_to_receipt(page: Page) -> str:
    """Go from the basket to the receipt; returns the reference."""
    page.locator("main a.btn-go").click()
    page.locator("select#id_region").select_option(index=1)
    page.locator("main button.btn-go").click()
    page.wait_for_timeout(2_100)  # a person reads what is checked; faster is taken for a program
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    return page.locator(".receipt .ref").first.inner_text()


# Every two of the three together at least once.
@pytest.mark.parametrize(
    ("language", "javascript", "width"),
    [("zh", True, 360), ("zh", False, 1280), ("en", False, 360), ("en", True, 1280)],
)
def test_a_comment_is_written_sent_and_followed(demo_site, open_page: Callable[..., Page], language, javascript, width):
    start = f"{demo_site.url}/{language}/c/{CALL}/draft/"
    page = open_page(start, language=LOCALES[language], javascript=javascript, width=width)
    page.locator("#art-12 a.btn").click()
    page.locator("form#comment").wait_for()
    write_comment(page, language)
    page.locator("form#comment button.btn-go").click()
    expect(page.locator("dl.check")).to_contain_text(WORDS[language])
    assert page.locator("dl.check del").count() > 0
    assert page.locator("dl.check ins").count() > 0
    reference = continue_to_receipt(page)
    assert re.fullmatch(r"C-\d{4}-\d{6}-[A-Z]", reference)
    code = page.locator(".receipt .code").inner_text()
    page.goto(f"{demo_site.url}/{language}/track/{reference}/")
    expect(page.locator("main")).to_contain_text(WORDS[language])
    elsewhere = open_page(f"{demo_site.url}/{language}/track/", language=LOCALES[language], javascript=javascript)
    elsewhere.locator("#id_reference").fill(reference)
    elsewhere.locator("#id_code").fill(code)
    elsewhere.locator("main form button.btn-go").first.click()
    expect(elsewhere.locator("main")).to_contain_text(WORDS[language])


def test_the_journey_by_keyboard_alone(demo_site, open_page: Callable[..., Page]):
    page = open_page(f"{demo_site.url}/en/c/{CALL}/art-12/comment/", language="en-GB")

    def tab_to(selector: str, limit: int = 60) -> None:
        for _press in range(limit):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("input[name=stance]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to("#id_text")
    page.keyboard.type(WORDS["en"])
    tab_to("form#comment button.btn-go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mine/")
    tab_to("main a.btn-go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/about/")
    tab_to("main button.btn-go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    page.wait_for_timeout(2_100)
    tab_to("#send button.btn-go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/**")


def test_typed_text_survives_a_closed_tab(demo_site, open_page: Callable[..., Page]):
    url = f"{demo_site.url}/en/c/{CALL}/art-13/comment/"
    page = open_page(url, language="en-GB")
    page.locator("#id_text").fill("This text must not get lost when the tab is closed.")
    page.locator("[data-saved]:not([hidden])").wait_for(timeout=8_000)
    again = page.context.new_page()
    page.close()
    again.goto(url)
    expect(again.locator("#id_text")).to_have_value("This text must not get lost when the tab is closed.")


def test_a_switch_of_language_keeps_the_words_and_makes_no_wording_of_the_translation(demo_site, open_page):
    page = open_page(f"{demo_site.url}/en/c/{CALL}/art-12/comment/", language="en-GB")
    page.locator("#id_text").fill(WORDS["en"])
    page.locator("[data-saved]:not([hidden])").wait_for(timeout=8_000)
    page.goto(f"{demo_site.url}/zh/c/{CALL}/art-12/comment/")
    expect(page.locator("#id_text")).to_have_value(WORDS["en"])
    page.locator("input[value=change]").check()
    expect(page.locator("#id_suggested")).to_have_value(re.compile(BEFORE["zh"]))
    expect(page.locator("[data-diff]")).to_be_hidden()
    page.locator("form#comment button.btn-go").click()
    expect(page.locator("dl.check")).to_contain_text(WORDS["en"])
    expect(page.locator("dl.check ins")).to_have_count(0)


def test_an_error_takes_the_focus_and_keeps_the_text(demo_site, open_page: Callable[..., Page]):
    page = open_page(f"{demo_site.url}/en/c/{CALL}/art-13/comment/", language="en-GB")
    page.locator("#id_text").fill("short")
    page.locator("form#comment button.btn-go").click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.locator("#id_text")).to_have_value("short")


def test_the_drawer_opens_beside_the_text_and_gives_the_focus_back(demo_site, open_page: Callable[..., Page]):
    page = open_page(f"{demo_site.url}/en/c/{CALL}/draft/", language="en-GB")
    page.locator("#art-12 a.btn").click()
    expect(page.locator("[data-drawer-place] form#comment")).to_be_visible()
    assert page.url.endswith("/draft/")
    page.locator("[data-drawer-close]").click()
    expect(page.locator("#art-12 a.btn")).to_be_focused()


PAGES = [
    "",
    "c/",
    f"c/{CALL}/",
    f"c/{CALL}/draft/",
    f"c/{CALL}/art-12/",
    f"c/{CALL}/comments/",
    f"c/{CALL}/art-12/comment/",
    f"c/{CALL}/comment/",
    f"c/{CALL}/mine/",
    "track/",
    "track/lost-code/",
    "search/?q=老人",
    "search/?q=zzzz",
    "journal/",
    "how-we-decide/",
    "news/",
    "accounts/login/",
    "accounts/demo/",
    "not-there/",
    f"c/{ANSWERED}/outcome/",
    f"c/{ANSWERED}/evidence/",
    f"c/{ANSWERED}/compare/",
    f"c/{ANSWERED}/compare/?view=inline&all=1",
    "answers/",
    "awaiting-outcome/",
    "plan/",
    "plan/charity-fundraising-rules/",
    "plan/charity-fundraising-rules/follow/",
    f"c/{CALL}/follow/",
    f"embed/{CALL}/?site=www.linhe-community.example.org",
]


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(demo_site, open_page, language, width):
    page = open_page(f"{demo_site.url}/{language}/", language=LOCALES[language], width=width)
    faults = []
    for path in PAGES:
        page.goto(f"{demo_site.url}/{language}/{path}")
        faults += look(page)
    assert not faults, "\n".join(faults)
