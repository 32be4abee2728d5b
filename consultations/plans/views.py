"""The public plan: parse, one query or action, render."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.plans import following, queries
from engage.outreach.follows.registry import Tag
from engage.outreach.follows.views import follow_one
from engage.pages.caching import shared_for_seconds
from engage.pages.models import Topic


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
    policy = _tracked(request, slug).policy
    plan = reverse("plan")
    return follow_one(
        request,
        Tag(following.POLICY, policy.pk),
        title=policy.title,
        crumbs=[
            (gettext("Have your say"), reverse("finder")),
            (gettext("Forward plan"), plan),
            (policy.title, reverse("plan_policy", args=[policy.slug])),
        ],
        back=(plan, gettext("Back to the plan")),
        feeds=[("RSS", reverse("plan_rss")), ("Atom", reverse("plan_atom"))],
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an address that wants to follow one call, until it is answered."""
    call = queries.followable_call(slug, actor=request.user, now=timezone.now())
    if call is None:
        raise Http404
    here = reverse("consultation", args=[call.slug])
    return follow_one(
        request,
        Tag(following.CALL, call.pk),
        title=call.title,
        crumbs=[(gettext("Have your say"), reverse("finder")), (call.title, here)],
        back=(here, gettext("Back to the call")),
        feeds=[("RSS", reverse("outcomes_rss")), ("Atom", reverse("outcomes_atom"))],
    )
