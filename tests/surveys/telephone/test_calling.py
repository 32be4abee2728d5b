"""When a number may be called, who is given which, and what a case comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.errors import Refused
from surveys.statistics.rates import DISPOSITIONS, PHONE
from surveys.telephone.rules import (
    Appointment,
    Attempt,
    CallRules,
    Case,
    Hold,
    Reason,
    Spacing,
    Waiting,
    Window,
    check_appointment,
    check_code,
    final_code,
    is_open,
    next_case,
    next_opening,
    part_of_day,
    plan,
    present_code,
    record,
    waiting,
)
from surveys.telephone.rules.calling import SPACINGS
from surveys.telephone.rules.outcomes import EVIDENCE

pytestmark = pytest.mark.sqlite_only

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
RULES = CallRules()
ZONES = ["Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York", "Australia/Lord_Howe"]
# A Wednesday, ten in the morning in Shanghai.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
RETRIED = sorted(set(EVIDENCE) - {"5.9", "5.1", "5.2"})


def at(hour, minute=0, days=0):
    return datetime(2026, 11, 25, hour, minute, tzinfo=SHANGHAI) + timedelta(days=days)


def case(key="a", *attempts, **more):
    """A case in Shanghai whose attempts are (moment, code, interviewer)."""
    made = tuple(Attempt(*one) for one in attempts)
    return Case(**{"key": key, "phone": f"+86{key}", "zone": "Asia/Shanghai", "attempts": made, **more})


def served(cases, now=NOW, interviewer="li", rules=RULES, **more):
    offer = next_case(cases, now, interviewer, rules, **more)
    return offer and (offer.case.key, offer.reason)


# Windows


@pytest.mark.parametrize(
    ("moment", "zone", "open_"),
    [
        (at(9), SHANGHAI, True),
        (at(8, 59), SHANGHAI, False),
        (at(20, 59), SHANGHAI, True),
        (at(21), SHANGHAI, False),
        (at(9), LONDON, False),
        (at(17), LONDON, True),
        (at(9, days=3), SHANGHAI, False),
        (at(10, days=3), SHANGHAI, True),
    ],
)
def test_windows_are_read_on_the_clock_of_the_person_called(moment, zone, open_):
    assert is_open(moment, zone, RULES) is open_


def test_a_day_off_of_the_person_called_has_no_calls():
    rules = replace(RULES, days_off=frozenset({date(2026, 11, 25)}))
    assert not is_open(NOW, SHANGHAI, rules)
    assert next_opening(NOW, SHANGHAI, rules) == at(9, days=1)


def test_a_window_may_end_with_the_day():
    rules = CallRules(windows={2: (Window(time(22), time(0)),)})
    assert is_open(at(23, 59), SHANGHAI, rules)
    assert next_opening(at(10), SHANGHAI, rules) == at(22)
    assert next_opening(at(0, days=1), SHANGHAI, rules) == at(22, days=7)


def test_a_window_in_the_hour_that_the_clock_leaves_out_does_not_open():
    # 29 March 2026 is a Sunday; in London 01:00 to 02:00 does not exist.
    rules = CallRules(windows={6: (Window(time(1, 15), time(1, 45)),)})
    opening = next_opening(datetime(2026, 3, 28, tzinfo=LONDON), LONDON, rules)
    assert opening == datetime(2026, 4, 5, 1, 15, tzinfo=LONDON)


def test_without_an_opening_in_ninety_days_there_is_none():
    rules = replace(RULES, days_off=frozenset(date(2026, 11, 1) + timedelta(days=n) for n in range(200)))
    assert next_opening(NOW, SHANGHAI, rules) is None
    assert plan(case("a", (NOW, "5.61", "li")), rules) is None


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
windows = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1]), min_size=1, max_size=1
).map(lambda pairs: tuple(Window(time(a), time(b % 24)) for a, b in pairs))
weeks = st.dictionaries(st.integers(0, 6), windows, min_size=1)


@given(moments, st.sampled_from(ZONES), weeks, st.sampled_from([None, 0, 1, 2]))
def test_the_next_opening_is_open_and_none_is_missed_before_it(after, name, week, not_part):
    zone, rules = ZoneInfo(name), CallRules(windows=week)
    opening = next_opening(after, zone, rules, not_part=not_part)
    assert opening is not None and opening >= after and is_open(opening, zone, rules)
    other_parts = any(
        part_of_day(datetime(2026, 6, 1, hour, tzinfo=zone), zone) != not_part
        for windows in week.values()
        for window in windows
        for hour in range(window.opens.hour, window.closes.hour or 24)
    )
    if not_part is not None and other_parts:
        assert part_of_day(opening, zone) != not_part
    skipped = after
    while skipped < opening - timedelta(minutes=30):
        wrong_part = not_part is not None and other_parts and part_of_day(skipped, zone) == not_part
        assert wrong_part or not is_open(skipped, zone, rules)
        skipped += timedelta(minutes=30)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (CallRules(windows={}), "call_windows_missing"),
        (CallRules(windows={0: ()}), "call_windows_missing"),
        (CallRules(windows={7: (Window(time(9), time(10)),)}), "call_windows_missing"),
        (CallRules(windows={0: (Window(time(10), time(9)),)}), "call_window_backwards"),
        (CallRules(windows={0: (Window(time(9), time(12)), Window(time(11), time(13)))}), "call_windows_overlap"),
        (CallRules(windows={0: (Window(time(9), time(0)), Window(time(11), time(13)))}), "call_windows_overlap"),
        (CallRules(max_attempts=0), "call_attempts_invalid"),
        (CallRules(grace=timedelta(seconds=-1)), "call_attempts_invalid"),
        (CallRules(spacings={"5.61": SPACINGS["5.61"]}), "call_spacing_missing"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rules, code):
    with pytest.raises(Refused) as caught:
        rules.check()
    assert caught.value.code == code


def test_the_rules_that_come_with_the_product_can_be_followed():
    RULES.check()
    assert set(RULES.spacings) == {code for code, one in DISPOSITIONS.items() if one.interim and code != "5.9"}


# Spacing


@pytest.mark.parametrize(
    ("called", "code", "due"),
    [
        (at(10), "5.61", at(10, 15)),
        (at(20, 50), "5.61", at(9, days=1)),
        (at(10), "5.62", at(13)),
        (at(14), "5.62", at(17)),
        (at(13), "5.62", at(17)),
        (at(19), "5.62", at(9, days=1)),
        (at(10), "5.4", at(10, days=7)),
        (at(10), "5.5", at(10, 30)),
        (at(10), "5.66", at(11)),
        (at(10), "5.67", at(10, days=3)),
    ],
)
def test_the_next_call_waits_as_the_last_one_asks(called, code, due):
    assert plan(case("a", (called, code, "li")), RULES).due == due


def test_where_the_week_has_one_part_of_the_day_only_another_is_not_waited_for():
    rules = CallRules(windows={day: (Window(time(18), time(20)),) for day in range(7)})
    assert plan(case("a", (at(19), "5.62", "li")), rules).due == at(18, days=1)


def test_not_before_the_next_day_of_the_person_called():
    rules = replace(RULES, spacings={**SPACINGS, "5.61": Spacing(timedelta(minutes=1), next_day=True)})
    assert plan(case("a", (at(10), "5.61", "li")), rules).due == at(9, days=1)


# Appointments


def test_a_call_back_returns_on_time_to_the_same_interviewer_and_after_the_grace_to_anybody():
    waits = case("a", (at(10), "5.1", "li"), appointment=Appointment(at(15), "li"))
    assert served([waits], at(14, 59)) is None
    assert served([waits], at(15)) == ("a", Reason.OWN_APPOINTMENT)
    assert served([waits], at(15), "wang") is None
    assert served([waits], at(15, 14), "wang") is None
    assert served([waits], at(15, 15), "wang") == ("a", Reason.APPOINTMENT)
    assert served([waits], at(15, 15), "li") == ("a", Reason.OWN_APPOINTMENT)


def test_a_call_back_for_anybody_has_no_grace():
    waits = case("a", (at(10), "5.2", "li"), appointment=Appointment(at(15)))
    assert served([waits], at(15), "wang") == ("a", Reason.APPOINTMENT)


def test_an_appointment_missed_until_the_window_closed_is_due_when_it_opens():
    waits = case("a", (at(10), "5.1", "li"), appointment=Appointment(at(20, 55), "li"))
    assert served([waits], at(21)) is None
    assert served([waits], at(9, days=1)) == ("a", Reason.OWN_APPOINTMENT)


@pytest.mark.parametrize(
    ("moment", "code"),
    [(NOW, "appointment_past"), (at(21), "appointment_closed"), (at(10, days=61), "appointment_too_far")],
)
def test_a_promise_that_cannot_be_kept_is_refused(moment, code):
    with pytest.raises(Refused) as caught:
        check_appointment(Appointment(moment), SHANGHAI, NOW, RULES)
    assert caught.value.code == code


def test_a_promise_that_can_be_kept_passes():
    check_appointment(Appointment(at(15)), SHANGHAI, NOW, RULES)


def test_a_promise_may_use_calls_beyond_the_limit_but_not_without_end():
    rules = replace(RULES, max_attempts=2, promise_attempts=1)
    tried = [(at(10, days=-3), "5.62", "li"), (at(10, days=-2), "5.1", "li")]
    assert plan(case("a", *tried), rules) is None
    promised = case("a", *tried, appointment=Appointment(at(15), "li"))
    assert served([promised], at(15), rules=rules) == ("a", Reason.OWN_APPOINTMENT)
    again = record(promised, Attempt(at(15), "5.1", "li"), Appointment(at(16), "li"))
    assert plan(again, rules) is None and final_code(again, rules) == "2.21"


# Record


def test_an_appointment_lasts_until_the_next_call():
    waits = record(case("a"), Attempt(at(10), "5.10", "li"), Appointment(at(15), "li"))
    assert waits.appointment and waits.attempts[0].code == "5.1"
    called = record(waits, Attempt(at(15), "5.62", "li"))
    assert called.appointment is None and len(called.attempts) == 2


def test_a_call_that_is_reported_late_takes_its_place_in_time():
    waits = record(case("a"), Attempt(at(12), "5.1", "li"), Appointment(at(15), "li"))
    late = record(waits, Attempt(at(11), "5.62", "wang"))
    assert [one.code for one in late.attempts] == ["5.62", "5.1"]
    assert late.appointment == waits.appointment


def test_who_asks_not_to_be_called_never_is():
    asked = record(case("a"), Attempt(at(10), "2.112", "li"), do_not_call=True)
    assert asked.do_not_call and plan(asked, RULES) is None
    assert plan(case("b", do_not_call=True), RULES) is None


@pytest.mark.parametrize(
    ("code", "appointment", "refusal"),
    [
        ("5.1", None, "appointment_missing"),
        ("5.2", None, "appointment_missing"),
        ("5.62", Appointment(at(15)), "appointment_unasked"),
        ("5.9", None, "disposition_not_for_calls"),
        ("2.113", None, "disposition_not_for_calls"),
        ("9", None, "disposition_not_for_calls"),
    ],
)
def test_a_result_and_its_appointment_must_go_together(code, appointment, refusal):
    with pytest.raises(Refused) as caught:
        record(case("a"), Attempt(NOW, code, "li"), appointment)
    assert caught.value.code == refusal


def test_every_code_of_the_telephone_table_but_not_called_is_a_result():
    for code, one in DISPOSITIONS.items():
        if PHONE in one.modes and code != "5.9":
            assert check_code(code) == code


# Order


def test_own_appointments_then_others_then_fresh_numbers_then_retries():
    retry = case("retry", (at(9, days=-1), "5.61", "wang"))
    fresh = case("fresh", order=7)
    anyone = case("anyone", (at(9, days=-1), "5.2", "wang"), appointment=Appointment(at(9)))
    own = case("own", (at(9, days=-1), "5.1", "li"), appointment=Appointment(at(9, 59), "li"))
    cases = [retry, fresh, anyone, own]
    order = []
    while offer := next_case(cases, NOW, "li", RULES):
        order.append((offer.case.key, offer.reason))
        cases.remove(offer.case)
    assert order == [
        ("own", Reason.OWN_APPOINTMENT),
        ("anyone", Reason.APPOINTMENT),
        ("fresh", Reason.FRESH),
        ("retry", Reason.RETRY),
    ]


def test_the_longest_due_of_a_kind_comes_first():
    cases = [case(key, (at(9, minute), "5.61", "wang")) for key, minute in (("b", 20), ("c", 5), ("d", 30))]
    assert served(cases) == ("c", Reason.RETRY)


def test_fresh_numbers_follow_the_shares_of_the_strata():
    cases = [case(f"{stratum}{n}", stratum=stratum, order=n) for stratum in "ab" for n in range(40)]
    for _ in range(40):
        offer = next_case(cases, NOW, "li", RULES, shares={"a": 0.75, "b": 0.25})
        place = cases.index(offer.case)
        cases[place] = record(offer.case, Attempt(NOW, "1.1", "li"))
    started = [one.stratum for one in cases if one.attempts]
    assert started.count("a") == 30 and started.count("b") == 10
    assert {one.order for one in cases if one.attempts and one.stratum == "b"} == set(range(10))


def test_a_stratum_without_a_share_comes_last_and_a_full_one_never():
    cases = [case("a", stratum="rest"), case("b", stratum="main", order=5)]
    assert served(cases, shares={"main": 1.0}) == ("b", Reason.FRESH)
    assert served(cases, shares={"main": 1.0}, closed={"main"}) == ("a", Reason.FRESH)
    assert served(cases, closed={"main", "rest"}) is None


# In hand


def test_what_somebody_holds_is_given_to_them_again_and_to_nobody_else():
    cases = [case("a"), case("b", order=1)]
    holds = [Hold("a", "+86a", "li", at(10, 30))]
    assert served(cases, holds=holds) == ("a", Reason.IN_HAND)
    assert served(cases, interviewer="wang", holds=holds) == ("b", Reason.FRESH)
    assert served(cases, at(10, 30), "wang", holds=holds) == ("a", Reason.FRESH)


def test_a_number_that_stands_twice_is_in_one_hand_only():
    cases = [case("a", phone="+861"), case("b", phone="+861", order=1)]
    assert served(cases, interviewer="wang", holds=[Hold("a", "+861", "li", at(10, 30))]) is None


# Refusal conversion


def test_a_soft_refusal_is_asked_once_more_by_somebody_else_after_some_days():
    refused = case("a", (at(10), "5.4", "li"))
    assert served([refused], at(9, 59, days=7), "wang") is None
    assert served([refused], at(10, days=7), "wang") == ("a", Reason.RETRY)
    assert served([refused], at(10, days=30), "li") is None
    again = record(refused, Attempt(at(10, days=7), "5.4", "wang"))
    assert plan(again, RULES) is None and final_code(again, RULES) == "2.11"


def test_who_was_refused_keeps_off_also_when_nobody_answers_the_second_time():
    tried = case("a", (at(10), "5.4", "li"), (at(10, days=7), "5.61", "wang"))
    assert served([tried], at(11, days=7), "li") is None
    assert served([tried], at(11, days=7), "wang") == ("a", Reason.RETRY)


def test_without_conversions_the_first_refusal_is_final():
    rules = replace(RULES, conversions=0)
    assert final_code(case("a", (at(10), "5.4", "li")), rules) == "2.11"


# Final codes


@pytest.mark.parametrize(
    ("codes", "open_", "final"),
    [
        ((), "5.9", "3.11"),
        (("5.61", "5.61"), "5.61", "3.12"),
        (("5.61", "5.62"), "5.62", "3.13"),
        (("5.62", "5.63", "5.61"), "5.63", "3.14"),
        (("5.65", "5.66"), "5.65", "3.15"),
        (("5.66",), "5.66", "3.16"),
        (("5.67",), "5.67", "4.33"),
        (("5.67", "5.62"), "5.62", "3.13"),
        (("5.64", "5.62", "5.62"), "5.64", "2.22"),
        (("5.3", "5.64"), "5.3", "3.21"),
        (("5.1", "5.3"), "5.1", "2.21"),
        (("5.5", "5.62"), "5.5", "2.12"),
        (("5.4", "5.62", "5.62"), "5.4", "2.11"),
    ],
)
def test_an_open_case_ends_with_the_strongest_that_was_learned(codes, open_, final):
    tried = case("a", *((at(9, n), code, "li") for n, code in enumerate(codes)))
    assert final_code(tried, RULES) is None
    assert present_code(tried, RULES) == open_
    assert final_code(tried, RULES, closed=True) == final == DISPOSITIONS[open_].stands_for
    assert present_code(tried, RULES, closed=True) == final


def test_a_final_result_ends_a_case_whatever_came_before():
    done = case("a", (at(9), "5.4", "li"), (at(10), "1.1", "wang"))
    assert final_code(done, RULES) == "1.1" and plan(done, RULES) is None


def test_after_the_last_attempt_there_is_a_final_code():
    tried = case("a", *((at(9, days=-n), "5.62", "li") for n in range(8, 0, -1)))
    assert final_code(tried, RULES) == "3.13" and plan(tried, RULES) is None


# The empty desk


def test_the_desk_says_until_when_there_is_nothing_to_do():
    cases = [
        case("a", (at(9), "5.1", "li"), appointment=Appointment(at(14, 20), "li")),
        case("b", (at(9), "5.1", "wang"), appointment=Appointment(at(14, 10), "wang")),
        case("c", (at(9), "5.4", "li")),
        case("d", (at(9), "1.1", "li")),
    ]
    assert waiting(cases, NOW, "li", RULES) == Waiting(at(14, 20), 2)
    assert waiting(cases, NOW, "wang", RULES) == Waiting(at(14, 10), 2)
    assert waiting(cases[3:], NOW, "li", RULES) is None
    assert waiting([case("e")], at(22), "li", RULES) == Waiting(at(9, days=1), 0)


# Properties of a whole field


AROUND_THE_CLOCK = {day: (Window(time(0), time(0)),) for day in range(7)}


@st.composite
def fields(draw):
    """A few numbers, rules, and what happens: who asks, after how many minutes, with what result.

    Few numbers and gaps near the spacings of the rules, or hardly a call of a field would be near a limit.
    """
    sample = [
        Case(f"k{n}", f"+{draw(st.integers(0, n))}", draw(st.sampled_from(ZONES)), draw(st.sampled_from("ab")), n)
        for n in range(draw(st.integers(1, 3)))
    ]
    rules = CallRules(
        windows=draw(st.sampled_from([AROUND_THE_CLOCK, RULES.windows]) | weeks),
        max_attempts=draw(st.integers(1, 4)),
        promise_attempts=draw(st.integers(0, 2)),
    )
    step = st.tuples(
        st.sampled_from(["li", "wang"]),
        st.sampled_from([1, 5, 14, 40, 170, 400, 1430, 4400, 10090]),
        st.sampled_from([*RETRIED, "5.4", "5.1", "5.2", "1.1", "2.112", "hold", "hold", "hold"]),
        st.sampled_from([10, 60, 600, 3000]),
    )
    return sample, rules, draw(st.lists(step, min_size=5, max_size=30))


@settings(max_examples=400, deadline=None)
@given(fields())
def test_no_field_ever_calls_outside_a_window_too_soon_too_often_or_one_number_twice_at_once(field):
    sample, rules, steps = field
    cases = {one.key: one for one in sample}
    now = datetime(2026, 3, 27, 0, tzinfo=UTC)
    holds: list[Hold] = []
    for interviewer, minutes, result, ahead in steps:
        now += timedelta(minutes=minutes)
        holds = [hold for hold in holds if hold.until > now]
        offer = next_case(cases.values(), now, interviewer, rules, holds=holds)
        if offer is None:
            continue
        called, zone = offer.case, ZoneInfo(offer.case.zone)
        others = [hold for hold in holds if hold.interviewer != interviewer]
        assert called.phone not in {hold.phone for hold in others}
        if offer.reason is not Reason.IN_HAND:
            assert is_open(now, zone, rules)
            assert not called.do_not_call and final_code(called, rules) is None
            limit = rules.max_attempts + (rules.promise_attempts if called.appointment else 0)
            assert len(called.attempts) < limit
            if called.appointment:
                assert now >= called.appointment.at
            elif called.attempts:
                last = called.attempts[-1]
                assert now >= last.at + rules.spacings[last.code].wait
            refusers = {one.interviewer for one in called.attempts if one.code == "5.4"}
            if not called.appointment and called.attempts[-1:] and called.attempts[-1].code != "5.5":
                assert interviewer not in refusers
        holds = [hold for hold in holds if hold.interviewer != interviewer]
        if result == "hold":
            holds.append(Hold(called.key, called.phone, interviewer, now + timedelta(minutes=ahead)))
            continue
        promise = Appointment(now + timedelta(minutes=ahead), interviewer) if result in ("5.1", "5.2") else None
        cases[called.key] = record(called, Attempt(now, result, interviewer), promise)
    for one in cases.values():
        assert len(one.attempts) <= rules.max_attempts + rules.promise_attempts
        assert final_code(one, rules, closed=True) is not None


@given(st.lists(st.sampled_from(RETRIED), max_size=9), st.booleans())
def test_a_plan_and_a_final_code_exclude_each_other(codes, blocked):
    tried = case("a", *((at(9, days=n), code, "li") for n, code in enumerate(codes)), do_not_call=blocked)
    assert (plan(tried, RULES) is None) == (final_code(tried, RULES) is not None)
    assert not DISPOSITIONS[final_code(tried, RULES, closed=True)].interim
