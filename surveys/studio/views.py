"""The screens about a questionnaire as a whole: list, new, import, outline, settings, checks, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.pages.framing import snippet
from engage.pages.messages import refusal_message, refusal_status
from engage.studio import for_editors
from engage.typed import whole_number
from surveys import actions
from surveys.definition import limesurvey, model
from surveys.definition.checks import check as find
from surveys.definition.xlsform import Unsupported, convert, read_form, read_table_form
from surveys.limesurvey_words import left_out_sentence, place_words
from surveys.models import Questionnaire, Version
from surveys.studio import queries
from surveys.studio.forms import FileForm, FramesForm, ImportForm, NewForm, PeriodForm, SettingsForm
from surveys.studio.paper import papers
from surveys.studio.words import TYPES, error_sentence, language_name
from surveys.xlsform_words import UNSUPPORTED

FAULTS_SHOWN = 200
ADDED = [kind for kind in TYPES if kind not in ("page", "meta")]


def language() -> str:
    """Return the language of the screen."""
    return get_language() or ""


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a screen of the builder."""
    return render(request, f"surveys/studio/{template}.html", context, status=status)


def version_or_404(request: HttpRequest, version_id: int) -> Version:
    """Return a version, or say that there is none."""
    version = queries.version_of(version_id, actor=request.user)
    if version is None:
        raise Http404
    return version


def about(version: Version) -> dict[str, Any]:
    """Return what the head of every screen about a version shows."""
    return {
        "version": version,
        "questionnaire": version.questionnaire,
        "title": queries.title_of(version, language()),
        "may_write": version.state in actions.IN_WORK,
        "first_language": version.definition["languages"][0],
    }


def posted_revision(request: HttpRequest) -> int:
    """Return the revision that was shown when the form was opened; -1 for anything else."""
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


