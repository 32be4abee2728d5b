"""Every write around comments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from consultations.models import Comment
from consultations.rules import CallState
from consultations.voices import rules
from consultations.voices.device import digest
from consultations.voices.models import Agreement, AgreementTotal, CommentTally, Report
from engage.accounts.actors import ANYONE, Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal

ROLL_UP_AT_ONCE = 2_000
# Clauses in one transaction, and rows of each.
FOLD_AT_ONCE = 200
FOLD_ROWS = 5_000


def published_comment(comment_id: int) -> Comment:
    """Return a comment that everybody may read; raises Refused("comment_hidden")."""
    found = Comment.objects.visible_to(ANYONE).select_related("consultation", "submission").filter(pk=comment_id)
    comment = found.first()
    if comment is None:
        raise Refused("comment_hidden")
    return comment


@transaction.atomic
def agree(comment_id: int, *, device: str, own: bool, now: datetime) -> None:
    """Let a device agree with a comment: one row a day, and none while an earlier one stands.

    Nothing but that row is written: a record of who pressed what when would outlive its being taken back. Raises
    Refused("comment_hidden") and those of `rules.check_may_agree`.
    """
    comment = published_comment(comment_id)
    call = comment.consultation
    rules.check_may_agree(is_open=call.state(now) is CallState.OPEN, own=own, device=device)
    mine = Agreement.objects.filter(comment=comment, device=digest(device, call.pk))
    if mine.filter(withdrawn=False).exists():
        return
    _row, is_new = Agreement.objects.get_or_create(
        comment=comment, device=digest(device, call.pk), day=timezone.localdate(now)
    )
    if not is_new:
        mine.filter(day=timezone.localdate(now)).update(withdrawn=False, counted=False)


@transaction.atomic
def take_agreement_back(comment_id: int, *, device: str, now: datetime) -> None:
    """Take back what the same device pressed the same day; nothing happens when there is nothing of it."""
    comment = published_comment(comment_id)
    call = comment.consultation
    rules.check_may_agree(is_open=call.state(now) is CallState.OPEN, own=False, device=device)
    Agreement.objects.filter(
        comment=comment, device=digest(device, call.pk), day=timezone.localdate(now), withdrawn=False
    ).update(withdrawn=True, counted=False)


@transaction.atomic
def roll_up_agreements() -> int:
    """Count anew the comments whose agreements changed since they were counted; returns how many rows were new.

    A total is never counted up in place: a thousand people pressing at once write a thousand rows and wait for nobody.
    The rows are locked, so that one that is taken back meanwhile waits and is counted again afterwards.
    """
    rows = Agreement.objects.select_for_update(skip_locked=True).filter(counted=False).order_by("pk")
    changed = list(rows.values_list("pk", "comment_id")[:ROLL_UP_AT_ONCE])
    comments = sorted({comment_id for _pk, comment_id in changed})
    standing = Agreement.objects.filter(comment_id__in=comments, withdrawn=False).order_by()
    devices = dict(standing.values_list("comment_id").annotate(n=Count("device", distinct=True)))
    AgreementTotal.objects.bulk_create(
        [AgreementTotal(comment_id=comment_id, devices=devices.get(comment_id, 0)) for comment_id in comments],
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=["devices"],
    )
    Agreement.objects.filter(pk__in=[pk for pk, _comment_id in changed]).update(counted=True)
    return len(changed)


@transaction.atomic
def fold_tallies() -> int:
    """Put the tally rows of some clauses that have several together; returns how many rows went.

    What another transaction adds meanwhile is not among the rows read here, so it is neither lost nor counted twice.
    """
    of = ("consultation_id", "version_id", "clause_id", "confidential")
    several = CommentTally.objects.order_by().values(*of).annotate(n=Count("pk")).filter(n__gt=1)
    folded = 0
    for found in several[:FOLD_AT_ONCE]:
        where = {name: found[name] for name in of}
        rows = CommentTally.objects.select_for_update(skip_locked=True).filter(**where)
        changes = dict(rows.order_by("pk").values_list("pk", "change")[:FOLD_ROWS])
        if len(changes) < 2:
            continue
        CommentTally.objects.filter(pk__in=list(changes)).delete()
        CommentTally.objects.create(**where, change=sum(changes.values()))
        folded += len(changes) - 1
    return folded


@transaction.atomic
def report(comment_id: int, *, reason: str, note: str, device: str, now: datetime) -> Report:
    """Tell the moderators what is wrong with a published comment; a second press of a device changes the first.

    Raises Refused("comment_hidden"), Refused("device_unknown"), Refused("report_reason"), Refused("report_note").
    """
    comment = published_comment(comment_id)
    rules.check_report(reason, note, device=device, reasons=Report.Reason.values)
    row, is_new = Report.objects.update_or_create(
        comment=comment,
        device=digest(device, comment.consultation_id),
        settled_at=None,
        defaults={"reason": reason, "note": note, "created_at": now},
    )
    if is_new:
        journal.record(ANYONE, "comment.reported", comment, reason=reason)
    return row


def close_reports(comment: Comment, *, by: User | None) -> list[int]:
    """Close the open reports of a comment inside the caller's transaction; returns their keys."""
    still_open = list(comment.reports.filter(settled_at=None).values_list("pk", flat=True))
    Report.objects.filter(pk__in=still_open).update(settled_at=timezone.now(), settled_by=by)
    return still_open


@transaction.atomic
def settle_reports(comment: Comment, actor: Actor) -> list[int]:
    """Leave a comment as it is and close what was reported; returns the keys of the reports.

    Raises Refused("not_allowed") unless the actor may moderate.
    """
    _check_moderator(actor)
    closed = close_reports(comment, by=actor if isinstance(actor, User) else None)
    journal.record(actor, "comment.reports_settled", comment, n=len(closed))
    return closed


@transaction.atomic
def reopen_reports(keys: list[int], actor: Actor) -> None:
    """Open reports again that the actor has just closed; one that the same device has meanwhile sent anew stays."""
    _check_moderator(actor)
    for row in Report.objects.select_for_update().filter(pk__in=keys, settled_by_id=actor.pk):
        if not Report.objects.filter(comment=row.comment_id, device=row.device, settled_at=None).exists():
            row.settled_at = row.settled_by = None
            row.save(update_fields=["settled_at", "settled_by"])


def _check_moderator(actor: Actor) -> None:
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        raise Refused("not_allowed")
