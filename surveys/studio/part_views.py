"""The screens about one page, group or question: add, write, move, copy, take out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.studio import for_editors
from surveys import actions
from surveys.definition import editing, model
from surveys.models import Version
from surveys.studio import queries
from surveys.studio.picture_fields import add_untaken, take_uploads
from surveys.studio.question_forms import PartForm
from surveys.studio.views import about, language, outline, page, posted_revision, version_or_404
from surveys.studio.words import TYPES

# Beginnings of names that an author may change.
_NAMES = {"page": "page1", "group": "group1", "repeat": "repeat1"}
Step = Callable[[model.Definition, editing.Kind, str], editing.Document]
_STEPS: dict[str, Step] = {
    "up": lambda definition, kind, name: editing.move(definition, kind, name, -1),
    "down": lambda definition, kind, name: editing.move(definition, kind, name, 1),
    "copy": editing.copy,
    "remove": editing.remove,
}


def _of(definition: model.Definition, kind: str, name: str) -> tuple[str, dict[str, Any]] | None:
    """Return the kind of form for a part and the part as JSON says it; None when it is not there (any more)."""
    if kind == "page":
        part: Any = next((one for one in definition.pages if one.name == name), None)
    else:
        entry = definition.by_name.get(name)
        part = entry.item if entry is not None else None
    if part is None:
        return None
    plain = part.model_dump(mode="json", exclude_defaults=True)
    return ("page" if kind == "page" else part.type), plain | ({} if kind == "page" else {"type": part.type})


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def add(request: HttpRequest, version_id: int) -> HttpResponse:
    """Add a page, or an item at the end of a page (`page`) or group (`group`); `type` says of what kind."""
    version = version_or_404(request, version_id)
    definition = version.parsed
    asked = request.POST if request.method == "POST" else request.GET
    kind, place, group = asked.get("type", ""), asked.get("page", ""), asked.get("group", "")
    if kind not in TYPES or (kind != "page" and not is_place(definition, place, group)):
        raise Http404
    into: editing.Kind = "item" if group else "page"
    free = editing.free_name(definition, _NAMES.get(kind, "q1"), "page" if kind == "page" else "item")
    sent, untaken = sent_with_files(request, version)
    form = PartForm(sent, definition=definition, kind=kind, name=free)
    add_untaken(form, untaken)
    status = 200
    if request.method == "POST":

        def document() -> editing.Document:
            if kind == "page":
                return editing.add_page(definition, form.part())
            return editing.add_item(definition, form.part(), into=group or place, kind=into)

        status = written(request, version, form, document)
        if not status:
            messages.success(request, gettext("Added"))
            return back_to(version, "page" if kind == "page" else "item", form.cleaned_data["name"])
    heading = gettext("Add: %(kind)s") % {"kind": TYPES[kind]}
    hidden = {"type": kind, "page": place, "group": group}
    return _form(request, version, form, heading, hidden, status)


def is_place(definition: model.Definition, place: str, group: str) -> bool:
    """Tell whether items can go to the end of a page or, where one is named, of a group or repeat."""
    if group:
        entry = definition.by_name.get(group)
        return entry is not None and not isinstance(entry.item, model.Question)
    return any(page.name == place for page in definition.pages)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def write(request: HttpRequest, version_id: int, kind: str, name: str) -> HttpResponse:
    """Write the properties of a page or item.

    One that somebody took out meanwhile still shows what was typed, with the refusal.
    """
    version = version_or_404(request, version_id)
    definition = version.parsed
    found = _of(definition, kind, name)
    if found is None:
        said = request.POST.get("type", "")
        if kind not in ("page", "item") or said not in TYPES or (said == "page") != (kind == "page"):
            raise Http404
        found = (said, {"name": name})
    of, part = found
    at: editing.Kind = "page" if kind == "page" else "item"
    sent, untaken = sent_with_files(request, version)
    form = PartForm(sent, definition=definition, kind=of, part=part)
    add_untaken(form, untaken)
    status = 200
    if request.method == "POST":
        status = written(request, version, form, lambda: editing.write(definition, at, name, form.part()))
        if not status:
            messages.success(request, gettext("Saved"))
            return back_to(version, at, name)
    return _form(request, version, form, str(TYPES[of]), {"type": of}, status, name)


def sent_with_files(request: HttpRequest, version: Version) -> tuple[QueryDict | None, dict[str, str]]:
    """Return what was sent, its pictures taken in, and why some were not; nothing is taken in that cannot be saved."""
    if request.method != "POST":
        return None, {}
    if version.state not in actions.IN_WORK or version.revision != posted_revision(request):
        return request.POST, {}
    return take_uploads(request.POST, request.FILES, actor=request.user)


def written(request: HttpRequest, version: Version, form: forms.Form, document: Callable[[], editing.Document]) -> int:
    """Write the definition; 0 when it is done, else the status of the form with the refusal on it."""
    if not form.is_valid():
        return 422
    if version.revision != posted_revision(request):
        refusal = Refused("survey_changed_meanwhile")
        form.add_error(None, refusal_message(refusal))
        return refusal_status(refusal.code)
    try:
        whole = document()
        actions.write_definition(version.pk, whole, revision=version.revision, actor=request.user)
    except Refused as refusal:
        if refusal.code == "survey_definition_unreadable" and isinstance(form, PartForm):
            part = form.part()
            form.take_errors(refusal.values["errors"], editing.pointer(whole, part["name"], form.holder))
        else:
            form.add_error(None, refusal_message(refusal))
        return refusal_status(refusal.code)
    return 0


def _form(
    request: HttpRequest,
    version: Version,
    form: PartForm,
    heading: str,
    hidden: dict[str, str],
    status: int,
    name: str = "",
) -> HttpResponse:
    context = {
        **about(version),
        "form": form,
        "screen": heading,
        "hidden": hidden,
        "revision": version.revision,
        "readers": queries.readers(version.parsed, name, language()) if name else [],
        "name": name,
        "holder": form.holder,
        "has_answers": bool(name) and any(form.before.get(each) for each in ("options", "rows", "list")),
    }
    return page(request, "part", context, status or 200)


def back_to(version: Version, kind: str, name: str) -> HttpResponse:
    """Lead to a part in the outline."""
    return redirect(f"{reverse('questionnaire_version', args=[version.pk])}#{kind}-{name}")


def _to(request: HttpRequest) -> Step:
    before, place, group = (request.POST.get(name, "") for name in ("before", "page", "group"))
    holder: editing.Kind = "item" if group else "page"
    return lambda definition, kind, name: editing.move_to(
        definition, kind, name, before=before, into=group or place, holder=holder
    )


@for_editors
@require_POST
def arrange(request: HttpRequest, version_id: int, kind: str, name: str) -> HttpResponse:
    """Move a page or item up or down, copy it or take it out: `step` says what.

    `to` moves it in front of another one (`before`), else to the end of a page (`page`) or group (`group`).
    """
    version = version_or_404(request, version_id)
    step = _to(request) if request.POST.get("step") == "to" else _STEPS.get(request.POST.get("step", ""))
    if step is None or kind not in ("page", "item"):
        raise Http404
    at: editing.Kind = "page" if kind == "page" else "item"
    try:
        if version.revision != posted_revision(request):
            raise Refused("survey_changed_meanwhile")
        document = step(version.parsed, at, name)
        # What is put back where it was voids no sign-off.
        if document != version.definition:
            actions.write_definition(version.pk, document, revision=version.revision, actor=request.user)
    except editing.NotThere:
        raise Http404 from None
    except Refused as refusal:
        return outline(request, version_or_404(request, version_id), refusal)
    return back_to(version, at, name)
