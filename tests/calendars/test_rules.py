"""Due days: one test for each sentence of the rules a case can meet."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.calendars.arithmetic import ONE_DAY, Span, WorkCalendar
from engage.calendars.profiles import SHIPPED, Stop, Target, Unit, profile_in_force, profile_named
from engage.calendars.rules import (
    ClockState,
    DayKind,
    Event,
    TimeState,
    check_may_record,
    due_date,
    overdue_from,
    proof,
    time_left,
)
from engage.calendars.shipped import shipped_calendar
from engage.errors import Refused
from tests.calendars.builders import LONDON, SHANGHAI, day, due, events, last_day, morning

CHINA = shipped_calendar("cn")


@pytest.mark.parametrize(
    ("profile", "target", "start", "happened", "expected"),
    [
        # A 2007 case keeps its 15 working days for life, whenever it is extended.
        ("cn-foi-2007", "final_reply", "2019-05-14", "", "2019-06-04"),
        ("cn-foi-2007", "final_reply", "2019-05-14", "extend@2019-06-03:15", "2019-06-26"),
        ("cn-foi-2019", "final_reply", "2019-05-15", "", "2019-06-13"),
        # Time spent asking third parties: the day of asking counts, the day of the answer does not.
        (
            "cn-foi-2007",
            "final_reply",
            "2018-03-01",
            "third_party_asked@2018-03-05;third_party_answered@2018-03-08",
            "2018-03-27",
        ),
        ("cn-foi-2019", "third_party_opinion", "2024-04-01", "third_party_asked@2024-04-22", "2024-05-14"),
        # The correction is received on a Sunday that is worked: day one is the Monday.
        (
            "cn-foi-2019",
            "final_reply",
            "2026-09-14",
            "clarify_asked@2026-09-16;clarify_received@2026-09-20",
            "2026-10-23",
        ),
        # Asked twice about different things: the last answer starts the clock.
        (
            "cn-foi-2019",
            "final_reply",
            "2026-04-20",
            "clarify_asked@2026-04-22;clarify_received@2026-04-23;clarify_asked@2026-04-27;clarify_received@2026-05-08",
            "2026-06-04",
        ),
        # An extension counts up to the limit of the article.
        ("cn-foi-2019", "final_reply", "2026-04-15", "extend@2026-05-09:40", "2026-06-12"),
        ("cn-foi-2019", "final_reply", "2026-04-15", "extend@2026-05-09:10;extend@2026-05-11:15", "2026-06-12"),
        ("cn-xinfang-2005", "final_reply", "2022-04-25", "accepted@2022-05-06", "2022-07-05"),
        ("cn-xinfang-2005-roll", "accept_notice", "2019-09-17", "", "2019-10-08"),
        ("cn-xinfang-2022-roll", "accept_notice", "2026-02-02", "", "2026-02-24"),
        ("cn-xinfang-2022-roll", "review_request_by", "2026-08-31", "reply_received@2026-09-04", "2026-10-08"),
        ("cn-xinfang-2022", "review_opinion", "2026-01-05", "review_requested@2026-02-02", "2026-03-04"),
        (
            "cn-xinfang-2022",
            "rereview_opinion",
            "2024-02-01",
            "rereview_requested@2024-02-01;hearing_start@2024-02-20;hearing_end@2024-02-20",
            "2024-03-03",
        ),
        # A hearing changes nothing outside the re-review.
        (
            "cn-xinfang-2022",
            "review_opinion",
            "2024-02-01",
            "review_requested@2024-02-01;hearing_start@2024-02-20;hearing_end@2024-02-21",
            "2024-03-02",
        ),
        ("cn-letter-simple", "final_reply", "2026-02-13", "", "2026-02-25"),
        (
            "cn-letter-complex",
            "final_reply",
            "2026-03-02",
            "clarify_asked@2026-03-04;clarify_received@2026-03-06",
            "2026-03-18",
        ),
        # A clarified request under the Act is received on the day the clarification comes: s.10(6)(b).
        (
            "uk-foi-2000",
            "final_reply",
            "2025-11-10",
            "clarify_asked@2025-11-12;clarify_received@2025-11-30",
            "2025-12-31",
        ),
        ("uk-foi-2000", "final_reply", "2026-04-20", "fees_notice@2026-05-19;fee_received@2026-05-19", "2026-05-20"),
        ("uk-foi-2000", "final_reply", "2025-12-01", "extend@2025-12-20:20", "2026-01-30"),
        ("uk-petition", "closes_end_of", "2025-08-30", "", "2026-02-28"),
        ("uk-petition", "answer", "2026-01-05", "threshold_crossed@2026-02-01", "2026-03-03"),
        ("cn-consultation", "closes_end_of", "2026-03-01", "", "2026-03-31"),
        ("cn-consultation", "outcome", "2026-03-01", "closed@2026-03-31", "2026-05-30"),
        ("cn-hearing", "announce_by", "2026-03-01", "held@2026-04-20", "2026-04-10"),
        ("cn-symposium", "papers_by", "2026-04-20", "", "2026-04-15"),
        ("cn-live-interview", "unanswered_questions", "2026-03-01", "held@2026-04-29", "2026-05-09"),
        ("cn-site-error", "final_reply", "2026-09-30", "", "2026-10-10"),
        ("cn-rating", "put_right", "2026-03-01", "rated_low@2026-03-05", "2026-03-20"),
    ],
)
def test_the_due_day_follows_the_rule(profile, target, start, happened, expected):
    assert last_day(profile, target, start, happened) == expected


def test_an_event_of_another_clock_leaves_this_one_alone():
    alone = last_day("cn-foi-2019", "clarify_notice", "2026-04-27")
    happened = "extend@2026-04-28:20;third_party_asked@2026-04-28;clarify_asked@2026-05-06"
    assert last_day("cn-foi-2019", "clarify_notice", "2026-04-27", happened) == alone


def test_events_may_come_in_any_order():
    happened = "third_party_answered@2026-03-24;extend@2026-03-27:5;third_party_asked@2026-03-10"
    assert last_day("cn-foi-2019", "final_reply", "2026-03-02", happened) == "2026-04-21"


def test_two_third_parties_asked_at_once_stop_the_clock_once():
    one = "third_party_asked@2026-03-10;third_party_answered@2026-03-24"
    two = one + ";third_party_asked@2026-03-12;third_party_answered@2026-03-20"
    assert last_day("cn-foi-2019", "final_reply", "2026-03-02", two) == last_day(
        "cn-foi-2019", "final_reply", "2026-03-02", one
    )


def test_a_pause_before_the_restart_is_not_added_to_the_new_count():
    happened = "clarify_asked@2026-04-22;third_party_asked@2026-04-22;third_party_answered@2026-04-28"
    happened += ";clarify_received@2026-05-08"
    assert last_day("cn-foi-2019", "final_reply", "2026-04-20", happened) == "2026-06-04"


def test_a_question_on_the_last_day_still_stops_the_clock():
    assert last_day("cn-foi-2019", "final_reply", "2026-03-02") == "2026-03-30"
    happened = "third_party_asked@2026-03-30;third_party_answered@2026-04-02"
    assert last_day("cn-foi-2019", "final_reply", "2026-03-02", happened) == "2026-04-02"


@pytest.mark.parametrize(
    "happened",
    [
        "third_party_asked@2026-03-31;third_party_answered@2026-04-30",
        "clarify_asked@2026-03-31;clarify_received@2026-04-30",
        "clarify_received@2026-04-30",
    ],
)
def test_a_question_after_the_last_day_does_not_revive_the_clock(happened):
    assert last_day("cn-foi-2019", "final_reply", "2026-03-02", happened) == "2026-03-30"


def test_a_fee_never_paid_leaves_the_clock_standing():
    found = due("uk-foi-2000", "final_reply", "2026-04-20", "fees_notice@2026-04-28")
    assert (found.state, found.last_day, found.paused_since) == (ClockState.PAUSED, None, day("2026-04-28"))
    # 21, 22, 23, 24 and 27 April were counted; the day of the notice is not.
    assert found.remaining == 15


def test_a_paused_clock_keeps_its_remaining_days():
    found = due("cn-foi-2019", "final_reply", "2026-03-02", "third_party_asked@2026-03-10")
    assert (found.state, found.remaining) == (ClockState.PAUSED, 14)
    for now in ("2026-03-11", "2026-09-01"):
        left = time_left(found, morning(now), CHINA, SHANGHAI)
        assert (left.state, left.count) == (TimeState.PAUSED, 14)


def test_a_second_question_while_one_is_open_keeps_the_remaining_days():
    happened = "third_party_asked@2026-03-10;third_party_asked@2026-03-12;third_party_answered@2026-03-16"
    found = due("cn-foi-2019", "final_reply", "2026-03-02", happened)
    assert (found.state, found.remaining) == (ClockState.PAUSED, 14)


def test_waiting_for_a_correction_shows_the_whole_count():
    found = due("cn-foi-2019", "final_reply", "2026-04-20", "clarify_asked@2026-04-27")
    assert (found.state, found.remaining) == (ClockState.PAUSED, 20)


def test_the_sixty_days_have_not_begun_before_acceptance():
    found = due("cn-xinfang-2022", "final_reply", "2026-07-01")
    assert (found.state, found.last_day) == (ClockState.NOT_STARTED, None)
    assert time_left(found, morning("2026-09-01"), CHINA, SHANGHAI).state is TimeState.NOT_STARTED


def test_a_clock_through_an_unconfirmed_year_may_move():
    assert due("cn-foi-2019", "final_reply", "2026-12-15").may_move
    assert not due("cn-foi-2019", "final_reply", "2026-11-24").may_move
    assert not due("cn-xinfang-2022", "accept_notice", "2026-12-25").may_move
    assert due("cn-xinfang-2022-roll", "accept_notice", "2026-12-25").may_move


def test_the_receipt_day_is_the_local_one():
    late = datetime.fromisoformat("2025-05-30T23:30:00+08:00")
    profile = profile_named("cn-letter-simple")
    in_china = due_date(profile, "final_reply", late, (), CHINA, SHANGHAI)
    in_london = due_date(profile, "final_reply", late - timedelta(hours=7), (), CHINA, LONDON)
    assert (in_china.last_day, in_london.last_day) == (date(2025, 6, 5), date(2025, 6, 5))
    just_after = due_date(profile, "final_reply", late + timedelta(hours=1), (), CHINA, SHANGHAI)
    assert just_after.day_zero == date(2025, 5, 31)


@pytest.mark.parametrize(
    ("profile", "target", "start", "happened", "code"),
    [
        ("cn-xinfang-2005", "objection", "2019-01-02", "", "clock_target_unknown"),
        ("cn-foi-2019", "final_reply", "2026-03-02", "third_party_answered@2026-03-24", "clock_event_out_of_order"),
        ("cn-foi-2019", "final_reply", "2026-03-02", "extend@2026-03-24", "clock_extension_without_length"),
        ("uk-petition", "closes_end_of", "9999-08-01", "", "clock_date_out_of_range"),
        ("cn-xinfang-2022", "accept_notice", "9999-12-30", "", "clock_date_out_of_range"),
    ],
)
def test_what_cannot_be_counted_is_refused(profile, target, start, happened, code):
    with pytest.raises(Refused) as refusal:
        due(profile, target, start, happened)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("family", "received", "code"),
    [
        ("cn-foi", "2008-05-01", "cn-foi-2007"),
        ("cn-foi", "2019-05-14", "cn-foi-2007"),
        ("cn-foi", "2019-05-15", "cn-foi-2019"),
        ("cn-xinfang", "2022-04-30", "cn-xinfang-2005"),
        ("cn-xinfang", "2022-05-01", "cn-xinfang-2022"),
        ("cn-xinfang-roll", "2022-05-01", "cn-xinfang-2022-roll"),
        ("uk-foi", "2026-01-01", "uk-foi-2000"),
    ],
)
def test_the_profile_is_the_one_in_force_on_the_receipt_day(family, received, code):
    assert profile_in_force(family, day(received)).code == code


def test_no_profile_is_in_force_before_the_first():
    with pytest.raises(Refused) as refusal:
        profile_in_force("cn-foi", date(2008, 4, 30))
    assert refusal.value.code == "clock_profile_not_in_force"


def test_versions_of_a_family_never_overlap():
    for family in {profile.family for profile in SHIPPED}:
        versions = sorted((p for p in SHIPPED if p.family == family), key=lambda p: p.valid_from)
        for earlier, later in zip(versions, versions[1:], strict=False):
            assert earlier.valid_to is not None
            assert earlier.valid_to + ONE_DAY == later.valid_from
        assert versions[-1].valid_to is None


def test_late_begins_at_local_midnight_after_the_last_day():
    assert overdue_from(day("2026-03-30"), SHANGHAI) == datetime.fromisoformat("2026-03-31T00:00:00+08:00")
    assert overdue_from(day("2026-03-28"), LONDON) == datetime.fromisoformat("2026-03-29T00:00:00+00:00")
    assert overdue_from(day("2026-03-29"), LONDON) == datetime.fromisoformat("2026-03-30T00:00:00+01:00")


@pytest.mark.parametrize(
    ("now", "state", "count"),
    [
        ("2026-03-02", TimeState.LEFT, 20),
        ("2026-03-27", TimeState.LEFT, 1),
        ("2026-03-28", TimeState.LEFT, 1),
        ("2026-03-30", TimeState.TODAY, 0),
        ("2026-03-31", TimeState.OVERDUE, 1),
        ("2026-04-07", TimeState.OVERDUE, 5),
    ],
)
def test_time_left_is_told_in_working_days(now, state, count):
    found = time_left(due("cn-foi-2019", "final_reply", "2026-03-02"), morning(now), CHINA, SHANGHAI)
    assert (found.state, found.count, found.unit) == (state, count, Unit.WORKING_DAY)


def test_time_left_of_a_calendar_clock_is_told_in_calendar_days():
    grievance = due("cn-xinfang-2022", "final_reply", "2026-07-01", "accepted@2026-07-10")
    found = time_left(grievance, morning("2026-09-01"), CHINA, SHANGHAI)
    assert (found.state, found.count, found.unit) == (TimeState.LEFT, 7, Unit.CALENDAR_DAY)
    petition = due("uk-petition", "closes_end_of", "2026-08-31")
    found = time_left(petition, morning("2027-03-02", LONDON), shipped_calendar("uk"), LONDON)
    assert (found.state, found.count, found.unit) == (TimeState.OVERDUE, 2, Unit.CALENDAR_DAY)


def test_a_clock_that_ran_out_on_friday_is_overdue_on_saturday():
    found = time_left(due("cn-letter-simple", "final_reply", "2026-03-03"), morning("2026-03-07"), CHINA, SHANGHAI)
    assert (found.state, found.count) == (TimeState.OVERDUE, 0)


def test_the_proof_numbers_each_counted_day():
    days = proof(due("cn-letter-simple", "final_reply", "2026-02-13"), CHINA)
    assert [entry.kind for entry in days if entry.number] == [DayKind.MAKE_UP, DayKind.COUNTED, DayKind.COUNTED]
    assert [entry.number for entry in days if entry.number] == [1, 2, 3]
    assert days[1].kind is DayKind.WEEKEND
    assert days[2].kind is DayKind.DAY_OFF


def test_the_proof_shows_the_days_that_were_disregarded():
    found = due("uk-foi-2000", "final_reply", "2026-04-20", "fees_notice@2026-04-28;fee_received@2026-05-12")
    assert found.disregarded == (Span(day("2026-04-28"), day("2026-05-12")),)
    days = proof(found, shipped_calendar("uk"))
    assert sum(entry.kind is DayKind.DISREGARDED for entry in days) == 15
    assert max(entry.number or 0 for entry in days) == 20
    still = [entry.day for entry in days if entry.kind is DayKind.DISREGARDED and entry.is_holiday]
    assert still == [day("2026-05-04")]
    assert [entry.day for entry in days if entry.is_holiday] == [day("2026-05-04"), day("2026-05-25")]


def test_there_is_no_proof_for_months_or_for_a_clock_that_stands():
    assert proof(due("uk-petition", "closes_end_of", "2026-08-31"), shipped_calendar("uk")) == []
    assert proof(due("uk-foi-2000", "final_reply", "2026-04-20", "fees_notice@2026-04-28"), CHINA) == []


def may_record(profile: str, target: str, recorded: str, new: str) -> None:
    """Ask on 1 May whether a case received on 2 March may take the event."""
    received, now = morning("2026-03-02"), morning("2026-05-01")
    (event,) = events(new)
    check_may_record(profile_named(profile), target, received, events(recorded), event, CHINA, SHANGHAI, now=now)


@pytest.mark.parametrize(
    ("target", "recorded", "new", "code"),
    [
        ("final_reply", "", "accepted@2026-03-10", "clock_event_foreign"),
        ("clarify_notice", "", "extend@2026-03-10:5", "clock_event_foreign"),
        ("final_reply", "", "third_party_asked@2026-03-01", "clock_event_before_receipt"),
        ("final_reply", "", "third_party_asked@2026-05-02", "clock_event_in_future"),
        ("final_reply", "", "third_party_asked@2026-03-31", "clock_has_run_out"),
        ("final_reply", "", "extend@2026-03-31:5", "clock_has_run_out"),
        ("final_reply", "", "extend@2026-03-30", "clock_extension_without_length"),
        ("final_reply", "extend@2026-03-25:15", "extend@2026-03-30:6", "clock_extension_too_long"),
        ("final_reply", "", "third_party_answered@2026-03-20", "clock_event_out_of_order"),
        ("final_reply", "", "clarify_received@2026-03-20", "clock_event_out_of_order"),
        (
            "third_party_opinion",
            "third_party_asked@2026-03-03",
            "third_party_asked@2026-03-10",
            "clock_event_already_recorded",
        ),
    ],
)
def test_no_event_outside_the_list_moves_a_clock(target, recorded, new, code):
    with pytest.raises(Refused) as refusal:
        may_record("cn-foi-2019", target, recorded, new)
    assert refusal.value.code == code


def test_a_grievance_cannot_be_extended_before_it_is_accepted():
    with pytest.raises(Refused) as refusal:
        may_record("cn-xinfang-2022", "final_reply", "", "extend@2026-03-10:30")
    assert refusal.value.code == "clock_not_started"


@pytest.mark.parametrize(
    ("recorded", "new"),
    [
        ("", "extend@2026-03-30:20"),
        ("third_party_asked@2026-03-10", "third_party_answered@2026-03-20"),
        ("clarify_asked@2026-03-10", "clarify_received@2026-04-20"),
    ],
)
def test_a_rightful_event_may_be_recorded(recorded, new):
    may_record("cn-foi-2019", "final_reply", recorded, new)


STARTS = st.dates(date(2019, 6, 1), date(2026, 6, 30))
PAUSING = [profile_named("cn-foi-2019"), profile_named("uk-foi-2000"), profile_named("cn-letter-complex")]


@st.composite
def paused_cases(draw: st.DrawFn):
    """A profile, a start and rightful pauses, each begun before the clock ran out."""
    profile = draw(st.sampled_from(PAUSING))
    stop = profile.target("final_reply").stops[0]
    start, happened, at = draw(STARTS), [], None
    for _ in range(draw(st.integers(1, 3))):
        at = (at or start) + timedelta(days=draw(st.integers(0, 9)))
        end = at + timedelta(days=draw(st.integers(0, 40)))
        happened += [Event(stop.begins, at), Event(stop.ends, end)]
        at = end
    return profile, start, happened


def _last_day(profile, start: date, happened, calendar: WorkCalendar) -> date:
    found = due_date(profile, "final_reply", morning(start.isoformat()), happened, calendar, SHANGHAI)
    assert found.last_day is not None
    return found.last_day


@given(paused_cases())
def test_a_pause_never_makes_the_clock_shorter(case):
    profile, start, happened = case
    calendar = shipped_calendar(profile.calendar)
    assert _last_day(profile, start, happened, calendar) >= _last_day(profile, start, (), calendar)


@given(paused_cases())
def test_a_longer_pause_never_makes_the_clock_shorter(case):
    profile, start, happened = case
    calendar = shipped_calendar(profile.calendar)
    longer = [*happened[:-1], replace(happened[-1], on=happened[-1].on + timedelta(days=7))]
    assert _last_day(profile, start, longer, calendar) >= _last_day(profile, start, happened, calendar)


@given(paused_cases())
def test_exactly_the_whole_count_is_left_outside_the_pauses(case):
    profile, start, happened = case
    calendar = shipped_calendar(profile.calendar)
    found = due_date(profile, "final_reply", morning(start.isoformat()), happened, calendar, SHANGHAI)
    counted = [entry.number for entry in proof(found, calendar) if entry.number]
    assert counted == list(range(1, profile.target("final_reply").count + 1))


@given(paused_cases())
def test_what_remains_at_a_pause_is_what_runs_after_it(case):
    profile, start, happened = case
    calendar = shipped_calendar(profile.calendar)
    standing = due_date(profile, "final_reply", morning(start.isoformat()), happened[:-1], calendar, SHANGHAI)
    if standing.state is ClockState.PAUSED:
        resumed = _last_day(profile, start, happened, calendar)
        assert calendar.count(happened[-1].on, resumed) == standing.remaining


@given(st.sampled_from(["cn-foi-2019", "cn-letter-complex"]), STARTS, st.sets(STARTS, min_size=1, max_size=30))
def test_adding_days_off_never_makes_it_due_earlier(code, start, more):
    stricter = replace(CHINA, days_off=CHINA.days_off | more, make_up_days=CHINA.make_up_days - more)
    assert _last_day(profile_named(code), start, (), stricter) >= _last_day(profile_named(code), start, (), CHINA)


@given(STARTS, st.integers(1, 20), st.integers(0, 19))
def test_an_extension_adds_exactly_its_units(start, units, after):
    first = _last_day(profile_named("cn-foi-2019"), start, (), CHINA)
    extended = _last_day(profile_named("cn-foi-2019"), start, [Event("extend", CHINA.add(start, after), units)], CHINA)
    assert CHINA.count(first, extended) == units


@given(STARTS, st.integers(1, 90))
def test_a_rolled_day_is_the_next_working_day(start, count):
    plain = profile_named("cn-xinfang-2022")
    target = replace(plain.target("accept_notice"), count=count)
    plain = replace(plain, targets=(target,))
    day_plain = due_date(plain, "accept_notice", morning(start.isoformat()), (), CHINA, SHANGHAI).last_day
    rolling = replace(plain, rolls=True)
    day_rolled = due_date(rolling, "accept_notice", morning(start.isoformat()), (), CHINA, SHANGHAI).last_day
    assert day_plain == start + timedelta(days=count)
    assert day_rolled == CHINA.roll(day_plain)


@given(STARTS, st.integers(0, 2000))
def test_time_left_turns_at_the_first_late_instant(start, minutes):
    found = due_date(profile_named("cn-foi-2019"), "final_reply", morning(start.isoformat()), (), CHINA, SHANGHAI)
    late = overdue_from(found.last_day, SHANGHAI)
    after = time_left(found, late + timedelta(minutes=minutes), CHINA, SHANGHAI)
    before = time_left(found, late - timedelta(minutes=1 + minutes % 1440), CHINA, SHANGHAI)
    assert (after.state, before.state) == (TimeState.OVERDUE, TimeState.TODAY)


def test_an_office_may_stop_a_clock_by_two_kinds_of_event():
    letter = profile_named("cn-letter-complex")
    consulted = Stop("unit_asked", "unit_answered", both_ends=True)
    target = Target("final_reply", 10, Unit.WORKING_DAY, stops=(*letter.targets[0].stops, consulted))
    own = replace(letter, code="own-letter", targets=(target,))
    happened = [
        Event("clarify_asked", day("2026-03-04")),
        Event("unit_asked", day("2026-03-06")),
        Event("clarify_received", day("2026-03-09")),
        Event("unit_answered", day("2026-03-10")),
    ]
    found = due_date(own, "final_reply", morning("2026-03-02"), happened, CHINA, SHANGHAI)
    assert found.disregarded == (Span(day("2026-03-05"), day("2026-03-10")),)
    assert found.last_day == day("2026-03-20")
