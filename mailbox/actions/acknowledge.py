"""Saying that a case which was passed on has come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox.access import standing_of
from mailbox.actions.handovers import RECEIVERS
from mailbox.actions.steps import locked_case
from mailbox.models import Handover


@transaction.atomic
def acknowledge_handover(case_id: int, *, actor: Actor, now: datetime) -> Handover:
    """Say for the unit that got a case that it has it, before anybody takes it on. Again: the same.

    Raises Refused("not_allowed"), Refused("handover_settled") when there is nothing to acknowledge.
    """
    case = locked_case(case_id, actor)
    if not standing_of(case, actor) & RECEIVERS:
        raise Refused("not_allowed")
    row = case.handovers.order_by("pk").last()
    if row is None or row.settled_at is not None and row.how != Handover.How.ACKNOWLEDGED:
        raise Refused("handover_settled")
    if row.settled_at is None:
        row.settled_at, row.how = now, Handover.How.ACKNOWLEDGED
        row.settled_by = actor if isinstance(actor, User) else None
        row.save(update_fields=["settled_at", "settled_by", "how"])
        journal.record(actor, "case.handover_acknowledged", case, step=row.step_id)
    return row
