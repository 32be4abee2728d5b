"""From one unit to another: each time a case is passed on, the other unit says that it has it, or the alarm goes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from engage.calendars import queries as calendars
from engage.departments.models import Department
from mailbox import rules
from mailbox.actions import clocks
from mailbox.machine import Hands, Phase, Transition, Who
from mailbox.models import Case, Handover, StepRecord

RECEIVERS = frozenset({Who.LEAD, Who.APPROVER})


def undo(record: StepRecord) -> None:
    """Bring the handovers of a case back to where they were before a step that is taken back."""
    Handover.objects.filter(step=record).delete()
    Handover.objects.filter(case_id=record.case_id, settled_at=record.at).update(
        settled_at=None, settled_by=None, how=""
    )


def follow(
    case: Case, transition: Transition, record: StepRecord, *, came_from: Department | None, now: datetime
) -> None:
    """Keep the handover of a case in step with a step that was taken, inside its transaction.

    Whatever the unit that got the case does with it says that it has it. A case that goes on or ends before that
    leaves nothing to acknowledge.
    """
    if record.stood_as in RECEIVERS or transition.hands is not None or case.state_of.phase is Phase.CLOSED:
        how = Handover.How.ENDED
        if record.stood_as in RECEIVERS:
            how = Handover.How.SENT_BACK if transition.hands is Hands.TRIAGE else Handover.How.TAKEN
        Handover.objects.filter(case=case, settled_at=None).update(settled_at=now, settled_by=record.by, how=how)
    if transition.hands is Hands.LEAD and case.lead is not None and case.lead != came_from:
        today = clocks.today_of(case, now)
        Handover.objects.create(
            case=case,
            step=record,
            sender=came_from,
            receiver=case.lead,
            at=now,
            due=calendars.work_calendar(settings.WORK_CALENDAR).add(today, rules.HANDOVER_WORKDAYS),
        )
