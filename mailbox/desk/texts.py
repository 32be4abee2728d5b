"""Two places of the desk beside the queue: pieces of text for answers, and the checklists of the kinds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
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


class PointForm(forms.Form):
    """One point; empty in both languages: no point."""

    words_zh = forms.CharField(label=_("in Chinese"), max_length=200, required=False)
    words_en = forms.CharField(label=_("in English"), max_length=200, required=False)
    blocking = forms.BooleanField(label=_("must be ticked"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, language in (("words_zh", "zh-Hans"), ("words_en", "en")):
            self.fields[name].widget.attrs |= {"class": "input", "lang": language}

    def clean(self) -> dict[str, Any]:
        """Ask for the other language where one is given."""
        given = self.cleaned_data
        for name, other in (("words_zh", "words_en"), ("words_en", "words_zh")):
            if given.get(other) and not given.get(name):
                self.add_error(name, _("Write each point in both languages"))
        return given


PointFormSet = forms.formset_factory(PointForm, extra=BLANK_POINTS, max_num=POINTS_MOST, validate_max=True)


@require_safe
@for_staff
def checklists(request: HttpRequest) -> HttpResponse:
    """List the kinds with the points of their checklists."""
    _only_managers(request)
    items: dict[str, list[CheckItem]] = {code: [] for code in KINDS}
    for item in CheckItem.objects.filter(active=True):
        items.setdefault(item.kind, []).append(item)
    shown = [(machine, items[code]) for code, machine in KINDS.items()]
    return render(request, "mailbox/desk/checklists.html", frame(request, CHECKLISTS) | {"kinds": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def checklist_of(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the checklist of a kind."""
    _only_managers(request)
    if kind not in KINDS:
        raise Http404
    kept = CheckItem.objects.filter(kind=kind, active=True).values("words_zh", "words_en", "blocking")
    points = PointFormSet(request.POST if request.method == "POST" else None, initial=list(kept), prefix="point")
    refusal, status = "", 422 if points.is_bound else 200
    if points.is_bound and points.is_valid():
        given = [one.cleaned_data for one in points if one.cleaned_data.get("words_zh")]
        try:
            actions.set_checklist(kind, [actions.Point(**one) for one in given], actor=request.user)
        except Refused as refused:
            refusal, status = refusal_message(refused), refusal_status(refused.code)
        else:
            messages.success(request, gettext("The checklist is kept"))
            return redirect("desk_checklists")
    context = {"points": points, "machine": KINDS[kind], "refusal": refusal}
    return render(request, "mailbox/desk/checklist_of.html", frame(request, CHECKLISTS) | context, status=status)


def _only_managers(request: HttpRequest) -> None:
    if not has_role(request.user, *actions.MANAGERS):
        raise Http404
