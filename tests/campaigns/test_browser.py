"""The planner by keyboard and the public page in a real browser: accessible and whole on a phone and on a desk."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.rules import SIX
from tests.accounts.people import person
from tests.browser.looking import look
from tests.campaigns.builders import published, topic, voice
from tests.campaigns.test_desk import signed_in
from tests.consultations.factories import call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def open_desk(page: Page, url: str, language: str) -> Page:
    """Open a page of the desk as an editor who has shown a second factor."""
    session = signed_in(person(Role.EDITOR)).cookies["sessionid"].value
    host = url.split("/desk/")[0]
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": host}])
    page.goto(url)
    page.locator("html[data-bound]").wait_for(state="attached")
    return page


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 360)])
def test_a_campaign_is_planned_by_keyboard_and_read_on_every_screen(
    live_server, open_page: Callable[..., Page], language, width
):
    call().topics.add(topic())
    campaign = published(kinds=SIX)
    voice(campaign, public=True)
    public = f"{live_server.url}/{language}/campaigns/"
    page = open_page(f"{public}{campaign.slug}/", language=LOCALES[language], width=width)
    expect(page.locator("#now li")).to_have_count(1)
    assert look(page) == []
    page.goto(public)
    assert look(page) == []
    planner = open_desk(page, f"{live_server.url}/desk/campaigns/?year=2026&month=10", language)
    assert look(planner) == []
    # From the first day that shows, arrows lead to another; Page Down leads to the next month, Page Up back.
    planner.locator("[data-day]:visible").first.focus()
    planner.keyboard.press("ArrowRight")
    reached = planner.evaluate("document.activeElement.querySelector('time').dateTime")
    assert reached == ("2026-10-02" if width == 1280 else "2026-10-10")
    planner.keyboard.press("PageDown")
    planner.wait_for_url("**month=11")
    planner.locator("html[data-bound]").wait_for(state="attached")
    planner.locator("[data-day]:visible").first.focus()
    planner.keyboard.press("PageUp")
    planner.wait_for_url("**month=10")
    planner.locator('a[href*="observance=double_ninth"]').focus()
    planner.keyboard.press("Enter")
    planner.wait_for_url("**observance=double_ninth**")
    assert look(planner) == []
    planner.locator("#id_slug").fill("by-keyboard")
    planner.locator("#id_department").select_option(index=1)
    planner.locator("form button.btn-go").focus()
    planner.keyboard.press("Enter")
    planner.wait_for_url("**/desk/campaigns/*/")
    made = Campaign.objects.get(slug="by-keyboard")
    assert (made.day.isoformat(), made.tasks.count()) == ("2026-10-18", 5)
    assert look(planner) == []
    for path in (f"year/?year={timezone.localdate().year}", "list/", f"{made.pk}/edit/", f"{campaign.pk}/report/"):
        planner.goto(f"{live_server.url}/desk/campaigns/{path}")
        assert look(planner) == [], path
