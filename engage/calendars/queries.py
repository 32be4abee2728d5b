"""Reads: the work calendar a clock counts with, which years are sure, which profile applies."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from engage.accounts.actors import Actor
from engage.calendars.arithmetic import WorkCalendar
from engage.calendars.importing import days_of_year
from engage.calendars.models import Calendar, CalendarDay, CalendarYear, ClockProfile
from engage.calendars.profiles import Profile
from engage.calendars.rows import profile_of
from engage.calendars.shipped import DayRow, calendar_of
from engage.errors import Refused
from engage.settled import Settled

# One copy per process of each calendar, with the revision it was read at.
_copies: dict[str, tuple[UUID, WorkCalendar]] = {}


@dataclass(frozen=True)
class YearImport:
    """What an import changed, or would change. `kept`: days that an editor set and the import left alone."""

    calendar: str
    year: int
    confirmed: bool
    added: tuple[date, ...]
    changed: tuple[date, ...]
    removed: tuple[date, ...]
    kept: tuple[date, ...]


def work_calendar(code: str) -> WorkCalendar:
    """Return the calendar a clock counts with; Refused("calendar_unknown") when there is none of that code.

    One small query finds whether the process's copy is still the newest; a change made by another process, or rolled
    back in this one, is therefore never missed.
    """
    return dated_calendar(code)[1]


def dated_calendar(code: str) -> tuple[UUID, WorkCalendar]:
    """Return the calendar as `work_calendar`, after the revision that it has."""
    revision = Calendar.objects.filter(pk=code).values_list("revision", flat=True).first()
    if revision is None:
        raise Refused("calendar_unknown", calendar=code)
    copy = _copies.get(code)
    if copy is None or copy[0] != revision:
        copy = (revision, _read(code))
        _copies[code] = copy
    return copy


# For clocks that begin: what is counted by a calendar of two seconds ago bears that revision and is counted again.
settled_calendar = Settled(dated_calendar, Calendar)


def _read(code: str) -> WorkCalendar:
    return calendar_of(
        code,
        CalendarDay.objects.filter(calendar_id=code).values_list("date", "is_workday"),
        CalendarYear.objects.filter(calendar_id=code, confirmed=True).values_list("year", flat=True),
    )


def is_year_confirmed(code: str, year: int) -> bool:
    """Tell whether the official notice of the year is in the table."""
    return year in work_calendar(code).confirmed_years


def calendar_days(actor: Actor) -> "QuerySet[CalendarDay]":
    """The days an actor may see, each with `year_confirmed`."""
    year = CalendarYear.objects.filter(calendar=OuterRef("calendar"), year=OuterRef("date__year"), confirmed=True)
    return CalendarDay.objects.visible_to(actor).select_related("calendar").annotate(year_confirmed=Exists(year))


def calendar_years(actor: Actor) -> "QuerySet[CalendarYear]":
    """The years an actor may see, each with the numbers of days off and of make-up working days."""
    in_year = Q(calendar__days__date__year=F("year"))
    return (
        CalendarYear.objects.visible_to(actor)
        .select_related("calendar")
        .annotate(
            days_off=Count("calendar__days", filter=in_year & Q(calendar__days__is_workday=False)),
            make_up_days=Count("calendar__days", filter=in_year & Q(calendar__days__is_workday=True)),
        )
        .order_by("-year", "calendar")
    )


def planned_import(code: str, year: int) -> YearImport:
    """Compare the package's year with the table; what an import would do, and what it would refuse."""
    rows = days_of_year(code, year)
    was_confirmed = CalendarYear.objects.filter(calendar_id=code, year=year, confirmed=True).exists()
    confirmed = any(row.confirmed for row in rows)
    if was_confirmed and not confirmed:
        raise Refused("calendar_year_confirmed", year=year)
    present = {day.date: day for day in CalendarDay.objects.filter(calendar_id=code, date__year=year)}
    kept = {day for day, row in present.items() if row.source == CalendarDay.Source.OVERRIDE}
    imported = {day: row for day, row in present.items() if day not in kept}
    wanted = {row.date: row for row in rows if row.date not in kept}
    return YearImport(
        code,
        year,
        confirmed,
        added=tuple(sorted(wanted.keys() - imported.keys())),
        changed=tuple(day for day in sorted(wanted.keys() & imported.keys()) if _differs(imported[day], wanted[day])),
        removed=tuple(sorted(imported.keys() - wanted.keys())),
        kept=tuple(sorted(kept)),
    )


def _differs(day: CalendarDay, row: DayRow) -> bool:
    return (day.is_workday, day.name_zh, day.name_en) != (row.is_workday, row.name_zh, row.name_en)


def clock_profile(code: str) -> Profile:
    """Return the profile of that code, in force or not; Refused("clock_profile_unknown") when there is none."""
    row = ClockProfile.objects.filter(code=code).first()
    if row is None:
        raise Refused("clock_profile_unknown", profile=code)
    return profile_of(row)


def clock_profile_for(family: str, received: date) -> Profile:
    """Return the family's version for something received on that local day.

    Raises Refused("clock_profile_not_in_force") for a day that no version covers.
    """
    row = (
        ClockProfile.objects.filter(family=family, valid_from__lte=received)
        .filter(Q(valid_to=None) | Q(valid_to__gte=received))
        .first()
    )
    if row is None:
        raise Refused("clock_profile_not_in_force", family=family, day=received.isoformat())
    return profile_of(row)


# For clocks that begin: no version comes into force for a day that has begun.
settled_profile_for = Settled(clock_profile_for, ClockProfile)
