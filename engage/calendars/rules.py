"""When something falls due, and how long there is left. Pure: a lawyer can check it, a test runs in microseconds.

The day something is received is never counted; day one is the next (working) day (Civil Code of the PRC art. 201;
Freedom of Information Act 2000 s.10(1)). A due day is inclusive: it is late from 00:00 of the next local day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from engage.calendars.arithmetic import ONE_DAY, Span, WorkCalendar, add_months, local_day, merged, start_of_day
from engage.calendars.profiles import EXTEND, Profile, Stop, Target, Unit
from engage.errors import Refused


@dataclass(frozen=True)
class Event:
    """Something that happened to a case on a local day. `units` is the length of an extension, in the clock's unit."""

    name: str
    on: date
    units: int | None = None


class ClockState(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True)
class Due:
    """What a clock says after all its events.

    `last_day` is None until the clock has started and while it is paused; `remaining` units are then left, counted
    as at the beginning of the pause. `may_move`: the count runs through a year whose days off are not yet confirmed.
    """

    state: ClockState
    unit: Unit
    last_day: date | None = None
    day_zero: date | None = None
    extension: int = 0
    disregarded: tuple[Span, ...] = ()
    paused_since: date | None = None
    remaining: int | None = None
    may_move: bool = False


class TimeState(StrEnum):
    NOT_STARTED = "not_started"
    LEFT = "left"
    TODAY = "today"
    OVERDUE = "overdue"
    PAUSED = "paused"


@dataclass(frozen=True)
class TimeLeft:
    """Units left to the last day, or units late; None for a clock not started.

    A working-day clock that ran out on Friday is overdue on Saturday with a count of 0: no working day has passed.
    """

    state: TimeState
    count: int | None
    unit: Unit


class DayKind(StrEnum):
    """Why a day is counted or is not."""

    COUNTED = "counted"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    DISREGARDED = "disregarded"


@dataclass(frozen=True)
class DayInProof:
    """One day between receipt and due day; `number` is its place in the count, None for a day not counted.

    `is_holiday`: the calendar takes a working day off, also where the clock stood still that day.
    """

    day: date
    kind: DayKind
    number: int | None = None
    is_holiday: bool = False


@dataclass
class _Count:
    """One clock while its events are read in order of date."""

    target: Target
    calendar: WorkCalendar
    rolls: bool
    day_zero: date
    extension: int = 0
    disregarded: list[Span] = field(default_factory=list)
    open_stops: dict[Stop, list[date]] = field(default_factory=dict)
    void_stops: dict[Stop, int] = field(default_factory=dict)

    def units_between(self, after: date, through: date) -> int:
        if self.target.unit is Unit.WORKING_DAY:
            return self.calendar.count(after, through)
        return (through - after).days

    def spans(self) -> list[Span]:
        """Spans that do not count, from the day after day zero on."""
        first = self.day_zero + ONE_DAY
        return merged(Span(max(span.first, first), span.last) for span in self.disregarded)

    def units_in(self, spans: Iterable[Span]) -> int:
        return sum(self.units_between(span.first - ONE_DAY, span.last) for span in spans)

    def last_day(self) -> date:
        units = self.target.count + self.extension + self.units_in(self.spans())
        if self.target.before:
            units = -units
        if self.target.unit is Unit.WORKING_DAY:
            return self.calendar.add(self.day_zero, units)
        if self.target.unit is Unit.CALENDAR_MONTH:
            day = add_months(self.day_zero, units)
        else:
            day = self.day_zero + units * ONE_DAY
        return self.calendar.roll(day) if self.rolls else day

    def has_run_out(self, day: date) -> bool:
        """A clock that has run out is late for good; a stop begun after that does not revive it."""
        return not self.open_stops and day > self.last_day()

    def read(self, event: Event) -> None:
        if event.name == EXTEND and self.target.extension_limit != 0:
            self._extend(event)
            return
        for stop in self.target.all_stops:
            if event.name == stop.begins:
                self._stop(stop, event.on)
            elif event.name == stop.ends:
                self._resume(stop, event.on)

    def _extend(self, event: Event) -> None:
        if event.units is None or event.units < 1:
            raise Refused("clock_extension_without_length", day=event.on.isoformat())
        self.extension += event.units
        if self.target.extension_limit is not None:
            self.extension = min(self.extension, self.target.extension_limit)

    def _stop(self, stop: Stop, day: date) -> None:
        if self.has_run_out(day):
            self.void_stops[stop] = self.void_stops.get(stop, 0) + 1
        else:
            self.open_stops.setdefault(stop, []).append(day)

    def _resume(self, stop: Stop, day: date) -> None:
        begun = self.open_stops.get(stop, [])
        if not begun and self.void_stops.get(stop):
            self.void_stops[stop] -= 1
            return
        if stop == self.target.restart:
            if not self.has_run_out(day):
                self.open_stops.pop(stop, None)
                self.day_zero = max(self.day_zero, day)
            return
        if not begun:
            raise Refused("clock_event_out_of_order", event=stop.ends, needs=stop.begins, day=day.isoformat())
        first = begun.pop(0)
        if not begun:
            del self.open_stops[stop]
        self.disregarded.append(Span(first if stop.both_ends else first + ONE_DAY, day))


