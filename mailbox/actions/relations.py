"""Cases and one another: other kind, merged, split, linked, tagged, withdrawn. Nothing is lost by any of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Actor, is_staff
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import Attachment, Consent, Submission
from engage.participation.receipts import enqueue_receipt_mail
from engage.participation.rules import retention_end
from mailbox import rules
from mailbox.access import standing_of
from mailbox.actions import clocks, held
from mailbox.actions.register import NewCase, first_words, not_accused, receiving, write_case
from mailbox.actions.steps import (
    Given,
    apply_step,
    both_languages,
    check_allowed,
    check_revision,
    locked_case,
    place,
    say_held,
    stood_as,
    tell,
    transition_of,
)
from mailbox.kinds import KINDS, kind_of
from mailbox.machine import Phase, Who
from mailbox.models import Case, CaseTag, Draft, Intake, Link, Message, Party, StepRecord, Tag


@transaction.atomic
def move_case(
    case_id: int,
    *,
    kind: str,
    words: str,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    undo: bool = False,
) -> Case:
    """Handle a case as another kind: reference, words, files, consent and date of receipt stay; its clocks begin anew.

    The clocks of the old kind end and stay on record. With `undo` it can be taken back as `take_step`.

    Raises as `take_step`, and Refused("case_kind_unknown"),
    Refused("case_kind_same"), Refused("case_kind_closed"), Refused("case_identity_missing"),
    Refused("move_leads_others") for a case that others are answered with.
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not case.machine.has("move"):
        raise Refused("step_unknown", step="move", kind=case.kind)
    transition = case.machine.transition("move")
    given = Given(words=rules.check_length(words, rules.WORDS_MOST))
    check_allowed(case, transition, given, actor=actor, now=now)
    target = KINDS.get(kind)
    if target is None:
        raise Refused("case_kind_unknown", kind=kind)
    if kind == case.kind:
        raise Refused("case_kind_same")
    if case.merged.exists():
        raise Refused("move_leads_others")
    if Who.CITIZEN not in target.opened_by:
        raise Refused("case_kind_closed", kind=kind)
    contact = case.submission.contact
    if target.needs_identity and not (contact and contact.name):
        raise Refused("case_identity_missing", kind=kind)
    given = replace(given, told={"kind": both_languages(target.label)})
    say_held(case)
    seen = held.snapshot(case) if undo and rules.may_be_undone(transition) and isinstance(actor, User) else None
    who, before, old = stood_as(case, transition, actor), case.state, case.kind
    clocks.apply(case, transition.effects, now=now)
    intake = Intake.objects.select_related("department").filter(kind=kind).first()
    case.kind, case.state, case.state_since, case.back_to = kind, target.initial, now, ""
    case.family = (intake.family if intake else "") or target.families[0]
    case.triage = not_accused((intake.department if intake else None) or case.triage, case.barred_id)
    case.lead, case.owner = None, None
    clocks.apply(case, target.opening, now=now)
    place(case, now)
    clocks.show_at_desk(case)
    case.revision += 1
    case.save()
    record = StepRecord.objects.create(
        case=case,
        kind=old,
        code="move",
        from_state=before,
        to_state=case.state,
        at=now,
        by=actor if isinstance(actor, User) else None,
        stood_as=who,
        department=case.triage,
        words=given.words,
        revision=case.revision,
    )
    if seen is None:
        tell(case, transition, given, record, due=None)
    else:
        held.keep(case, record, seen, given, None)
    journal.record(actor, "case.move", case, before=old, after=kind)
    return case


def _locked_pair(first: int, second: int, actor: Actor) -> tuple[Case, Case]:
    """Lock two cases, always the lower number first, so that two officers never wait for each other in a circle."""
    found = {pk: locked_case(pk, actor) for pk in sorted({first, second})}
    return found[first], found[second]


@transaction.atomic
def merge_case(case_id: int, *, into: int, actor: Actor, now: datetime, revision: int | None = None) -> Case:
    """Let a case be answered with another: one answer, a receipt and a notice for each sender. Its clock runs on.

    Raises Refused("case_into_itself"), Refused("merge_other_kind"), Refused("merge_not_open"),
    Refused("merge_already"), Refused("not_allowed"), Refused("case_moved").
    """
    if case_id == into:
        raise Refused("case_into_itself")
    case, leading = _locked_pair(case_id, into, actor)
    check_revision(case, revision)
    _answer_with(case, leading, actor, now)
    timeline.add(case.submission, "case.merged", at=now)
    return case


