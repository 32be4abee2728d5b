"""The press room in a real browser: accessible and whole on every screen; a counter that counts as the server does."""

import pytest

from tests.browser.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
PUBLIC = (
    "press/",
    "press/releases/meal-points-winter/",
    "press/releases/snow-service-points-closed/",
    "press/why-we-answer-every-comment/",
    "press/media/",
    "departments/",
    "departments/elderly-care/",
)
DESK = ("", "?view=out", "media/", "digests/", "sections/")
# Somebody of every age reads the public pages on a telephone, and the desk is a screen of 1280.
SCREENS = [("zh", "zh-CN", 360), ("en", "en-GB", 1280)]


@pytest.mark.parametrize(("language", "locale", "width"), SCREENS)
def test_axe_finds_nothing_and_nothing_is_cut_off(demo_site, open_page, language, locale, width):
    page = open_page(f"{demo_site.url}/{language}/{PUBLIC[0]}", language=locale, width=width)
    wrong = look(page)
    for path in PUBLIC[1:]:
        page.goto(f"{demo_site.url}/{language}/{path}")
        wrong += look(page)
    page.goto(f"{demo_site.url}/{language}/accounts/demo/?next=/desk/press/")
    page.locator('button[value="administrator"]').click()
    for path in DESK:
        page.goto(f"{demo_site.url}/desk/press/{path}")
        wrong += look(page)
    page.goto(f"{demo_site.url}/desk/press/?view=out")
    page.locator("table.data a").first.click()
    wrong += look(page)
    assert not wrong, "\n".join(wrong)


def test_the_counter_follows_what_is_typed_and_the_kind_that_is_chosen(demo_site, open_page):
    page = open_page(f"{demo_site.url}/en/accounts/demo/?next=/desk/press/", language="en-GB")
    page.locator('button[value="administrator"]').click()
    page.goto(f"{demo_site.url}/desk/press/?view=out")
    page.locator("table.data a").first.click()
    page.locator("html[data-bound]").wait_for(state="attached")
    chinese = page.locator("[data-language=zh-hans] output")
    page.locator("[name=lead_zh-hans]").fill("一二 三")
    page.locator("[name=body_zh-hans]").fill("## 四\n\n- 五\n- 六")
    page.locator("[name=kind]").select_option("short")
    assert chinese.inner_text().startswith("6 ")
    assert "300" in chinese.inner_text()
    page.locator("[name=body_zh-hans]").fill("字" * 298)
    assert "err" in page.locator("[data-language=zh-hans] [data-limits]").get_attribute("class").split()
    page.locator("[name=kind]").select_option("routine")
    assert "err" not in page.locator("[data-language=zh-hans] [data-limits]").get_attribute("class").split()
