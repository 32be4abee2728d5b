"""Keying in: one case with all that belongs to it, and how it came, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from engage import rows
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.calendars.arithmetic import local_day
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.actions import Envelope
from engage.participation.models import Submission
from mailbox.actions import NewCase
from mailbox.actions.steps import apply_step, locked_case
from mailbox.counter import rules
from mailbox.counter.models import Entry, Way
from mailbox.letterbox import actions as letterbox
from mailbox.models import Case, Intake, StepRecord


@dataclass(frozen=True)
class Received:
    """How something came. `confirmed`: the sender confirmed the receipt today, where the law asks for that."""

    way: str
    on: date
    identity: str
    confirmed: bool = False


def today_at(kind: str, now: datetime) -> date:
    """Return the day it is where a kind of case is received."""
    zone = Intake.objects.filter(kind=kind).values_list("zone", flat=True).first() or settings.TIME_ZONE
    return local_day(now, ZoneInfo(zone))


def moment_of(kind: str, on: date, now: datetime) -> datetime:
    """Return the moment of receipt: now for today, the middle of an earlier day."""
    zone = ZoneInfo(Intake.objects.filter(kind=kind).values_list("zone", flat=True).first() or settings.TIME_ZONE)
    return now if on == local_day(now, zone) else datetime.combine(on, time(12), tzinfo=zone)


@transaction.atomic
def key_in(
    new: NewCase,
    beside: letterbox.Beside,
    envelope: Envelope,
    received: Received,
    *,
    held: str,
    actor: Actor,
    now: datetime,
) -> Case:
    """Register what somebody brought, said or sent on paper. The same token again finds the same case.

    Raises Refused("not_allowed"), Refused("counter_token_used") for a token of something else, what `rules.check_day`
    and `register_case` refuse.
    """
    if not has_role(actor, Role.OFFICER) or not isinstance(actor, User):
        raise Refused("not_allowed")
    known = Submission.objects.filter(token_digest=envelope.digest).first()
    if known is not None:
        return _keyed_in(known.pk, actor)
    rules.check_day(received.way, received.on, today_at(new.kind, now))
    sent = replace(
        envelope, received_at=moment_of(new.kind, received.on, now), channel=rules.CHANNELS[received.way], flagged=False
    )
    made = []

    def enter(case: Case) -> None:
        way, on = Way(received.way), received.on
        rows.write(Entry(case=case, way=way, received_on=on, identity=received.identity, by=actor, at=now))
        made.append(case.pk)

    case = letterbox.send_letter(new, beside, sent, held=held, also=enter, actor=actor)
    if case.pk not in made:
        # The same token came twice at the same moment, and the other post was first.
        return _keyed_in(case.pk, actor)
    journal.record(actor, "counter.keyed_in", case, way=received.way, received_on=received.on.isoformat())
    if case.machine.has("confirm_receipt") and rules.receipt_is_settled(received.way, confirmed=received.confirmed):
        _settle_receipt(case, received, actor, now)
    return Case.objects.select_related("submission", "triage").get(pk=case.pk)


def _keyed_in(case_id: int, actor: User) -> Case:
    """Return the case that the officer has keyed in; Refused("counter_token_used") for one that came otherwise."""
    entry = Entry.objects.filter(case_id=case_id, by=actor).select_related("case__submission").first()
    if entry is None:
        raise Refused("counter_token_used")
    return entry.case


def _settle_receipt(case: Case, received: Received, actor: User, now: datetime) -> None:
    """Record that the day of receipt stands, so that no later confirmation moves it.

    Where the sender confirmed it today the clocks count from today; else they count from the day they have.
    """
    case = locked_case(case.pk, actor) if Case.objects.visible_to(actor).filter(pk=case.pk).exists() else _any(case)
    transition = case.machine.transition("confirm_receipt")
    if received.way == Way.POST:
        apply_step(case, transition, actor=actor, now=now)
        return
    StepRecord.objects.create(
        case=case,
        kind=case.kind,
        code=transition.code,
        from_state=case.state,
        to_state=case.state,
        at=now,
        by=actor,
        stood_as=str(transition.who[0]),
        department=case.triage,
        note=f"{rules.WAY}{received.way}",
        revision=case.revision,
    )


def _any(case: Case) -> Case:
    """An officer of another unit keys in, too: what it becomes is the receiving unit's."""
    return Case.objects.select_for_update().select_related("submission", "triage").get(pk=case.pk)
