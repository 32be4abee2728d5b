"""One row of facts per case, without a person in it: what every figure is counted from, and what the export holds.

Days are counted from the day of receipt, which is not counted itself, in the zone and by the calendar of the case:
through the answer; of what is not answered through its end, or through the day of the count while it is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from engage import schedule
from engage.accounts.actors import SYSTEM
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar, local_day
from engage.calendars.profiles import Profile
from engage.calendars.rules import due_date
from engage.participation.rules import Reference
from mailbox.actions import clocks
from mailbox.kinds import kind_of
from mailbox.letterbox.models import AnswerFound
from mailbox.machine import Phase
from mailbox.models import Case, CaseClock, CaseQuerySet, Rating, StepRecord

if TYPE_CHECKING:
    import pandas as pd

# The clock by which a case is answered in time or late.
MAIN = ("final_reply", "answer")
OPENED_AGAIN = ("reopen", "follow_up")
REVIEWS = ("ask_review", "ask_rereview")
STEPS = tuple(range(3, 10))
NOT_TAKEN_STEP = 3
NOBODY = "-"
AT_ONCE = 2_000

# name -> what the column holds, in the order of the export.
COLUMNS: dict[str, str] = {
    "reference": "object",
    "kind": "object",
    "unit": "object",
    "received": "datetime64[s]",
    "not_taken": "object",
    "suspect": "bool",
    "open": "bool",
    "closed": "datetime64[s]",
    "answered": "datetime64[s]",
    "due": "datetime64[s]",
    "in_time": "object",
    "work_days": "Int32",
    "calendar_days": "Int32",
    "score": "Int8",
    "opened_again": "bool",
    "extended": "bool",
    "reviews": "int8",
    **{f"step_{step}": "Int32" for step in STEPS},
}


class CutShort(Exception):
    """The worker was told to end while cases were read; nothing is kept of what was read."""


def of_year(cases: CaseQuerySet, year: int) -> CaseQuerySet:
    """Return the cases that a year's figures are counted from: received in it, or due in it.

    A day more at each end, because the day of a case depends on its zone.
    """
    around = (datetime(year - 1, 12, 31, tzinfo=UTC), datetime(year + 1, 1, 2, tzinfo=UTC))
    due = CaseClock.objects.filter(target__in=MAIN, due__range=(date(year, 1, 1), date(year, 12, 31)))
    return cases.filter(Q(received_at__range=around) | Q(pk__in=due.values("case")))


def frame(cases: CaseQuerySet, *, today: date) -> pd.DataFrame:
    """Return the facts of the cases as a table with the columns of COLUMNS, in the order of their numbers.

    Raises CutShort when the worker has to end.
    """
    # Half a second to import: for whoever counts, not for every process.
    import pandas as pd

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows(cases, today=today):
        for name, value in zip(COLUMNS, row, strict=True):
            columns[name].append(value)
    return pd.DataFrame({name: pd.Series(values, dtype=COLUMNS[name]) for name, values in columns.items()})


def rows(cases: CaseQuerySet, *, today: date) -> Iterator[tuple[Any, ...]]:
    """Read the facts case by case, a few thousand at a time; dates are `date` objects, what is not there is None."""
    keys = list(cases.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(keys), AT_ONCE):
        if schedule.stopping.is_set():
            raise CutShort
        yield from _rows_of(keys[begin : begin + AT_ONCE], today)


def first_day() -> date | None:
    """Return the day of the first case or of the first letter that was not needed; None before there is either."""
    case = Case.objects.visible_to(SYSTEM).aggregate(first=Min("received_at"))["first"]
    unsent = AnswerFound.objects.visible_to(SYSTEM).aggregate(first=Min("at"))["first"]
    return min((timezone.localdate(at) for at in (case, unsent) if at is not None), default=None)


def not_needed(year: int) -> dict[tuple[str, str], int]:
    """Count the letters of a year that were not sent because something published answered them.

    By month (2026-10), in the time of the house, and kind; one read.
    """
    found = AnswerFound.objects.visible_to(SYSTEM).filter(at__year=year).annotate(month=TruncMonth("at"))
    counted = found.values_list("month", "kind").annotate(count=Count("pk")).order_by()
    return {(f"{month:%Y-%m}", kind): count for month, kind, count in counted}


def _rows_of(keys: Sequence[int], today: date) -> Iterator[tuple[Any, ...]]:
    """One batch: four reads, whatever the number of cases."""
    main: dict[int, CaseClock] = {}
    extended: set[int] = set()
    for clock in CaseClock.objects.filter(case__in=keys).order_by("pk"):
        if clock.target in MAIN and clock.result != CaseClock.Result.ENDED:
            main[clock.case_id] = clock
        if clock.extension:
            extended.add(clock.case_id)
    steps: dict[int, list[tuple[str, str, str, datetime, str]]] = defaultdict(list)
    taken = StepRecord.objects.filter(case__in=keys).order_by("pk")
    for case_id, *step in taken.values_list("case", "kind", "code", "to_state", "at", "reason"):
        steps[case_id].append(tuple(step))
    scores = dict(Rating.objects.filter(case__in=keys).order_by("case", "round").values_list("case", "score"))
    days = _Days()
    for case in (
        Case.objects.filter(pk__in=keys).select_related("submission", "lead", "triage").order_by("pk").iterator()
    ):
        yield _row(case, main.get(case.pk), steps[case.pk], scores.get(case.pk), case.pk in extended, days, today)


def _row(
    case: Case,
    clock: CaseClock | None,
    steps: Sequence[tuple[str, str, str, datetime, str]],
    score: int | None,
    extended: bool,
    days: _Days,
    today: date,
) -> tuple[Any, ...]:
    zone = ZoneInfo(case.zone)
    received = local_day(case.received_at, zone)
    answered = local_day(case.answered_at, zone) if case.answered_at else None
    closed = local_day(case.closed_at, zone) if case.closed_at else None
    end = answered or closed or today
    calendar = days.calendar_of(case, clock, received)
    reached: dict[int, int] = {}
    not_taken = ""
    for kind, code, to_state, at, reason in steps:
        state = kind_of(kind).state(to_state)
        if state.step in STEPS and state.step not in reached:
            reached[state.step] = calendar.count(received, local_day(at, zone))
        # Closed on the way to somebody's work: nobody took it up.
        not_taken = (reason or code) if state.phase is Phase.CLOSED and state.step == NOT_TAKEN_STEP else ""
    unit = case.lead or case.triage
    late = {CaseClock.Result.MET: "yes", CaseClock.Result.LATE: "no"}
    submission = case.submission
    return (
        str(Reference(submission.letter, submission.year, submission.pk)),
        case.kind,
        unit.code if unit else NOBODY,
        received,
        not_taken,
        case.suspect,
        case.is_open,
        closed,
        answered,
        clock.due if clock else None,
        late.get(clock.result, "") if clock else "",
        days.worked(case, clock, received, end),
        max((end - received).days, 0),
        score,
        any(code in OPENED_AGAIN for _kind, code, *_rest in steps),
        extended,
        sum(code in REVIEWS for _kind, code, *_rest in steps),
        *(reached.get(step) for step in STEPS),
    )


class _Days:
    """Counts working days; keeps the calendars and profiles it has read."""

    def __init__(self) -> None:
        self.calendars: dict[str, WorkCalendar] = {}
        self.profiles: dict[str, Profile] = {}
        self.families: dict[tuple[str, date], str] = {}

    def calendar(self, code: str) -> WorkCalendar:
        if code not in self.calendars:
            self.calendars[code] = calendars.work_calendar(code)
        return self.calendars[code]

    def calendar_of(self, case: Case, clock: CaseClock | None, received: date) -> WorkCalendar:
        """The calendar of the main clock; before there is one, that of the profile the case was received under."""
        if clock is not None:
            return self.calendar(clock.calendar)
        key = (case.family, received)
        if key not in self.families:
            self.families[key] = calendars.clock_profile_for(case.family, received).calendar
        return self.calendar(self.families[key])

    def worked(self, case: Case, clock: CaseClock | None, received: date, through: date) -> int:
        """Working days after the receipt through a day, less those on which the clock stood still."""
        calendar = self.calendar_of(case, clock, received)
        count = calendar.count(received, through)
        if clock is None or not clock.events:
            return max(count, 0)
        if clock.profile_id not in self.profiles:
            self.profiles[clock.profile_id] = calendars.clock_profile(clock.profile_id)
        profile, events = self.profiles[clock.profile_id], clocks.events_of(clock)
        due = due_date(profile, clock.target, clock.start, events, calendar, ZoneInfo(case.zone))
        for span in due.disregarded:
            first, last = max(span.first, received), min(span.last, through)
            if first <= last:
                before = date.fromordinal(first.toordinal() - 1)
                count -= calendar.count(max(before, received), last)
        return max(count, 0)
