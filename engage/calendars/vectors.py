"""Reads a table of worked examples of clocks and recomputes every row. Pure: calendars come from the shipped table."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engage.calendars.profiles import all_event_names, profile_named
from engage.calendars.rules import Due, Event, due_date
from engage.calendars.shipped import shipped_calendar
from engage.errors import Refused

COLUMNS = ("id", "profile", "target", "tz", "start", "events", "due")


@dataclass(frozen=True)
class Vector:
    """One row: what is due when, and under which circumstances. `due` is None where no day is expected."""

    id: str
    profile: str
    target: str
    zone: ZoneInfo
    start: datetime
    events: tuple[Event, ...]
    due: date | None


@dataclass(frozen=True)
class Mismatch:
    row: str
    expected: date | None
    got: date | None


@dataclass(frozen=True)
class RowError:
    """A row, or with `column` a cell, that cannot be computed."""

    line: int
    refusal: Refused


@dataclass
class Comparison:
    """What a run over a table found."""

    rows: int = 0
    matching: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    outside_validity: list[str] = field(default_factory=list)


def compute(vector: Vector) -> Due:
    """Compute a row with the shipped profiles and calendars; raises Refused as `rules.due_date` does."""
    profile = profile_named(vector.profile)
    calendar = shipped_calendar(profile.calendar)
    return due_date(profile, vector.target, vector.start, vector.events, calendar, vector.zone)


def compare(text: str) -> Comparison:
    """Recompute every row of the table.

    Raises Refused: clock_table_columns_missing, clock_table_unreadable. A bad row is listed with its line, and the
    others are still compared.
    """
    found = Comparison()
    for line, row in _rows(text):
        found.rows += 1
        try:
            vector = parse_row(row)
            due = compute(vector)
        except Refused as refusal:
            found.errors.append(RowError(line, refusal))
            continue
        if not profile_named(vector.profile).in_force(vector.start.astimezone(vector.zone).date()):
            found.outside_validity.append(vector.id)
        if due.last_day == vector.due:
            found.matching += 1
        else:
            found.mismatches.append(Mismatch(vector.id, vector.due, due.last_day))
    return found


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise Refused("clock_table_columns_missing", columns=", ".join(missing))
        for row in reader:
            yield reader.line_num, row
    except csv.Error as fault:
        raise Refused("clock_table_unreadable", line=reader.line_num, fault=str(fault)) from fault


def parse_row(row: dict[str, str]) -> Vector:
    """Read the cells; Refused("clock_table_bad_cell", column, value) names the first that cannot be read."""
    if None in row or None in row.values():
        raise Refused("clock_table_wrong_width")
    if not row["id"].strip():
        raise Refused("clock_table_bad_cell", column="id", value=row["id"])
    return Vector(
        id=row["id"].strip(),
        profile=row["profile"].strip(),
        target=row["target"].strip(),
        zone=_zone(row["tz"].strip()),
        start=_instant(row["start"].strip()),
        events=tuple(parse_events(row["events"])),
        due=_date(row["due"].strip(), "due") if row["due"].strip() else None,
    )


def parse_events(cell: str) -> Iterable[Event]:
    """Read `name@date` and `extend@date:n`, joined by semicolons.

    Raises Refused: clock_table_bad_cell, clock_event_unknown (a name that moves no clock of any profile).
    """
    known = all_event_names()
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        name, at, rest = (piece.strip() for piece in part.partition("@"))
        day, colon, units = (piece.strip() for piece in rest.partition(":"))
        if not at or not name or bool(colon) != (units.isascii() and units.isdigit()):
            raise Refused("clock_table_bad_cell", column="events", value=part)
        if name not in known:
            raise Refused("clock_event_unknown", event=name)
        yield Event(name, _date(day, "events"), int(units) if units else None)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("clock_table_bad_cell", column="tz", value=name) from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise Refused("clock_table_bad_cell", column="start", value=text)
    return instant


def _date(text: str, column: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise Refused("clock_table_bad_cell", column=column, value=text) from None
