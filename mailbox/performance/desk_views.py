"""The figures for insiders: unmasked, for their own units, with the way of a case step by step, and the export."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from engage.desk.registry import MAILBOX, DeskPage, pages_for
from engage.desk.views import for_staff, frame
from engage.spreadsheets import csv_stream
from mailbox.performance import actions, facts, queries
from mailbox.performance.figures import Place
from mailbox.performance.models import ALL_UNITS, OWN_UNITS
from mailbox.performance.views import context_of
from mailbox.performance.words import STEP_NAMES

FIGURES = DeskPage(
    code="performance",
    label=_("Figures"),
    roles=(*OWN_UNITS, *ALL_UNITS),
    url_name="desk_performance",
    group=MAILBOX,
)


def _may(request: HttpRequest) -> None:
    if FIGURES not in pages_for(request.user):
        raise Http404


@require_safe
@for_staff
def figures(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show a year's plain figures, of all units or of the own ones, and the funnel of what is chosen."""
    _may(request)
    years = queries.years()
    view = queries.plain_year(year if year is not None else years[0], actor=request.user) if years else None
    if view is None:
        if year is not None:
            raise Http404
        return render(request, "performance/desk_nothing.html", frame(request, FIGURES))
    context = context_of(view, request)
    chosen = Place(str(view.year), request.GET.get("unit", ""), request.GET.get("kind", ""))
    steps = view.funnels.get(chosen, [])
    most = max((step.reached for step in steps), default=0) or 1
    return render(
        request,
        "performance/desk.html",
        frame(request, FIGURES)
        | context
        | {
            "years": years,
            "sees_all": queries.sees_all(request.user),
            "steps": [
                (STEP_NAMES[step.step], step, round(100 * step.reached / most))
                for step in steps
                if step.step in STEP_NAMES
            ],
            "revisions": queries.revisions(view.year, actor=request.user),
        },
    )


@require_safe
@for_staff
def cases_csv(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """Send one line per case with what the figures are counted from; it is written down who took it."""
    _may(request)
    if year not in queries.years():
        raise Http404
    actions.record_export(year, actor=request.user)
    rows = queries.exported(year, actor=request.user, today=timezone.localdate())
    name = content_disposition_header(as_attachment=True, filename=f"cases-{year}.csv")
    return StreamingHttpResponse(
        csv_stream(facts.COLUMNS, ([_cell(value) for value in row] for row in rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name or "", "Cache-Control": "private, no-store"},
    )


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
