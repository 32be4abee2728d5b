"""Texts with footnotes and questions in a real browser: marked words, links there and back, an answer to a question."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consultations import actions
from consultations.actions import Place
from consultations.drafts.questions import read_questions
from consultations.drafts.reader import parse_text
from consultations.rules import QUESTIONS
from consultations.voices.models import Passage
from engage.accounts.actors import SYSTEM
from tests.browser.looking import look
from tests.browser.test_voices import MARK, WORDS
from tests.consultations.factories import CHINESE, call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTED = CHINESE.replace("社区图书馆每周", "社区图书馆[^1]每周") + "\n[^1]: 含街道图书馆。\n"


def test_marked_words_behind_the_sign_of_a_footnote_are_the_right_ones(live_server, open_page, settings):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call(chinese=NOTED)
    page = open_page(f"{live_server.url}/zh/c/{consultation.slug}/draft/")
    page.evaluate(MARK, "不少于五天")
    page.locator("#art-2 .mark-passage").click()
    page.locator("#comment blockquote").wait_for()
    assert page.locator("#comment blockquote").inner_text() == "不少于五天"
    page.locator('#comment input[value="change"]').check()
    page.locator("#comment #id_text").fill(WORDS)
    page.locator("#comment button.btn-go").click()
    page.locator(".check blockquote").wait_for()
    page.goto(f"{live_server.url}/zh/c/{consultation.slug}/mine/about/")
    page.locator("main form button.btn-go").click()
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    assert Passage.objects.get().exact == "不少于五天"


def test_a_footnote_leads_there_and_back(live_server, open_page):
    consultation = call(chinese=NOTED)
    page = open_page(f"{live_server.url}/zh/c/{consultation.slug}/draft/", width=360, javascript=False)
    page.locator('#art-2 a[role="doc-noteref"]').click()
    assert page.url.endswith("#note-art-2-1")
    expect(page.locator("#note-art-2-1")).to_be_in_viewport()
    page.locator('#note-art-2-1 a[role="doc-backlink"]').click()
    assert page.url.endswith("#ref-art-2-1")


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 320)])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(live_server, open_page, language, width):
    consultation = call(chinese=NOTED)
    fees = parse_text(NOTED.replace("第一条　目的", "第一条　目的[^2]") + "[^2]: 条标。\n", language="zh-hans")
    version = actions.store_draft(fees, place=Place(consultation, "fees"), actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    base = f"{live_server.url}/{language}/c/{consultation.slug}"
    page = open_page(f"{base}/", width=width)
    for path in ("", "draft/fees/", "fees--art-1/", "comments/"):
        page.goto(f"{base}/{path}")
        assert look(page) == []


@pytest.mark.parametrize(("language", "width", "javascript"), [("zh", 360, False), ("en", 1280, True)])
def test_a_question_is_answered(live_server, open_page, settings, language, width, javascript):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call()
    chinese, english = "1. 您是否同意每周开放五天？\n", "1. Do you agree with five days a week?\n"
    place = Place(consultation, QUESTIONS)
    version = actions.store_draft(
        parse_text(chinese, language="zh-hans", read=read_questions), place=place, actor=SYSTEM
    )
    actions.add_translation(version, parse_text(english, language="en", read=read_questions), actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    page = open_page(f"{live_server.url}/{language}/c/{consultation.slug}/", width=width, javascript=javascript)
    page.locator('main a[href$="/draft/questions/"]').click()
    page.locator("#questions--art-1 a[data-compose]").click()
    page.locator('#comment input[value="support"]').check()
    page.locator("#comment #id_text").fill("同意，每周五天已经足够了。")
    assert page.locator("#comment #id_suggested").count() == 0
    page.locator("#comment button.btn-go").click()
    page.locator(".check").wait_for()
    page.goto(f"{live_server.url}/{language}/c/{consultation.slug}/mine/about/")
    page.locator("main form button.btn-go").click()
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    assert consultation.comments.get().clause.key == "questions__art_1"
