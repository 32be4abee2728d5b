"""The pages about following, looked at; the button for notifications where a browser has them."""

import pytest
from django.utils import timezone

from engage.accounts.actors import ANYONE
from engage.outreach.follows import actions, links
from engage.outreach.follows.models import Follower
from tests.browser.looking import look
from tests.consultations.factories import department
from tests.follows.builders import EVERYTHING, follower, of_topic

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 360)])
def test_the_pages_about_following_are_found_in_order(live_server, open_page, language, width):
    care = of_topic()
    department()
    code = {"zh": "zh-hans", "en": "en"}[language]
    row = follower([care, EVERYTHING], language=code)
    asked = actions.ask_to_follow([care], email="wang@example.org", language=code, now=timezone.now(), actor=ANYONE)
    managing = links.managing(row)
    confirming = links.confirming(asked, language=code, rhythm="daily")
    wrong: list[str] = []
    page = open_page(f"{live_server.url}/{language}/follow/", width=width)
    for path in (
        "follow/",
        f"follow/confirm/{confirming}/",
        f"follow/manage/{managing}/",
        f"follow/stop/{managing}/",
        "follow/stop/forged/",
        "follow/topic/elderly-care/",
    ):
        page.goto(f"{live_server.url}/{language}/{path}")
        wrong += look(page)
    assert wrong == []
    page.goto(f"{live_server.url}/{language}/follow/")
    page.locator("button.btn-go").click()
    page.locator('[role="alert"]').wait_for()
    assert look(page) == []
    page.locator('input[name="follow"]').first.check()
    page.locator('input[name="rhythm"][value="weekly"]').check()
    page.locator("#id_email").fill("zhao@example.org")
    page.locator("button.btn-go").click()
    page.get_by_text("zhao@example.org").wait_for()
    assert Follower.objects.filter(rhythm="weekly").count() == 1
