"""What was decided about themes and points, and what still lacks an answer."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from consultations.coding import actions, queries
from consultations.coding.forms import DecisionForm
from consultations.coding.models import Decision, Point, Theme
from consultations.coding.queries.figures import live_points
from consultations.coding.queries.stream import key_of
from consultations.coding.views.common import back_to_desk, consultation_of, page_number, show
from consultations.coding.views.themes import tree_of
from consultations.models import Consultation
from engage.desk.views import for_staff
from engage.errors import Refused

PER_PAGE = 25
EXAMPLES = 5
VIEWS = ("themes", "open", "own")
KINDS = ("theme", "point")


@require_safe
@for_staff
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the themes with their decisions, or points: those without an answer, those with one of their own."""
    consultation = consultation_of(request, slug)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "themes"
    if view == "themes":
        return show(request, "decisions.html", consultation, view=view, tree=tree_of(consultation))
    if view == "open":
        points = queries.undisposed_points(consultation)
    else:
        own = Decision.objects.filter(consultation=consultation, replaced_at=None, point__isnull=False)
        points = live_points(consultation).filter(pk__in=own.values("point"))
    page = Paginator(points.order_by("comment_id", "start", "pk").values_list("pk", flat=True), PER_PAGE).get_page(
        page_number(request)
    )
    rows = list(queries.points_with_decisions(consultation, live_points(consultation).filter(pk__in=list(page))))
    return show(request, "decisions.html", consultation, view=view, page=page, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def decide(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Ask for a decision about a theme or a point; POST makes it, or ends it (`do` is "withdraw")."""
    consultation = consultation_of(request, slug)
    subject = _subject(request, consultation, kind, pk)
    current = subject.decisions.filter(replaced_at=None).select_related("decided_by").first()
    if request.method != "POST":
        initial = _initial(current, consultation)
        return _ask(request, consultation, kind, subject, current, DecisionForm(initial=initial))
    form = DecisionForm(request.POST)
    try:
        if request.POST.get("do") == "withdraw" and current is not None:
            actions.withdraw_decision(current.pk, actor=request.user)
        elif form.is_valid():
            seen = key_of(request.POST.get("current", ""))
            actions.decide(kind, pk, form.given(), current=seen, actor=request.user)
        else:
            return _ask(request, consultation, kind, subject, current, form, status=422)
    except Refused as refusal:
        return _ask(request, consultation, kind, subject, current, form, refusal=refusal)
    queries.forget_figures(consultation)
    comment = key_of(request.POST.get("comment", ""))
    return back_to_desk(request, consultation, comment=comment) if comment else redirect("coding_decisions", slug)


def _subject(request: HttpRequest, consultation: Consultation, kind: str, pk: int) -> Theme | Point:
    if kind == "theme":
        themes = Theme.objects.visible_to(request.user).filter(retired_at=None)
        return get_object_or_404(themes, pk=pk, consultation=consultation)
    if kind == "point":
        points = Point.objects.visible_to(request.user).filter(removed_at=None).select_related("comment")
        return get_object_or_404(points, pk=pk, consultation=consultation)
    raise Http404


def _initial(current: Decision | None, consultation: Consultation) -> dict[str, Any]:
    if current is None:
        return {"department": consultation.department_id}
    names = ("disposition", "reason_code", "reason_zh", "reason_en", "forwarded_zh", "forwarded_en")
    return {name: getattr(current, name) for name in names} | {"department": current.department_id}


def _ask(
    request: HttpRequest,
    consultation: Consultation,
    kind: str,
    subject: Theme | Point,
    current: Decision | None,
    form: DecisionForm,
    **answer: Any,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    if isinstance(subject, Theme):
        points = queries.points_of_theme(subject)
        context: dict[str, Any] = {"theme": subject, "n": points.count(), "examples": points[:EXAMPLES]}
    else:
        context = {"point": subject}
    return show(
        request,
        "decide.html",
        consultation,
        kind=kind,
        pk=subject.pk,
        current=current,
        form=form,
        comment=key_of(given.get("comment", "")) or "",
        back=given.get("back", "")[:1_500],
        **context,
        **answer,
    )
