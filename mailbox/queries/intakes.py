"""Who receives cases of a kind, by which clocks and in which zone: what is set, and what holds where nothing is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from engage.calendars import queries as calendars
from engage.calendars.profiles import Profile
from engage.departments.models import Department
from engage.errors import Refused
from mailbox.kinds import KINDS
from mailbox.machine import Machine
from mailbox.models import Intake


@dataclass(frozen=True)
class InForce:
    """What a case of a kind gets that comes now. `row` is what is set for the kind, None where nothing is."""

    machine: Machine
    row: Intake | None
    unit: Department | None
    family: str
    zone: str


def intakes_in_force(*kinds: str) -> list[InForce]:
    """Return what holds for these kinds, for all where none is named; read anew, not as `register.receiving` keeps it.

    It is what `register_case` goes by: the first unit of the tree, the kind's first family, the zone of the house.
    """
    asked = kinds or tuple(KINDS)
    rows = {row.kind: row for row in Intake.objects.select_related("department").filter(kind__in=asked)}
    first = Department.objects.active().filter(depth=1).first()
    found = []
    for kind in asked:
        row, machine = rows.get(kind), KINDS[kind]
        unit = (row.department if row else None) or first
        family = (row.family if row else "") or machine.families[0]
        found.append(InForce(machine, row, unit, family, (row.zone if row else "") or settings.TIME_ZONE))
    return found


def profile_today(family: str) -> Profile | None:
    """Return the version of a family by which what comes today is counted; None where none is in force."""
    try:
        return calendars.clock_profile_for(family, timezone.localdate())
    except Refused:
        return None
