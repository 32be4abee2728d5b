"""Who leads a study changes the rules of its calls, and looks after the do-not-call list."""

from __future__ import annotations

import html
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys.telephone import actions
from surveys.telephone.models import DoNotCall, SampleNumber, TelephoneStudy
from surveys.telephone.rules import CallRules, Spacing, Window, read_numbers
from surveys.telephone.rules.calling import SPACINGS
from surveys.telephone.rules.storing import mark_of, read_rules, read_windows, windows_text, write_rules
from tests.accounts.people import browser
from tests.surveys.telephone.fields import NOW, at, call, finish, interviewer, study, supervisor

# --- pure -----------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", []),
        ("9:00-21:00", [(9, 21)]),
        ("09:00–12:00，14:00～18:00", [(9, 12), (14, 18)]),
        ("9：00至24：00", [(9, 0)]),
        ("9:00 to 12:00; ", [(9, 12)]),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours):
    read = read_windows(text)
    assert read == tuple(Window(time(opens), time(closes)) for opens, closes in hours)
    assert read_windows(windows_text(read)) == read


@pytest.mark.sqlite_only
@pytest.mark.parametrize("text", ["9-21", "25:00-26:00", "9:00", "morning", "9:00-12:61"])
def test_what_is_no_hours_is_named(text):
    with pytest.raises(Refused) as caught:
        read_windows(text)
    assert caught.value.code == "call_window_unreadable" and caught.value.values == {"value": text}


@pytest.mark.sqlite_only
def test_rules_are_kept_as_what_differs_and_read_back():
    assert write_rules(CallRules()) == {}
    changed = CallRules(
        windows={day: (Window(time(9), time(0)),) for day in range(5)},
        max_attempts=5,
        grace=timedelta(minutes=30),
        latest_appointment=timedelta(days=7),
        spacings={**SPACINGS, "5.61": Spacing(timedelta(hours=2))},
        days_off=frozenset({date(2027, 2, 6)}),
    )
    kept = write_rules(changed)
    assert set(kept) == {"windows", "max_attempts", "grace_minutes", "latest_days", "spacing_minutes", "days_off"}
    assert kept["spacing_minutes"] == {"5.61": 120}
    read = read_rules(kept)
    assert write_rules(read) == kept and read.spacings == changed.spacings and read.windows[6] == ()


@pytest.mark.sqlite_only
def test_a_wait_that_ends_before_the_call_is_refused():
    with pytest.raises(Refused) as caught:
        read_rules({"spacing_minutes": {"5.61": -1}})
    assert caught.value.code == "call_attempts_invalid"


@pytest.mark.sqlite_only
def test_a_list_of_numbers_has_each_once_and_its_faults_by_row():
    rows = [(2, {"phone": "138 0000 0001"}), (3, {"phone": "12"}), (4, {"phone": "+8613800000001"}), (5, {})]
    found, faults = read_numbers(rows, country="CN")
    assert found == ["+8613800000001"]
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (3, "phone", "phone_invalid"),
        (5, "phone", "phone_missing"),
    ]


# --- with the database ----------------------------------------------------------------------------------------------


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def rules_of(client: Client, field: TelephoneStudy) -> dict[str, Any]:
    """What the form of the rules shows."""
    form = client.get(reverse("telephone_rules", args=[field.pk])).context["form"]
    return {bound.html_name: bound.value() for bound in form}


