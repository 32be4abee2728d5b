"""One theme for many comments at once, in batches that can be watched, stopped and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.access import check_coder
from consultations.coding.actions.comments import tell_senders
from consultations.coding.actions.rows import locked_consultation, locked_theme, person
from consultations.coding.models import BulkOrder, Coding, Point, Theme
from consultations.models import Comment
from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.models import ModerationState, Submission


@transaction.atomic
def order_bulk(theme_id: int, comment_ids: Sequence[int], *, finish: bool = True, actor: Actor) -> BulkOrder:
    """Order that each of these comments gets a theme as a whole; with `finish` they are done with it.

    Raises Refused("nothing_chosen"), Refused("too_many_comments", most), those of `locked_theme`.
    """
    theme = locked_theme(theme_id, actor)
    wanted = sorted(set(comment_ids))
    if not wanted:
        raise Refused("nothing_chosen")
    if len(wanted) > rules.BULK_MOST:
        raise Refused("too_many_comments", most=rules.BULK_MOST)
    order = BulkOrder.objects.create(
        consultation=theme.consultation,
        theme=theme,
        comment_ids=wanted,
        total=len(wanted),
        finish=finish,
        ordered_by=person(actor),
    )
    journal.record(actor, "bulk.ordered", order, theme=theme.pk, n=order.total)
    return order


@transaction.atomic
def run_batch(order_id: int) -> bool:
    """Carry out the next part of an order; tells whether more is left. Safe to run twice and beside others.

    A theme that was merged meanwhile is followed to where its points went; one that was taken out of use ends the
    order. Comments that were withdrawn or rejected meanwhile are passed over.
    """
    found = (
        BulkOrder.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("ordered_by", "theme")
        .filter(pk=order_id, finished_at=None, cancelled_at=None)
        .first()
    )
    if found is None:
        return False
    theme = _theme_now(found.theme)
    now = timezone.now()
    if theme is None:
        found.cancelled_at = now
        found.save(update_fields=["cancelled_at"])
        return False
    ids = found.comment_ids[found.done : found.done + rules.BULK_BATCH]
    coded = _code(found, theme, ids, now)
    found.done += len(ids)
    found.finished_at = now if found.done >= found.total else None
    found.save(update_fields=["done", "finished_at"])
    journal.record(found.ordered_by or SYSTEM, "bulk.batch", found, theme=theme.pk, n=coded)
    return found.finished_at is None


def _theme_now(theme: Theme) -> Theme | None:
    """Lock the theme, or the one that its points went to; None when there is none in use."""
    while True:
        locked = Theme.objects.select_for_update(of=("self",), no_key=True).get(pk=theme.pk)
        if locked.retired_at is None:
            return locked
        if locked.merged_into is None:
            return None
        theme = locked.merged_into


def _code(order: BulkOrder, theme: Theme, ids: list[int], now: datetime) -> int:
    comments = list(
        Comment.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids, consultation=order.consultation_id)
        .exclude(moderation_state=ModerationState.REJECTED)
        .exclude(submission__state=Submission.State.WITHDRAWN)
        .order_by("pk")
        .only("pk", "submission_id", "coded_at")
    )
    keys = [comment.pk for comment in comments]
    whole = dict(Point.objects.filter(comment__in=keys, removed_at=None, start=None).values_list("comment_id", "pk"))
    made = Point.objects.bulk_create(
        Point(consultation_id=order.consultation_id, comment_id=pk, created_by_id=order.ordered_by_id, created_at=now)
        for pk in keys
        if pk not in whole
    )
    points = [*whole.values(), *(point.pk for point in made)]
    there = set(
        Coding.objects.filter(theme=theme, point__in=list(whole.values()), removed_at=None).values_list(
            "point_id", flat=True
        )
    )
    codings = Coding.objects.bulk_create(
        Coding(
            point_id=point,
            theme=theme,
            coder_id=order.ordered_by_id,
            source=Coding.Source.BULK,
            order=order,
            created_at=now,
        )
        for point in points
        if point not in there
    )
    if order.finish:
        _finish(keys, [comment.submission_id for comment in comments], now)
    return len(codings)


def _finish(keys: list[int], submissions: list[int], now: datetime) -> None:
    """Finish the comments, except those where somebody marked a passage that has no theme yet."""
    themed = Coding.objects.filter(point=OuterRef("pk"), removed_at=None)
    bare = Point.objects.filter(~Exists(themed), comment__in=keys, removed_at=None)
    done = set(keys).difference(bare.values_list("comment", flat=True))
    Comment.objects.filter(pk__in=done, coded_at=None).update(coded_at=now)
    tell_senders(submissions, now)


@transaction.atomic
def cancel_bulk(order_id: int, *, actor: Actor) -> BulkOrder:
    """Stop an order after the batch that is under way; what is coded stays."""
    order = _locked_order(order_id, actor)
    if order.finished_at is None and order.cancelled_at is None:
        order.cancelled_at = timezone.now()
        order.save(update_fields=["cancelled_at"])
        journal.record(actor, "bulk.cancelled", order, done=order.done)
    return order


@transaction.atomic
def take_back_bulk(order_id: int, *, actor: Actor) -> BulkOrder:
    """Take the themes back that an order gave; comments left without any theme are open again.

    Raises Refused("order_running") while it is under way. A second call changes nothing.
    """
    order = _locked_order(order_id, actor)
    if order.finished_at is None and order.cancelled_at is None:
        raise Refused("order_running")
    if order.taken_back_at is not None:
        return order
    locked_consultation(order.consultation_id, actor)
    now = timezone.now()
    given = Coding.objects.filter(order=order)
    taken = given.filter(removed_at=None).update(removed_at=now)
    themed = Coding.objects.filter(point=OuterRef("pk"), removed_at=None)
    Point.objects.filter(
        ~Exists(themed), pk__in=given.values("point_id"), start=None, removed_at=None, decisions=None
    ).update(removed_at=now)
    live = Point.objects.filter(comment=OuterRef("pk"), removed_at=None)
    Comment.objects.filter(~Exists(live), pk__in=given.values("point__comment_id"), coded_at__isnull=False).update(
        coded_at=None
    )
    order.taken_back_at = now
    order.save(update_fields=["taken_back_at"])
    journal.record(actor, "bulk.taken_back", order, n=taken)
    return order


def _locked_order(order_id: int, actor: Actor) -> BulkOrder:
    order = (
        BulkOrder.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("consultation__department")
        .get(pk=order_id)
    )
    check_coder(actor, order.consultation)
    return order
