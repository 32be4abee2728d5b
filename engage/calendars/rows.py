"""Between rows of the database and the pure values that clocks count with."""

from typing import TYPE_CHECKING, Any

from engage.calendars.profiles import SHIPPED, Profile, targets_as_json, targets_from_json
from engage.calendars.shipped import shipped_days

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.migrations.state import StateApps

    from engage.calendars.models import ClockProfile

CALENDARS = {"cn": ("中国工作日历", "China"), "uk": ("英国工作日历", "United Kingdom, all parts")}


def profile_of(row: "ClockProfile") -> Profile:
    """Return the profile that a row holds."""
    return Profile(
        code=row.code,
        family=row.family,
        kind=row.kind,
        calendar=row.calendar_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        rolls=row.rolls,
        targets=targets_from_json(row.targets),
        source=row.source,
    )


def columns_of(profile: Profile) -> dict[str, Any]:
    """Return the columns of a row that holds the profile."""
    return {
        "code": profile.code,
        "family": profile.family,
        "kind": profile.kind,
        "calendar_id": profile.calendar,
        "valid_from": profile.valid_from,
        "valid_to": profile.valid_to,
        "rolls": profile.rolls,
        "targets": targets_as_json(profile.targets),
        "source": profile.source,
    }


def load_shipped(apps: "Apps | StateApps") -> None:
    """Write the shipped calendars and profiles that are not there yet; rows that exist are left as they are."""
    calendars, days, years, profiles = (
        apps.get_model("calendars", name) for name in ("Calendar", "CalendarDay", "CalendarYear", "ClockProfile")
    )
    for code, (name_zh, name_en) in CALENDARS.items():
        calendars.objects.get_or_create(code=code, defaults={"name_zh": name_zh, "name_en": name_en})
    days.objects.bulk_create(
        (
            days(
                calendar_id=row.calendar,
                date=row.date,
                is_workday=row.is_workday,
                name_zh=row.name_zh,
                name_en=row.name_en,
                source="import",
            )
            for row in shipped_days()
        ),
        ignore_conflicts=True,
    )
    years.objects.bulk_create(
        (
            years(calendar_id=calendar, year=year, confirmed=confirmed)
            for calendar, year, confirmed in sorted(
                {(row.calendar, row.date.year, row.confirmed) for row in shipped_days()}
            )
        ),
        ignore_conflicts=True,
    )
    for profile in SHIPPED:
        profiles.objects.get_or_create(code=profile.code, defaults={**columns_of(profile), "shipped": True})
