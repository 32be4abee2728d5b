"""Every write about a running call: its close moves, it is withdrawn; always with a reason that the public reads."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from consultations import actions as consultations
from consultations import rules
from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.outcomes.models import Outcome
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal


@transaction.atomic
def extend_call(
    call_id: int, *, closes_at: datetime, reason_zh: str, reason_en: str, now: datetime, actor: Actor
) -> Extension:
    """Move the close of a coming or open call to a later moment.

    Raises Refused("not_allowed") and the refusals of `rules.check_extension`.
    """
    call = _locked(call_id, actor)
    rules.check_extension(
        call.opens_at,
        call.closes_at,
        closes_at,
        now,
        reasons=(reason_zh, reason_en),
        withdrawn_at=call.withdrawn_at,
    )
    extension = Extension.objects.create(
        consultation=call,
        at=now,
        closed_before=call.closes_at,
        closes_after=closes_at,
        reason_zh=reason_zh.strip(),
        reason_en=reason_en.strip(),
        by=actor if isinstance(actor, User) else None,
    )
    call.closes_at = closes_at
    call.save(update_fields=["closes_at"])
    journal.record(
        actor,
        "call.extended",
        call,
        closed_before=extension.closed_before.isoformat(),
        closes_after=closes_at.isoformat(),
        reason_zh=extension.reason_zh,
        reason_en=extension.reason_en,
    )
    return extension


@transaction.atomic
def withdraw_call(call_id: int, *, reason_zh: str, reason_en: str, now: datetime, actor: Actor) -> Consultation:
    """Withdraw a call for good; its page stays and says why. A second time changes nothing.

    Raises Refused("not_allowed"), Refused("public_reason_missing"), Refused("call_answered").
    """
    call = _locked(call_id, actor)
    if call.withdrawn_at is not None:
        return call
    rules.check_reasons((reason_zh, reason_en))
    if Outcome.objects.filter(consultation=call, state=Outcome.State.PUBLISHED).exists():
        raise Refused("call_answered")
    call.withdrawn_at = now
    call.withdrawn_reason_zh, call.withdrawn_reason_en = reason_zh.strip(), reason_en.strip()
    call.save(update_fields=["withdrawn_at", "withdrawn_reason_zh", "withdrawn_reason_en"])
    journal.record(
        actor, "call.withdrawn", call, reason_zh=call.withdrawn_reason_zh, reason_en=call.withdrawn_reason_en
    )
    if page := call.pages.first():
        consultations.index_call(page)
    return call


def _locked(call_id: int, actor: Actor) -> Consultation:
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    return Consultation.objects.select_for_update().get(pk=call_id)
