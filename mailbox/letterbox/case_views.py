"""What the sender of a case does after sending: read its papers, add, rate, ask for a review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from engage.accounts.actors import ReceiptHolder
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status, registered_codes
from engage.participation import limits, wallet
from engage.participation.file_faults import file_fault
from engage.participation.rules import Window
from mailbox import actions as cases
from mailbox.letterbox import actions, papers, queries
from mailbox.letterbox.forms import AddForm, RateForm, ReviewForm
from mailbox.models import Case, CaseClock, Notice

UPLOAD_WINDOWS = (Window(20, 60), Window(100, 3600))


def _case(request: HttpRequest, reference: str) -> tuple[Case, ReceiptHolder] | None:
    """Return the case under a reference and its holder; None without the receipt, Http404 for no case."""
    found = wallet.holder(request, reference)
    if found is None:
        return None
    submission, actor = found
    case = (
        Case.objects.visible_to(actor)
        .select_related("submission", "triage", "lead", "reviewer", "desk")
        .filter(pk=submission.pk)
        .first()
    )
    if case is None:
        raise Http404
    return case, actor


def _to_track(reference: str) -> HttpResponse:
    return redirect(f"{reverse('track')}?reference={reference}")


def _page(request: HttpRequest, template: str, case: Case, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"letterbox/{template}.html", {"door": "track", "case": case, **context}, status=status)


def _answer(
    request: HttpRequest, template: str, case: Case, form: forms.Form, refusal: Refused | None, **context: Any
) -> HttpResponse:
    """Show a form again: with its errors, or with what the engine refused; what was typed stays."""
    status = refusal_status(refusal.code) if refusal else 422 if form.is_bound else 200
    error = refusal_message(refusal) if refusal else ""
    return _page(request, template, case, status=status, form=form, error=error, **context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add something to a case, or answer what we asked."""
    found = _case(request, reference)
    if found is None:
        return _to_track(reference)
    case, actor = found
    form = AddForm(request.POST, request.FILES) if request.method == "POST" else AddForm()
    refusal = None
    if form.is_bound and form.is_valid():
        given, upload = form.cleaned_data["text"], form.cleaned_data["file"]
        try:
            if upload is not None:
                limits.check("upload", limits.client_address(request), UPLOAD_WINDOWS)
            name = upload.name if upload is not None else ""
            actions.add_information(case.pk, given, upload=upload, name=name, actor=actor, now=timezone.now())
        except Refused as refused:
            if refused.code not in registered_codes():
                form.add_error("file", file_fault(refused))
            else:
                refusal = refused
        else:
            return redirect("submission", reference=reference)
    asked = case.state in ("returned", "reasons_asked")
    question = case.notices.visible_to(actor).filter(form__in=["detail", "reasons"]).last() if asked else None
    return _answer(request, "add", case, form, refusal, question=question)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """Rate the answer."""
    found = _case(request, reference)
    if found is None:
        return _to_track(reference)
    case, actor = found
    form = RateForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            cases.rate_case(case.pk, **form.cleaned_data, actor=actor, now=timezone.now())
        except Refused as refused:
            refusal = refused
        else:
            return redirect("submission", reference=reference)
    return _answer(request, "rate", case, form, refusal, is_again=case.ratings.exists())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the next higher unit to review the decision."""
    found = _case(request, reference)
    if found is None:
        return _to_track(reference)
    case, actor = found
    if not case.machine.has("ask_review"):
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            cases.ask_review(case.pk, words=form.cleaned_data["text"], actor=actor, now=timezone.now())
        except Refused as refused:
            refusal = refused
        else:
            return redirect("submission", reference=reference)
    return _answer(request, "review", case, form, refusal)


@never_cache
@require_safe
def clock(request: HttpRequest, reference: str, clock_id: int) -> HttpResponse:
    """Show how a day was computed: every day that was counted or left out, and why."""
    found = _case(request, reference)
    if found is None:
        return _to_track(reference)
    case, actor = found
    row = get_object_or_404(CaseClock.objects.visible_to(actor), pk=clock_id, case=case)
    row.case = case
    return _page(request, "clock", case, proof=queries.date_proof(row))


def _notice(request: HttpRequest, reference: str, notice_id: int) -> tuple[Case, Notice] | None:
    found = _case(request, reference)
    if found is None:
        return None
    case, actor = found
    return case, get_object_or_404(
        Notice.objects.visible_to(actor).select_related("department"), pk=notice_id, case=case
    )


@never_cache
@require_safe
def notice(request: HttpRequest, reference: str, notice_id: int) -> HttpResponse:
    """Show a notice as it was frozen."""
    found = _notice(request, reference, notice_id)
    if found is None:
        return _to_track(reference)
    return _page(request, "notice", found[0], notice=found[1])


@never_cache
@require_safe
def notice_pdf(request: HttpRequest, reference: str, notice_id: int) -> HttpResponse:
    """Give a notice as a PDF."""
    found = _notice(request, reference, notice_id)
    if found is None:
        return _to_track(reference)
    case, shown = found
    name = f"{case.reference}-{shown.year}-{shown.number}.pdf"
    return HttpResponse(
        papers.notice_pdf(shown),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
