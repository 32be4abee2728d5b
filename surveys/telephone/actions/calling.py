"""Calling: a number that was given out is held, called, and given back with what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.models import Response
from surveys.telephone import queue, rules
from surveys.telephone.access import check_interviewer
from surveys.telephone.actions.silencing import silence_index
from surveys.telephone.models import CallAppointment, CallAttempt, SampleNumber, Seat, TelephoneStudy
from surveys.telephone.planning import read_case, who, write_plan
from surveys.telephone.rules.outcomes import PROMISES

# So long a number stays in somebody's hands without a sign of life; every page of the script is one.
HOLD = timedelta(minutes=30)
NOTE_MOST = 2_000
INTERVIEWS = frozenset({"1.1", "1.2"})
_SALT = "telephone hold"


@dataclass(frozen=True)
class Ticket:
    """That a number was given to somebody: signed, so that a call that is reported late can still be believed."""

    number: uuid.UUID
    hold: uuid.UUID
    interviewer: int
    began_at: datetime

    def signed(self) -> str:
        """As text for a form."""
        parts = [self.number.hex, self.hold.hex, self.interviewer, self.began_at.isoformat()]
        return signing.dumps(parts, salt=_SALT, compress=True)

    @classmethod
    def read(cls, text: str) -> Ticket:
        """Read what `signed` wrote; raises Refused("telephone_ticket_invalid")."""
        try:
            number, hold, interviewer, began = signing.loads(text[:1_000], salt=_SALT)
        except signing.BadSignature:
            raise Refused("telephone_ticket_invalid") from None
        return cls(uuid.UUID(number), uuid.UUID(hold), interviewer, datetime.fromisoformat(began))


@dataclass(frozen=True)
class Outcome:
    """What came of a call. `call_back` goes with the appointment codes; `anybody` may keep it."""

    code: str
    note: str = ""
    call_back: datetime | None = None
    anybody: bool = False
    do_not_call: bool = False


def ticket_of(number: SampleNumber, *, now: datetime) -> Ticket:
    """Return the ticket of a number in hand, for a call that begins now."""
    assert number.hold is not None and number.held_by_id is not None
    return Ticket(number.key, number.hold, number.held_by_id, now)


def _seat(study: TelephoneStudy, interviewer: User, now: datetime) -> Seat:
    """Return the interviewer's seat, locked: two requests of one person wait for one another."""
    seats = Seat.objects.select_for_update().filter(study=study, interviewer=interviewer)
    seat = seats.first()
    if seat is None:
        Seat.objects.get_or_create(study=study, interviewer=interviewer, defaults={"seen_at": now})
        seat = seats.get()
    seat.seen_at = now
    seat.save(update_fields=["seen_at"])
    return seat


@transaction.atomic
def prolong(ticket: Ticket, *, actor: Actor, now: datetime) -> bool:
    """Hold a number on; tells whether it was still held by this ticket. Raises Refused("not_allowed")."""
    interviewer = check_interviewer(actor)
    until = now + HOLD
    held = SampleNumber.objects.filter(key=ticket.number, hold=ticket.hold, held_by=interviewer)
    studies = held.values("study")
    Seat.objects.filter(study__in=studies, interviewer=interviewer).update(seen_at=now)
    # What was called for good meanwhile (do not call) stays out of the queue.
    held.filter(due_at__isnull=False).update(due_at=until)
    return bool(held.update(held_until=until))


