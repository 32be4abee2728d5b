"""One campaign: what is there, what is missing, its tasks, its way to the public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.outreach.campaigns import actions, queries, rules
from engage.outreach.campaigns.desk_views.common import for_campaigns, for_writers, found, page, refused, renewed, say
from engage.outreach.campaigns.desk_views.planner import planner_url
from engage.outreach.campaigns.forms import EditForm, TargetsForm, TaskForm
from engage.outreach.campaigns.models import Campaign, Part
from engage.outreach.campaigns.queries.published import gap_url
from engage.outreach.campaigns.words import kind_label, language_name, missing_sentence
from engage.pages.translation import HTML_LANG
from engage.publishing import gate


@require_safe
@for_campaigns
def builder(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one campaign and what can be done next."""
    return show(request, found(request, pk))


def show(
    request: HttpRequest, campaign: Campaign, *, refusal: Refused | None = None, task_form: TaskForm | None = None
) -> HttpResponse:
    """Render the builder; after a refusal with its sentence and status."""
    today = timezone.localdate()
    built = queries.build(campaign)
    tasks = queries.tasks_of(campaign)
    parts = queries.parts_of(campaign)
    topics = built.content["topics"]
    context: dict[str, Any] = {
        "campaign": campaign,
        "stage": campaign.stage(today, in_review=campaign.in_review),
        "observance": queries.observance_name(campaign.observance),
        "planner": planner_url(campaign.day),
        "built": built,
        "gauges": [(kind_label(gauge.kind), _named(gauge), gauge.is_full) for gauge in built.gauges],
        "rows": [_row(part, content) for part, content in zip(parts, built.content["parts"], strict=True)],
        "missing": [(missing_sentence(gap), gap_url(campaign.pk, gap)) for gap in built.missing],
        "kinds": [(kind, kind_label(kind)) for kind in rules.SIX],
        "tasks": [(task, task.is_overdue(today)) for task in tasks],
        "done": sum(task.done_at is not None for task in tasks),
        "people": [(one.pk, str(one)) for one in queries.people()],
        "task_form": task_form or TaskForm(),
        "suggested": queries.suggested(topics, actor=request.user, language=get_language() or ""),
        "languages": [(code, language_name(code)) for code in queries.LANGUAGES],
        "release": gate.release_of(actions.KIND, campaign),
        "hand_in_url": reverse("release_hand_in", args=[actions.KIND, campaign.pk]),
        "changed": campaign.published_at is not None and built.hash != campaign.content_hash,
    }
    status = 422 if task_form is not None else 200
    if refusal is not None:
        context |= refused(refusal)
        status = context["status"]
    return page(request, "builder", context, status)


def _named(gauge: rules.Gauge) -> list[tuple[str, bool]]:
    return [(language_name(code), there) for code, there in gauge.there.items()]


def _row(part: Part, content: dict[str, Any]) -> dict[str, Any]:
    language = get_language() or ""
    words = content["texts"].get(language, {})
    link = content["link"]
    return {
        "part": part,
        "label": kind_label(part.kind),
        "heading": link["titles"].get(language, "") if link else words.get("heading", ""),
        "languages": [(language_name(code), rules.is_there(content, code)) for code in queries.LANGUAGES],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts and words of a campaign."""
    campaign = found(request, pk)
    form = EditForm(request.POST or None, initial=EditForm.initial_of(campaign))
    context: dict[str, Any] = {"campaign": campaign, "form": form}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_campaign(
                pk,
                dates=form.dates,
                texts=form.texts,
                department_id=given["department"].pk,
                owner_id=int(given["owner"]) if given["owner"] else None,
                topics=given["topics"],
                audience=given["audience"],
                revision=given["revision"],
                actor=request.user,
            )
        except Refused as refusal:
            renewed(form, pk)
            context |= say(form, refusal)
            return page(request, "edit", context, context["status"])
        return redirect("campaign_builder", pk)
    return page(request, "edit", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how many people each channel is to reach."""
    campaign = found(request, pk)
    form = TargetsForm(request.POST or None, initial=dict(campaign.targets.values_list("channel", "n")))
    if form.is_bound and form.is_valid():
        actions.set_targets(pk, form.cleaned_data, actor=request.user)
        return redirect("campaign_report", pk)
    return page(request, "targets", {"campaign": campaign, "form": form}, 422 if form.is_bound else 200)


@require_safe
@for_campaigns
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the page as it would be published now."""
    campaign = found(request, pk)
    if language not in queries.LANGUAGES:
        raise Http404
    with translation.override(language):
        shown = queries.shown(queries.build(campaign).content, language)
        body = render_to_string("campaigns/body.html", {"shown": shown})
    context = {
        "campaign": campaign,
        "shown": shown,
        "name": language_name(language),
        "lang": HTML_LANG.get(language, language),
        "body": body,
    }
    return page(request, "preview", context)


@require_POST
@for_writers
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the campaign in to the gate; with gaps it stays, and each is named."""
    campaign = found(request, pk)
    try:
        actions.hand_in(pk, now=timezone.now(), release_at=_moment(request), actor=request.user)
    except Refused as refusal:
        return show(request, campaign, refusal=refusal)
    return redirect("campaign_builder", pk)


def _moment(request: HttpRequest) -> datetime | None:
    """Return the beginning of the day before which it is not to be published; None for a day that cannot be read."""
    try:
        day = date.fromisoformat(request.POST.get("release_on", "")[:10])
    except ValueError:
        return None
    return datetime.combine(day, datetime.min.time(), tzinfo=timezone.get_default_timezone())
