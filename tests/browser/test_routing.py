"""A proposed unit is accepted by one key; letters of one wording are looked at and answered together."""

from __future__ import annotations

import random
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mailbox.models import Case
from mailbox.routing import actions
from mailbox.routing.models import LetterGroup, RouteModel, Suggestion
from tests.browser.by_keys import press, queue, ready
from tests.browser.looking import foreign_words, look
from tests.mailbox import factories
from tests.mailbox.factories import House, house
from tests.mailbox.test_routing_grouping import edited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place() -> House:
    return house()


def proposed(case: Case, place: House) -> None:
    """Write what a learned model would have proposed: the water unit clearly first."""
    version = RouteModel.objects.create(made_at=timezone.now(), content=b"", sha256="", letters=900, offices=3)
    shares = ((place.water, 0.83, [["duty", "2.1.4"], ["words", "水管, 没有水"]]), (place.roads, 0.06, []))
    kept = [{"department": unit.pk, "confidence": share, "reasons": reasons} for unit, share, reasons in shares]
    Suggestion.objects.create(case=case, model=version, made_at=timezone.now(), proposals=kept, chosen=True)


def opened(page: Page, path: str) -> None:
    page.goto(page.url.partition("/desk/")[0] + path)
    ready(page)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 360)])
def test_units_and_groups_are_accepted_by_keys(sign_in, place, language, width):
    now = timezone.now()
    on_page, in_queue = (factories.case(token=uuid4(), now=now) for _n in range(2))
    for case in (on_page, in_queue):
        proposed(case, place)
    page = sign_in(place.clerk, language=language, width=width)

    opened(page, f"/desk/cases/{on_page.pk}/")
    expect(page.get_by_text("2.1.4")).to_be_visible()
    assert look(page) == []
    press(page, "a")
    on_page.refresh_from_db()
    assert (on_page.state, on_page.lead_id) == ("routed", place.water.pk)

    queue(page, "new")
    expect(page.get_by_text("2.1.4")).to_be_visible()
    assert look(page) == []
    assert foreign_words(page) == []
    press(page, "a")
    in_queue.refresh_from_db()
    assert (in_queue.state, in_queue.lead_id) == ("routed", place.water.pk)
    # The key takes both back as any step: the toast has the way.
    press(page, "z")
    in_queue.refresh_from_db()
    assert in_queue.state == "registered"

    for number in range(5):
        factories.case(text=edited(number, random.Random(2)), now=now)
    actions.propose_groups(now=now)
    found = LetterGroup.objects.get()
    opened(page, "/desk/groups/")
    assert look(page) == []
    assert foreign_words(page) == []
    page.keyboard.press("j")
    press(page, "Enter")
    expect(page.locator("ins").first).to_be_visible()
    assert look(page) == []
    assert foreign_words(page) == []
    with page.expect_navigation():
        page.locator("form[action$='/out/'] button").last.click()
    ready(page)
    press(page, "g")
    assert Case.objects.filter(merged_into=found.leading).count() == 3
    press(page, "o")
    assert page.url.endswith(f"/desk/cases/{found.leading_id}/")
    opened(page, "/desk/routing/")
    assert look(page) == []
    assert foreign_words(page) == []