def _answer_with(case: Case, leading: Case, actor: Actor, now: datetime) -> None:
    """Let a locked case be answered with another, as `merge_case`; its sender is told by the caller."""
    for one in (case, leading):
        if not standing_of(one, actor) & {Who.CLERK, Who.LEAD}:
            raise Refused("not_allowed")
    if case.kind != leading.kind:
        raise Refused("merge_other_kind")
    if not (case.is_open and leading.is_open) or case.drafts.filter(state=Draft.State.APPROVED).exists():
        raise Refused("merge_not_open")
    if case.merged_into_id or leading.merged_into_id or case.merged.exists():
        raise Refused("merge_already")
    case.merged_into = leading
    case.revision += 1
    leading.revision += 1
    place(case, now)
    case.save()
    clocks.show_at_desk(leading)
    leading.save(update_fields=["due", "due_order", "may_move", "low_rated", "revision"])
    _link(Link.Kind.MERGED, case, leading, actor, now)
    journal.record(actor, "case.merged", case, into=leading.pk)


def merge_cases(case_ids: Sequence[int], *, into: int, actor: Actor, now: datetime) -> list[Case]:
    """Merge many into one, all or none. Raises as `merge_case`."""
    with transaction.atomic():
        return [merge_case(pk, into=into, actor=actor, now=now) for pk in sorted(set(case_ids))]


@transaction.atomic
def unmerge_case(case_id: int, *, actor: Actor, now: datetime) -> Case:
    """Take a merge back within seven days, while no answer has gone out.

    Raises Refused("not_allowed"), Refused("not_merged"), Refused("too_late", day=...).
    """
    link = Link.objects.filter(kind=Link.Kind.MERGED, source=case_id, undone_at=None).first()
    if link is None:
        raise Refused("not_merged")
    case, leading = _locked_pair(case_id, link.target_id, actor)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    if not case.is_merged:
        raise Refused("not_merged")
    over = link.at + timedelta(days=rules.UNMERGE_DAYS)
    if now > over:
        raise Refused("too_late", day=over.date())
    link.undone_at = now
    link.save(update_fields=["undone_at"])
    case.merged_into = None
    place(case, now)
    case.revision += 1
    clocks.show_at_desk(case)
    case.save()
    clocks.show_at_desk(leading)
    leading.revision += 1
    leading.save(update_fields=["due", "due_order", "may_move", "low_rated", "revision"])
    timeline.add(case.submission, "case.unmerged", at=now)
    journal.record(actor, "case.unmerged", case, out_of=leading.pk)
    return case


