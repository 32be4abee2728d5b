"""The screens of an editor and the public list in a real browser: axe in both themes, wide and on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import Role
from engage.pages.models import ArticlePage
from engage.publishing.preflight import actions
from engage.publishing.preflight.models import Watched
from tests.accounts.people import person, sign_in
from tests.browser.looking import look
from tests.consultations.factories import call
from tests.preflight.builders import article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]
DAY = timedelta(days=1)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 360)])
def test_an_editor_mends_what_the_desk_names(live_server, client, open_page, language, width):
    bad = '<p>Until 20 December: <a href="/en/c/none/">here</a></p>'
    pages = article(bodies={"en": bad})
    article("alone", languages=("en",))
    call(opens=-90 * DAY, closes=-70 * DAY, slug="late")
    actions.scan(most=100, now=timezone.now())
    actions.check_internal(most=100, now=timezone.now())
    key = str(pages["en"].translation_key)
    ArticlePage.objects.filter(translation_key=key).update(last_published_at=timezone.now() - 400 * DAY)
    sign_in(client, person(Role.EDITOR))
    cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items()]
    page = open_page(
        f"{live_server.url}/{'zh' if language == 'zh-CN' else 'en'}/awaiting-outcome/",
        language=language,
        width=width,
    )
    assert page.locator(".chip-bad").count() == 1
    wrong = look(page)
    page.context.add_cookies(cookies)
    page.goto(live_server.url + reverse("freshness_desk"))
    wrong += look(page)
    page.locator(f"form:has(input[value='{key}']) button").click()
    assert Watched.objects.get(key=key).reviewed_at is not None
    page.goto(live_server.url + reverse("preflight", args=["page", pages["en"].pk]))
    wrong += look(page)
    assert page.locator("a[href*='#block-']").count() >= 1
    assert wrong == []
