"""The interview at the desk: the definition of the web, read out question by question, kept as a response by phone."""

from __future__ import annotations

import html
import re
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.errors import Refused
from surveys.models import Response, SavedResponse
from surveys.telephone import actions, queries
from surveys.telephone.models import CallAttempt, SampleNumber
from tests.surveys.answering.builders import published
from tests.surveys.telephone.fields import NOW, SCRIPT, add, answered, at, finish, interviewer, numbers, study
from tests.surveys.telephone.test_desk import browser, put_down

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ten in the morning."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def field():
    made = study()
    add(made, numbers(2), language="en", name="Zhang Wei")
    return made


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def begun(field, who) -> Client:
    client = browser(who)
    client.post(reverse("telephone_desk", args=[field.pk]), {"do": "next"})
    return client


def asked(client: Client, field, at: str = "") -> HttpResponse:
    return client.get(reverse("telephone_interview", args=[field.pk]), {"at": at} if at else {})


def say(client: Client, field, at: str, **sent: str) -> HttpResponse:
    given = {name.replace("__", ":"): value for name, value in sent.items()}
    return client.post(reverse("telephone_interview", args=[field.pk]), {"at": at, **given}, follow=True)


def complete(client: Client, field, end: HttpResponse, **more: str) -> HttpResponse:
    hidden = dict(re.findall(r'type="hidden" name="(ticket|attempt)" value="([^"]+)"', body(end)))
    return client.post(reverse("telephone_complete", args=[field.pk]), {**hidden, **more}, follow=True)


def test_an_interview_becomes_a_response_by_phone_and_the_number_is_done(field):
    li = interviewer()
    client = begun(field, li)
    first = body(asked(client, field))
    # Read out in the words for the telephone, in the language of who answers; each answer has its key.
    assert "How often, please?" in first and 'data-page-key="2"' in first and 'data-page-key="x"' in first
    second = say(client, field, "visits", q__visits="never")
    assert "Why?" in body(second)
    end = say(client, field, "why", q__why="Too far.", go="next")
    assert "The interview is complete" in body(end)
    assert complete(client, field, end, note="friendly").status_code == 200
    response = Response.objects.get()
    assert (response.mode, response.language, response.answers) == (
        "phone",
        "en",
        {"visits": "never", "why": "Too far."},
    )
    assert response.submission.channel == "phone"
    attempt = CallAttempt.objects.get()
    assert (attempt.code, attempt.response, attempt.note) == ("1.1", response, "friendly")
    number = SampleNumber.objects.get(code="1.1")
    assert (number.final, number.due_at, number.sheet, number.held_by) == (True, None, "", None)
    assert not SavedResponse.objects.exists()
    assert queries.rates(field)["RR1"] == 0.5


def test_completing_twice_makes_one_response(field):
    client = begun(field, interviewer())
    end = say(client, field, "visits", missing="refused")
    complete(client, field, end)
    complete(client, field, end)
    assert (Response.objects.count(), CallAttempt.objects.count()) == (1, 1)


@pytest.mark.parametrize("reason", ["dont_know", "refused"])
def test_why_there_is_no_answer_is_an_answer_on_the_telephone(field, reason):
    client = begun(field, interviewer())
    end = say(client, field, "visits", missing=reason)
    complete(client, field, end)
    assert Response.objects.get().answers == {"visits": {"missing": reason}}


def test_what_is_needed_is_asked_for_and_no_interview_is_complete_without_it(field):
    client = begun(field, interviewer())
    refused = say(client, field, "visits", go="next")
    assert refused.status_code == 422 and "How often, please?" in body(refused)
    end = asked(client, field, "end")
    assert "Still to be answered" in body(end) and "The interview is complete" not in body(end)
    number = SampleNumber.objects.get(held_by__isnull=False)
    ticket = actions.ticket_of(number, now=NOW)
    with pytest.raises(Refused) as refusal:
        actions.complete_interview(uuid.uuid4(), ticket, actor=number.held_by, now=NOW)
    assert refusal.value.code == "survey_incomplete"
    assert not Response.objects.exists() and SampleNumber.objects.filter(held_by__isnull=False).exists()


def test_an_interview_that_was_cut_off_goes_on_where_it_stopped_on_another_place(field):
    li = interviewer()
    client = begun(field, li)
    say(client, field, "visits", q__visits="never")
    shown = client.get(reverse("telephone_desk", args=[field.pk]))
    put_down(client, field, shown, usual="5.5")
    number = SampleNumber.objects.get(code="5.5")
    assert number.reserved_for == li
    later = NOW + timedelta(minutes=50)
    offer = actions.claim(field.pk, actor=interviewer(), now=later)
    # Somebody else has it by then, with the answers so far.
    while offer[0] != number:
        finish(offer[0], offer[0].held_by, "5.62", later)
        offer = actions.claim(field.pk, actor=offer[0].held_by, now=later)
    sheet = actions.begin_interview(number.pk, actor=offer[0].held_by, now=later)
    assert sheet.filled.answers == {"visits": "never"}


