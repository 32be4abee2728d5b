"""The planner: observances, campaigns and tasks day by day, for a month or a year, in a fixed number of queries."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar
from engage.calendars.observances import observances_of
from engage.outreach.campaigns.models import Task
from engage.outreach.campaigns.queries.desk import of_desk
from engage.outreach.campaigns.queries.published import observance_name


@dataclass(frozen=True)
class Entry:
    """One line of a day. `kind` is `observance`, `campaign` or `task`; `state` is a stage, or `done`, `late`, `due`."""

    kind: str
    title: str
    url: str
    state: str = ""
    moment: str = ""
    of: str = ""


@dataclass(frozen=True)
class Day:
    """One day with what is on it."""

    date: date
    is_today: bool
    is_workday: bool
    entries: Sequence[Entry] = ()


@dataclass(frozen=True)
class Month:
    """One month: its weeks from Monday on with None for days of other months."""

    year: int
    month: int
    weeks: list[list[Day | None]] = field(default_factory=list)

    @property
    def first(self) -> date:
        """The first day, for its name."""
        return date(self.year, self.month, 1)

    @property
    def busy(self) -> list[Day]:
        """The days on which something is."""
        return [day for week in self.weeks for day in week if day is not None and day.entries]


def month_of(year: int, month: int, *, actor: Actor, today: date | None = None) -> Month:
    """Return one month; raises Refused("calendar_year_out_of_range", ...)."""
    last = date(year, month, months.monthrange(year, month)[1])
    return _month(year, month, _Days(date(year, month, 1), last, actor, today))


def year_of(year: int, *, actor: Actor, today: date | None = None) -> list[Month]:
    """Return the twelve months of a year; raises Refused("calendar_year_out_of_range", ...)."""
    days = _Days(date(year, 1, 1), date(year, 12, 31), actor, today)
    return [_month(year, month, days) for month in range(1, 13)]


class _Days:
    """All that is on the days of a span: three queries and those of the work calendar."""

    def __init__(self, first: date, last: date, actor: Actor, today: date | None) -> None:
        self.today = today or timezone.localdate()
        self.calendar: WorkCalendar = calendars.work_calendar(settings.WORK_CALENDAR)
        found: dict[date, list[Entry]] = defaultdict(list)
        for day, entry in (*_observances(first.year), *_campaigns(first, last, actor, self.today)):
            found[day].append(entry)
        for day, entry in _tasks(first, last, actor, self.today):
            found[day].append(entry)
        self.found: Mapping[date, list[Entry]] = found

    def day(self, day: date) -> Day:
        """Return one of them."""
        return Day(day, day == self.today, self.calendar.is_workday(day), self.found.get(day, ()))


def _month(year: int, month: int, days: _Days) -> Month:
    weeks = months.Calendar().monthdayscalendar(year, month)
    return Month(year, month, [[days.day(date(year, month, n)) if n else None for n in week] for week in weeks])


def _observances(year: int) -> Iterator[tuple[date, Entry]]:
    for key, day in observances_of(year).items():
        url = reverse("campaign_new") + f"?observance={key}&year={year}"
        yield day, Entry("observance", observance_name(key), url)


def _campaigns(first: date, last: date, actor: Actor, today: date) -> Iterator[tuple[date, Entry]]:
    for campaign in of_desk(actor).filter(day__range=(first, last)):
        state = campaign.stage(today, in_review=campaign.in_review)
        url = reverse("campaign_builder", args=[campaign.pk])
        yield campaign.day, Entry("campaign", campaign.title, url, state=state)


def _tasks(first: date, last: date, actor: Actor, today: date) -> Iterator[tuple[date, Entry]]:
    found = Task.objects.filter(due_on__range=(first, last), campaign__in=of_desk(actor).values("pk"))
    for task in found.select_related("campaign").prefetch_related("campaign__texts"):
        state = "done" if task.done_at else "late" if task.is_overdue(today) else "due"
        url = reverse("campaign_builder", args=[task.campaign_id]) + f"#task-{task.pk}"
        yield task.due_on, Entry("task", task.title, url, state=state, moment=task.moment, of=task.campaign.title)
