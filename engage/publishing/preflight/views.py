"""The report of one content, the freshness desk, and the public list of what is awaited: parse, one query, render."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.translation import HTML_LANG
from engage.publishing import registry as gated
from engage.publishing.preflight import actions, freshness, queries, registry
from engage.publishing.preflight.bundle import Finding, Report, Severity
from engage.publishing.preflight.desk import FRESHNESS
from engage.publishing.preflight.words import CHECKS, CHIPS, SEVERITIES, sentence
from engage.typed import whole_number

PER_PAGE = 50


# --- the preflight --------------------------------------------------------------------------------------------------


def _looked_at(request: HttpRequest, kind: str, key: str) -> tuple[registry.Source, Any, Report]:
    source = registry.source_of(kind)
    obj = source.find(key, request.user) if source else None
    if source is None or obj is None:
        raise Http404
    return source, obj, queries.report(source, obj, actor=request.user)


@require_safe
@for_staff
def preflight(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show what a content lacks before it is handed in, and what was found well."""
    source, obj, found = _looked_at(request, kind, key)
    context = {
        "kind": source.label,
        "title": source.title(obj),
        "groups": [
            {
                "code": severity.value,
                "label": label,
                "chip": CHIPS[severity],
                "findings": [_shown(finding) for finding in found.of(severity)],
            }
            for severity, label in SEVERITIES.items()
            if found.of(severity)
        ],
        "blocking": len(found.of(Severity.BLOCKS)),
        "clean": [(CHECKS[check.code], check.looked_at) for check in found.clean],
        "not_asked": [CHECKS[check.code] for check in found.not_asked],
        "json_url": reverse("preflight_json", args=[kind, key]),
        "hand_in_url": _hand_in_url(kind, obj),
    }
    return render(request, "preflight/report.html", frame(request, FRESHNESS) | context)


def _hand_in_url(kind: str, obj: Any) -> str:
    """Return where a content is handed in; empty for what goes out with something else."""
    known = any(one.code == kind for one in gated.registered())
    return reverse("release_hand_in", args=[kind, obj.pk]) if known else ""


def _shown(finding: Finding) -> dict[str, Any]:
    return {"finding": finding, "sentence": sentence(finding), "lang": HTML_LANG.get(finding.language, "")}


@require_safe
@for_staff
def preflight_json(request: HttpRequest, kind: str, key: str) -> JsonResponse:
    """Return the same report as data."""
    _source, _obj, found = _looked_at(request, kind, key)
    return JsonResponse(
        {
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity,
                    "message": sentence(finding),
                    "where": finding.where,
                    "excerpt": finding.excerpt,
                    "fix_url": finding.fix_url,
                }
                for finding in found.findings
            ],
            "checks": [
                {"code": check.code, "looked_at": check.looked_at, "findings": len(check.findings)}
                for check in found.checks
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


# --- freshness ------------------------------------------------------------------------------------------------------


@require_safe
@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    """List what of the public has grown old."""
    return _desk(request)


def _desk(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    if FRESHNESS not in pages_for(request.user):
        raise Http404
    found = freshness.items(actor=request.user, now=timezone.now())
    counts = freshness.counts(found)
    codes = {code for code, _label, _n in counts}
    view = request.GET.get("view", "")
    kind, typed = request.GET.get("kind", "")[:32], request.GET.get("q", "")[:200]
    view = view if view in codes else ""
    shown = freshness.narrowed(found, code=view, kind=kind, typed=typed)
    number = whole_number(request.GET.get("page", ""), digits=5, otherwise=1)
    page = Paginator(shown, PER_PAGE).get_page(number)
    chosen = {"view": view, "kind": kind, "q": typed}
    context = {
        "items": page,
        "total": len(shown),
        "counts": counts,
        "all": len(found),
        "view": view,
        "kinds": [(watch.kind, watch.label) for watch in registry.watches()],
        "kind": kind,
        "typed": typed,
        "chosen": "".join(f"&{urlencode({name: value})}" for name, value in chosen.items() if value),
        "refusal": refusal,
    }
    return render(request, "preflight/freshness.html", frame(request, FRESHNESS) | context, status=status)


@require_POST
@for_staff
def reviewed(request: HttpRequest) -> HttpResponse:
    """Record that a page was looked at today."""
    try:
        actions.mark_reviewed(
            request.POST.get("kind", "")[:32], request.POST.get("key", "")[:64], now=timezone.now(), actor=request.user
        )
    except Refused as refusal:
        return _desk(request, refusal_message(refusal), refusal_status(refusal.code))
    view = request.POST.get("view", "")
    known = view if view in freshness.TASKS else ""
    return redirect(reverse("freshness_desk") + (f"?view={known}" if known else ""))


# --- the public list ------------------------------------------------------------------------------------------------


@require_safe
@shared_for_seconds
def awaiting(request: HttpRequest) -> HttpResponse:
    """List what closed and has no outcome yet: past its promised day, then within it."""
    found = registry.awaited(timezone.now())
    context = {
        "door": "have_your_say",
        "late": [one for one in found if one.days_late],
        "in_time": [one for one in found if not one.days_late],
    }
    return render(request, "preflight/awaiting.html", context)
