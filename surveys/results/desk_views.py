"""Results for staff: plain numbers, any filters, weights, cross-tabs, words in texts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from engage.accounts.actors import Role, roles_of
from engage.desk.registry import CONSULTATIONS, DeskPage, pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.forms import clean_text
from surveys import queries as survey_queries
from surveys.models import Questionnaire
from surveys.results import access, actions, queries
from surveys.results.layout import GROUPS, MODE
from surveys.results.views import TYPED_MOST, read_filters

RESULTS = DeskPage(
    code="results",
    label=_("Results of surveys"),
    roles=(Role.ANALYST, Role.EDITOR),
    url_name="desk_results",
    group=CONSULTATIONS,
)


def _may(request: HttpRequest) -> None:
    if RESULTS not in pages_for(request.user):
        raise Http404


def _opened(request: HttpRequest, key: str) -> tuple[Questionnaire, queries.Source | None]:
    _may(request)
    found = get_object_or_404(Questionnaire.objects.visible_to(request.user).select_related("department"), key=key)
    return found, queries.open_answers(found, public=False)


def _context(request: HttpRequest, questionnaire: Questionnaire, source: queries.Source, asked: queries.Asked) -> dict:
    language = get_language() or ""
    layout = source.answers.layout
    return frame(request, RESULTS) | {
        "questionnaire": questionnaire,
        "title": layout.words(source.title, language) or questionnaire.key,
        "as_of": source.as_of,
        "groups": queries.groups(source.answers, language),
        "chosen": [f"{key}:{value}" for key, values in asked.filters.items() for value in values],
        "compare": asked.compare,
        "mode": MODE,
        "weight": asked.weight,
        "files": [code for code in access.FORMATS if access.may_take(roles_of(request.user), code)],
        "weights": [
            (column.key, queries.column_words(layout, column, language))
            for column in layout.columns
            if column.question.type in ("number", "calculation", "hidden")
        ],
    }


def _asked(request: HttpRequest) -> queries.Asked:
    return queries.Asked(
        filters=read_filters(request.GET.getlist("group")),
        compare=request.GET.get("compare", "")[:TYPED_MOST],
        weight=request.GET.get("weight", "")[:TYPED_MOST],
    )


def _not_ready(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    context = frame(request, RESULTS) | {"questionnaire": questionnaire, "standing": "not_ready"}
    return render(request, "surveys/results/desk_not_ready.html", context)


@require_safe
@for_staff
def surveys(request: HttpRequest) -> HttpResponse:
    """List the questionnaires that have results."""
    _may(request)
    found = queries.with_results(request.user)
    titles = survey_queries.titles((one.pk for one in found), get_language() or "")
    entries = [(one, titles.get(one.pk, one.key)) for one in found]
    return render(request, "surveys/results/desk_list.html", frame(request, RESULTS) | {"entries": entries})


@require_safe
@for_staff
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Show every question with its chart and table, narrowed, compared and weighted as the address says."""
    questionnaire, source = _opened(request, key)
    if source is None:
        return _not_ready(request, questionnaire)
    language, asked, status = get_language() or "", _asked(request), 200
    refusal = ""
    try:
        shown = queries.sections(source.answers, asked, language=language, public=False, intervals=True)
    except Refused as refused:
        refusal, status, asked = refusal_message(refused), refusal_status(refused.code), queries.Asked()
        shown = queries.sections(source.answers, asked, language=language, public=False, intervals=True)
    context = _context(request, questionnaire, source, asked) | {"shown": shown, "refusal": refusal}
    return render(request, "surveys/results/desk.html", context, status=status)


@require_safe
@for_staff
def crosstab(request: HttpRequest, key: str) -> HttpResponse:
    """Show two questions against each other, `?rows=` and `?cols=`, with the test whether they depend."""
    questionnaire, source = _opened(request, key)
    if source is None:
        return _not_ready(request, questionnaire)
    language, asked = get_language() or "", _asked(request)
    layout = source.answers.layout
    rows, across = (request.GET.get(name, "")[:TYPED_MOST] for name in ("rows", "cols"))
    base = "all" if request.GET.get("base") == "all" else "answered"
    context = _context(request, questionnaire, source, asked)
    table: queries.ShownTable | None = None
    status = 200
    if rows and across:
        try:
            table = queries.shown_crosstab(source.answers, asked, rows, across, base=base, language=language)
        except Refused as refused:
            context["refusal"], status = refusal_message(refused), refusal_status(refused.code)
    questions = [
        (column.key, queries.column_words(layout, column, language), column.kind == "mask")
        for column in layout.columns
        if column.kind != "text"
    ]
    facts = [(name, words, False) for name, words, _levels in context["groups"] if name in GROUPS]
    context |= {"table": table, "rows": rows, "cols": across, "base": base, "questions": [*questions, *facts]}
    return render(request, "surveys/results/desk_crosstab.html", context, status=status)


@require_safe
@for_staff
def words(request: HttpRequest, key: str) -> HttpResponse:
    """Count in how many texts words occur, question by question; no text is shown."""
    from surveys.results import tables

    questionnaire, source = _opened(request, key)
    if source is None:
        return _not_ready(request, questionnaire)
    language, asked = get_language() or "", _asked(request)
    typed = clean_text(request.GET.get("q", "")[:TYPED_MOST]).strip()
    context: dict[str, Any] = _context(request, questionnaire, source, asked)
    found: list[tuple[str, str, str]] = []
    status = 200
    if typed:
        try:
            inside = source.answers.where(asked.filters)
            found = [
                (queries.column_words(source.answers.layout, column, language), number_format(hits), number_format(n))
                for column in source.answers.layout.columns
                if column.kind == "text"
                for hits, n in [tables.count_words(source.answers, column.key, typed, inside=inside)]
            ]
        except Refused as refused:
            context["refusal"], status = refusal_message(refused), refusal_status(refused.code)
    return render(request, "surveys/results/desk_words.html", context | {"q": typed, "found": found}, status=status)


@require_safe
@for_staff
def file(request: HttpRequest, key: str, code: str) -> FileResponse | HttpResponse:
    """Send all answers, or the codebook, in one of `access.FORMATS`; it is written down who took them."""
    from surveys.results import columns, exports

    _may(request)
    questionnaire = get_object_or_404(Questionnaire.objects.visible_to(request.user), key=key)
    layout = columns.layout_for(questionnaire)
    if code not in access.FORMATS or not access.may_take(roles_of(request.user), code) or layout is None:
        raise Http404
    ending, media_type = access.FORMATS[code]
    with TemporaryDirectory(prefix="engage-results-") as folder:
        path = Path(folder) / f"results.{ending}"
        try:
            exports.write(code, path, questionnaire, layout)
        except Refused:
            return _not_ready(request, questionnaire)
        actions.record_export(questionnaire, code, actor=request.user)
        # An open file outlives its name.
        opened = path.open("rb")
    return FileResponse(
        opened,
        as_attachment=True,
        filename=f"{questionnaire.key}-{code}.{ending}",
        content_type=media_type,
        headers={"Cache-Control": "private, no-store"},
    )
