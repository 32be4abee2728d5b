"""Files of a letter: held with it until it is sent, taken along by sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import held as held_files
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
    waiting = HeldFile.objects.filter(letter=letter)
    if waiting.count() >= FILES_MOST:
        raise Refused("letter_files_full", most=FILES_MOST)
    clean = held_files.check(upload, name)
    if (waiting.aggregate(size=Sum("size", default=0))["size"]) + len(clean.content) > BYTES_MOST:
        raise Refused("letter_files_large")
    return held_files.keep(HeldFile(letter=letter, created_at=now), clean)


@transaction.atomic
def drop(letter: str, held_id: int) -> None:
    """Delete one file of a letter that is not sent yet; a number that the letter does not know changes nothing."""
    held_files.delete(HeldFile.objects.filter(letter=letter, pk=held_id))


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Delete what waits with letters whose session is over; returns how many files."""
    over = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    keys = list(HeldFile.objects.filter(created_at__lt=over).values_list("pk", flat=True)[:500])
    return held_files.delete(HeldFile.objects.filter(pk__in=keys))


def take_along(submission: Submission, letter: str, *, actor: Actor) -> None:
    """Make the held files of a letter the files of its submission, inside the caller's transaction.

    The stored file stays where it is.
    """
    rows = list(HeldFile.objects.select_for_update().filter(letter=letter))
    if rows:
        held_files.hand_over(rows, submission, actor=actor)
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
