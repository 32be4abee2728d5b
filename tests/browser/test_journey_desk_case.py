"""J5, beside its way by keys (test_journey_whole_letter.py): drafts of two people, axe on the pages, no scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engage.accounts.actors import Role
from mailbox import actions
from mailbox.actions import DraftWords
from mailbox.models import Case
from tests.browser.by_keys import ready
from tests.browser.looking import foreign_words, look
from tests.mailbox import factories
from tests.mailbox.factories import House, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place() -> House:
    return house()


def test_a_draft_keeps_itself_and_says_when_somebody_else_wrote(sign_in, place):
    case = factories.taken_on(place, now=timezone.now())
    page = sign_in(place.officer, language="en-GB")
    page.goto(page.url.partition("/desk/")[0] + f"/desk/cases/{case.pk}/")
    ready(page)
    page.locator("#id_text").fill("正在修。")
    expect(page.locator("[data-saved]")).to_contain_text("Kept at", timeout=15_000)
    assert case.drafts.get().text == "正在修。"
    other = factories.member(place.water, Role.OFFICER)
    actions.save_draft(case.pk, DraftWords(text="别人写的。"), actor=other, now=timezone.now(), take=True)
    page.locator("#id_text").fill("正在修，请等候。")
    expect(page.locator("[data-failure]")).to_contain_text(f"{other} is writing in this draft", timeout=15_000)
    with page.expect_navigation():
        page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("heading", name="Two people wrote. Put the texts together")).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("正在修，请等候。")
    assert look(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Take the draft over and keep this text").click()
    draft = case.drafts.get()
    assert (draft.text, draft.held_by) == ("正在修，请等候。", place.officer)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_queue_case_and_its_pages_pass_axe_in_both_languages(sign_in, place, language, width):
    case = factories.taken_on(place, "grievance", now=timezone.now(), people=3)
    actions.set_questions(case.pk, ["什么时候修？"], actor=place.officer)
    actions.consult(case.pk, department_id=place.roads.pk, question="路面？", actor=place.officer, now=timezone.now())
    actions.link_cases(case.pk, factories.taken_on(place).pk, actor=place.officer, now=timezone.now())
    actions.tag_cases([case.pk], "水管", actor=place.officer, now=timezone.now())
    page = sign_in(place.officer, language=language, width=width)
    home = page.url.partition("/desk/")[0]
    clock = Case.objects.get(pk=case.pk).clocks.first()
    for path in (
        "queues/cases/?view=open",
        f"cases/{case.pk}/",
        f"cases/{case.pk}/steps/consult/",
        f"cases/{case.pk}/do/split/",
        f"cases/{case.pk}/clocks/{clock.pk}/",
        f"cases/{case.pk}/as-sender/en/",
        f"cases/{case.pk}/as-sender/zh-hans/",
    ):
        page.goto(f"{home}/desk/{path}")
        assert look(page) == [], path
        assert foreign_words(page) == [], path


def test_without_scripts_a_case_is_worked_by_its_buttons(sign_in, place):
    case = factories.case(now=timezone.now())
    page = sign_in(place.clerk, language="en-GB", javascript=False)
    page.goto(page.url.partition("/desk/")[0] + f"/desk/cases/{case.pk}/")
    page.get_by_role("link", name="Pass to a unit").click()
    page.get_by_label("Unit").fill("Water Unit")
    page.get_by_role("button", name="Pass to a unit").click()
    case.refresh_from_db()
    assert case.lead == place.water
