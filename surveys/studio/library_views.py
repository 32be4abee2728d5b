"""The library of questions: its list and entries, keeping a part of a version there, taking a copy into another one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.studio import for_editors
from engage.typed import whole_number
from surveys import actions
from surveys.definition import editing, keeping, model
from surveys.models import KeptPart, Version
from surveys.studio import library, queries
from surveys.studio.forms import KeptForm
from surveys.studio.part_views import back_to, is_place
from surveys.studio.views import about, language, page, posted_revision, version_or_404
from surveys.studio.words import TYPES

ENTRIES_A_SCREEN = 25


def _found(request: HttpRequest) -> dict[str, Any]:
    """Return the entries that were searched for, a screen of them."""
    typed = request.GET.get("q", "").replace("\0", "")[: library.TYPED_MOST]
    screen = Paginator(library.found(typed, actor=request.user), ENTRIES_A_SCREEN).get_page(request.GET.get("p"))
    return {"typed": typed, "entries": screen, "rows": [library.listed(part, language()) for part in screen]}


def _entry_or_404(request: HttpRequest, part_id: int) -> KeptPart:
    found = library.entry_of(part_id, actor=request.user)
    if found is None:
        raise Http404
    return found


@require_safe
@for_editors
def entries(request: HttpRequest) -> HttpResponse:
    """List and search the library."""
    return page(request, "library", _found(request))


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def entry(request: HttpRequest, part_id: int) -> HttpResponse:
    """Show an entry with what it asks; change its words, or remove it (`do` is "remove")."""
    part = _entry_or_404(request, part_id)
    may_share = actions.may_share(request.user)
    now = {name: getattr(part, name) for name in ("title_zh", "title_en", "topics", "is_shared")}
    form = KeptForm(request.POST if request.method == "POST" else None, initial=now, may_share=may_share)
    removes = request.POST.get("do") == "remove"
    status = 200
    if request.method == "POST":
        status = 422
        if removes or form.is_valid():
            try:
                if removes:
                    actions.remove_kept(part.pk, revision=posted_revision(request), actor=request.user)
                    messages.success(request, gettext("It is not in the library any more"))
                    return redirect("questionnaire_library")
                actions.change_kept(
                    part.pk,
                    about=form.about,
                    is_shared=form.cleaned_data.get("is_shared", part.is_shared),
                    revision=posted_revision(request),
                    actor=request.user,
                )
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                messages.success(request, gettext("Saved"))
                return redirect("questionnaire_library_entry", part.pk)
    context = {
        "part": part,
        "form": form,
        "revision": part.revision,
        "row": library.listed(part, language()),
        "asked": library.contents(part, language()),
        "may_change": actions.may_change(part, request.user),
    }
    return page(request, "library_entry", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def keep(request: HttpRequest, version_id: int, kind: str, name: str) -> HttpResponse:
    """Keep a page or item of a version in the library."""
    version = version_or_404(request, version_id)
    if kind not in ("page", "item"):
        raise Http404
    of: editing.Kind = "page" if kind == "page" else "item"
    try:
        kept = keeping.keep(version.parsed, of, name)
    except editing.NotThere:
        raise Http404 from None
    [part] = [kept["pages"][0]] if of == "page" else kept["pages"][0]["items"]
    words = part.get("title" if of == "page" else "label", {})
    initial = {f"title_{short}": _line(words.get(code, "")) for short, code in (("zh", "zh-hans"), ("en", "en"))}
    form = KeptForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        may_share=actions.may_share(request.user),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.keep_part(
                    kept,
                    of,
                    about=form.about,
                    department_id=version.questionnaire.department_id,
                    is_shared=form.cleaned_data.get("is_shared", False),
                    token=form.cleaned_data["token"],
                    actor=request.user,
                )
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                messages.success(request, gettext("It is in the library now"))
                return redirect("questionnaire_library_entry", made.pk)
    context = {
        **about(version),
        "form": form,
        "screen": gettext("Keep in the library: %(kind)s") % {"kind": TYPES["page" if of == "page" else part["type"]]},
        "kind": kind,
        "name": name,
    }
    return page(request, "library_keep", context, status)


def _line(words: str) -> str:
    """Return words as one line that fits a title."""
    return " ".join(words.split())[:200]


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def take(request: HttpRequest, version_id: int) -> HttpResponse:
    """Search the library for a version, and take a copy: to the end of a page (`page`) or group (`group`)."""
    version = version_or_404(request, version_id)
    definition = version.parsed
    asked = request.POST if request.method == "POST" else request.GET
    place, group = asked.get("page", ""), asked.get("group", "")
    if not (place or group) and definition.pages:
        place = definition.pages[-1].name
    refusal, status = "", 200
    if request.method == "POST":
        holder: editing.Kind = "item" if group else "page"
        try:
            written, taken = actions.take_kept(
                version.pk,
                whole_number(request.POST.get("part", ""), digits=18, otherwise=0),
                into=group or place,
                holder=holder,
                revision=posted_revision(request),
                actor=request.user,
            )
        except (KeptPart.DoesNotExist, editing.NotThere):
            raise Http404 from None
        except Refused as refused:
            refusal, status = refusal_message(refused), refusal_status(refused.code)
        else:
            return _taken(request, written, taken)
    elif definition.pages and not is_place(definition, place, group):
        raise Http404
    context = {
        **about(version),
        **_found(request),
        "screen": gettext("Take from the library"),
        "refusal": refusal,
        "place": place,
        "group": group,
        "place_title": _place_title(definition, place, group),
    }
    return page(request, "library_take", context, status)


def _place_title(definition: model.Definition, place: str, group: str) -> str:
    if group:
        entry = definition.by_name.get(group)
        return (queries.said(entry.item.label, language()) if entry else "") or group
    found = next((one for one in definition.pages if one.name == place), None)
    return (queries.said(found.title, language()) if found else "") or place


def _taken(request: HttpRequest, version: Version, taken: keeping.Taken) -> HttpResponse:
    """Lead to the copy; where conditions were taken off, say which."""
    if not taken.taken_off:
        messages.success(request, gettext("Added"))
        return back_to(version, taken.kind, taken.name)
    lost = library.lost(taken, model.parse(version.definition), language())
    context = {**about(version), "screen": gettext("Taken from the library"), "taken": taken, "lost": lost}
    return page(request, "library_taken", context)
