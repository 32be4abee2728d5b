"""A threshold is crossed once: one case, with its clock, whatever happens at the same moment."""

from __future__ import annotations

import os
import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from engage.departments.models import Department
from mailbox.models import Case, Intake
from mailbox.petitions.actions import counting, crossings
from mailbox.petitions.answering import rules
from mailbox.petitions.models import Crossing, Petition, PetitionEvent, Signature, State, Threshold
from mailbox.petitions.queries import counting as queries
from tests.mailbox.factories import house
from tests.petitions.factories import NOW, petition, signature

TODAY = date(2026, 11, 24)
RUNS = int(os.environ.get("ENGAGE_CROSSING_RUNS", "3"))
AT = int(os.environ.get("ENGAGE_CROSSING_AT", "60"))


def threshold(number: int, kind: str = "answer", *, days: int = 30, valid_from: date = date(2020, 1, 1)) -> Threshold:
    Threshold.objects.filter(kind=kind, valid_from=valid_from).delete()
    return Threshold.objects.create(kind=kind, number=number, days=days, valid_from=valid_from)


def signed(of: Petition, times: int) -> list[Signature]:
    return [signature(of) for _each in range(times)]


def events(of: Petition) -> list[str]:
    return [event.code for event in PetitionEvent.objects.filter(petition=of).order_by("pk")]


# --- rules ------------------------------------------------------------------------------------------------------------


def test_the_threshold_of_a_petition_is_the_one_in_force_when_it_opened():
    known = [
        rules.Mark(1, "answer", 10_000, 30, date(2020, 1, 1)),
        rules.Mark(2, "answer", 5_000, 20, date(2026, 1, 1)),
        rules.Mark(3, "debate", 100_000, 60, date(2020, 1, 1)),
    ]
    assert rules.mark_of(known, "answer", date(2025, 12, 31)).key == 1
    assert rules.mark_of(known, "answer", date(2026, 1, 1)).key == 2
    assert rules.mark_of(known, "debate", date(2030, 1, 1)).key == 3
    assert rules.mark_of(known, "answer", date(2019, 12, 31)) is None


@pytest.mark.parametrize(("today", "late"), [(date(2026, 12, 24), 0), (date(2026, 12, 25), 1), (date(2027, 1, 3), 10)])
def test_it_is_late_from_the_day_after_the_last_day_on(today, late):
    assert rules.days_late(rules.due_on(TODAY, 30), today) == late


# --- crossing ---------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_crossing_opens_one_case_at_the_department_of_the_petition_with_its_clock():
    place = house()
    threshold(3, days=45)
    one = petition(department=place.water)
    signed(one, 2)
    counting.roll_up(NOW)
    assert not Crossing.objects.exists()
    signed(one, 2)
    counting.roll_up(NOW)
    crossing = Crossing.objects.get()
    assert (crossing.number, crossing.crossed_at, crossing.due_on) == (3, NOW, date(2027, 1, 8))
    case = crossing.case
    assert (case.kind, case.triage, case.due, case.title) == (
        "petition_answer",
        place.water,
        crossing.due_on,
        one.title,
    )
    assert one.action in case.messages.get().text and one.reference in case.messages.get().text
    one.refresh_from_db()
    assert (one.answer_state, one.debate_state) == ("awaiting", "none")
    assert events(one) == ["crossed"]
    assert one.submission.timeline.filter(code="petition.crossed_answer").count() == 1
    signed(one, 5)
    counting.roll_up(NOW + timedelta(days=1))
    counting.roll_up(NOW + timedelta(days=2))
    assert (Crossing.objects.count(), Case.objects.count(), events(one)) == (1, 1, ["crossed"])


def test_without_a_department_the_receiving_unit_gets_the_case():
    place = house()
    threshold(1)
    signed(petition(), 1)
    counting.roll_up(NOW)
    assert Case.objects.get().triage == place.intake


def test_answer_and_debate_are_two_crossings_with_a_case_each():
    house()
    threshold(2)
    threshold(4, "debate", days=60)
    one = petition()
    signed(one, 5)
    counting.roll_up(NOW)
    found = {row.kind: row for row in Crossing.objects.all()}
    assert {kind: (row.number, row.case.due) for kind, row in found.items()} == {
        "answer": (2, TODAY + timedelta(days=30)),
        "debate": (4, TODAY + timedelta(days=60)),
    }
    one.refresh_from_db()
    assert (one.answer_state, one.debate_state) == ("awaiting", "awaiting")


def test_falling_below_stands_beside_the_crossing_and_reaching_it_again_opens_nothing():
    house()
    threshold(3)
    one = petition()
    rows = signed(one, 3)
    counting.roll_up(NOW)
    later = NOW + timedelta(days=3)
    Signature.objects.filter(pk=rows[0].pk).update(state="invalidated")
    counting.roll_up(later)
    crossing = Crossing.objects.get()
    assert (crossing.crossed_at, crossing.fell_below_at, events(one)) == (NOW, later, ["crossed", "fell_below"])
    Signature.objects.filter(pk=rows[0].pk).update(state="confirmed")
    counting.roll_up(later + timedelta(days=1))
    crossing.refresh_from_db()
    assert (crossing.crossed_at, crossing.fell_below_at, Case.objects.count()) == (NOW, later, 1)
    one.refresh_from_db()
    assert one.answer_state == "awaiting"


