"""Every write of what is done with many cases at once: the worker does it case by case, each in its own transaction.

A worker that is killed leaves a case done and marked, or neither; the next one goes on with the first that is not.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from engage.accounts.models import User
from engage.desk.rules import MAX_SELECTED, UNDO_SECONDS, undo_until
from engage.errors import Refused
from engage.journal import actions as journal
from engage.pages.messages import refusal_message
from mailbox.actions.steps import both_languages
from mailbox.desk.models import BulkJob, BulkRow, HeldStep
from mailbox.desk.several import about_of, do_one, name_of_moved, plain, references, split_id
from mailbox.desk.undoing import take_back_one

logger = logging.getLogger(__name__)

# So many cases in one turn of the worker, that each turn ends within seconds.
AT_A_TURN = 50
# While a job runs, and while it is taken back, senders are not told of its steps yet; but not longer than this.
HELD_MOST = timedelta(minutes=10)
KEPT = timedelta(days=30)
WAITING = {"done_at": None, "refused": {}}
TO_TAKE_BACK = {"done_at__isnull": False, "undone_at": None, "kept": {}}


@transaction.atomic
def start_job(code: str, ids: Sequence[str], data: Mapping[str, Any], *, actor: User, now: datetime) -> BulkJob:
    """Write down what is to be done with which cases; the worker begins at its next turn.

    Raises Refused("too_many_chosen"), Refused("case_gone") for what no case is called. What may not be done with one
    of them is told by its row when its turn comes.
    """
    if len(ids) > MAX_SELECTED:
        raise Refused("too_many_chosen", limit=MAX_SELECTED)
    rows = dict(split_id(one) for one in ids)
    names = references(actor, list(rows))
    job = BulkJob.objects.create(
        user=actor, act=code, given=plain(data), about=both_languages(about_of(data)), made_at=now
    )
    BulkRow.objects.bulk_create(
        BulkRow(job=job, number=pk, revision=revision, reference=names.get(pk, ""))
        for pk, revision in sorted(rows.items())
    )
    journal.record(actor, "bulk_job.started", job, act=code, n=len(rows))
    return job


def work_on_jobs(*, now: datetime, limit: int = AT_A_TURN) -> int:
    """Do what waits, or take it back: older jobs first, of each the lower number. Returns how many were looked at."""
    waiting = BulkRow.objects.filter(job__state=BulkJob.State.RUNNING, **WAITING).order_by("job", "number")
    todo = [(_do, pk) for pk in waiting.values_list("pk", flat=True)[:limit]]
    # What was done last is taken back first.
    done = BulkRow.objects.filter(job__state=BulkJob.State.UNDOING, **TO_TAKE_BACK).order_by("job", "-number")
    todo += [(_undo, pk) for pk in done.values_list("pk", flat=True)[: limit - len(todo)]]
    for act, pk in todo:
        try:
            act(pk, now)
        except DatabaseError:  # busy, or away: the next turn tries again
            raise
        except Exception:
            logger.exception("Row %s of a job could not be worked on", pk)
            _give_up(pk)
    return len(todo)


def _do(row_id: int, now: datetime) -> None:
    refusal: Refused | None = None
    with transaction.atomic():
        row = _locked(row_id)
        if row.job.state != BulkJob.State.RUNNING or row.done_at or row.refused:
            return
        try:
            row.back = do_one(row.job.act, row.job.user, row.number, row.revision, row.job.given, now)
        except Refused as refused:
            refusal = refused
            row.reference = row.reference or name_of_moved(row.number, refusal)
            row.refused = _words(refusal)
        else:
            row.done_at = now
            _held([row]).update(until=now + HELD_MOST)
        row.save(update_fields=["reference", "done_at", "refused", "back"])


def _undo(row_id: int, now: datetime) -> None:
    with transaction.atomic():
        row = _locked(row_id)
        if row.job.state != BulkJob.State.UNDOING or row.undone_at or row.kept:
            return
        try:
            with transaction.atomic():
                # A step that cannot be taken back at all has no entry.
                if None in row.back:
                    raise Refused("undo_too_late")
                for entry in row.back:
                    take_back_one(row.job.user, entry, now=now)
        except Refused as refusal:
            row.kept = _words(refusal)
        else:
            row.undone_at = now
        row.save(update_fields=["undone_at", "kept"])


def _locked(row_id: int) -> BulkRow:
    return BulkRow.objects.select_for_update(of=("self",)).select_related("job__user").get(pk=row_id)


def _give_up(row_id: int) -> None:
    """Say of a case whose turn ended in a fault that it was not done; the fault itself is in the log."""
    with transaction.atomic():
        row = _locked(row_id)
        column = "refused" if row.job.state == BulkJob.State.RUNNING else "kept"
        setattr(row, column, both_languages(_("Something went wrong here; it is noted for who looks after the site")))
        row.save(update_fields=[column])


def _words(refusal: Refused) -> dict[str, str]:
    """Return why something was refused in both languages, as `both_languages` does of a text."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = refusal_message(refusal)
    return found


