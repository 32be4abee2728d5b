"""One theme for many comments: choose them, watch the order, stop it, take it back."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from consultations.coding import actions, queries, rules
from consultations.coding.models import BulkOrder
from consultations.coding.queries.desk import clause_choices
from consultations.coding.queries.stream import key_of
from consultations.coding.views.common import consultation_of, show
from consultations.coding.views.themes import tree_of
from consultations.models import Comment, Consultation
from engage.desk.views import for_staff
from engage.errors import Refused

EXAMPLES = 5
SHOWN_ORDERS = 20
SHOWN_GROUPS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the filters choose; POST orders a theme for all of it, as many as were shown."""
    consultation = consultation_of(request, slug)
    given = request.POST if request.method == "POST" else request.GET
    filters = queries.Filters.of(given.dict())
    wanted = queries.matching(consultation, filters, request.user.pk)
    refusal = None
    if request.method == "POST":
        try:
            order = _order(request, filters, wanted)
        except Refused as exc:
            refusal = exc
        else:
            if order.total <= rules.BULK_BATCH:
                actions.run_batch(order.pk)
            queries.forget_figures(consultation)
            return redirect("coding_order", slug, order.pk)
    return _show(request, consultation, filters, refusal)


def _order(request: HttpRequest, filters: queries.Filters, wanted: QuerySet[Comment]) -> BulkOrder:
    theme = key_of(request.POST.get("theme", ""))
    if theme is None:
        raise Refused("theme_missing")
    # Without a choice everything that waits would be meant.
    ids = list(wanted.values_list("pk", flat=True)[: rules.BULK_MOST + 1]) if filters.is_narrowed else []
    return actions.order_bulk(theme, ids, finish=request.POST.get("finish") == "on", actor=request.user)


def _show(
    request: HttpRequest, consultation: Consultation, filters: queries.Filters, refusal: Refused | None
) -> HttpResponse:
    wanted = queries.matching(consultation, filters, request.user.pk) if filters.is_narrowed else Comment.objects.none()
    n = wanted[: rules.BULK_MOST + 1].count()
    return show(
        request,
        "bulk.html",
        consultation,
        refusal=refusal,
        filters=filters,
        parameters=urlencode(filters.parameters),
        n=n,
        most=rules.BULK_MOST,
        too_many=n > rules.BULK_MOST,
        examples=wanted[:EXAMPLES],
        groups=queries.same_texts(consultation)[:SHOWN_GROUPS],
        tree=tree_of(consultation),
        clauses=clause_choices(consultation),
        stances=Comment.Stance.choices,
        orders=BulkOrder.objects.filter(consultation=consultation)
        .select_related("theme", "ordered_by")
        .defer("comment_ids")[:SHOWN_ORDERS],
        chosen_theme=request.POST.get("theme", ""),
        finish=request.method != "POST" or request.POST.get("finish") == "on",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def order(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show how far an order is; POST stops it or takes it back (`do`)."""
    consultation = consultation_of(request, slug)
    mine = BulkOrder.objects.visible_to(request.user).defer("comment_ids").select_related("theme", "ordered_by")
    found = get_object_or_404(mine, pk=pk, consultation=consultation)
    refusal = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "take_back":
                actions.take_back_bulk(found.pk, actor=request.user)
            else:
                actions.cancel_bulk(found.pk, actor=request.user)
            queries.forget_figures(consultation)
            return redirect("coding_order", slug, pk)
        except Refused as exc:
            refusal = exc
            found.refresh_from_db(fields=["done", "finished_at", "cancelled_at"])
    running = found.finished_at is None and found.cancelled_at is None
    return show(request, "order.html", consultation, refusal=refusal, order=found, running=running)
