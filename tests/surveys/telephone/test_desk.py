"""The screens of the telephone desk: who opens which, a call from the number to its result, the wall and the sample."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from surveys.telephone import actions, queries
from surveys.telephone.forms import StudyForm
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy
from tests.accounts.people import browser, person
from tests.surveys.answering.builders import published
from tests.surveys.telephone.fields import (
    NOW,
    SCRIPT,
    add,
    answered,
    at,
    call,
    finish,
    interviewer,
    numbers,
    study,
    supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ten in the morning."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def opened(client: Client, name: str, field: TelephoneStudy) -> HttpResponse:
    return client.get(reverse(name, args=[field.pk]))


def press(client: Client, field: TelephoneStudy, do: str, **more: str) -> HttpResponse:
    return client.post(reverse("telephone_desk", args=[field.pk]), {"do": do, **more}, follow=True)


def put_down(client: Client, field: TelephoneStudy, shown: HttpResponse, **given: str) -> HttpResponse:
    hidden = dict(re.findall(r'type="hidden" name="(ticket|attempt)" value="([^"]+)"', body(shown)))
    return client.post(reverse("telephone_finish", args=[field.pk]), {**hidden, **given}, follow=True)


def test_who_calls_and_who_leads_open_their_own_pages_and_others_none():
    field = study(1)
    for user, statuses in (
        (interviewer(), (200, 200, 404, 404, 404)),
        (supervisor(), (200, 404, 200, 200, 200)),
        (person(Role.OFFICER), (404,) * 5),
    ):
        client = browser(user)
        names = ("telephone_desk", "telephone_wall", "telephone_sample")
        found = [client.get(reverse("telephone")), *(opened(client, name, field) for name in names)]
        assert [one.status_code for one in found] == [*statuses[:4]]
        assert client.get(reverse("telephone_new")).status_code == statuses[4]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_number_is_taken_called_and_put_down_with_a_call_back(language):
    field = study()
    add(field, numbers(1), name="Zhang Wei", stratum="south")
    client = browser(interviewer(), language)
    assert 'value="next"' in body(opened(client, "telephone_desk", field))
    shown = press(client, field, "next")
    assert "Zhang Wei" in body(shown) and "tel:+8613800000000" in body(shown)
    answer = put_down(client, field, shown, usual="5.1", call_back="2026-11-25T15:00", note="ask for Wei")
    assert answer.status_code == 200
    number = SampleNumber.objects.get()
    assert (number.code, number.due_at, number.held_by) == ("5.1", at(15), None)
    said = body(answer)
    assert ("(1 call-back)" if language == "en" else "15:00") in said
    assert "Zhang Wei" not in said


def test_a_promise_is_read_on_the_clock_of_the_person_called(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(18))
    field = study()
    add(field, numbers(1), zone="Europe/London")
    client = browser(interviewer())
    put_down(client, field, press(client, field, "next"), usual="5.1", call_back="2026-11-25T15:00")
    assert SampleNumber.objects.get().due_at == at(23)


def test_a_result_that_comes_late_is_read_and_refused_as_that_of_its_own_number(monkeypatch):
    now = [at(18)]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    field, li = study(), interviewer()
    add(field, numbers(1), zone="Europe/London", name="Wei")
    add(field, numbers(1, first=5), name="Fang")
    client = browser(li)
    shown = press(client, field, "next")
    assert "Wei" in body(shown)
    now[0] = at(18, 45)
    refused = put_down(client, field, shown, usual="5.1", note="ask for her son")
    assert refused.status_code == 422 and "Wei" in body(refused) and "ask for her son" in body(refused)
    # It is refused as well while the next number is in hand, and never put down on that one.
    SampleNumber.objects.filter(place=1).update(held_by=None, held_until=None, hold=None)
    press(client, field, "next")
    refused = put_down(client, field, shown, usual="5.1", call_back="2026-11-25T03:00")
    assert refused.status_code in (409, 422) and "Wei" in body(refused)
    put_down(client, field, refused, usual="5.1", call_back="2026-11-25T15:00")
    call = CallAttempt.objects.get()
    assert (call.number.name, call.appointment.at) == ("Wei", at(23))


def test_what_is_typed_stays_when_a_result_is_refused():
    field, li = study(1), interviewer()
    client = browser(li)
    shown = press(client, field, "next")
    refused = put_down(client, field, shown, usual="5.1", note="ask for Wei")
    assert refused.status_code == 422 and "Say when to call again." in body(refused) and "ask for Wei" in body(refused)
    nothing = put_down(client, field, shown, note="ask for Wei")
    assert nothing.status_code == 422 and "ask for Wei" in body(nothing)
    assert not CallAttempt.objects.exists()


def test_pressing_twice_puts_down_one_call():
    field = study(2)
    client = browser(interviewer())
    shown = press(client, field, "next")
    put_down(client, field, shown, usual="5.62")
    put_down(client, field, shown, usual="5.61")
    assert [one.code for one in CallAttempt.objects.all()] == ["5.62"]


def test_a_number_can_be_given_back_and_a_break_taken():
    field = study(1)
    client = browser(interviewer())
    shown = body(press(client, field, "next"))
    ticket = re.search(r'name="ticket" value="([^"]+)"', shown)[1]
    press(client, field, "back", ticket=ticket)
    assert SampleNumber.objects.get().held_by is None
    assert "You are on a break." in body(press(client, field, "pause"))
    assert "A number is due." in body(press(client, field, "resume"))


def test_the_empty_desk_says_until_when_and_how_many_call_backs():
    field, li = study(1), interviewer()
    call(field, li, "5.1", NOW, call_back=at(14, 20))
    shown = body(opened(browser(li), "telephone_desk", field))
    assert re.search(r"No number due until (14:20|2:20 pm) \(1 call-back\)", shown)
    assert "No number is left" in body(opened(browser(li), "telephone_desk", study(key="empty")))


def test_the_history_and_its_notes_are_seen_by_who_has_the_number():
    field, li, wang = study(1), interviewer(), interviewer()
    call(field, li, "5.61", NOW, note="dog barks")
    number, _ = actions.claim(field.pk, actor=wang, now=at(10, 15))
    hand = queries.in_hand(field, wang, at(10, 15))
    assert [(one.note, one.code) for one, _name in hand.attempts] == [("dog barks", "5.61")]
    assert queries.in_hand(field, li, at(10, 15)) is None
    finish(number, wang, "5.62", at(10, 15))


# --- leading --------------------------------------------------------------------------------------------------------


def send(client: Client, field: TelephoneStudy, content: bytes, name: str = "sample.csv") -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("telephone_sample", args=[field.pk]), {"file": file}, follow=True)


def test_a_sample_is_taken_in_whole_or_not_at_all_with_faults_by_row():
    field = study()
    client = browser(supervisor())
    wrong = "phone,language\n13800000001,en\n12,en\n13800000001,en\n13800000002,fr\n"
    refused = send(client, field, wrong.encode())
    said = body(refused)
    assert refused.status_code == 422 and "The file has 3 errors" in said
    assert [int(line) for line in re.findall(r'<td class="num">(\d+)</td>', said)] == [3, 4, 5]
    assert not SampleNumber.objects.exists()
    assert send(client, field, wrong.encode("utf-16")).status_code in (409, 422)
    assert send(client, field, b"tel\n1\n").status_code in (409, 422)


def test_no_sample_is_taken_for_what_is_not_asked_by_telephone():
    on_the_web = SCRIPT | {"settings": {"anonymous": False, "modes": ["web"]}}
    asked = published(on_the_web, anonymous=False, key="web").questionnaire
    with pytest.raises(Refused) as told:
        actions.open_study(asked, name="Parks", opens_at=NOW, actor=SYSTEM)
    assert told.value.code == "telephone_not_asked"
    assert asked not in StudyForm(actor=supervisor()).fields["questionnaire"].queryset
    # One that was asked by telephone, and is no more.
    field = study()
    first = field.questionnaire.versions.get()
    first.state = first.State.SUPERSEDED
    first.save(update_fields=["state"])
    field.questionnaire.versions.create(
        number=2, state="published", definition=on_the_web, definition_hash="1" * 64, published_at=NOW
    )
    refused = send(browser(supervisor()), field, b"phone\n13800000001\n")
    assert refused.status_code in (409, 422)
    assert "not asked by telephone" in body(refused)
    assert not SampleNumber.objects.exists()


def test_a_workbook_with_chinese_headings_is_a_sample_too():
    field = study()
    book = Workbook()
    for row in [("姓名", "电话", "时区", "层"), ("张伟", 13800000001, "Europe/London", "south"), ("", "020", "", "")]:
        book.active.append(row)
    kept = BytesIO()
    book.save(kept)
    refused = send(browser(supervisor()), field, kept.getvalue(), "sample.xlsx")
    assert refused.status_code == 422 and "3" in re.findall(r'<td class="num">(\d+)</td>', body(refused))
    book.active.delete_rows(3)
    kept = BytesIO()
    book.save(kept)
    assert send(browser(supervisor()), field, kept.getvalue(), "sample.xlsx").status_code == 200
    number = SampleNumber.objects.get()
    assert (number.name, number.number, number.zone, number.stratum) == (
        "张伟",
        "+8613800000001",
        "Europe/London",
        "south",
    )


def test_the_wall_shows_people_codes_rates_and_the_check_list():
    field, li = study(4), interviewer()
    actions.claim(field.pk, actor=li, now=NOW)
    finish(SampleNumber.objects.get(held_by=li), li, "1.1", NOW, response=answered(field, flags=["straight_lining"]))
    call(field, li, "2.112", NOW)
    call(field, li, "4.31", NOW)
    found = queries.wall(field, now=NOW)
    assert (found.sample, found.final) == (4, 3)
    # One interview, one refusal, one that is no number, one never called: e is 2 of 3.
    assert found.rates["RR1"] == pytest.approx(1 / 3) and found.rates["RR3"] == pytest.approx(1 / (2 + 2 / 3))
    assert [(one.state, one.calls, one.interviews, one.refusals) for one in found.people] == [("waiting", 3, 1, 1)]
    assert [one.interviewer for one in queries.check_list(field)] == [li]
    shown = body(opened(browser(supervisor()), "telephone_wall", field))
    assert "33.3%" in shown and "the same answer in whole tables" in shown and "13800000000" not in shown


def test_a_study_is_opened_on_a_published_questionnaire():
    field = study()
    client = browser(supervisor())
    given = {"questionnaire": field.questionnaire_id, "name": "Second wave", "country": "CN"}
    assert client.post(reverse("telephone_new"), given).status_code == 302
    assert TelephoneStudy.objects.filter(name="Second wave").exists()
    assert client.post(reverse("telephone_new"), {**given, "name": ""}).status_code == 422
