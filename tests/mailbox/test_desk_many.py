"""Many cases at once: a few in the request, more by the worker; what cannot be done is listed, the rest can go back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from mailbox import actions
from mailbox.desk import jobs
from mailbox.desk.job_queries import shown_job
from mailbox.desk.models import BulkJob, HeldStep
from mailbox.desk.queries import colleagues_of
from mailbox.models import Case, Notice, StepRecord
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, later, member, taken_on

pytestmark = pytest.mark.django_db


class Clock:
    """What time it is."""

    now = NOW + timedelta(hours=1)

    def on(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: found.now)
    return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many cases are a job already; returns one more than are done at once."""
    monkeypatch.setattr("mailbox.desk.queue.AT_ONCE", 2)
    return 3


def letters(number: int) -> list[Case]:
    return [factories.case(text=f"第{n}封信，水管坏了。") for n in range(number)]


def ids_of(cases: list[Case]) -> list[str]:
    return [f"{case.pk}-{case.revision}" for case in cases]


def press(client: Client, code: str, ids: list[str], **given: Any) -> HttpResponse:
    sent = {"act": code, "id": ids, "filled": "yes"} | given
    return client.post(reverse("desk_act", args=["cases"]), sent)


def queue(client: Client) -> str:
    return client.get(reverse("desk_queue", args=["cases"])).content.decode()


def work(clock: Clock, limit: int = jobs.AT_A_TURN) -> int:
    """One turn of the worker."""
    done = jobs.work_on_jobs(now=clock.on(2), limit=limit)
    jobs.end_jobs(now=clock.now)
    return done


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Case.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


# --- a few ----------------------------------------------------------------------------------------------------------


def test_of_a_few_what_can_be_done_is_done_and_the_rest_is_listed_with_its_reason(place):
    done, moved, gone = letters(3)
    client, ids = browser(place.clerk), ids_of([done, moved, gone])
    actions.ask_detail(moved.pk, words="哪一栋？", actor=place.clerk, now=NOW)
    actions.take_step(gone.pk, "route", actions.Given(department=place.roads.pk), actor=place.clerk, now=NOW)
    assert press(client, "route", ids, department="Water", note="").status_code == 302
    done.refresh_from_db()
    assert done.lead == place.water
    text = queue(client)
    assert "1 case passed to Water Unit" in text
    assert "2 could not be done" in text
    assert moved.reference in text and gone.reference in text
    assert "acted on the case" in text


def test_what_was_done_of_a_few_can_be_taken_back(place):
    done, moved = letters(2)
    client, ids = browser(place.clerk), ids_of([done, moved])
    actions.ask_detail(moved.pk, words="哪一栋？", actor=place.clerk, now=NOW)
    press(client, "route", ids, department="Water", note="")
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    assert states() == {"registered": 1, "returned": 1}


def test_where_none_of_a_few_can_be_done_that_is_said(place):
    one, two = factories.case("grievance"), factories.case("grievance")
    client = browser(place.clerk)
    assert press(client, "refuse", ids_of([one, two]), reason="NO_CONTENT", words="看不懂。").status_code == 302
    text = queue(client)
    assert "None of them could be done" in text
    assert one.reference in text and two.reference in text
    assert states() == {"registered": 2}


def test_a_case_that_was_never_seen_is_not_named_by_its_failure(place):
    own, foreign = taken_on(place), factories.case()
    client = browser(place.officer)
    foreign_id = f"{foreign.pk}-{foreign.revision}"
    press(client, "mine", [*ids_of([own]), foreign_id])
    text = queue(client)
    assert "no longer here" in text
    assert foreign.reference not in text


def test_cases_are_given_to_a_colleague_and_back(place):
    colleague = member(place.intake, Role.OFFICER, first_name="Lan", last_name="Chen")
    cases = letters(2)
    client = browser(place.clerk)
    asked = press(client, "assign", ids_of(cases), filled="")
    assert str(colleague) in asked.content.decode()
    # Who holds no place in the unit is not offered and not taken.
    assert place.officer not in colleagues_of(User.objects.get(pk=place.clerk.pk))
    assert press(client, "assign", ids_of(cases), to=str(place.officer.pk)).status_code == 422
    assert press(client, "assign", ids_of(cases), to=str(colleague.pk)).status_code == 302
    assert set(Case.objects.values_list("owner", flat=True)) == {colleague.pk}
    page = client.get(reverse("desk_queue", args=["cases"]))
    assert "2 cases given to" in page.content.decode()
    client.post(reverse("desk_undo"), {"queue": "cases", "token": page.context["toast"]["token"]})
    assert set(Case.objects.values_list("owner", flat=True)) == {None}


