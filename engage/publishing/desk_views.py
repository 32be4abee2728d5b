"""The release gate on the desk: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.publishing import queries
from engage.publishing.desk import RELEASES

View = Callable[..., HttpResponse]


def for_reviewers(view: View) -> View:
    """Let in who works on releases; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if RELEASES not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_reviewers
def home(request: HttpRequest) -> HttpResponse:
    """List the releases of one view."""
    view = request.GET.get("view", queries.VIEWS[0])
    view = view if view in queries.VIEWS else queries.VIEWS[0]
    context = {"releases": list(queries.releases(view, actor=request.user)[:200]), "view": view}
    return render(request, "publishing/desk/list.html", frame(request, RELEASES) | context)


@require_safe
@for_reviewers
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one release: its forms, its reviews, and what the reader may decide."""
    shown = queries.shown(pk, actor=request.user)
    if shown is None:
        raise Http404
    return render(request, "publishing/desk/release.html", frame(request, RELEASES) | {"shown": shown})
