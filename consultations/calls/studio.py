"""What an editor does to a running call in the Studio: extend it, withdraw it; and the documents beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet

from consultations.calls.models import Evidence, Extension
from consultations.models import Consultation
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.proposed_rows import ProposedRowMixin
from engage.participation.forms import TypedTextField
from engage.publishing import proposals
from engage.studio import Journalled, for_editors

REASON_MOST = 2_000


def _reason(label: Any) -> TypedTextField:
    return TypedTextField(
        label=label,
        most=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give the reason in Chinese and in English; the public reads it")},
    )


class WithdrawForm(forms.Form):
    """Why a call is withdrawn, as the public will read it."""

    reason_zh = _reason(_("Reason in Chinese"))
    reason_en = _reason(_("Reason in English"))


class ExtendForm(WithdrawForm):
    """Until when, and why."""

    closes_at = forms.DateTimeField(
        label=_("New close"),
        help_text=_("The first moment at which comments are refused."),
        widget=AdminDateTimeInput(),
        error_messages={"required": _("Give the new close")},
    )
    field_order = ["closes_at", "reason_zh", "reason_en"]


def _call(request: HttpRequest, call_id: int) -> Consultation:
    calls = Consultation.objects.visible_to(request.user).prefetch_related("pages__locale")
    return get_object_or_404(calls, pk=call_id)


def _page(request: HttpRequest, call: Consultation, form: forms.Form, kind: str, **words: Any) -> HttpResponse:
    """Show the form; hand it in at the release gate; say what was refused at its foot."""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "closes_at" in given:
            given = given | {"closes_at": given["closes_at"].isoformat()}
        try:
            release = proposals.propose(kind, given, target_id=call.pk, actor=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
        else:
            messages.success(request, gettext("Handed in. It is public when every review is done"))
            return redirect("release", release.pk)
    context = {"call": call, "form": form, "media": form.media, "extensions": _extensions(request, call), **words}
    return render(request, "consultations/studio/running.html", context, status=422 if form.is_bound else 200)


def _extensions(request: HttpRequest, call: Consultation) -> list[Extension]:
    return list(Extension.objects.visible_to(request.user).filter(consultation=call).select_related("by"))


@for_editors
def extend(request: HttpRequest, call_id: int) -> HttpResponse:
    """Move the close of a call, with a reason that everybody reads."""

    return _page(
        request,
        _call(request, call_id),
        ExtendForm(request.POST or None),
        "extension",
        title=gettext("Extend the call"),
        explanation=gettext("Old close, new close and reason stay on the page of the call for good."),
        button=gettext("Hand in the extension"),
    )


@for_editors
def withdraw(request: HttpRequest, call_id: int) -> HttpResponse:
    """Withdraw a call for good."""

    return _page(
        request,
        _call(request, call_id),
        WithdrawForm(request.POST or None),
        "withdrawal",
        title=gettext("Withdraw the call"),
        explanation=gettext(
            "Once it is released nobody can comment. The page, the text and the comments stay readable, with the "
            "reason. This cannot be undone."
        ),
        button=gettext("Hand in the withdrawal"),
    )


class EvidenceCreate(ProposedRowMixin, snippets.CreateView):
    gate_kind = "evidence"


class EvidenceEdit(ProposedRowMixin, snippets.EditView):
    gate_kind = "evidence"


class EvidenceDelete(Journalled, snippets.DeleteView):
    journal_verb = "evidence.deleted"


class EvidenceViewSet(SnippetViewSet):
    """Documents that a draft rests on; readers find them on the overview of the call."""

    model = Evidence
    icon = "doc-full-inverse"
    menu_label = _("Evidence documents")
    menu_name = "evidence"
    add_view_class, edit_view_class, delete_view_class = EvidenceCreate, EvidenceEdit, EvidenceDelete
    copy_view_enabled = False
    list_display = [Column("title", label=_("Title"), accessor="title"), "consultation", "dated"]
    edit_handler = ObjectList(
        [
            FieldPanel("consultation"),
            FieldPanel("document"),
            FieldRowPanel([FieldPanel("title_zh"), FieldPanel("title_en")]),
            FieldRowPanel([FieldPanel("source_zh"), FieldPanel("source_en")]),
            FieldPanel("dated"),
        ]
    )

    def get_queryset(self, request: HttpRequest):
        return (
            Evidence.objects.visible_to(request.user)
            .select_related("consultation")
            .prefetch_related("consultation__pages__locale")
        )
