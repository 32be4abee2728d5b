"""The status page and the help centre in a browser: nothing for axe to find, in both languages, wide and narrow."""

import pytest

from tests.browser.looking import look

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
