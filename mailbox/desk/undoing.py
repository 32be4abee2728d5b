"""What can be taken back for ten seconds, whichever page of the desk it was done on: plain entries, taken back in turn.

An entry is a list of plain values that begins with its sort. Steps are taken back by the engine (`actions.undo`); what
is no step has its own opposite, which is refused when the case was touched since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from engage.accounts.models import User
from engage.errors import Refused
from mailbox import actions
from mailbox.desk import actions as desk
from mailbox.desk.models import HeldStep
from mailbox.models import Case

Entry = list[Any]


def of_step(case: Case) -> Entry | None:
    """Return the entry of the step that was taken just now; None for one that cannot be taken back."""
    held = HeldStep.objects.filter(case=case, record__revision=case.revision).exists()
    return ["step", case.pk, case.revision] if held else None


def of_last_step(pk: int) -> Entry | None:
    """Return the entry of the last step of a case as `of_step`."""
    return of_step(Case.objects.get(pk=pk))


def of_owner(before: int | None, case: Case) -> Entry:
    """Return the entry of a case that was given to somebody."""
    return ["owner", case.pk, case.revision, before]


def of_suspicion(case: Case) -> Entry:
    """Return the entry of a case that was put among spam or taken out of it."""
    return ["suspect", case.pk, case.revision, not case.suspect]


def of_snooze(pk: int) -> Entry:
    """Return the entry of a case that was put away."""
    return ["snooze", pk]


def of_tag(pk: int, tag: int) -> Entry:
    """Return the entry of a case that was put into a group."""
    return ["tag", pk, tag]


def payload(entries: Sequence[Entry | None]) -> dict[str, Any] | None:
    """Return what an undo keeps; None when one of the things cannot be taken back."""
    known = [one for one in entries if one is not None]
    return {"back": known} if known and len(known) == len(entries) else None


def take_back(actor: User, kept: Mapping[str, Any]) -> str:
    """Take everything back, all or nothing. Raises Refused("undo_too_late") where something moved on."""
    now = timezone.now()
    for entry in kept["back"]:
        take_back_one(actor, entry, now=now)
    return gettext("Taken back.")


def take_back_one(actor: User, entry: Entry, *, now: datetime) -> None:
    """Take one thing back. Raises Refused("undo_too_late") where it moved on, and as its opposite does."""
    sort, pk, *rest = entry
    try:
        if sort == "step":
            actions.undo_step(pk, revision=rest[0], actor=actor, now=now)
        elif sort == "owner":
            actions.assign_case(pk, to=rest[1], actor=actor, now=now, revision=rest[0])
        elif sort == "suspect":
            actions.mark_suspect(pk, suspect=rest[1], actor=actor, revision=rest[0])
        elif sort == "snooze":
            desk.wake_case(pk, actor=actor)
        else:
            actions.untag_case(pk, rest[0], actor=actor)
    except Case.DoesNotExist:
        raise Refused("undo_too_late") from None
