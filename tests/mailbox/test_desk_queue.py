"""The queue of cases: its views with their counts, filters, search, and what is done with several rows at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.actors import Role
from engage.accounts.models import User
from mailbox import actions
from mailbox.desk.queue import CASES, counts, rows
from mailbox.models import Case
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, handed_in, house, later, sender, taken_on

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=1)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def shown(user: User, **asked: str) -> str:
    return browser(user).get(reverse("desk_queue", args=["cases"]), asked).content.decode()


def act(user: User, code: str, *cases: Case, **given: Any) -> HttpResponse:
    for case in cases:
        case.refresh_from_db()
    ids = [f"{case.pk}-{case.revision}" for case in cases]
    sent = {"act": code, "id": ids, "filled": "yes"} | given
    return browser(user).post(reverse("desk_act", args=["cases"]), sent)


def listed(user: User, view: str, **filters: str) -> list[int]:
    found = User.objects.get(pk=user.pk)
    return [int(row.id.partition("-")[0]) for row in rows(found, view, filters, "").rows]


def test_every_view_counts_what_it_lists(place):
    new, suspect, low = factories.case(), factories.case("enquiry", flagged=True), answered(place, taken_on(place))
    work, approval = taken_on(place), taken_on(place)
    handed_in(place, approval)
    actions.rate_case(low.pk, score=1, actor=sender(low), now=later(NOW))
    actions.consult(work.pk, department_id=place.roads.pk, question="？", actor=place.officer, now=NOW)
    for one in (place.clerk, place.officer, place.approver, place.head, place.stranger, person(Role.ADMINISTRATOR)):
        found = User.objects.get(pk=one.pk)
        # Of everything there is, nobody counts.
        views = [view.code for view in CASES.views if view.code != "all"]
        assert counts(found) == {view: len(listed(one, view)) for view in views}, one
    assert listed(place.clerk, "new") == [new.pk]
    assert listed(place.clerk, "spam") == [suspect.pk]
    assert listed(place.officer, "waiting") == [work.pk]
    assert listed(place.approver, "to_approve") == [approval.pk]
    assert listed(place.officer, "low_rated") == [low.pk]
    assert listed(place.stranger, "asked") == [work.pk]


def test_a_row_says_until_when_what_and_with_whom(place):
    case = taken_on(place)
    text = shown(place.officer, view="mine")
    for said in (
        case.reference,
        "working days left",
        "being handled",
        "Water Unit",
        "on this site",
        str(place.officer),
    ):
        assert said in text, said


@pytest.mark.parametrize("many", [2, 40])
def test_the_queue_needs_few_queries_however_many_cases_there_are(place, many):
    for number in range(many):
        factories.case(text=f"第{number}封信，水管坏了。")
    client = browser(place.clerk)
    address = reverse("desk_queue", args=["cases"])
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    assert len(seen) <= 15, "\n".join(query["sql"][:150] for query in seen)


def test_filters_orders_and_searches_stand_in_the_address(place):
    letter, enquiry = factories.case(text="水管坏了"), factories.case("enquiry", text="公园几点开门")
    assert listed(place.clerk, "new", kind="enquiry") == [enquiry.pk]
    assert listed(place.clerk, "new", order="newest") == [enquiry.pk, letter.pk]
    assert listed(place.clerk, "new", order="oldest") == [letter.pk, enquiry.pk]
    assert listed(place.clerk, "new", q="水管") == [letter.pk]
    assert listed(place.clerk, "overdue", q=letter.reference) == [letter.pk]
    assert listed(place.officer, "new", q=letter.reference) == []
    assert "Nothing here matches" in shown(place.clerk, view="new", q="没有这样的话")


def test_pages_of_a_view_follow_one_another(place):
    made = [factories.case(text=f"第{number}封").pk for number in range(30)]
    first = listed(place.clerk, "new", order="oldest")
    clerk = User.objects.get(pk=place.clerk.pk)
    for order in ("", "newest", "oldest"):
        filters = {"order": order} if order else {}
        wanted = made[::-1] if order == "newest" else made
        one = rows(clerk, "new", filters, "")
        two = rows(clerk, "new", filters, one.after)
        assert [int(row.id.partition("-")[0]) for row in (*one.rows, *two.rows)] == wanted
        assert (one.before, two.after, two.total) == ("", "", 30)
        # Back from the second page stands the first, also for who meanwhile lost a row of it.
        again = rows(clerk, "new", filters, two.before)
        assert [row.id for row in again.rows] == [row.id for row in one.rows]
        assert (again.before, again.after) == ("", one.after)
    assert first == made[:25]
    # What is no cursor, or one of another order, is the first page.
    for raw in ("x", "a_1_2026-13-40", "a_1", "b_9_2026-01-01"):
        assert len(rows(clerk, "new", {}, raw).rows) in (0, 25)


def test_a_clear_queue_says_when_the_next_is_due(place):
    case = taken_on(place)
    assert "Next due" in shown(place.officer, view="overdue")
    assert "Next due" not in shown(place.stranger, view="overdue")
    assert case.due is not None


def test_several_cases_are_passed_to_a_unit_at_once(place):
    cases = [factories.case(), factories.case("enquiry")]
    asked = act(place.clerk, "route", *cases, filled="")
    assert "水管坏了" in asked.content.decode()
    assert act(place.clerk, "route", *cases, department="Water", note="").status_code == 302
    assert set(Case.objects.values_list("lead", "state")) == {(place.water.pk, "routed")}
    assert "2 cases taken on" in (browser_after(place.officer, "accept", *cases).content.decode())
    assert set(Case.objects.values_list("owner", "state")) == {(place.officer.pk, "handling")}


def browser_after(user: User, code: str, *cases: Case) -> HttpResponse:
    """Act, and look at the queue in the same browser."""
    for case in cases:
        case.refresh_from_db()
    client = browser(user)
    ids = [f"{case.pk}-{case.revision}" for case in cases]
    client.post(reverse("desk_act", args=["cases"]), {"act": code, "id": ids})
    return client.get(reverse("desk_queue", args=["cases"]))


def test_several_cases_are_not_taken_up_with_a_reason(place):
    cases = [factories.case(), factories.case("enquiry")]
    assert act(place.clerk, "refuse", *cases, reason="", words="看不懂。").status_code == 422
    assert act(place.clerk, "refuse", *cases, reason="NO_CONTENT", words="看不懂。").status_code == 302
    assert set(Case.objects.values_list("state", flat=True)) == {"not_taken"}
    # A grievance is not accepted by its own step, with where to go; nothing here does it in passing.
    grievance = factories.case("grievance")
    assert act(place.clerk, "refuse", grievance, reason="NO_CONTENT", words="看不懂。").status_code == 409


def test_taking_over_can_be_undone(place):
    case = factories.case()
    client = browser(place.clerk)
    client.post(reverse("desk_act", args=["cases"]), {"act": f"mine/{case.pk}-{case.revision}"})
    case.refresh_from_db()
    assert case.owner == place.clerk
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    case.refresh_from_db()
    assert case.owner is None


def test_what_looks_like_spam_is_put_aside_and_back(place):
    case = factories.case()
    client = browser(place.clerk)
    client.post(reverse("desk_act", args=["cases"]), {"act": f"suspect/{case.pk}-{case.revision}"})
    case.refresh_from_db()
    assert case.suspect
    assert listed(place.clerk, "spam") == [case.pk]
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    case.refresh_from_db()
    assert not case.suspect


@pytest.mark.parametrize("id_", ["1", "x-1", "-", "9" * 40 + "-1", "999999-0", "１-０"])
def test_an_id_that_no_row_has_is_refused(place, id_):
    answer = browser(place.clerk).post(reverse("desk_act", args=["cases"]), {"act": f"mine/{id_}"})
    assert answer.status_code == 409


def test_a_case_of_another_unit_is_not_there_for_an_action(place):
    case = factories.case()
    assert act(place.officer, "mine", case).status_code == 409
    case.refresh_from_db()
    assert case.owner is None


def test_the_queue_is_for_who_works_on_cases(place):
    address = reverse("desk_queue", args=["cases"])
    assert browser(person(Role.ANALYST)).get(address).status_code == 404
    assert browser(place.clerk).get(reverse("desk_cases")).url == address
    assert Client().get(reverse("desk_cases")).status_code == 302
