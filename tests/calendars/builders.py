"""Short ways to write instants, events and due days in the tests of clocks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from engage.calendars.profiles import Profile, profile_named
from engage.calendars.rules import Due, Event, due_date
from engage.calendars.shipped import shipped_calendar
from engage.calendars.vectors import parse_events

SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")
ZONES = {"cn": SHANGHAI, "uk": LONDON}


def day(text: str) -> date:
    return date.fromisoformat(text)


def morning(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(f"{text}T09:00:00").replace(tzinfo=zone)


def events(text: str) -> tuple[Event, ...]:
    return tuple(parse_events(text))


def due(profile: str | Profile, target: str, start: str, happened: str = "") -> Due:
    """The due day of something received on the morning of a local day, with the shipped calendar."""
    profile = profile_named(profile) if isinstance(profile, str) else profile
    zone = ZONES[profile.calendar]
    return due_date(profile, target, morning(start, zone), events(happened), shipped_calendar(profile.calendar), zone)


def last_day(profile: str | Profile, target: str, start: str, happened: str = "") -> str | None:
    found = due(profile, target, start, happened).last_day
    return found.isoformat() if found else None
