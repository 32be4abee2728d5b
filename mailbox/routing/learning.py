"""The suggester of today: units and duties as they are, and the newest model whose bytes are what was stored."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from engage.accounts.actors import SYSTEM
from engage.departments.models import Department, Duty
from engage.journal import actions as journal
from mailbox.kinds import KINDS
from mailbox.machine import Phase
from mailbox.models import Case, Message
from mailbox.routing.letters import TEXT_MOST, Letter
from mailbox.routing.models import RouteModel, RouteSwitch
from mailbox.routing.rules import DutyItem, Office, numbered

# The suggester brings numpy and scipy: imported by who asks it or teaches it, not by every process that starts.
if TYPE_CHECKING:
    from mailbox.routing.suggester import Suggester

logger = logging.getLogger(__name__)
LETTERS_MOST = 10_000
KEPT_VERSIONS = 5
EVERY = timedelta(days=1)
# Kinds that go from a receiving unit to the unit in charge.
PASSED_ON = tuple(code for code, machine in KINDS.items() if machine.has("route") or machine.has("transfer"))

_loaded: dict[tuple[int, tuple[Office, ...]], Suggester] = {}
_lock = threading.Lock()


def offices() -> tuple[Office, ...]:
    """Return the units in service with their names and duties, in the order of the tree."""
    duties: dict[int, list[DutyItem]] = {}
    for unit, position, zh, en in Duty.objects.values_list("department", "position", "text_zh", "text_en"):
        duties.setdefault(unit, []).append(numbered(position, (zh, en)))
    return tuple(
        Office(str(pk), tuple(name for name in (zh, en) if name), tuple(duties.get(pk, ())))
        for pk, zh, en in Department.objects.active().values_list("pk", "name_zh", "name_en")
    )


def switch() -> RouteSwitch:
    """Return what is switched on."""
    return RouteSwitch.objects.filter(pk=1).first() or RouteSwitch(pk=1)


def suggester() -> tuple[Suggester, int | None]:
    """Return the suggester and the version of its model; by the rules alone where none is whole or it is off."""
    from mailbox.routing.suggester import by_rules

    here = offices()
    newest = RouteModel.objects.order_by("-pk").values_list("pk", flat=True).first() if switch().learns else None
    if newest is None:
        return by_rules(here), None
    with _lock:
        found = _loaded.get((newest, here))
        if found is None:
            found = _load(newest, here)
            if found is None:
                return by_rules(here), None
            _loaded.clear()
            _loaded[newest, here] = found
    return found, newest


def _load(pk: int, here: tuple[Office, ...]) -> Suggester | None:
    from mailbox.routing.suggester import BrokenModel, from_bytes

    row = RouteModel.objects.get(pk=pk)
    try:
        return from_bytes(bytes(row.content), row.sha256, here)
    except BrokenModel as fault:
        logger.error("route model %s is not used: %s", pk, fault)
        return None


def letters_to_learn_from() -> list[tuple[Letter, str]]:
    """Return the newest letters that are answered or over, with the unit that took each on and kept it."""
    first = Message.objects.filter(case=OuterRef("pk"), direction=Message.Direction.IN).order_by("at", "pk")
    rows = (
        Case.objects.filter(
            kind__in=PASSED_ON,
            phase__in=[Phase.DONE.value, Phase.CLOSED.value],
            suspect=False,
            forgotten_at=None,
            lead__active=True,
            steps__code="accept",
            steps__department=F("lead"),
            merged_into=None,
        )
        .order_by("-submission_id")
        .distinct()
        .values_list("title", Subquery(first.values("text")[:1]), "lead")[:LETTERS_MOST]
    )
    return [(Letter(title, (text or "")[:TEXT_MOST]), str(lead)) for title, text, lead in reversed(rows)]


def learn(*, now: datetime) -> RouteModel | None:
    """Make a new version where the last is a day old and there is enough to learn from."""
    newest = RouteModel.objects.order_by("-pk").values_list("made_at", flat=True).first()
    if not switch().learns or (newest is not None and now - newest < EVERY):
        return None
    from mailbox.routing.suggester import to_bytes, train

    rows = letters_to_learn_from()
    known = [label for _letter, label in rows]
    found = train([letter for letter, _label in rows], known, offices())
    if found.learned is None:
        return None
    content, sha256 = to_bytes(found)
    with transaction.atomic():
        row = RouteModel.objects.create(
            made_at=now, content=content, sha256=sha256, letters=len(rows), offices=len(set(known))
        )
        kept = RouteModel.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT_VERSIONS]
        RouteModel.objects.exclude(pk__in=list(kept)).delete()
        journal.record(SYSTEM, "route_model.made", row, letters=len(rows), sha256=sha256)
    return row
