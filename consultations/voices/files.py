"""Files that are sent with comments: held with the basket, taken along by sending, public when a moderator says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from consultations.models import Comment
from consultations.voices import rules
from consultations.voices.models import CommentFile, HeldFile
from engage.accounts.actors import ANYONE, Actor
from engage.errors import Refused
from engage.participation import held as held_files
from engage.participation.models import Attachment, ModerationState, Submission


@dataclass(frozen=True)
class PublicFile:
    """One file as it is listed under a comment."""

    id: int
    name: str
    size: int


def held(basket: str) -> dict[str, list[HeldFile]]:
    """Return item to the files that wait with a basket; `basket` is the digest of its token."""
    found: dict[str, list[HeldFile]] = {}
    for row in HeldFile.objects.filter(basket=basket):
        found.setdefault(row.item, []).append(row)
    return found


@transaction.atomic
def hold(basket: str, item: str, upload: BinaryIO, name: str, *, now: datetime) -> HeldFile:
    """Check and clean a file and keep it with a comment that is not sent yet; it is served to nobody.

    Raises Refused("files_full", most=...) and the codes of `attachments.inspect`.
    """
    if HeldFile.objects.filter(basket=basket, item=item).count() >= rules.FILES_MOST:
        raise Refused("files_full", most=rules.FILES_MOST)
    return held_files.keep(HeldFile(basket=basket, item=item, created_at=now), held_files.check(upload, name))


@transaction.atomic
def drop(basket: str, item: str, held_id: int | None = None) -> None:
    """Delete one file of a comment that is not sent yet, or all of them."""
    rows = HeldFile.objects.filter(basket=basket, item=item)
    held_files.delete(rows if held_id is None else rows.filter(pk=held_id))


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Delete what waits with baskets whose session is over; returns how many files."""
    over = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    keys = list(HeldFile.objects.filter(created_at__lt=over).values_list("pk", flat=True)[:500])
    return held_files.delete(HeldFile.objects.filter(pk__in=keys))


def take_along(submission: Submission, basket: str, comments: Mapping[str, Comment], *, actor: Actor) -> None:
    """Hang the held files of a basket under the comments of its submission, inside the caller's transaction.

    The stored file stays where it is. A moderator looks at it before the public does.
    """
    rows = list(HeldFile.objects.select_for_update().filter(basket=basket, item__in=list(comments)))
    for row, attachment in zip(rows, held_files.hand_over(rows, submission, actor=actor), strict=True):
        CommentFile.objects.create(submission=submission, comment=comments[row.item], attachment=attachment)
    HeldFile.objects.filter(pk__in=[row.pk for row in rows]).delete()


def under_comments(comments: Sequence[Comment]) -> dict[int, list[PublicFile]]:
    """Return comment to its published files, in one query; whoever reads the comment may open them."""
    found: dict[int, list[PublicFile]] = {}
    rows = CommentFile.objects.filter(
        comment__in=[comment.pk for comment in comments], moderation_state=ModerationState.PUBLISHED
    )
    for row in rows.select_related("attachment"):
        found.setdefault(row.comment_id, []).append(PublicFile(row.pk, row.attachment.name, row.attachment.size))
    return found


def readable(actor: Actor = ANYONE) -> QuerySet[CommentFile]:
    """Return the files an actor may open."""
    clean = CommentFile.objects.visible_to(actor).filter(attachment__state=Attachment.State.CLEAN)
    return clean.select_related("attachment", "comment__consultation")
