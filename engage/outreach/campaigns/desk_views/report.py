"""The report of a campaign: on the page, as a table, finished."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from engage.errors import Refused
from engage.outreach.campaigns import access, actions, exports, queries, rules
from engage.outreach.campaigns.desk_views.common import for_campaigns, found, page, refused, say
from engage.outreach.campaigns.forms import WaveForm
from engage.outreach.campaigns.models import Campaign, Wave


@require_safe
@for_campaigns
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom the campaign reached, who took part, who knew."""
    return _show(request, found(request, pk))


def _show(
    request: HttpRequest, campaign: Campaign, *, form: WaveForm | None = None, refusal: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    stage = campaign.stage(timezone.localdate(now), in_review=campaign.in_review)
    found_report = queries.report_of(campaign, get_language() or "", now=now)
    context: dict[str, Any] = {
        "campaign": campaign,
        "stage": stage,
        "report": found_report,
        "channels": exports.by_channel(found_report),
        "form": form or WaveForm(),
        "typed": [wave.phase for wave in campaign.waves.all()],
        "may_finish": stage == rules.Stage.ENDED and access.may_measure(request.user),
    }
    status = 422 if form is not None else 200
    if refusal is not None:
        context |= refused(refusal)
        status = context["status"]
    return page(request, "report", context, status)


@require_POST
@for_campaigns
def wave(request: HttpRequest, pk: int) -> HttpResponse:
    """Type in a survey of awareness, or take one out again."""
    campaign = found(request, pk)
    form: WaveForm | None = None
    try:
        if (phase := request.POST.get("remove", "")) in Wave.Phase.values:
            actions.remove_wave(pk, phase, actor=request.user)
            return redirect("campaign_report", pk)
        form = WaveForm(request.POST)
        if not form.is_valid():
            return _show(request, campaign, form=form)
        actions.write_wave(pk, **form.cleaned_data, actor=request.user)
    except Refused as refusal:
        beside = form is not None and "refusal" not in say(form, refusal)
        return _show(request, campaign, form=form, refusal=None if beside else refusal)
    return redirect("campaign_report", pk)


@require_POST
@for_campaigns
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the figures as they are."""
    campaign = found(request, pk)
    try:
        actions.finish_report(pk, now=timezone.now(), actor=request.user)
    except Refused as refusal:
        return _show(request, campaign, refusal=refusal)
    return redirect("campaign_report", pk)


@require_safe
@for_campaigns
def file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Send the report as CSV or XLSX."""
    campaign = found(request, pk)
    if name not in exports.FORMATS:
        raise Http404
    media_type, write = exports.FORMATS[name]
    content = write(campaign, queries.report_of(campaign, get_language() or "", now=timezone.now()))
    headers = {"Content-Disposition": f'attachment; filename="{campaign.slug}-report.{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
