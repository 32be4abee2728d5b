"""Quotas are exact, whoever comes at once, and nobody who is turned away loses words."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from engage.accounts.actors import ANYONE, ReceiptHolder
from engage.errors import Refused
from surveys import queries, quotas
from surveys.answering import actions, sheets
from surveys.models import QuotaSlot, Response, SavedResponse
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import both, definition, options, page, question
from tests.surveys.answering.test_walk import Person

# 1,000 people for 500 places: ENGAGE_QUOTA_PEOPLE=1000.
PEOPLE = int(os.environ.get("ENGAGE_QUOTA_PEOPLE", "24"))

QUOTED = definition(
    page(
        "first", question("sex", "single", options=options("w", "m")), question("old", "single", options=options("y"))
    ),
    page("second", question("more", "text")),
    quotas=[
        {"name": "women", "when": "${sex} = 'w'", "limit": PEOPLE // 2, "message": both("够了，谢谢", "Enough women")},
        {"name": "old", "when": "${old} = 'y'", "limit": 1},
    ],
)


def begun(answers, key="parks"):
    now = timezone.now()
    code = actions.begin(queries.published(key, language="en", actor=ANYONE, now=now), language="en", now=now)
    sheet = sheets.find(code, language="en", now=now)
    sheet.filled.answers = answers
    actions.keep(sheet, sheet.course(now), page=0, language="en", now=now)
    return code


def send(code):
    now = timezone.now()
    sheet = sheets.find(code, language="en", now=now)
    try:
        return actions.submit(sheet, language="en", now=now, actor=ANYONE).pk
    except Refused as refused:
        return refused.code
    finally:
        connection.close()


def laid_out(limits):
    version = published(QUOTED)
    quotas.lay_out(version.questionnaire_id, limits)
    return version.questionnaire


@pytest.mark.django_db(transaction=True)
def test_just_as_many_are_taken_as_there_are_places_when_all_send_at_once():
    questionnaire = laid_out({"women": PEOPLE // 2, "old": 1})
    found = [begun({"sex": "w"}) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(send, found))
    taken = [result for result in results if isinstance(result, int)]
    assert len(taken) == PEOPLE // 2
    assert [result for result in results if not isinstance(result, int)] == ["survey_quota_full"] * (PEOPLE // 2)
    assert Response.objects.count() == PEOPLE // 2
    assert quotas.counts(questionnaire.pk) == {"women": (PEOPLE // 2, PEOPLE // 2), "old": (0, 1)}
    assert set(QuotaSlot.objects.filter(cell="women").values_list("response", flat=True)) == set(taken)
    # Whoever was turned away has all words still.
    assert SavedResponse.objects.count() == PEOPLE - len(taken)


@pytest.mark.django_db
def test_a_place_in_one_cell_is_not_used_up_when_another_is_full():
    questionnaire = laid_out({"women": 5, "old": 0})
    assert send_here(begun({"sex": "w", "old": "y"})) == "survey_quota_full"
    assert quotas.counts(questionnaire.pk) == {"women": (0, 5)}


def send_here(code):
    now = timezone.now()
    sheet = sheets.find(code, language="en", now=now)
    try:
        return actions.submit(sheet, language="en", now=now, actor=ANYONE).pk
    except Refused as refused:
        return refused.code


@pytest.mark.django_db
def test_who_is_in_no_cell_is_always_taken():
    laid_out({"women": 0, "old": 0})
    assert isinstance(send_here(begun({"sex": "m"})), int)


@pytest.mark.django_db
def test_a_withdrawn_response_gives_its_place_back():
    questionnaire = laid_out({"women": 1, "old": 1})
    pk = send_here(begun({"sex": "w"}))
    assert send_here(begun({"sex": "w"})) == "survey_quota_full"
    actions.withdraw(pk, ReceiptHolder(pk))
    assert quotas.counts(questionnaire.pk)["women"] == (0, 1)
    assert isinstance(send_here(begun({"sex": "w"})), int)


@pytest.mark.django_db
def test_cells_grow_and_shrink_with_a_new_version_and_keep_what_is_taken():
    questionnaire = laid_out({"women": 2, "old": 1})
    pk = send_here(begun({"sex": "w"}))
    quotas.lay_out(questionnaire.pk, {"women": 4})
    assert quotas.counts(questionnaire.pk) == {"women": (1, 4)}
    quotas.lay_out(questionnaire.pk, {"women": 0, "new": 2})
    assert quotas.counts(questionnaire.pk) == {"women": (1, 1), "new": (0, 2)}
    assert QuotaSlot.objects.get(cell="women").response_id == pk


@pytest.mark.django_db
def test_a_full_quota_is_told_kindly_on_the_way_and_nothing_is_lost():
    laid_out({"women": 0, "old": 1})
    walker = Person()
    walker.begin()
    walker.answer(sex="w")
    assert walker.status == 410
    assert "Thank you" in walker.text and "Enough women" in walker.text and "Calls for comments" in walker.text
    assert SavedResponse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_sheet_that_is_sent_many_times_at_once_is_one_answer():
    published(definition(page("first", question("more", "text"))), key="plain")
    code = begun({"more": "once"}, key="plain")
    now = timezone.now()
    opened = [sheets.find(code, language="en", now=now) for _again in range(6)]

    def send_again(sheet):
        try:
            return actions.submit(sheet, language="en", now=now, actor=ANYONE).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(len(opened)) as people:
        sent = list(people.map(send_again, opened))
    assert len(set(sent)) == 1 and Response.objects.get().pk == sent[0]
    assert not SavedResponse.objects.exists()
