"""Counting of days: make-up workdays, months, time zones and daylight saving."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.calendars.arithmetic import (
    ONE_DAY,
    Span,
    WorkCalendar,
    add_months,
    local_day,
    merged,
    start_of_day,
)
from engage.calendars.shipped import shipped_calendar

CHINA = shipped_calendar("cn")
DAYS = st.dates(date(2017, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    weekend = draw(st.sets(st.integers(0, 6), max_size=5))
    off = draw(st.sets(DAYS, max_size=40))
    made_up = draw(st.sets(DAYS, max_size=20))
    return WorkCalendar("test", frozenset(off), frozenset(made_up - off), frozenset(), frozenset(weekend))


def test_a_weekend_day_worked_for_a_festival_is_a_working_day():
    assert CHINA.is_workday(date(2026, 2, 14))
    assert CHINA.is_workday(date(2026, 10, 10))
    assert not CHINA.is_workday(date(2026, 2, 16))
    assert not CHINA.is_workday(date(2026, 2, 15))


def test_new_years_eve_2024_was_worked():
    assert CHINA.is_workday(date(2024, 2, 9))


def test_a_bank_holiday_in_one_part_of_the_kingdom_is_a_day_off():
    kingdom = shipped_calendar("uk")
    assert not kingdom.is_workday(date(2025, 3, 17))
    assert not kingdom.is_workday(date(2026, 8, 3))


def test_exceptions_are_the_days_that_break_the_weekend_rule():
    found = CHINA.exceptions(date(2026, 2, 13), date(2026, 2, 28))
    assert [day.day for day in found] == [14, 16, 17, 18, 19, 20, 23, 28]


def test_a_holiday_on_a_weekend_is_no_exception():
    calendar = WorkCalendar("x", days_off=frozenset({date(2026, 10, 3)}), make_up_days=frozenset({date(2026, 10, 5)}))
    assert calendar.exceptions(date(2026, 10, 1), date(2026, 10, 31)) == []
    assert calendar.is_workday(date(2026, 10, 5))


def test_an_office_can_rest_on_friday():
    calendar = WorkCalendar("friday", weekend=frozenset({4, 5}))
    assert calendar.add(date(2026, 1, 1), 1) == date(2026, 1, 4)


@pytest.mark.parametrize("weekend", [set(range(7)), {0, 9}])
def test_a_week_without_working_days_is_refused(weekend):
    with pytest.raises(ValueError, match="working weekday"):
        WorkCalendar("never", weekend=frozenset(weekend))


def test_a_day_cannot_be_off_and_worked():
    both = frozenset({date(2026, 1, 4)})
    with pytest.raises(ValueError, match="2026-01-04"):
        WorkCalendar("both", days_off=both, make_up_days=both)


@given(calendars(), DAYS, st.integers(0, 800))
def test_counting_equals_looking_at_each_day(calendar, after, length):
    through = after + timedelta(days=length)
    one_by_one = sum(calendar.is_workday(after + timedelta(days=ahead + 1)) for ahead in range(length))
    assert calendar.count(after, through) == one_by_one
    assert calendar.count(through, after) == -one_by_one


@given(calendars(), DAYS, st.integers(1, 120))
def test_the_nth_working_day_is_worked_and_n_days_away(calendar, start, count):
    last = calendar.add(start, count)
    assert calendar.is_workday(last)
    assert calendar.count(start, last) == count
    first = calendar.add(start, -count)
    assert calendar.is_workday(first)
    assert calendar.count(first - ONE_DAY, start - ONE_DAY) == count


@given(calendars(), DAYS)
def test_rolling_ends_on_the_first_working_day_not_before(calendar, day):
    rolled = calendar.roll(day)
    assert calendar.is_workday(rolled)
    assert calendar.count(day - ONE_DAY, rolled) == 1


@given(calendars(), DAYS, st.integers(1, 60), st.sets(DAYS, min_size=1, max_size=5))
def test_adding_a_day_off_never_makes_it_earlier(calendar, start, count, more):
    stricter = WorkCalendar(
        "stricter", calendar.days_off | more, calendar.make_up_days - more, frozenset(), calendar.weekend
    )
    assert stricter.add(start, count) >= calendar.add(start, count)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-08-29", 6, "2024-02-29"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-07-15", 6, "2027-01-15"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-06-30", 6, "2026-12-30"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_months_are_clipped_to_the_end_of_the_month(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_the_last_month_python_knows_is_the_last():
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)


def test_the_day_is_taken_in_the_zone():
    instant = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    assert local_day(instant, ZoneInfo("Asia/Shanghai")) == date(2026, 10, 1)
    assert local_day(instant, ZoneInfo("America/New_York")) == date(2026, 9, 30)


def test_an_instant_without_an_offset_has_no_day():
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime(2026, 9, 30, 16, 30), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2026-03-29", "Europe/London", "2026-03-29T00:00:00+00:00"),
        ("2026-03-30", "Europe/London", "2026-03-29T23:00:00+00:00"),
        ("2026-10-25", "Europe/London", "2026-10-24T23:00:00+00:00"),
        ("2026-01-01", "Asia/Shanghai", "2025-12-31T16:00:00+00:00"),
        # Clocks go from 24:00 to 01:00: the day begins at the change itself.
        ("2024-09-08", "America/Santiago", "2024-09-08T04:00:00+00:00"),
        # Clocks go from 01:00 back to 00:00: the day begins at the first midnight.
        ("2024-11-03", "America/Havana", "2024-11-03T04:00:00+00:00"),
    ],
)
def test_a_day_begins_at_local_midnight_whatever_the_clocks_do(day, zone, expected):
    assert start_of_day(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(expected)


def test_a_year_without_its_notice_is_not_confirmed():
    assert CHINA.is_confirmed(date(2025, 12, 1), date(2026, 12, 31))
    assert not CHINA.is_confirmed(date(2026, 12, 1), date(2027, 1, 5))
    assert not CHINA.is_confirmed(date(2031, 1, 1), date(2031, 1, 2))


@given(st.lists(st.tuples(DAYS, st.integers(-3, 30)), max_size=8))
def test_merged_spans_hold_the_same_days_once(drawn):
    spans = [Span(first, first + timedelta(days=length)) for first, length in drawn]
    joined = merged(spans)
    assert sorted({day for span in spans for day in span}) == [day for span in joined for day in span]
    assert all(earlier.last + ONE_DAY < later.first for earlier, later in zip(joined, joined[1:], strict=False))