def test_cases_are_closed_where_their_table_allows_it(place, clock):
    old = [answered(place, taken_on(place)) for _n in range(2)]
    clock.now = NOW + timedelta(days=40)
    new = answered(place, taken_on(place, now=clock.now), now=clock.now)
    client = browser(place.officer)
    press(client, "close", ids_of([*old, new]))
    assert states() == {"closed": 2, "answered": 1}
    page = client.get(reverse("desk_queue", args=["cases"]))
    assert "2 cases closed" in page.content.decode()
    assert new.reference in page.content.decode()
    client.post(reverse("desk_undo"), {"queue": "cases", "token": page.context["toast"]["token"]})
    assert states() == {"answered": 3}
    # Closing is the unit's in charge, not the receiving one's.
    assert press(browser(place.clerk), "close", ids_of(list(Case.objects.all()))[:1]).status_code in (403, 409, 422)


# --- many -----------------------------------------------------------------------------------------------------------


def test_two_hundred_cases_are_passed_on_by_the_worker(place, clock):
    cases = letters(200)
    client, ids = browser(place.clerk), ids_of(cases)
    actions.ask_detail(cases[3].pk, words="哪一栋？", actor=place.clerk, now=NOW)
    actions.take_step(cases[90].pk, "refuse", actions.Given(reason="SPAM", words="广告。"), actor=place.clerk, now=NOW)
    actions.take_step(cases[150].pk, "route", actions.Given(department=place.roads.pk), actor=place.clerk, now=NOW)
    with CaptureQueriesContext(connection) as seen:
        answer = press(client, "route", ids, department="Water", note="")
    assert answer.status_code == 302
    assert len(seen) <= 25, len(seen)
    job = BulkJob.objects.get()
    assert answer.url == reverse("desk_job", args=[job.pk])
    # Nothing is done in the request.
    assert not Case.objects.filter(lead=place.water).exists()
    page = client.get(answer.url).content.decode()
    assert "Pass to a unit: Water Unit" in page and "0 of 200 cases" in page and 'data-running="yes"' in page
    assert "Take all of it back" not in page

    assert work(clock) == 50
    assert "50 of 200 cases" in client.get(answer.url).content.decode()
    notices = Notice.objects.count()
    # While it runs no sender is told, however long it takes.
    clock.on(120)
    assert actions.tell_held(now=clock.now) == 0 or Notice.objects.count() == notices
    while work(clock):
        pass
    job.refresh_from_db()
    assert job.state == BulkJob.State.DONE
    assert Case.objects.filter(lead=place.water, state="routed").count() == 197
    by = StepRecord.objects.filter(code="route", department=place.water).values_list("by", flat=True)
    assert set(by) == {place.clerk.pk}
    with CaptureQueriesContext(connection) as seen:
        page = client.get(answer.url).content.decode()
    assert len(seen) <= 15, "\n".join(query["sql"][:150] for query in seen)
    assert "200 of 200 cases" in page and "197 cases passed to Water Unit" in page and 'data-running="no"' in page
    assert "3 could not be done" in page
    for one in (cases[3], cases[90], cases[150]):
        assert one.reference in page
    assert "acted on the case" in page
    chinese = browser(place.clerk, "zh-hans").get(answer.url).content.decode()
    assert "acted on the case" not in chinese and "Roads Unit" not in chinese and "道路处" in chinese
    assert len(shown_job(job, now=clock.now).failed) == 3

    # All of it goes back, row by row, but for the one that the unit has taken on meanwhile.
    taken = Case.objects.filter(lead=place.water).earliest("pk")
    actions.accept_case(taken.pk, actor=place.officer, now=clock.on(5))
    assert client.post(reverse("desk_job_undo", args=[job.pk])).status_code == 302
    clock.on(60)
    actions.tell_held(now=clock.now)
    while work(clock):
        pass
    job.refresh_from_db()
    assert job.state == BulkJob.State.UNDONE
    assert Case.objects.filter(state="registered", lead=None).count() == 196
    page = client.get(answer.url).content.decode()
    assert "196 taken back" in page and "1 could not be taken back" in page and taken.reference in page
    assert Notice.objects.filter(form="routed").exclude(case__in=[taken, cases[150]]).count() == 0


def test_what_can_no_longer_be_taken_back_is_told_to_its_senders(place, clock, few):
    cases = letters(few)
    client = browser(place.clerk)
    press(client, "route", ids_of(cases), department="Water", note="")
    work(clock)
    job = BulkJob.objects.get()
    assert HeldStep.objects.count() == few
    clock.on(16)
    assert client.post(reverse("desk_job_undo", args=[job.pk])).status_code == 409
    assert "Take all of it back" not in client.get(reverse("desk_job", args=[job.pk])).content.decode()
    assert actions.tell_held(now=clock.now) == few
    assert Case.objects.filter(lead=place.water).count() == few


def test_a_killed_worker_goes_on_where_it_stopped(place, clock, few, monkeypatch):
    press(browser(place.clerk), "route", ids_of(letters(10)), department="Water", note="")
    number, take_step = iter(range(100)), actions.route_case

    class Killed(BaseException):
        """The process ends here."""

    def killed(*given: Any, **how: Any) -> Case:
        case = take_step(*given, **how)
        if next(number) == 4:
            raise Killed
        return case

    monkeypatch.setattr("mailbox.actions.route_case", killed)
    with pytest.raises(Killed):
        work(clock)
    # The one in which it was killed is neither done nor marked.
    assert Case.objects.filter(lead=place.water).count() == 4
    assert BulkJob.objects.get().rows.filter(done_at__isnull=False).count() == 4
    assert work(clock) == 6
    assert BulkJob.objects.get().state == BulkJob.State.DONE
    routed = StepRecord.objects.filter(code="route")
    assert routed.count() == routed.values("case").distinct().count() == 10


