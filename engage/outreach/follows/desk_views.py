"""The desk's page of mailings: how far each is, who was not reached, pause and continue."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.outreach.follows import actions, queries
from engage.outreach.follows.desk import MAILINGS

View = Callable[..., HttpResponse]


def for_mailings(view: View) -> View:
    """Let in who looks after mailings; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if MAILINGS not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_mailings
def home(request: HttpRequest) -> HttpResponse:
    """List the newest mailings."""
    context = frame(request, MAILINGS) | {
        "mailings": queries.mailings(actor=request.user),
        "lines": queries.resting_lines(),
        "counts": queries.follower_counts(),
    }
    return render(request, "follows/desk/list.html", context)


@require_safe
@for_mailings
def mailing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mailing: its words, its counts, and who was refused or is uncertain."""
    found = queries.mailing(pk, actor=request.user)
    if found is None:
        raise Http404
    context = frame(request, MAILINGS) | {
        "progress": found,
        "texts": found.mailing.texts.all(),
        "listed": queries.listed(found.mailing),
        "lines": queries.resting_lines(),
    }
    return render(request, "follows/desk/mailing.html", context)


@require_POST
@for_mailings
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, continue, or send to the uncertain again."""
    if queries.mailing(pk, actor=request.user) is None:
        raise Http404
    do = request.POST.get("do", "")
    if do == "pause":
        actions.pause(pk, now=timezone.now(), actor=request.user)
    elif do == "go_on":
        actions.go_on(pk, actor=request.user)
    elif do == "send_uncertain":
        actions.send_uncertain(pk, actor=request.user)
    else:
        raise Http404
    return redirect("mailing", pk)
