"""Files of a letter: held with it until it is sent, taken along by sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet, Sum

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation.models import Attachment, Submission
from mailbox.letterbox.models import HeldFile

FILES_MOST = 5
BYTES_MOST = 20 * 1024 * 1024
# Of a whole case, with what was added to it later.
CASE_FILES_MOST = 20


def held(letter: str) -> list[HeldFile]:
    """List the files that wait with a letter, named by the digest of its token."""
    return list(HeldFile.objects.filter(letter=letter))


@transaction.atomic
def hold(letter: str, upload: BinaryIO, name: str, *, now: datetime) -> HeldFile:
    """Check and clean a file and keep it with a letter that is not sent yet; it is served to nobody.

    Raises Refused("letter_files_full", most=...), Refused("letter_files_large") past 20 MB in all, and the codes of
    `attachments.inspect`.
    """
    # Its image and PDF libraries cost every start a third of a second; only taking a file in needs them.
    from engage.participation.attachments import inspect, sanitise

    waiting = HeldFile.objects.filter(letter=letter)
    if waiting.count() >= FILES_MOST:
        raise Refused("letter_files_full", most=FILES_MOST)
    inspected = inspect(upload, name=name)
    clean = sanitise(inspected, upload.read())
    if (waiting.aggregate(size=Sum("size", default=0))["size"]) + len(clean) > BYTES_MOST:
        raise Refused("letter_files_large")
    row = HeldFile(
        letter=letter,
        name=inspected.safe_name,
        media_type=inspected.media_type,
        size=len(clean),
        sha256=inspected.sha256,
        created_at=now,
    )
    row.file.save(inspected.safe_name, ContentFile(clean), save=False)
    row.save()
    return row


@transaction.atomic
def drop(letter: str, held_id: int) -> None:
    """Delete one file of a letter that is not sent yet; a number that the letter does not know changes nothing."""
    _delete(HeldFile.objects.filter(letter=letter, pk=held_id))


def _delete(rows: QuerySet[HeldFile]) -> int:
    names = [(row.file.storage, row.file.name or "") for row in rows]
    rows.delete()
    for storage, name in names:
        transaction.on_commit(partial(storage.delete, name))
    return len(names)


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Delete what waits with letters whose session is over; returns how many files."""
    over = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    keys = list(HeldFile.objects.filter(created_at__lt=over).values_list("pk", flat=True)[:500])
    return _delete(HeldFile.objects.filter(pk__in=keys))


def take_along(submission: Submission, letter: str, *, actor: Actor) -> None:
    """Make the held files of a letter the files of its submission, inside the caller's transaction.

    The stored file stays where it is.
    """
    rows = list(HeldFile.objects.select_for_update().filter(letter=letter))
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
    if rows:
        HeldFile.objects.filter(pk__in=[row.pk for row in rows]).delete()


def add_to_case(submission: Submission, upload: BinaryIO, name: str, *, actor: Actor) -> Attachment:
    """Put a file to a case that was sent already, inside the caller's transaction; the same bytes are kept once.

    Raises Refused("letter_files_full", most=...), Refused("letter_files_large") past 20 MB, and the codes of
    `attachments.inspect`.
    """
    from engage.participation.attachments import inspect

    if submission.attachments.count() >= CASE_FILES_MOST:
        raise Refused("letter_files_full", most=CASE_FILES_MOST)
    inspected = inspect(upload, name=name)
    known = submission.attachments.filter(sha256=inspected.sha256).first()
    if known is not None:
        return known
    content = upload.read()
    if len(content) > BYTES_MOST:
        raise Refused("letter_files_large")
    return participation.attach(submission, inspected, content, actor=actor)
