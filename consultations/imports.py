"""Taking in comments that came on another way: on paper, by e-mail, from a table, from another system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from consultations import actions
from consultations.models import Clause, Comment, Consultation, Version
from consultations.published import clauses_by_key
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import ModerationState, Submission
from engage.participation.moderation import REASONS
from engage.participation.receipts import enqueue_receipt_mail
from engage.search import actions as search

CHANNEL_MOST = 64


@dataclass(frozen=True)
class Arrival:
    """What one sender said on another way than this site: on a paper form, by e-mail, in a row of a table.

    `external_id` is its name where it comes from. `decision` is what the person who read it decided about publishing
    it (a moderation state); empty, the call's own rule decides. `line` is where it stands in the source, for faults.
    """

    external_id: str
    comments: tuple[actions.CommentInput, ...]
    language: str
    received_at: datetime
    name: str = ""
    email: str = ""
    phone: str = ""
    region: str = ""
    capacity: str = ""
    signature: str = ""
    decision: str = ""
    reason: str = ""
    line: int = 0


@dataclass(frozen=True)
class ArrivalFault:
    """Why one arrival cannot be taken in: a refusal code with its values, and where it stands."""

    external_id: str
    line: int
    code: str
    values: dict[str, Any]


@dataclass(frozen=True)
class ImportedComments:
    """What an import did: the new submissions in the order given, and how many were there before."""

    submissions: list[Submission]
    comments: int
    known: int


@transaction.atomic
def import_comments(
    slug: str, arrivals: Sequence[Arrival], *, channel: str, now: datetime, title: str = "", actor: Actor
) -> ImportedComments:
    """Take in what came on another way, all or nothing; the channel stays with it and its own date counts.

    The same `external_id` on the same channel of a call is taken in once, however often it is imported; with other
    words than those that were taken in, it is a fault. Short answers count: who wrote on paper was asked for no length.
    With `title` (the call's) senders with an address get a receipt.
    Raises Refused("not_allowed") unless the actor may moderate, Refused("call_gone"), Refused("channel_wrong"), and
    Refused("import_refused", faults=[ArrivalFault, ...]) with the first fault of every arrival that has one.
    """
    prepared = _prepare(slug, arrivals, channel=channel, now=now, lock=True, actor=actor)
    if prepared.faults:
        raise Refused("import_refused", faults=prepared.faults)
    consultation, known = prepared.consultation, prepared.known
    rows: list[Comment] = []
    submissions = []
    for arrival, envelope in zip(arrivals, prepared.envelopes, strict=True):
        if envelope.token in known:
            continue
        submission = participation.open_submission(
            actions.KIND, envelope, actor=actor, department_id=consultation.department_id
        )
        submissions.append(submission)
        rows += _arrived_comments(arrival, envelope, submission, prepared.version, prepared.clauses, now, actor)
        if title:
            enqueue_receipt_mail(submission, envelope.code, title)
    _store_arrived(rows)
    journal.record(
        actor,
        "comments.imported",
        consultation,
        channel=channel,
        submissions=len(submissions),
        comments=len(rows),
        known=len(known),
        states=dict(Counter(row.moderation_state for row in rows)),
    )
    return ImportedComments(submissions, comments=len(rows), known=len(known))


def examine(
    slug: str, arrivals: Sequence[Arrival], *, channel: str, now: datetime, actor: Actor
) -> tuple[list[ArrivalFault], int]:
    """Return what keeps these from being taken in, and how many of them are known; nothing is written.

    Raises what `import_comments` raises, but for Refused("import_refused").
    """
    prepared = _prepare(slug, arrivals, channel=channel, now=now, lock=False, actor=actor)
    return prepared.faults, len(prepared.known)


@dataclass(frozen=True)
class _Prepared:
    consultation: Consultation
    version: Version
    clauses: dict[str, Clause]
    faults: list[ArrivalFault]
    envelopes: list[participation.Envelope]
    known: set[UUID]


def _prepare(
    slug: str, arrivals: Sequence[Arrival], *, channel: str, now: datetime, lock: bool, actor: Actor
) -> _Prepared:
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        raise Refused("not_allowed")
    if channel in ("", "web") or len(channel) > CHANNEL_MOST:
        raise Refused("channel_wrong", channel=channel[:CHANNEL_MOST])
    versions = actions.commented_versions(slug, actor)
    version = versions[0]
    assert version.draft.consultation is not None
    # Locked: of two equal imports at once, the second finds what the first took in. Not against rows that point here:
    # people's own comments go on meanwhile.
    found = Consultation.objects.select_for_update(no_key=True) if lock else Consultation.objects.all()
    consultation = found.get(pk=version.draft.consultation.pk)
    keys = {comment.key for arrival in arrivals for comment in arrival.comments if comment.key}
    clauses = clauses_by_key(versions, keys)
    faults = _arrival_faults(arrivals, consultation, clauses, now)
    envelopes = [_envelope_of(arrival, consultation, channel) for arrival in arrivals]
    known = participation.known_tokens(envelopes)
    faults += _other_words(arrivals, envelopes, known)
    return _Prepared(consultation, version, clauses, faults, envelopes, known)


def _other_words(
    arrivals: Sequence[Arrival], envelopes: Sequence[participation.Envelope], known: set[UUID]
) -> list[ArrivalFault]:
    """Name the arrivals whose number is known with other words: left out as known, somebody's comment would be lost."""
    again = {
        envelope.digest: arrival
        for arrival, envelope in zip(arrivals, envelopes, strict=True)
        if envelope.token in known
    }
    kept: dict[str, list[str]] = {digest: [] for digest in again}
    digests = list(again)
    for start in range(0, len(digests), 500):
        rows = Comment.objects.filter(submission__token_digest__in=digests[start : start + 500])
        for digest, text in rows.order_by("position").values_list("submission__token_digest", "text"):
            kept[digest].append(text)
    return [
        ArrivalFault(arrival.external_id, arrival.line, "import_known_differs", {"external_id": arrival.external_id})
        for digest, arrival in again.items()
        if kept[digest] != [comment.text for comment in arrival.comments]
    ]


def _arrival_faults(
    arrivals: Sequence[Arrival], consultation: Consultation, clauses: dict[str, Clause], now: datetime
) -> list[ArrivalFault]:
    faults = []
    seen: set[str] = set()
    for arrival in arrivals:
        try:
            if arrival.external_id in seen:
                raise Refused("import_id_twice", external_id=arrival.external_id)
            seen.add(arrival.external_id)
            _check_arrival(arrival, consultation, clauses, now)
        except Refused as refused:
            faults.append(ArrivalFault(arrival.external_id, arrival.line, refused.code, refused.values))
    return faults


def _check_arrival(arrival: Arrival, consultation: Consultation, clauses: dict[str, Clause], now: datetime) -> None:
    if not arrival.external_id.strip():
        raise Refused("import_id_missing")
    if arrival.language not in dict(settings.LANGUAGES):
        raise Refused("import_language_unknown", language=arrival.language)
    if arrival.decision and arrival.decision not in ModerationState:
        raise Refused("unknown_decision", decision=arrival.decision)
    if arrival.decision == ModerationState.PUBLISHED and any(comment.confidential for comment in arrival.comments):
        raise Refused("confidential_stays")
    if arrival.decision == ModerationState.REJECTED and arrival.reason not in REASONS:
        raise Refused("reason_missing")
    consultation.check_open(arrival.received_at)
    if arrival.received_at > now:
        raise Refused("import_in_future")
    if not arrival.comments:
        raise Refused("basket_empty")
    for comment in arrival.comments:
        if comment.stance not in Comment.Stance:
            raise Refused("stance_missing")
        if not comment.text.strip():
            raise Refused("text_too_short", least=1)
        if "\0" in comment.text + comment.suggested:
            raise Refused("text_unreadable")
        actions.check_most(comment)
        if comment.key and comment.key not in clauses:
            raise Refused("clause_gone", key=comment.key)


def _envelope_of(arrival: Arrival, consultation: Consultation, channel: str) -> participation.Envelope:
    return participation.Envelope(
        token=participation.token_of(f"{consultation.pk}:{channel}", arrival.external_id),
        language=arrival.language,
        received_at=arrival.received_at,
        channel=channel,
        name=arrival.name,
        email=arrival.email,
        phone=arrival.phone,
        region=arrival.region,
        capacity=arrival.capacity,
        signature=arrival.signature,
    )


def _arrived_comments(
    arrival: Arrival,
    envelope: participation.Envelope,
    submission: Submission,
    version: Version,
    clauses: dict[str, Clause],
    now: datetime,
    actor: Actor,
) -> list[Comment]:
    consultation = version.draft.consultation
    assert consultation is not None
    rows = []
    for position, given in enumerate(arrival.comments):
        row = actions.comment_row(submission, consultation, version, clauses.get(given.key), position, given, envelope)
        if arrival.decision:
            row.moderation_state = arrival.decision
            row.moderation_reason = arrival.reason if arrival.decision == ModerationState.REJECTED else ""
            row.moderated_at = now
            row.moderated_by = actor if isinstance(actor, User) else None
        rows.append(row)
    if arrival.decision in (ModerationState.PUBLISHED, ModerationState.PRIVATE, ModerationState.REJECTED):
        timeline.add(submission, f"moderated_{arrival.decision}", at=now)
    return rows


def _store_arrived(rows: list[Comment]) -> None:
    Comment.objects.bulk_create(rows, batch_size=500)
    published = [row for row in rows if row.moderation_state == ModerationState.PUBLISHED]
    for start in range(0, len(published), 500):
        search.index(*published[start : start + 500])
