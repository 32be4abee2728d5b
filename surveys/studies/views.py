"""The desk's pages of studies: waves against each other, the panel, and the forms of who writes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from engage.accounts.actors import Role, has_role
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.figures.rules import LEAST
from engage.pages.messages import refusal_message, refusal_status
from surveys.models import STUDY_READERS, Study, StudyWave
from surveys.results.desk_views import RESULTS
from surveys.results.views import TYPED_MOST
from surveys.studies import actions, queries, rules
from surveys.studies.forms import BenchmarkForm, StudyForm, WaveForm

# Where a refusal is explained; beside the name where nothing is named.
FIELD_OF = {
    "study_campaign_unknown": "campaign",
    "study_days_wrong": "last_day",
    "study_questionnaire_unknown": "questionnaire",
    "study_version_unknown": "version",
    "study_waves_overlap": "questionnaire",
}
# Refusals of a benchmark that are not about its shares.
OF_THE_STUDY = frozenset({"study_source_missing", "study_changed_meanwhile", "study_benchmarks_many"})

View = Callable[..., HttpResponse]


def _for(*roles: Role) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @for_staff
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_role(request.user, *roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


for_readers = _for(*STUDY_READERS)
for_analysts = _for(Role.ANALYST)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    content = frame(request, RESULTS) | {"writes": has_role(request.user, Role.ANALYST)} | context
    return render(request, f"surveys/studies/{template}.html", content, status=status)


def _study(request: HttpRequest, pk: int) -> Study:
    """Return a study the actor may see; 404 for others."""
    return get_object_or_404(Study.objects.visible_to(request.user), pk=pk)


def _opened(request: HttpRequest, pk: int) -> queries.Opened:
    return queries.Opened(_study(request, pk), get_language() or "")


@require_safe
@for_readers
def home(request: HttpRequest) -> HttpResponse:
    """List the studies."""
    return _page(request, "home", {"studies": queries.studies(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_analysts
def new(request: HttpRequest) -> HttpResponse:
    """Open a study."""
    form = StudyForm(request.POST or None, actor=request.user)
    if form.is_bound and form.is_valid():
        try:
            found = actions.open_study(**form.values(), token=form.cleaned_data["token"], actor=request.user)
            return redirect("study", pk=found.pk)
        except Refused as refusal:
            return _page(request, "edit", {"form": form}, _explain(form, refusal))
    return _page(request, "edit", {"form": form}, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_analysts
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a study is."""
    study = _study(request, pk)
    form = StudyForm(request.POST or None, actor=request.user, study=study)
    context = {"form": form, "study": study}
    if form.is_bound and form.is_valid():
        try:
            actions.change_study(
                pk, **form.values(), revision=form.cleaned_data["revision"], actor=request.user
            )  # fmt: skip
            return redirect("study", pk=pk)
        except Refused as refusal:
            return _page(request, "edit", context, _explain(form, refusal))
    return _page(request, "edit", context, 422 if form.is_bound else 200)


def _explain(form: Any, refusal: Refused) -> int:
    """Put a refusal beside its field and return its status."""
    field = FIELD_OF.get(refusal.code, "name")
    form.add_error(field if field in form.fields else None, refusal_message(refusal))
    return refusal_status(refusal.code)


# --- waves -----------------------------------------------------------------------------------------------------------


