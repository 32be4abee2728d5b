"""From a draft over its approval to the answer: nothing leaves that was not approved word for word, and once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from engage.accounts.actors import SYSTEM, Actor, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox import rules
from mailbox.access import holds_role_in, standing_of
from mailbox.actions import clocks, held
from mailbox.actions.steps import Given, apply_step, check_allowed, check_revision, locked_case
from mailbox.desk.models import LateWords
from mailbox.machine import Who
from mailbox.models import Absence, Approval, Case, Draft, DraftVersion, Message, StepRecord
from mailbox.queries.published import published_lines

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DraftWords:
    """What an author writes. `result` is a code of the kind's results where it has any."""

    text: str
    basis: str = ""
    cites: tuple[str, ...] = ()
    result: str = ""


@transaction.atomic
def save_draft(
    case_id: int,
    words: DraftWords,
    *,
    shared: bool = True,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    take: bool = False,
) -> Draft:
    """Keep the shared draft of a case, or one's own private one. `revision` is the draft's, as the author last saw it.

    Who keeps the shared one holds it for `DRAFT_HELD_SECONDS` more; `take` takes it over from who holds it.

    Raises Refused("not_allowed"), Refused("draft_held", name=..., until=...) while somebody else is writing in it,
    Refused("draft_changed", at=..., revision=...) when somebody else wrote meanwhile, Refused("draft_locked") while it
    is being approved, Refused("draft_result_unknown"), Refused("case_text_too_long").
    """
    case = locked_case(case_id, actor)
    if Who.LEAD not in standing_of(case, actor) or not isinstance(actor, User):
        raise Refused("not_allowed")
    text = rules.check_length(words.text, rules.WORDS_MOST)
    basis = rules.check_length(words.basis, rules.NOTE_MOST)
    cites = rules.check_cites(words.cites)
    if words.result and words.result not in case.machine.results:
        raise Refused("draft_result_unknown", result=words.result)
    draft = live_draft(case, shared=shared, author=actor.pk)
    if draft is None:
        draft = Draft(case=case, author=actor, shared=shared)
    elif draft.state != Draft.State.WRITING:
        raise Refused("draft_locked")
    else:
        _check_not_held(draft, actor=actor, now=now, take=take)
        if revision is not None and revision != draft.revision:
            raise Refused("draft_changed", at=draft.changed_at, revision=draft.revision)
    if shared:
        _keep_for(draft, actor, now)
    draft.text, draft.basis, draft.cites, draft.result = text, basis, cites, words.result
    draft.changed_at = now
    draft.revision += 1
    draft.save()
    draft.writers.add(actor)
    return draft


@transaction.atomic
def take_draft(case_id: int, *, actor: Actor, now: datetime) -> Draft:
    """Go on writing the shared draft in place of who holds it; what they type from now on waits for them to look.

    Raises Refused("not_allowed"), Refused("draft_missing"), Refused("draft_locked").
    """
    case = locked_case(case_id, actor)
    if Who.LEAD not in standing_of(case, actor) or not isinstance(actor, User):
        raise Refused("not_allowed")
    draft = live_draft(case)
    if draft is None:
        raise Refused("draft_missing")
    if draft.state != Draft.State.WRITING:
        raise Refused("draft_locked")
    _check_not_held(draft, actor=actor, now=now, take=True)
    _keep_for(draft, actor, now)
    draft.save(update_fields=["held_by", "held_until"])
    return draft


def _check_not_held(draft: Draft, *, actor: User, now: datetime, take: bool) -> None:
    """Refuse who would write in what somebody else is writing; taking it over is on record."""
    if not draft.is_held_from(actor.pk, now):
        return
    if not take:
        raise Refused("draft_held", name=str(draft.held_by), until=draft.held_until)
    journal.record(actor, "case.draft_taken", draft, case=draft.case_id, held_by=draft.held_by_id)


def _keep_for(draft: Draft, actor: User, now: datetime) -> None:
    draft.held_by, draft.held_until = actor, now + timedelta(seconds=rules.DRAFT_HELD_SECONDS)


@transaction.atomic
def share_draft(draft_id: int, *, actor: Actor, now: datetime) -> Draft:
    """Make one's private draft the shared one, where there is none.

    Raises Refused("not_allowed"), Refused("draft_taken").
    """
    draft = Draft.objects.visible_to(actor).get(pk=draft_id)
    case = locked_case(draft.case_id, actor)
    if draft.shared or draft.author_id != actor.pk or Who.LEAD not in standing_of(case, actor):
        raise Refused("not_allowed")
    if live_draft(case) is not None:
        raise Refused("draft_taken")
    draft.shared, draft.changed_at = True, now
    draft.save(update_fields=["shared", "changed_at"])
    return draft


