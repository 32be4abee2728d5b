"""How a case begins: from a form, at the counter, from a channel, from a petition; and what its sender adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from engage import rows
from engage.accounts.actors import Actor, Role, has_role, is_staff
from engage.accounts.models import User
from engage.calendars.arithmetic import local_day
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import cases as port
from engage.participation import timeline
from engage.participation.models import Contact, Submission
from engage.participation.receipts import enqueue_receipt_mail
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email
from engage.settled import Settled
from mailbox import rules
from mailbox.access import standing_of, unit_above
from mailbox.actions import clocks
from mailbox.actions.steps import check_revision, locked_case
from mailbox.desk.models import LateWords
from mailbox.kinds import KINDS, kind_of
from mailbox.machine import Machine, Phase, Who
from mailbox.models import Case, Intake, Message, Party, StepRecord


@dataclass(frozen=True)
class Representative:
    """One of the people who speak for a joint petition."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NewCase:
    """What is asked for. `family` chooses among the kind's clocks, empty: as the receiving unit has set it.

    `department` is the unit the case is meant for, where the sender or the counter said so; it still passes the
    receiving unit. `barred` is the unit a report accuses. `people` join in a grievance, the named ones among them.
    """

    kind: str
    text: str
    title: str = ""
    url: str = ""
    family: str = ""
    may_publish: bool = False
    people: int = 1
    representatives: Sequence[Representative] = field(default_factory=tuple)
    barred: int | None = None


def register_case(
    new: NewCase,
    envelope: participation.Envelope,
    *,
    actor: Actor,
    beside: Callable[[Case], None] | None = None,
    aside: Callable[[], None] | None = None,
) -> Case:
    """Open a case: one submission, one receipt, its clocks from the moment of receipt. A repeated token finds it.

    `beside` writes what else comes with a new case, in the same transaction; it must read nothing of it back.
    `aside` is called in it, too, and changes rows by `rows.change` and `rows.remove` alone.

    Raises Refused("case_kind_unknown"), Refused("case_kind_closed") for a kind that the actor cannot open,
    Refused("case_text_missing"), Refused("case_text_too_long"), Refused("case_identity_missing") where the law needs a
    name, Refused("too_many_representatives", most=...), Refused("people_too_few"), Refused("department_gone").
    """
    machine = KINDS.get(new.kind)
    if machine is None:
        raise Refused("case_kind_unknown", kind=new.kind)
    text, title = _checked(new, machine, envelope, actor)

    made: list[Case] = []

    def create() -> Submission:
        intake, triage = receiving(machine.code)
        triage = not_accused(triage, new.barred)
        submission = participation.open_submission(
            machine.code, envelope, actor=actor, department_id=triage.pk if triage else None
        )
        case = write_case(
            submission,
            machine,
            intake=intake,
            triage=triage,
            new=new,
            title=title or first_words(text),
            text=text,
            actor=actor,
        )
        enqueue_receipt_mail(submission, envelope.code, case.title)
        if beside is not None:
            beside(case)
        if aside is not None:
            aside()
        made.append(case)
        return submission

    alone = beside is None and not new.representatives
    submission = participation.once(envelope, create, together=True, alone=alone)
    # What was made is not what stands there when the same token came twice at the same moment.
    if made and made[0].pk == submission.pk:
        return made[0]
    return Case.objects.select_related("submission", "triage", "lead").get(pk=submission.pk)


def _receiving(kind: str) -> tuple[Intake | None, Department | None]:
    intake = Intake.objects.select_related("department").filter(kind=kind).first()
    return intake, (intake.department if intake else None) or Department.objects.active().filter(depth=1).first()


def not_accused(triage: Department | None, barred: int | None) -> Department | None:
    """Return who receives a case: never the unit that it accuses or one below it, but the next above.

    Where the whole house is accused its administrators alone see the case.
    """
    accused = Department.objects.filter(pk=barred).first() if barred is not None else None
    if triage is None or accused is None or not triage.path.startswith(accused.path):
        return triage
    return unit_above(accused)


