"""Files that wait with something that is not sent yet: checked, cleaned, kept, deleted, handed over to what was sent.

Letters, comments and sheets of questionnaires have rows of their own (`models.Held`), for each knows what its files
wait with; what is done with them is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from engage.accounts.actors import Actor
from engage.journal import actions as journal
from engage.participation.models import Attachment, Held, Submission

if TYPE_CHECKING:
    from engage.participation.attachments import Inspected

Row = TypeVar("Row", bound=Held)


@dataclass(frozen=True)
class Clean:
    """What a file is, and the bytes of it that are kept: without metadata and without anything that runs."""

    inspected: Inspected
    content: bytes


def check(upload: BinaryIO, name: str, *, max_bytes: int | None = None) -> Clean:
    """Tell a file by its content and clean it. Raises Refused with the codes of `attachments.inspect`."""
    # Its image and PDF libraries cost every start a third of a second; only taking a file in needs them.
    from engage.participation.attachments import MAX_BYTES, inspect, sanitise

    inspected = inspect(upload, name=name, max_bytes=min(max_bytes or MAX_BYTES, MAX_BYTES))
    return Clean(inspected, sanitise(inspected, upload.read()))


def keep(row: Row, clean: Clean) -> Row:
    """Store a file and the row that holds it, in the caller's transaction."""
    row.name = clean.inspected.safe_name
    row.media_type = clean.inspected.media_type
    row.size = len(clean.content)
    row.sha256 = clean.inspected.sha256
    row.file.save(row.name, ContentFile(clean.content), save=False)
    row.save()
    return row


def delete(rows: QuerySet) -> int:
    """Delete rows that hold files, and the files once that is certain; returns how many."""
    names = [(row.file.storage, row.file.name or "") for row in rows]
    rows.delete()
    for storage, name in names:
        transaction.on_commit(partial(storage.delete, name))
    return len(names)


def hand_over(rows: Sequence[Held], submission: Submission, *, actor: Actor) -> list[Attachment]:
    """Make held files those of a submission, in their order and the caller's transaction; then the rows may go.

    The stored file stays where it is.
    """
    found = []
    for row in rows:
        attachment = Attachment.objects.create(
            submission=submission,
            file=row.file.name,
            name=row.name,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            state=Attachment.State.CLEAN,
        )
        journal.record(actor, "attachment.stored", attachment, sha256=row.sha256, size=row.size)
        found.append(attachment)
    return found