@require_safe
@for_editors
def questionnaires(request: HttpRequest) -> HttpResponse:
    """List the questionnaires with their versions."""
    return page(request, "list", {"rows": queries.listing(language(), actor=request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def new(request: HttpRequest) -> HttpResponse:
    """Begin a questionnaire."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if (version := _created(request, form, form.definition())) is not None:
            return redirect("questionnaire_version", version.pk)
    return page(request, "new", {"form": form, "media": form.media}, 422 if form.errors else 200)


def _created(request: HttpRequest, form: forms.Form, definition: dict[str, Any]) -> Version | None:
    """Begin a questionnaire with a definition, or put the refusal on the form."""
    given = form.cleaned_data
    try:
        version = actions.create_questionnaire(
            given["key"], department_id=given["department"].pk, definition=definition, actor=request.user
        )
        if given.get("opens_at") or given.get("closes_at"):
            actions.set_period(
                version.questionnaire_id,
                opens_at=given["opens_at"],
                closes_at=given["closes_at"],
                revision=version.questionnaire.revision,
                actor=request.user,
            )
    except Refused as refusal:
        form.add_error("key" if refusal.code.startswith("survey_key_") else None, refusal_message(refusal))
        return None
    return version


# --- import ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """One line about a file: where, and what. `where` is a cell, or a JSON Pointer."""

    where: str
    sentence: str


@dataclass(frozen=True)
class Read:
    """What became of a file: a definition, or faults; and what of the file is left out."""

    definition: dict[str, Any] | None
    faults: Sequence[Fault] = ()
    left_out: Sequence[Fault] = ()


def _read(name: str, content: bytes) -> Read:
    """Read an uploaded file; raises Refused for what is none of the formats."""
    if name.lower().endswith(".json") or content.lstrip()[:1] == b"{":
        try:
            return Read(model.dump(model.parse(content)))
        except model.Unreadable as found:
            return Read(None, [Fault(error.path or "/", error_sentence(error)) for error in found.errors])
    if name.lower().endswith(".lss") or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return _read_limesurvey(content)
    form = read_table_form(content) if name.lower().endswith(".csv") else read_form(content)
    conversion = None if form.faults else convert(form)
    faults = conversion.faults if conversion is not None else form.faults
    if conversion is None or conversion.definition is None:
        return Read(None, [Fault(_cell(one.where), refusal_message(Refused(one.code, **one.values))) for one in faults])
    return Read(model.dump(conversion.definition), (), [_left_out(one) for one in conversion.unsupported])


def _read_limesurvey(content: bytes) -> Read:
    found = limesurvey.convert(limesurvey.read_survey(content))
    left_out = [Fault(place_words(one.where), left_out_sentence(one)) for one in found.left_out]
    if found.definition is None:
        broken = [(place_words(one.where), model.Error("", one.values["rule"], one.values)) for one in found.faults]
        return Read(None, [Fault(where, error_sentence(error)) for where, error in broken], left_out)
    return Read(model.dump(found.definition), (), left_out)


def _cell(where: Any) -> str:
    return gettext("sheet %(sheet)s, cell %(column)s%(row)s") % where.as_json()


def _left_out(one: Unsupported) -> Fault:
    return Fault(_cell(one.where), str(UNSUPPORTED[one.code]) % {"what": one.what})


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def import_new(request: HttpRequest) -> HttpResponse:
    """Begin a questionnaire from a file."""
    form = ImportForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    return _import(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def import_into(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put a file in the place of what a version in work says."""
    form = FileForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    return _import(request, form, version_or_404(request, version_id))


def _import(request: HttpRequest, form: forms.Form, version: Version | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, **(about(version) if version is not None else {})}
    if request.method != "POST" or not form.is_valid():
        return page(request, "import", context, 422 if form.errors else 200)
    upload = form.cleaned_data["file"]
    try:
        read = _read(upload.name or "", upload.read())
        context |= {"faults": read.faults[:FAULTS_SHOWN], "more": max(0, len(read.faults) - FAULTS_SHOWN)}
        if read.definition is None:
            form.add_error("file", gettext("The file was not taken; what is wrong with it stands below"))
            return page(request, "import", context, 422)
        if version is None:
            made = _created(request, form, read.definition)
        else:
            made = actions.write_definition(
                version.pk, read.definition, revision=posted_revision(request), actor=request.user
            )
    except Refused as refusal:
        form.add_error("file", refusal_message(refusal))
        return page(request, "import", context, refusal_status(refusal.code))
    if made is None:
        return page(request, "import", context, 422)
    if not read.left_out:
        return redirect("questionnaire_version", made.pk)
    return page(request, "imported", {**about(made), "left_out": read.left_out})


# --- one version ----------------------------------------------------------------------------------------------------


@require_safe
@for_editors
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show the pages and questions of a version, with all that can be done to them."""
    return outline(request, version_or_404(request, version_id))


def outline(request: HttpRequest, version: Version, refusal: Refused | None = None) -> HttpResponse:
    """Show the outline; after a refused step with the sentence above it."""
    definition = version.parsed
    context = {
        **about(version),
        "pages": queries.outline(definition, language()),
        "complete": queries.completeness(definition),
        "kinds": [(kind, TYPES[kind]) for kind in ADDED],
        "papers": [(code, language_name(code)) for code in papers(definition)],
        "others": [one for one in queries.versions_of(version, actor=request.user) if one.pk != version.pk],
        "refusal": refusal_message(refusal) if refusal else "",
    }
    return page(request, "version", context, refusal_status(refusal.code) if refusal else 200)


@for_editors
@require_POST
def open_next(request: HttpRequest, questionnaire_id: int) -> HttpResponse:
    """Open the next version of a questionnaire, or the one that is in work."""
    try:
        opened = actions.open_version(questionnaire_id, actor=request.user)
    except Questionnaire.DoesNotExist:
        raise Http404 from None
    return redirect("questionnaire_version", opened.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def settings(request: HttpRequest, version_id: int) -> HttpResponse:
    """Write the title, the words around the questions and how they are answered."""
    version = version_or_404(request, version_id)
    form = SettingsForm(request.POST if request.method == "POST" else None, definition=version.parsed)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.write_definition(
                    version.pk, form.document(), revision=posted_revision(request), actor=request.user
                )
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                messages.success(request, gettext("The settings are saved"))
                return redirect("questionnaire_version", version.pk)
    context = {**about(version), "form": form, "revision": version.revision, "screen": gettext("Settings")}
    return page(request, "settings", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def period(request: HttpRequest, version_id: int) -> HttpResponse:
    """Set when the questionnaire takes answers."""
    version = version_or_404(request, version_id)
    now = {"opens_at": version.questionnaire.opens_at, "closes_at": version.questionnaire.closes_at}
    form = PeriodForm(request.POST if request.method == "POST" else None, initial=now)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.set_period(
                    version.questionnaire_id,
                    **form.cleaned_data,
                    revision=posted_revision(request),
                    actor=request.user,
                )
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                messages.success(request, gettext("The period is saved"))
                return redirect("questionnaire_version", version.pk)
    context = {
        **about(version),
        "form": form,
        "media": form.media,
        "revision": version.questionnaire.revision,
        "screen": gettext("When it is open"),
    }
    return page(request, "settings", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def frames(request: HttpRequest, version_id: int) -> HttpResponse:
    """Say which sites may show the questionnaire in a frame, and give the line to put there."""
    version = version_or_404(request, version_id)
    questionnaire = version.questionnaire
    now = {"hosts": "\n".join(questionnaire.embed_hosts)}
    form = FramesForm(request.POST if request.method == "POST" else None, initial=now)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.set_embed_hosts(
                    questionnaire.pk,
                    form.cleaned_data["hosts"],
                    revision=posted_revision(request),
                    actor=request.user,
                )
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                messages.success(request, gettext("The sites are saved"))
                return redirect("questionnaire_frames", version.pk)
    head = about(version)
    context = {
        **head,
        "form": form,
        "media": form.media,
        "revision": questionnaire.revision,
        "screen": gettext("Other sites"),
        "on_web": version.parsed.is_asked("web"),
        "snippet": snippet(reverse("survey_embed", args=[questionnaire.key]), head["title"]),
    }
    return page(request, "frames", context, status)


@require_safe
@for_editors
def checks(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show what the checks find, how complete each language is, and the logic as a map and a table."""
    version = version_or_404(request, version_id)
    definition = version.parsed
    found = find(definition)
    context = {
        **about(version),
        "findings": queries.findings(definition, found),
        "complete": queries.completeness(definition),
        "map": queries.logic_map(definition, found, language()),
        "rules": queries.logic(definition, language()),
    }
    return page(request, "checks", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def test_run(request: HttpRequest, version_id: int) -> HttpResponse:
    """Let random respondents walk through the version, when asked, and show what they met."""
    version = version_or_404(request, version_id)
    context = about(version)
    if request.method == "POST":
        context["tested"] = queries.walked(version, language(), now=timezone.localtime().replace(tzinfo=None))
    return page(request, "test", context)


@require_safe
@for_editors
def compare(request: HttpRequest, version_id: int, other_id: int) -> HttpResponse:
    """Show what differs between two versions of one questionnaire, the earlier one first."""
    one, two = version_or_404(request, version_id), version_or_404(request, other_id)
    if one.questionnaire_id != two.questionnaire_id:
        raise Http404
    before, after = sorted((one, two), key=lambda each: each.number)
    context = {**about(one), "before": before, "after": after}
    return page(request, "compare", context | {"differences": queries.differences(before, after, language())})
