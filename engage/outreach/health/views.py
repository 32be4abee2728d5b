"""The public status page and the administrators' page: parse, one query or action, render."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from engage.accounts.actors import ANYONE
from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.outreach.health import actions, queries
from engage.outreach.health.desk import HEALTH
from engage.outreach.health.rules import worst
from engage.pages.caching import shared_for_seconds


@require_safe
@shared_for_seconds
def status(request: HttpRequest) -> HttpResponse:
    """Tell everybody how each channel stands."""
    now = timezone.now()
    standing = queries.standings(actor=ANYONE, now=now)
    context = {
        "standing": standing,
        "state": worst([one.state for one in standing]),
        "down": [one for one in standing if one.is_down],
        "outages": queries.outages(actor=ANYONE, now=now),
        "at": now,
    }
    return render(request, "health/status.html", context)


@require_safe
@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    """Show administrators every channel with what its last check found."""
    if HEALTH not in pages_for(request.user):
        raise Http404
    now = timezone.now()
    context = {
        "standing": queries.standings(actor=request.user, now=now),
        "outages": queries.outages(actor=request.user, now=now),
    }
    return render(request, "health/desk.html", frame(request, HEALTH) | context)


@require_POST
@for_staff
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Check one channel at once."""
    if HEALTH not in pages_for(request.user):
        raise Http404
    actions.check_now(code, now=timezone.now(), actor=request.user)
    return redirect(f"{reverse('desk_health')}#{code}")