def due_date(
    profile: Profile,
    target_name: str,
    start: datetime,
    events: Iterable[Event],
    calendar: WorkCalendar,
    zone: ZoneInfo,
) -> Due:
    """Compute what is due when, from the receipt instant and the events recorded since.

    Events the target does not know leave it alone. Extensions count up to the target's limit.

    Raises Refused: clock_target_unknown, clock_event_out_of_order (an end without its beginning),
    clock_extension_without_length, clock_date_out_of_range; ValueError for a start without an offset.
    """
    target = profile.target(target_name)
    received = local_day(start, zone)
    ordered = sorted(events, key=lambda event: (event.on, _rank(target, event.name)))
    day_zero = _day_zero(target, received, ordered)
    if day_zero is None:
        return Due(ClockState.NOT_STARTED, target.unit)
    count = _Count(target, calendar, profile.rolls, day_zero)
    try:
        for event in ordered:
            count.read(event)
        return _paused(count) if count.open_stops else _running(count)
    except OverflowError:
        raise Refused("clock_date_out_of_range", profile=profile.code, target=target_name) from None


def _rank(target: Target, name: str) -> int:
    """Order of events of one day: an extension is there before a stop begins, a stop begins before it ends."""
    ends = {stop.ends for stop in target.all_stops}
    return 0 if name == EXTEND else 2 if name in ends else 1


def _day_zero(target: Target, received: date, ordered: list[Event]) -> date | None:
    if target.counts_from:
        happened = [event.on for event in ordered if event.name == target.counts_from]
        if happened:
            return max(happened[-1], received)
        if not target.from_receipt:
            return None
    return received


def _running(count: _Count) -> Due:
    last_day = count.last_day()
    spans = tuple(count.spans())
    counts_workdays = count.target.unit is Unit.WORKING_DAY or count.rolls
    first, last = sorted((count.day_zero, last_day))
    return Due(
        ClockState.RUNNING,
        count.target.unit,
        last_day=last_day,
        day_zero=count.day_zero,
        extension=count.extension,
        disregarded=spans,
        may_move=counts_workdays and not count.calendar.is_confirmed(first, last),
    )


def _paused(count: _Count) -> Due:
    """What is left is counted as the clock stood when it stopped; a restart will begin with the whole count again."""
    begun = [(day, stop) for stop, days in count.open_stops.items() for day in days]
    first = min(day if stop.both_ends else day + ONE_DAY for day, stop in begun)
    first = max(first, count.day_zero + ONE_DAY)
    *before, standing = merged([*count.spans(), Span(first, date.max - ONE_DAY)])
    used = count.units_between(count.day_zero, standing.first - ONE_DAY) - count.units_in(before)
    whole = count.target.count + count.extension
    return Due(
        ClockState.PAUSED,
        count.target.unit,
        day_zero=count.day_zero,
        extension=count.extension,
        disregarded=tuple(before),
        paused_since=min(day for day, _ in begun),
        remaining=whole if count.target.restart in count.open_stops else whole - used,
    )