def test_a_filled_quota_is_told_at_the_question_and_put_down(field):
    field.questionnaire.slots.create(cell="south", number=1, response=answered(field))
    client = begun(field, interviewer())
    told = say(client, field, "visits", q__visits="often")
    assert "Enough people like this have answered" in body(told)
    put_down(client, field, told, other="4.8")
    assert SampleNumber.objects.filter(code="4.8", final=True).count() == 1


def test_a_quota_that_is_filled_meanwhile_loses_neither_number_nor_answers(field):
    slot = field.questionnaire.slots.create(cell="south", number=1)
    client = begun(field, interviewer())
    end = say(client, field, "visits", q__visits="often")
    slot.response = answered(field)
    slot.save()
    told = complete(client, field, end)
    assert "Enough people like this have answered" in body(told)
    assert not CallAttempt.objects.exists() and Response.objects.count() == 1
    assert SampleNumber.objects.get(held_by__isnull=False).sheet


def test_an_interview_much_faster_than_the_others_is_flagged(field):
    li = interviewer()
    add(field, numbers(5, 50), language="en")
    for length in (300, 310, 320, 330, 340):
        number, _reason = actions.claim(field.pk, actor=li, now=NOW)
        ticket = actions.ticket_of(number, now=NOW - timedelta(seconds=length))
        response = answered(field)
        actions.finish_call(uuid.uuid4(), ticket, actions.Outcome("1.1"), response=response, actor=li, now=NOW)
    number, _reason = actions.claim(field.pk, actor=li, now=NOW)
    sheet = actions.begin_interview(number.pk, actor=li, now=NOW)
    sheet.filled.answers["visits"] = "never"
    ticket = actions.ticket_of(number, now=NOW)
    actions.keep_answer(sheet, sheet.course(NOW), ticket, page=0, actor=li, now=NOW)
    quick = NOW + timedelta(seconds=60)
    made = actions.complete_interview(uuid.uuid4(), ticket, actor=li, now=quick)
    assert made.response.flags == ["too_fast"]


def test_back_keeps_what_was_said_and_nobody_without_a_number_sees_the_script(field):
    client = begun(field, interviewer())
    say(client, field, "visits", q__visits="never")
    before = say(client, field, "why", go="back")
    assert 'aria-pressed="true"' in body(before)
    assert asked(browser(interviewer()), field).status_code == 302


@pytest.mark.parametrize("taken", [False, True])
def test_what_comes_after_a_long_cut_is_kept_unless_somebody_else_has_the_number(field, monkeypatch, taken):
    li = interviewer()
    client = begun(field, li)
    asked(client, field)
    monkeypatch.setattr(timezone, "now", lambda: NOW + actions.calling.HOLD + timedelta(minutes=5))
    if taken:
        for _number in range(2):
            begun(field, interviewer())
    told = body(say(client, field, "visits", q__visits="never"))
    assert ("Somebody else has this number by now" in told) == taken
    assert ("Why?" in told) != taken
    assert SampleNumber.objects.filter(held_by=li).exists() != taken


def test_a_questionnaire_that_promises_anonymity_is_not_asked_on_the_telephone():
    version = published(SCRIPT, key="secret", anonymous=True)
    with pytest.raises(Refused) as refusal:
        actions.open_study(version.questionnaire, name="x", opens_at=at(9), actor=SYSTEM)
    assert refusal.value.code == "telephone_anonymous"


def test_an_answer_of_a_page_left_open_on_another_number_gets_into_no_other_interview(field):
    client = begun(field, interviewer())
    first = re.search(r'name="number" value="([^"]+)"', body(asked(client, field)))[1]
    told = body(say(client, field, "visits", number="6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f10", q__visits="never"))
    assert "That answer was not kept." in told
    assert "How often, please?" in body(asked(client, field))
    assert "Why?" in body(say(client, field, "visits", number=first, q__visits="never"))


def test_sounds_and_films_are_read_out_in_words():
    script = deepcopy(SCRIPT)
    visits = script["pages"][0]["items"][0]
    said = {"zh-hans": "钟响了两下", "en": "A bell rings twice"}
    sound = {"kind": "audio", "source": {"en": "bell.mp3"}, "transcript": said}
    note = {"name": "note", "type": "note", "label": {"zh-hans": "听", "en": "Listen"}}
    film = {"kind": "video", "source": {"en": "gate.mp4"}, "transcript": {"zh-hans": "门开了", "en": "A gate opens"}}
    script["pages"][0]["items"].insert(0, note | {"media": [film]})
    visits["media"] = [sound]
    visits["options"][0]["media"] = [sound | {"transcript": {"zh-hans": "喇叭", "en": "A horn"}}]
    field = study(definition=script)
    add(field, numbers(1), language="en", name="Zhang Wei")
    shown = body(asked(begun(field, interviewer()), field))
    assert all(words in shown for words in ("A bell rings twice", "A gate opens", "A horn"))
    assert "<audio" not in shown and "<video" not in shown