@transaction.atomic
def give_back(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Put a number back that was not called: its plan is what it was. Raises Refused("not_allowed").

    Where the ticket holds it no more, nothing happens.
    """
    interviewer = check_interviewer(actor)
    held = SampleNumber.objects.filter(key=ticket.number, hold=ticket.hold, held_by=interviewer)
    number = held.select_for_update(of=("self",)).select_related("study").first()
    if number is None:
        return
    _free(number)
    write_plan(number, number.study)
    journal.record(actor, "telephone.number_given_back", number, at=now.isoformat())


@transaction.atomic
def finish_call(
    attempt_id: uuid.UUID,
    ticket: Ticket,
    outcome: Outcome,
    *,
    response: Response | None = None,
    actor: Actor,
    now: datetime,
) -> CallAttempt:
    """Keep what came of a call, and when the number is called next. The same id again returns the first.

    A call counts also when its hold had ended: calls that were made are facts. It is then put where it belongs in
    time, and marked when somebody else had the number. Raises Refused: not_allowed, telephone_ticket_invalid (of
    another number or person), disposition_not_for_calls, appointment_missing, appointment_unasked, appointment_past,
    appointment_too_far, appointment_closed, telephone_interview_missing (an interview without answers),
    telephone_note_too_long.
    """
    interviewer = check_interviewer(actor)
    number = (
        SampleNumber.objects.select_for_update(of=("self",)).select_related("study").filter(key=ticket.number).first()
    )
    if number is None or ticket.interviewer != interviewer.pk:
        raise Refused("telephone_ticket_invalid")
    if known := CallAttempt.objects.filter(pk=attempt_id).first():
        if known.number_id != number.pk or known.interviewer_id != interviewer.pk:
            raise Refused("telephone_ticket_invalid")
        return known
    study = number.study
    promise = _promise(outcome, number, interviewer, study, now)
    code = rules.check_code(outcome.code)
    if (code in INTERVIEWS) != (response is not None):
        raise Refused("telephone_interview_missing")
    if len(outcome.note) > NOTE_MOST:
        raise Refused("telephone_note_too_long", most=NOTE_MOST)
    rules.record(read_case(number), rules.Attempt(now, code, who(interviewer.pk)), promise)
    mine = number.hold == ticket.hold and number.held_by_id == interviewer.pk
    attempt = CallAttempt.objects.create(
        id=attempt_id,
        number=number,
        code=code,
        interviewer=interviewer,
        began_at=min(ticket.began_at, now),
        ended_at=now,
        note=outcome.note.strip(),
        hold=ticket.hold,
        is_late=not mine,
        response=response,
    )
    CallAppointment.objects.filter(number=number, is_open=True).update(is_open=False)
    if promise is not None:
        CallAppointment.objects.create(
            number=number, attempt=attempt, at=promise.at, interviewer=None if outcome.anybody else interviewer
        )
    if mine:
        _free(number)
    write_plan(number, study, not_before=None if mine or number.held_by_id is None else number.held_until)
    if number.final and number.sheet:
        number.sheet = ""
        number.save(update_fields=["sheet"])
    journal.record(actor, "telephone.call_finished", number, code=code, attempt=str(attempt_id), late=not mine)
    if outcome.do_not_call:
        silence_index(study, number.index, everywhere=False, actor=actor, now=now)
    return attempt


def _promise(
    outcome: Outcome, number: SampleNumber, interviewer: User, study: TelephoneStudy, now: datetime
) -> rules.Appointment | None:
    if outcome.call_back is None:
        return None
    promise = rules.Appointment(outcome.call_back, "" if outcome.anybody else who(interviewer.pk))
    if outcome.code in PROMISES:
        rules.check_appointment(promise, ZoneInfo(number.zone), now, study.call_rules)
    return promise


def _free(number: SampleNumber) -> None:
    number.held_by, number.held_until, number.hold = None, None, None
    number.save(update_fields=["held_by", "held_until", "hold"])


@transaction.atomic
def pause(study_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a break: no number is given until `resume`. A number in hand goes back to the queue."""
    interviewer = check_interviewer(actor)
    study = TelephoneStudy.objects.visible_to(actor).get(pk=study_id)
    seat = _seat(study, interviewer, now)
    seat.paused_at = seat.paused_at or now
    seat.save(update_fields=["paused_at"])
    if held := queue.in_hand(study, interviewer, now):
        give_back(ticket_of(held, now=now), actor=actor, now=now)
    journal.record(actor, "telephone.paused", study)


@transaction.atomic
def resume(study_id: int, *, actor: Actor, now: datetime) -> None:
    """Go on after a break."""
    interviewer = check_interviewer(actor)
    study = TelephoneStudy.objects.visible_to(actor).get(pk=study_id)
    seat = _seat(study, interviewer, now)
    seat.paused_at = None
    seat.save(update_fields=["paused_at"])
    journal.record(actor, "telephone.resumed", study)