def overdue_from(last_day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant that is late: 00:00 of the next local day, as UTC."""
    return start_of_day(last_day + ONE_DAY, zone)


def time_left(due: Due, now: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> TimeLeft:
    """Say how many units are left after today, or how many have passed since the last day.

    A clock in working days is told in working days; one in calendar days or months in calendar days.
    """
    unit = Unit.WORKING_DAY if due.unit is Unit.WORKING_DAY else Unit.CALENDAR_DAY
    if due.state is ClockState.PAUSED:
        return TimeLeft(TimeState.PAUSED, due.remaining, unit)
    if due.last_day is None:
        return TimeLeft(TimeState.NOT_STARTED, None, unit)
    today = local_day(now, zone)
    if today == due.last_day:
        return TimeLeft(TimeState.TODAY, 0, unit)
    first, last = sorted((today, due.last_day))
    count = calendar.count(first, last) if unit is Unit.WORKING_DAY else (last - first).days
    return TimeLeft(TimeState.LEFT if today < due.last_day else TimeState.OVERDUE, count, unit)


def proof(due: Due, calendar: WorkCalendar) -> list[DayInProof]:
    """List every day after day zero through the last day and say why it was counted or not.

    Only for a clock that runs forward in days; an empty list for any other.
    """
    if due.last_day is None or due.day_zero is None or due.unit is Unit.CALENDAR_MONTH:
        return []
    disregarded = {day for span in due.disregarded for day in span}
    days, number = [], 0
    for day in Span(due.day_zero + ONE_DAY, due.last_day):
        by_calendar = _kind_of(day, due.unit, calendar)
        kind = DayKind.DISREGARDED if day in disregarded else by_calendar
        counted = kind in (DayKind.COUNTED, DayKind.MAKE_UP)
        number += counted
        days.append(DayInProof(day, kind, number if counted else None, by_calendar is DayKind.DAY_OFF))
    return days


def _kind_of(day: date, unit: Unit, calendar: WorkCalendar) -> DayKind:
    if unit is not Unit.WORKING_DAY:
        return DayKind.COUNTED
    if calendar.is_workday(day):
        return DayKind.MAKE_UP if calendar.is_exception(day) else DayKind.COUNTED
    return DayKind.DAY_OFF if calendar.is_exception(day) else DayKind.WEEKEND


def check_may_record(
    profile: Profile,
    target_name: str,
    start: datetime,
    events: Iterable[Event],
    new: Event,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    *,
    now: datetime,
) -> None:
    """Refuse an event that may not move this clock, before it is recorded.

    Raises Refused: clock_event_foreign, clock_event_before_receipt, clock_event_in_future,
    clock_event_already_recorded, clock_not_started, clock_has_run_out (an extension or a stop after the last day),
    clock_extension_without_length, clock_extension_too_long, clock_event_out_of_order.
    """
    target = profile.target(target_name)
    recorded = list(events)
    if new.name not in target.event_names:
        raise Refused("clock_event_foreign", event=new.name, target=target_name)
    if new.on < local_day(start, zone):
        raise Refused("clock_event_before_receipt", event=new.name, day=new.on.isoformat())
    if new.on > local_day(now, zone):
        raise Refused("clock_event_in_future", event=new.name, day=new.on.isoformat())
    if new.name == target.counts_from and any(event.name == new.name for event in recorded):
        raise Refused("clock_event_already_recorded", event=new.name)
    before = due_date(profile, target_name, start, recorded, calendar, zone)
    _check_running_on(target, before, new)
    if new.name == EXTEND:
        _check_extension(target, before, new)
    if target.restart and new.name == target.restart.ends and before.state is not ClockState.PAUSED:
        raise Refused("clock_event_out_of_order", event=new.name, needs=target.restart.begins, day=new.on.isoformat())
    due_date(profile, target_name, start, [*recorded, new], calendar, zone)


def _check_running_on(target: Target, before: Due, new: Event) -> None:
    moves_it_later = new.name == EXTEND or new.name in {stop.begins for stop in target.all_stops}
    if moves_it_later and before.state is ClockState.NOT_STARTED:
        raise Refused("clock_not_started", event=new.name)
    if moves_it_later and before.last_day is not None and new.on > before.last_day:
        raise Refused("clock_has_run_out", event=new.name, last_day=before.last_day.isoformat())


def _check_extension(target: Target, before: Due, new: Event) -> None:
    if new.units is None or new.units < 1:
        raise Refused("clock_extension_without_length", day=new.on.isoformat())
    if target.extension_limit is not None and before.extension + new.units > target.extension_limit:
        raise Refused("clock_extension_too_long", limit=target.extension_limit, given=before.extension)
