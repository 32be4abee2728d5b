"""When a number may be called, and which number an interviewer is given next.

Every moment is an aware datetime; windows and parts of the day are read on the clock of the person called.

`plan` says for one case when it may next be called, why, and by whom; a queue of many numbers stores its answer as
columns. `next_case` is the order in which plans are served.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from engage.errors import Refused
from surveys.telephone.rules import outcomes

PARTS = (time(0), time(12), time(17))
HORIZON_DAYS = 90
MIDNIGHT = time(0)


@dataclass(frozen=True)
class Window:
    """Hours of one day in which people may be called, `closes` left out; 00:00 as `closes` is the end of the day."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Spacing:
    """What lies between a call and the next: at least `wait`; `other_part` of the day; not before the `next_day`."""

    wait: timedelta
    other_part: bool = False
    next_day: bool = False


DAYTIME = (Window(time(9), time(21)),)
WEEKEND = (Window(time(10), time(20)),)
# Busy: somebody is there now. No answer: another part of the day finds other people at home, which is what raises
# contact, not another call at the same hour.
SPACINGS: Mapping[str, Spacing] = {
    outcomes.BUSY: Spacing(timedelta(minutes=15)),
    outcomes.NO_ANSWER: Spacing(timedelta(hours=3), other_part=True),
    outcomes.MACHINE: Spacing(timedelta(hours=3), other_part=True),
    outcomes.MACHINE_HOUSEHOLD: Spacing(timedelta(hours=3), other_part=True),
    outcomes.CALL_BACK: Spacing(timedelta(hours=3), other_part=True),
    outcomes.INTERRUPTED: Spacing(timedelta(minutes=30)),
    outcomes.SOFT_REFUSAL: Spacing(timedelta(days=7)),
    outcomes.BLOCKED: Spacing(timedelta(days=1), other_part=True),
    outcomes.TECHNICAL: Spacing(timedelta(hours=1)),
    outcomes.OUT_OF_SERVICE: Spacing(timedelta(days=3), next_day=True),
    # When the appointment itself is gone from the case, it is a call-back.
    outcomes.APPOINTMENT: Spacing(timedelta(hours=3)),
    outcomes.APPOINTMENT_OTHER: Spacing(timedelta(hours=3)),
}


@dataclass(frozen=True)
class CallRules:
    """The rules of one telephone study. Windows by weekday, 0 is Monday; a weekday without windows is not called.

    `grace`: how long a call-back waits for its own interviewer before anybody may take it. `conversions`: how often a
    soft refusal is asked again, by somebody who was not refused. `promise_attempts`: calls beyond `max_attempts` that
    only a promised appointment may use. `days_off`: local dates without calls.
    """

    windows: Mapping[int, Sequence[Window]] = field(
        default_factory=lambda: {**dict.fromkeys(range(5), DAYTIME), **dict.fromkeys((5, 6), WEEKEND)}
    )
    max_attempts: int = 8
    promise_attempts: int = 2
    conversions: int = 1
    grace: timedelta = timedelta(minutes=15)
    latest_appointment: timedelta = timedelta(days=60)
    spacings: Mapping[str, Spacing] = field(default_factory=lambda: SPACINGS)
    days_off: frozenset[date] = frozenset()

    def check(self) -> None:
        """Raise Refused for rules that cannot be followed.

        call_windows_missing, call_window_backwards, call_windows_overlap, call_attempts_invalid, call_spacing_missing.
        """
        if not any(self.windows.values()) or not set(self.windows) <= set(range(7)):
            raise Refused("call_windows_missing")
        for windows in self.windows.values():
            for window in windows:
                if window.closes != MIDNIGHT and window.opens >= window.closes:
                    raise Refused("call_window_backwards", opens=_hour(window.opens), closes=_hour(window.closes))
            for earlier, later in pairwise(sorted(windows, key=lambda one: one.opens)):
                if earlier.closes == MIDNIGHT or earlier.closes > later.opens:
                    raise Refused("call_windows_overlap", opens=_hour(later.opens), closes=_hour(earlier.closes))
        periods = (self.grace, self.latest_appointment, *(spacing.wait for spacing in self.spacings.values()))
        counts_fit = self.max_attempts >= 1 and self.promise_attempts >= 0 and self.conversions >= 0
        if not counts_fit or min(periods) < timedelta(0):
            raise Refused("call_attempts_invalid")
        if missing := set(SPACINGS) - set(self.spacings):
            raise Refused("call_spacing_missing", codes=", ".join(sorted(missing)))


def _hour(clock: time) -> str:
    return clock.isoformat("minutes")


@dataclass(frozen=True)
class Attempt:
    """A call that ended: when, with which code of the table, by whom."""

    at: datetime
    code: str
    interviewer: str


@dataclass(frozen=True)
class Appointment:
    """A promise to call at a moment; for one interviewer, or for anybody where none is named."""

    at: datetime
    interviewer: str = ""