@require_safe
@for_readers
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the waves, and two of them against each other: `?first=`, `?second=` (their numbers), `?weight=`."""
    opened = _opened(request, pk)
    asked = {name: request.GET.get(name, "")[:TYPED_MOST] for name in ("first", "second", "weight")}
    context: dict[str, Any] = {"study": opened.study, "waves": opened.shown, "here": "waves", "least": LEAST}
    status = 200
    if len(opened.waves) > 1:
        pair = (opened.wave(asked["first"]) or opened.waves[0], opened.wave(asked["second"]) or opened.waves[-1])
        context |= {"first": pair[0], "second": pair[1], "weights": opened.weight_choices(*pair)}
        try:
            context["weight"] = asked["weight"]
            context["questions"], context["sizes"] = _changes(opened, pair, asked["weight"])
        except Refused as refusal:
            context["refusal"], status = refusal_message(refusal), refusal_status(refusal.code)
    return _page(request, "study", context, status)


def _changes(
    opened: queries.Opened, pair: tuple[StudyWave, StudyWave], weight: str
) -> tuple[list[queries.ShownQuestion], list[str]]:
    questions, sizes = queries.change_page(opened, *pair, weight)
    return questions, [number_format(round(size)) for size in sizes or ()]


@require_http_methods(["GET", "HEAD", "POST"])
@for_analysts
def wave_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a wave."""
    study = _study(request, pk)
    form = WaveForm(request.POST or None, actor=request.user, revision=study.revision)
    context = {"form": form, "study": study}
    if form.is_bound and form.is_valid():
        try:
            actions.add_wave(pk, form.wave(), revision=form.cleaned_data["revision"], actor=request.user)
            return redirect("study", pk=pk)
        except Refused as refusal:
            return _page(request, "wave", context, _explain(form, refusal))
    return _page(request, "wave", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_analysts
def wave(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change a wave, or take it out (`do=remove`)."""
    study = _study(request, pk)
    found = get_object_or_404(study.waves.all(), number=number)
    form = WaveForm(request.POST or None, actor=request.user, revision=study.revision, wave=found)
    context = {"form": form, "study": study, "wave": found}
    removes = request.POST.get("do") == "remove"
    if form.is_bound and (form.is_valid() or (removes and "revision" in form.cleaned_data)):
        revision = form.cleaned_data["revision"]
        try:
            if removes:
                actions.remove_wave(pk, number, revision=revision, actor=request.user)
            else:
                actions.change_wave(pk, number, form.wave(), revision=revision, actor=request.user)
            return redirect("study", pk=pk)
        except Refused as refusal:
            return _page(request, "wave", context, _explain(form, refusal))
    return _page(request, "wave", context, 422 if form.is_bound else 200)


# --- the panel -------------------------------------------------------------------------------------------------------


@require_safe
@for_readers
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom a wave reached (`?wave=`, its number; else the last one) and how it stands to the population."""
    opened = _opened(request, pk)
    context: dict[str, Any] = {
        "study": opened.study,
        "waves": opened.shown,
        "here": "panel",
        "least": LEAST,
        "lowest": number_format(rules.LOWEST),
        "highest": number_format(rules.HIGHEST),
        "reach": queries.campaign_reach(opened.study, request.user),
    }
    status = 200
    if opened.waves:
        chosen = opened.wave(request.GET.get("wave", "")[:TYPED_MOST]) or opened.waves[-1]
        context |= {"wave": next(one for one in opened.shown if one.wave.pk == chosen.pk)}
        try:
            context["panel"] = queries.panel(opened, chosen, request.user)
            context["questions"] = opened.questions()
        except Refused as refusal:
            context["refusal"], status = refusal_message(refusal), refusal_status(refusal.code)
    return _page(request, "panel", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_analysts
def benchmark(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the shares of a question's groups in the population (`?question=`), or take them out (`do=remove`)."""
    opened = _opened(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    question = asked.get("question", "")[:TYPED_MOST]
    groups = opened.groups(question)
    if not groups:
        raise Http404
    known = next((one for one in opened.benchmarks if one[0] == question), None)
    form = BenchmarkForm(
        request.POST or None, request.FILES or None, groups=groups, revision=opened.study.revision,
        source=known[3] if known else "", shares=known[2] if known else (),
    )  # fmt: skip
    context = {
        "form": form,
        "study": opened.study,
        "question": question,
        "words": opened.question(question),
        "known": known,
    }
    removes = request.POST.get("do") == "remove"
    if form.is_bound and (form.is_valid() or (removes and "revision" in form.cleaned_data)):
        revision, actor = form.cleaned_data["revision"], request.user
        try:
            if removes:
                actions.remove_benchmark(pk, question, revision=revision, actor=actor)
            else:
                source = form.cleaned_data["source"]
                actions.set_benchmark(pk, question, form.shares(), source=source, revision=revision, actor=actor)
                messages.success(request, gettext("The shares are kept."))
            return redirect("study_panel", pk=pk)
        except Refused as refusal:
            beside = "source" if refusal.code in OF_THE_STUDY else form.field_of_shares()
            form.add_error(beside, refusal_message(refusal))
            return _page(request, "benchmark", context, refusal_status(refusal.code))
    return _page(request, "benchmark", context, 422 if form.is_bound else 200)
