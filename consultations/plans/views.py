"""The public plan: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from consultations.models import Consultation
from consultations.plans import actions, queries
from consultations.plans.forms import FollowForm
from consultations.plans.models import Policy
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.models import Topic
from engage.participation import limits
from engage.participation.rules import Window
from engage.participation.vault import normalised_email

ADDRESS_WINDOWS = (Window(10, 3600),)
CONTACT_WINDOWS = (Window(3, 24 * 3600),)
ALL_WINDOWS = (Window(20, 24 * 3600),)


@require_safe
@shared_for_seconds
def plan(request: HttpRequest) -> HttpResponse:
    """List the policies to come and how far each is."""
    topics = list(Topic.objects.all())
    topic = request.GET.get("topic", "")[:48]
    topic = topic if topic in {known.code for known in topics} else ""
    found = queries.policies(actor=request.user, now=timezone.now(), topic=topic)
    context = {"door": "have_your_say", "policies": found, "topics": topics, "topic": topic}
    return render(request, "consultations/plans/plan.html", context)


def _tracked(request: HttpRequest, slug: str) -> queries.Tracked:
    found = queries.tracked(slug, actor=request.user, now=timezone.now())
    if found is None:
        raise Http404
    return found


@require_safe
@shared_for_seconds
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one policy: what it is about, where it stands, how it got there."""
    context = {"door": "have_your_say", "tracked": _tracked(request, slug)}
    return render(request, "consultations/plans/policy.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an address that wants to follow a policy."""
    return _follow(request, _tracked(request, slug).policy)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an address that wants to follow one call, until it is answered."""
    call = queries.followable_call(slug, actor=request.user, now=timezone.now())
    if call is None:
        raise Http404
    return _follow(request, call)


def _follow(request: HttpRequest, about: Policy | Consultation) -> HttpResponse:
    """Take an address; the answer is the same whether it follows already or not."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    context = _about(about) | {"form": form}
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            limits.check("follow", limits.client_address(request), ADDRESS_WINDOWS)
        except Refused as refusal:
            context["error"] = refusal_message(refusal)
            return render(request, "consultations/plans/follow.html", context, status=refusal_status(refusal.code))
        address = normalised_email(email)
        whom = f"{about._meta.label_lower}:{about.pk}:{address}"
        # One address hears of few things a day that it did not confirm, whoever asks and wherever from.
        if not limits.peek("follow-for", whom, CONTACT_WINDOWS) and not limits.peek("follow-all", address, ALL_WINDOWS):
            limits.count("follow-for", whom, CONTACT_WINDOWS)
            limits.count("follow-all", address, ALL_WINDOWS)
            actions.ask_to_follow(
                about, email=email, language=get_language() or "", now=timezone.now(), actor=request.user
            )
        return render(request, "consultations/plans/follow_sent.html", context | {"email": email})
    return render(request, "consultations/plans/follow.html", context, status=422 if form.is_bound else 200)


def _about(about: Policy | Consultation) -> dict[str, Any]:
    """Return what the pages about following name: one of `policy` and `consultation`."""
    is_policy = isinstance(about, Policy)
    return {
        "door": "have_your_say",
        "policy": about if is_policy else None,
        "consultation": None if is_policy else about,
        "title": about.title,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then let the follow count."""
    found = actions.follow_of(signed)
    if found is None:
        return _over(request)
    done = request.method == "POST"
    if done:
        actions.confirm_follow(found.pk, now=timezone.now(), actor=request.user)
    context = _about(found.about) | {"done": done, "signed": signed}
    return render(request, "consultations/plans/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button, then forget the address."""
    found = actions.follow_of(signed)
    if found is None:
        return _over(request)
    done = request.method == "POST"
    context = _about(found.about) | {"done": done}
    if done:
        actions.end_follow(found.pk, actor=request.user)
    return render(request, "consultations/plans/leave.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave_at_once(request: HttpRequest, signed: str) -> HttpResponse:
    """End a follow when a mail program posts here (RFC 8058): without a cookie, a page or a second question.

    The signed link is the right to do it; opened by hand it leads to the button. Again, it says the same.
    """
    if request.method != "POST":
        return redirect("plan_leave", signed)
    if request.POST.get("List-Unsubscribe") != "One-Click" or not actions.is_signed(signed):
        return _over(request)
    found = actions.follow_of(signed)
    if found is not None:
        actions.end_follow(found.pk, actor=request.user)
    return HttpResponse(gettext("The letters stop"), content_type="text/plain; charset=utf-8")


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/plans/over.html", {"door": "have_your_say"}, status=410)
