"""The fifteen observances: known dates, a second package that computes them another way, and the sky itself."""

import json
from datetime import date

import pytest
from dateutil.rrule import SU, TU, YEARLY, rrule
from django.core.management import call_command
from holidays.calendars.chinese import _ChineseLunisolar

from engage.calendars.observances import FIRST_YEAR, LAST_YEAR, OBSERVANCES, nth_weekday, observances_of
from engage.errors import Refused
from tests.calendars import sky

KNOWN = {
    "qingming": ["2016-04-04", "2024-04-04", "2025-04-04", "2026-04-05", "2027-04-05"],
    "double_ninth": ["2016-10-09", "2024-10-11", "2025-10-29", "2026-10-18", "2027-10-08"],
    "social_work_day": ["2026-03-17"],
    "disability_day": ["2026-05-17"],
    "childrens_day": ["2026-06-01"],
    "army_day": ["2026-08-01"],
    "national_day": ["2026-10-01"],
    "charity_day": ["2026-09-05"],
    "disaster_reduction_day": ["2026-05-12"],
    "family_day": ["2026-05-15"],
    "martyrs_day": ["2026-09-30"],
    "mental_health_day": ["2026-10-10"],
    "poverty_relief_day": ["2026-10-17"],
    "constitution_day": ["2026-12-04"],
    "volunteer_day": ["2026-12-05"],
}


@pytest.mark.parametrize(("key", "expected"), [(key, day) for key, days in KNOWN.items() for day in days])
def test_an_observance_falls_on_its_day(key, expected):
    assert observances_of(int(expected[:4]))[key].isoformat() == expected


def test_there_are_the_fifteen_of_the_plan():
    assert {observance.key for observance in OBSERVANCES} == set(KNOWN)
    assert len(OBSERVANCES) == 15


def test_lunar_days_and_solar_terms_agree_with_another_package_in_every_year():
    other = _ChineseLunisolar()
    # Its tables cover these years; beyond them it says itself that it guesses.
    for year in range(1901, 2100):
        found = observances_of(year)
        assert found["double_ninth"] == other.double_ninth_date(year)[0], year
        assert found["qingming"] == other.qingming_date(year)[0], year


def test_all_fifteen_agree_with_independent_packages_from_1990_to_2050():
    lunisolar = _ChineseLunisolar()
    for year in range(1990, 2051):
        independent = {key: days[0].replace(days[0][:4], str(year)) for key, days in KNOWN.items() if len(days) == 1}
        for key, month, weekday in (("social_work_day", 3, TU(3)), ("disability_day", 5, SU(3))):
            (found,) = rrule(YEARLY, count=1, bymonth=month, byweekday=weekday, dtstart=date(year, 1, 1))
            independent[key] = found.date().isoformat()
        independent["qingming"] = lunisolar.qingming_date(year)[0].isoformat()
        independent["double_ninth"] = lunisolar.double_ninth_date(year)[0].isoformat()
        assert {key: day.isoformat() for key, day in observances_of(year).items()} == independent


@pytest.mark.sqlite_only
def test_lunar_days_and_solar_terms_agree_with_the_sky_in_every_year_that_is_not_refused():
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        found = observances_of(year)
        assert found["qingming"] == sky.term(year, 15, from_month=4).date(), year
        new_moon, ninth = sky.double_ninth(year)
        # In 2057 the month begins within a minute of midnight, which decides more than any ephemeris knows.
        if abs((new_moon - sky.midnight_near(new_moon)).total_seconds()) > 60:
            assert found["double_ninth"] == ninth, year
        else:
            assert year == 2057


@pytest.mark.parametrize(("year", "qingming", "ninth"), [(1900, "04-05", "10-31"), (2100, "04-05", "10-12")])
def test_the_outermost_years_are_answered(capsys, year, qingming, ninth):
    code, out = run(capsys, str(year), "--json")
    found = json.loads(out)[str(year)]
    assert (code, found["qingming"], found["double_ninth"]) == (0, f"{year}-{qingming}", f"{year}-{ninth}")
    assert len(found) == 15


def test_the_nth_weekday_is_the_nth_even_when_the_month_begins_with_it():
    assert nth_weekday(3, 6, 5)(2022) == date(2022, 5, 15)
    assert nth_weekday(1, 1, 3)(2022) == date(2022, 3, 1)


@pytest.mark.parametrize("year", [FIRST_YEAR - 1, LAST_YEAR + 1, 0])
def test_a_year_nobody_checked_is_refused(year):
    with pytest.raises(Refused) as refusal:
        observances_of(year)
    assert refusal.value.code == "calendar_year_out_of_range"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("observances", *arguments)
    except SystemExit as stopped:
        code = stopped.code or 0
    return code, capsys.readouterr().out


def test_the_command_prints_one_year(capsys):
    code, out = run(capsys, "2026", "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["2026"]
    assert found["2026"]["qingming"] == "2026-04-05"
    assert len(found["2026"]) == 15


def test_the_command_prints_a_range_of_years(capsys):
    code, out = run(capsys, "2024", "--to", "2027", "--json")
    assert code == 0
    assert list(json.loads(out)) == ["2024", "2025", "2026", "2027"]


def test_without_json_each_day_has_its_name(capsys):
    code, out = run(capsys, "2026")
    assert code == 0
    assert "2026-10-18" in out


@pytest.mark.parametrize(
    "arguments", [("1850",), ("1899",), ("2101",), ("2090", "--to", "2101"), ("2027", "--to", "2026")]
)
def test_years_that_cannot_be_given_are_refused(capsys, arguments):
    code, out = run(capsys, *arguments, "--json")
    assert code == 1
    assert json.loads(out)["errors"][0]["code"] in {"calendar_year_out_of_range", "calendar_years_reversed"}