@pytest.mark.django_db
def test_new_rules_hold_for_what_was_called_before_and_what_is_in_hand_stays_there():
    field, li, wang = study(3), interviewer(), interviewer()
    call(field, li, "5.61", NOW)
    call(field, li, "5.62", NOW)
    held, _reason = actions.claim(field.pk, actor=wang, now=NOW)
    finish(held, wang, "5.61", NOW)
    again, _reason = actions.claim(field.pk, actor=wang, now=NOW + timedelta(minutes=20))
    assert again.code == "5.61"
    seen = mark_of(field.rules)
    actions.change_rules(field.pk, {"spacing_minutes": {"5.61": 60}}, seen=seen, actor=supervisor())
    found = {one.pk: one for one in SampleNumber.objects.filter(study=field)}
    other = next(one for one in found.values() if one.code == "5.61" and one.pk != again.pk)
    assert other.due_at == NOW + timedelta(hours=1)
    assert found[again.pk].due_at == max(found[again.pk].held_until, NOW + timedelta(hours=1))
    # With one call at most nothing is left to call, and it counts where the evidence puts it.
    field.refresh_from_db()
    actions.change_rules(field.pk, {"max_attempts": 1}, seen=mark_of(field.rules), actor=supervisor())
    assert set(SampleNumber.objects.filter(study=field).values_list("final", "due_at")) == {(True, None)}
    row = JournalRow.objects.filter(verb="telephone.rules_changed").last()
    assert row is not None and "max_attempts" in str(row.content)
    with pytest.raises(Refused) as caught:
        actions.change_rules(field.pk, {}, seen=seen, actor=supervisor())
    assert caught.value.code == "telephone_rules_changed"
    with pytest.raises(Refused):
        actions.change_rules(field.pk, {}, seen=seen, actor=li)


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_the_screen_shows_the_rules_and_names_each_fault_at_its_field():
    field = study()
    client = browser(supervisor())
    address = reverse("telephone_rules", args=[field.pk])
    shown = rules_of(client, field)
    assert (shown["windows_0"], shown["windows_6"]) == ("09:00-21:00", "10:00-20:00")
    assert (shown["wait_5.4"], shown["unit_5.4"], shown["wait_5.61"], shown["unit_5.61"]) == (7, "1440", 15, "1")
    wrong = client.post(
        address, shown | {"windows_1": "21:00-9:00", "windows_2": "early", "wait_5.61": "90", "unit_5.61": "1440"}
    )
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"windows_1", "windows_2", "wait_5.61"}
    none = client.post(address, shown | {f"windows_{day}": "" for day in range(7)})
    assert none.status_code == 422 and "Say on which days" in body(none)
    given = shown | {"windows_5": "", "windows_6": "", "max_attempts": "5", "days_off": "2027-02-06\n"}
    assert client.post(address, given).status_code == 302
    field = TelephoneStudy.objects.get()
    assert field.call_rules.max_attempts == 5 and field.rules["windows"][5:] == [[], []]
    again = client.post(address, given)
    assert again.status_code == 409 and "Somebody else has changed the rules" in body(again)


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_one_number_is_looked_up_put_on_the_list_and_taken_off_and_its_number_stands_nowhere():
    field, other = study(2), study(2, key="other")
    client = browser(supervisor())
    address = reverse("telephone_do_not_call", args=[field.pk])
    looked = client.post(address, {"do": "look", "number": "13800000001"})
    assert "It is not on the list." in body(looked) and "+8613800000001" in body(looked)
    added = {"do": "add", "number": "+8613800000001", "where": "all", "reason": "complaint"}
    assert client.post(address, added).status_code == 302
    silent = SampleNumber.objects.filter(due_at=None)
    assert {one.study_id for one in silent} == {field.pk, other.pk}
    shown = body(client.post(address, {"do": "look", "number": "13800000001"}))
    assert "They complained" in shown and "Not to be called in any study." in shown
    assert "+8613800000001" not in body(client.get(address))
    assert client.post(address, {**added, "do": "lift", "reason": "mistake"}).status_code == 302
    assert not DoNotCall.objects.exists() and not silent.all().exists()
    said = " ".join(str(row.content) for row in JournalRow.objects.filter(verb__startswith="telephone."))
    assert "13800000001" not in said and "complaint" in said and "mistake" in said
    assert JournalRow.objects.filter(verb="telephone.do_not_call_looked_up").count() == 2
    wrong = client.post(address, {"do": "look", "number": "12"})
    assert wrong.status_code in (409, 422) and "12 is not a complete number" in body(wrong)


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_a_list_is_taken_in_whole_or_not_at_all():
    field = study(3)
    client = browser(supervisor())
    address = reverse("telephone_do_not_call", args=[field.pk])

    def send(text: str, **more: str) -> HttpResponse:
        file = SimpleUploadedFile("list.csv", text.encode())
        given = {"do": "file", "list-file": file, "list-where": "study", "list-reason": "register", **more}
        return client.post(address, given, follow=True)

    refused = send("phone\n13800000000\n12\n")
    assert refused.status_code == 422 and "The file has 1 error" in body(refused) and not DoNotCall.objects.exists()
    assert send("phone\n13800000000\n", **{"list-reason": "x"}).status_code == 422
    taken = send("phone\n13800000000\n13800000001\n13800000001\n")
    assert "2 numbers were put on the list." in body(taken)
    assert SampleNumber.objects.filter(due_at=None).count() == 2
    assert "2 were on it before." in body(send("电话\n13800000000\n13800000001\n"))
    assert set(DoNotCall.objects.values_list("reason", flat=True)) == {"register"}


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_what_is_lifted_while_it_is_in_hand_is_not_given_to_anybody_else():
    field, li = study(1), interviewer()
    number, _reason = actions.claim(field.pk, actor=li, now=NOW)
    actions.silence(field, "13800000000", everywhere=False, actor=supervisor(), now=NOW)
    actions.lift(field, "13800000000", everywhere=False, reason="mistake", actor=supervisor())
    number.refresh_from_db()
    assert number.held_by_id == li.pk and number.due_at == number.held_until
    assert actions.claim(field.pk, actor=interviewer(), now=at(10, 5)) is None
