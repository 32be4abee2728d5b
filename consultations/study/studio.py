"""The note about the method of a call, in the Studio."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation
from consultations.study import actions, queries
from consultations.study.models import PARTS
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.forms import TypedTextField
from engage.publishing import proposals
from engage.studio import for_editors

# What the fields of a language end in.
ENDINGS = {"zh-hans": "zh", "en": "en"}


def _part(label: Any, help_text: Any) -> TypedTextField:
    return TypedTextField(
        label=label,
        help_text=help_text,
        required=False,
        most=actions.PART_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MethodForm(forms.Form):
    """The note in both languages; what is empty is not shown. `seen`: what the note was when the form was made."""

    publicised_zh = _part(
        _("How the call was made known, in Chinese"), _("On which sites, papers, notice boards; who was written to.")
    )
    reached_zh = _part(
        _("Who was reached, in Chinese"), _("Which groups took part, which did not, and what was done for them.")
    )
    limits_zh = _part(_("Limits, in Chinese"), _("What the figures do not say, and why."))
    publicised_en = _part(
        _("How the call was made known, in English"), _("On which sites, papers, notice boards; who was written to.")
    )
    reached_en = _part(
        _("Who was reached, in English"), _("Which groups took part, which did not, and what was done for them.")
    )
    limits_en = _part(_("Limits, in English"), _("What the figures do not say, and why."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    @property
    def notes(self) -> dict[str, dict[str, str]]:
        """Language to part to words, as typed."""
        return {
            language: {name: self.cleaned_data[f"{name}_{ending}"] for name in PARTS}
            for language, ending in ENDINGS.items()
        }


@for_editors
def method(request: HttpRequest, call_id: int) -> HttpResponse:
    """Write how a call was made known, whom it reached and what its figures do not say."""
    calls = Consultation.objects.visible_to(request.user).prefetch_related("pages__locale")
    call = get_object_or_404(calls, pk=call_id)
    form = MethodForm(request.POST if request.method == "POST" else None, initial=_initial(request, call))
    if form.is_bound and form.is_valid():
        try:
            release = proposals.propose(
                "method_note",
                {"notes": form.notes, "seen": form.cleaned_data["seen"]},
                target_id=call.pk,
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
        else:
            messages.success(request, gettext("Handed in. It is public when every review is done"))
            return redirect("release", release.pk)
    context = {"call": call, "form": form, "has_page": bool(call.pages.all())}
    return render(request, "consultations/studio/method.html", context, status=422 if form.is_bound else 200)


def _initial(request: HttpRequest, call: Consultation) -> dict[str, str]:
    notes = queries.method_notes(call, actor=request.user)
    words = {
        f"{name}_{ENDINGS[language]}": getattr(note, name)
        for language, note in notes.items()
        if language in ENDINGS
        for name in PARTS
    }
    return words | {"seen": queries.method_stamp(call)}
