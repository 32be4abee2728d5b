"""Calls, published changes and topics in the Studio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from consultations.models import Change, Consultation
from consultations.rules import CallState
from engage.accounts.models import User
from engage.journal import actions as journal
from engage.pages.models import Topic

STATES = {
    CallState.PLANNED: pgettext_lazy("call for comments", "Not open yet"),
    CallState.OPEN: pgettext_lazy("call for comments", "Open"),
    CallState.CLOSED: pgettext_lazy("call for comments", "Closed"),
}


class CallForm(WagtailAdminModelForm):
    """Dates in order; the rest is the model's."""

    def clean(self) -> dict[str, Any]:
        """Refuse a close that does not come after the opening."""
        given: dict[str, Any] = super().clean() or {}
        opens: datetime | None = given.get("opens_at")
        closes: datetime | None = given.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The close must come after the opening"))
        return given


class Journalled:
    """Wagtail writes the row and its history; in the same transaction the public record hears of it."""

    journal_verb = ""

    @transaction.atomic
    def save_instance(self) -> Any:
        saved = super().save_instance()  # type: ignore[misc]
        journal.record(self.request.user, self.journal_verb, saved)  # type: ignore[attr-defined]
        return saved

    @transaction.atomic
    def delete_action(self) -> None:
        journal.record(self.request.user, self.journal_verb, self.object)  # type: ignore[attr-defined]
        super().delete_action()  # type: ignore[misc]


class CallCreate(Journalled, snippets.CreateView):
    journal_verb = "call.made"


class CallEdit(Journalled, snippets.EditView):
    journal_verb = "call.changed"


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


class ChangeCreate(Journalled, snippets.CreateView):
    journal_verb = "change.published"


class ChangeEdit(Journalled, snippets.EditView):
    journal_verb = "change.reworded"


class ChangeDelete(Journalled, snippets.DeleteView):
    journal_verb = "change.deleted"


class DeleteSeveral(DeleteBulkAction):
    """Wagtail's deletion of several at once, heard of by the journal like that of one."""

    models = [Consultation, Change]
    verbs = {Consultation: CallDelete.journal_verb, Change: ChangeDelete.journal_verb}

    def check_perm(self, snippet: Consultation | Change) -> bool:
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
            accessor=lambda call: STATES[call.state()],
            primary=lambda call: call.state() is CallState.OPEN,
        ),
        "department",
        "opens_at",
        "closes_at",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("slug"),
            FieldPanel("department"),
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at"), FieldPanel("answer_days")]),
            FieldPanel("moderation"),
            FieldPanel("topics"),
        ],
        base_form_class=CallForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultation]:
        return (
            Consultation.objects.visible_to(request.user)
            .select_related("department")
            .prefetch_related("pages__locale")
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
    items = (CallViewSet, ChangeViewSet, TopicViewSet)
