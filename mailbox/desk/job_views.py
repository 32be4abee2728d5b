"""The pages of what is done with many cases at once: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from engage.desk.views import queue_frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY
from mailbox.desk import jobs as actions
from mailbox.desk.job_queries import all_jobs, shown_job
from mailbox.desk.models import BulkJob
from mailbox.desk.queue import CASES
from mailbox.desk.several import ACTS
from mailbox.desk.views import for_queue

PER_PAGE = 50


@require_safe
@for_queue
def jobs(request: HttpRequest) -> HttpResponse:
    """List what one did with many cases at once in the last month."""
    page = Paginator(all_jobs(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, ACTS[one.act].label) for one in page]
    return render(request, "mailbox/desk/jobs.html", queue_frame(request, CASES) | {"jobs": page, "rows": rows})


@require_safe
@for_queue
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far it is, what could not be done and why."""
    return _job(request, pk)


def _job(request: HttpRequest, pk: int, refusal: Refused | None = None) -> HttpResponse:
    if pk > LARGEST_KEY:
        raise Http404
    found = get_object_or_404(BulkJob.objects.visible_to(request.user), pk=pk)
    context: dict[str, Any] = {
        "shown": shown_job(found, now=timezone.now()),
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 200
    return render(request, "mailbox/desk/job.html", queue_frame(request, CASES) | context, status=status)


@require_POST
@for_queue
def undo_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Let what was done be taken back."""
    if pk > LARGEST_KEY:
        raise Http404
    try:
        actions.undo_job(pk, actor=request.user, now=timezone.now())
    except BulkJob.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _job(request, pk, refusal)
    return redirect("desk_job", pk)
