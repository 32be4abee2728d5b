"""Rows: what every room writes."""

import secrets
from typing import Any

from django.db.models import Model
from django.utils import timezone

from engage import rows
from engage.accounts.actors import Actor, ReceiptHolder, System
from engage.journal import rules
from engage.journal.models import JournalRow

Target = Model | str


def record(actor: Actor, verb: str, target: Target, /, **data: Any) -> None:
    """Append one row inside the caller's transaction: one INSERT (`engage.rows`), no lock, nothing read.

    `target` is a saved model instance, a "label:pk" text, or a "label" for many at once. `data` is plain JSON without
    floats and without contact data. The row belongs to a receipt when its target is a submission or has a
    `submission_id`.
    Raises TypeError or ValueError for data the journal cannot keep.
    """
    kind, actor_id = _actor_columns(actor)
    label, pk = _target_columns(target)
    content = rules.plain(data)
    entry = rules.Entry(
        at=timezone.now(),
        actor_kind=kind,
        actor_id=actor_id,
        verb=verb,
        target=f"{label}:{pk}",
        submission_id=_submission_of(target),
        content=content,
        salt=secrets.token_bytes(16),
    )
    rows.write(
        rows.new(
            JournalRow,
            at=entry.at,
            actor_kind=kind,
            actor_id=actor_id,
            verb=verb,
            target_label=label,
            target_pk=pk,
            content=content,
            submission_id=entry.submission_id,
            salt=entry.salt,
            digest=rules.leaf_hash(rules.leaf_text(entry)),
        )
    )


def _actor_columns(actor: Actor) -> tuple[str, str]:
    if isinstance(actor, System):
        return JournalRow.ActorKind.SYSTEM.value, actor.name
    if isinstance(actor, ReceiptHolder):
        return JournalRow.ActorKind.RECEIPT.value, str(actor.submission_id)
    if actor.pk is None:
        return JournalRow.ActorKind.ANONYMOUS.value, ""
    return JournalRow.ActorKind.USER.value, str(actor.pk)


def _target_columns(target: Target) -> tuple[str, str]:
    if isinstance(target, str):
        label, _colon, pk = target.partition(":")
        return label, pk
    if target.pk is None:
        raise ValueError(f"Not saved yet, so the journal cannot name it: {target!r}")
    return target._meta.label_lower, str(target.pk)


def _submission_of(target: Target) -> int | None:
    if isinstance(target, str):
        label, _colon, pk = target.partition(":")
        return int(pk) if label == "participation.submission" else None
    if target._meta.label_lower == "participation.submission":
        return target.pk
    return getattr(target, "submission_id", None)
