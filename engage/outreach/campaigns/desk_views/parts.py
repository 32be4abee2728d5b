"""The parts of a campaign: added, written, linked, ordered, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from engage.errors import Refused
from engage.outreach.campaigns import actions, queries
from engage.outreach.campaigns.desk_views.builder import show
from engage.outreach.campaigns.desk_views.common import for_writers, found, page, refused, renewed, revision
from engage.outreach.campaigns.forms import PartForm
from engage.outreach.campaigns.models import Campaign, Part
from engage.outreach.campaigns.words import kind_label


def _found(request: HttpRequest, pk: int, part_id: int) -> tuple[Campaign, Part]:
    """Return a part of this campaign, and of no other."""
    campaign = found(request, pk)
    part = next((one for one in queries.parts_of(campaign) if one.pk == part_id), None)
    if part is None:
        raise Http404
    return campaign, part


def _change(request: HttpRequest, pk: int, change: Callable[[], object], anchor: str = "#parts") -> HttpResponse:
    """Carry one button out; a refusal is said on the builder."""
    try:
        change()
    except Refused as refusal:
        return show(request, found(request, pk), refusal=refusal)
    return redirect(reverse("campaign_builder", args=[pk]) + anchor)


@require_POST
@for_writers
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a part, then write it."""
    campaign = found(request, pk)
    kind = request.POST.get("kind", "")[:12]
    try:
        part = actions.add_part(campaign.pk, kind, revision=revision(request), actor=request.user)
    except Refused as refusal:
        return show(request, campaign, refusal=refusal)
    return redirect("campaign_part", pk, part.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def part(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Write one part in both languages, or let it point to something that is released."""
    campaign, one = _found(request, pk, part)
    form = PartForm(request.POST or None, part=one, initial=_initial(one, campaign))
    topics = sorted(topic.code for topic in campaign.topics.all())
    context: dict[str, Any] = {
        "campaign": campaign,
        "part": one,
        "label": kind_label(one.kind),
        "form": form,
        "offers": queries.linkable(topics, language=get_language() or "") if one.kind != "audience" else [],
        "linked": f"{one.source_code}:{one.source_key}" if one.is_linked else "",
    }
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_part(
                one.pk,
                texts=form.texts,
                dated=given.get("dated"),
                url=given.get("url", ""),
                revision=given["revision"],
                actor=request.user,
            )
        except Refused as refusal:
            renewed(form, pk)
            context |= refused(refusal)
            return page(request, "part", context, context["status"])
        return redirect(reverse("campaign_builder", args=[pk]) + f"#part-{one.pk}")
    return page(request, "part", context, 422 if form.is_bound else 200)


def _initial(part: Part, campaign: Campaign) -> dict[str, Any]:
    initial: dict[str, Any] = {"revision": campaign.revision, "dated": part.dated, "url": part.url}
    for text in part.texts.all():
        for name in ("heading", "body", "byline", "source", "affiliation", "interest"):
            initial[f"{name}_{text.language}"] = getattr(text, name)
    return initial


@require_POST
@for_writers
def link(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Let a part point to something that is released."""
    _campaign, one = _found(request, pk, part)
    source, _colon, key = request.POST.get("thing", "")[:200].partition(":")
    return _change(
        request,
        pk,
        lambda: actions.link_part(one.pk, source=source, key=key, revision=revision(request), actor=request.user),
        f"#part-{one.pk}",
    )


@require_POST
@for_writers
def move(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Move a part one place up or down."""
    _campaign, one = _found(request, pk, part)
    up = request.POST.get("to") == "up"
    return _change(
        request, pk, lambda: actions.move_part(one.pk, up=up, revision=revision(request), actor=request.user)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def remove(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Ask, then remove a part that is not required."""
    campaign, one = _found(request, pk, part)
    if request.method == "POST":
        return _change(request, pk, lambda: actions.remove_part(one.pk, revision=revision(request), actor=request.user))
    return page(request, "remove", {"campaign": campaign, "part": one, "label": kind_label(one.kind)})
