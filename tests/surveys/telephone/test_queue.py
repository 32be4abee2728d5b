"""The queue of numbers on the database: none twice, promises kept to the minute, the order of the rules."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection

from engage.accounts.actors import SYSTEM
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys.telephone import actions, planning, queue, rules
from surveys.telephone.actions import claiming
from surveys.telephone.actions.calling import HOLD
from surveys.telephone.models import CallAppointment, CallAttempt, DoNotCall, SampleNumber, TelephoneStudy
from surveys.telephone.rules import Reason
from tests.conftest import ON_POSTGRES
from tests.surveys.telephone.fields import NOW, add, answered, at, call, finish, interviewer, numbers, study, supervisor

pytestmark = pytest.mark.django_db
THREADS = 3
# Seconds a thread is waited for. What comes later than this does not come.
PATIENCE = 60
SAMPLE = int(os.environ.get("ENGAGE_TELEPHONE_SAMPLE", "60"))


def claim(to, who, now=NOW):
    offer = actions.claim(to.pk, actor=who, now=now)
    return offer and offer[0]


def code_of(action, *arguments, **more):
    with pytest.raises(Refused) as refusal:
        action(*arguments, **more)
    return refusal.value.code


@pytest.mark.django_db(transaction=True)
def test_three_interviewers_at_once_are_never_given_the_same_number():
    field = study(SAMPLE)
    people = [interviewer() for _ in range(THREADS)]
    taken: list[list[int]] = [[] for _ in people]
    faults: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def work(place: int) -> None:
        try:
            start.wait()
            while number := claim(field, people[place]):
                taken[place].append(number.pk)
                finish(number, people[place], "5.62", NOW)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    served = [pk for own in taken for pk in own]
    assert len(served) == len(set(served)) == SAMPLE
    assert CallAttempt.objects.count() == SAMPLE


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_those_who_ask_in_one_moment_are_served_in_one_transaction_each_with_their_own(monkeypatch):
    field = study(8)
    other = TelephoneStudy.objects.create(questionnaire=field.questionnaire, name="Later", opens_at=at(9, days=1))
    silenced = SampleNumber.objects.get(study=field, place=3)
    DoNotCall.objects.create(study=field, index=silenced.index)
    li, holder, resting, promised = (interviewer() for _ in range(4))
    call(field, promised, "5.1", NOW - timedelta(hours=1), call_back=NOW)
    held = claim(field, holder)
    actions.pause(field.pk, actor=resting, now=NOW)
    batches: list[int] = []
    serve, begun, goes = claiming._serve, threading.Event(), threading.Event()

    def slowly(asks):
        batches.append(len(asks))
        if len(batches) == 1:
            begun.set()
            assert goes.wait(PATIENCE)
        return serve(asks)

    monkeypatch.setattr(claiming, "_serve", slowly)
    asked = {
        "first": (field, interviewer()), "li": (field, li), "li again": (field, li), "holder": (field, holder),
        "resting": (field, resting), "promised": (field, promised), "early": (other, interviewer()),
    }  # fmt: skip
    found: dict[str, object] = {}

    def ask(name: str) -> None:
        to, who = asked[name]
        try:
            offer = actions.claim(to.pk, actor=who, now=NOW)
            found[name] = (offer[0].place, offer[1])
        except Refused as refusal:
            found[name] = refusal.code
        finally:
            connection.close()

    first, *others = [threading.Thread(target=ask, args=(name,)) for name in asked]
    first.start()
    # Whoever leads lets others come first when the last transaction began a moment ago: nobody may before it has begun.
    assert begun.wait(PATIENCE)
    for thread in others:
        thread.start()
    ends = time.monotonic() + PATIENCE
    while len(claiming._asking._waiting) < len(others) and time.monotonic() < ends:
        time.sleep(0.005)
    goes.set()
    for thread in (first, *others):
        thread.join(PATIENCE)
    assert batches == [1, 6]
    [mine] = {found.pop("li"), found.pop("li again")}
    given = [mine, *(offer for offer in found.values() if isinstance(offer, tuple) and offer[1] == Reason.FRESH)]
    assert found["holder"] == (held.place, Reason.IN_HAND)
    assert found["promised"] == (1, Reason.OWN_APPOINTMENT)
    assert (found["resting"], found["early"]) == ("telephone_paused", "telephone_field_closed")
    assert sorted(offer[0] for offer in given) == [4, 5]
    in_hand = SampleNumber.objects.exclude(held_by=None).values_list("place", "held_by")
    assert dict(in_hand) == {
        1: promised.pk, held.place: holder.pk, mine[0]: li.pk, found["first"][0]: asked["first"][1].pk,
    }  # fmt: skip
    silenced.refresh_from_db()
    assert silenced.final
    assert JournalRow.objects.filter(verb="telephone.number_given").count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_where_the_database_refuses_several_each_is_served_alone(monkeypatch):
    field, people = study(3), [interviewer() for _ in range(3)]
    serve, tries = claiming._serve, []

    def refuses(asks):
        tries.append(len(asks))
        if len(asks) > 1 or asks[0].interviewer == people[2]:
            raise OperationalError("deadlock detected")
        return serve(asks)

    monkeypatch.setattr(claiming, "_serve", refuses)
    found = claiming._together([claiming.Ask(field.pk, one, NOW) for one in people])
    assert tries == [3, 1, 1, 1]
    assert [offer[1] for offer in found[:2]] == [Reason.FRESH] * 2
    assert isinstance(found[2], OperationalError)
    with pytest.raises(OperationalError):
        actions.claim(field.pk, actor=people[2], now=NOW)


def test_what_is_in_hand_comes_again_and_to_nobody_else():
    field, li, wang = study(2), interviewer(), interviewer()
    first = claim(field, li)
    assert actions.claim(field.pk, actor=li, now=NOW) == (first, Reason.IN_HAND)
    second = claim(field, wang)
    assert second != first
    assert claim(field, interviewer()) is None


def test_a_hold_that_ends_frees_its_number_by_itself():
    field, li, wang = study(1), interviewer(), interviewer()
    number = claim(field, li)
    assert claim(field, wang, NOW + HOLD - timedelta(seconds=1)) is None
    assert claim(field, wang, NOW + HOLD) == number
    # And the first may ask again, without what is gone.
    assert claim(field, li, NOW + HOLD) is None


def test_a_hold_is_prolonged_by_a_sign_of_life_and_by_its_own_ticket_alone():
    field, li = study(1), interviewer()
    number = claim(field, li)
    ticket = actions.ticket_of(number, now=NOW)
    assert actions.prolong(ticket, actor=li, now=NOW + timedelta(minutes=20))
    assert claim(field, interviewer(), NOW + HOLD) is None
    stranger = actions.Ticket(number.key, uuid.uuid4(), li.pk, NOW)
    assert not actions.prolong(stranger, actor=li, now=NOW)


def test_a_call_back_at_three_comes_at_three_to_the_same_interviewer():
    field, li, wang = study(1), interviewer(), interviewer()
    call(field, li, "5.1", NOW, call_back=at(15))
    number = SampleNumber.objects.get()
    assert (number.code, number.due_at, number.reserved_for) == ("5.1", at(15), li)
    assert claim(field, li, at(14, 59)) is None
    assert claim(field, wang, at(15)) is None
    assert actions.claim(field.pk, actor=li, now=at(15)) == (number, Reason.OWN_APPOINTMENT)


def test_a_call_back_that_its_interviewer_missed_goes_to_anybody_after_a_while():
    field, li, wang = study(1), interviewer(), interviewer()
    call(field, li, "5.1", NOW, call_back=at(15))
    assert claim(field, wang, at(15, 14)) is None
    assert actions.claim(field.pk, actor=wang, now=at(15, 15))[1] == Reason.APPOINTMENT


def test_the_next_call_keeps_a_promise_whatever_comes_of_it():
    field, li = study(1), interviewer()
    call(field, li, "5.1", NOW, call_back=at(15))
    call(field, li, "5.62", at(15))
    assert not CallAppointment.objects.filter(is_open=True).exists()
    assert SampleNumber.objects.get().due_at == at(18)


def test_after_the_last_attempt_a_number_is_never_due_again():
    field, li = study(1, rules={"max_attempts": 2}), interviewer()
    call(field, li, "5.62", NOW)
    assert claim(field, li, NOW + timedelta(hours=1)) is None
    call(field, li, "5.62", at(18))
    number = SampleNumber.objects.get()
    assert (number.due_at, number.final, number.code) == (None, True, "3.13")
    assert claim(field, li, at(12, days=3)) is None


def test_nobody_is_called_outside_the_hours_of_where_they_live():
    field, li = study(), interviewer()
    add(field, numbers(1), zone="Europe/London")
    assert claim(field, li, at(10)) is None
    assert queue.waiting(field, li, at(10)).at == at(17)
    assert claim(field, li, at(17)) is not None


def test_who_was_refused_softly_does_not_ask_again_but_somebody_else_does():
    field, li, wang = study(1), interviewer(), interviewer()
    call(field, li, "5.4", NOW)
    later = at(10, days=7)
    assert claim(field, li, later) is None
    number = claim(field, wang, later)
    finish(number, wang, "5.4", later)
    assert SampleNumber.objects.get().code == "2.11"


def test_do_not_call_ends_it_in_the_study_and_on_the_list_of_all_in_every_one():
    field, li = study(2), interviewer()
    other = study(2, key="other")
    call(field, li, "2.112", NOW, do_not_call=True)
    actions.silence(field, "13800000001", everywhere=True, actor=supervisor(), now=NOW)
    assert claim(field, li) is None
    assert {one.place for one in SampleNumber.objects.filter(study=other, due_at=None)} == {2}
    # What is on the list is taken into a later sample, counts and is not called.
    third = study(2, key="third")
    assert SampleNumber.objects.filter(study=third, final=True).count() == 1


def test_a_call_sent_twice_stands_once():
    field, li = study(1), interviewer()
    ticket = actions.ticket_of(claim(field, li), now=NOW)
    key, outcome = uuid.uuid4(), actions.Outcome("5.61", note="engaged")
    first = actions.finish_call(key, ticket, outcome, actor=li, now=NOW)
    assert actions.finish_call(key, ticket, outcome, actor=li, now=at(11)) == first
    assert CallAttempt.objects.get().ended_at == NOW


def test_a_call_reported_after_its_hold_is_kept_and_takes_nothing_from_who_has_the_number_now():
    field, li, wang = study(1), interviewer(), interviewer()
    old = actions.ticket_of(claim(field, li), now=NOW)
    now = NOW + HOLD
    number = claim(field, wang, now)
    late = actions.finish_call(uuid.uuid4(), old, actions.Outcome("5.61"), actor=li, now=now)
    assert late.is_late
    number.refresh_from_db()
    assert number.held_by == wang and number.due_at >= number.held_until
    assert not finish(number, wang, "2.112", now).is_late
    number.refresh_from_db()
    assert (number.code, number.due_at) == ("2.112", None)


def test_a_ticket_is_believed_from_its_own_holder_alone():
    field, li = study(1), interviewer()
    ticket = actions.ticket_of(claim(field, li), now=NOW)
    assert actions.Ticket.read(ticket.signed()) == ticket
    assert code_of(actions.Ticket.read, "1" + ticket.signed()) == "telephone_ticket_invalid"
    outcome = actions.Outcome("5.61")
    arguments = (uuid.uuid4(), ticket, outcome)
    assert code_of(actions.finish_call, *arguments, actor=interviewer(), now=NOW) == "telephone_ticket_invalid"
    assert code_of(actions.finish_call, *arguments, actor=supervisor(), now=NOW) == "not_allowed"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (actions.Outcome("5.9"), "disposition_not_for_calls"),
        (actions.Outcome("5.1"), "appointment_missing"),
        (actions.Outcome("5.61", call_back=at(15)), "appointment_unasked"),
        (actions.Outcome("5.1", call_back=at(9)), "appointment_past"),
        (actions.Outcome("5.1", call_back=at(23)), "appointment_closed"),
        (actions.Outcome("1.1"), "telephone_interview_missing"),
        (actions.Outcome("5.61", note="x" * 2001), "telephone_note_too_long"),
    ],
)
def test_a_result_that_cannot_be_is_refused_and_the_number_stays_in_hand(outcome, code):
    field, li = study(1), interviewer()
    number = claim(field, li)
    ticket = actions.ticket_of(number, now=NOW)
    assert code_of(actions.finish_call, uuid.uuid4(), ticket, outcome, actor=li, now=NOW) == code
    assert queue.in_hand(field, li, NOW) == number


def test_a_break_gives_the_number_back_and_none_is_given_until_it_ends():
    field, li = study(1), interviewer()
    number = claim(field, li)
    actions.pause(field.pk, actor=li, now=NOW)
    assert code_of(actions.claim, field.pk, actor=li, now=NOW) == "telephone_paused"
    assert claim(field, interviewer()) == number
    actions.resume(field.pk, actor=li, now=NOW)
    assert claim(field, li) is None


def test_a_stratum_whose_quota_is_full_is_called_no_more():
    field, li = study(), interviewer()
    add(field, numbers(1), stratum="south")
    add(field, numbers(1, 5), stratum="north")
    slot = field.questionnaire.slots.create(cell="south", number=1)
    assert queue.closed_strata(field) == []
    slot.response = answered(field)
    slot.save()
    assert queue.closed_strata(field) == ["south"]
    assert claim(field, li).stratum == "north"
    assert claim(field, interviewer()) is None


def test_only_interviewers_are_given_numbers_and_only_in_the_field():
    field = study(1)
    assert code_of(actions.claim, field.pk, actor=supervisor(), now=NOW) == "not_allowed"
    assert code_of(actions.claim, field.pk, actor=SYSTEM, now=NOW) == "not_allowed"
    assert code_of(actions.claim, field.pk, actor=interviewer(), now=at(9, days=-2)) == "telephone_field_closed"


def test_an_interviewer_sees_the_number_in_hand_and_no_list():
    field, li = study(3), interviewer()
    assert not SampleNumber.objects.visible_to(li).exists()
    number = claim(field, li)
    assert list(SampleNumber.objects.visible_to(li)) == [number]
    assert SampleNumber.objects.visible_to(supervisor()).count() == 3


def test_no_number_and_no_note_stands_in_the_journal():
    field, li = study(1), interviewer()
    call(field, li, "5.61", NOW, note="Frau Zhang")
    rows = " ".join(str(row.content) for row in JournalRow.objects.filter(verb__startswith="telephone."))
    assert "13800000000" not in rows and "Zhang" not in rows and "5.61" in rows


def test_a_whole_field_is_served_in_the_order_of_the_rules():
    """`rules.next_case` reads all cases in memory; the queue must name the same number at every step."""
    shares = {"north": 2.0, "south": 1.0}
    field = study(shares=shares)
    add(field, numbers(4), stratum="south")
    add(field, numbers(5, 10), stratum="north", zone="Europe/London")
    people = [interviewer(), interviewer()]
    draw = random.Random(7)
    now, steps = at(9), 0
    while steps < 60:
        who = people[steps % 2]
        cases = [planning.read_case(one) for one in SampleNumber.objects.filter(study=field)]
        expected = rules.next_case(cases, now, str(who.pk), field.call_rules, shares=shares)
        offer = actions.claim(field.pk, actor=who, now=now)
        assert (offer and (str(offer[0].key), offer[1])) == (expected and (expected.case.key, expected.reason))
        if offer is None:
            expected_wait = rules.waiting(cases, now, str(who.pk), field.call_rules)
            found_wait = queue.waiting(field, who, now)
            assert (found_wait and found_wait.at) == (expected_wait and expected_wait.at)
        else:
            code = draw.choice(["5.61", "5.62", "5.63", "5.3", "5.4", "5.5", "2.112", "5.1"])
            promised = now + timedelta(hours=1)
            if code == "5.1" and rules.next_opening(promised, _zone(offer[0]), field.call_rules) != promised:
                code = "5.62"
            more = {"call_back": promised} if code == "5.1" else {}
            finish(offer[0], who, code, now, **more)
        now += timedelta(minutes=draw.choice([3, 20, 50, 200]))
        steps += 1
    assert CallAttempt.objects.count() > 15


def _zone(number):
    return ZoneInfo(number.zone)


def test_the_next_number_costs_the_same_few_statements_however_many_there_are(django_assert_num_queries):
    field, li = study(20), interviewer()
    first = claim(field, li)
    SampleNumber.objects.filter(pk=first.pk).update(held_by=None, held_until=None, hold=None, due_at=None)
    # Begin, study, sign of life at the seat, breaks, what is in hand, full strata, promises, fresh ones, the
    # do-not-call list, hold and journal (one statement on PostgreSQL), end.
    with django_assert_num_queries(11 if ON_POSTGRES else 12):
        assert claim(field, li) not in (None, first)
