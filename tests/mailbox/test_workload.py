"""Who has how much, who is away, who stands in: the pages of units and people."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from mailbox import actions
from mailbox.actions import Given
from mailbox.desk import workload
from mailbox.desk.workload_views import alarms
from mailbox.models import Absence, Case, DutyChoice
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, handed_in, house, taken_on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def shown(user: Any, name: str, *args: Any, **asked: Any) -> str:
    answer = browser(user).get(reverse(name, args=args), asked)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def colleague(place: House, name: str = "Wang", *roles: Role):
    return factories.member(place.water, *(roles or (Role.OFFICER,)), first_name="Li", last_name=name)


def due(case: Case, day: date) -> Case:
    Case.objects.filter(pk=case.pk).update(due=day, due_order=day)
    return case


# --- how much ---------------------------------------------------------------------------------------------------------


def test_each_person_and_unit_has_the_numbers_of_the_rows(place):
    other = colleague(place)
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=5), TODAY + timedelta(days=6)):
        due(taken_on(place), day)
    nobodys = taken_on(place)
    actions.assign_case(nobodys.pk, to=None, actor=place.officer, now=NOW)
    rows = {row.user: row.load for row in workload.people_rows(place.water, place.approver, TODAY)}
    # The week ends on Sunday the 29th.
    assert rows[place.officer] == workload.Load(open=4, week=2, overdue=1)
    assert rows[other] == workload.Load()
    actions.fold_tallies()
    loads = dict(workload.unit_loads([place.water, place.roads], TODAY))
    assert loads[place.water].open == Case.objects.filter(desk=place.water, at_desk=True).count() == 5
    assert (loads[place.water].overdue, loads[place.roads].open) == (1, 0)
    page = shown(place.approver, "workload", unit=place.water.pk)
    assert str(other) in page and "Nobody has taken them over" in page


def test_nobody_sees_the_people_of_other_units(place):
    assert place.roads not in workload.units_of(place.officer)
    assert browser(place.officer).get(reverse("workload"), {"unit": place.roads.pk}).status_code == 404
    assert browser(place.officer).get(reverse("workload"), {"unit": "x"}).status_code == 404
    address = reverse("workload_person", args=[place.stranger.pk])
    assert browser(place.officer).get(address).status_code == 404
    assert browser(person(Role.EDITOR)).get(reverse("workload")).status_code == 404


def test_the_pages_need_few_queries_however_many_people_and_cases_there_are(place):
    for number in range(6):
        colleague(place, f"W{number}")
        taken_on(place)
    client = browser(place.approver)
    for name in ("workload", "workload_absences", "workload_handovers", "workload_turned_away"):
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name)).status_code == 200
        assert len(seen) <= 32, (name, len(seen))


# --- given on ---------------------------------------------------------------------------------------------------------


def give(user: Any, owner: int, to: Any, *cases: Case, unit: int):
    for case in cases:
        case.refresh_from_db()
    ids = [f"{case.pk}-{case.revision}" for case in cases]
    address = f"{reverse('workload_person', args=[owner])}?unit={unit}"
    return browser(user).post(address, {"to": getattr(to, "pk", to), "id": ids})


def test_cases_of_who_is_away_are_given_to_somebody_else_at_once(place):
    other = colleague(place)
    made = [taken_on(place) for _ in range(3)]
    answer = give(place.approver, place.officer.pk, other, *made[:2], unit=place.water.pk)
    assert answer.status_code == 302
    assert {one.pk for one in Case.objects.filter(owner=other)} == {one.pk for one in made[:2]}
    assert JournalRow.objects.filter(verb="case.assigned").count() >= 2
    page = shown(place.approver, "workload_person", other.pk, unit=place.water.pk)
    assert made[0].reference in page and made[2].reference not in page


def test_giving_on_is_all_or_nothing_and_says_why_not(place):
    other = colleague(place)
    first, second = taken_on(place), taken_on(place)
    ids = [f"{first.pk}-{first.revision}", f"{second.pk}-{second.revision}"]
    actions.tag_cases([second.pk], "水", actor=place.officer, now=NOW)
    actions.assign_case(second.pk, to=None, actor=place.officer, now=NOW)
    address = f"{reverse('workload_person', args=[place.officer.pk])}?unit={place.water.pk}"
    refused = browser(place.approver).post(address, {"to": other.pk, "id": ids})
    assert refused.status_code == 409
    first.refresh_from_db()
    assert first.owner == place.officer
    assert give(place.approver, place.officer.pk, other, unit=place.water.pk).status_code == 422
    assert give(place.approver, place.officer.pk, place.stranger, first, unit=place.water.pk).status_code == 422
    assert give(place.approver, place.officer.pk, "", first, unit=place.water.pk).status_code == 422


def test_what_nobody_took_over_is_given_to_somebody(place):
    made = taken_on(place)
    actions.assign_case(made.pk, to=None, actor=place.officer, now=NOW)
    assert made.reference in shown(place.approver, "workload_person", 0, unit=place.water.pk)
    give(place.approver, 0, place.officer, made, unit=place.water.pk)
    made.refresh_from_db()
    assert made.owner == place.officer


# --- away -------------------------------------------------------------------------------------------------------------


def absence(user: Any, **given: Any):
    sent = {"user": user.pk, "first": "2026-12-01", "last": "2026-12-04", "deputy": ""} | given
    return browser(user).post(reverse("workload_absences"), sent)


def test_an_absence_stands_in_the_month_with_who_stands_in(place):
    other = colleague(place)
    assert absence(place.officer, deputy=other.pk).status_code == 302
    month = workload.absence_month([place.officer], date(2026, 12, 1), TODAY)
    days = [day.date.day for week in month.weeks for day in week if day and day.entries]
    assert days == [1, 2, 3, 4]
    page = shown(place.approver, "workload_absences", month="2026-12", unit=place.water.pk)
    assert f"{other} stands in" in page and str(place.officer) in page
    assert page.count("<td class") == 35 and 'rel="next" href="?month=2027-01' in page
    assert "away today" not in shown(place.approver, "workload", unit=place.water.pk)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2026-12", date(2026, 12, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("9999-01", date(2026, 11, 1)),
        ("x", date(2026, 11, 1)),
    ],
)
def test_a_month_is_read_from_the_address_or_is_the_present_one(text, first):
    assert workload.month_of(text, TODAY) == first


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"last": "2026-11-30"}, "The last day lies before the first"),
        ({"last": "2028-12-01"}, "at most 366 days"),
        ({"first": ""}, "Choose the first day"),
        ({"first": "soon"}, "Write the day like"),
        ({"deputy": "999999"}, "999999"),
    ],
)
def test_an_absence_that_cannot_be_is_explained(place, given, said):
    answer = absence(place.officer, **given)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not Absence.objects.exists()


def test_a_deputy_works_in_the_same_unit_or_above_it(place):
    with pytest.raises(Refused) as refused:
        actions.set_absence(place.officer.pk, first=TODAY, last=TODAY, deputy=place.stranger.pk, actor=place.officer)
    assert refused.value.code == "deputy_elsewhere"
    actions.set_absence(place.officer.pk, first=TODAY, last=TODAY, deputy=place.head.pk, actor=place.officer)


def test_a_head_says_it_for_the_own_people_and_nobody_for_others(place):
    actions.set_absence(place.officer.pk, first=TODAY, last=TODAY, actor=place.approver)
    for who in (place.stranger, place.clerk, place.arbiter):
        with pytest.raises(Refused) as refused:
            actions.set_absence(place.officer.pk, first=TODAY, last=TODAY, actor=who)
        assert refused.value.code == "not_allowed"
    row = Absence.objects.get()
    with pytest.raises(Refused):
        actions.end_absence(row.pk, actor=place.stranger)
    assert browser(place.officer).post(reverse("workload_end_absence", args=[row.pk])).status_code == 302
    assert not Absence.objects.exists()
    assert {one.verb for one in JournalRow.objects.filter(verb__startswith="absence.")} == {
        "absence.set",
        "absence.ended",
    }


def test_the_deputy_approves_while_somebody_is_away_and_that_is_recorded(place):
    deputy = colleague(place, "Zhao", Role.APPROVER)
    made = taken_on(place)
    draft = handed_in(place, made, chain=[place.approver.pk])
    with pytest.raises(Refused) as refused:
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=deputy, now=NOW)
    assert refused.value.code == "approval_not_yours"
    actions.set_absence(place.approver.pk, first=TODAY, last=TODAY, deputy=deputy.pk, actor=place.approver)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=deputy, now=NOW)
    one = draft.approvals.get()
    assert (one.by, one.assignee) == (deputy, place.approver)
    assert JournalRow.objects.get(verb="case.draft_approved").content["stood_in_for"] == place.approver.pk
    page = html.unescape(browser(place.officer).get(reverse("desk_case", args=[made.pk])).content.decode())
    assert f"{deputy} in place of {place.approver}" in page


def test_outside_the_absence_the_deputy_approves_nothing(place):
    deputy = colleague(place, "Zhao", Role.APPROVER)
    made = taken_on(place)
    draft = handed_in(place, made, chain=[place.approver.pk])
    yesterday = TODAY - timedelta(days=1)
    actions.set_absence(place.approver.pk, first=yesterday, last=yesterday, deputy=deputy.pk, actor=place.approver)
    with pytest.raises(Refused):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=deputy, now=NOW)


# --- handovers, turned away, the letter -------------------------------------------------------------------------------


def test_late_handovers_are_a_badge_and_a_list(place, monkeypatch):
    made = factories.case()
    actions.route_case(made.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    assert made.reference in shown(place.officer, "workload_handovers")
    assert "not acknowledged in time" not in shown(place.clerk, "workload")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=8))
    assert "1 case was passed on and not acknowledged in time" in shown(place.clerk, "workload")
    assert made.reference in shown(place.clerk, "workload_handovers")
    assert made.reference not in shown(place.stranger, "workload_handovers")


def test_the_bar_counts_late_handovers_on_every_page_of_who_passed_them_on(place, monkeypatch):
    made = factories.case()
    actions.route_case(made.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    counted = re.compile(r"Workload<b[^>]*>1</b><span[^>]*>1 waits for you")
    queue = reverse("desk_queue", args=["cases"])
    assert not counted.search(browser(place.clerk).get(queue).content.decode())
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=8))
    assert counted.search(browser(place.clerk).get(queue).content.decode())
    assert counted.search(browser(person(Role.ADMINISTRATOR)).get(queue).content.decode())
    assert not counted.search(browser(place.stranger).get(queue).content.decode())
    with CaptureQueriesContext(connection) as seen:
        assert alarms(User.objects.get(pk=place.clerk.pk)) == 1
    assert len(seen) == 3  # the person, the roles, which a request reads once anyway, and the count


def test_what_was_turned_away_says_by_whom_and_why(place):
    made, spam = factories.case(text="广告一则，请看这里"), factories.case(text="中奖了，快来领取")
    actions.take_step(made.pk, "refuse", Given(reason="SPAM", words="不是来信"), actor=place.clerk, now=NOW)
    actions.mark_suspect(spam.pk, suspect=True, actor=place.clerk)
    page = shown(place.clerk, "workload_turned_away")
    for said in (made.reference, spam.reference, str(place.clerk), "It is advertising", "Put among spam", "不是来信"):
        assert said in page, said
    assert made.reference not in shown(place.stranger, "workload_turned_away")


def test_the_list_of_what_was_turned_away_goes_on_by_its_last_row(place, monkeypatch):
    monkeypatch.setattr(workload, "LISTED", 2)
    made = [factories.case() for _ in range(3)]
    for one in made:
        actions.mark_suspect(one.pk, suspect=True, actor=place.clerk)
    first = shown(place.clerk, "workload_turned_away")
    assert made[2].reference in first and made[0].reference not in first
    before = first.partition("?before=")[2].partition('"')[0]
    assert made[0].reference in shown(place.clerk, "workload_turned_away", before=before)


def test_everybody_chooses_the_letter_and_its_language(place):
    client = browser(place.officer)
    client.post(reverse("workload_letter"), {"language": "en"})
    assert (DutyChoice.objects.get().wants, DutyChoice.objects.get().language) == (False, "en")
    client.post(reverse("workload_letter"), {"wants": "on", "language": "xx"})
    assert (DutyChoice.objects.get().wants, DutyChoice.objects.get().language) == (True, "")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(place, language):
    taken_on(place)
    client = browser(place.approver, language)
    for name in ("workload", "workload_absences", "workload_handovers", "workload_turned_away"):
        assert client.get(reverse(name)).status_code == 200, name
