"""Every read of what is done with many cases at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from engage.accounts.actors import Actor
from engage.desk.registry import Text
from mailbox.desk.models import BulkJob
from mailbox.desk.several import ACTS


@dataclass(frozen=True)
class ShownJob:
    """One job in words. `failed` and `kept` are (reference, why): what could not be done, and not taken back."""

    job: BulkJob
    label: Text
    about: str
    said: str
    looked_at: int
    total: int
    undone: int
    failed: list[tuple[str, str]]
    kept: list[tuple[str, str]]
    is_running: bool
    may_undo: bool


def all_jobs(actor: Actor) -> QuerySet[BulkJob]:
    """List a person's jobs, the newest first, with how many cases they have and how many were done."""
    return (
        BulkJob.objects.visible_to(actor)
        .annotate(
            total=Count("rows"),
            done=Count("rows", filter=Q(rows__done_at__isnull=False, rows__undone_at=None)),
            failures=Count("rows", filter=Q(rows__refused__has_key="en")),
        )
        .order_by("-pk")
    )


def shown_job(job: BulkJob, *, now: datetime) -> ShownJob:
    """Return how far a job is, with all that could not be done."""
    rows = list(job.rows.all())
    done = [row for row in rows if row.done_at is not None]
    undone = [row for row in done if row.undone_at is not None]
    failed = [row for row in rows if row.refused]
    may_undo = job.state == BulkJob.State.DONE and bool(done) and job.undo_until is not None and now < job.undo_until
    taking_back = job.state in (BulkJob.State.UNDOING, BulkJob.State.UNDONE)
    kept = [row for row in done if row.kept]
    about = in_language(job.about)
    return ShownJob(
        job=job,
        label=ACTS[job.act].label,
        about=about,
        said=ACTS[job.act].said(len(done) - len(undone), about),
        looked_at=len(undone) + len(kept) if taking_back else len(done) + len(failed),
        total=len(done) if taking_back else len(rows),
        undone=len(undone),
        failed=[(row.reference, in_language(row.refused)) for row in failed],
        kept=[(row.reference, in_language(row.kept)) for row in kept],
        is_running=job.state in (BulkJob.State.RUNNING, BulkJob.State.UNDOING),
        may_undo=may_undo,
    )


def in_language(words: dict[str, str]) -> str:
    """Return a text that is kept in both languages in the reader's."""
    return words.get("en" if get_language() == "en" else "zh", "")