# Who receives cases of a kind, and the unit they come to.
receiving = Settled(_receiving, Intake, Department)


def _checked(new: NewCase, machine: Machine, envelope: participation.Envelope, actor: Actor) -> tuple[str, str]:
    if Who.CITIZEN not in machine.opened_by and is_staff(actor) is False:
        raise Refused("case_kind_closed", kind=machine.code)
    text = rules.check_length(new.text, rules.TEXT_MOST)
    title = " ".join(rules.check_length(new.title, rules.TITLE_MOST).split())
    if not text:
        raise Refused("case_text_missing")
    if new.family and new.family not in machine.families:
        raise Refused("clock_profile_unknown", profile=new.family)
    if machine.needs_identity and not envelope.name and not envelope.channel.startswith("import:"):
        raise Refused("case_identity_missing", kind=machine.code)
    if len(new.representatives) > machine.most_representatives:
        raise Refused("too_many_representatives", most=machine.most_representatives)
    if new.barred is not None and not Department.objects.filter(pk=new.barred).exists():
        raise Refused("department_gone")
    if new.people < max(1, len(new.representatives)):
        raise Refused("people_too_few", n=len(new.representatives))
    return text, title


def first_words(text: str) -> str:
    """Return a title for a letter without one: its first line, cut."""
    line = text.split("\n", 1)[0].strip()
    return line if len(line) <= 60 else f"{line[:59]}…"


def write_case(
    submission: Submission,
    machine: Machine,
    *,
    intake: Intake | None,
    triage: Department | None,
    new: NewCase,
    title: str,
    text: str,
    actor: Actor,
    zone: str = "",
) -> Case:
    """Write the rows of a new case inside the transaction that wrote its submission."""
    zone = zone or (intake.zone if intake else "") or settings.TIME_ZONE
    family = new.family or (intake.family if intake else "") or machine.families[0]
    case = rows.new(
        Case,
        submission=submission,
        kind=machine.code,
        state=machine.initial,
        phase=Phase.NEW.value,
        title=title,
        received_at=submission.received_at,
        zone=zone,
        family=family,
        triage_id=triage.pk if triage else None,
        desk_id=triage.pk if triage else None,
        barred_id=new.barred,
        suspect=submission.flagged,
        may_publish=new.may_publish,
        people=new.people,
        state_since=submission.received_at,
    )
    # Counted before it is written: one row for the case and one in the tally of the desk, not two and three.
    opening = [clocks.new_clock(case, effect, now=submission.received_at) for effect in machine.opening]
    running = [clock for clock in opening if clock is not None]
    clocks.show_clocks(case, running)
    letter = rows.new(
        Message,
        case=case,
        direction=Message.Direction.IN.value,
        text=text,
        language=submission.language,
        url=new.url,
        at=submission.received_at,
        by=actor if isinstance(actor, User) and has_role(actor, Role.OFFICER) else None,
    )
    rows.write(case, *running, letter, *(row for begin in _beginnings for row in begin(case, text)))
    for position, person in enumerate(new.representatives):
        rows.write(Party(case=case, contact=_contact(person, submission), position=position + 1))
    return case


_beginnings: list[Callable[[Case, str], Iterable[Model]]] = []


def register_beginning(begin: Callable[[Case, str], Iterable[Model]]) -> None:
    """Let a room keep rows of its own from the beginning of every case: `begin(case, text)` makes them, stores none."""
    _beginnings.append(begin)


def _contact(person: Representative, submission: Submission) -> Contact:
    email = normalised_email(person.email)
    return Contact.objects.create(
        name=person.name,
        email=person.email.strip(),
        phone=person.phone,
        email_index=blind_index("email", email) if email else "",
        delete_after=retention_end(submission.received_at, settings.CONTACT_RETENTION_DAYS),
    )


def open_from_channel(envelope: participation.Envelope, letter: port.Letter, actor: Actor) -> Submission:
    """The opener of `participation.cases`: what people wrote on another way becomes an enquiry, its channel kept."""
    new = NewCase(kind="enquiry", text=letter.text, title=letter.title[: rules.TITLE_MOST], url=letter.url)
    return register_case(new, envelope, actor=actor).submission


