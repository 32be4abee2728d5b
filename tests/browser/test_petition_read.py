"""Reading petitions: from home through the lists to a petition, its numbers and its papers; the count moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.pages.structure import ensure_structure
from engage.participation.models import AboutOption
from mailbox.petitions.actions.counting import roll_up
from mailbox.petitions.models import Petition, PetitionCount, PetitionEvent, State, Threshold
from tests.browser.looking import foreign_words, look
from tests.petitions import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
TITLE = {"zh": "给老旧小区的单元门口装上无障碍坡道", "en": "Put ramps at the doors of old estates"}
REGIONS = (("chengdong", "城东区", "Chengdong District", 9), ("liuwan", "柳湾区", "Liuwan District", 7))


def petition(language: str) -> Petition:
    """Make an open petition with sixteen signatures over two weeks, and others beside it."""
    now = timezone.now()
    Threshold.objects.all().delete()
    Threshold.objects.create(kind="answer", number=20, valid_from="2020-01-01")
    Threshold.objects.create(kind="debate", number=100, valid_from="2020-01-01")
    words = {"title": TITLE[language], "language": "zh-hans"}
    if language == "en":
        words |= {"language": "en", "action": "Build ramps and rails.", "background": "There are only steps."}
    made = factories.petition(now=now - timedelta(days=14), **words)
    PetitionEvent.objects.create(petition=made, code="opened", at=made.opened_at)
    for code, zh, en, count in REGIONS:
        AboutOption.objects.create(kind="region", code=code, label_zh=zh, label_en=en)
        for number in range(count):
            factories.signature(made, now=now - timedelta(days=13 - number), region=code)
    factories.petition(State.REJECTED, title="请帮我修水管")
    for _number in range(26):
        factories.petition(State.CLOSED)
    roll_up(now)
    return made


@pytest.mark.parametrize(("language", "javascript", "width"), [("zh", False, 360), ("en", True, 1280)])
def test_a_petition_is_found_read_and_taken_along(
    live_server, open_page: Callable[..., Page], settings, language, javascript, width
):
    settings.PAGE_CACHE_SECONDS = 0
    ensure_structure()
    made = petition(language)
    page = open_page(f"{live_server.url}/{language}/", language=LOCALES[language], javascript=javascript, width=width)
    assert page.locator("nav.doors a").count() == 4
    with page.expect_navigation():
        page.locator(".door h2 a[href$='/petitions/']").click()

    # The lists: search, region, the one of closed ones with a second page, the one of those turned down.
    page.locator("#q").fill("坡道" if language == "zh" else "ramps")
    page.locator("#region").select_option("liuwan")
    with page.expect_navigation():
        page.locator("form.filter .btn").click()
    expect(page.locator("ul.list > li")).to_have_count(1)
    assert "region=liuwan" in page.url
    with page.expect_navigation():
        page.locator(".tabs a[href*='state=rejected']").click()
    expect(page.locator("ul.list")).not_to_be_visible()  # the words still narrow it
    page.goto(f"{live_server.url}/{language}/petitions/?state=closed")
    expect(page.locator("ul.list > li")).to_have_count(25)
    with page.expect_navigation():
        page.locator("a[rel=next]").click()
    expect(page.locator("ul.list > li")).to_have_count(1)
    if javascript:
        assert look(page) == [] and foreign_words(page) == []

    # The petition itself.
    page.goto(f"{live_server.url}/{language}/petitions/")
    with page.expect_navigation():
        page.locator("ul.list h3 a").first.click()
    expect(page.locator("h1")).to_have_text(TITLE[language])
    expect(page.locator(".clock strong")).to_have_text("16")
    expect(page.locator("figure.chart svg.tiles rect")).to_have_count(2)
    page.locator("figure.chart summary").first.click()
    assert page.locator("figure.chart table.data").first.locator("tbody tr").count() >= 8
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as taken:
        page.locator("a[href$='/poster.pdf']").click()
    assert taken.value.suggested_filename == f"petition-{made.pk}.pdf"
    with page.expect_download() as taken:
        page.locator(f"a[href$='/petitions/{made.pk}.csv']").click()
    assert "chengdong" in Path(taken.value.path()).read_text(encoding="utf-8-sig")
    if javascript:
        assert look(page) == [] and foreign_words(page) == []
        # Four more have signed: the count moves without a reload, and stops asking once it is closed.
        PetitionCount.objects.filter(petition=made).update(total=18)
        expect(page.locator(".clock strong")).to_have_text("18", timeout=15_000)
        expect(page.locator("[data-need]")).to_contain_text("2 more")
        assert page.locator("progress").get_attribute("value") == "18"
    with page.expect_navigation():
        page.locator("aside a[href$='/sign/']").click()
    expect(page.locator("form")).to_be_visible()
    page.goto(f"{live_server.url}/{language}/petitions/{made.pk}.json")
    assert json.loads(page.locator("body").inner_text())["signatures"] in (16, 18)
