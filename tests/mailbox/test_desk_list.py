"""From case to case in the list one came from, the list of what may be extended, how a case came, who is named."""

from __future__ import annotations

import html
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.actors import Role
from engage.accounts.models import User
from mailbox import actions
from mailbox.actions import Given
from mailbox.counter.models import Entry, Identity, Way
from mailbox.desk.extensions import EXTENSIONS, extendable
from mailbox.desk.queue import neighbour, rows
from mailbox.models import Case
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, handed_in, house, taken_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NOW)


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def led_to(client: Client, case: int, way: str, **place: str) -> str:
    """Follow the link to the case before or after; returns the address it leads to."""
    answer = client.get(reverse(f"desk_case_{way}", args=[case]), {"in": urlencode(place)} if place else {})
    assert answer.status_code == 302
    return answer.headers["Location"]


def number(address: str) -> int:
    return int(urlsplit(address).path.strip("/").split("/")[-1])


# --- from case to case ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filters", [{}, {"order": "newest"}, {"order": "oldest"}, {"kind": "letter"}, {"q": "水管"}])
@pytest.mark.parametrize("view", ["new", "all"])
def test_every_list_is_walked_in_its_order_from_end_to_end(place, view, filters):
    for day in range(3):
        factories.case(now=NOW - timedelta(days=day))
        factories.case("enquiry", text="公园几点开门？", now=NOW - timedelta(days=day))
    clerk = User.objects.get(pk=place.clerk.pk)
    listed = [int(row.id.partition("-")[0]) for row in rows(clerk, view, filters, "").rows]
    assert len(listed) == (3 if filters.keys() & {"kind", "q"} else 6)
    for back, walked in ((False, listed), (True, listed[::-1])):
        for here, there in zip(walked, [*walked[1:], None], strict=True):
            assert neighbour(clerk, view, filters, here, back=back) == there


def test_a_row_leads_to_its_case_and_on_to_the_next_until_the_list_ends(place):
    first, second = (factories.case(now=NOW) for _n in range(2))
    client = browser(place.clerk)
    row = next(iter(rows(User.objects.get(pk=place.clerk.pk), "new", {"kind": "letter"}, "").rows))
    assert parse_qs(urlsplit(row.url).query) == {"in": ["view=new&kind=letter"]}
    page = html.unescape(client.get(row.url).content.decode())
    onward = reverse("desk_case_next", args=[first.pk])
    assert f'href="{onward}?in=view%3Dnew%26kind%3Dletter" data-page-key="]"' in page
    assert 'href="/desk/queues/cases/?view=new&kind=letter" data-page-key="u"' in page
    address = led_to(client, first.pk, "next", view="new", kind="letter")
    assert number(address) == second.pk and parse_qs(urlsplit(address).query)["in"] == ["view=new&kind=letter"]
    address = led_to(client, second.pk, "next", view="new", kind="letter")
    assert address == "/desk/queues/cases/?view=new&kind=letter"
    assert "This was the last of the list" in client.get(address).content.decode()
    assert "This was the first of the list" in client.get(led_to(client, first.pk, "previous")).content.decode()


def test_a_case_that_left_the_list_by_a_step_still_leads_on(place):
    first, second = (factories.case(now=NOW) for _n in range(2))
    client = browser(place.clerk)
    client.get(reverse("desk_case", args=[first.pk]), {"in": "view=new"})
    address = reverse("desk_case_step", args=[first.pk, "route"])
    sent = {"revision": first.revision, "token": str(uuid4()), "department": "Water Unit"}
    page = client.post(address, sent, follow=True).content.decode()
    assert 'data-page-key="]"' in page
    assert number(led_to(client, first.pk, "next", view="new")) == second.pk
    # Another case, opened from nowhere, belongs to no list.
    assert 'data-page-key="]"' not in client.get(reverse("desk_case", args=[second.pk])).content.decode()


def test_nobody_is_led_to_what_they_may_not_see(place):
    case = factories.case(now=NOW)
    assert led_to(browser(place.officer), case.pk, "next", view="all").startswith("/desk/queues/cases/")
    assert browser(place.openness).get(reverse("desk_case_next", args=[case.pk])).status_code == 404


@pytest.mark.parametrize("come", [{}, {"in": "view=new"}, {"in": "q=水管"}])
def test_leading_on_costs_the_page_of_a_case_nothing(place, come):
    case = taken_on(place)
    client = browser(place.officer)
    for _again in range(2):
        client.get(reverse("desk_case", args=[case.pk]), come)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse("desk_case", args=[case.pk]), come).status_code == 200
    assert len(seen) <= 20, "\n".join(query["sql"][:150] for query in seen)
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("desk_case_next", args=[case.pk]), come)
    assert len(seen) <= 12, "\n".join(query["sql"][:150] for query in seen)


