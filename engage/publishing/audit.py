"""The audit of the gate: one row for each review that was decided or fell, with the hash of what was signed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.journal.queries import SealedRow, sealed_rows
from engage.publishing import rules
from engage.publishing.models import Review
from engage.spreadsheets import csv_text

# Reviews read at once for a file, so that its size does not matter.
BATCH = 500
VOID = Review.State.VOID.value
COLUMNS = (
    "release",
    "kind",
    "object",
    "number",
    "title",
    "state",
    "key",
    "review_state",
    "decision",
    "basis",
    "comment",
    "decided_by",
    "decided_at",
    "voided_at",
    "void_reason",
    "afterwards",
    "content_hash",
    "manifest",
)


@dataclass(frozen=True)
class Asked:
    """What of the audit is asked for. `decision` is one of the decisions, or VOID; the times are of handing in."""

    kind: str = ""
    person: int | None = None
    decision: str = ""
    since: datetime | None = None
    until: datetime | None = None


def steps(asked: Asked | None = None, *, actor: Actor) -> QuerySet[Review]:
    """Return every review that was decided or fell, the newest first, with its release."""
    asked = asked or Asked()
    rows = Review.objects.visible_to(actor).exclude(state=Review.State.WAITING)
    if asked.kind:
        rows = rows.filter(release__kind=asked.kind)
    if asked.person is not None:
        rows = rows.filter(decided_by=asked.person)
    if asked.decision == VOID:
        rows = rows.filter(state=Review.State.VOID)
    elif asked.decision:
        rows = rows.filter(decision=asked.decision)
    if asked.since is not None:
        rows = rows.filter(release__requested_at__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(release__requested_at__lt=asked.until)
    return rows.select_related("release", "decided_by").order_by("-pk")


def signers(*, actor: Actor) -> list[User]:
    """List everybody who has decided a review."""
    signed = Review.objects.visible_to(actor).exclude(decided_by=None).values("decided_by")
    return list(User.objects.filter(pk__in=signed).order_by("last_name", "first_name", "email"))


def rows(reviews: Iterable[Review]) -> Iterator[dict[str, Any]]:
    """Give each step as plain values, in the order of COLUMNS; `manifest` maps each signed form to its hash."""
    for review in reviews:
        release = review.release
        yield {
            "release": release.pk,
            "kind": release.kind,
            "object": release.object_id,
            "number": release.number,
            "title": release.title,
            "state": release.state,
            "key": review.key,
            "review_state": review.state,
            "decision": review.decision,
            "basis": review.basis,
            "comment": review.comment,
            "decided_by": review.decided_by.email if review.decided_by else "",
            "decided_at": review.decided_at.isoformat() if review.decided_at else "",
            "voided_at": review.voided_at.isoformat() if review.voided_at else "",
            "void_reason": list(review.void_reason),
            "afterwards": review.afterwards,
            "content_hash": signed_hash(review),
            "manifest": review.signed,
        }


def signed_hash(review: Review) -> str:
    """Return the hash over what was signed; empty where nothing was."""
    return rules.manifest_hash(review.signed) if review.signed else ""


def in_journal(reviews: Sequence[Review]) -> dict[int, SealedRow]:
    """Return where the journal keeps each step: key of the review to its sealed row."""
    releases = {str(review.release_id) for review in reviews}
    rows = sealed_rows("publishing.release", releases, verbs=("release.signed", "release.refused"))
    places = {}
    for review in reviews:
        signer = str(review.decided_by_id or "")
        for row in rows:
            same = (row.target_pk, row.content.get("key")) == (str(review.release_id), review.key)
            if same and row.actor_id == signer and row.content.get("forms") == review.signed:
                places[review.pk] = row
    return places


# --- files ----------------------------------------------------------------------------------------------------------


def _batch(asked: Asked, actor: Actor, below: int | None) -> list[Review]:
    found = steps(asked, actor=actor)
    return list(found.filter(pk__lt=below)[:BATCH] if below is not None else found[:BATCH])


def _as_csv(batch: Sequence[Review], *, is_first: bool) -> str:
    return csv_text(map(_cells, rows(batch)), head=COLUMNS if is_first else ())


def _cells(row: dict[str, Any]) -> list[Any]:
    plain = row | {
        "void_reason": " ".join(row["void_reason"]),
        "manifest": json.dumps(row["manifest"], ensure_ascii=False, sort_keys=True),
    }
    return [plain[name] for name in COLUMNS]


def _as_json(batch: Sequence[Review], *, is_first: bool) -> str:
    words = [json.dumps(row, ensure_ascii=False) for row in rows(batch)]
    if not words:
        return '{"steps": [' if is_first else ""
    return ('{"steps": [\n' if is_first else ",\n") + ",\n".join(words)


@dataclass(frozen=True)
class File:
    """One format of the audit: how a batch is written, and what stands at the end."""

    media_type: str
    write: Callable[..., str]
    end: str = ""


FILES = {
    "csv": File("text/csv; charset=utf-8", _as_csv),
    "json": File("application/json", _as_json, "\n]}\n"),
}


async def written(asked: Asked, name: str, *, actor: Actor) -> AsyncIterator[bytes]:
    """Write the audit as one of FILES, batch by batch: neither the database nor the server holds the whole."""
    file, below, is_first = FILES[name], None, True
    while True:
        batch = await sync_to_async(_batch)(asked, actor, below)
        yield (await sync_to_async(file.write)(batch, is_first=is_first)).encode("utf-8", "replace")
        if len(batch) < BATCH:
            break
        below, is_first = batch[-1].pk, False
    yield file.end.encode()
