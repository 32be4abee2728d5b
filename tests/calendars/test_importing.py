"""What the package says of a year, and the table the project ships."""

import io
from datetime import date

import pytest

from engage.calendars.importing import days_of_year, shipped_years, write_table
from engage.calendars.shipped import TABLE, shipped_calendar, shipped_days
from engage.errors import Refused


def test_the_shipped_table_is_what_the_package_says():
    written = io.StringIO()
    write_table(shipped_years(), written)
    assert TABLE.read_text(encoding="utf-8") == written.getvalue()


def test_a_chinese_year_without_its_notice_is_an_estimate():
    assert all(row.confirmed for row in days_of_year("cn", 2026))
    assert not any(row.confirmed for row in days_of_year("cn", 2027))
    assert 2026 in shipped_calendar("cn").confirmed_years
    assert 2027 not in shipped_calendar("cn").confirmed_years


def test_a_make_up_day_for_next_years_holiday_belongs_to_this_year():
    assert date(2018, 12, 29) in {row.date for row in days_of_year("cn", 2018) if row.is_workday}


def test_a_day_off_says_when_it_is_worked_instead():
    (day,) = [row for row in days_of_year("cn", 2026) if row.date == date(2026, 2, 20)]
    assert (day.name_zh, day.name_en) == ("调休放假（2026-02-14上班）", "Day off, worked on 2026-02-14")


def test_a_bank_holiday_of_one_part_says_of_which():
    (day,) = [row for row in days_of_year("uk", 2025) if row.date == date(2025, 3, 17)]
    assert (day.name_zh, day.name_en) == ("圣帕特里克节（北爱尔兰）", "Saint Patrick's Day (Northern Ireland)")


def test_a_british_year_beyond_what_is_published_is_an_estimate():
    assert all(row.confirmed for row in days_of_year("uk", 2027))
    assert not any(row.confirmed for row in days_of_year("uk", 2029))


def test_only_days_that_break_the_weekend_rule_are_kept():
    for row in shipped_days():
        assert row.is_workday == (row.date.weekday() >= 5), row


@pytest.mark.parametrize(
    ("calendar", "year", "code"),
    [
        ("fr", 2026, "calendar_unknown"),
        ("cn", 1999, "calendar_year_out_of_range"),
        ("uk", 2100, "calendar_year_out_of_range"),
    ],
)
def test_what_the_package_cannot_say_is_refused(calendar, year, code):
    with pytest.raises(Refused) as refusal:
        days_of_year(calendar, year)
    assert refusal.value.code == code


def test_there_is_no_shipped_calendar_of_another_country():
    with pytest.raises(Refused) as refusal:
        shipped_calendar("fr")
    assert refusal.value.code == "calendar_unknown"
