"""Sheets of paper become answers: checked, taken in, undone, and one keyed in by hand."""

from __future__ import annotations

import html
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys.models import PaperBatch, PaperSheet, Questionnaire, Response
from surveys.paper import actions, queries
from tests.accounts.people import browser, person
from tests.surveys.paper.sheets import questionnaire, table

pytestmark = pytest.mark.django_db


def officer() -> User:
    return person(Role.OFFICER)


def taken(asked: Questionnaire, content: bytes, who: User) -> PaperBatch:
    """Check a table, start it, and let the worker take it in."""
    now = timezone.now()
    batch, found = actions.check_table(asked, content, actor=who, now=now)
    assert batch is not None, found.faults
    actions.start(batch.pk, actor=who)
    actions.take_in(stopping=threading.Event(), now=now)
    batch.refresh_from_db()
    return batch


def test_a_table_becomes_answers_by_paper_and_undone_none_of_it_counts():
    asked, who = questionnaire(access=Questionnaire.Access.INVITED), officer()
    lines = ["1,weekly,bus", "2,,", "3,never,bus", "4,refused,unreadable"]
    batch = taken(asked, table(*lines, head="sheet,visits,ways"), who)
    assert (batch.state, batch.done, batch.taken, batch.skipped, batch.sealed) == ("done", 4, 4, 1, "")
    kept = Response.objects.filter(questionnaire=asked).order_by("paper_sheet__number")
    assert [one.answers for one in kept] == [
        {"visits": "weekly", "ways": ["bus"], "people": []},
        {"people": []},
        {"visits": "never", "people": []},
        {"visits": {"missing": "refused"}, "ways": {"missing": "unreadable"}, "people": []},
    ]
    assert {(one.mode, one.submission.channel, one.seconds) for one in kept} == {("paper", "paper", None)}
    again, found = actions.check_table(asked, table("2,weekly"), actor=who, now=timezone.now())
    assert again is None and [fault.column for fault in found.faults] == ["sheet"]
    assert actions.undo(batch.pk, actor=who, now=timezone.now()) == 4
    assert actions.undo(batch.pk, actor=who, now=timezone.now()) == 0
    assert not Response.objects.filter(questionnaire=asked).counted().exists() and not PaperSheet.objects.exists()
    assert taken(asked, table("2,weekly"), who).taken == 1
    verbs = JournalRow.objects.filter(verb__startswith="survey.paper_").order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[:4] == [
        "survey.paper_checked", "survey.paper_started", "survey.paper_taken", "survey.paper_undone",
    ]  # fmt: skip


def test_what_is_refused_while_it_is_taken_in_is_named_and_the_others_are_taken():
    asked, who = questionnaire(), officer()
    batch = taken(asked, table("1,daily", "2,daily", "3,weekly"), who)
    assert (batch.taken, [row[:3] for row in batch.failed]) == (2, [[3, "2", "survey_quota_full"]])
    [shown] = [queries.shown(one) for one in queries.batches(asked, who)]
    assert shown.refused[0][:2] == (3, "2") and shown.refused[0][2]
    actions.undo(batch.pk, actor=who, now=timezone.now())
    assert asked.slots.filter(response=None).exists()


def test_a_batch_that_was_interrupted_goes_on_where_it_was(monkeypatch):
    asked, who = questionnaire(quotas=False), officer()
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    batch, _found = actions.check_table(asked, table(*(f"{n},weekly" for n in range(5))), actor=who, now=timezone.now())
    assert not actions.take_some(batch.pk, now=timezone.now())
    actions.start(batch.pk, actor=who)
    assert actions.take_some(batch.pk, now=timezone.now())
    batch.refresh_from_db()
    assert (batch.state, batch.done, PaperSheet.objects.count()) == ("waiting", 2, 2)
    actions.take_in(stopping=threading.Event(), now=timezone.now())
    assert sorted(PaperSheet.objects.values_list("number", flat=True)) == ["0", "1", "2", "3", "4"]


