"""Calls, published changes and topics in the Studio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from consultations.calls.models import Evidence
from consultations.calls.queries import is_short, shortest_days
from consultations.calls.studio import EvidenceDelete, EvidenceViewSet
from consultations.calls.words import period_reason_missing
from consultations.models import Change, Consultation
from consultations.plans.studio import PolicyViewSet
from consultations.queries import is_answered
from consultations.rules import CallState
from consultations.words import STATES
from engage.accounts.actors import ANYONE
from engage.accounts.models import User
from engage.journal import actions as journal
from engage.pages.models import Topic
from engage.pages.proposed_rows import ProposedRowMixin
from engage.studio import Journalled


class CallForm(WagtailAdminModelForm):
    """Dates in order and, once the call is open, firm; a short period with its reason. The rest is the model's."""

    def clean(self) -> dict[str, Any]:
        """Refuse what the public could not rely on, each at its field."""
        given: dict[str, Any] = super().clean() or {}
        opens: datetime | None = given.get("opens_at")
        closes: datetime | None = given.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The close must come after the opening"))
        elif opens and closes:
            self._check_firm(opens, closes)
            self._check_reason(opens, closes, given)
        return given

    def _check_firm(self, opens: datetime, closes: datetime) -> None:
        """The form reads minutes: a second is no change of the date."""
        before = Consultation.objects.filter(pk=self.instance.pk).values("opens_at", "closes_at").first()
        if before is None or timezone.now() < before["opens_at"]:
            return
        minute = timedelta(minutes=1)
        if abs(before["opens_at"] - opens) >= minute:
            self.add_error("opens_at", _("This call has opened; its opening stays as it was"))
        if abs(before["closes_at"] - closes) >= minute:
            message = _("This call has opened; its close moves only by an extension with a public reason")
            self.add_error("closes_at", message)

    def _check_reason(self, opens: datetime, closes: datetime, given: dict[str, Any]) -> None:
        if not is_short(opens, closes):
            return
        for name in ("short_reason_zh", "short_reason_en"):
            if not (given.get(name) or "").strip():
                self.add_error(name, period_reason_missing({"days": shortest_days(opens)}))


class CallCreate(Journalled, snippets.CreateView):
    journal_verb = "call.made"


class CallEdit(ProposedRowMixin, Journalled, snippets.EditView):
    journal_verb = "call.changed"
    gate_kind = "call_facts"

    def needs_gate(self, form: forms.ModelForm) -> bool:
        """Tell whether the public reads the call."""
        return Consultation.objects.visible_to(ANYONE).filter(pk=self.object.pk).exists()

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Lead to what an ordinary edit cannot do."""
        return [
            *super().header_more_buttons,
            Button(
                _("Preflight"), url=reverse("preflight", args=["call", self.object.pk]), icon_name="check", priority=10
            ),
            Button(_("Note about the method"), url=reverse("call_method", args=[self.object.pk]), icon_name="doc-full"),
            Button(_("Extend"), url=reverse("call_extend", args=[self.object.pk]), icon_name="time", priority=30),
            Button(_("Withdraw"), url=reverse("call_withdraw", args=[self.object.pk]), icon_name="cross", priority=40),
        ]


def in_use(call: Consultation) -> bool:
    """Tell whether there is anything to read or to answer under a call: then it stays."""
    return call.pages.exists() or call.drafts.exists() or call.comments.exists()


class CallDelete(Journalled, snippets.DeleteView):
    """Only a call that nothing hangs on can be deleted."""

    journal_verb = "call.deleted"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say why a call in use stays."""
        if in_use(self.object):
            messages.error(request, _("This call has pages, a text or comments, so it stays"))
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)


class ChangeCreate(ProposedRowMixin, snippets.CreateView):
    gate_kind = "change"


class ChangeEdit(ProposedRowMixin, snippets.EditView):
    gate_kind = "change"


class ChangeDelete(Journalled, snippets.DeleteView):
    journal_verb = "change.deleted"


class DeleteSeveral(DeleteBulkAction):
    """Wagtail's deletion of several at once, heard of by the journal like that of one."""

    models = [Consultation, Change, Evidence]
    verbs = {
        Consultation: CallDelete.journal_verb,
        Change: ChangeDelete.journal_verb,
        Evidence: EvidenceDelete.journal_verb,
    }

    def check_perm(self, snippet: Consultation | Change | Evidence) -> bool:
        """Leave calls in use out."""
        return super().check_perm(snippet) and not (isinstance(snippet, Consultation) and in_use(snippet))

    def get_execution_context(self) -> dict[str, Any]:
        """Hand over who deletes."""
        return super().get_execution_context() | {"user": self.request.user}

    @classmethod
    @transaction.atomic
    def execute_action(cls, objects: Iterable[Any], user: User | None = None, **kwargs: Any) -> tuple[int, int]:
        """Delete and record in one transaction."""
        rows = list(objects)
        for row in rows:
            journal.record(user, cls.verbs[type(row)], row)
        return super().execute_action(rows, user=user, **kwargs)


class CallViewSet(SnippetViewSet):
    """The call: dates, department, topics. Its words are pages."""

    model = Consultation
    icon = "comment"
    menu_label = _("Calls")
    menu_name = "calls"
    add_view_class, edit_view_class, delete_view_class = CallCreate, CallEdit, CallDelete
    copy_view_enabled = False
    list_display = [
        Column("title", label=_("Title"), accessor="title"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor=lambda call: STATES[call.state(answered=call.answered)],
            primary=lambda call: call.state() is CallState.OPEN,
        ),
        "department",
        "opens_at",
        "closes_at",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("slug"),
            FieldPanel("kind"),
            FieldPanel("department"),
            FieldPanel("announced_at"),
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at"), FieldPanel("answer_days")]),
            FieldRowPanel([FieldPanel("short_reason_zh"), FieldPanel("short_reason_en")]),
            FieldPanel("moderation"),
            FieldPanel("topics"),
            FieldPanel("concerns"),
        ],
        base_form_class=CallForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultation]:
        return (
            Consultation.objects.visible_to(request.user)
            .select_related("department")
            .prefetch_related("pages__locale")
            .annotate(answered=is_answered("pk"))
            .order_by("-closes_at", "-pk")
        )


class ChangeViewSet(SnippetViewSet):
    """What changed because of comments."""

    model = Change
    icon = "tick"
    menu_label = _("Published changes")
    menu_name = "changes"
    add_view_class, edit_view_class, delete_view_class = ChangeCreate, ChangeEdit, ChangeDelete
    copy_view_enabled = False
    list_display = [
        Column("__str__", label=_("Change"), accessor=str),
        "people",
        "published_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        return Change.objects.prefetch_related("consultation__pages__locale")


class TopicViewSet(SnippetViewSet):
    """Topics."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_name = "topics"
    copy_view_enabled = False
    list_display = ["name_zh", "name_en", "code"]


class ConsultationGroup(SnippetViewSetGroup):
    """One menu for all of it."""

    menu_label = _("Consultations")
    menu_name = "consultations"
    menu_icon = "comment"
    menu_order = 110
    items = (CallViewSet, PolicyViewSet, EvidenceViewSet, ChangeViewSet, TopicViewSet)
