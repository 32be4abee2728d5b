"""The screens about pictures: those of a whole version, and those of the answers of one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.studio import for_editors
from surveys import actions, queries
from surveys.definition import editing, model, pictures, pointers
from surveys.finding_words import place_of
from surveys.models import Version
from surveys.studio.part_views import back_to, sent_with_files, written
from surveys.studio.picture_fields import add_untaken, untaken_sentence
from surveys.studio.picture_forms import ManyPicturesForm, OptionPicturesForm
from surveys.studio.views import about, page, posted_revision, version_or_404
from surveys.studio.words import language_name


@dataclass(frozen=True)
class PictureRow:
    """One picture, sound or film of a version: whose it is, where it is written, and its files.

    Of each file its language, its name, what it is said to show, and whether it is there.
    """

    place: str
    href: str
    files: Sequence[tuple[str, str, str, bool]]


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def whole(request: HttpRequest, version_id: int) -> HttpResponse:
    """List the pictures of a version; take in files by the names under which an imported form speaks of them."""
    version = version_or_404(request, version_id)
    form = ManyPicturesForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                taken = _take_in(request, version, form)
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                if taken:
                    sentence = ngettext("%(n)d file added", "%(n)d files added", taken)
                    messages.success(request, sentence % {"n": taken})
                if not form.errors:
                    return redirect("questionnaire_pictures", version.pk)
                version = version_or_404(request, version_id)
    rows = _rows(version.parsed, version.pk)
    context = {
        **about(version),
        "form": form,
        "rows": rows,
        "is_lacking": any(not is_there for row in rows for *_words, is_there in row.files),
        "revision": version.revision,
        "screen": gettext("Pictures"),
    }
    return page(request, "pictures", context, status)


def _take_in(request: HttpRequest, version: Version, form: ManyPicturesForm) -> int:
    """Take in what the definition names and has not; what is not taken in stands on the form. Returns how many were."""
    _check_open(request, version)
    kinds: dict[str, set[pictures.Kind]] = defaultdict(set)
    for one in pictures.places(version.parsed):
        for name in one.medium.source.values():
            kinds[name].add(one.medium.kind)
    named = kinds.keys() - {""}
    missing = named - set(queries.picture_sizes(named))
    exact = missing & {upload.name for upload in form.cleaned_data["uploads"]}
    # A form that was written where case makes no difference may name one file in two ways.
    lacking: dict[str, list[str]] = defaultdict(list)
    for name in sorted(missing - exact):
        lacking[name.casefold()].append(name)
    others: dict[str, str] = {}
    taken = 0
    for upload in form.cleaned_data["uploads"]:
        names = [name for name in exact if name == upload.name] + lacking.get((upload.name or "").casefold(), [])
        if not names:
            form.add_error("uploads", gettext("No question names a file “%(name)s”") % {"name": upload.name})
            continue
        try:
            stored = actions.add_picture(upload, names[0], kinds=kinds[names[0]], actor=request.user).name
            others |= dict.fromkeys(names, stored)
            taken += 1
        except Refused as refusal:
            form.add_error("uploads", f"{upload.name}: {untaken_sentence(refusal)}")
    if others:
        document = pictures.renamed(model.dump(version.parsed), others)
        actions.write_definition(version.pk, document, revision=version.revision, actor=request.user)
    return taken


def _check_open(request: HttpRequest, version: Version) -> None:
    """Raise Refused as a change would, before any file is taken in."""
    if version.state not in actions.IN_WORK:
        raise Refused("survey_not_in_work")
    if version.revision != posted_revision(request):
        raise Refused("survey_changed_meanwhile")


def _rows(definition: model.Definition, version_id: int) -> list[PictureRow]:
    there = queries.picture_sizes(pictures.names(definition))
    found = []
    for one in pictures.places(definition):
        words = "alt" if one.medium.kind == "image" else "transcript"
        files = [
            (language_name(language), name, getattr(one.medium, words).get(language, ""), name in there)
            for language, name in one.medium.source.items()
        ]
        found.append(PictureRow(place_of(one.path, definition), _written_at(one.path, definition, version_id), files))
    return found


def _written_at(path: str, definition: model.Definition, version_id: int) -> str:
    """Return the screen on which a picture is written: that of its question, of its answers, or the lists."""
    entry = next((e for e in definition.entries if path == e.path), None)
    if entry is not None:
        return reverse("questionnaire_part", args=[version_id, "item", entry.item.name])
    holder = next((e for e in definition.entries if path.startswith((f"{e.path}/options/", f"{e.path}/rows/"))), None)
    if holder is None and path.startswith("/lists/"):
        name = pointers.steps(path)[1]
        holder = next((e for e in definition.entries if getattr(e.item, "list", "") == name), None)
    if holder is None:
        return reverse("questionnaire_lists", args=[version_id])
    return reverse("questionnaire_answer_pictures", args=[version_id, "item", holder.item.name])


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def answers(request: HttpRequest, version_id: int, kind: str, name: str) -> HttpResponse:
    """Choose the pictures of the answers of a question, or of the rows of a table."""
    version = version_or_404(request, version_id)
    definition = version.parsed
    entry = definition.by_name.get(name)
    if kind != "item" or entry is None or not isinstance(entry.item, model.Question):
        raise Http404
    document = model.dump(definition)
    holder, key = _options_in(document, entry.item)
    options = holder.get(key, [])
    if not options:
        raise Http404
    sent, untaken = sent_with_files(request, version)
    form = OptionPicturesForm(sent, definition=definition, options=options, opened=request.GET.get("sound", ""))
    add_untaken(form, untaken)
    status = 200
    if request.method == "POST":

        def changed() -> editing.Document:
            holder[key] = form.documents()
            return document

        status = written(request, version, form, changed)
        if not status:
            messages.success(request, gettext("Saved"))
            return back_to(version, "item", name)
    context = {
        **about(version),
        "form": form,
        "screen": gettext("Pictures of the answers"),
        "name": name,
        "revision": version.revision,
    }
    return page(request, "answer_pictures", context, status)


def _options_in(document: dict[str, Any], question: model.Question) -> tuple[dict[str, Any], str]:
    """Return what of a document holds the answers of a question (of a table its rows), and under which key."""
    if question.type == "matrix":
        return editing.part_of(document, "item", question.name), "rows"
    if question.list:
        return document.get("lists", {}), question.list
    return editing.part_of(document, "item", question.name), "options"
