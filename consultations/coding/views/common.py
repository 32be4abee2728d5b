"""What every view of the coding desk shares."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from consultations.coding import access, queries
from consultations.coding.page import CODING
from consultations.models import Consultation
from engage.desk.views import frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import whole_number

BACK_MOST = 1_500
# Which tab each page is under.
TABS = {
    "desk.html": "desk",
    "themes.html": "themes",
    "theme.html": "themes",
    "decisions.html": "decisions",
    "decide.html": "decisions",
    "bulk.html": "bulk",
    "order.html": "bulk",
    "agreement.html": "agreement",
    "blind.html": "agreement",
}


def consultation_of(request: HttpRequest, slug: str) -> Consultation:
    """Return a consultation whose comments the reader may sort; for others there is none."""
    mine = access.consultations_of(request.user).select_related("department").prefetch_related("pages__locale")
    return get_object_or_404(mine, slug=slug)


def show(
    request: HttpRequest,
    template: str,
    consultation: Consultation | None = None,
    *,
    refusal: Refused | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a page of the coding desk; after a refusal with its sentence and its status."""
    given = frame(request, CODING) | {"refusal": "", "refusal_code": ""} | context
    given |= {"consultation": consultation, "tab": TABS.get(template)}
    if consultation is not None:
        given.setdefault("figures", queries.figures(consultation))
        given["may_decide"] = access.may_decide(request.user, consultation)
    if refusal is not None:
        given |= {"refusal": refusal_message(refusal), "refusal_code": refusal.code}
        status = refusal_status(refusal.code)
    return render(request, f"coding/{template}", given, status=status)


def back_to_desk(request: HttpRequest, consultation: Consultation, **cursor: Any) -> HttpResponseRedirect:
    """Return to the coding screen with the filters it had (`back`) and another cursor."""
    queries.forget_figures(consultation)
    kept = queries.Filters.of(QueryDict(request.POST.get("back", "")[:BACK_MOST]).dict()).parameters
    parameters = kept | {name: value for name, value in cursor.items() if value}
    address = reverse("coding_desk", args=[consultation.slug])
    return HttpResponseRedirect(f"{address}?{urlencode(parameters)}" if parameters else address)


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; the first one for what is no number."""
    return max(1, min(whole_number(request.GET.get("page", ""), digits=6, otherwise=1), 100_000))
