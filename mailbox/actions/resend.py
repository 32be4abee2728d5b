"""Sending a notice again, with what that means for the clocks chosen and recorded.

What the house lost never gains it a day: its own clocks keep. A period that runs for the sender may begin anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from mailbox import rules
from mailbox.access import standing_of
from mailbox.actions import clocks
from mailbox.actions.notices import send_notice
from mailbox.actions.steps import check_revision, locked_case
from mailbox.kinds import KINDS
from mailbox.machine import Does, Who
from mailbox.models import Case, CaseClock, Notice, StepRecord

KEEP, RESTART = "keep", "restart"
LOST_BY_US, NOT_ARRIVED, ASKED = "LOST_BY_US", "NOT_ARRIVED", "ASKED_AGAIN"
CAUSES = (LOST_BY_US, NOT_ARRIVED, ASKED)


@transaction.atomic
def resend_notice(
    case_id: int,
    notice_id: int,
    *,
    cause: str,
    clock: str,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> StepRecord:
    """Send a notice of a case once more. `clock`: "keep" leaves every clock as it is; "restart" counts what the notice
    began from today.

    Raises Refused("not_allowed"), Refused("case_moved"), Refused("resend_choice_missing") without both choices,
    Refused("resend_keeps") for a clock of the house begun anew by what the house lost, Refused("resend_no_clock") when
    the notice began none that runs, Notice.DoesNotExist.
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    if cause not in CAUSES or clock not in (KEEP, RESTART):
        raise Refused("resend_choice_missing")
    notice = Notice.objects.select_related("step").get(pk=notice_id, case=case)
    notice.case = case
    moved = _restart(case, notice, cause, now) if clock == RESTART else []
    case.revision += 1
    clocks.show_at_desk(case)
    case.save()
    record = StepRecord.objects.create(
        case=case,
        kind=case.kind,
        code=rules.RESEND,
        from_state=case.state,
        to_state=case.state,
        at=now,
        by=actor if isinstance(actor, User) else None,
        stood_as=next(str(who) for who in (Who.CLERK, Who.LEAD) if who in standing_of(case, actor)),
        department=case.desk,
        reason=cause,
        # A code and no words: `mailbox.words.step_note` says it in the language of who reads the file.
        note=f"{notice.content['number']}: {clock}",
        revision=case.revision,
    )
    timeline.add(case.submission, "case.resent", at=now, number=notice.content["number"])
    journal.record(actor, "case.notice_resent", case, notice=notice.pk, cause=cause, clock=clock, clocks=moved)
    send_notice(notice)
    return record


def began_by(case: Case, notice: Notice) -> list[CaseClock]:
    """List the clocks that began with the step of a notice and still run."""
    step = notice.step
    if step is None or step.kind not in KINDS or not KINDS[step.kind].has(step.code):
        return []
    effects = KINDS[step.kind].transition(step.code).effects
    targets = {effect.target for effect in effects if effect.does is Does.START}
    return [clock for clock in clocks.open_clocks(case) if clock.target in targets]


def _restart(case: Case, notice: Notice, cause: str, now: datetime) -> list[str]:
    begun = began_by(case, notice)
    if not begun:
        raise Refused("resend_no_clock")
    if cause == LOST_BY_US:
        begun = [clock for clock in begun if clock.target in case.machine.targets_of_sender]
        if not begun:
            raise Refused("resend_keeps")
    for clock in begun:
        clocks.restart(case, clock, now=now)
    return [clock.target for clock in begun]
