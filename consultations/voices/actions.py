"""Every write around comments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from consultations.models import Comment
from consultations.voices import rules
from consultations.voices.device import digest
from consultations.voices.models import Agreement, AgreementTotal
from engage.accounts.actors import ANYONE
from engage.errors import Refused

ROLL_UP_AT_ONCE = 2_000


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
    rules.check_may_agree(call.opens_at, call.closes_at, own=own, device=device, now=now)
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
    rules.check_may_agree(call.opens_at, call.closes_at, own=False, device=device, now=now)
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
