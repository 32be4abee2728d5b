"""The published outcome, its files, and the lists of outcomes: parse, one query, render."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consultations import queries as calls
from consultations.outcomes import queries, rules
from consultations.outcomes.exports import MEDIA_TYPES
from consultations.outcomes.exports.about import masking_note
from consultations.outcomes.models import Export
from engage.pages.caching import shared_for_seconds
from engage.typed import whole_number

PER_PAGE = 20


def _call(request: HttpRequest, slug: str) -> calls.Call:
    found = calls.call(slug, language=get_language() or "", actor=request.user, now=timezone.now())
    if found is None:
        raise Http404
    return found


@require_safe
@shared_for_seconds
def outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what people said, what was decided and what changed, clause by clause."""
    call = _call(request, slug)
    found = queries.published(slug, actor=request.user)
    if found is None:
        raise Http404
    language = get_language() or ""
    shown = queries.shown(found.content, language)
    context = {
        "door": "have_your_say",
        "call": call,
        "page": call.page,
        "consultation": call.consultation,
        "outcome": found,
        "view": shown,
        "days": queries.days_to_answer(found),
        "exports": queries.ready_exports(found, language),
        "masking_note": masking_note(shown.took_part),
        "least": rules.LEAST,
    }
    return render(request, "consultations/outcomes/outcome.html", context)


@require_safe
def download(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Hand over one file; while the worker still makes it, the page says how far it is."""
    _call(request, slug)
    found = queries.published(slug, actor=request.user)
    if found is None or kind not in Export.Kind.values:
        raise Http404
    export = queries.export_of(found, kind, get_language() or "")
    if export is None:
        return redirect(f"{request.path.rsplit('/', 1)[0]}/#files")
    return FileResponse(
        export.file.open("rb"),
        as_attachment=True,
        filename=f"{slug}-outcome-{export.language}.{kind}",
        content_type=MEDIA_TYPES[Export.Kind(kind)],
    )


@require_safe
@shared_for_seconds
def outcomes(request: HttpRequest) -> HttpResponse:
    """Tell of each published outcome what was asked, what people said, what was done."""
    number = whole_number(request.GET.get("page", ""), digits=5, otherwise=1)
    offset = max(0, number - 1) * PER_PAGE
    found = queries.digests(language=get_language() or "", limit=PER_PAGE + 1, offset=offset)
    context = {
        "door": "have_your_say",
        "digests": found[:PER_PAGE],
        "previous": number - 1 if number > 1 else 0,
        "next": number + 1 if len(found) > PER_PAGE else 0,
    }
    return render(request, "consultations/outcomes/digest.html", context)
