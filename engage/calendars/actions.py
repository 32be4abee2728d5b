"""Every change of a calendar or of the clock profiles."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from engage.accounts.actors import Actor, Role, has_role
from engage.calendars.importing import days_of_year
from engage.calendars.models import Calendar, CalendarDay, CalendarYear, ClockProfile
from engage.calendars.profiles import Profile
from engage.calendars.queries import YearImport, planned_import
from engage.calendars.rows import columns_of
from engage.errors import Refused
from engage.journal import actions as journal


def _check_may_edit_calendars(actor: Actor) -> None:
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")


def _locked(code: str) -> Calendar:
    """Return the calendar, locked: its days change one transaction at a time."""
    calendar = Calendar.objects.select_for_update().filter(pk=code).first()
    if calendar is None:
        raise Refused("calendar_unknown", calendar=code)
    return calendar


def _renew(calendar: Calendar) -> None:
    """Tell every process that its copy of the calendar is old."""
    calendar.revision = uuid4()
    calendar.save(update_fields=["revision"])


@transaction.atomic
def import_year(actor: Actor, code: str, year: int) -> YearImport:
    """Fill a year from the package `holidays`; days set by an editor stay as they are.

    The year counts as confirmed when the package has its official notice. Raises Refused: not_allowed,
    calendar_unknown, calendar_year_out_of_range, calendar_year_confirmed (estimates never replace confirmed days).
    """
    _check_may_edit_calendars(actor)
    calendar = _locked(code)
    rows = days_of_year(code, year)
    plan = planned_import(code, year)
    CalendarDay.objects.filter(calendar=calendar, date__in=[*plan.removed, *plan.changed]).delete()
    written = {*plan.added, *plan.changed}
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            date=row.date,
            is_workday=row.is_workday,
            name_zh=row.name_zh,
            name_en=row.name_en,
            source=CalendarDay.Source.IMPORT,
        )
        for row in rows
        if row.date in written
    )
    calendar_year, _ = CalendarYear.objects.update_or_create(
        calendar=calendar, year=year, defaults={"confirmed": plan.confirmed}
    )
    _renew(calendar)
    journal.record(
        actor,
        "calendar.year_imported",
        calendar_year,
        confirmed=plan.confirmed,
        added=plan.added,
        changed=plan.changed,
        removed=plan.removed,
        kept=plan.kept,
    )
    return plan


@transaction.atomic
def override_day(
    actor: Actor, code: str, day: date, *, is_workday: bool, name_zh: str = "", name_en: str = ""
) -> CalendarDay:
    """Set what a day is, whatever the import says of it. Raises Refused: not_allowed, calendar_unknown."""
    _check_may_edit_calendars(actor)
    calendar = _locked(code)
    before = CalendarDay.objects.filter(calendar=calendar, date=day).first()
    row, _ = CalendarDay.objects.update_or_create(
        calendar=calendar,
        date=day,
        defaults={
            "is_workday": is_workday,
            "name_zh": name_zh,
            "name_en": name_en,
            "source": CalendarDay.Source.OVERRIDE,
        },
    )
    CalendarYear.objects.get_or_create(calendar=calendar, year=day.year)
    _renew(calendar)
    journal.record(
        actor,
        "calendar.day_overridden",
        row,
        calendar=code,
        day=day,
        is_workday=is_workday,
        was_workday=before.is_workday if before else None,
        name_zh=name_zh,
        name_en=name_en,
    )
    return row


@transaction.atomic
def remove_day(actor: Actor, code: str, day: date) -> None:
    """Take a day's row away: the day follows the weekend rule again, until an import brings it back.

    Raises Refused: not_allowed, calendar_unknown, calendar_day_unknown.
    """
    _check_may_edit_calendars(actor)
    calendar = _locked(code)
    row = CalendarDay.objects.filter(calendar=calendar, date=day).first()
    if row is None:
        raise Refused("calendar_day_unknown", day=day.isoformat())
    journal.record(actor, "calendar.day_removed", row, calendar=code, day=day, was_workday=row.is_workday)
    row.delete()
    _renew(calendar)


def confirm_year(actor: Actor, code: str, year: int) -> CalendarYear:
    """Say that the year's days agree with its official notice. Raises Refused: not_allowed, calendar_unknown."""
    return _set_confirmed(actor, code, year, confirmed=True)