def release_merged(*, now: datetime, limit: int = 200) -> int:
    """Put back at the desk what was to be answered with a case that ended without an answer; returns how many."""
    left = Case.objects.filter(merged_into__isnull=False, answered_at=None, phase="merged").filter(
        merged_into__phase=Phase.CLOSED.value, merged_into__answered_at=None, merged_into__held_step=None
    )
    return sum(_release(pk, now) for pk in left.order_by("pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _release(case_id: int, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    leading = case.merged_into
    if leading is None or leading.is_open or leading.answered_at is not None:
        return 0
    Link.objects.filter(kind=Link.Kind.MERGED, source=case, undone_at=None).update(undone_at=now)
    case.merged_into = None
    place(case, now)
    case.revision += 1
    clocks.show_at_desk(case)
    case.save()
    timeline.add(case.submission, "case.unmerged", at=now)
    journal.record(SYSTEM, "case.unmerged", case, out_of=leading.pk)
    return 1


@transaction.atomic
def split_case(
    case_id: int,
    parts: Sequence[str],
    *,
    files: Sequence[Collection[int]] = (),
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> list[Case]:
    """Give each further matter of a letter a case of its own, with the letter's date, sender and a receipt of its own.

    `files` are, for each part in its place, the files of the letter that go along; the letter keeps them, too. The same
    part of the same case is split off once; while it is open it still gets the files that it lacks.

    Raises Refused("not_allowed"), Refused("case_moved"), Refused("split_nothing"), Refused("too_many_parts", most=...),
    Refused("split_files_alone") for files of a part that says nothing, Refused("split_file_gone"),
    Refused("split_part_over", reference=...) for files of a part that is over.
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD} or not case.is_open or case.is_merged:
        raise Refused("not_allowed")
    texts = [rules.check_length(part, rules.TEXT_MOST) for part in parts]
    along = [set(chosen) for chosen in files] + [set()] * (len(texts) - len(files))
    if any(chosen and not text for text, chosen in zip(texts, along, strict=True)):
        raise Refused("split_files_alone")
    known = Attachment.objects.visible_to(actor).filter(submission=case.submission).in_bulk()
    if set().union(*along) - known.keys():
        raise Refused("split_file_gone")
    if not any(texts):
        raise Refused("split_nothing")
    if sum(map(bool, texts)) > rules.MOST_PARTS:
        raise Refused("too_many_parts", most=rules.MOST_PARTS)
    made, copied = [], 0
    for text, chosen in zip(texts, along, strict=True):
        if text:
            part = _split_off(case, text, actor, now)
            copied += _take_along([known[pk] for pk in sorted(chosen)], part, actor)
            made.append(part)
    case.revision += 1
    case.save(update_fields=["revision"])
    timeline.add(case.submission, "case.split", at=now, references=", ".join(one.reference for one in made))
    journal.record(actor, "case.split", case, into=[one.pk for one in made], files=copied)
    return made


@transaction.atomic
def unsplit_case(case_id: int, *, actor: Actor, now: datetime, revision: int | None = None) -> Case:
    """Join a part with its letter again within seven days, while nobody has worked on it; returns the part.

    Its number and receipt are with the sender already, so they stay: it is answered with the letter as a merged case.
    Split off once more, the same matter gets a new number.

    Raises as `merge_case`, and Refused("not_split"), Refused("too_late", day=...), Refused("split_worked_on").
    """
    link = Link.objects.filter(kind=Link.Kind.SPLIT, source=case_id, undone_at=None).first()
    if link is None:
        raise Refused("not_split")
    case, origin = _locked_pair(case_id, link.target_id, actor)
    check_revision(case, revision)
    over = link.at + timedelta(days=rules.UNMERGE_DAYS)
    if now > over:
        raise Refused("too_late", day=over.date())
    if case.steps.exists() or case.drafts.exists() or case.owner_id is not None or case.messages.count() > 1:
        raise Refused("split_worked_on")
    _answer_with(case, origin, actor, now)
    link.undone_at = now
    link.save(update_fields=["undone_at"])
    timeline.add(case.submission, "case.joined", at=now, reference=origin.reference)
    timeline.add(origin.submission, "case.unsplit", at=now, reference=case.reference)
    journal.record(actor, "case.unsplit", case, out_of=origin.pk)
    return case


def _split_off(case: Case, text: str, actor: Actor, now: datetime) -> Case:
    origin = case.submission
    # What was joined again keeps its number; the same words get another.
    joined = Link.objects.filter(kind=Link.Kind.SPLIT, target=case, source__messages__text=text).exclude(undone_at=None)
    scope = ":".join(map(str, ["split", case.pk, *([n] if (n := joined.count()) else [])]))
    envelope = participation.Envelope(
        token=participation.token_of(scope, text),
        language=origin.language,
        received_at=case.received_at,
        channel=origin.channel,
        region=origin.region,
        capacity=origin.capacity,
        signature=origin.signature,
    )

    def create() -> Submission:
        submission = participation.open_submission(case.kind, envelope, actor=actor, department_id=case.triage_id)
        submission.contact = origin.contact
        submission.save(update_fields=["contact"])
        part = write_case(
            submission,
            kind_of(case.kind),
            intake=None,
            triage=case.triage,
            new=NewCase(
                kind=case.kind,
                text=text,
                family=case.family,
                may_publish=case.may_publish,
                people=case.people,
                # What the whole accuses a part may, too: it stays out of that unit's hands.
                barred=case.barred_id,
            ),
            title=first_words(text),
            text=text,
            actor=actor,
            zone=case.zone,
        )
        for party in case.parties.all():
            Party.objects.create(case=part, contact_id=party.contact_id, position=party.position)
        _link(Link.Kind.SPLIT, part, case, actor, now)
        enqueue_receipt_mail(submission, envelope.code, part.title)
        return submission

    submission = participation.once(envelope, create)
    return Case.objects.select_related("submission").get(pk=submission.pk)


def _share_sender(origin: Submission, submission: Submission, now: datetime) -> None:
    """Give a submission the sender of an earlier one, kept as long as for one of today, and what was agreed to."""
    contact = submission.contact = origin.contact
    submission.save(update_fields=["contact"])
    if contact is not None:
        contact.delete_after = max(contact.delete_after, retention_end(now, settings.CONTACT_RETENTION_DAYS))
        contact.save(update_fields=["delete_after"])
    Consent.objects.bulk_create(
        Consent(submission=submission, text_id=one.text_id, given_at=one.given_at) for one in origin.consents.all()
    )


@transaction.atomic
def open_grievance(case_id: int, *, actor: Actor, now: datetime, revision: int | None = None) -> Case:
    """Open a grievance with the words of a request that was decided to be one; returns it, again: the same one.

    Regulations on Open Government Information (2019), art. 39: a request that is a petition is not handled as a
    request, and its sender is told. The grievance has the sender, files, consent and the units it accuses of the
    request, a receipt and clocks of its own from today on; both cases know of each other.

    Raises as `take_step`, and Refused("not_a_petition"), Refused("case_identity_missing"),
    Refused("case_text_missing") where the time for keeping the words is over.
    """
    case = locked_case(case_id, actor)
    transition = transition_of(case, "open_grievance")
    origin, machine = case.submission, kind_of("grievance")
    envelope = participation.Envelope(
        token=participation.token_of("open_grievance", str(case.pk)),
        language=origin.language,
        received_at=now,
        channel=origin.channel,
        region=origin.region,
        capacity=origin.capacity,
        signature=origin.signature,
    )
    if case.steps.filter(code=transition.code, kind=case.kind).exists():
        if not standing_of(case, actor) & set(transition.who):
            raise Refused("not_allowed")
        return Case.objects.get(submission__token_digest=envelope.digest)
    check_revision(case, revision)
    check_allowed(case, transition, Given(), actor=actor, now=now)
    if not (origin.contact and origin.contact.name):
        raise Refused("case_identity_missing", kind=machine.code)
    letters = list(case.messages.filter(direction=Message.Direction.IN).order_by("at", "pk"))
    if not letters:
        raise Refused("case_text_missing")

    def create() -> Submission:
        intake, triage = receiving(machine.code)
        triage = not_accused(triage, case.barred_id)
        submission = participation.open_submission(
            machine.code, envelope, actor=actor, department_id=triage.pk if triage else None
        )
        _share_sender(origin, submission, now)
        made = write_case(
            submission,
            machine,
            intake=intake,
            triage=triage,
            new=NewCase(
                kind=machine.code,
                text=letters[0].text,
                may_publish=case.may_publish,
                people=case.people,
                barred=case.barred_id,
            ),
            title=case.title,
            text=letters[0].text,
            actor=actor,
        )
        for letter in letters[1:]:
            Message.objects.create(
                case=made, direction=letter.direction, text=letter.text, language=letter.language, at=now
            )
        _link(Link.Kind.RELATED, made, case, actor, now)
        enqueue_receipt_mail(submission, envelope.code, made.title)
        return submission

    submission = participation.once(envelope, create)
    grievance = Case.objects.select_related("submission").get(pk=submission.pk)
    files = Attachment.objects.visible_to(actor).filter(submission=origin, state=Attachment.State.CLEAN)
    _take_along(list(files.order_by("pk")), grievance, actor)
    apply_step(case, transition, Given(told={"other": grievance.reference}), actor=actor, now=now)
    return grievance


def _take_along(files: Sequence[Attachment], part: Case, actor: Actor) -> int:
    """Give a part those of the files that it lacks; returns how many.

    Raises Refused("split_part_over") where it was split off before and takes none any more.
    """
    there = set(part.submission.attachments.values_list("sha256", flat=True)) if files else set()
    lacking = [file for file in files if file.sha256 not in there]
    if lacking and not part.is_open:
        # What is over may be forgotten already: a file that came later would stay.
        raise Refused("split_part_over", reference=part.reference)
    for file in lacking:
        _copy(file, part.submission, actor)
    return len(lacking)


def _copy(file: Attachment, submission: Submission, actor: Actor) -> None:
    """Give a part its own bytes of a file: each case is forgotten by itself."""
    try:
        with file.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        raise Refused("split_file_gone") from None
    copy = Attachment(
        submission=submission,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        state=Attachment.State.CLEAN,
    )
    copy.file.save(file.name, ContentFile(content), save=False)
    copy.save()
    journal.record(actor, "attachment.stored", copy, sha256=copy.sha256, size=copy.size, copy_of=file.pk)


def _link(kind: str, source: Case, target: Case, actor: Actor, now: datetime) -> Link:
    return Link.objects.create(
        kind=kind, source=source, target=target, by=actor if isinstance(actor, User) else None, at=now
    )


@transaction.atomic
def link_cases(case_id: int, other_id: int, *, actor: Actor, now: datetime) -> Link:
    """Say that two cases belong together. Again: the same link.

    Raises Refused("link_to_itself"), Refused("not_allowed").
    """
    if case_id == other_id:
        raise Refused("link_to_itself")
    case, other = _locked_pair(case_id, other_id, actor)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD, Who.APPROVER}:
        raise Refused("not_allowed")
    found = Link.objects.filter(
        kind=Link.Kind.RELATED, undone_at=None, source__in=[case, other], target__in=[case, other]
    )
    link = found.first()
    if link is None:
        link = _link(Link.Kind.RELATED, case, other, actor, now)
        journal.record(actor, "case.linked", case, to=other.pk)
    return link


@transaction.atomic
def unlink_cases(link_id: int, *, actor: Actor, now: datetime) -> Link:
    """Take a link of cases that belong together away. Raises Refused("not_allowed"), Link.DoesNotExist."""
    link = Link.objects.get(pk=link_id, kind=Link.Kind.RELATED)
    case = locked_case(link.source_id, actor)
    if not standing_of(case, actor) & {Who.CLERK, Who.LEAD, Who.APPROVER}:
        raise Refused("not_allowed")
    if link.undone_at is None:
        link.undone_at = now
        link.save(update_fields=["undone_at"])
        journal.record(actor, "case.unlinked", case, to=link.target_id)
    return link


@transaction.atomic
def tag_cases(case_ids: Sequence[int], name: str, *, actor: Actor, now: datetime) -> Tag:
    """Group cases under a word of the unit where they lie. Raises Refused("tag_empty"), Refused("not_allowed")."""
    word = " ".join(rules.check_length(name, 60).split())
    if not word:
        raise Refused("tag_empty")
    tag: Tag | None = None
    for pk in sorted(set(case_ids)):
        case = locked_case(pk, actor)
        if not is_staff(actor) or not standing_of(case, actor):
            raise Refused("not_allowed")
        tag = tag or Tag.objects.get_or_create(department=case.desk, name=word)[0]
        _row, is_new = CaseTag.objects.get_or_create(
            case=case, tag=tag, defaults={"at": now, "by": actor if isinstance(actor, User) else None}
        )
        if is_new:
            journal.record(actor, "case.tagged", case, tag=tag.pk)
    if tag is None:
        raise Refused("split_nothing")
    return tag


@transaction.atomic
def untag_case(case_id: int, tag_id: int, *, actor: Actor) -> None:
    """Take a case out of a group. Raises Refused("not_allowed")."""
    case = locked_case(case_id, actor)
    if not is_staff(actor) or not standing_of(case, actor):
        raise Refused("not_allowed")
    gone, _by_model = CaseTag.objects.filter(case=case, tag_id=tag_id).delete()
    if gone:
        journal.record(actor, "case.untagged", case, tag=tag_id)


@transaction.atomic
def withdraw_case(case_id: int, *, actor: Actor, now: datetime) -> Case:
    """Let the sender take a case back before it is answered; it stays on record. Again: nothing changes.

    Raises as `take_step`.
    """
    case = locked_case(case_id, actor)
    if case.state == "withdrawn":
        return case
    if not case.machine.has("withdraw"):
        raise Refused("step_unknown", step="withdraw", kind=case.kind)
    apply_step(case, case.machine.transition("withdraw"), actor=actor, now=now)
    for draft in case.drafts.filter(state__in=[Draft.State.APPROVAL, Draft.State.APPROVED]):
        draft.state, draft.send_at = Draft.State.WRITING, None
        draft.save(update_fields=["state", "send_at"])
    submission = case.submission
    submission.state = Submission.State.WITHDRAWN
    submission.save(update_fields=["state"])
    return case


def withdraw_by_receipt(submission_id: int, actor: Actor) -> Submission:
    """Withdraw a case from the page of its receipt (`participation.kinds.Kind.withdraw`)."""
    return withdraw_case(submission_id, actor=actor, now=timezone.now()).submission