# --- what may be extended ---------------------------------------------------------------------------------------------


def request(place: House, now: datetime = NOW) -> Case:
    made = factories.case("information_request", text="请公开处理记录。", now=now)
    actions.take_step(made.pk, "confirm_receipt", actor=place.clerk, now=now)
    actions.take_step(made.pk, "route", Given(department=place.water.pk), actor=place.clerk, now=now)
    return actions.take_step(made.pk, "accept", actor=place.officer, now=now)


def listed(user: User, view: str, today: date) -> list[int]:
    return list(extendable(User.objects.get(pk=user.pk), view, today).values_list("pk", flat=True))


def test_a_request_is_listed_from_five_working_days_before_it_is_due_until_it_is_extended(place):
    made = request(place)
    taken_on(place)  # a letter
    registered = factories.case("information_request", text="请公开另一份。", now=NOW)
    assert registered.pk not in listed(place.openness, "all", NOW.date())
    due = made.clocks.get(target="final_reply").due
    for today, soon in ((NOW.date(), []), (due - timedelta(days=8), []), (due - timedelta(days=7), [made.pk])):
        assert listed(place.openness, "all", today) == [made.pk]
        assert listed(place.openness, "soon", today) == soon, today
    assert listed(place.openness, "soon", due) == [made.pk]
    assert listed(place.openness, "all", due + timedelta(days=1)) == []
    assert listed(place.officer, "all", due) == listed(place.stranger, "all", due) == []
    assert listed(person(Role.ADMINISTRATOR), "all", due) == [made.pk]
    given = Given(units=10, reason="COMPLEX", words="需要更多时间。")
    actions.take_step(made.pk, "extend", given, actor=place.openness, now=NOW)
    assert listed(place.openness, "all", due) == []


def test_while_the_clock_stands_still_there_is_nothing_to_extend(place):
    made = request(place)
    actions.take_step(made.pk, "ask_third_party", Given(words="请答复。"), actor=place.officer, now=NOW)
    assert listed(place.openness, "all", NOW.date()) == []


def test_the_page_leads_to_the_case_where_the_time_is_extended(place, monkeypatch):
    made = request(place)
    due = made.clocks.get(target="final_reply").due
    at(monkeypatch, datetime.combine(due - timedelta(days=3), NOW.time(), tzinfo=NOW.tzinfo))
    client = browser(place.openness)
    page = client.get(reverse("desk_queue", args=["extensions"])).content.decode()
    assert made.reference in page and "Due within five working days" in page
    assert EXTENSIONS.counts(User.objects.get(pk=place.openness.pk)) == {"soon": 1, "all": 1}
    case_page = client.get(reverse("desk_case", args=[made.pk])).content.decode()
    assert reverse("desk_case_step", args=[made.pk, "extend"]) in case_page
    assert browser(place.officer).get(reverse("desk_queue", args=["extensions"])).status_code == 404


# --- beside -----------------------------------------------------------------------------------------------------------


def test_a_case_from_the_counter_says_how_it_came_and_what_was_seen_of_the_sender(place):
    made = factories.case("grievance", channel="paper", now=NOW)
    day = NOW.date() - timedelta(days=2)
    Entry.objects.create(
        case=made, way=Way.SIGNED_POST, received_on=day, identity=Identity.SEEN, by=place.clerk, at=NOW
    )
    page = browser(place.clerk).get(reverse("desk_case", args=[made.pk])).content.decode()
    for said in ("By post, signed for", "Document shown, nothing kept of it", "Day of receipt"):
        assert said in page, said
    other = factories.case(now=NOW)
    assert "Day of receipt" not in browser(place.clerk).get(reverse("desk_case", args=[other.pk])).content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"text": "请@小李 看看", "people": ""}, 200),
        ({"text": "请@小李 看看"}, 422),
        ({"text": "请看看" + "长" * 2_000}, 422),
    ],
)
def test_the_list_of_who_may_be_named_keeps_what_was_typed(place, given: dict[str, Any], status):
    made = handed_in(place, taken_on(place, now=NOW), now=NOW).case
    sent = {"revision": made.revision, "token": str(uuid4())} | given
    answer = browser(place.officer).post(reverse("desk_case_chore", args=[made.pk, "note"]), sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == status
    assert given["text"] in page and f"@{place.approver}" in page
    assert ("There is a problem" in page) is (status == 422)
    assert not made.talk.exists()
