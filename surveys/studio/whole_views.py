"""The screens about what stands beside the pages: lists, split ballots, quotas, languages, translations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.studio import for_editors
from engage.typed import whole_number
from surveys import actions
from surveys.models import Version
from surveys.studio import queries
from surveys.studio.views import about, language, page, posted_revision, version_or_404
from surveys.studio.whole_forms import (
    BallotsForm,
    EntriesForm,
    LanguagesForm,
    ListsForm,
    QuotasForm,
    TranslationForm,
    WholeForm,
    texts_to_translate,
)
from surveys.studio.words import language_name

ENTRIES: dict[str, type[EntriesForm]] = {form.kind: form for form in (ListsForm, BallotsForm, QuotasForm)}
TEXTS_A_SCREEN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def entries(request: HttpRequest, version_id: int, kind: str) -> HttpResponse:
    """Write the lists of answers, split ballots or quotas of a version."""
    version = version_or_404(request, version_id)
    form = ENTRIES[kind](_sent(request), definition=version.parsed)
    if not (status := _written(request, version, form)):
        messages.success(request, gettext("Saved"))
        return redirect(f"questionnaire_{kind}", version.pk)
    return page(request, "entries", {**_about(request, version, form), "screen": form.title}, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def languages(request: HttpRequest, version_id: int) -> HttpResponse:
    """Choose the languages of a version."""
    version = version_or_404(request, version_id)
    form = LanguagesForm(_sent(request), definition=version.parsed)
    if not (status := _written(request, version, form)):
        messages.success(request, gettext("The languages are saved"))
        return redirect("questionnaire_languages", version.pk)
    context = {
        **_about(request, version, form),
        "screen": gettext("Languages and translation"),
        "complete": queries.completeness(version.parsed),
    }
    return page(request, "languages", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def translate(request: HttpRequest, version_id: int, code: str) -> HttpResponse:
    """Write the words of one language beside those of another, some at a time: `start` says from which on.

    With `missing` only what the language lacks is shown.
    """
    version = version_or_404(request, version_id)
    definition = version.parsed
    if code not in definition.languages:
        raise Http404
    missing = request.GET.get("missing") == "1"
    every = texts_to_translate(definition, code, missing=missing)
    start = whole_number(request.GET.get("start", ""), digits=6, otherwise=0)
    start = start if start < len(every) else 0
    shown = every[start : start + TEXTS_A_SCREEN]
    if request.method == "POST":
        # What was sent, whatever is missing by now.
        shown = [one for one in texts_to_translate(definition, code) if one.field in request.POST]
    form = TranslationForm(_sent(request), definition=definition, code=code, texts=shown)
    if not (status := _written(request, version, form)):
        messages.success(request, gettext("The translation is saved"))
        # What was filled in is missing no more, so the rest has moved up.
        onward = start if missing else start + TEXTS_A_SCREEN
        at = redirect("questionnaire_translate", version.pk, code).url
        return redirect(f"{at}?start={onward if onward < len(every) else 0}{'&missing=1' if missing else ''}")
    context = {
        **_about(request, version, form),
        "screen": gettext("Translate: %(language)s") % {"language": language_name(code)},
        "code": code,
        "missing": missing,
        "rows": queries.translated(form, definition, language()),
        "from": start + 1 if shown else 0,
        "to": start + len(shown),
        "total": len(every),
        "earlier": max(0, start - TEXTS_A_SCREEN) if start else None,
        "later": start + TEXTS_A_SCREEN if start + TEXTS_A_SCREEN < len(every) else None,
    }
    return page(request, "translate", context, status)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _about(request: HttpRequest, version: Version, form: WholeForm) -> dict[str, Any]:
    # What was written on an older state is never saved over a newer one, however often it is sent.
    revision = posted_revision(request) if request.method == "POST" else version.revision
    return {**about(version), "form": form, "revision": revision}


def _written(request: HttpRequest, version: Version, form: WholeForm) -> int:
    """Write what was sent; 0 when it is done, else the status of the screen that shows the form."""
    if request.method != "POST":
        return 200
    revision = posted_revision(request)
    is_valid = form.is_valid()
    try:
        if version.revision != revision:
            raise Refused("survey_changed_meanwhile")
        if not is_valid:
            return 422
        actions.write_definition(version.pk, form.document(), revision=revision, actor=request.user)
    except Refused as refusal:
        if refusal.code == "survey_definition_unreadable":
            form.take_errors(refusal.values["errors"])
        else:
            form.add_error(None, refusal_message(refusal))
        return refusal_status(refusal.code)
    return 0
