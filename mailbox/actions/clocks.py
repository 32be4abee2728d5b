"""What steps do to the clocks of a case; always inside the transaction of a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from engage import rows
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar, local_day
from engage.calendars.profiles import EXTEND, Profile
from engage.calendars.rules import Due, Event, check_may_record, due_date
from engage.errors import Refused
from mailbox.machine import Does, Effect
from mailbox.models import NO_DAY, Case, CaseClock

# Clocks that follow a low rating: while one runs the case is in the view of low ratings.
FOLLOW_UP = "put_right"


def zone_of(case: Case) -> ZoneInfo:
    """Return the zone in which "the day" of a case is taken."""
    return ZoneInfo(case.zone)


def today_of(case: Case, now: datetime) -> date:
    """Return the day it is for a case."""
    return local_day(now, zone_of(case))


def events_of(clock: CaseClock) -> list[Event]:
    """Return the recorded events as the arithmetic takes them."""
    return [Event(name, date.fromisoformat(on), units) for name, on, units in clock.events]


def profile_for(case: Case, family: str, day: date) -> Profile:
    """Return the version of a family for what was received on a day."""
    return calendars.clock_profile_for(family or case.family, day)


def profile_of_receipt(case: Case) -> Profile:
    """Return the version of the case's family that is in force for what was received when it was."""
    return profile_for(case, "", local_day(case.received_at, zone_of(case)))


def due_of(clock: CaseClock, profile: Profile, zone: ZoneInfo, calendar: WorkCalendar | None = None) -> Due:
    """Compute what a clock comes to with the calendar as it is now, or as it was read."""
    calendar = calendar or calendars.work_calendar(profile.calendar)
    return due_date(profile, clock.target, clock.start, events_of(clock), calendar, zone)


def open_clocks(case: Case) -> list[CaseClock]:
    """List the clocks that still run or wait, oldest first."""
    return list(case.clocks.filter(stopped_at=None))


def apply(case: Case, effects: Iterable[Effect], *, now: datetime, units: int = 0) -> date | None:
    """Do to the clocks what a step says; returns the due day of the clock it began, extended or dated last.

    Raises Refused as `calendars.rules.check_may_record` does for an extension.
    """
    told: date | None = None
    for effect in effects:
        touched = _apply(case, effect, now, units)
        told = touched.due if touched is not None else told
    return told


def due_after(case: Case, effects: Iterable[Effect], *, now: datetime) -> date | None:
    """Return the due day of the clock that a step would begin last, as `apply` tells it; nothing is written."""
    begun = [new_clock(case, effect, now=now) for effect in effects if effect.does is Does.START]
    return next((clock.due for clock in reversed(begun) if clock is not None), None)


def _apply(case: Case, effect: Effect, now: datetime, units: int) -> CaseClock | None:
    if effect.does is Does.START:
        return start(case, effect, now=now)
    if effect.does is Does.DATE:
        return _date(case, now)
    clocks = [clock for clock in open_clocks(case) if effect.target in ("", clock.target)]
    for clock in clocks:
        if effect.does is Does.MARK:
            _mark(case, clock, effect.event, now)
        elif effect.does is Does.EXTEND:
            _extend(case, clock, units, now)
            return clock
        elif effect.does is Does.MEET:
            stop(case, clock, now=now, met=True)
        else:
            stop(case, clock, now=now, met=False)
    if effect.does is Does.EXTEND:
        raise Refused("clock_not_started", event=EXTEND)
    return None


def start(case: Case, effect: Effect, *, now: datetime) -> CaseClock | None:
    """Begin a clock; None where the profile in force has none of that target."""
    clock = new_clock(case, effect, now=now)
    if clock is not None:
        clock.save()
    return clock


def new_clock(case: Case, effect: Effect, *, now: datetime) -> CaseClock | None:
    """Make a clock that is not stored yet; None where the profile in force has none of that target.

    A clock of the case's own family counts by the profile of the receipt day, one of another family by that of today.
    """
    today = today_of(case, now)
    begun = now if effect.family else case.received_at
    profile = calendars.settled_profile_for(effect.family or case.family, local_day(begun, zone_of(case)))
    if all(target.name != effect.target for target in profile.targets):
        return None
    clock = rows.new(
        CaseClock,
        case=case,
        profile_id=profile.code,
        target=effect.target,
        start=begun,
        events=[[effect.event, today.isoformat(), None]] if effect.event else [],
    )
    _count(clock, profile, zone_of(case), calendars.settled_calendar(profile.calendar))
    return clock


