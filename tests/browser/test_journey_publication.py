"""An answer on its way to everybody: prepared by an officer, signed by three, found by a search, "it helped me".

In English, the officer at a desk, the reader on a phone without scripts; in both languages and with scripts it is a
part of test_journey_whole_letter.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.pages.models import Topic
from engage.pages.structure import ensure_structure
from mailbox.models import Case
from mailbox.publication.models import Publication
from tests.browser import outcome_walk as walk
from tests.browser.looking import foreign_words, look
from tests.mailbox.factories import house
from tests.mailbox.publications import SECRET, reply_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
TITLE = {"zh": "邻居家的水管什么时候修", "en": "When is the neighbour's pipe repaired"}
TRANSLATION = {"question_en": f"The pipe of {SECRET} leaks. When is it repaired?", "answer_en": "It was on Friday."}
SEARCH = {"zh": "水管", "en": "pipe repaired"}


@pytest.fixture
def _world(settings) -> None:
    settings.PAGE_CACHE_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    ensure_structure()
    Topic.objects.create(code="water", name_zh="供水", name_en="Water")


def at_ease(page: Page, javascript: bool = True) -> None:
    """Nothing is wrong with the page for axe, at its sides, or in its words; axe itself is a script."""
    if javascript:
        assert not look(page)
        assert not foreign_words(page)


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize(("language", "javascript"), [("en", False)])
def test_an_answer_is_prepared_signed_found_and_helps(
    live_server, open_page: Callable[..., Page], sign_in: Callable[..., Page], language, javascript
):
    place = house()
    made = reply_case(place, now=timezone.now())
    site = live_server.url
    officer = sign_in(place.officer, LOCALES[language])
    address = prepare(officer, site, made)
    for who in (place.approver, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY):
        reviewer = sign_in(who, LOCALES[language], width=360)
        reviewer.goto(address)
        expect(reviewer.locator("body")).not_to_contain_text(SECRET)
        walk.sign(reviewer, address)
    reader = open_page(f"{site}/{language}/write/", language=LOCALES[language], javascript=javascript, width=360)
    found(reader, language, javascript)
    helped(reader, javascript)
    asked_about(reader, language)
    officer.goto(f"{site}/desk/cases/{made.pk}/publish/")
    expect(officer.locator("main .chip-ok").first).to_be_visible()
    at_ease(officer)


def prepare(
    officer: Page, site: str, made: Case, *, secret: str = SECRET, translation: dict[str, str] = TRANSLATION
) -> str:
    """From the page of the case to the gate; return where the release is read."""
    officer.goto(f"{site}/desk/cases/{made.pk}/")
    officer.locator(f"main a[href='/desk/cases/{made.pk}/publish/']").click()
    at_ease(officer)
    officer.locator("#begin .btn-go").click()
    expect(officer.locator("mark", has_text="13800138000").first).to_be_visible()
    expect(officer.locator("a[href*='/release/hand-in/']")).to_have_count(0)
    at_ease(officer)
    officer.locator("#id_more").fill(secret)
    officer.locator("#id_title_zh").fill(TITLE["zh"])
    officer.locator("#id_title_en").fill(TITLE["en"])
    for name, words in translation.items():
        officer.locator(f"#id_{name}").fill(words)
    officer.locator("input[name=topics]").check()
    officer.locator("#check .btn-go").click()
    expect(officer.locator("mark", has_text=secret).first).to_be_visible()
    officer.locator("a[href$='/publish/preview/en/']").click()
    expect(officer.locator("main")).not_to_contain_text(secret)
    at_ease(officer)
    officer.go_back()
    officer.locator("a[href*='/release/hand-in/']").click()
    officer.locator("main form .btn-go").click()
    officer.wait_for_url(re.compile(r"/desk/release/\d+/"))
    return officer.url


def found(reader: Page, language: str, javascript: bool, *, secret: str = SECRET) -> None:
    """From the door to the list, by a search to the answer."""
    reader.locator("main a[href$='/replies/']").click()
    at_ease(reader, javascript)
    reader.locator("#q").fill(SEARCH[language])
    reader.locator("main form.filter .btn").click()
    expect(reader.locator("ul.list h3 a")).to_have_text(TITLE[language])
    reader.locator("ul.list h3 a").click()
    expect(reader.locator("main")).not_to_contain_text(secret)
    expect(reader.locator("main")).to_contain_text("■■")
    at_ease(reader, javascript)


def helped(reader: Page, javascript: bool) -> None:
    reader.locator("#helped button[value=yes]").click()
    expect(reader.locator("#helped [role=status]")).to_be_visible()
    expect(reader.locator("#helped")).to_contain_text("1")
    assert Publication.objects.get().helped_today.filter(yes=True).count() == 1
    at_ease(reader, javascript)


def asked_about(reader: Page, language: str) -> None:
    """The question about it says what it is about."""
    reader.locator("#helped a[href*='about=']").click()
    expect(reader.locator("input[name=about]")).to_have_value(re.compile(rf"/{language}/replies/\d+/"))
    expect(reader.locator("main")).to_contain_text(TITLE[language])
