"""Journey J3 in a browser with real mail: look, write, check, confirm, find sponsors, be turned down, mend it.

A link scanner opens every link of every letter before its reader does.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.pages.structure import ensure_structure
from engage.participation.actions import deliver_mail
from engage.participation.models import AboutOption
from engage.search import actions as search
from mailbox.petitions.actions import letters, moderation, signing, sponsors
from mailbox.petitions.models import Petition, Signature, State
from tests.accounts.people import person
from tests.browser.looking import foreign_words, look
from tests.petitions import factories
from tests.smtp_sink import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASK = {"zh": "在老旧小区出入口加装无障碍坡道", "en": "Put step-free ramps at the entrances of older estates"}
LIKE = {"zh": "为老旧小区加装坡道", "en": "Ramps at the entrances of older estates"}
ACTION = {
    "zh": "请在2027年底前为每个老旧小区的主要出入口加装坡道。",
    "en": "Fit a ramp at every main entrance by the end of 2027.",
}
WHY = {"zh": "我们走访的四十六个小区，三十一个只有台阶。", "en": "Of the 46 estates we visited, 31 have only steps."}
BETTER = {"zh": "请先在五个小区试点加装坡道。", "en": "Begin with ramps at five estates."}
NAMES = {"zh": "李小河", "en": "Li River"}


@pytest.fixture
def sink(settings, live_server) -> Iterator[SmtpSink]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.PUBLIC_URL = live_server.url
    settings.FASTEST_PERSON_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    ensure_structure()
    for code, zh, en in (("east", "城东", "East"), ("west", "城西", "West")):
        AboutOption.objects.get_or_create(kind="region", code=code, defaults={"label_zh": zh, "label_en": en})
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


def at_ease(page: Page) -> None:
    """Nothing is wrong with the page for axe, at its sides, or in its words."""
    assert not look(page)
    assert not foreign_words(page)


def link_for(sink: SmtpSink, address: str) -> str:
    """Send what waits; return the link of the newest letter to an address, which a scanner has opened twice."""
    later = timezone.now() + timedelta(seconds=1)
    deliver_mail(now=later)
    letters.carry(clock=lambda: later)
    letter = [one for one in sink.letters if one.recipients == (address,)][-1]
    links = re.findall(r"https?://\S+", letter.message.get_content())
    for link in links[:1] * 2:
        with urllib.request.urlopen(link) as answer:
            assert answer.status == 200
    return links[0]


def signed_by(page: Page, name: str, email: str) -> None:
    """Fill in who signs."""
    page.locator("#id_name").fill(name)
    page.locator("#id_email").fill(email)
    page.locator("#id_region").select_option("west")
    page.locator("#id_eligible").check()


def looked_and_written(page: Page, language: str) -> None:
    """From the list of petitions over what is like it to the form, filled in."""
    page.locator("nav.doors a[href$='/petitions/']").click()
    page.locator("main a[href$='/petitions/start/']").first.click()
    page.locator("#id_q").fill(ASK[language])
    expect(page.locator("[data-answers-place] a").first).to_have_text(LIKE[language])
    page.locator("main form[method=get] button").click()
    expect(page.locator("[data-answers-place] a").first).to_have_text(LIKE[language])
    at_ease(page)
    page.locator("main form[method=post] button.btn-go").click()
    page.wait_for_url("**/petitions/start/write/")
    expect(page.locator("#id_title")).to_have_value(ASK[language])
    page.locator("#id_action").fill("x" * 301)
    expect(page.locator("#count-action")).to_have_class(re.compile(r"\berr\b"))
    page.locator("#petition .row button.btn-go").click()
    expect(page.locator(".errors")).to_be_focused()
    at_ease(page)
    page.locator("#id_action").fill(ACTION[language])
    expect(page.locator("#count-action")).not_to_have_class(re.compile(r"\berr\b"))
    page.locator("#id_background").fill(WHY[language])
    signed_by(page, NAMES[language], "li@example.org")
    page.locator("#petition .row button.btn-go").click()
    page.wait_for_url("**/petitions/start/check/")


def sponsor_in_the_browser(page: Page, sink: SmtpSink, address: str, language: str) -> None:
    """Support it, put a wrong address right, confirm by the letter."""
    page.goto(address)
    expect(page.locator(".clock strong")).to_have_text("0")
    at_ease(page)
    signed_by(page, "王大江" if language == "zh" else "Wang Dajiang", "wrong@example.org")
    page.locator("form.drawer button.btn-go").click()
    expect(page.locator(".lede")).to_contain_text("wrong@example.org")
    at_ease(page)
    page.locator("#id_email").fill("right@example.org")
    page.locator("#id_email").press("Enter")
    expect(page.locator(".lede")).to_contain_text("right@example.org")
    page.goto(link_for(sink, "right@example.org"))
    at_ease(page)
    page.locator("main form button.btn-go").click()
    expect(page.locator(".clock strong")).to_have_text("1")
    at_ease(page)


def sponsored(petition: Petition, many: int) -> None:
    for number in range(many):
        ask = signing.Ask(
            petition_id=petition.pk,
            token=uuid4(),
            name=f"联署人{number}",
            email=f"s{number}@example.org",
            language="zh-hans",
            region="east",
            part=Signature.Part.SPONSOR,
            letter="sponsor",
        )
        assert signing.confirm(sponsors.ask_to_sponsor(petition, ask).pk) == "confirmed"


@pytest.mark.parametrize(("language", "locale", "width"), [("zh", "zh-CN", 360), ("en", "en-GB", 1280)])
def test_a_petition_is_started_sponsored_turned_down_and_mended(
    live_server, open_page: Callable[..., Page], sink: SmtpSink, language: str, locale: str, width: int
):
    code = {"zh": "zh-hans", "en": "en"}[language]
    words = {"title": LIKE[language], "action": BETTER[language], "background": WHY[language]}
    search.index(factories.petition(language=code, **words))
    site = f"{live_server.url}/{language}"
    page = open_page(f"{site}/", language=locale, width=width)
    looked_and_written(page, language)
    expect(page.locator("dl.check")).to_contain_text(ACTION[language])
    at_ease(page)
    page.locator("#send button.btn-go").click()
    expect(page.locator(".lede")).to_contain_text("li@example.org")
    at_ease(page)
    petition = Petition.objects.latest("pk")
    page.goto(link_for(sink, "li@example.org"))
    petition.refresh_from_db()
    assert petition.state == State.PENDING
    at_ease(page)
    page.locator("main form button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    at_ease(page)
    to_sponsors = page.locator("main a[href*='/sponsor/']").get_attribute("href")

    visitor = open_page(f"{site}/petitions/{petition.pk}/", language=locale, width=width)
    sponsor_in_the_browser(visitor, sink, to_sponsors, language)
    sponsored(petition, 4)
    visitor.goto(to_sponsors)
    expect(visitor.locator("main .banner")).to_be_visible()
    at_ease(visitor)
    visitor.goto(f"{site}/search/?q={ASK[language]}")
    expect(visitor.locator("main")).not_to_contain_text(ACTION[language])

    reason = factories.reason()
    moderation.reject_petition(petition.pk, reason.code, actor=person(Role.OFFICER), now=timezone.now())
    page.goto(f"{site}/track/{petition.reference}/")
    expect(page.locator("main .banner-warn")).to_contain_text(reason.mend_zh if language == "zh" else reason.mend_en)
    at_ease(page)
    page.locator("main .banner-warn button").click()
    page.wait_for_url("**/petitions/start/write/")
    expect(page.locator("#id_background")).to_have_value(WHY[language])
    at_ease(page)
    page.locator("#id_action").fill(BETTER[language])
    signed_by(page, NAMES[language], "li@example.org")
    page.locator("#petition .row button.btn-go").click()
    page.locator("#send button.btn-go").click()
    page.goto(link_for(sink, "li@example.org"))
    page.locator("main form button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    again = Petition.objects.latest("pk")
    assert (again.resubmitted_from, again.action, again.state) == (petition, BETTER[language], State.COLLECTING)


def test_a_petition_that_was_typed_survives_a_closed_tab(live_server, open_page: Callable[..., Page], sink: SmtpSink):
    page = open_page(f"{live_server.url}/en/petitions/start/?q=Ramps", language="en-GB", width=360)
    page.locator("main form[method=post] button.btn-go").click()
    page.locator("#id_action").fill("This must not get lost when the tab is closed.")
    page.locator("[data-saved]:not([hidden])").wait_for(timeout=8_000)
    again = page.context.new_page()
    page.close()
    again.goto(f"{live_server.url}/en/petitions/start/write/")
    expect(again.locator("#id_action")).to_have_value("This must not get lost when the tab is closed.")
