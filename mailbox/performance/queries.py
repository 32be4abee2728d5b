"""What of the figures who may read: everybody the published ones, staff the plain ones of their own units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engage.accounts.actors import Actor, System, has_role, is_staff
from engage.departments.models import Department
from engage.departments.queries import departments_of
from engage.figures.rules import PROTECTING, SMALL
from mailbox.models import Case, CaseQuerySet
from mailbox.performance import facts
from mailbox.performance.figures import ALL, DAYS, FunnelStep, Place
from mailbox.performance.masks import SHARES, SHOWN_COUNTS, Published
from mailbox.performance.models import ALL_UNITS, OWN_UNITS, Revision, YearOfFigures

# The columns of the open data, in order.
OPEN_COLUMNS = ("period", "unit", "kind", *SHOWN_COUNTS, *SHARES, *DAYS, "estimated")


@dataclass(frozen=True)
class Figures:
    """The figures of one place, as the reader may see them. A count is a number, or "small" or "protecting"."""

    place: Place
    values: Mapping[str, Any]
    frozen_on: date | None

    def __getitem__(self, name: str) -> Any:
        """A figure by its name; a share of plain figures is worked out. None for what is not shown."""
        if name in SHARES and name not in self.values:
            part, of = (self.values[one] for one in SHARES[name])
            return part / of if of else None
        return self.values.get(name)


@dataclass(frozen=True)
class YearView:
    """A year for one reader: every place by its key; `plain` says that nothing is masked."""

    year: int
    counted_on: date
    places: Mapping[Place, Figures]
    funnels: Mapping[Place, list[FunnelStep]]
    plain: bool

    def at(self, period: str, unit: str = ALL, kind: str = ALL) -> Figures | None:
        """Return the figures of a place; None where nothing was counted or the reader may not look."""
        return self.places.get(Place(period, unit, kind))

    @property
    def months(self) -> list[str]:
        """The counted months of the year in order."""
        return sorted({place.period for place in self.places if "-" in place.period})

    def along(self, column: str) -> list[Figures]:
        """The year's figures by unit or by kind, in the order of their codes."""
        found = [
            figures
            for place, figures in self.places.items()
            if place.period == str(self.year)
            and getattr(place, column) != ALL
            and (place.unit == ALL or place.kind == ALL)
        ]
        return sorted(found, key=lambda figures: getattr(figures.place, column))


def years() -> list[int]:
    """List the counted years, newest first."""
    return list(YearOfFigures.objects.values_list("year", flat=True))


def public_year(year: int) -> YearView | None:
    """Return a year as everybody reads it; None for one that was not counted."""
    row = YearOfFigures.objects.defer("cells", "funnels").filter(pk=year).first()
    if row is None:
        return None
    return YearView(year, row.counted_on, _places(row, row.published), {}, plain=False)


def plain_year(year: int, *, actor: Actor) -> YearView | None:
    """Return a year unmasked: whole for analysts and administrators, their own units for officers and approvers."""
    row = YearOfFigures.objects.defer("published").filter(pk=year).first()
    if row is None or not is_staff(actor):
        return None
    places = _places(row, row.cells)
    if not sees_all(actor):
        own = set(departments_of(actor, *OWN_UNITS).values_list("code", flat=True))
        places = {place: figures for place, figures in places.items() if place.unit in own}
    funnels = {place: [FunnelStep(*step) for step in row.funnels.get(place.key, [])] for place in places}
    return YearView(year, row.counted_on, places, funnels, plain=True)


def sees_all(actor: Actor) -> bool:
    """Tell whether somebody reads the plain figures of every unit."""
    return isinstance(actor, System) or any(has_role(actor, role) for role in ALL_UNITS)


def _places(row: YearOfFigures, values: Mapping[str, Published]) -> dict[Place, Figures]:
    frozen = {period: date.fromisoformat(day) for period, day in row.frozen.items()}
    found = {}
    for key, cell in values.items():
        place = Place(*key.split("|"))
        found[place] = Figures(place, cell, frozen.get(place.period))
    return found


def revisions(year: int, *, actor: Actor) -> list[Revision]:
    """List what would now be counted otherwise in frozen periods of a year, newest first."""
    return list(Revision.objects.visible_to(actor).filter(year=year))


def unit_names() -> dict[str, Department]:
    """Return every unit by its code; who answers for what is no secret."""
    return {unit.code: unit for unit in Department.objects.all()}


def open_data(view: YearView) -> Iterator[dict[str, Any]]:
    """Give the published figures line by line, as the CSV and the JSON hold them; `hidden` names the hidden counts."""
    for place in sorted(view.places):
        values = view.places[place].values
        row: dict[str, Any] = {"period": place.period, "unit": place.unit or None, "kind": place.kind or None}
        hidden = {}
        for name in OPEN_COLUMNS[3:]:
            value = values.get(name)
            if value in (SMALL, PROTECTING):
                hidden[name] = value
                value = None
            row[name] = value
        yield row | {"hidden": hidden}


def exported(year: int, *, actor: Actor, today: date) -> Iterator[tuple[Any, ...]]:
    """Give the facts of a year's cases that an actor may see, one a line, in the order of `facts.COLUMNS`."""
    return facts.rows(facts.of_year(cases_for(actor), year), today=today)


def cases_for(actor: Actor) -> CaseQuerySet:
    """Return the cases whose facts an actor may take out: analysts all of them, for a fact names nobody."""
    return Case.objects.all() if sees_all(actor) else Case.objects.visible_to(actor)
