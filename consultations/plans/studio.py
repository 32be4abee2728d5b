"""The forward plan in the Studio."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet

from consultations.plans import queries
from consultations.plans.models import Policy
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.proposed_rows import ProposedRowMixin
from engage.participation.forms import TypedTextField
from engage.publishing import proposals
from engage.search import actions as search
from engage.studio import Journalled, for_editors

NOTE_MOST = 1_000


class MoveForm(forms.Form):
    """A stage, the day it was reached, and what to say about it."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Policy.Stage.choices)
    on = forms.DateField(label=_("Reached on"), widget=AdminDateInput())
    note_zh = TypedTextField(
        label=_("Note in Chinese"), required=False, most=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )
    note_en = TypedTextField(
        label=_("Note in English"), required=False, most=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )


@for_editors
def move(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Record that a policy reached a stage."""
    policy = get_object_or_404(Policy.objects.visible_to(request.user), pk=policy_id)
    form = MoveForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data | {"on": form.cleaned_data["on"].isoformat()}
            release = proposals.propose(
                "stage_move", given, target_id=policy.pk, actor=request.user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
        else:
            messages.success(request, gettext("Handed in. It is public when every review is done"))
            return redirect("release", release.pk)
    context = {"policy": policy, "form": form, "moves": policy.moves.all()}
    return render(request, "consultations/studio/move.html", context, status=422 if form.is_bound else 200)


class Indexed(Journalled):
    """What is saved is found, or no longer."""

    def save_instance(self) -> Any:
        saved = super().save_instance()
        search.index(saved)
        return saved


class Gated(ProposedRowMixin, Indexed):
    """What is in the public plan, or was, changes through the gate only."""

    gate_kind = "policy"

    def needs_gate(self, form: forms.ModelForm) -> bool:
        """Tell whether the public reads it, now or from a day on."""
        return bool(form.cleaned_data.get("public_from") or form.initial.get("public_from"))


class PolicyCreate(Gated, snippets.CreateView):
    journal_verb = "policy.made"


class PolicyEdit(Gated, snippets.EditView):
    journal_verb = "policy.changed"

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Lead to the stages, which are recorded and never edited."""
        url = reverse("plan_move", args=[self.object.pk])
        return [
            *super().header_more_buttons,
            Button(_("Record a stage"), url=url, icon_name="arrow-right", priority=30),
        ]


class PolicyViewSet(SnippetViewSet):
    """Policies to come."""

    model = Policy
    icon = "calendar-alt"
    menu_label = _("Forward plan")
    menu_name = "plan"
    add_view_class, edit_view_class = PolicyCreate, PolicyEdit
    copy_view_enabled = False
    list_display = [
        Column("title", label=_("Title"), accessor="title"),
        Column(
            "stage", label=_("Stage"), accessor=lambda policy: Policy.Stage(policy.stage).label if policy.stage else ""
        ),
        "department",
        "expected_on",
        "public_from",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("slug"),
            FieldPanel("department"),
            FieldRowPanel([FieldPanel("title_zh"), FieldPanel("title_en")]),
            FieldRowPanel([FieldPanel("summary_zh"), FieldPanel("summary_en")]),
            FieldRowPanel([FieldPanel("expected_on"), FieldPanel("public_from")]),
            FieldPanel("topics"),
            FieldPanel("concerns"),
            FieldPanel("calls"),
        ]
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        return queries.policies(actor=request.user, now=timezone.now())
