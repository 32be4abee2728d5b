"""What the screens share: who gets in, the frame, refusals on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.outreach.campaigns import access, queries
from engage.outreach.campaigns.desk import CAMPAIGNS
from engage.outreach.campaigns.models import Campaign
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import whole_number

View = Callable[..., HttpResponse]


def for_campaigns(view: View) -> View:
    """Let in who works on campaigns; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if CAMPAIGNS not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_writers(view: View) -> View:
    """Let in who writes campaigns."""

    @for_campaigns
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_write(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def found(request: HttpRequest, pk: int) -> Campaign:
    """Return a campaign of the desk; 404 when there is none."""
    campaign = queries.campaign_of(pk, actor=request.user)
    if campaign is None:
        raise Http404
    return campaign


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one screen in the desk's frame."""
    rights = {"may_write": access.may_write(request.user), "may_measure": access.may_measure(request.user)}
    return render(
        request, f"campaigns/desk/{template}.html", frame(request, CAMPAIGNS) | rights | context, status=status
    )


def refused(refusal: Refused) -> dict[str, Any]:
    """Return the sentence and the status of a refusal for a page."""
    return {"refusal": refusal_message(refusal), "status": refusal_status(refusal.code)}


# Beside which field a refusal is said; others stand above the form.
FIELDS = {
    "campaign_date_missing": "observance",
    "campaign_date_twice": "day",
    "observance_unknown": "observance",
    "calendar_year_out_of_range": "year",
    "campaign_days_wrong": "days_before",
    "campaign_slug_wrong": "slug",
    "campaign_slug_taken": "slug",
    "campaign_title_missing": "title_zh-hans",
    "campaign_department_gone": "department",
    "campaign_topic_unknown": "topics",
    "template_gone": "template",
    "template_empty": "template",
    "template_name_missing": "name_zh",
    "template_days_reversed": "valid_to",
    "task_title_missing": "title_zh",
    "wave_wrong": "aware",
}


def say(form: Any, refusal: Refused) -> dict[str, Any]:
    """Say a refusal beside the field it is about, and return what the page needs otherwise."""
    name = FIELDS.get(refusal.code, "")
    if name not in form.fields and refusal.code in ("template_empty", "task_title_missing"):
        name = "lines"
    if name not in form.fields:
        return refused(refusal)
    form.add_error(name, refusal_message(refusal))
    return {"status": refusal_status(refusal.code)}


def revision(request: HttpRequest) -> int:
    """Return the state of the campaign a form was filled for."""
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


def renewed(form: Any, pk: int) -> None:
    """Let a refused form count for the newest state when it is sent once more."""
    form.data = form.data.copy()
    form.data["revision"] = str(Campaign.objects.values_list("revision", flat=True).get(pk=pk))
