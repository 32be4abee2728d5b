"""The status page and the help centre in a browser: nothing for axe to find, in both languages, wide and narrow."""

import pytest

from tests.browser.looking import foreign_words, look, settle

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.mark.parametrize(("language", "path", "width"), [("zh-CN", "zh", 1280), ("en", "en", 360)])
def test_the_status_page_says_how_each_channel_stands(demo_site, open_page, language, path, width):
    page = open_page(f"{demo_site.url}/{path}/status/", language=language, width=width)
    assert page.locator("section.channel").count() >= 7
    assert page.locator("section.channel#mail svg rect").count() == 90
    page.locator("section.channel#mail summary").click()
    assert page.locator("section.channel#mail tbody tr").count() >= 1
    assert look(page) == []


def test_the_help_centre_shows_the_tour_and_the_way_into_practice(demo_site, open_page):
    page = open_page(f"{demo_site.url}/en/accounts/demo/", language="en")
    page.locator('button[value="officer"]').click()
    page.goto(f"{demo_site.url}/desk/help/")
    assert page.locator("ol.steps li").count() >= 5
    assert page.locator("aside.practice-bar").count() == 0
    assert look(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert look(page) == []
    # Pressing it builds a site for half a minute; tests/training does it.
    assert page.get_by_role("button", name="Begin to practise").is_visible()


# Screens of the desk that no test of their own room opens in a browser.
DESK = (
    "health/",
    "mailings/",
    "embeds/",
    "redaction/choose/",
    "release/?view=done",
    "campaigns/templates/",
    "campaigns/templates/new/",
    "campaigns/1/targets/",
    "campaigns/1/preview/en/",
    "outbox/channels/new/?kind=webhook:short",
)


@pytest.mark.parametrize(("language", "path", "width"), [("zh-CN", "zh", 360), ("en-GB", "en", 1280)])
def test_the_desks_further_screens_are_in_order_and_in_one_language(demo_site, open_page, language, path, width):
    page = open_page(f"{demo_site.url}/{path}/accounts/demo/", language=language, width=width)
    page.locator('button[value="administrator"]').click()
    wrong = []
    for screen in DESK:
        answer = page.goto(f"{demo_site.url}/desk/{screen}")
        assert answer is not None and answer.status == 200, screen
        wrong += look(page)
        wrong += [f"{screen}: {word}" for word in foreign_words(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("language", "path", "width"), [("zh-CN", "zh", 1280), ("en-GB", "en", 360)])
def test_the_studio_of_a_section_is_in_order(demo_site, open_page, language, path, width):
    door = f"{demo_site.url}/{path}/accounts/demo/?next=/studio/"
    page = open_page(door, language=language, width=width)
    with page.expect_navigation():
        page.locator('button[value="section_editor"]').click()
    settle(page)
    wrong = look(page)
    page.goto(f"{demo_site.url}/studio/pages/")
    settle(page)
    wrong += look(page)
    assert not wrong, "\n".join(wrong)
