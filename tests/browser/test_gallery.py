"""The living style page in a real browser: accessible, nothing cut off, and a theme that ends where its box ends."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.looking import look, settle

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
# The same landmark stands there once a theme, on purpose; everything else must hold as on any page.
RULES = {"landmark-unique": {"enabled": False}}
CUT_OFF = """[...document.querySelectorAll(".design-cell")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
    .map((cell) => cell.parentElement.parentElement.querySelector("h3").id + " " + cell.lang)"""


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 360), ("zh", 1280), ("en", 1280)])
def test_axe_finds_nothing_and_nothing_is_cut_off(demo_site, open_page: Callable[..., Page], language, width):
    page = open_page(f"{demo_site.url}/{language}/design/", language=language, width=width)
    assert look(page, rules=RULES) == []
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("dark", [False, True])
def test_a_box_keeps_its_theme_whatever_the_device_prefers(demo_site, open_page: Callable[..., Page], dark):
    page = open_page(f"{demo_site.url}/en/design/", language="en-GB", dark=dark)
    background = "cell => getComputedStyle(cell).backgroundColor"
    assert page.locator(".design-cell[data-theme=light]").first.evaluate(background) == "rgb(243, 246, 246)"
    assert page.locator(".design-cell[data-theme=dark]").first.evaluate(background) == "rgb(14, 22, 25)"


def test_samples_only_stand_there(demo_site, open_page: Callable[..., Page]):
    page = open_page(f"{demo_site.url}/en/design/", language="en-GB")
    settle(page)
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("scrollY") == 0
