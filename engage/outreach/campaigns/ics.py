"""Campaigns and observances as iCalendar (RFC 5545): whole days with names that stay, so that calendars update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from engage.calendars.observances import OBSERVANCES, observances_of

MEDIA_TYPE = "text/calendar; charset=utf-8"
# An observance does not change: every file says the same moment of making.
LAID_DOWN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One whole day. `name` is unique here and stays; `stamp` is when it was made known."""

    name: str
    day: date
    title: str
    stamp: datetime | None
    description: str = ""
    url: str = ""

    @property
    def uid(self) -> str:
        """The name that calendars know it by."""
        return f"{self.name}@{urlsplit(settings.PUBLIC_URL).hostname}"


def event_of(content: Mapping[str, Any], language: str, *, stamp: datetime | None) -> Entry:
    """Return the day of a built or released campaign; addresses are of the active language."""
    words = content["texts"].get(language, {})
    return Entry(
        name=f"campaign-{content['slug']}",
        day=date.fromisoformat(content["day"]),
        title=words.get("title", ""),
        stamp=stamp,
        description=words.get("summary", ""),
        url=settings.PUBLIC_URL + reverse("campaign", args=[content["slug"]]),
    )


def observance_days(years: Iterable[int], *, english: bool) -> list[Entry]:
    """Return the observances of years; raises Refused("calendar_year_out_of_range", ...)."""
    names = {one.key: one.name_en if english else one.name_zh for one in OBSERVANCES}
    return [
        Entry(f"observance-{key}-{year}", day, names[key], LAID_DOWN)
        for year in years
        for key, day in observances_of(year).items()
    ]


def one(entry: Entry, *, name: str) -> bytes:
    """Write a calendar with one day."""
    return written([entry], name=name)


def written(entries: Iterable[Entry], *, name: str) -> bytes:
    """Write a calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Engage//Campaigns//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    if entry.stamp is not None:
        event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("transp", "TRANSPARENT")
    if entry.description:
        event.add("description", entry.description)
    if entry.url:
        event.add("url", entry.url)
    return event
