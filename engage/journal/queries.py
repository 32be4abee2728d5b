"""Every read of the journal: published checkpoints, and proofs that a receipt is in it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Model, OuterRef, Subquery
from django.urls import reverse

from engage.journal import rules
from engage.journal.models import JournalCheckpoint, JournalRow, JournalSeal
from engage.journal.tree import SealedTree

CHECKPOINTS_PER_PAGE = 25
DOCUMENTS_AT_ONCE = 1_000
PROOF_FORMAT = "engage-journal-proof/1"

# Columns of a row that its leaf is made of, in the order `entry_of` takes them.
ENTRY_COLUMNS = (
    "at",
    "actor_kind",
    "actor_id",
    "verb",
    "target_label",
    "target_pk",
    "submission_id",
    "content",
    "salt",
)


@dataclass(frozen=True)
class ProofState:
    """How far a receipt has come: written, sealed (`sequence`), covered by a published checkpoint (its number)."""

    written: bool
    sequence: int | None
    checkpoint: int | None


def checkpoints_page(number: int | str) -> Page:
    """Return a page of checkpoints, newest first; an unknown page number gives the nearest one there is."""
    return Paginator(JournalCheckpoint.objects.all(), CHECKPOINTS_PER_PAGE).get_page(number)


def checkpoint(number: int) -> JournalCheckpoint | None:
    """Return one checkpoint, if it was taken."""
    return JournalCheckpoint.objects.filter(number=number).first()


def published(checkpoint: JournalCheckpoint) -> dict[str, Any]:
    """Return a checkpoint as it is published: its document and the hash over it."""
    return checkpoint.document() | {"digest": bytes(checkpoint.digest).hex()}


def published_after(number: int) -> list[dict[str, Any]]:
    """Return the DOCUMENTS_AT_ONCE published checkpoints that follow a number, oldest first; 0 for the first ones."""
    following = JournalCheckpoint.objects.filter(number__gt=number).order_by("number")
    return [published(checkpoint) for checkpoint in following[:DOCUMENTS_AT_ONCE]]


def proof_state(submission: Model | int) -> ProofState:
    """Tell whether a proof for this receipt can be had yet; three small reads."""
    seal = _receipt_seal(submission)
    if seal is None:
        return ProofState(_receipt_row(submission) is not None, None, None)
    checkpoint = _first_covering(seal.sequence)
    return ProofState(True, seal.sequence, checkpoint.number if checkpoint else None)


def inclusion_proof(submission: Model | int, *, checkpoint: int | None = None) -> dict[str, Any] | None:
    """Return the proof that the first row about this submission is in the journal, as JSON can hold it.

    `leaf` is the text that was hashed, `path` the hashes beside the way from it to `root` (bottom up, RFC 9162
    section 2.1.3), `checkpoint` the published document: the earliest that covers the row, or the one asked for.
    None while no such checkpoint exists. docs/verify_receipt.py checks it without Engage.
    """
    seal = _receipt_seal(submission)
    covering = seal and _first_covering(seal.sequence, checkpoint)
    if not seal or not covering:
        return None
    inclusion = SealedTree().prove_inclusion(seal.sequence, covering.size)
    columns = JournalRow.objects.values_list(*ENTRY_COLUMNS).get(pk=seal.row_id)
    return {
        "format": PROOF_FORMAT,
        "leaf": rules.leaf_text(entry_of(columns)).decode(),
        "sequence": seal.sequence,
        "path": [digest.hex() for digest in inclusion.path[1:]],
        "checkpoint": published(covering),
        "published_at": settings.PUBLIC_URL + reverse("journal_checkpoint_json", args=[covering.number]),
    }


@dataclass(frozen=True)
class SealedRow:
    """A row that has its place in the journal. `checkpoint`: the first published one that covers it, None before."""

    target_pk: str
    actor_id: str
    content: dict[str, Any]
    sequence: int
    checkpoint: int | None


def sealed_rows(label: str, keys: Collection[str], *, verbs: Collection[str]) -> list[SealedRow]:
    """Return the sealed rows about some things of one kind, the oldest first; one read.

    Who may know what is in them is for the caller to ask.
    """
    covering = JournalCheckpoint.objects.filter(size__gte=OuterRef("sequence")).order_by("number")
    seals = JournalSeal.objects.filter(row__target_label=label, row__target_pk__in=keys, row__verb__in=verbs)
    columns = ("row__target_pk", "row__actor_id", "row__content", "sequence", "covering")
    found = seals.annotate(covering=Subquery(covering.values("number")[:1])).order_by("sequence")
    return [SealedRow(*row) for row in found.values_list(*columns)]


def entry_of(columns: tuple) -> rules.Entry:
    """Return what is hashed of a row, from its ENTRY_COLUMNS."""
    at, actor_kind, actor_id, verb, label, pk, submission_id, content, salt = columns
    return rules.Entry(at, actor_kind, actor_id, verb, f"{label}:{pk}", submission_id, content, bytes(salt))


def _receipt_row(submission: Model | int) -> int | None:
    pk = submission.pk if isinstance(submission, Model) else submission
    rows = JournalRow.objects.filter(submission_id=pk).order_by("id")
    return rows.values_list("pk", flat=True).first()


def _receipt_seal(submission: Model | int) -> JournalSeal | None:
    return JournalSeal.objects.filter(row_id=_receipt_row(submission)).first()


def _first_covering(sequence: int, number: int | None = None) -> JournalCheckpoint | None:
    covering = JournalCheckpoint.objects.filter(size__gte=sequence)
    if number is not None:
        covering = covering.filter(number=number)
    return covering.order_by("number").first()
