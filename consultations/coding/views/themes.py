"""The tree of themes: make, rename, move, merge, split, take out of use; its codebook as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from consultations.coding import actions, queries
from consultations.coding.forms import EditThemeForm, MergeForm, NewThemeForm, PlaceForm, SplitForm
from consultations.coding.models import Theme
from consultations.coding.queries.stream import key_of
from consultations.coding.queries.themes import themes_in_use
from consultations.coding.views.common import consultation_of, page_number, show
from consultations.models import Consultation
from engage.desk.views import for_staff
from engage.errors import Refused

PER_PAGE = 50


def tree_of(consultation: Consultation) -> list[queries.ShownTheme]:
    """Return the tree with counts and decisions."""
    counts = queries.figures(consultation).by_theme
    return queries.theme_tree(themes_in_use(consultation), counts, queries.decisions_by_theme(consultation))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the tree; POST makes a theme."""
    consultation = consultation_of(request, slug)
    tree = tree_of(consultation)
    form = NewThemeForm(request.POST if request.method == "POST" else None, tree=tree)
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.make_theme(consultation, **form.cleaned_data, actor=request.user)
            except Refused as refusal:
                return show(request, "themes.html", consultation, refusal=refusal, tree=tree, form=form)
            queries.forget_figures(consultation)
            return redirect("coding_themes", consultation.slug)
        return show(request, "themes.html", consultation, status=422, tree=tree, form=form)
    return show(request, "themes.html", consultation, tree=tree, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def theme(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one theme with its points and history; POST changes it.

    `do` is edit, move, up, down, merge, split or retire.
    """
    consultation = consultation_of(request, slug)
    found = get_object_or_404(Theme.objects.visible_to(request.user), pk=pk, consultation=consultation)
    if request.method != "POST":
        return _show_theme(request, consultation, found)
    do = request.POST.get("do", "")
    form = _form_of(do, request, tree_of(consultation), pk)
    if form is not None and not form.is_valid():
        return _show_theme(request, consultation, found, bound=form)
    try:
        answer = _change(request, found, do, form.cleaned_data if form else {})
    except Refused as refusal:
        found.refresh_from_db()
        return _show_theme(request, consultation, found, bound=form, refusal=refusal)
    queries.forget_figures(consultation)
    return answer


def _form_of(do: str, request: HttpRequest, tree: list[queries.ShownTheme], pk: int) -> forms.Form | None:
    match do:
        case "edit":
            return EditThemeForm(request.POST)
        case "move":
            return PlaceForm(request.POST, tree=tree, theme=pk)
        case "merge":
            return MergeForm(request.POST, tree=tree, theme=pk)
        case "split":
            return SplitForm(request.POST)
        case "up" | "down" | "retire":
            return None
    raise Http404


def _change(request: HttpRequest, found: Theme, do: str, given: dict[str, Any]) -> HttpResponseRedirect:
    """Carry the change out; returns the way on."""
    actor, slug = request.user, found.consultation.slug
    # What is no number was not on the page: it counts as a page that is out of date.
    sent = key_of(request.POST.get("revision", ""))
    revision = -1 if sent is None else sent
    match do:
        case "edit":
            actions.edit_theme(found.pk, **given, revision=revision, actor=actor)
        case "move":
            actions.move_theme(found.pk, given["parent"], revision=revision, actor=actor)
        case "merge":
            into = actions.merge_theme(found.pk, given["into"], revision=revision, actor=actor)
            return redirect("coding_theme", slug, into.pk)
        case "split":
            points = [key for key in map(key_of, request.POST.getlist("point")[:10_000]) if key is not None]
            made = actions.split_theme(found.pk, given["new_name"], points, revision=revision, actor=actor)
            return redirect("coding_theme", slug, made.pk)
        case "retire":
            actions.retire_theme(found.pk, revision=revision, actor=actor)
            return redirect("coding_themes", slug)
        case _:
            actions.shift_theme(found.pk, -1 if do == "up" else 1, actor=actor)
            return redirect("coding_themes", slug)
    return redirect("coding_theme", slug, found.pk)


def _show_theme(
    request: HttpRequest,
    consultation: Consultation,
    found: Theme,
    *,
    bound: forms.Form | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    tree = tree_of(consultation)
    edit = {"name": found.name, "description": found.description}
    blank: dict[str, forms.Form] = {
        "edit_form": EditThemeForm(initial=edit),
        "place_form": PlaceForm(tree=tree, theme=found.pk, initial={"parent": found.parent_id}),
        "merge_form": MergeForm(tree=tree, theme=found.pk),
        "split_form": SplitForm(),
    }
    names = {type(form): name for name, form in blank.items()}
    given = blank | ({names[type(bound)]: bound} if bound is not None else {})
    return show(
        request,
        "theme.html",
        consultation,
        refusal=refusal,
        status=422 if bound is not None else 200,
        theme=found,
        shown=next((row for row in tree if row.theme.pk == found.pk), None),
        history=queries.theme_history(found),
        points=Paginator(queries.points_of_theme(found), PER_PAGE).get_page(page_number(request)),
        ticked=request.POST.getlist("point"),
        bound=bound,
        **given,
    )


@require_safe
@for_staff
def codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the codebook as a CSV file that spreadsheets read as UTF-8."""
    consultation = consultation_of(request, slug)
    text = io.StringIO()
    csv.writer(text).writerows(queries.codebook(tree_of(consultation)))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="codebook-{consultation.slug}.csv"'
    return answer