def _date(case: Case, now: datetime) -> CaseClock | None:
    """The receipt was confirmed today: the clocks of the receipt count from today, by the profile of today."""
    profile = profile_for(case, "", today_of(case, now))
    first = None
    for clock in open_clocks(case):
        clock.start, clock.profile_id = now, profile.code
        _count(clock, profile, zone_of(case))
        clock.save()
        first = first or clock
    return first


def _mark(case: Case, clock: CaseClock, name: str, now: datetime) -> None:
    """Record an event on a clock that knows it.

    A stop on a clock that has run out is left out with its end: late is late. So is the end of a stop never recorded.
    """
    profile = calendars.clock_profile(clock.profile_id)
    target = profile.target(clock.target)
    if name not in target.event_names:
        return
    begun = sum(
        1 for stop in target.all_stops for event in clock.events if stop.ends == name and event[0] == stop.begins
    )
    ended = sum(1 for event in clock.events if event[0] == name)
    is_end = any(stop.ends == name for stop in target.all_stops)
    if is_end and begun <= ended:
        return
    today = today_of(case, now)
    if not is_end and clock.due is not None and today > clock.due:
        return
    _record(case, clock, profile, Event(name, today), now)


def _extend(case: Case, clock: CaseClock, units: int, now: datetime) -> None:
    profile = calendars.clock_profile(clock.profile_id)
    _record(case, clock, profile, Event(EXTEND, today_of(case, now), units), now)


def _record(case: Case, clock: CaseClock, profile: Profile, event: Event, now: datetime) -> None:
    zone = zone_of(case)
    calendar: WorkCalendar = calendars.work_calendar(profile.calendar)
    check_may_record(profile, clock.target, clock.start, events_of(clock), event, calendar, zone, now=now)
    clock.events = [*clock.events, [event.name, event.on.isoformat(), event.units]]
    _count(clock, profile, zone)
    clock.save()


def _count(clock: CaseClock, profile: Profile, zone: ZoneInfo, read: tuple[UUID, WorkCalendar] | None = None) -> None:
    """Write into the columns what the clock comes to, by the calendar as it is now or as it was read."""
    revision, calendar = read or calendars.dated_calendar(profile.calendar)
    due = due_of(clock, profile, zone, calendar)
    clock.state = due.state.value
    clock.due, clock.day_zero, clock.extension = due.last_day, due.day_zero, due.extension
    clock.paused_since, clock.remaining, clock.may_move = due.paused_since, due.remaining, due.may_move
    clock.calendar = profile.calendar
    clock.counted_at = revision


def stop(case: Case, clock: CaseClock, *, now: datetime, met: bool) -> None:
    """Stop a clock for good: what was due is done, or no longer owed. The day it was due stays."""
    late = clock.due is not None and today_of(case, now) > clock.due
    clock.result = CaseClock.Result.ENDED if not met else CaseClock.Result.LATE if late else CaseClock.Result.MET
    clock.state, clock.stopped_at = CaseClock.State.STOPPED, now
    clock.save(update_fields=["result", "state", "stopped_at"])


def restart(case: Case, clock: CaseClock, *, now: datetime) -> None:
    """Count a clock from today: from the event it began with, else from this moment. What stopped it meanwhile goes."""
    profile = calendars.clock_profile(clock.profile_id)
    begins = profile.target(clock.target)
    first = (
        clock.events[:1] if clock.events and not any(s.begins == clock.events[0][0] for s in begins.all_stops) else []
    )
    if first:
        clock.events = [[first[0][0], today_of(case, now).isoformat(), None]]
    else:
        clock.start, clock.events = now, []
    _count(clock, profile, zone_of(case))
    clock.save()


def recount(clock: CaseClock) -> bool:
    """Count a clock again after its calendar changed; tells whether its due day moved."""
    before = clock.due
    _count(clock, calendars.clock_profile(clock.profile_id), zone_of(clock.case))
    clock.save()
    return clock.due != before


def show_at_desk(case: Case) -> None:
    """Bring the columns of the case in step with its clocks, and with those of cases answered together with it."""
    together = Q(case__merged_into=case, case__answered_at=None)
    rows = CaseClock.objects.filter(Q(case=case) | together).filter(stopped_at=None)
    show_clocks(case, rows)


def show_clocks(case: Case, rows: Iterable[CaseClock]) -> None:
    """Bring the columns of the case in step with these running clocks."""
    running = [clock for clock in rows if clock.target not in case.machine.targets_of_sender]
    dated = sorted((clock.due, clock.may_move) for clock in running if clock.due is not None)
    case.due, case.may_move = dated[0] if dated else (None, False)
    case.due_order = case.due or NO_DAY
    case.low_rated = any(clock.target == FOLLOW_UP and clock.case_id == case.pk for clock in running)