def withdraw_confirmation(actor: Actor, code: str, year: int) -> CalendarYear:
    """Say that the year's days are estimates after all. Raises Refused: not_allowed, calendar_unknown."""
    return _set_confirmed(actor, code, year, confirmed=False)


@transaction.atomic
def _set_confirmed(actor: Actor, code: str, year: int, *, confirmed: bool) -> CalendarYear:
    _check_may_edit_calendars(actor)
    calendar = _locked(code)
    row, _ = CalendarYear.objects.update_or_create(calendar=calendar, year=year, defaults={"confirmed": confirmed})
    _renew(calendar)
    verb = "calendar.year_confirmed" if confirmed else "calendar.confirmation_withdrawn"
    journal.record(actor, verb, row, calendar=code, year=year)
    return row


def _check_may_change_clocks(actor: Actor, profile: Profile, now: datetime) -> None:
    """Clocks are an administrator's; a new rule cannot reach back to what is already received."""
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    if profile.valid_from <= timezone.localdate(now):
        raise Refused("clock_profile_starts_in_past", day=profile.valid_from.isoformat())


@transaction.atomic
def add_profile(actor: Actor, profile: Profile, *, now: datetime) -> ClockProfile:
    """Add an office's own profile as the first of a new family.

    Raises Refused: not_allowed, calendar_unknown, clock_profile_starts_in_past, clock_profile_exists.
    """
    _check_may_change_clocks(actor, profile, now)
    _locked(profile.calendar)
    if ClockProfile.objects.filter(family=profile.family).exists():
        raise Refused("clock_profile_exists", profile=profile.family)
    row = _write(profile)
    journal.record(actor, "clock_profile.added", row, **_in_journal(profile))
    return row


def keep_profile(profile: Profile) -> None:
    """Write a profile of a room whose own rows say how long something takes; one that is there stays as it is."""
    ClockProfile.objects.get_or_create(code=profile.code, defaults=columns_of(profile))


@transaction.atomic
def supersede_profile(actor: Actor, code: str, successor: Profile, *, now: datetime) -> ClockProfile:
    """Let a new version follow a profile; what was received before keeps the old one for life.

    The successor keeps the family, kind and calendar of the profile. Raises Refused: not_allowed,
    clock_profile_unknown, clock_profile_superseded (it already has a successor), clock_profile_starts_in_past,
    clock_profile_exists.
    """
    _check_may_change_clocks(actor, successor, now)
    old = ClockProfile.objects.select_for_update().filter(code=code).first()
    if old is None:
        raise Refused("clock_profile_unknown", profile=code)
    if old.valid_to is not None:
        raise Refused("clock_profile_superseded", profile=code)
    if successor.valid_from <= old.valid_from:
        raise Refused("clock_profile_starts_in_past", day=successor.valid_from.isoformat())
    old.valid_to = successor.valid_from - timedelta(days=1)
    old.save(update_fields=["valid_to"])
    row = _write(replace(successor, family=old.family, kind=old.kind, calendar=old.calendar_id, valid_to=None))
    journal.record(actor, "clock_profile.superseded", old, by=row.code, until=old.valid_to)
    journal.record(actor, "clock_profile.added", row, **_in_journal(successor))
    return row


def _write(profile: Profile) -> ClockProfile:
    try:
        with transaction.atomic():
            return ClockProfile.objects.create(**columns_of(profile))
    except IntegrityError:
        raise Refused("clock_profile_exists", profile=profile.code) from None


def _in_journal(profile: Profile) -> dict[str, object]:
    columns = columns_of(profile)
    return {name: columns[name] for name in ("code", "valid_from", "rolls", "targets", "source")}
