"""Worked examples of clocks through real cases: each is registered, and every event is a step that somebody takes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from engage.calendars.arithmetic import local_day
from engage.calendars.profiles import profile_named
from engage.calendars.rules import Event
from engage.calendars.vectors import Vector, parse_row
from mailbox import actions, queries
from mailbox.kinds import KINDS
from mailbox.machine import Does
from mailbox.models import Case, Intake
from tests.mailbox import factories
from tests.mailbox.factories import House, house, sender
from tests.shared import shared_file

pytestmark = pytest.mark.django_db

KIND_OF = {
    "foi": "information_request",
    "grievance": "grievance",
    "letter": "letter",
    "enquiry": "enquiry",
    "petition": "petition_answer",
}


def vectors() -> list[tuple[dict[str, str], Vector]]:
    import csv

    with shared_file("data", "clocks", "vectors.csv").open(encoding="utf-8", newline="") as lines:
        return [(row, parse_row(row)) for row in csv.DictReader(lines)]


class Walk:
    """One case on its way through the events of a row."""

    def __init__(self, place: House, vector: Vector, kind: str) -> None:
        self.place, self.vector, self.now = place, vector, vector.start
        profile = profile_named(vector.profile)
        Intake(kind=kind, department=place.intake, zone=str(vector.zone), family=profile.family).save()
        self.case = factories.case(kind, now=vector.start, people=1)

    def at(self, event: Event) -> datetime:
        """The moment of an event: on its day, and never before what happened already."""
        noon = datetime.combine(event.on, time(12), tzinfo=self.vector.zone)
        if local_day(self.now, self.vector.zone) == event.on:
            noon = self.now + timedelta(seconds=1)
        self.now = noon
        return noon

    def step(self, code: str, actor, **given) -> None:
        actions.take_step(self.case.pk, code, actions.Given(**given), actor=actor, now=self.now)
        self.case.refresh_from_db()

    def in_work(self) -> None:
        """Bring the case to the unit that works on it, on the day it is."""
        if self.case.state != "registered":
            return
        if self.case.kind == "grievance":
            self.step("transfer", self.place.clerk, department=self.place.water.pk)
        else:
            self.step("route", self.place.clerk, department=self.place.water.pk)
            self.step("accept", self.place.officer)

    def take(self, event: Event) -> None:
        """Let the event happen by the step that makes it."""
        name = event.name
        if name == "accepted":
            self.in_work()
            self.at(event)
            self.step("accept", self.place.officer)
        elif name == "reply_received":
            self._reply(event)
        elif name == "review_requested":
            self.at(event)
            actions.ask_review(self.case.pk, words="不服", actor=sender(self.case), now=self.now)
        elif name == "rereview_requested":
            self._to_review(event)
            actions.ask_review(self.case.pk, words="不服", actor=sender(self.case), now=self.now)
        elif name == "hearing_start":
            self.at(event)
            self.step("open_hearing", self.place.head, words="听证")
        elif name == "hearing_end":
            self.at(event)
            self.step("close_hearing", self.place.head, note="记录在案")
        else:
            self._of_request(event)
        self.case.refresh_from_db()

    def _of_request(self, event: Event) -> None:
        name = event.name
        if name == "clarify_asked":
            self.at(event)
            self.step("ask_detail", self.place.clerk, words="哪一年的？")
        elif name == "clarify_received":
            actions.give_detail(self.case.pk, words="二〇二〇年", actor=sender(self.case), now=self.at(event))
        elif name == "extend":
            self.in_work()
            self.at(event)
            who = self.place.approver if self.case.kind == "grievance" else self.place.openness
            self.step("extend", who, units=event.units, reason="COMPLEX", words="情况复杂")
        else:
            code, who, given = {
                "third_party_asked": ("ask_third_party", self.place.officer, {"words": "征求意见"}),
                "third_party_answered": ("third_party_answered", self.place.officer, {"note": "已回复"}),
                "fees_notice": ("ask_fee", self.place.officer, {"words": "请缴费"}),
                "fee_received": ("fee_paid", self.place.officer, {}),
            }[name]
            self.in_work()
            self.at(event)
            self.step(code, who, **given)

    def _reply(self, event: Event) -> None:
        self.at(event)
        self.in_work()
        if self.case.state == "transferred":
            self.step("accept", self.place.officer)
        factories.answered(self.place, self.case, now=self.now)
        self.now += timedelta(seconds=40)
        self.case.refresh_from_db()

    def _to_review(self, event: Event) -> None:
        self._reply(event)
        actions.ask_review(self.case.pk, words="不服", actor=sender(self.case), now=self.now)
        actions.decide_review(self.case.pk, result="UPHELD", words="维持", actor=self.place.head, now=self.now)
        self.case.refresh_from_db()

    def open_target(self) -> None:
        """Take the step that begins the clock of the row, where no event of the row does."""
        opened = {effect.target for effect in self.case.machine.opening}
        if self.vector.target in opened or self.case.clocks.filter(target=self.vector.target).exists():
            return
        starting = next(
            transition
            for transition in self.case.machine.transitions
            if any(e.does is Does.START and e.target == self.vector.target for e in transition.effects)
        )
        if starting.code == "transfer":
            self.in_work()
        elif starting.code == "ask_third_party":
            self.in_work()
            self.step(starting.code, self.place.officer, words="征求意见")
        else:
            raise AssertionError(f"no way to {self.vector.target}")


def test_every_row_falls_due_on_its_day_through_a_real_case():
    place = house()
    found, wanted = {}, {}
    for row, vector in vectors():
        walk = Walk(place, vector, KIND_OF[row["kind"]])
        for event in vector.events:
            walk.take(event)
        walk.open_target()
        clock = walk.case.clocks.filter(target=vector.target).last()
        assert clock.profile_id == vector.profile, vector.id
        found[vector.id], wanted[vector.id] = clock.due, vector.due
        days = [
            f"{'-' if day.is_holiday else '+'}{day.day:%m-%d}"
            for day in queries.date_proof(clock)
            if day.is_holiday or day.kind == "make_up"
        ]
        assert days == row["weekday_exceptions"].split(), vector.id
    assert len(found) >= 25
    assert found == wanted


def test_every_kind_of_case_is_in_the_examples_or_has_a_clock_of_its_own():
    assert {KIND_OF[row["kind"]] for row, _vector in vectors()} <= set(KINDS)
    assert all(machine.opening for machine in KINDS.values())


def test_a_clock_over_a_year_without_a_calendar_runs_and_says_that_it_may_move():
    house()
    made = factories.case("information_request", now=datetime(2026, 12, 29, 2, 0, tzinfo=factories.UTC))
    badge = next(line for line in queries.clock_lines(made, now=made.received_at) if line.clock.target == "final_reply")
    assert badge.unconfirmed and made.may_move
    assert badge.clock.due.year == 2027


def test_a_new_standard_leaves_the_clocks_of_old_cases_alone():
    from dataclasses import replace

    from engage.accounts.actors import Role
    from engage.calendars import actions as calendars
    from tests.accounts.people import person

    house()
    old = factories.case("letter")
    due = old.due
    standard = profile_named("cn-letter-complex")
    begins = local_day(factories.NOW, factories.NOW.tzinfo) + timedelta(days=7)
    shorter = tuple(replace(target, count=1) for target in standard.targets)
    calendars.supersede_profile(
        person(Role.ADMINISTRATOR),
        "cn-letter-complex",
        replace(standard, code="cn-letter-complex-2", valid_from=begins, targets=shorter),
        now=factories.NOW,
    )
    new = factories.case("letter", now=factories.NOW + timedelta(days=8))
    assert new.clocks.get().profile_id == "cn-letter-complex-2"
    actions.recount_clocks("cn", None, now=factories.NOW)
    assert Case.objects.get(pk=old.pk).due == due
    assert old.clocks.get().profile_id == "cn-letter-complex"


def test_a_day_off_that_comes_late_moves_open_cases_and_tells_their_senders_only_of_a_later_day():
    from engage.accounts.actors import Role
    from engage.calendars import actions as calendars
    from engage.calendars.models import Calendar
    from engage.participation import timeline
    from tests.accounts.people import person

    place = house()
    made = [factories.case("letter") for _ in range(50)]
    over = made.pop()
    actions.take_step(
        over.pk, "refuse", actions.Given(reason="SPAM", words="广告"), actor=place.clerk, now=factories.NOW
    )
    editor = person(Role.EDITOR)
    before = over.clocks.get().due
    calendars.override_day(editor, "cn", made[0].due, is_workday=False, name_zh="临时放假", name_en="Extra day off")
    revision = Calendar.objects.get(pk="cn").revision
    assert actions.recount_clocks("cn", revision, now=factories.NOW) == 49
    assert actions.recount_clocks("cn", revision, now=factories.NOW) == 0
    for one in made:
        due = one.due
        one.refresh_from_db()
        assert one.due > due
        assert [entry.code for entry in one.submission.timeline.all()][-1] == "case.due_later"
    assert "%" not in timeline.sentence(made[0].submission.timeline.last())
    assert over.clocks.get().due == before