@dataclass(frozen=True)
class Case:
    """A number of the sample with its history, oldest call first. `order` is its place in the drawn sample."""

    key: str
    phone: str
    zone: str
    stratum: str = ""
    order: int = 0
    attempts: tuple[Attempt, ...] = ()
    appointment: Appointment | None = None
    do_not_call: bool = False


@dataclass(frozen=True)
class Hold:
    """A number in somebody's hands until a moment, after which it is free again without being given back."""

    key: str
    phone: str
    interviewer: str
    until: datetime


class Reason(IntEnum):
    """Why a number is called, in the order in which numbers are served."""

    IN_HAND = 0
    OWN_APPOINTMENT = 1
    APPOINTMENT = 2
    FRESH = 3
    RETRY = 4


@dataclass(frozen=True)
class Plan:
    """When a case may be called next and by whom.

    `reserved_for` has it alone until `anyone_from` (None: nobody else ever); `not_for` never gets it.
    """

    due: datetime
    reason: Reason
    reserved_for: str = ""
    anyone_from: datetime | None = None
    not_for: frozenset[str] = frozenset()

    def may_take(self, interviewer: str, now: datetime) -> bool:
        """Tell whether an interviewer may be given the case now."""
        if now < self.due or interviewer in self.not_for:
            return False
        if not self.reserved_for or interviewer == self.reserved_for:
            return True
        return self.anyone_from is not None and now >= self.anyone_from


@dataclass(frozen=True)
class Offer:
    """A number to call now, and why."""

    case: Case
    reason: Reason


@dataclass(frozen=True)
class Waiting:
    """When the next number is due for somebody, and how many of those waiting are call-backs that were promised."""

    at: datetime
    promised: int


def part_of_day(moment: datetime, zone: ZoneInfo) -> int:
    """Return 0 for the morning, 1 from 12:00, 2 from 17:00 on the clock of a zone."""
    clock = moment.astimezone(zone).time()
    return max(part for part, begins in enumerate(PARTS) if begins <= clock)


def is_open(moment: datetime, zone: ZoneInfo, rules: CallRules) -> bool:
    """Tell whether people of a zone may be called at a moment."""
    local = moment.astimezone(zone)
    if local.date() in rules.days_off:
        return False
    return any(
        window.opens <= local.time() and (window.closes == MIDNIGHT or local.time() < window.closes)
        for window in rules.windows.get(local.weekday(), ())
    )


def next_opening(
    after: datetime, zone: ZoneInfo, rules: CallRules, *, not_part: int | None = None, not_on: date | None = None
) -> datetime | None:
    """Return the first moment from `after` on in which people of a zone may be called.

    `not_part` leaves out a part of the day, unless the windows of the week know no other; `not_on` a local date. None
    when nothing opens within ninety days.
    """
    if not_part is not None and _parts_of_week(rules) <= {not_part}:
        not_part = None
    first = after.astimezone(zone).date()
    for days in range(HORIZON_DAYS + 1):
        day = first + timedelta(days=days)
        if day == not_on:
            continue
        for begins, ends in _pieces(day, zone, rules):
            moment = max(after, begins)
            # Where the clock is put forward a piece may not exist.
            if moment >= ends or not is_open(moment, zone, rules):
                continue
            if not_part is None or part_of_day(moment, zone) != not_part:
                return moment
    return None


def _parts_of_week(rules: CallRules) -> set[int]:
    return {
        part
        for windows in rules.windows.values()
        for window in windows
        for part, (begins, ends) in enumerate(_bounds())
        if (window.closes == MIDNIGHT or begins < window.closes) and (ends == MIDNIGHT or window.opens < ends)
    }


def _bounds() -> tuple[tuple[time, time], ...]:
    return tuple(pairwise((*PARTS, MIDNIGHT)))


