"""Counting of days. Pure: no Django, no library calendar, no reading of the time.

Every function takes and gives local dates; turning an instant into a date is `local_day`'s work alone.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY_AND_SUNDAY = frozenset({5, 6})
EVERY_WEEKDAY = frozenset(range(7))


@dataclass(frozen=True)
class Span:
    """Days that do not count, both ends included; an empty span has its end before its beginning."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY


@dataclass(frozen=True)
class WorkCalendar:
    """Which days an office works: a weekend rule, days off that break it, and weekend days that are worked.

    `weekend` holds weekdays as `date.weekday()` gives them (0 is Monday). `confirmed_years` are the years whose
    official notice is in the table; a date counted through any other year may still move.
    """

    code: str
    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    confirmed_years: frozenset[int] = frozenset()
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY

    def __post_init__(self) -> None:
        if not self.weekend < EVERY_WEEKDAY:
            raise ValueError("a week needs at least one working weekday, and weekdays run from 0 to 6")
        if both := self.days_off & self.make_up_days:
            raise ValueError(f"days both off and worked: {', '.join(str(day) for day in sorted(both))}")

    def is_workday(self, day: date) -> bool:
        """Tell whether the office works on the day."""
        if day.weekday() in self.weekend:
            return day in self.make_up_days
        return day not in self.days_off

    def is_exception(self, day: date) -> bool:
        """Tell whether the day breaks the weekend rule: a weekday off or a weekend day worked."""
        return self.is_workday(day) == (day.weekday() in self.weekend)

    @cached_property
    def _exceptions(self) -> list[date]:
        return sorted(day for day in self.days_off | self.make_up_days if self.is_exception(day))

    def exceptions(self, after: date, through: date) -> list[date]:
        """List the days in (after, through] that break the weekend rule."""
        known = self._exceptions
        return known[bisect_right(known, after) : bisect_right(known, through)]

    def count(self, after: date, through: date) -> int:
        """Count the working days in (after, through]; negative when `through` lies before `after`."""
        if through < after:
            return -self.count(through, after)
        weeks, rest = divmod((through - after).days, 7)
        worked = weeks * (7 - len(self.weekend))
        worked += sum((through - ONE_DAY * ago).weekday() not in self.weekend for ago in range(rest))
        return worked + sum(1 if self.is_workday(day) else -1 for day in self.exceptions(after, through))

    def add(self, day: date, count: int) -> date:
        """Return the count-th working day after the day; before it when the count is negative.

        Zero gives the day itself, whether worked or not. Raises OverflowError past the last date Python knows.
        """
        step = ONE_DAY if count >= 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def roll(self, day: date) -> date:
        """Return the day, or the next working day when it is a day off (Civil Code of the PRC art. 203)."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def is_confirmed(self, first: date, last: date) -> bool:
        """Tell whether every year between the two dates has its official notice in the table."""
        return all(year in self.confirmed_years for year in range(first.year, last.year + 1))


def add_months(day: date, months: int) -> date:
    """Return the same day of the month so many calendar months later, clipped to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date that a calendar on the wall in the zone shows at the instant.

    Raises ValueError for an instant without an offset: its day is not known.
    """
    if instant.utcoffset() is None:
        raise ValueError("an instant needs an offset from UTC")
    return instant.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of the local day, as an aware UTC time.

    Where the clocks are put forward at midnight the day begins at the change; where they are put back over
    midnight it begins at the first of the two.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or touch, so that no day is disregarded twice; empty spans go."""
    joined: list[Span] = []
    for span in sorted((span for span in spans if span.first <= span.last), key=lambda span: span.first):
        if joined and span.first <= joined[-1].last + ONE_DAY:
            joined[-1] = Span(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return joined
