"""Moderators at the desk, by keys: publish after an edit, turn down with a reason, hide by two, set aside and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.participation.models import AboutOption
from mailbox.petitions.models import Petition, State
from tests.browser.looking import foreign_words, look
from tests.petitions import factories
from tests.petitions.moderated import officer, post, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(page: Page) -> None:
    """Wait until the page listens to keys."""
    expect(page.locator("html[data-bound]")).to_have_count(1)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for its script."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def opened(page: Page, path: str) -> None:
    page.goto(page.url.partition("/desk/")[0] + path)
    ready(page)


def at_ease(page: Page) -> None:
    """Nothing is wrong with the page for axe, at its sides, or in its words."""
    assert look(page) == []
    assert foreign_words(page) == []


def state_of(petition: Petition) -> str:
    petition.refresh_from_db()
    return petition.state


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_petitions_are_moderated_by_keys(sign_in, language, width):
    cache.clear()
    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "城东", "label_en": "East"})
    now = timezone.now()
    late = waiting(sponsors=5, waiting_since=now - timedelta(days=20))
    unlawful = waiting(sponsors=2, waiting_since=now - timedelta(days=12), title="点名攻击个人")
    other = factories.petition(now=now, title="地铁口需要更多自行车停车位")
    twin = waiting(sponsors=1, title="地铁口要更多自行车停车位")
    clear, law = factories.reason("no-action"), factories.reason(hides=True)
    factories.reason("duplicate")
    first, second = officer(), officer()
    page = sign_in(first, language=language, width=width)

    # What is overdue stands in its view, with its days; a key opens it, another edits its words.
    opened(page, "/desk/queues/petitions/?view=overdue")
    at_ease(page)
    page.keyboard.press("j")
    press(page, "Enter")
    assert page.url.endswith(f"/desk/petitions/{late.pk}/")
    at_ease(page)
    press(page, "e")
    at_ease(page)
    page.locator("#id_title").fill("在每个地铁口增设自行车停车位")
    page.locator("#id_note").fill("补全标题")
    page.locator("#id_note").focus()
    press(page, "Control+Enter")
    page.locator("details", has=page.locator("ins")).first.locator("summary").click()
    expect(page.locator("ins").first).to_be_visible()
    at_ease(page)
    press(page, "p")
    at_ease(page)
    with page.expect_navigation():
        page.locator("#ask button").click()
    assert state_of(late) == State.OPEN
    assert len(post()) == 7  # both texts to the starter, then that it is open to starter and sponsors

    # The near one is hidden by two persons.
    opened(page, f"/desk/petitions/{unlawful.pk}/do/ask_hide/")
    at_ease(page)
    page.locator("#id_code").select_option(law.code)
    page.locator("#id_note").fill("指名道姓")
    page.locator("#id_note").focus()
    press(page, "Control+Enter")
    at_ease(page)
    another = sign_in(second, language=language, width=width)
    opened(another, "/desk/queues/petitions/?view=asked")
    at_ease(another)
    another.keyboard.press("j")
    press(another, "Enter")
    press(another, "y")
    at_ease(another)
    with another.expect_navigation():
        another.locator("#ask button").click()
    assert state_of(unlawful) == State.HIDDEN

    # The last one is set aside, back by the undo, and turned down after a look at what is like it.
    opened(page, f"/desk/petitions/{twin.pk}/")
    expect(page.get_by_role("link", name=other.title)).to_be_visible()
    press(page, "f")
    assert state_of(twin) == State.FLAGGED
    at_ease(page)
    press(page, "z")
    assert state_of(twin) == State.WAITING
    press(page, "r")
    page.locator("#ask button").click()
    expect(page.locator(".errors")).to_be_focused()
    at_ease(page)
    page.locator("#id_code").select_option(clear.code)
    page.locator("#id_note").fill("请写明地点")
    page.locator("#id_note").focus()
    press(page, "Control+Enter")
    assert state_of(twin) == State.REJECTED
    at_ease(page)
    press(page, "u")
    assert "/desk/queues/petitions/" in page.url
    at_ease(page)