def _pieces(day: date, zone: ZoneInfo, rules: CallRules) -> Iterator[tuple[datetime, datetime]]:
    """Yield the windows of a local day, cut where a part of the day begins, in UTC."""
    for window in sorted(rules.windows.get(day.weekday(), ()), key=lambda one: one.opens):
        inner = [part for part in PARTS if window.opens < part and (window.closes == MIDNIGHT or part < window.closes)]
        for begins, ends in pairwise((window.opens, *inner, window.closes)):
            last = day + timedelta(days=1) if ends == MIDNIGHT else day
            yield _moment(day, begins, zone), _moment(last, ends, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def check_appointment(appointment: Appointment, zone: ZoneInfo, now: datetime, rules: CallRules) -> None:
    """Raise Refused for a promise that could not be kept: appointment_past, appointment_too_far, appointment_closed."""
    if appointment.at <= now:
        raise Refused("appointment_past", at=appointment.at)
    if appointment.at - now > rules.latest_appointment:
        raise Refused("appointment_too_far", days=rules.latest_appointment.days)
    if not is_open(appointment.at, zone, rules):
        raise Refused("appointment_closed", at=appointment.at)


def record(case: Case, attempt: Attempt, appointment: Appointment | None = None, *, do_not_call: bool = False) -> Case:
    """Return a case after a call. An appointment lasts until the next call, whatever came of it.

    A call that is reported late (made while the net was down) takes its place in time; then the appointment of the
    latest call stands. Raises Refused: disposition_not_for_calls, appointment_missing (an appointment code without
    one), appointment_unasked (one with another code).
    """
    code = outcomes.check_code(attempt.code)
    if (code in outcomes.PROMISES) != (appointment is not None):
        raise Refused("appointment_unasked" if appointment else "appointment_missing", value=code)
    attempts = tuple(sorted((*case.attempts, replace(attempt, code=code)), key=lambda one: one.at))
    latest = attempts[-1].at == attempt.at
    return replace(
        case,
        attempts=attempts,
        appointment=appointment if latest else case.appointment,
        do_not_call=case.do_not_call or do_not_call,
    )


def plan(case: Case, rules: CallRules) -> Plan | None:
    """Return when a case may be called next and by whom; None when it is never called again.

    A case that was not called is due from the beginning of time, so its plan is open whenever a window is.
    """
    if case.do_not_call or outcomes.final_code(case, rules) is not None:
        return None
    zone = ZoneInfo(case.zone)
    refused = frozenset(one.interviewer for one in case.attempts if one.code == outcomes.SOFT_REFUSAL)
    if case.appointment:
        due = next_opening(case.appointment.at, zone, rules)
        if due is None:
            return None
        own = case.appointment.interviewer
        return Plan(due, Reason.APPOINTMENT, own, due + rules.grace if own else None, refused - {own})
    if not case.attempts:
        return Plan(datetime.min.replace(tzinfo=UTC), Reason.FRESH)
    last = case.attempts[-1]
    spacing = rules.spacings[last.code]
    due = next_opening(
        last.at + spacing.wait,
        zone,
        rules,
        not_part=part_of_day(last.at, zone) if spacing.other_part else None,
        not_on=last.at.astimezone(zone).date() if spacing.next_day else None,
    )
    if due is None:
        return None
    if last.code in (outcomes.INTERRUPTED, *outcomes.PROMISES):
        return Plan(due, Reason.RETRY, last.interviewer, due + rules.grace, refused - {last.interviewer})
    return Plan(due, Reason.RETRY, not_for=refused)


def next_case(
    cases: Iterable[Case],
    now: datetime,
    interviewer: str,
    rules: CallRules,
    *,
    holds: Collection[Hold] = (),
    shares: Mapping[str, float] | None = None,
    closed: Collection[str] = (),
) -> Offer | None:
    """Return the number an interviewer calls now, None when none is due.

    What they hold already comes first. Then appointments with them, appointments that anybody may keep (the longest
    due first), fresh numbers of the stratum that is furthest behind its share, and retries (the longest due first).
    `shares` are weights of strata, alike without them; `closed` are strata whose quota is full. No number is given
    while it is in anybody's hands, also when it stands in the sample under two keys.
    """
    cases = list(cases)
    held = [hold for hold in holds if hold.until > now]
    mine = {hold.key for hold in held if hold.interviewer == interviewer}
    for case in cases:
        if case.key in mine:
            return Offer(case, Reason.IN_HAND)
    taken = {hold.key for hold in held}
    in_hand = {hold.phone for hold in held}
    started = Counter(case.stratum for case in cases if case.attempts or case.key in taken)
    best: tuple[tuple[float, ...], str, Offer] | None = None
    for case in cases:
        if case.phone in in_hand or case.stratum in closed:
            continue
        planned = plan(case, rules)
        if planned is None or not planned.may_take(interviewer, now) or not is_open(now, ZoneInfo(case.zone), rules):
            continue
        reason = planned.reason
        if reason is Reason.APPOINTMENT and planned.reserved_for == interviewer:
            reason = Reason.OWN_APPOINTMENT
        if reason is Reason.FRESH:
            rank = (float(reason), _progress(case.stratum, started, shares), float(case.order))
        else:
            rank = (float(reason), planned.due.timestamp(), float(case.order))
        if best is None or (rank, case.key) < best[:2]:
            best = (rank, case.key, Offer(case, reason))
    return best[2] if best else None


def _progress(stratum: str, started: Mapping[str, int], shares: Mapping[str, float] | None) -> float:
    """Numbers begun for each unit of the share; a stratum without a share comes after all that have one."""
    share = 1.0 if shares is None else shares.get(stratum, 0.0)
    return started.get(stratum, 0) / share if share > 0 else math.inf


def waiting(
    cases: Iterable[Case], now: datetime, interviewer: str, rules: CallRules, *, closed: Collection[str] = ()
) -> Waiting | None:
    """Return when the next number comes to an interviewer who has none now; None when none ever does."""
    moments: list[datetime] = []
    promised = 0
    for case in cases:
        planned = None if case.stratum in closed else plan(case, rules)
        if planned is None or interviewer in planned.not_for:
            continue
        begins = planned.due
        if planned.reserved_for not in ("", interviewer):
            begins = planned.anyone_from or planned.due
        opening = next_opening(max(begins, now), ZoneInfo(case.zone), rules)
        if opening is not None:
            moments.append(opening)
            promised += planned.reason is Reason.APPOINTMENT
    return Waiting(min(moments), promised) if moments else None
