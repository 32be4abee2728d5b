"""How the house answers: a reader on a phone, with and without scripts; an officer's own numbers at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.pages.structure import ensure_structure
from mailbox.performance import actions
from tests.browser.looking import foreign_words, look
from tests.mailbox.factories import house
from tests.mailbox.test_performance import run_through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("language", "javascript"), [("zh", False), ("en", True)])
def test_figures_are_read_by_everybody_and_in_full_by_the_unit(
    live_server, open_page: Callable[..., Page], sign_in: Callable[..., Page], settings, language, javascript
):
    settings.PAGE_CACHE_SECONDS = 0
    ensure_structure()
    place = house()
    for number in range(22):
        run_through(place, "fine" if number % 4 else "in_time", date(2026, 3, 2) + timedelta(days=number % 3))
    run_through(place, "open", date(2026, 11, 20))
    actions.count_year(2026, today=TODAY)

    reader = open_page(f"{live_server.url}/{language}/", language=LOCALES[language], javascript=javascript, width=360)
    reader.locator("footer a[href$='/performance/']").click()
    expect(reader.locator("dl.stats .stat")).to_have_count(4)
    expect(reader.locator("dl.stats")).to_contain_text("100.0%")
    expect(reader.locator("figure.chart .bars > div")).to_have_count(11)
    if javascript:
        assert look(reader) == [] and foreign_words(reader) == []
    reader.locator("a[href$='?unit=water']").click()
    expect(reader.locator("h1")).to_contain_text("水务处" if language == "zh" else "Water Unit")
    expect(reader.locator("main")).to_contain_text("<5")
    reader.go_back()
    with reader.expect_download() as taken:
        reader.locator("a[href$='/figures.csv']").click()
    assert taken.value.suggested_filename == "answers-2026.csv"

    officer = sign_in(place.officer, LOCALES[language])
    officer.goto(f"{live_server.url}/desk/performance/?unit=water")
    expect(officer.locator("#funnel")).to_be_visible()
    expect(officer.locator("main")).to_contain_text("23")
    assert look(officer) == [] and foreign_words(officer) == []
    analyst = sign_in(Role.ANALYST, LOCALES[language], width=360)
    analyst.goto(f"{live_server.url}/desk/performance/")
    assert look(analyst) == [] and foreign_words(analyst) == []
