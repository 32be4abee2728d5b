"""The answer as its sender will get it: page and mail, in both languages, before anything goes out."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.models import User
from engage.journal.models import JournalRow
from engage.participation.models import OutgoingMail
from mailbox import actions
from mailbox.actions import DraftWords
from mailbox.desk.preview import preview_of
from mailbox.models import Case, Draft, Notice, NoticeSeries
from tests.accounts.people import browser
from tests.mailbox.factories import NOW, House, approved, handed_in, house, later, taken_on

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=1)
WORDS = "已经派人修好。<b>不是标签</b>"


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def address(case: Case, language: str) -> str:
    return reverse("desk_case_draft_preview", args=[case.pk, language])


def read(user: User, case: Case, language: str, **asked: str) -> str:
    answer = browser(user).get(address(case, language), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def counts() -> list[Any]:
    rows = [model.objects.count() for model in (Notice, OutgoingMail, JournalRow, Draft)]
    return [*rows, *NoticeSeries.objects.values_list("department", "last")]


@pytest.mark.parametrize(
    ("language", "title", "closing"),
    [("en", "Answer", "You may rate this answer on the page of your receipt."), ("zh-hans", "答复", "评价")],
)
def test_the_editor_and_the_approver_see_page_and_mail_and_nothing_is_written(place, language, title, closing):
    case = taken_on(place)
    handed_in(place, case, text=WORDS)
    before = counts()
    for reader in (place.officer, place.approver):
        text = read(reader, case, language)
        page, mail = text.partition('id="mail-head"')[::2]
        for part in (page, mail):
            assert html.escape(WORDS) in part and WORDS not in part
            assert title in part and closing in part and case.reference in part
    assert counts() == before


@pytest.mark.parametrize("kind", ["letter", "grievance", "information_request"])
def test_the_preview_is_what_goes_out(place, kind):
    case = taken_on(place, kind)
    draft = approved(place, case)
    case.refresh_from_db()
    seen = preview_of(case, draft, language=case.submission.language, now=later(NOW))
    assert actions.send_due_answers(now=later(NOW)) == 1
    notice = Notice.objects.filter(case=case).last()
    mail = OutgoingMail.objects.filter(submission=case.submission).last()
    number = notice.content["number"]
    assert number and seen.html.replace(given_later(seen.html), number) == notice.html
    assert seen.subject == mail.subject
    assert seen.body.split("\n\n")[1:] == mail.body.split("\n\n")[1:]


def given_later(page: str) -> str:
    """The place of the number on the page of a preview."""
    return page.partition('<p class="notice-number">')[2].partition("</p>")[0]


def test_the_links_stand_in_the_editor_and_at_the_approver_s_form(place):
    case = taken_on(place)
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    editor = reverse("desk_case", args=[case.pk])
    assert address(case, "en") not in browser(place.officer).get(editor).content.decode()
    actions.save_draft(case.pk, DraftWords(text="已经派人。"), actor=place.officer, now=NOW)
    page = browser(place.officer).get(editor).content.decode()
    assert address(case, "en") in page and address(case, "zh-hans") in page
    handed_in(place, Case.objects.get(pk=case.pk))
    form = reverse("desk_case_step", args=[case.pk, "approve"])
    page = browser(place.approver).get(form).content.decode()
    assert address(case, "en") in page and address(case, "zh-hans") in page


def test_a_private_draft_is_seen_by_its_author_alone(place):
    case = taken_on(place)
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="我自己的稿子"), shared=False, actor=place.officer, now=NOW)
    assert "我自己的稿子" in read(place.officer, case, "en", draft="private")
    assert browser(place.officer).get(address(case, "en")).status_code == 404
    for reader in (place.approver, place.head):
        assert browser(reader).get(address(case, "en"), {"draft": "private"}).status_code == 404


def test_who_does_not_see_the_case_and_who_names_no_language_get_nothing(place):
    case = taken_on(place)
    handed_in(place, case)
    assert browser(place.stranger).get(address(case, "en")).status_code == 404
    assert browser(place.officer).get(address(case, "fr")).status_code == 404
    assert browser(place.officer).post(address(case, "en")).status_code == 405


def test_it_says_that_no_mail_goes_to_who_left_no_address_and_which_language_is_sent(place):
    case = taken_on(place, email="")
    handed_in(place, case)
    text = read(place.officer, case, "en")
    assert "No mail goes out" in text and "The sender reads Chinese" in text
    other = read(place.officer, case, "zh-hans")
    assert "The sender reads" not in other


def test_the_preview_needs_few_queries(place):
    case = taken_on(place, "grievance")
    handed_in(place, case)
    client = browser(place.officer)
    client.get(address(case, "en"))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(case, "en"))
    assert len(asked) <= 26
