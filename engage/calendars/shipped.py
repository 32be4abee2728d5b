"""The work calendars that come with the project (days.csv). Pure: what a clock needs where there is no database."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from engage.calendars.arithmetic import WorkCalendar
from engage.errors import Refused

TABLE = Path(__file__).with_name("days.csv")


@dataclass(frozen=True, order=True)
class DayRow:
    """One day that breaks the Monday-to-Friday rule. `confirmed`: the year's official notice is known."""

    calendar: str
    date: date
    is_workday: bool
    name_zh: str
    name_en: str
    confirmed: bool


@cache
def shipped_days() -> tuple[DayRow, ...]:
    """Every row of the shipped table, by calendar and date."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            DayRow(
                row["calendar"],
                date.fromisoformat(row["date"]),
                row["is_workday"] == "true",
                row["name_zh"],
                row["name_en"],
                row["confirmed"] == "true",
            )
            for row in csv.DictReader(lines)
        )


def calendar_of(code: str, days: Iterable[tuple[date, bool]], confirmed_years: Iterable[int]) -> WorkCalendar:
    """Build a calendar from pairs of a date and whether it is worked."""
    days = tuple(days)
    return WorkCalendar(
        code,
        days_off=frozenset(day for day, is_workday in days if not is_workday),
        make_up_days=frozenset(day for day, is_workday in days if is_workday),
        confirmed_years=frozenset(confirmed_years),
    )


@cache
def shipped_calendar(code: str) -> WorkCalendar:
    """Return a shipped calendar; Refused("calendar_unknown") for a code without rows."""
    rows = [row for row in shipped_days() if row.calendar == code]
    if not rows:
        raise Refused("calendar_unknown", calendar=code)
    return calendar_of(
        code,
        ((row.date, row.is_workday) for row in rows),
        {row.date.year for row in rows if row.confirmed},
    )
