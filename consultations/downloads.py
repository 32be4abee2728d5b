"""The public text of a call as a file: Akoma Ntoso, Word, PDF and HTML."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consultations import exports, queries
from consultations.calls.models import Evidence
from consultations.published import named, published_versions
from consultations.views import draft_url
from engage.accounts.actors import is_staff
from engage.pages.gate import is_file_public


@require_safe
def draft_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Send a published text of the call in one format: the first one, or the one that `?draft=` names.

    A reader who has it already is told so; nobody else may keep it.

    The address is asked again each time, since a call may be hidden at any moment.
    """
    language = get_language() or ""
    call = queries.call(slug, language=language, actor=request.user, now=timezone.now())
    wanted = request.GET.get("draft", "")
    version = named(published_versions(call.consultation), wanted) if call else None
    if call is None or version is None or name not in exports.FORMATS:
        raise Http404
    address = request.build_absolute_uri(draft_url(slug, wanted))
    tag = f'"{version.pk}-{name}-{language}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers=headers)
    data = exports.file_of(
        version, name, language=language, address=address, authority=str(call.consultation.department)
    )
    headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=exports.file_name(version, name, language)
    ) or "attachment"  # fmt: skip
    return HttpResponse(data, content_type=exports.FORMATS[name].content_type, headers=headers)


@require_safe
def evidence_file(request: HttpRequest, slug: str, evidence_id: int) -> FileResponse:
    """Send a document that a draft rests on; hidden with its call."""
    papers = Evidence.objects.visible_to(request.user).filter(consultation__slug=slug).select_related("document")
    document = get_object_or_404(papers, pk=evidence_id).document
    if not is_staff(request.user) and not is_file_public(document):
        raise Http404
    response = FileResponse(document.file.open("rb"), as_attachment=True, filename=document.filename)
    response["Cache-Control"] = "private, no-cache"
    return response
