"""The evidence of a call and its files: parse, one query, render."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consultations.outcomes import rules
from consultations.study import exports, queries
from engage.pages.caching import shared_for_seconds
from engage.pages.translation import HTML_LANG


def _study(request: HttpRequest, slug: str) -> queries.Study:
    found = queries.study(slug, language=get_language() or "", actor=request.user, now=timezone.now())
    if found is None:
        raise Http404
    return found


@require_safe
@shared_for_seconds
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came in, by which way, when, how it was collected and what that leaves open."""
    study = _study(request, slug)
    foreign = study.note is not None and study.note.language != get_language()
    context = {
        "door": "have_your_say",
        "call": study.call,
        "page": study.call.page,
        "consultation": study.call.consultation,
        "study": study,
        "kinds": list(exports.FILES),
        "least": rules.LEAST,
        "note_lang": HTML_LANG.get(study.note.language, "") if study.note and foreign else "",
    }
    return render(request, "consultations/study/evidence.html", context)


@require_safe
def evidence_table(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Hand over the same as a file, made when it is asked for."""
    study = _study(request, slug)
    if kind not in exports.FILES:
        raise Http404
    file = exports.FILES[kind]
    language = get_language() or ""
    name = f"{slug}-evidence-{language}.{kind}"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Cache-Control": "private, no-cache",
    }
    return HttpResponse(file.make(study, language), content_type=file.media_type, headers=headers)
