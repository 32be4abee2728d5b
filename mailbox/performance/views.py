"""How we answer: the public page and its open data. Parse, one query, render."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from engage.accounts.actors import ANYONE
from engage.figures.rules import LEAST, SHARE_LEAST
from engage.pages.caching import shared_for_seconds
from engage.spreadsheets import csv_text
from mailbox.kinds import KINDS, kind_of
from mailbox.performance import queries
from mailbox.performance.queries import Figures, YearView
from mailbox.performance.words import month_name


def _year(year: int) -> YearView:
    view = queries.public_year(year)
    if view is None:
        raise Http404
    return view


@require_safe
@shared_for_seconds
def performance(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show a year, the newest without one in the address: headline, months, units and kinds; or one unit's months."""
    years = queries.years()
    if year is None and not years:
        return render(request, "performance/nothing.html", {"door": "write"})
    view = _year(year if year is not None else years[0])
    return render(
        request,
        "performance/performance.html",
        context_of(view, request)
        | {"door": "write", "years": years, "revisions": queries.revisions(view.year, actor=ANYONE)},
    )


def context_of(view: YearView, request: HttpRequest) -> dict[str, Any]:
    """Return what the figures of a year need to be shown, for everybody or for insiders.

    `?unit=` and `?kind=` choose one; both together are a place that only the whole year has. Http404 for others.
    """
    units = queries.unit_names()
    unit, kind = request.GET.get("unit", ""), request.GET.get("kind", "")
    whole = view.at(str(view.year), unit, kind)
    if whole is None and (unit or kind):
        raise Http404
    months = [(month_name(month), view.at(month, unit, kind)) for month in view.months] if not (unit and kind) else []
    months = [(name, figures) for name, figures in months if figures is not None]
    return {
        "view": view,
        "whole": whole,
        "unit": units.get(unit),
        "kind": kind_of(kind).label if kind in KINDS else "",
        "months": months,
        "bars": [(name, percent(figures["in_time_share"])) for name, figures in months],
        "has_bars": any(figures["in_time_share"] is not None for _name, figures in months),
        "has_not_needed": not unit,
        "by_unit": [] if unit else _rows(view, "unit", {code: str(one) for code, one in units.items()}, kind=kind),
        "by_kind": [] if kind else _rows(view, "kind", {code: one.label for code, one in KINDS.items()}, unit=unit),
        "least": LEAST,
        "share_least": SHARE_LEAST,
    }


def percent(share: float | None) -> int | None:
    """Return a share in whole percent, as a bar shows it."""
    return None if share is None else round(100 * share)


def _rows(
    view: YearView, column: str, names: dict[str, Any], *, unit: str = "", kind: str = ""
) -> list[tuple[str, Any, Figures]]:
    """The year by unit or by kind; with a unit or kind chosen, that row of the table of both."""
    found = []
    for code, name in names.items():
        place = {"unit": unit, "kind": kind, column: code}
        figures = view.at(str(view.year), place["unit"], place["kind"])
        if figures is not None and figures["received"]:
            found.append((code, name, figures))
    return found


@require_safe
def figures_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Hand the published figures of a year over as a table; hidden counts are empty and named in the last column."""
    head = [*queries.OPEN_COLUMNS, "hidden"]
    data = queries.open_data(_year(year))
    rows = ([*(row[name] for name in queries.OPEN_COLUMNS), " ".join(row["hidden"])] for row in data)
    text = csv_text(rows, head=head)
    name = content_disposition_header(as_attachment=True, filename=f"answers-{year}.csv")
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name or ""})


@require_safe
def figures_json(request: HttpRequest, year: int) -> HttpResponse:
    """Hand the published figures of a year over for programs."""
    view = _year(year)
    return JsonResponse(
        {
            "year": view.year,
            "counted_on": view.counted_on.isoformat(),
            "frozen": {place.period: f.frozen_on for place, f in view.places.items() if f.frozen_on},
            "figures": list(queries.open_data(view)),
        },
        json_dumps_params={"ensure_ascii": False},
    )