@transaction.atomic
def submit_draft(
    case_id: int,
    *,
    chain: Sequence[int | None] = (None,),
    note: str = "",
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> Draft:
    """Hand the shared draft in. `chain` names who approves, one after another; None: any approver of the unit.

    Raises as `take_step`, and Refused("draft_missing"), Refused("draft_result_missing"),
    Refused("draft_basis_missing") for a result that must name its provision of law and does not,
    Refused("approver_elsewhere"), Refused("approval_own") for a chain that names a writer, Refused("chain_twice"),
    Refused("chain_too_long", most=...), Refused("draft_unfilled"), Refused("checklist_open").
    """
    case = locked_case(case_id, actor)
    draft = _shared(case)
    rules.check_filled(draft.text)
    if case.machine.results and not draft.result:
        raise Refused("draft_result_missing")
    if draft.result in case.machine.grounded and not draft.basis:
        raise Refused("draft_basis_missing")
    apply_step(case, case.machine.transition("submit"), Given(note=note), actor=actor, now=now, revision=revision)
    writers = set(draft.writers.values_list("pk", flat=True))
    places = list(chain) or [None]
    for assignee in places:
        if assignee is not None and (case.lead is None or not holds_role_in(assignee, Role.APPROVER, case.lead)):
            raise Refused("approver_elsewhere")
    rules.check_chain(places, writers=writers)
    draft.round += 1
    draft.state = Draft.State.APPROVAL
    draft.sha256 = rules.read_hash(case.pk, draft.round, draft.words)
    draft.submitted_by = actor if isinstance(actor, User) else None
    draft.held_by = draft.held_until = None
    draft.save()
    DraftVersion.objects.create(draft=draft, round=draft.round, words=draft.words, sha256=draft.sha256, at=now)
    Approval.objects.bulk_create(
        Approval(draft=draft, round=draft.round, position=position, assignee_id=assignee)
        for position, assignee in enumerate(places, start=1)
    )
    journal.record(actor, "case.draft_submitted", draft, case=case.pk, round=draft.round, sha256=draft.sha256)
    return draft


@transaction.atomic
def approve_draft(
    case_id: int,
    *,
    sha256: str,
    note: str = "",
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    token: UUID | None = None,
) -> Draft:
    """Approve what was read: `sha256` is the hash the approver's page showed. The last place of the chain sends it.

    The answer goes out after the time to undo. Raises as `take_step`, and Refused("approval_forged") when what was read
    is not what was handed in (an older round, another case, made up), Refused("approval_own"),
    Refused("approval_twice"), Refused("approval_not_yours"), Refused("approval_later").
    """
    case = locked_case(case_id, actor)
    if token is not None and StepRecord.objects.filter(token=token, case=case).exists():
        return _shared(case)
    check_revision(case, revision)
    transition = case.machine.transition("approve")
    check_allowed(case, transition, Given(note=note), actor=actor, now=now)
    draft = _shared(case)
    if sha256 != draft.sha256 or draft.sha256 != rules.read_hash(case.pk, draft.round, draft.words):
        raise Refused("approval_forged")
    place = _place_of(draft, case, actor, now)
    place.decision, place.at, place.sha256, place.note = Approval.Decision.APPROVED, now, sha256, note.strip()
    place.by = actor if isinstance(actor, User) else None
    place.save()
    stood_in = place.assignee_id if place.assignee_id not in (None, actor.pk) else None
    journal.record(
        actor, "case.draft_approved", draft, case=case.pk, round=draft.round, sha256=sha256, stood_in_for=stood_in
    )
    if draft.approvals.filter(round=draft.round, decision=Approval.Decision.WAITING).exists():
        return draft
    draft.state = Draft.State.APPROVED
    draft.send_at = now + timedelta(seconds=rules.SEND_UNDO_SECONDS)
    draft.save(update_fields=["state", "send_at"])
    apply_step(case, transition, Given(note=note), actor=actor, now=now, token=token)
    return draft


def _place_of(draft: Draft, case: Case, actor: Actor, now: datetime) -> Approval:
    """Return the place of the chain whose turn it is, if it is the actor's: by name, as a deputy, or anybody's."""
    round_ = draft.approvals.filter(round=draft.round)
    place = round_.filter(decision=Approval.Decision.WAITING).first()
    if place is None:
        raise Refused("approval_not_yours")
    rules.check_approver(
        actor.pk,
        writers=set(draft.writers.values_list("pk", flat=True)),
        approved=set(round_.filter(decision=Approval.Decision.APPROVED).values_list("by_id", flat=True)),
    )
    if place.assignee_id not in (None, actor.pk):
        today = clocks.today_of(case, now)
        if actor.pk not in deputies_of(place.assignee_id, today):
            raise Refused("approval_not_yours")
    if place.assignee_id != actor.pk and _is_named_later(place, actor.pk):
        # Who took this place, as anybody or as a deputy, could not take the own one any more.
        raise Refused("approval_later")
    return place


def _is_named_later(place: Approval, user_id: int | None) -> bool:
    later = Approval.objects.filter(draft=place.draft_id, round=place.round, position__gt=place.position)
    return later.filter(decision=Approval.Decision.WAITING, assignee_id=user_id).exists()


def deputies_of(user_id: int | None, day: date) -> set[int]:
    """Return who stands in for somebody on a day."""
    if user_id is None:
        return set()
    rows = Absence.objects.filter(user_id=user_id, first__lte=day, last__gte=day, deputy__isnull=False)
    return {pk for pk in rows.values_list("deputy_id", flat=True) if pk is not None}


@transaction.atomic
def return_draft(
    case_id: int, *, note: str, actor: Actor, now: datetime, revision: int | None = None, undo: bool = False
) -> Draft:
    """Give a draft back to its author with what is to be changed. With `undo` it can be taken back as `take_step`.

    Raises as `take_step`, Refused("approval_not_yours").
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    transition = case.machine.transition("return_draft")
    check_allowed(case, transition, Given(note=note), actor=actor, now=now)
    draft = _shared(case)
    place = _place_of(draft, case, actor, now)
    waiting = draft.approvals.filter(round=draft.round, decision=Approval.Decision.WAITING)
    places = list(waiting.values_list("pk", flat=True))
    place.decision, place.at, place.note = Approval.Decision.RETURNED, now, note.strip()
    place.by = actor if isinstance(actor, User) else None
    place.save()
    _void(draft)
    apply_step(case, transition, Given(note=note), actor=actor, now=now, undo=undo)
    held.keep_beside(case, returned=draft.pk, revision=draft.revision, places=places)
    return draft


@transaction.atomic
def take_back_draft(case_id: int, *, actor: Actor, now: datetime, revision: int | None = None) -> Draft:
    """Take a draft back to change it, also an approved one that has not gone out. Raises as `take_step`."""
    case = locked_case(case_id, actor)
    apply_step(case, case.machine.transition("take_back"), actor=actor, now=now, revision=revision)
    draft = _shared(case)
    _void(draft)
    return draft


def _void(draft: Draft) -> None:
    draft.approvals.filter(round=draft.round, decision=Approval.Decision.WAITING).update(
        decision=Approval.Decision.VOID
    )
    draft.state, draft.send_at = Draft.State.WRITING, None
    draft.save(update_fields=["state", "send_at"])


@transaction.atomic
def delegate_approval(case_id: int, *, to: int, actor: Actor, now: datetime) -> Approval:
    """Hand one's turn in the chain on to another approver of the unit.

    Raises Refused("not_allowed"), Refused("approval_not_yours"), Refused("approver_elsewhere"),
    Refused("approval_own"), Refused("approval_twice"), Refused("chain_twice") for somebody whose turn comes anyway.
    """
    case = locked_case(case_id, actor)
    if Who.APPROVER not in standing_of(case, actor):
        raise Refused("not_allowed")
    draft = _shared(case)
    place = _place_of(draft, case, actor, now)
    if case.lead is None or not holds_role_in(to, Role.APPROVER, case.lead):
        raise Refused("approver_elsewhere")
    done = draft.approvals.filter(round=draft.round, decision=Approval.Decision.APPROVED)
    rules.check_approver(
        to,
        writers=set(draft.writers.values_list("pk", flat=True)),
        approved=set(done.values_list("by_id", flat=True)),
    )
    if _is_named_later(place, to):
        raise Refused("chain_twice")
    place.assignee_id = to
    place.save(update_fields=["assignee"])
    journal.record(actor, "case.approval_delegated", draft, case=case.pk, to=to)
    return place


@transaction.atomic
def hold_answer(case_id: int, *, actor: Actor) -> Draft:
    """Undo the sending while there is time: the approved answer waits until `send_answer`.

    Raises Refused("not_allowed"), Refused("answer_gone") when it is out already.
    """
    case = locked_case(case_id, actor)
    if not standing_of(case, actor) & {Who.LEAD, Who.APPROVER}:
        raise Refused("not_allowed")
    draft = _approved(case)
    draft.send_at = None
    draft.save(update_fields=["send_at"])
    journal.record(actor, "case.answer_held", draft, case=case.pk)
    return draft


@transaction.atomic
def send_answer(case_id: int, *, actor: Actor, now: datetime) -> Draft:
    """Send an approved answer that was held; it goes out after the time to undo.

    Raises as `hold_answer`, Refused("approval_forged"), Refused("cite_not_published", line=...) where nobody approved
    it and what it rests on is not public any more.
    """
    case = locked_case(case_id, actor)
    if not standing_of(case, actor) & {Who.LEAD, Who.APPROVER}:
        raise Refused("not_allowed")
    draft = _approved(case)
    if draft.sha256 != rules.read_hash(case.pk, draft.round, draft.words):
        raise Refused("approval_forged")
    _check_cites(draft)
    if draft.send_at is None:
        draft.send_at = now + timedelta(seconds=rules.SEND_UNDO_SECONDS)
        draft.save(update_fields=["send_at"])
    return draft


def _approved(case: Case) -> Draft:
    draft = Draft.objects.filter(case=case, shared=True, state=Draft.State.APPROVED).first()
    if draft is None:
        raise Refused("answer_gone")
    return draft


def _check_cites(draft: Draft) -> None:
    """Let an answer that nobody approved rest only on what is public now, not on what was when it was written."""
    if not draft.approvals.filter(round=draft.round).exists():
        published_lines(draft.cites, actor=SYSTEM)


def send_due_answers(*, now: datetime, limit: int = 200) -> int:
    """Send the answers whose time to undo is over, each in its own transaction and each once; returns how many."""
    waiting = Draft.objects.filter(state=Draft.State.APPROVED, send_at__lte=now).order_by("send_at", "pk")
    return sum(_send(case_id, now) for case_id in waiting.values_list("case_id", flat=True)[:limit])


@transaction.atomic
def _send(case_id: int, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    draft = Draft.objects.filter(case=case, shared=True, state=Draft.State.APPROVED, send_at__lte=now).first()
    if draft is None:  # sent by another worker, or held meanwhile
        return 0
    if draft.sha256 != rules.read_hash(case.pk, draft.round, draft.words):
        # Changed by whom ever behind the approval: it stays in the house until somebody takes it back.
        journal.record(SYSTEM, "case.answer_stopped", draft, case=case.pk, approved=draft.sha256)
        draft.send_at = None
        draft.save(update_fields=["send_at"])
        return 0
    if _wrote_since(case, draft):
        return _hold(case, draft, by="message")
    try:
        _check_cites(draft)
    except Refused:
        # Whoever sends it by hand is told which line it is.
        return _hold(case, draft, by="cite")
    # Why an opinion that is still open does not hold the answer up was said when the draft was handed in.
    handed_in = case.steps.filter(code__in=["submit", "answer_plainly"])
    note = handed_in.values_list("note", flat=True).last() or ""
    _answer(case, draft, now, note=note)
    LateWords.objects.filter(case=case).delete()
    draft.state, draft.sent_at, draft.send_at = Draft.State.SENT, now, None
    draft.save(update_fields=["state", "sent_at", "send_at"])
    return 1


def _hold(case: Case, draft: Draft, *, by: str) -> int:
    journal.record(SYSTEM, "case.answer_held", draft, case=case.pk, by=by)
    draft.send_at = None
    draft.save(update_fields=["send_at"])
    return 0


def _wrote_since(case: Case, draft: Draft) -> bool:
    """Tell whether the sender wrote after it was said that the answer goes out: somebody reads that first."""
    assert draft.send_at is not None
    # The letter itself is no further word, whatever the clocks of who answers and who wrote say.
    said = max(draft.send_at - timedelta(seconds=rules.SEND_UNDO_SECONDS), case.received_at)
    return case.messages.filter(direction=Message.Direction.IN, at__gt=said).exists()


def _answer(case: Case, draft: Draft, now: datetime, *, note: str) -> None:
    case.answered_at = case.answered_at or now
    case.result = draft.result
    apply_step(case, case.machine.transition("answer"), Given(note=note, draft=draft), actor=SYSTEM, now=now)


def answer_merged(*, now: datetime, limit: int = 200) -> int:
    """Answer the cases that were answered with another: one transaction each, so none is lost and none told twice.

    One that cannot be answered is logged, and holds up none behind it. Returns how many were answered.
    """
    waiting = (
        Case.objects.filter(merged_into__isnull=False, answered_at=None, phase="merged")
        .filter(merged_into__answered_at__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    answered = 0
    for pk in list(waiting):
        try:
            answered += _answer_with_lead(pk, now)
        except Refused:
            log.exception("case %s cannot be answered with the one that it was merged into", pk)
        if answered == limit:
            break
    return answered


@transaction.atomic
def _answer_with_lead(case_id: int, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    if case.answered_at is not None or case.merged_into_id is None:
        return 0
    lead = Case.objects.select_related("lead").get(pk=case.merged_into_id)
    draft = lead.drafts.filter(shared=True, state=Draft.State.SENT).order_by("sent_at").last()
    if draft is None:
        return 0
    case.lead, case.owner, case.state = lead.lead, lead.owner, "approved"
    # Whoever was asked about this one alone is not waited for: the answer is that to the other.
    _answer(case, draft, now, note=lead.reference)
    # What was owed on the way to an answer is not owed any more; what runs for the sender began with the answer.
    for clock in clocks.open_clocks(case):
        if clock.start < now and clock.target not in case.machine.targets_of_sender:
            clocks.stop(case, clock, now=now, met=False)
    clocks.show_at_desk(case)
    case.save()
    return 1


@transaction.atomic
def answer_plainly(
    case_id: int,
    words: DraftWords,
    *,
    over: int | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> Draft:
    """Answer an enquiry from what is published: what it cites went through the gate, so nobody approves it again.

    Whatever else holds an answer up holds this one, too, and it goes out after the time to undo. The shared draft
    becomes it; what stood there is kept among its versions. `over` is the draft's revision, as the author last saw it;
    None where there was no draft. Raises as `take_step`; Refused("step_needs") without a citation,
    Refused("draft_changed", at=...) when somebody else wrote meanwhile, Refused("cite_not_published", line=...) for a
    line that names nothing public of this site.
    """
    # Nobody waits for the case while this is looked up.
    cites = published_lines(words.cites, actor=actor)
    case = locked_case(case_id, actor)
    if not case.machine.has("answer_plainly"):
        raise Refused("step_unknown", step="answer_plainly", kind=case.kind)
    rules.check_filled(words.text)
    given = Given(words=words.text, note=note, cites=tuple(cites))
    apply_step(case, case.machine.transition("answer_plainly"), given, actor=actor, now=now, revision=revision)
    author = actor if isinstance(actor, User) else None
    draft = live_draft(case)
    if draft is None:
        draft = Draft(case=case, author=author)
    elif (over or 0) != draft.revision:
        raise Refused("draft_changed", at=draft.changed_at, revision=draft.revision)
    else:
        _keep_words(case, draft)
    draft.text, draft.basis, draft.result = rules.check_length(words.text, rules.WORDS_MOST), "", ""
    draft.cites = cites
    draft.round += 1
    draft.revision += 1
    draft.state, draft.submitted_by, draft.changed_at = Draft.State.APPROVED, author, now
    draft.sha256 = rules.read_hash(case.pk, draft.round, draft.words)
    draft.send_at = now + timedelta(seconds=rules.SEND_UNDO_SECONDS)
    draft.save()
    if author is not None:
        draft.writers.add(author)
    DraftVersion.objects.create(draft=draft, round=draft.round, words=draft.words, sha256=draft.sha256, at=now)
    journal.record(
        actor,
        "case.answered_plainly",
        draft,
        case=case.pk,
        round=draft.round,
        sha256=draft.sha256,
        cites=len(draft.cites),
    )
    return draft


def _keep_words(case: Case, draft: Draft) -> None:
    """Keep what a draft says now as a round of its own, unless it says nothing or was handed in like this."""
    last = draft.versions.last()
    if not any(draft.words.values()) or last is not None and last.words == draft.words:
        return
    draft.round += 1
    sha256 = rules.read_hash(case.pk, draft.round, draft.words)
    DraftVersion.objects.create(draft=draft, round=draft.round, words=draft.words, sha256=sha256, at=draft.changed_at)


def live_draft(case: Case, *, shared: bool = True, author: int | None = None) -> Draft | None:
    """Return the draft that was not sent yet: the shared one, else the author's own."""
    whose = Q(shared=True) if shared else Q(shared=False, author=author)
    return Draft.objects.filter(whose, case=case).exclude(state=Draft.State.SENT).first()


def _shared(case: Case) -> Draft:
    draft = live_draft(case)
    if draft is None or not draft.text:
        raise Refused("draft_missing")
    return draft
