"""Taking a step back, for ten seconds: nothing about it has left the house by then, and nobody has built upon it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox import rules
from mailbox.actions import handovers, held
from mailbox.actions.steps import locked_case, say_held
from mailbox.desk.models import HeldStep
from mailbox.models import Approval, Case, CoConsultation, Draft, StepRecord


@transaction.atomic
def undo_step(case_id: int, *, actor: Actor, now: datetime, revision: int) -> Case:
    """Take back the step that brought a case to `revision`: the case and its clocks are as before, both stay on record.

    Only who took it may, until the time is over and as long as nothing else happened to the case. The case may have
    left that officer's sight with the step. Raises Refused("undo_too_late").
    """
    row = HeldStep.objects.filter(case_id=case_id, by_id=actor.pk).first() if actor.pk is not None else None
    if row is None:
        raise Refused("undo_too_late")
    case = locked_case(case_id, SYSTEM)
    # Read again under the lock: the worker may have told the sender meanwhile.
    row = HeldStep.objects.select_related("record").filter(case=case, by_id=actor.pk, until__gt=now).first()
    if row is None or row.record.revision != revision or case.revision != revision:
        raise Refused("undo_too_late")
    undone, after = row.record, case.state
    _take_back_beside(row.said.get("beside", {}))
    held.put_back(case, row)
    handovers.undo(undone)
    case.revision += 1
    case.save()
    StepRecord.objects.create(
        case=case,
        kind=case.kind,
        code=rules.UNDONE,
        from_state=after,
        to_state=case.state,
        at=now,
        by=actor if isinstance(actor, User) else None,
        stood_as=undone.stood_as,
        department_id=undone.department_id,
        reason=undone.code,
        revision=case.revision,
    )
    HeldStep.objects.filter(pk=case.pk).delete()
    journal.record(actor, "case.step_undone", case, step=undone.code, before=after, after=case.state)
    return case


def _take_back_beside(beside: Mapping[str, Any]) -> None:
    """Take back what a step wrote besides itself; Refused("undo_too_late") where somebody went on with it."""
    if "asked" in beside:
        asked = CoConsultation.objects.filter(pk=beside["asked"], state=CoConsultation.State.OPEN)
        if not asked.delete()[0]:
            raise Refused("undo_too_late")
    if "returned" in beside:
        as_returned = {"pk": beside["returned"], "revision": beside["revision"], "state": Draft.State.WRITING}
        if not Draft.objects.filter(**as_returned).update(state=Draft.State.APPROVAL):
            raise Refused("undo_too_late")
        waiting = {"decision": Approval.Decision.WAITING, "at": None, "by": None, "note": ""}
        Approval.objects.filter(pk__in=beside["places"]).update(**waiting)


def tell_held(*, now: datetime, limit: int = 200) -> int:
    """Tell the senders of steps that can no longer be taken back, each in its own transaction; returns how many."""
    over = HeldStep.objects.filter(until__lte=now).order_by("until", "pk")
    return sum(_tell(case_id, now) for case_id in over.values_list("case_id", flat=True)[:limit])


@transaction.atomic
def _tell(case_id: int, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    if not HeldStep.objects.filter(case=case, until__lte=now).exists():  # told by another worker, or taken back
        return 0
    say_held(case)
    return 1