def test_a_batch_that_fails_is_logged_and_keeps_none_behind_it_waiting(caplog):
    asked, who = questionnaire(quotas=False), officer()
    broken, sound = (actions.check_table(asked, table(f"{n},weekly"), actor=who, now=timezone.now())[0] for n in (1, 2))
    for batch in (broken, sound):
        actions.start(batch.pk, actor=who)
    PaperBatch.objects.filter(pk=broken.pk).update(sealed="[[")
    actions.take_in(stopping=threading.Event(), now=timezone.now())
    assert list(PaperSheet.objects.values_list("number", flat=True)) == ["2"]
    assert f"paper answers of batch {broken.pk}" in caplog.text and "JSONDecodeError" in caplog.text
    broken.refresh_from_db()
    assert (broken.state, broken.done) == ("waiting", 0)


def test_only_who_takes_in_paper_does_and_what_nobody_starts_is_deleted():
    asked = questionnaire()
    with pytest.raises(Refused) as caught:
        actions.check_table(asked, table("1,daily"), actor=person(Role.INTERVIEWER), now=timezone.now())
    assert caught.value.code == "not_allowed"
    actions.check_table(asked, table("1,daily"), actor=SYSTEM, now=timezone.now())
    assert actions.delete_unstarted(now=timezone.now()) == 0
    assert actions.delete_unstarted(now=timezone.now() + timedelta(days=2)) == 1


# --- screens --------------------------------------------------------------------------------------------------------


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.sqlite_only
def test_an_officer_brings_a_table_sees_its_faults_and_then_takes_it_in():
    asked, client = questionnaire(), browser(officer())
    address = reverse("paper_answers_of", args=[asked.key])

    def send(content: bytes) -> HttpResponse:
        return client.post(address, {"file": SimpleUploadedFile("sheets.csv", content)}, follow=True)

    assert asked.key in body(client.get(reverse("paper_answers")))
    for form in ("csv", "xlsx"):
        got = client.get(reverse("paper_answers_template", args=[asked.key, form]))
        assert got.status_code == 200 and "attachment" in got["Content-Disposition"]
    wrong = send(table("1,sometimes", "1,daily"))
    assert wrong.status_code == 422 and "sometimes is neither a code nor a label" in body(wrong)
    assert "stands in row 2 already" in body(wrong) and not PaperBatch.objects.exists()
    assert "2 sheets were checked" in body(send(table("1,weekly", "2,weekly")))
    batch = PaperBatch.objects.get()
    act = reverse("paper_answers_batch", args=[asked.key, batch.pk])
    assert 'data-behaviour="look-again"' in body(client.post(act, {"do": "start"}, follow=True))
    actions.take_in(stopping=threading.Event(), now=timezone.now())
    assert "2 answers were taken in." in body(client.get(address))
    assert "2 answers count no more" in body(client.post(act, {"do": "undo"}, follow=True))


@pytest.mark.sqlite_only
def test_one_sheet_is_keyed_in_and_what_is_wrong_stands_at_its_field():
    asked, client = questionnaire(), browser(officer())
    address = reverse("paper_answers_sheet", args=[asked.key])
    given = {"sheet": "7", "received": "", "language": "en", "c:visits": "weekly", "c:ways": ["bus", "foot"]}
    wrong = client.post(address, {**given, "c:age": "200", "c:day": "yesterday"})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"c:age", "c:day"}
    assert "Sheet 7 is taken in." in body(client.post(address, given, follow=True))
    assert Response.objects.get().answers == {"visits": "weekly", "ways": ["bus", "foot"], "people": []}
    twice = client.post(address, given)
    assert twice.status_code == 422 and set(twice.context["form"].errors) == {"sheet"}
    client.post(address, {**given, "sheet": "8"})
    batch = PaperBatch.objects.get()
    assert (batch.by_hand, batch.sheets, batch.taken) == (True, 2, 2)


@pytest.mark.sqlite_only
def test_a_questionnaire_that_is_not_on_paper_says_so():
    asked, client = questionnaire(), browser(officer())
    version = asked.versions.get()
    type(version).objects.filter(pk=version.pk).update(state="taken_down")
    page = client.get(reverse("paper_answers_of", args=[asked.key]))
    assert page.status_code == 200 and "is not published" in body(page)
    assert client.get(reverse("paper_answers_template", args=[asked.key, "csv"])).status_code == 404
