"""A page of a questionnaire that shows and hides while it is filled in, and loses nothing that was typed."""

import pytest
from playwright.sync_api import expect

from surveys.answering import codes
from surveys.models import SavedResponse
from tests.browser.looking import look
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import LIVE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
APPEARED = {"zh": "问why_not", "en": "Question why_not"}


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_a_page_shows_what_its_answers_open_and_keeps_what_was_typed(live_server, open_page, language, width):
    published(LIVE)
    page = open_page(
        f"{live_server.url}/{language}/surveys/parks/", language={"zh": "zh-CN", "en": "en-GB"}[language], width=width
    )
    page.locator("main form .btn-go").click()
    page.locator("html[data-bound]").wait_for(state="attached")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/look/") else None)

    page.locator("[name='q:apart']").fill("typed")
    why, said = page.locator("[name='q:why_not']"), page.locator("[data-appeared]")
    page.locator("input[value=no]").check()
    expect(why).to_be_visible()
    expect(said).to_contain_text(APPEARED[language])
    expect(page.locator("input[value=no]")).to_be_focused()
    assert len(asked) == 1
    why.fill("far")
    page.locator("input[value=yes]").check()
    expect(why).to_be_hidden()
    page.locator("input[value=no]").check()
    expect(why).to_have_value("far")

    page.locator("input[value=south]").check()
    quarter = page.locator("input[name='q:quarter']")
    expect(quarter).to_have_count(1)
    quarter.check()
    page.locator("input[value=north]").check()
    expect(quarter).to_have_count(2)
    page.locator("[name='q:n']").fill("2")
    expect(page.locator("[name='q:people/2/who']")).to_be_visible()
    page.locator("[name='q:people/1/who']").fill("Li")
    name = page.locator("[name='q:name']")
    name.press_sequentially("Wang")
    expect(page.locator("#q-hello")).to_contain_text("Wang")
    expect(name).to_be_focused()
    expect(page.locator("[name='q:apart']")).to_have_value("typed")
    wrong = look(page)

    # Without a line the page is as without scripts.
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.locator("input[value=yes]").check()
    expect(why).to_be_visible()
    page.context.set_offline(False)
    page.locator("input[value=no]").check()
    page.locator("input[value=n2]").check()
    page.locator("button.btn-go[name=go]").click()
    page.wait_for_url("**/2/")
    saved = codes.unseal(SavedResponse.objects.get().sealed, page.url.split("/")[-3])["answers"]
    assert saved == {
        "comes": "no", "why_not": "far", "city": "north", "quarter": "n2", "name": "Wang", "n": "2",
        "people": [{"who": "Li"}, {}], "apart": "typed",
    }  # fmt: skip
    assert wrong == []
