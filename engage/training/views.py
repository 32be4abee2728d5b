"""The help centre: the tour, entering and leaving practice, and the letters that did not go out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from engage.desk.keys import LEAVE, MOVE, OPEN, SEARCH, SHEET, UNDO
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.training import actions, places, queries, tasks
from engage.training.desk import HELP
from engage.training.sessions import DRAWER


@require_safe
@for_staff
def centre(request: HttpRequest) -> HttpResponse:
    """Show the tasks of this person, and the way into practice."""
    return _centre(request)


def _centre(request: HttpRequest, *, is_preparing: bool = False, status: int = 200) -> HttpResponse:
    drawer = request.session.get(DRAWER)
    seen = actions.note_progress(request.user, drawer, now=timezone.now())
    tour = queries.tour(request.user, drawer=drawer, seen=seen)
    context: dict[str, Any] = {
        "tour": tour,
        "steps": sum(len(task.steps) for task in tour),
        "done": sum(task.done for task in tour),
        "practising": drawer is not None,
        "is_preparing": is_preparing or (drawer is None and places.is_building()),
        "keys": [MOVE, OPEN, UNDO, SEARCH, SHEET, LEAVE],
    }
    return render(request, "training/centre.html", frame(request, HELP) | context, status=status)


@require_POST
@for_staff
def enter(request: HttpRequest) -> HttpResponse:
    """Begin to practise; the first time the practice site has to be built."""
    return _begin(request, actions.enter)


@require_POST
@for_staff
def reset(request: HttpRequest) -> HttpResponse:
    """Throw away what was practised and begin with a fresh site."""
    actions.note_progress(request.user, request.session.get(DRAWER), now=timezone.now())
    return _begin(request, actions.start_anew)


def _begin(request: HttpRequest, way: Any) -> HttpResponse:
    try:
        request.session[DRAWER] = way(request.user)
    except Refused as refusal:
        if refusal.code != "practice_not_ready":
            raise
        request.session.pop(DRAWER, None)
        if not places.is_building():
            tasks.build.enqueue()
        return _centre(request, is_preparing=True, status=202)
    return redirect("help")


@require_POST
@for_staff
def leave(request: HttpRequest) -> HttpResponse:
    """Go back to the real site."""
    actions.leave(request.user, request.session.pop(DRAWER, None), now=timezone.now())
    return redirect("help")


@require_safe
@for_staff
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the letters that practice would have sent."""
    return render(request, "training/outbox.html", frame(request, HELP) | {"letters": queries.letters(request.user)})
