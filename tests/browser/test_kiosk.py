"""A questionnaire on a device that many use: it looks in order, and who walks away leaves nothing on it."""

import re

import pytest
from playwright.sync_api import expect

from surveys.models import Response, SavedResponse
from tests.browser.looking import foreign_words, look
from tests.surveys.answering.builders import published
from tests.surveys.studio.builders import PARKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_who_walks_away_leaves_nothing_and_who_stays_is_thanked(live_server, open_page, settings, language, width):
    settings.FASTEST_PERSON_SECONDS = 0
    published(PARKS)
    start = f"{live_server.url}/{language}/surveys/parks/kiosk/"
    page = open_page(start, language={"zh": "zh-CN", "en": "en-GB"}[language], width=width)
    wrong = look(page) + foreign_words(page)

    page.clock.install()
    page.locator("main form .btn-go").click()
    page.locator("html[data-bound]").wait_for(state="attached")
    page.locator('input[value="weekly"]').check()
    page.clock.fast_forward("02:01")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    wrong += look(page) + foreign_words(page)
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("02:01")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.clock.fast_forward("00:31")
    expect(page).to_have_url(start)
    assert not SavedResponse.objects.exists()

    page.locator("main form .btn-go").click()
    for chosen in ('input[value="weekly"]', ""):
        if chosen:
            page.locator(chosen).check()
        page.locator('button.btn-go[name="go"]').click()
    page.locator("form:not(#kiosk-leave) > .row .btn-go").click()
    page.locator(".receipt").wait_for()
    expect(page).to_have_url(re.compile(r"/sent/\?at="))
    wrong += look(page) + foreign_words(page)
    response = Response.objects.get()
    assert response.mode == Response.Mode.KIOSK
    page.locator("#kiosk-leave .btn-go").click()
    expect(page).to_have_url(f"{start}?")
    assert response.submission.reference not in page.content()
    assert wrong == []