def test_a_fault_in_one_case_stops_no_other(place, clock, few, monkeypatch, caplog):
    cases = letters(6)
    press(browser(place.clerk), "route", ids_of(cases), department="Water", note="")
    route = actions.route_case

    def faulty(pk: int, **how: Any) -> Case:
        if pk == cases[4].pk:
            raise KeyError("broken")
        return route(pk, **how)

    monkeypatch.setattr("mailbox.actions.route_case", faulty)
    work(clock)
    assert "could not be worked on" in caplog.text
    job = BulkJob.objects.get()
    assert job.state == BulkJob.State.DONE
    assert [one[0] for one in shown_job(job, now=clock.now).failed] == [cases[4].reference]
    assert Case.objects.filter(lead=place.water).count() == 5


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("mine", {}),
        ("snooze", {"days": "", "until": "2026-12-10"}),
        ("snooze", {"days": "3", "until": ""}),
        ("tag", {"name": "水"}),
        ("suspect", {}),
        ("refuse", {"reason": "NO_CONTENT", "words": "看不懂。"}),
    ],
)
def test_whatever_is_done_with_many_goes_back(place, clock, few, code, given):
    cases = letters(few)
    before = list(Case.objects.order_by("pk").values("pk", "owner", "suspect", "state", "tags", "snooze"))
    client = browser(place.clerk)
    assert press(client, code, ids_of(cases), **given).status_code == 302
    work(clock)
    job = BulkJob.objects.get()
    assert (job.state, job.rows.filter(done_at=None).count()) == (BulkJob.State.DONE, 0)
    assert list(Case.objects.order_by("pk").values("pk", "owner", "suspect", "state", "tags", "snooze")) != before
    jobs.undo_job(job.pk, actor=place.clerk, now=clock.now)
    work(clock)
    assert list(Case.objects.order_by("pk").values("pk", "owner", "suspect", "state", "tags", "snooze")) == before
    shown = client.get(reverse("desk_job", args=[job.pk])).content.decode()
    assert ("Put into a group: 水" in shown) == (code == "tag")


def test_a_whole_view_can_be_chosen(place, clock):
    cases = letters(30)
    client = browser(place.clerk)
    assert "All 30 of this view" in queue(client)
    sent = {"act": "route", "all": "yes", "back": "view=new"}
    asked = client.post(reverse("desk_act", args=["cases"]), sent)
    assert "30 items of the queue" in asked.content.decode()
    press(client, "mine", [], all="yes", back="view=new")
    work(clock)
    assert Case.objects.filter(owner=place.clerk).count() == 30
    # A search and a filter narrow it, and a view that is on one page has no such choice.
    press(client, "suspect", [], all="yes", back=f"view=new&q={cases[0].reference}")
    assert Case.objects.filter(suspect=True).get() == cases[0]
    assert "of this view" not in client.get(reverse("desk_queue", args=["cases"]), {"view": "spam"}).content.decode()


def test_a_job_is_its_own_and_is_forgotten_after_a_month(place, clock, few):
    press(browser(place.clerk), "mine", ids_of(letters(few)))
    job = BulkJob.objects.get()
    for who in (place.arbiter, place.officer, place.head, person(Role.ADMINISTRATOR)):
        assert browser(who).get(reverse("desk_job", args=[job.pk])).status_code == 404
        assert browser(who).post(reverse("desk_job_undo", args=[job.pk])).status_code == 404
        with pytest.raises(BulkJob.DoesNotExist):
            jobs.undo_job(job.pk, actor=who, now=clock.now)
    listed = reverse("desk_jobs")
    assert "Take over" in browser(place.clerk).get(listed).content.decode()
    assert "Nothing yet" in browser(place.arbiter).get(listed).content.decode()
    with pytest.raises(Refused, match="undo_too_late"):
        jobs.undo_job(job.pk, actor=place.clerk, now=clock.now)
    work(clock)
    assert jobs.forget_jobs(now=clock.on(29 * 86_400)) == 0
    assert jobs.forget_jobs(now=clock.on(2 * 86_400)) == 1
    assert Case.objects.filter(owner=place.clerk).count() == few


def test_who_lost_the_place_meanwhile_does_nothing_any_more(place, clock, few):
    press(browser(place.clerk), "route", ids_of(letters(few)), department="Water", note="")
    place.clerk.is_active = False
    place.clerk.save()
    work(clock)
    job = BulkJob.objects.get()
    assert job.state == BulkJob.State.DONE
    assert len(shown_job(job, now=later(clock.now)).failed) == few
    assert states() == {"registered": few}