@transaction.atomic
def add_message(case_id: int, text: str, *, actor: Actor, now: datetime) -> Message:
    """Let the sender add to a case, or note what the sender said; allowed until it is closed.

    Raises Refused("case_closed"), Refused("case_text_missing"), Refused("not_allowed").
    """
    case = locked_case(case_id, actor)
    standing = standing_of(case, actor)
    if not standing & {Who.CITIZEN, Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    if case.state_of.phase is Phase.CLOSED:
        raise Refused("case_closed", kind=case.kind, state=case.state)
    words = rules.check_length(text, rules.TEXT_MOST)
    if not words:
        raise Refused("case_text_missing")
    message = Message.objects.create(
        case=case,
        direction=Message.Direction.IN,
        text=words,
        language=case.submission.language,
        at=now,
        by=actor if isinstance(actor, User) else None,
    )
    case.revision += 1
    case.save(update_fields=["revision"])
    timeline.add(case.submission, "case.added", at=now)
    journal.record(actor, "case.added", case, length=len(words))
    if Who.CITIZEN in standing:
        note_late_words(case, now)
    return message


def note_late_words(case: Case, now: datetime) -> None:
    """Let somebody see what came to a case that lies on nobody's desk."""
    if not case.at_desk:
        LateWords.objects.get_or_create(case=case, defaults={"at": now})


@transaction.atomic
def mark_suspect(case_id: int, *, suspect: bool, actor: Actor, revision: int | None = None) -> Case:
    """Put a case among what looks like spam, or take it out again. Its clocks run on: nobody's letter stops by a guess.

    Raises Refused("not_allowed"), Refused("case_moved").
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    if case.suspect != suspect:
        case.suspect = suspect
        case.revision += 1
        case.save(update_fields=["suspect", "revision"])
        StepRecord.objects.create(
            case=case,
            kind=case.kind,
            code=rules.SUSPECT if suspect else rules.TRUST,
            from_state=case.state,
            to_state=case.state,
            at=timezone.now(),
            by=actor if isinstance(actor, User) else None,
            stood_as=next(str(who) for who in (Who.CLERK, Who.LEAD) if who in standing_of(case, actor)),
            department=case.desk,
            revision=case.revision,
        )
        journal.record(actor, "case.suspected" if suspect else "case.trusted", case)
    return case


@transaction.atomic
def set_intake(kind: str, *, department_id: int | None, family: str = "", zone: str = "", actor: Actor) -> Intake:
    """Set who receives cases of a kind and by which clocks; what was received before keeps its own.

    What is empty is as the house has it. The journal keeps what stood before; setting the same again records nothing.
    Raises Refused("not_allowed"), Refused("case_kind_unknown"), Refused("department_gone"),
    Refused("clock_profile_unknown"), Refused("zone_unknown").
    """
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    if kind not in KINDS:
        raise Refused("case_kind_unknown", kind=kind)
    if family and family not in kind_of(kind).families:
        raise Refused("clock_profile_unknown", profile=family)
    if department_id is not None and not Department.objects.active().filter(pk=department_id).exists():
        raise Refused("department_gone")
    if zone:
        local_day_is_known(zone)
    # The first who sets a kind makes its row; whoever comes at the same moment waits for it.
    row, is_new = Intake.objects.get_or_create(kind=kind)
    if not is_new:
        row = Intake.objects.select_for_update().get(pk=kind)
    before = {"department": row.department_id, "family": row.family, "zone": row.zone}
    after = {"department": department_id, "family": family, "zone": zone}
    if before != after:
        row.department_id, row.family, row.zone = department_id, family, zone
        row.save()
        journal.record(actor, "intake.set", row, **after, before=before)
    return row


def local_day_is_known(zone: str) -> None:
    """Refused("zone_unknown") for a name that is no time zone."""
    try:
        local_day(datetime.now(tz=ZoneInfo(zone)), ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise Refused("zone_unknown", zone=zone) from None
