"""A threshold and what follows: a case, its answer signed by three, the page, letters; a hearing and its record.

Chinese on a phone, English at a desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.pages.structure import ensure_structure
from engage.participation.models import AboutOption
from mailbox import actions as cases
from mailbox.actions import Given
from mailbox.petitions.actions import announcing, counting, letters
from mailbox.petitions.models import Crossing, Petition
from tests.browser import outcome_walk as walk
from tests.browser.looking import foreign_words, look
from tests.mailbox.factories import House, answered, house
from tests.petitions.factories import petition, signature
from tests.petitions.test_crossings import threshold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
TITLE = {"zh": "在地铁口增设自行车停车位", "en": "Parking for bicycles at the stations"}
ACTION = {"zh": "每个地铁口不少于一百个车位。", "en": "A hundred stands at every station."}
WHY = {"zh": "早高峰时车辆占满人行道。", "en": "Bicycles fill the pavement in the morning."}
ANSWER = {"zh": "每个地铁口将增设两百个停车位。", "en": "Each station gets two hundred stands."}
PLACE = {"place_zh": "市政厅一号厅", "place_en": "City Hall, Room 1"}
WHAT = {"what_zh": "市民代表与交通局讨论了三小时。", "what_en": "Citizens and the office talked for three hours."}


def at_ease(page: Page) -> None:
    """Nothing is wrong with the page for axe, at its sides, or in its words."""
    assert look(page) == []
    assert foreign_words(page) == []


def tell() -> list:
    """What the worker does: list the letters and send them."""
    before = len(mail.outbox)
    announcing.list_letters(now=timezone.now())
    letters.carry()
    return mail.outbox[before:]


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_what_signatures_earned_comes_back_to_those_who_signed(
    live_server, open_page: Callable[..., Page], sign_in: Callable[..., Page], settings, language, width
):
    settings.PAGE_CACHE_SECONDS = 0
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    ensure_structure()
    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "城东", "label_en": "East"})
    place, site, locale = house(), live_server.url, LOCALES[language]
    one = reached(place, language)
    reader = open_page(f"{site}/{language}/petitions/{one.pk}/", language=locale, width=width)
    expect(reader.locator("main")).to_contain_text("信访室" if language == "zh" else "Letters Office")
    at_ease(reader)

    # At the desk: what is owed, its case; the answer is written and approved there.
    officer = sign_in(place.clerk, locale, width=width)
    officer.goto(f"{site}/desk/petitions/answers/")
    at_ease(officer)
    case = Crossing.objects.get(petition=one).case
    officer.locator(f"main a[href='/desk/cases/{case.pk}/']").click()
    expect(officer.locator("main")).to_contain_text(one.reference)
    cases.take_step(case.pk, "route", Given(department=place.water.pk), actor=place.clerk, now=timezone.now())
    case = cases.accept_case(case.pk, actor=place.officer, now=timezone.now())
    answered(place, case, now=timezone.now(), text=ANSWER[language])
    writer = sign_in(place.officer, locale, width=width)
    address = publish(writer, site, case.pk)
    reader.reload()
    expect(reader.locator("main")).not_to_contain_text(ANSWER[language])
    signed(sign_in, address, locale, place.approver)

    # On the page, and in one letter to the one who asked.
    reader.reload()
    expect(reader.locator("#outcome")).to_contain_text(ANSWER[language])
    at_ease(reader)
    sent = tell()
    assert [letter.to for letter in sent] == [["asked@example.org"]] and tell() == []
    reader.goto(re.search(r"http\S+/petitions/\S+", sent[0].body)[0])
    expect(reader.locator("#outcome")).to_be_in_viewport()

    # A hearing: planned, released, held, released again.
    officer.goto(f"{site}/desk/petitions/{one.pk}/outcome/")
    at_ease(officer)
    officer.locator("a[href$='/debates/']").click()
    at_ease(officer)
    written(officer, kind="hearing", stage="planned", on="2026-12-20", **PLACE)
    signed(sign_in, handed_in(officer), locale, Role.APPROVER)
    reader.goto(f"{site}/{language}/petitions/{one.pk}/")
    expect(reader.locator("#outcome")).to_contain_text(PLACE[f"place_{language}"])
    assert len(tell()) == 1
    officer.goto(f"{site}/desk/petitions/{one.pk}/outcome/")
    officer.locator("main a[href*='/desk/petitions/debates/']").click()
    written(officer, stage="held", **WHAT)
    officer.locator(f"a[href$='/preview/{'zh-hans' if language == 'zh' else 'en'}/']").click()
    at_ease(officer)
    officer.go_back()
    signed(sign_in, handed_in(officer), locale, Role.APPROVER)
    reader.reload()
    reader.locator("#outcome a[href*='/debates/']").click()
    expect(reader.locator("main")).to_contain_text(WHAT[f"what_{language}"])
    at_ease(reader)
    assert len(tell()) == 1


def reached(place: House, language: str) -> Petition:
    """A petition with three signatures, which earn it an answer; one signer asked for letters."""
    threshold(3)
    now = timezone.now()
    own = "zh-hans" if language == "zh" else "en"
    words = {"title": TITLE[language], "action": ACTION[language], "background": WHY[language]}
    one = petition(now=now, language=own, department=place.intake, **words)
    signature(one, now=now, email="asked@example.org", wants_news=True, language=own)
    for _each in range(2):
        signature(one, now=now)
    counting.roll_up(now)
    return one


def publish(officer: Page, site: str, case: int) -> str:
    """Prepare the answer for the public and hand it in; return where the release is read."""
    officer.goto(f"{site}/desk/cases/{case}/publish/")
    officer.locator("#begin .btn-go").click()
    officer.locator("#check .btn-go").click()
    at_ease(officer)
    return handed_in(officer)


def handed_in(officer: Page) -> str:
    """Hand in what is prepared; return where the release is read."""
    officer.locator("a[href*='/release/hand-in/']").click()
    officer.locator("main form .btn-go").click()
    officer.wait_for_url(re.compile(r"/desk/release/\d+/"))
    return officer.url


def signed(sign_in: Callable[..., Page], address: str, locale: str, head: User | Role) -> None:
    """Turn the three keys, each by somebody else."""
    for who in (head, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY):
        reviewer = sign_in(who, locale)
        walk.sign(reviewer, address)
        reviewer.context.close()


def written(page: Page, **fields: str) -> None:
    """Fill the form of a debate in and keep it."""
    for name, value in fields.items():
        if name in ("kind", "stage"):
            page.locator(f"input[name={name}][value={value}]").check()
        else:
            page.locator(f"#id_{name}").fill(value)
    page.locator("#debate .btn-go").click()
    expect(page.locator("a[href*='/release/hand-in/']")).to_be_visible()
