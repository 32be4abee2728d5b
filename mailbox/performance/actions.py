"""Counting a year. What is frozen stays; what would now be counted otherwise is noted beside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, has_role
from engage.journal import actions as journal
from mailbox.models import Case
from mailbox.performance import facts, figures, masks
from mailbox.performance.figures import ALL, COUNTS, Cell, Place
from mailbox.performance.models import ALL_UNITS, Revision, YearOfFigures

FREEZE_AFTER = timedelta(days=60)
# Years counted again each day: later nothing moves any more but by a correction, which the next count of it notes.
YEARS_BACK = 2


def count_due(*, today: date) -> int:
    """Count the years that were not counted today, newest first; returns how many. Ends early when the worker ends."""
    first = facts.first_day()
    if first is None:
        return 0
    years = range(today.year, max(first.year, today.year - YEARS_BACK) - 1, -1)
    done = set(YearOfFigures.objects.filter(counted_on__gte=today, year__in=list(years)).values_list("year", flat=True))
    counted = 0
    for year in years:
        if year in done:
            continue
        try:
            count_year(year, today=today)
        except facts.CutShort:
            break
        counted += 1
    return counted


def count_year(year: int, *, today: date) -> YearOfFigures:
    """Count a year anew and publish it; frozen periods keep their figures.

    The cases are read before the transaction begins, so that nobody waits for it. Raises facts.CutShort.
    """
    table = facts.frame(facts.of_year(Case.objects.visible_to(SYSTEM), year), today=today)
    unsent = facts.not_needed(year)
    found = list(figures.cells_of_year(table, year, today=today, not_needed=unsent))
    with transaction.atomic():
        row, _made = YearOfFigures.objects.select_for_update().get_or_create(year=year, defaults={"counted_on": today})
        cells = {place: cell for place, cell, _funnel in found}
        kept = _frozen(row, cells)
        _note_revisions(row, kept, cells, today=today)
        cells |= kept
        row.cells = {place.key: figures.as_json(cell) for place, cell in cells.items()}
        row.funnels = {place.key: [list(astuple(step)) for step in funnel] for place, _cell, funnel in found}
        row.published = masks.published(cells, year)
        row.counted_on = today
        for period in {place.period for place in cells}:
            if period not in row.frozen and last_day(period) + FREEZE_AFTER <= today:
                row.frozen[period] = today.isoformat()
        row.save()
    return row


def _frozen(row: YearOfFigures, cells: Mapping[Place, Cell]) -> dict[Place, Cell]:
    """Return the kept cells of frozen periods; what was nowhere when the period was frozen is kept as nothing.

    A figure that was not counted yet when the period was frozen is kept as it is counted now.
    """
    kept = {place: Cell() for place in cells if place.period in row.frozen}
    stored = {}
    for key, values in row.cells.items():
        place = Place(*key.split("|"))
        stored[place] = Cell(**(figures.as_json(cells.get(place, Cell())) | values))
    return kept | {place: cell for place, cell in stored.items() if place.period in row.frozen}


def last_day(period: str) -> date:
    """Return the last day of a period written 2026 or 2026-10."""
    year, _dash, month = period.partition("-")
    number = int(month or 12)
    return date(int(year), number, monthrange(int(year), number)[1])


def _note_revisions(
    row: YearOfFigures, kept: Mapping[Place, Cell], cells: Mapping[Place, Cell], *, today: date
) -> None:
    last = {
        (one.period, one.unit, one.kind, one.name): one.now
        for one in Revision.objects.filter(year=row).order_by("noted_on", "pk")
    }
    new = []
    for place, was in kept.items():
        counted = cells.get(place, Cell())
        for name in COUNTS:
            before, after = getattr(was, name), getattr(counted, name)
            key = (place.period, place.unit, place.kind, name)
            if after == last.get(key, before):
                continue
            public = place.unit == place.kind == ALL and masks.is_public(before, after, name)
            new.append(
                Revision(
                    year=row,
                    period=place.period,
                    unit=place.unit,
                    kind=place.kind,
                    name=name,
                    was=before,
                    now=after,
                    public=public,
                    noted_on=today,
                )
            )
    Revision.objects.bulk_create(new)


@transaction.atomic
def record_export(year: int, *, actor: Actor) -> None:
    """Write into the journal that somebody took the facts of a year's cases out of the house."""
    row: Any = YearOfFigures.objects.filter(pk=year).first()
    journal.record(actor, "performance.exported", row, year=year, all_units=any(has_role(actor, r) for r in ALL_UNITS))
