"""Two places of the desk beside the queue: pieces of text for answers, and the checklists of the kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, has_role
from engage.departments.models import Department
from engage.desk.registry import MAILBOX, DeskPage
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY
from mailbox import rules
from mailbox.desk import actions
from mailbox.desk.forms import area
from mailbox.desk.models import LANGUAGES, CheckItem, Snippet, shared_among
from mailbox.desk.rules import PLACES
from mailbox.desk.views import for_cases
from mailbox.desk.words import html_lang
from mailbox.kinds import KINDS
from mailbox.models import DESK_ROLES

BLANK_POINTS = 3
POINTS_MOST = 30
POINT = re.compile(r"point-([0-9]{1,2})-words_(?:zh|en)")

TEXTS = DeskPage("snippets", _("Pieces of text"), DESK_ROLES, "desk_snippets", group=MAILBOX)
CHECKLISTS = DeskPage("checklists", _("Checklists"), (Role.ADMINISTRATOR,), "desk_checklists", group=MAILBOX)


class SnippetForm(forms.Form):
    """A piece of text: for whom, in which language, and the words with their places."""

    title = forms.CharField(label=pgettext_lazy("snippet", "Name"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("For whom"), required=False, empty_label=_("For me alone")
    )
    text = area(_("Text"), most=rules.WORDS_MOST, rows=8)

    def __init__(self, data: Any = None, *, actor: Any, snippet: Snippet | None = None) -> None:
        initial: dict[str, Any] = {"language": get_language()}
        if snippet is not None:
            initial = {
                "title": snippet.title,
                "language": snippet.language,
                "department": snippet.department_id,
                "text": snippet.text,
            }
        super().__init__(data, initial=initial)
        self.fields["title"].widget.attrs["class"] = "input"
        units = Department.objects.filter(pk__in=shared_among(actor))
        self.fields["department"].queryset = units  # type: ignore[attr-defined]
        said = gettext(
            "These places are filled in when it is put into an answer: %(places)s. An answer with a place that could "
            "not be filled is not handed in"
        )
        places = format_html_join(" ", "<code>{}</code>", ((f"{{{place}}}",) for place in PLACES))
        self.fields["text"].help_text = mark_safe(escape(said) % {"places": places})


@require_http_methods(["GET", "HEAD", "POST"])
@for_cases
def snippets(request: HttpRequest) -> HttpResponse:
    """List the pieces of text that one may use, and write another."""
    form = SnippetForm(request.POST if request.method == "POST" else None, actor=request.user)
    if form.is_bound and form.is_valid():
        actions.keep_snippet(None, **form.cleaned_data, actor=request.user)
        messages.success(request, gettext("The piece of text is kept"))
        return redirect("desk_snippets")
    found = Snippet.objects.visible_to(request.user).select_related("department", "author")
    shown = [(one, html_lang(one.language), actions.may_change(one, request.user)) for one in found]
    context = frame(request, TEXTS) | {"form": form, "snippets": shown}
    return render(request, "mailbox/desk/snippets.html", context, status=422 if form.is_bound else 200)


def _snippet(request: HttpRequest, pk: int) -> Snippet:
    snippet = get_object_or_404(Snippet.objects.visible_to(request.user), pk=min(pk, LARGEST_KEY))
    if not actions.may_change(snippet, request.user):
        raise Http404
    return snippet


@require_http_methods(["GET", "HEAD", "POST"])
@for_cases
def snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a piece of text."""
    found = _snippet(request, pk)
    form = SnippetForm(request.POST if request.method == "POST" else None, actor=request.user, snippet=found)
    if form.is_bound and form.is_valid():
        actions.keep_snippet(found, **form.cleaned_data, actor=request.user)
        messages.success(request, gettext("The piece of text is kept"))
        return redirect("desk_snippets")
    context = frame(request, TEXTS) | {"form": form, "snippet": found}
    return render(request, "mailbox/desk/snippet.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_cases
def delete_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of text away."""
    actions.delete_snippet(_snippet(request, pk), actor=request.user)
    messages.success(request, gettext("The piece of text is gone"))
    return redirect("desk_snippets")


# --- checklists -----------------------------------------------------------------------------------------------------


class ChecklistForm(forms.Form):
    """The points of a kind, one after the other; one that is empty in both languages is none."""

    def __init__(self, data: Any = None, *, kept: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(data)
        # As many as came back: a page that was opened before others were added loses none of its own.
        named = [int(found[1]) for name in data or () if (found := POINT.fullmatch(name))]
        self.count = min(POINTS_MOST, max(len(kept) + BLANK_POINTS, *(number + 1 for number in named), 0))
        for number in range(self.count):
            point = kept[number] if number < len(kept) else {}
            for name, label, language in (
                ("words_zh", _("in Chinese"), "zh-Hans"),
                ("words_en", _("in English"), "en"),
            ):
                field = forms.CharField(label=label, max_length=200, required=False, initial=point.get(name, ""))
                field.widget.attrs |= {"class": "input", "lang": language}
                self.fields[f"point-{number}-{name}"] = field
            self.fields[f"point-{number}-blocking"] = forms.BooleanField(
                label=_("must be ticked"), required=False, initial=point.get("blocking", False)
            )

    def rows(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """The fields of each point: in Chinese, in English, whether it must be ticked."""
        return [
            (self[f"point-{n}-words_zh"], self[f"point-{n}-words_en"], self[f"point-{n}-blocking"])
            for n in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the other language where one is given."""
        given = self.cleaned_data
        for number in range(self.count):
            for name, other in (("words_zh", "words_en"), ("words_en", "words_zh")):
                here, there = f"point-{number}-{name}", f"point-{number}-{other}"
                if given.get(there) and not given.get(here) and here not in self.errors:
                    self.add_error(here, _("Write each point in both languages"))
        return given

    def points(self) -> list[actions.Point]:
        """The points that were written."""
        given = self.cleaned_data
        return [
            actions.Point(*(given[f"point-{n}-{name}"] for name in ("words_zh", "words_en", "blocking")))
            for n in range(self.count)
            if given[f"point-{n}-words_zh"]
        ]


@require_safe
@for_staff
def checklists(request: HttpRequest) -> HttpResponse:
    """List the kinds with the points of their checklists."""
    only_managers(request)
    items: dict[str, list[CheckItem]] = {code: [] for code in KINDS}
    for item in CheckItem.objects.filter(active=True):
        items.setdefault(item.kind, []).append(item)
    shown = [(machine, items[code]) for code, machine in KINDS.items()]
    return render(request, "mailbox/desk/checklists.html", frame(request, CHECKLISTS) | {"kinds": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def checklist_of(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the checklist of a kind."""
    only_managers(request)
    if kind not in KINDS:
        raise Http404
    kept = list(CheckItem.objects.filter(kind=kind, active=True).values("words_zh", "words_en", "blocking"))
    form = ChecklistForm(request.POST if request.method == "POST" else None, kept=kept)
    refusal, status = "", 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.set_checklist(kind, form.points(), actor=request.user)
        except Refused as refused:
            refusal, status = refusal_message(refused), refusal_status(refused.code)
        else:
            messages.success(request, gettext("The checklist is kept"))
            return redirect("desk_checklists")
    context = {"form": form, "machine": KINDS[kind], "refusal": refusal}
    return render(request, "mailbox/desk/checklist_of.html", frame(request, CHECKLISTS) | context, status=status)


def only_managers(request: HttpRequest) -> None:
    """Hide a page from who is no administrator."""
    if not has_role(request.user, *actions.MANAGERS):
        raise Http404
