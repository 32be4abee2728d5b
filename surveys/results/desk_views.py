"""Results for staff: plain numbers, any filters, weights, cross-tabs, words in texts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, roles_of
from engage.accounts.models import User
from engage.desk.registry import CONSULTATIONS, DeskPage, pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.forms import clean_text
from surveys import queries as survey_queries
from surveys.models import AnswerFile, Export, Questionnaire
from surveys.results import access, actions, queries, shelf
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
    groups = [f"{key}:{value}" for key, values in asked.filters.items() for value in values]
    return frame(request, RESULTS) | {
        "questionnaire": questionnaire,
        "title": layout.words(source.title, language) or questionnaire.key,
        "as_of": source.as_of,
        "groups": queries.groups(source.answers, language),
        "chosen": groups,
        "compare": asked.compare,
        "mode": MODE,
        "weight": asked.weight,
        "group_query": urlencode({"group": groups}, doseq=True) if groups else "",
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
    from surveys.results import columns

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
    takes = [code for code in access.FORMATS if access.may_take(roles_of(request.user), code)]
    is_large = columns.is_large(questionnaire)
    context = _context(request, questionnaire, source, asked) | {
        "shown": shown,
        "refusal": refusal,
        "files": [code for code in takes if code in access.HARMLESS or not is_large],
        "kinds": _kinds(request) if is_large else [],
        "language": language,
        "has_files": queries.has_files(questionnaire, request.user),
    }
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


# --- files ----------------------------------------------------------------------------------------------------------


@require_safe
@for_staff
def file(request: HttpRequest, key: str, code: str) -> FileResponse | HttpResponse:
    """Send answers, all or those of `?group=`, or the codebook, in one of `access.FORMATS`; the journal keeps who.

    Answers to a large questionnaire are ordered instead.
    """
    from surveys.results import chosen, columns, exports

    _may(request)
    questionnaire = get_object_or_404(Questionnaire.objects.visible_to(request.user), key=key)
    layout = columns.layout_for(questionnaire)
    if code not in access.FORMATS or not access.may_take(roles_of(request.user), code) or layout is None:
        raise Http404
    has_answers = code not in access.HARMLESS
    if has_answers and columns.is_large(questionnaire):
        return redirect("desk_results_files", key)
    filters = _asked(request).filters if has_answers else {}
    with TemporaryDirectory(prefix="engage-results-") as folder:
        path = Path(folder) / f"results.{access.FORMATS[code][0]}"
        try:
            actions.check_filters(questionnaire, filters)
            found = chosen.chosen(questionnaire, filters) if filters else None
            exports.write(code, path, questionnaire, layout, tables=found.tables if found else None)
        except Refused as refused:
            if refused.code == "survey_results_not_ready":
                return _not_ready(request, questionnaire)
            return _files(request, questionnaire, refusal=refused)
        actions.record_export(questionnaire, code, actor=request.user, filtered=bool(filters))
        # An open file outlives its name.
        opened = path.open("rb")
    return FileResponse(opened, **_named(questionnaire, code))


def _named(questionnaire: Questionnaire, code: str) -> dict[str, Any]:
    ending, media_type = access.FORMATS[code]
    return {
        "as_attachment": True,
        "filename": f"{questionnaire.key}-{code}.{ending}",
        "content_type": media_type,
        "headers": {"Cache-Control": "private, no-store"},
    }


def _for_takers(request: HttpRequest, key: str) -> Questionnaire:
    """Return the questionnaire for whoever may take answers to it; 404 for others."""
    _may(request)
    if not _kinds(request):
        raise Http404
    return get_object_or_404(Questionnaire.objects.visible_to(request.user), key=key)


def _kinds(request: HttpRequest) -> list[tuple[str, Any]]:
    """The kinds of files that the actor may order, with their names."""
    return [(kind, label) for kind, label in Export.Kind.choices if access.may_take(roles_of(request.user), kind)]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def files(request: HttpRequest, key: str) -> HttpResponse:
    """List the files of answers that the worker makes and how far they are; a POST orders one."""
    questionnaire = _for_takers(request, key)
    if request.method != "POST":
        return _files(request, questionnaire)
    try:
        actions.order_export(
            questionnaire,
            request.POST.get("kind", "")[:TYPED_MOST],
            language=request.POST.get("language", "")[:TYPED_MOST],
            filters=read_filters(request.POST.getlist("group")),
            actor=_user(request),
            now=timezone.now(),
        )
    except Refused as refused:
        return _files(request, questionnaire, refusal=refused)
    return redirect("desk_results_files", key)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _files(request: HttpRequest, questionnaire: Questionnaire, *, refusal: Refused | None = None) -> HttpResponse:
    from surveys.results import columns

    language = get_language() or ""
    layout = columns.layout_for(questionnaire)
    found = queries.exports_of(questionnaire, request.user)
    rows = [
        (one, queries.filter_words(layout, one.filters, language) if layout else [], _is_theirs(request, one))
        for one in found
    ]
    context = frame(request, RESULTS) | {
        "questionnaire": questionnaire,
        "title": survey_queries.titles([questionnaire.pk], language).get(questionnaire.pk, questionnaire.key),
        "rows": rows,
        "running": any(one.is_open for one in found),
        "kinds": _kinds(request),
        "language": language,
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 200
    return render(request, "surveys/results/desk_files.html", context, status=status)


def _is_theirs(request: HttpRequest, export: Export) -> bool:
    return export.ordered_by_id == request.user.pk or Role.ADMINISTRATOR in roles_of(request.user)


def _ordered(request: HttpRequest, key: str, pk: int) -> tuple[Questionnaire, Export]:
    questionnaire = _for_takers(request, key)
    return questionnaire, get_object_or_404(Export.objects.visible_to(request.user), questionnaire=questionnaire, pk=pk)


@require_POST
@for_staff
def ordered(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Cancel a file that is not finished (`do=cancel`), or delete one that is (`do=remove`)."""
    questionnaire, export = _ordered(request, key, pk)
    try:
        if request.POST.get("do") == "remove":
            actions.remove_export(export.pk, actor=request.user)
        elif request.POST.get("do") == "cancel":
            actions.cancel_export(export.pk, actor=request.user, now=timezone.now())
    except Refused as refused:
        return _files(request, questionnaire, refusal=refused)
    return redirect("desk_results_files", key)


