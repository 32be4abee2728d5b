"""A comment is finished when a coder is done with it, and may be opened again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.actions.rows import leave_step, locked_comment
from consultations.coding.models import Coding, Point, Step
from consultations.models import Comment
from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from engage.participation.models import ModerationState, TimelineEntry

SORTED = "comments_sorted"


@transaction.atomic
def finish_comment(comment_id: int, *, nothing: bool = False, edited: str | None = None, actor: Actor) -> Comment:
    """Be done with a comment: each of its points has a theme or, with `nothing`, it has no point to answer.

    Its sender reads that it was sorted once all comments sent together are.
    Raises Refused("nothing_coded"), Refused("points_left"), Refused("point_without_theme", quote).
    """
    comment = locked_comment(comment_id, actor, edited=edited)
    if comment.coded_at is not None:
        return comment
    points = list(
        Point.objects.filter(comment=comment, removed_at=None).annotate(
            has_theme=Exists(Coding.objects.filter(point=OuterRef("pk"), removed_at=None))
        )
    )
    if nothing and points:
        raise Refused("points_left")
    if not nothing and not points:
        raise Refused("nothing_coded")
    for point in points:
        if not point.has_theme:
            raise Refused("point_without_theme", quote=rules.shortened(point.quote or comment.text))
    now = timezone.now()
    Comment.objects.filter(pk=comment.pk).update(coded_at=now)
    comment.coded_at = now
    leave_step(actor, Step.Kind.FINISHED, comment.consultation_id, comment)
    journal.record(actor, "comment.sorted", comment, points=len(points))
    tell_senders([comment.submission_id], now)
    return comment


@transaction.atomic
def reopen_comment(comment_id: int, *, actor: Actor) -> Comment:
    """Put a finished comment back among those to code."""
    comment = locked_comment(comment_id, actor)
    if comment.coded_at is None:
        return comment
    leave_step(actor, Step.Kind.REOPENED, comment.consultation_id, comment, coded_at=comment.coded_at.isoformat())
    set_open(comment, actor)
    return comment


def set_open(comment: Comment, actor: Actor) -> None:
    """Open a locked comment again."""
    Comment.objects.filter(pk=comment.pk).update(coded_at=None)
    comment.coded_at = None
    journal.record(actor, "comment.reopened", comment)


def tell_senders(submission_ids: Collection[int], now: datetime) -> None:
    """Write into the timeline of those submissions whose comments are all sorted that they are, once."""
    # Looked up by their keys, not joined: for a batch of 500 a join reads all comments there are.
    left = Comment.objects.filter(submission__in=submission_ids, coded_at=None).exclude(
        moderation_state=ModerationState.REJECTED
    )
    told = TimelineEntry.objects.filter(submission__in=submission_ids, code=SORTED)
    done = set(submission_ids).difference(
        left.values_list("submission", flat=True), told.values_list("submission", flat=True)
    )
    timeline.add_many(sorted(done), SORTED, at=now)
