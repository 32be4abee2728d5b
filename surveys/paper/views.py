"""Answers on paper at the desk: the template, the table with its check, what was taken in, one sheet by hand."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.desk.registry import CONSULTATIONS, DeskPage, pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from surveys import queries as survey_queries
from surveys.models import PAPER_ROLES, PaperBatch, Questionnaire
from surveys.paper import actions, queries
from surveys.paper.forms import SheetForm, TableForm
from surveys.paper.template import template_book, template_csv

FAULTS_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = DeskPage(
    code="paper-answers",
    label=_("Questionnaires on paper"),
    roles=PAPER_ROLES,
    url_name="paper_answers",
    group=CONSULTATIONS,
)


def _for_paper(view: Any) -> Any:
    """Let in who takes in what came on paper."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if PAPER not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _questionnaire(request: HttpRequest, key: str) -> tuple[Questionnaire, str]:
    """Return a questionnaire and its title; 404 for one that the actor does not see."""
    found = get_object_or_404(Questionnaire.objects.visible_to(request.user).select_related("department"), key=key)
    return found, survey_queries.titles([found.pk], get_language() or "").get(found.pk, key)


@require_safe
@_for_paper
def home(request: HttpRequest) -> HttpResponse:
    """List the questionnaires that are asked on paper."""
    found = queries.asked_on_paper(request.user)
    titles = survey_queries.titles((one.pk for one in found), get_language() or "")
    entries = [(one, titles.get(one.pk, one.key)) for one in found]
    return render(request, "surveys/paper/home.html", frame(request, PAPER) | {"entries": entries})


@require_http_methods(["GET", "HEAD", "POST"])
@_for_paper
def answers(request: HttpRequest, key: str) -> HttpResponse:
    """Show the tables that were brought; a POST checks another one and keeps it when nothing is wrong in it."""
    questionnaire, title = _questionnaire(request, key)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    context: dict[str, Any] = {"questionnaire": questionnaire, "title": title, "form": form}
    status = 422 if form.is_bound else 200
    now = timezone.now()
    if form.is_bound and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            batch, found = actions.check_table(questionnaire, content, actor=request.user, now=now)
            if batch is not None:
                told = ngettext(
                    "%(n)d sheet was checked and is right.", "%(n)d sheets were checked and are right.", batch.sheets
                )
                messages.success(request, told % {"n": batch.sheets})
                return redirect("paper_answers_of", key)
            context |= {"faults": found.faults[:FAULTS_SHOWN], "all_faults": len(found.faults)}
        except Refused as refusal:
            form.add_error("file", refusal_message(refusal))
            status = refusal_status(refusal.code)
    try:
        actions.on_paper(questionnaire, actor=request.user, now=now)
    except Refused as refusal:
        context["closed"] = refusal_message(refusal)
    found_batches = queries.batches(questionnaire, request.user)
    pager = Paginator(found_batches, queries.BATCHES_SHOWN).get_page(request.GET.get("page"))
    context |= {
        "pager": pager,
        "batches": [queries.shown(one) for one in pager],
        "running": found_batches.filter(state=PaperBatch.State.WAITING).exists(),
    }
    return render(request, "surveys/paper/answers.html", frame(request, PAPER) | context, status=status)


@require_safe
@_for_paper
def template(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Send the table to fill in, as CSV or as a workbook that explains its codes."""
    questionnaire, _title = _questionnaire(request, key)
    if form not in ("csv", "xlsx"):
        raise Http404
    try:
        definition = actions.on_paper(questionnaire, actor=request.user, now=timezone.now()).definition
    except Refused:
        raise Http404 from None
    language = survey_queries.shown_language(definition, get_language() or "")
    content = template_csv(definition) if form == "csv" else template_book(definition, language)
    name = f"{questionnaire.key}-paper.{form}"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(content, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX, headers=headers)


@require_POST
@_for_paper
def batch(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take in a table that was checked (`do=start`), or take a batch back (`do=undo`)."""
    questionnaire, _title = _questionnaire(request, key)
    found = get_object_or_404(PaperBatch.objects.visible_to(request.user), questionnaire=questionnaire, pk=pk)
    if request.POST.get("do") == "start":
        actions.start(found.pk, actor=request.user)
    elif request.POST.get("do") == "undo":
        count = actions.undo(found.pk, actor=request.user, now=timezone.now())
        told = ngettext("Undone: %(n)d answer counts no more.", "Undone: %(n)d answers count no more.", count)
        messages.success(request, told % {"n": count})
    return redirect("paper_answers_of", key)


@require_http_methods(["GET", "HEAD", "POST"])
@_for_paper
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Key in one sheet; then the next one."""
    questionnaire, title = _questionnaire(request, key)
    now = timezone.now()
    try:
        shown = actions.on_paper(questionnaire, actor=request.user, now=now)
    except Refused:
        return redirect("paper_answers_of", key)
    form = SheetForm(request.POST or None, definition=shown.definition, language=get_language() or "")
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            found = actions.key_in(questionnaire, *form.row(), actor=request.user, now=now)
            if not found.faults:
                messages.success(request, gettext("Sheet %(number)s is taken in.") % {"number": form.number})
                return redirect("paper_answers_sheet", key)
            form.tell(found.faults)
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
            status = refusal_status(refusal.code)
    context = {"questionnaire": questionnaire, "title": title, "form": form}
    return render(request, "surveys/paper/sheet.html", frame(request, PAPER) | context, status=status)