@require_safe
@for_staff
def ordered_file(request: HttpRequest, key: str, pk: int) -> FileResponse:
    """Send a file that the worker made; every time the permission is looked at and the journal keeps who."""
    questionnaire, export = _ordered(request, key, pk)
    try:
        export = actions.take_export_out(export.pk, actor=request.user, now=timezone.now())
    except Export.DoesNotExist:
        raise Http404 from None
    try:
        opened = export.file.open("rb")
    except FileNotFoundError:
        # Deleted, or over, in this very moment.
        raise Http404 from None
    named = _named(questionnaire, export.kind)
    if not export.is_personal:
        return FileResponse(opened, **named)
    response = FileResponse(shelf.unsealed(opened), **named)
    # Of what comes piece by piece Django neither writes the name nor closes the file.
    response["Content-Disposition"] = content_disposition_header(True, named["filename"])
    response._resource_closers.append(opened.close)  # type: ignore[attr-defined]
    return response


# --- what people gave as files --------------------------------------------------------------------------------------


def _for_file_readers(request: HttpRequest, key: str) -> Questionnaire:
    """Return the questionnaire for whoever may know who somebody is; 404 for others."""
    _may(request)
    if not access.may_take(roles_of(request.user), access.FILES):
        raise Http404
    return get_object_or_404(Questionnaire.objects.visible_to(request.user), key=key)


@require_safe
@for_staff
def given(request: HttpRequest, key: str) -> HttpResponse:
    """List the files that people gave with their answers, a page behind `?after=` a stored name."""
    questionnaire, language = _for_file_readers(request, key), get_language() or ""
    after = clean_text(request.GET.get("after", "")[:TYPED_MOST])
    found = queries.given_files(questionnaire, request.user, after=after, language=language)
    context = frame(request, RESULTS) | {
        "questionnaire": questionnaire,
        "title": survey_queries.titles([questionnaire.pk], language).get(questionnaire.pk, questionnaire.key),
        "found": found,
    }
    return render(request, "surveys/results/desk_given.html", context)


@require_safe
@for_staff
def given_file(request: HttpRequest, key: str, stored: str) -> FileResponse:
    """Send one of them, to be kept and not shown: it is what a stranger sent. The journal keeps who took it."""
    questionnaire = _for_file_readers(request, key)
    try:
        found = actions.take_file(questionnaire, stored, actor=request.user)
        opened = found.attachment.file.open("rb")
    except (AnswerFile.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    return FileResponse(
        opened,
        as_attachment=True,
        filename=stored,
        content_type=found.attachment.media_type,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