def _held(rows: Sequence[BulkRow]) -> QuerySet[HeldStep]:
    """Return the steps of these rows of which the senders were not told yet."""
    steps = {entry[1]: entry[2] for row in rows for entry in row.back if entry and entry[0] == "step"}
    found = HeldStep.objects.filter(case__in=steps).values_list("case_id", "record__revision")
    return HeldStep.objects.filter(case__in=[pk for pk, revision in found if steps[pk] == revision])


def end_jobs(*, now: datetime) -> int:
    """End the jobs that have nothing left to do; from then on the usual seconds to take them back run."""
    waiting = BulkRow.objects.filter(job=OuterRef("pk"), **WAITING)
    over = BulkJob.objects.filter(~Exists(waiting), state=BulkJob.State.RUNNING)
    done = BulkRow.objects.filter(job=OuterRef("pk"), **TO_TAKE_BACK)
    back = BulkJob.objects.filter(~Exists(done), state=BulkJob.State.UNDOING)
    return sum(_end(pk, now) for query in (over, back) for pk in query.values_list("pk", flat=True))


@transaction.atomic
def _end(job_id: int, now: datetime) -> int:
    job = BulkJob.objects.select_for_update().get(pk=job_id)
    rows = list(job.rows.filter(done_at__isnull=False))
    if job.state == BulkJob.State.RUNNING:
        job.state, job.ended_at, job.undo_until = BulkJob.State.DONE, now, undo_until(now, UNDO_SECONDS)
        _held(rows).update(until=job.undo_until)
    elif job.state == BulkJob.State.UNDOING:
        job.state = BulkJob.State.UNDONE
        # What could not be taken back stays done, and its sender is told of it.
        _held(rows).update(until=now)
    else:  # another worker was here
        return 0
    job.save(update_fields=["state", "ended_at", "undo_until"])
    n = sum(1 for row in rows if row.undone_at is None)
    journal.record(job.user, f"bulk_job.{job.state}", job, act=job.act, n=n)
    return 1


@transaction.atomic
def undo_job(job_id: int, *, actor: User, now: datetime) -> BulkJob:
    """Let the worker take back what a job did, case by case; within the usual seconds after its end. Again: nothing.

    Raises BulkJob.DoesNotExist for somebody else's, Refused("undo_too_late").
    """
    job = BulkJob.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=job_id)
    if job.state in (BulkJob.State.UNDOING, BulkJob.State.UNDONE):
        return job
    if job.state != BulkJob.State.DONE or job.undo_until is None or job.undo_until <= now:
        raise Refused("undo_too_late")
    job.state = BulkJob.State.UNDOING
    job.save(update_fields=["state"])
    _held(list(job.rows.filter(done_at__isnull=False))).update(until=now + HELD_MOST)
    journal.record(actor, "bulk_job.undoing", job, act=job.act)
    return job


def forget_jobs(*, now: datetime) -> int:
    """Delete the lists of jobs that ended a month ago; what was done stays on record with each case."""
    over = BulkJob.objects.filter(ended_at__lt=now - KEPT).exclude(state=BulkJob.State.UNDOING)
    return over.delete()[1].get("mailbox_desk.BulkJob", 0)
