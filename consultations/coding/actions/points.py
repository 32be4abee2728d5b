"""Points and their themes: marked in the text, given a theme, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.actions.rows import leave_step, locked_comment, locked_consultation, locked_theme, person
from consultations.coding.actions.themes import make_theme
from consultations.coding.models import Coding, Decision, Point, Step
from consultations.models import Comment
from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal


@dataclass(frozen=True)
class Target:
    """What a theme is given to: points that are there, stretches to mark first, or, without both, the whole comment."""

    points: tuple[int, ...] = ()
    stretches: tuple[rules.Stretch, ...] = ()


WHOLE = Target()


@transaction.atomic
def apply_theme(
    comment_id: int,
    theme_id: int,
    target: Target = WHOLE,
    *,
    edited: str | None = None,
    source: Coding.Source = Coding.Source.DESK,
    actor: Actor,
) -> list[Coding]:
    """Give a theme to points of a comment; returns the codings that are new. What is there already stays as it is.

    Raises Refused("point_gone"), those of `rules.check_stretch` and those of `locked_theme` and `locked_comment`.
    """
    theme = locked_theme(theme_id, actor)
    comment = locked_comment(comment_id, actor, edited=edited)
    if theme.consultation_id != comment.consultation_id:
        raise Refused("theme_gone")
    made, points = _points_of(comment, target, actor)
    there = set(
        Coding.objects.filter(theme=theme, removed_at=None, point__in=points).values_list("point_id", flat=True)
    )
    codings = [
        Coding.objects.create(point=point, theme=theme, coder=person(actor), source=source)
        for point in points
        if point.pk not in there
    ]
    if codings or made:
        leave_step(
            actor,
            Step.Kind.APPLIED,
            comment.consultation_id,
            comment,
            codings=[coding.pk for coding in codings],
            points=[point.pk for point in made],
        )
    for coding in codings:
        journal.record(actor, "coding.applied", coding.point, theme=theme.pk, source=str(source))
    return codings


@transaction.atomic
def apply_new_theme(
    comment_id: int,
    name: str,
    target: Target = WHOLE,
    *,
    parent: int | None = None,
    edited: str | None = None,
    actor: Actor,
) -> list[Coding]:
    """Make a theme and give it at once; where one of the two is refused, neither happens."""
    consultation_id = Comment.objects.visible_to(actor).values_list("consultation", flat=True).get(pk=comment_id)
    consultation = locked_consultation(consultation_id, actor)
    _check_target(locked_comment(comment_id, actor, edited=edited), target)
    theme = make_theme(consultation, name, parent=parent, actor=actor)
    return apply_theme(comment_id, theme.pk, target, edited=edited, actor=actor)


@transaction.atomic
def mark_points(
    comment_id: int, stretches: Sequence[rules.Stretch], *, edited: str | None = None, actor: Actor
) -> list[Point]:
    """Mark passages that have no theme yet; returns the points, those that were there included.

    Raises Refused("stretch_empty") without a passage, and as `apply_theme`.
    """
    if not stretches:
        raise Refused("stretch_empty")
    comment = locked_comment(comment_id, actor, edited=edited)
    made, points = _points_of(comment, Target(stretches=tuple(stretches)), actor)
    if made:
        leave_step(actor, Step.Kind.MARKED, comment.consultation_id, comment, points=[point.pk for point in made])
    return points


@transaction.atomic
def unmark_point(point_id: int, *, actor: Actor) -> None:
    """Take a point away with its themes and its own decision; nothing happens when it is gone already."""
    point = _live_point(point_id, actor)
    if point is None:
        return
    now = timezone.now()
    codings = list(point.codings.filter(removed_at=None).values_list("pk", flat=True))
    decisions = list(point.decisions.filter(replaced_at=None).values_list("pk", flat=True))
    Coding.objects.filter(pk__in=codings).update(removed_at=now)
    Decision.objects.filter(pk__in=decisions).update(replaced_at=now)
    Point.objects.filter(pk=point.pk).update(removed_at=now)
    leave_step(
        actor,
        Step.Kind.UNMARKED,
        point.consultation_id,
        point.comment,
        points=[point.pk],
        codings=codings,
        decisions=decisions,
    )
    journal.record(actor, "point.removed", point, themes=len(codings))


@transaction.atomic
def remove_coding(coding_id: int, *, actor: Actor) -> None:
    """Take a theme from a point; nothing happens when it is gone already.

    A whole comment that lost its last theme is no point any more, unless there is a decision on it.
    """
    coding = Coding.objects.visible_to(actor).filter(pk=coding_id).select_related("point").first()
    if coding is None:
        raise Refused("point_gone")
    comment = locked_comment(coding.point.comment_id, actor)
    now = timezone.now()
    if not Coding.objects.filter(pk=coding_id, removed_at=None).update(removed_at=now):
        return
    point = coding.point
    kept = point.start is not None or point.codings.filter(removed_at=None).exists()
    points = [] if kept or point.decisions.filter(replaced_at=None).exists() else [point.pk]
    Point.objects.filter(pk__in=points).update(removed_at=now)
    leave_step(actor, Step.Kind.REMOVED, comment.consultation_id, comment, codings=[coding.pk], points=points)
    journal.record(actor, "coding.removed", point, theme=coding.theme_id)


def _points_of(comment: Comment, target: Target, actor: Actor) -> tuple[list[Point], list[Point]]:
    """Return the points that had to be made, and all that are meant; the comment is locked."""
    live = list(Point.objects.filter(comment=comment, removed_at=None))
    if target.points:
        found = [point for point in live if point.pk in target.points]
        if len(found) != len(set(target.points)):
            raise Refused("point_gone")
        return [], found
    if not target.stretches:
        whole = next((point for point in live if point.start is None), None)
        made = [] if whole else [_make(comment, None, actor)]
        return made, [whole] if whole else made
    made, meant = [], []
    by_stretch = {
        rules.Stretch(point.start, point.end): point
        for point in live
        if point.start is not None and point.end is not None
    }
    for wanted in rules.joined(target.stretches, comment.text):
        stretch = rules.check_stretch(comment.text, wanted, by_stretch)
        if stretch not in by_stretch:
            by_stretch[stretch] = _make(comment, stretch, actor)
            made.append(by_stretch[stretch])
        meant.append(by_stretch[stretch])
    return made, meant


def _check_target(comment: Comment, target: Target) -> None:
    """Refuse what `_points_of` would refuse, before anything is written."""
    live = {point.pk: point for point in Point.objects.filter(comment=comment, removed_at=None)}
    if target.points and not set(target.points) <= set(live):
        raise Refused("point_gone")
    others = [
        rules.Stretch(point.start, point.end)
        for point in live.values()
        if point.start is not None and point.end is not None
    ]
    for wanted in rules.joined(target.stretches, comment.text):
        others.append(rules.check_stretch(comment.text, wanted, others))


def _make(comment: Comment, stretch: rules.Stretch | None, actor: Actor) -> Point:
    point = Point.objects.create(
        consultation_id=comment.consultation_id,
        comment=comment,
        start=stretch.start if stretch else None,
        end=stretch.end if stretch else None,
        quote=comment.text[stretch.start : stretch.end] if stretch else "",
        created_by=person(actor),
    )
    journal.record(actor, "point.marked", point)
    return point


def _live_point(point_id: int, actor: Actor) -> Point | None:
    """Return a live point under its locked comment; None when it was taken away meanwhile."""
    point = Point.objects.visible_to(actor).filter(pk=point_id).select_related("comment").first()
    if point is None:
        raise Refused("point_gone")
    locked_comment(point.comment_id, actor)
    return point if Point.objects.filter(pk=point_id, removed_at=None).exists() else None