def test_an_edited_threshold_reaches_petitions_that_nobody_signs_any_more_and_old_ones_keep_theirs():
    house()
    threshold(1_000)
    old = petition(opened_at=NOW - timedelta(days=90))
    new = petition()
    for one in (old, new):
        signed(one, 3)
    counting.roll_up(NOW)
    threshold(3, valid_from=TODAY - timedelta(days=1))
    assert crossings.judge_all(NOW) == 1
    assert crossings.judge_all(NOW) == 0
    assert Crossing.objects.get().petition == new


@pytest.mark.parametrize("state", [State.REJECTED, State.WAITING, State.REMOVED])
def test_a_petition_that_is_not_open_earns_nothing(state):
    house()
    threshold(1)
    fields = {"opened_at": NOW, "closes_at": NOW} if state == State.REMOVED else {}
    signed(petition(state, **fields), 2)
    counting.roll_up(NOW)
    assert not Crossing.objects.exists()


def test_the_last_signatures_of_a_petition_that_closed_meanwhile_still_earn_an_answer():
    house()
    threshold(2)
    one = petition()
    signed(one, 2)
    Petition.objects.filter(pk=one.pk).update(state=State.CLOSED)
    counting.roll_up(NOW)
    assert Case.objects.count() == 1


def test_a_case_that_cannot_be_opened_holds_no_count_up_and_is_opened_later(monkeypatch, caplog):
    house()
    threshold(1)
    one, two = petition(), petition()
    signed(one, 1)
    opened = crossings._write

    def refuse(crossing, given):
        if crossing.petition_id == one.pk:
            raise crossings.Refused("clock_profile_unknown", profile="x")
        return opened(crossing, given)

    monkeypatch.setattr(crossings, "_write", refuse)
    signed(two, 1)
    assert counting.roll_up(NOW) == 2
    assert {row.petition_id: row.case_id is None for row in Crossing.objects.all()} == {one.pk: True, two.pk: False}
    assert "clock_profile_unknown" in caplog.text
    monkeypatch.undo()
    counting.roll_up(NOW + timedelta(minutes=1))
    assert Case.objects.count() == 2


def test_who_has_no_unit_at_all_still_gets_one_case():
    assert not Department.objects.exists() and not Intake.objects.exists()
    threshold(1)
    signed(petition(), 1)
    counting.roll_up(NOW)
    assert Case.objects.get().triage is None


# --- Show 1: fifty at once around the threshold -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_confirmations_around_the_threshold_open_exactly_one_case():
    """As often and at as many signatures as the environment says: ENGAGE_CROSSING_RUNS=50 ENGAGE_CROSSING_AT=10000."""
    house()
    threshold(AT)
    for run in range(1, RUNS + 1):
        one = petition()
        before = AT - 25
        Signature.objects.bulk_create(
            [_row(one, number) for number in range(before)],
            batch_size=2_000,
        )
        waiting = [signature(one, Signature.State.PENDING).pk for _each in range(50)]
        start, faults = threading.Barrier(52), []

        def confirm(key: int, start=start, faults=faults) -> None:
            try:
                start.wait(30)
                done = Signature.objects.filter(pk=key, state="pending").update(
                    state="confirmed", confirmed_at=NOW, slot=1
                )
                assert done == 1
            except BaseException as fault:
                faults.append(fault)
            finally:
                connection.close()

        def count(start=start, faults=faults) -> None:
            try:
                start.wait(30)
                for _turn in range(6):
                    counting.roll_up(NOW)
            except BaseException as fault:
                faults.append(fault)
            finally:
                connection.close()

        threads = [threading.Thread(target=confirm, args=(key,)) for key in waiting]
        threads += [threading.Thread(target=count) for _each in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert faults == []
        counting.roll_up(NOW)
        counting.roll_up(NOW)
        found = queries.shown([one.pk])[one.pk]
        assert (found.total, queries.exact(one).total, found.last_number) == (AT + 25, AT + 25, AT + 25)
        assert Crossing.objects.filter(petition=one).count() == 1
        assert Case.objects.filter(kind="petition_answer").count() == run
    assert counting.recount(verify=True, now=NOW) == {"petitions": RUNS, "differences": []}


def _row(of: Petition, number: int) -> Signature:
    return Signature(
        petition=of,
        state="confirmed",
        slot=1,
        confirmed_at=NOW - timedelta(minutes=number % 600),
        region=("east", "west", "north")[number % 3],
        language="en",
        address=f"{of.pk}-{number}"[:32],
        person=f"{number}",
        token_digest=f"{of.pk}-{number}-{id(of)}",
        code_digest=f"{number}",
        asked_at=NOW,
    )
