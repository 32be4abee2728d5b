"""The public pages of campaigns: parse, one query or action, render."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from engage.calendars.observances import FIRST_YEAR, LAST_YEAR
from engage.errors import Refused
from engage.outreach.campaigns import actions, ics, queries
from engage.outreach.campaigns.forms import VoiceForm
from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.queries.published import hidden_links
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import challenge, limits, sending
from engage.participation.actions import Envelope
from engage.participation.forms import GuardFields, read_token

# Programs that say what they are; the count of reads is about people.
PROGRAMS = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|feed", re.IGNORECASE)

View = Callable[..., HttpResponse]


def _found(slug: str, request: HttpRequest) -> Campaign:
    campaign = queries.published(slug, actor=request.user)
    if campaign is None:
        raise Http404
    return campaign


@require_safe
@shared_for_seconds
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns that run or are to come, then those that are over."""
    today = timezone.localdate()
    listed = queries.entries(language=get_language() or "")
    context = {
        "now": [one.shown for one in reversed(listed) if not one.shown.is_past(today)],
        "past": [one.shown for one in listed if one.shown.is_past(today)],
    }
    return render(request, "campaigns/list.html", context)


def counted(view: View) -> View:
    """Count that the page was sent, also when it was kept: without a cookie, an address or a moment of the day."""

    @wraps(view)
    def counting(request: HttpRequest, slug: str) -> HttpResponse:
        response = view(request, slug)
        if request.method == "GET" and response.status_code == 200 and not _is_program(request):
            key = Campaign.objects.filter(slug=slug).values_list("pk", flat=True).first()
            if key is not None:
                actions.count_read(key, language=get_language() or "", day=timezone.localdate())
        return response

    return counting


def _is_program(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(PROGRAMS.search(agent))


@require_safe
@counted
@shared_for_seconds
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one campaign: its parts, what is published about its topics now, what people say."""
    found = _found(slug, request)
    language = get_language() or ""
    gone = hidden_links(found.content, language)
    shown = queries.shown(found.content, language, gone=gone)
    context = {
        "campaign": found,
        "shown": shown,
        "groups": queries.collected(found.content, language),
        "voices": queries.voices(found, actor=request.user),
        "past": shown.is_past(timezone.localdate()),
        "address": settings.PUBLIC_URL + shown.url,
    }
    return render(request, "campaigns/campaign.html", context)


def _calendar(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.ics"',
        "Cache-Control": "private, no-cache",
    }
    return HttpResponse(content, content_type=ics.MEDIA_TYPE, headers=headers)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Send the observances of last year to the year after next, and every campaign, as a calendar to subscribe to."""
    language, year = get_language() or "", timezone.localdate().year
    years = range(max(FIRST_YEAR, year - 1), min(LAST_YEAR, year + 2) + 1)
    days = ics.observance_days(years, english=language.startswith("en"))
    days += [
        ics.event_of(one.campaign.content, language, stamp=one.campaign.published_at)
        for one in queries.entries(language=language)
    ]
    name = gettext("Observances and campaigns")
    return _calendar(ics.written(sorted(days, key=lambda day: (day.day, day.name)), name=name), "campaigns")


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the day of one campaign."""
    found = _found(slug, request)
    entry = ics.event_of(found.content, get_language() or "", stamp=found.published_at)
    return _calendar(ics.one(entry, name=entry.title), slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what somebody says to a campaign that asks for it; it is shown once a moderator has read it."""
    found = _found(slug, request)
    shown = queries.shown(found.content, get_language() or "")
    if shown.question is None:
        raise Http404
    form = VoiceForm(request.POST if request.method == "POST" else None)
    token = read_token(request.POST.get("token", ""))
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            return _send(request, slug, form, token)
        except Refused as refusal:
            status, error = refusal_status(refusal.code), refusal_message(refusal)
    context: dict[str, Any] = {
        "shown": shown,
        "form": form,
        "error": error,
        "token": token or uuid.uuid4(),
        "opened": challenge.sign_moment(timezone.now()),
        "challenge": challenge.make() if limits.under_attack() else None,
    }
    return render(request, "campaigns/say.html", context, status=status)


def _send(request: HttpRequest, slug: str, form: VoiceForm, token: uuid.UUID | None) -> HttpResponse:
    if token is None:
        raise Refused("campaign_form_used_up")
    now, given = timezone.now(), form.cleaned_data
    guard = GuardFields(request.POST)
    guard.is_valid()
    if limits.under_attack():
        challenge.check(guard.cleaned_data.get("altcha", ""), guard.cleaned_data.get("opened", ""), now, str(token))
    limits.check("send", limits.client_address(request), limits.SEND_WINDOWS)
    limits.count("site", "all", (limits.ATTACK_WINDOW,))
    envelope = Envelope(
        token=token,
        language=get_language() or "",
        received_at=now,
        signature=given["signature"],
        consents=("comment-publication",),
        flagged=sending.seems_automatic(request.POST.get("website", ""), guard.opened_at(), now),
    )
    submission = actions.send_voice(slug, given["text"], envelope, actor=request.user)
    return sending.to_receipt(request, submission.reference, envelope.code)
