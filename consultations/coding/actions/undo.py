"""Taking back one's own last step; pressed again, the one before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from consultations.coding.actions.comments import set_open, tell_senders
from consultations.coding.actions.rows import locked_comment, locked_consultation, locked_theme
from consultations.coding.actions.themes import retire
from consultations.coding.models import Coding, Decision, Point, Step
from consultations.models import Comment, Consultation
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal


@transaction.atomic
def undo_last(consultation: Consultation, *, actor: User) -> Step:
    """Take back the actor's own last step in a consultation; what others did since stays.

    Raises Refused("nothing_to_undo"), Refused("undo_overtaken") where somebody built on it.
    """
    locked_consultation(consultation.pk, actor)
    step = (
        Step.objects.select_for_update(of=("self",))
        .filter(consultation=consultation, by=actor, undone_at=None)
        .order_by("-pk")
        .first()
    )
    if step is None:
        raise Refused("nothing_to_undo")
    now = timezone.now()
    comment = locked_comment(step.comment_id, actor) if step.comment_id else None
    match step.kind:
        case Step.Kind.APPLIED | Step.Kind.MARKED:
            _take_away(step, now)
        case Step.Kind.REMOVED | Step.Kind.UNMARKED:
            _bring_back(step)
        case Step.Kind.FINISHED if comment is not None and comment.coded_at is not None:
            set_open(comment, actor)
        case Step.Kind.REOPENED if comment is not None and comment.coded_at is None:
            Comment.objects.filter(pk=comment.pk).update(coded_at=datetime.fromisoformat(step.changed["coded_at"]))
            tell_senders([comment.submission_id], now)
        case Step.Kind.DECIDED:
            _undecide(step, now, actor)
        case Step.Kind.THEME:
            retire(locked_theme(step.changed["theme"], actor), actor)
    step.undone_at = now
    step.save(update_fields=["undone_at"])
    journal.record(actor, "coding.undone", f"coding.step:{step.pk}", kind=str(step.kind))
    return step


def _take_away(step: Step, now: datetime) -> None:
    """Close what the step opened; a point that others gave a theme or a decision since stays."""
    Coding.objects.filter(pk__in=step.changed.get("codings", []), removed_at=None).update(removed_at=now)
    for point in Point.objects.filter(pk__in=step.changed.get("points", []), removed_at=None):
        in_use = point.codings.filter(removed_at=None).exists() or point.decisions.filter(replaced_at=None).exists()
        if not in_use:
            Point.objects.filter(pk=point.pk).update(removed_at=now)


def _bring_back(step: Step) -> None:
    """Open again what the step closed; raises Refused("undo_overtaken") where its place is taken."""
    for point in Point.objects.filter(pk__in=step.changed.get("points", [])).exclude(removed_at=None):
        others = Point.objects.filter(comment=point.comment_id, removed_at=None)
        if point.start is None:
            taken = others.filter(start=None)
        else:
            taken = others.filter(start__lt=point.end, end__gt=point.start)
        if taken.exists():
            raise Refused("undo_overtaken")
        Point.objects.filter(pk=point.pk).update(removed_at=None)
    for coding in Coding.objects.filter(pk__in=step.changed.get("codings", [])).select_related("theme", "point"):
        if coding.theme.retired_at is not None or coding.point.removed_at is not None:
            raise Refused("undo_overtaken")
        if not Coding.objects.filter(point=coding.point_id, theme=coding.theme_id, removed_at=None).exists():
            Coding.objects.filter(pk=coding.pk).update(removed_at=None)
    for decision in Decision.objects.filter(pk__in=step.changed.get("decisions", [])):
        if not Decision.objects.filter(point=decision.point_id, replaced_at=None).exists():
            Decision.objects.filter(pk=decision.pk).update(replaced_at=None)


def _undecide(step: Step, now: datetime, actor: User) -> None:
    """End the step's decision and put a copy of the one before in force again."""
    made, before = step.changed["decision"], step.changed["before"]
    if made is not None and not Decision.objects.filter(pk=made, replaced_at=None).update(replaced_at=now):
        raise Refused("undo_overtaken")
    if before is None:
        return
    earlier = Decision.objects.get(pk=before)
    if Decision.objects.filter(theme=earlier.theme_id, point=earlier.point_id, replaced_at=None).exists():
        raise Refused("undo_overtaken")
    earlier.pk, earlier.replaced_at, earlier.decided_at, earlier.decided_by = None, None, now, actor
    earlier._state.adding = True
    earlier.save()
