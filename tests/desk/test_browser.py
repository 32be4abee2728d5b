"""The desk in a real browser: by keyboard alone, by buttons alone, on a phone, and through a screen reader's eyes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.desk.double import Letters, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLES = ["apple", "banana", "cherry", "long story"]


@pytest.fixture
def letters() -> Iterator[Letters]:
    letters = Letters(TITLES)
    with registered(letters.queue(page_size=10)):
        yield letters


@pytest.fixture
def desk(live_server, open_page, letters, monkeypatch) -> Callable[..., Page]:
    """Open the queue, signed in as an officer: desk(language="en-GB", width=1280, ...)."""
    monkeypatch.setattr("tests.desk.double.PAGE", 10)

    def open_desk(**options) -> Page:
        page = open_page(f"{live_server.url}/en/accounts/demo/", **({"language": "en-GB"} | options))
        page.get_by_role("button", name="Officer", exact=True).click()
        page.goto(f"{live_server.url}/desk/queues/letters/")
        if options.get("javascript", True):
            # The script shows this button when it is there.
            expect(page.locator("[data-choose-all]")).to_be_visible()
        return page

    return open_desk


def current(page: Page) -> str:
    """The title of the row that the keys act on."""
    return page.locator("tr.on").locator("a, b").first.inner_text()


def done(page: Page) -> None:
    page.wait_for_load_state()
    expect(page.locator(".toast")).to_be_visible()


def test_a_queue_is_worked_off_by_keys_alone(desk, letters):
    page = desk()
    page.keyboard.press("j")
    assert current(page) == "apple"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert current(page) == "banana"
    assert page.evaluate("document.activeElement.textContent") == "banana"
    page.keyboard.press("a")
    done(page)
    assert letters.done == {"letter:2": "accepted"}
    assert current(page) == "cherry"
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Brought back.")
    assert letters.done == {}


def test_a_key_for_an_action_with_a_form_opens_the_form(desk, letters):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.get_by_label("Reason").fill("off topic")
    page.keyboard.press("Enter")
    done(page)
    assert letters.done == {"letter:1": "off topic"}


def test_a_key_acts_on_the_chosen_rows_when_some_are_chosen(desk, letters):
    page = desk()
    page.get_by_label("Choose: apple").check()
    page.get_by_label("Choose: cherry").check()
    page.keyboard.press("a")
    done(page)
    assert set(letters.done) == {"letter:1", "letter:3"}


def test_enter_in_a_checkbox_sends_nothing(desk, letters):
    page = desk()
    page.evaluate("document.querySelector('[data-rows]').addEventListener('submit', () => (window.sent = true))")
    page.get_by_label("Choose: apple").check()
    page.get_by_label("Choose: apple").press("Enter")
    assert page.evaluate("window.sent") is None
    expect(page.get_by_label("Choose: apple")).to_be_checked()


def test_without_javascript_enter_in_a_checkbox_only_shows_the_page_again(desk, letters):
    page = desk(javascript=False)
    page.get_by_label("Choose: apple").check()
    with page.expect_navigation():
        page.get_by_label("Choose: apple").press("Enter")
    expect(page.get_by_label("Choose: apple")).not_to_be_checked()
    assert letters.done == {}


def test_enter_opens_the_row(desk, live_server):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/desk/letters/letter:1/")


def test_enter_unfolds_a_row_that_has_no_page_of_its_own(desk):
    page = desk()
    for _ in TITLES:
        page.keyboard.press("j")
    assert current(page) == "long story"
    expect(page.locator("details[open] summary[data-open]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("details[open] summary[data-open]")).to_have_count(1)


def test_the_slash_leads_to_the_search_where_letters_are_letters(desk, letters):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("/")
    page.keyboard.type("jar?z")
    assert page.get_by_label("Search").input_value() == "jar?z"
    assert current(page) == "apple" and letters.done == {}
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert current(page) == "banana"


def test_the_question_mark_opens_the_sheet_and_escape_closes_it(desk, letters):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    page.keyboard.press("a")
    assert letters.done == {}
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_button_opens_the_same_sheet(desk):
    page = desk()
    page.get_by_role("link", name="All keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_turned_off_keys_do_nothing_and_the_buttons_stay(desk, letters):
    page = desk()
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("button", name="Turn the single keys off").click()
    page.wait_for_load_state()
    page.get_by_label("Choose: apple").focus()
    for key in ("j", "a", "?", "z"):
        page.keyboard.press(key)
    assert letters.done == {}
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Accept: apple").click()
    done(page)
    assert letters.done == {"letter:1": "accepted"}


def test_with_a_control_key_a_letter_belongs_to_the_browser(desk, letters):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+a")
    assert letters.done == {}


def test_all_on_the_page_are_chosen_and_let_go_by_one_button(desk):
    page = desk()
    page.get_by_role("button", name="Choose all on this page").click()
    expect(page.locator("input[name=id]:checked")).to_have_count(4)
    page.get_by_role("button", name="Choose all on this page").click()
    expect(page.locator("input[name=id]:checked")).to_have_count(0)


def test_everything_works_without_javascript(desk, letters, live_server):
    page = desk(javascript=False)
    assert not page.get_by_role("button", name="Next row").is_visible()
    page.get_by_role("button", name="Accept: banana").click()
    done(page)
    page.get_by_role("button", name="Undo (10 seconds)").click()
    assert letters.done == {}
    page.get_by_label("Search").fill("an")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_text("Keep this as a view").click()
    page.get_by_label("Name of the view").fill("With an")
    page.get_by_role("button", name="Keep the view").click()
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="With an")).to_be_visible()
    page.get_by_role("link", name="All keys").click()
    assert page.url == f"{live_server.url}/desk/keys/"


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(width, desk):
    page = desk(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 360)])
def test_axe_finds_nothing_on_the_desk(language, width, desk, live_server):
    page = desk(language=language, width=width)
    found = look(page)
    page.locator("button[data-key=a]").first.click()
    done(page)
    found += look(page)
    page.locator("button[data-key=r]").first.click()
    page.wait_for_selector("#id_reason")
    found += look(page)
    page.goto(f"{live_server.url}/desk/keys/")
    found += look(page)
    page.goto(f"{live_server.url}/desk/queues/letters/?q=nothing")
    found += look(page)
    assert found == []


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_who_has_many_places_finds_them_under_their_sorts_by_keyboard(language, width, live_server, open_page):
    prefix = "zh" if language == "zh-CN" else "en"
    page = open_page(f"{live_server.url}/{prefix}/accounts/demo/?next=/desk/", language=language, width=width)
    page.locator("button[value=administrator]").click()
    page.locator("html[data-bound]").wait_for(state="attached")
    groups = page.locator(".desk-group")
    expect(groups).to_have_count(4)
    expect(page.locator(".desk-group.here summary")).to_have_count(1)
    first, second = groups.nth(0), groups.nth(1)
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator("a").first).to_be_visible()
    assert look(page) == []
    page.keyboard.press("Tab")
    expect(first.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(first.locator("a").first).to_be_hidden()
    expect(first.locator("summary")).to_be_focused()
    second.locator("summary").click()
    expect(second.locator("a").first).to_be_visible()
    page.mouse.click(width - 5, 780)
    expect(second.locator("a").first).to_be_hidden()
    second.locator("summary").click()
    second.locator("a").last.click()
    page.wait_for_load_state()
    expect(page.locator(".desk-group.here a[aria-current=page]")).to_have_count(1)


def test_the_sorts_open_without_scripts(live_server, open_page):
    page = open_page(f"{live_server.url}/en/accounts/demo/?next=/desk/", language="en-GB", javascript=False)
    page.locator("button[value=administrator]").click()
    group = page.locator(".desk-group").last
    expect(group.locator("a").first).to_be_hidden()
    group.locator("summary").click()
    group.locator("a").first.click()
    expect(page.locator(".desk-group.here")).to_have_count(1)
