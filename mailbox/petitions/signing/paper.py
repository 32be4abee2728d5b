"""Sheets of signatures at the desk: counted from their scan, listed with their sums."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django import forms
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from engage.accounts.actors import has_role
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.attachments import inspect
from engage.participation.file_faults import file_fault
from engage.participation.forms import TypedTextField
from engage.participation.queries import about_options
from engage.typed import LARGEST_KEY
from mailbox.petitions.actions import paper
from mailbox.petitions.models import IN_FORCE, MODERATORS, PaperBatch, Petition
from mailbox.petitions.moderating.queue import PETITIONS


def _number(label: Any, wrong: Any, *, most: int) -> forms.IntegerField:
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=dict.fromkeys(codes, wrong))


class SheetsForm(forms.Form):
    """One bundle."""

    sheets = _number(_("Sheets"), _("Write how many sheets there are, from 1 to 10,000"), most=10_000)
    total = _number(
        _("Signatures on them that are whole"),
        _("Write how many signatures are whole, from 1 to 600,000"),
        most=600_000,
    )
    region = forms.ChoiceField(label=_("From where"), required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Write the day like 2026-11-24")),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    scan = forms.FileField(
        label=_("Their scan"),
        help_text=_("PDF or picture, at most 20 MB; only its hash is kept"),
        error_messages={"required": _("Choose the scan")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Several or not known")), *about_options("region")]


class BackForm(forms.Form):
    """Why a bundle is taken back."""

    why = TypedTextField(
        label=_("Why they are taken back"),
        help_text=_("For colleagues; the list keeps it. Name nobody who signed."),
        most=paper.WHY_MOST,
        error_messages={"required": _("Write why they are taken back")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _petition(request: HttpRequest, pk: int) -> Petition:
    found = Petition.objects.visible_to(request.user).select_related("submission").filter(pk=pk)
    petition = found.first() if has_role(request.user, *MODERATORS) and pk <= LARGEST_KEY else None
    if petition is None or petition.opened_at is None:
        raise Http404
    return petition


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    whole = frame(request, PETITIONS) | {"current_queue": PETITIONS} | context  # type: ignore[arg-type]
    return render(request, f"petitions/desk/{template}.html", whole, status=status)


@for_staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a bundle of sheets, or see those that were counted."""
    petition = _petition(request, pk)
    status = 200
    form = SheetsForm(initial={"received_on": timezone.localdate()})
    if request.method == "POST":
        form = SheetsForm(request.POST, request.FILES)
        status = _recorded(request, petition, form)
        if status == 302:
            return redirect("desk_petition_sheets", pk=pk)
    batches, regions = petition.papers.select_related("taken_back_by").order_by("-pk"), dict(about_options("region"))
    context = {
        "petition": petition,
        "form": form,
        "batches": [(batch, regions.get(batch.region, "")) for batch in batches],
        "sum": petition.papers.filter(IN_FORCE).aggregate(n=Sum("total"))["n"] or 0,
    }
    return _page(request, "sheets", context, status)


@for_staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int, batch: int) -> HttpResponse:
    """Ask why a bundle is taken back, then let it count no more."""
    petition = _petition(request, pk)
    found = petition.papers.filter(pk=batch).first() if batch <= LARGEST_KEY else None
    if found is None:
        raise Http404
    status = 200
    form = BackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = _taken_back(request, found, form)
        if status == 302:
            return redirect("desk_petition_sheets", pk=pk)
    return _page(request, "sheets_back", {"petition": petition, "batch": found, "form": form}, status)


def _taken_back(request: HttpRequest, batch: PaperBatch, form: BackForm) -> int:
    """Take a bundle back; returns the status of the answer, 302 when that was done."""
    if not form.is_valid():
        return 422
    try:
        paper.take_back(batch.pk, form.cleaned_data["why"], actor=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error("why", refusal_message(refusal))
        return refusal_status(refusal.code)
    return 302


def _recorded(request: HttpRequest, petition: Petition, form: SheetsForm) -> int:
    """Write the bundle down; returns the status of the answer, 302 when that was done."""
    if not form.is_valid():
        return 422
    values, upload = form.cleaned_data, form.cleaned_data["scan"]
    try:
        inspect(upload.file, name=upload.name or "")
    except Refused as refusal:
        form.add_error("scan", file_fault(refusal))
        return 422
    upload.file.seek(0)
    bundle = paper.Sheets(
        total=values["total"],
        sheets=values["sheets"],
        region=values["region"],
        received_on=values["received_on"],
        scan_sha256=sha256(upload.file.read()).hexdigest(),
    )
    try:
        paper.record_sheets(petition.pk, bundle, actor=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(_FIELD.get(refusal.code), refusal_message(refusal))
        return refusal_status(refusal.code)
    return 302


_FIELD = {"sheets_day": "received_on", "sheets_total": "total", "sheets_known": "scan"}
