"""A version as a file: the definition, an XLSForm, a table, a codebook, a sheet to print."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from engage.studio import for_editors
from surveys.definition.xlsform import export, export_table
from surveys.models import Version
from surveys.studio.codebook import version_codebook
from surveys.studio.paper import paper_pdf, papers
from surveys.studio.views import version_or_404

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_editors
def export_version(request: HttpRequest, version_id: int, form: str) -> HttpResponse:
    """Send the definition as JSON, as an XLSForm, as a table (CSV), or as DDI-Codebook."""
    version = version_or_404(request, version_id)
    headers = _headers(version, "ddi.xml" if form == "ddi" else form)
    if form == "ddi":
        return HttpResponse(version_codebook(version), content_type="application/xml", headers=headers)
    if form == "json":
        return JsonResponse(version.definition, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2})
    if form == "csv":
        return HttpResponse(
            export_table(version.parsed).content, content_type="text/csv; charset=utf-8", headers=headers
        )
    if form != "xlsx":
        raise Http404
    return HttpResponse(export(version.parsed).content, content_type=XLSX, headers=headers)


@require_safe
@for_editors
def paper(request: HttpRequest, version_id: int, code: str) -> HttpResponse:
    """Send the version in one of its languages as a PDF to print."""
    version = version_or_404(request, version_id)
    if code not in papers(version.parsed):
        raise Http404
    headers = _headers(version, f"{code}.pdf")
    return HttpResponse(paper_pdf(version, code), content_type="application/pdf", headers=headers)


def _headers(version: Version, ending: str) -> dict[str, str]:
    name = f"{version.questionnaire.key}-{version.number}.{ending}"
    return {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
