"""What is kept of a step while it can still be taken back: the case as it was, and what its sender is not told yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model
from django.utils.dateparse import parse_date

from engage.desk.rules import UNDO_SECONDS, undo_until
from mailbox.desk.models import HeldStep
from mailbox.models import Case, CaseClock, StepRecord

if TYPE_CHECKING:
    from mailbox.actions.steps import Given

# What a step can change. `revision` is not among them: it only goes up.
OF_CASE = (
    "kind",
    "family",
    "state",
    "phase",
    "triage_id",
    "lead_id",
    "reviewer_id",
    "desk_id",
    "owner_id",
    "due",
    "due_order",
    "may_move",
    "at_desk",
    "low_rated",
    "suspect",
    "result",
    "back_to",
    "state_since",
    "answered_at",
    "closed_at",
)
OF_CLOCK = (
    "profile_id",
    "start",
    "events",
    "state",
    "due",
    "day_zero",
    "extension",
    "paused_since",
    "remaining",
    "may_move",
    "stopped_at",
    "result",
    "calendar",
    "counted_at",
)
Snapshot = tuple[dict[str, Any], dict[str, Any]]


def snapshot(case: Case) -> Snapshot:
    """Return the columns of a case and of its clocks as they are before a step."""
    return _columns(case, OF_CASE), {str(clock.pk): _columns(clock, OF_CLOCK) for clock in case.clocks.all()}


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def keep(case: Case, record: StepRecord, before: Snapshot, given: Given, due: date | None) -> HeldStep:
    """Keep a step that was taken just now, until it is too late to take it back."""
    assert record.by is not None
    return HeldStep.objects.create(
        case=case,
        record=record,
        by=record.by,
        until=undo_until(record.at, UNDO_SECONDS),
        before=before[0],
        clocks=before[1],
        said={"cites": list(given.cites), "told": dict(given.told), "due": _plain(due)},
    )


def keep_beside(case: Case, **beside: Any) -> None:
    """Keep what a step wrote besides itself, with the step that was kept just now; nothing where none was."""
    row = HeldStep.objects.filter(case=case, record__revision=case.revision).first()
    if row is not None:
        row.said["beside"] = beside
        row.save(update_fields=["said"])


def given_of(row: HeldStep) -> tuple[dict[str, Any], date | None]:
    """Return what the step was given, as arguments of `Given`, and the due day that its sender is told."""
    record, said = row.record, row.said
    given = {
        "reason": record.reason,
        "note": record.note,
        "words": record.words,
        "units": record.units or 0,
        "cites": tuple(said["cites"]),
        "told": said["told"],
    }
    return given, parse_date(said["due"]) if said["due"] else None


def put_back(case: Case, row: HeldStep) -> None:
    """Give a locked case and its clocks the columns that they had before the step; clocks that it began are gone."""
    _fill(case, row.before)
    known = list(CaseClock.objects.filter(case=case, pk__in=row.clocks))
    # First, for two clocks of one sort may not run at the same time.
    CaseClock.objects.filter(case=case).exclude(pk__in=row.clocks).delete()
    for clock in known:
        _fill(clock, row.clocks[str(clock.pk)])
        clock.save()


def _fill(row: Model, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        column: Any = row._meta.get_field(name)
        setattr(row, name, column.to_python(value))
