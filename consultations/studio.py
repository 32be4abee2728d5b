"""The Studio's draft desk: paste or upload a text, see the tree and the doubts, correct, publish."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations import actions
from consultations.drafts.canonical import to_text
from consultations.drafts.messages import doubt_message, refusal_message
from consultations.drafts.reader import parse_file, parse_text
from consultations.drafts.tree import ParsedDraft
from consultations.models import Consultation, Draft, Version
from engage.accounts.actors import Role, has_role
from engage.errors import Refused

LANGUAGES = [("", _("Find out")), ("zh-hans", "中文"), ("en", "English")]
MOST_BYTES = 10 * 1024 * 1024


def for_editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hide a Studio view from everybody but editors."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.EDITOR):
            raise Http404
        return view(request, *args, **kwargs)

    return gated


class SourceForm(forms.Form):
    """Where the text comes from: a file or the clipboard."""

    file = forms.FileField(label=_("File (Word, text, Markdown)"), required=False)
    text = forms.CharField(label=_("Or paste the text"), required=False, widget=forms.Textarea(attrs={"rows": 12}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        if not given.get("file") and not (given.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste the text"))
        if given.get("file") and given["file"].size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it, or save it without pictures"))
        return given

    def parse(self) -> ParsedDraft:
        """Read the draft; raises Refused with the reader's codes."""
        language = self.cleaned_data["language"] or None
        if upload := self.cleaned_data["file"]:
            return parse_file(upload.read(), name=upload.name, language=language)
        return parse_text(self.cleaned_data["text"], language=language)


def _review(request: HttpRequest, parsed: ParsedDraft, **more: Any) -> HttpResponse:
    """Show the tree beside the text that made it; line numbers of doubts are those of the text shown."""
    text = to_text(parsed, parsed.language)
    shown = parse_text(text, language=parsed.language)
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for clause in shown.clauses:
        depths[clause.id] = depths[clause.parent] + 1
        rows.append({"clause": clause, "depth": range(depths[clause.id])})
    context = {
        "parsed": parsed,
        "rows": rows,
        "text": text,
        "counts": [(_LEVELS[level], n) for level, n in parsed.counts.items() if n],
        "doubts": [(doubt.line, doubt_message(doubt.code, doubt.values, gettext)) for doubt in parsed.doubts],
        **more,
    }
    return render(request, "consultations/studio/review.html", context)


_LEVELS = {
    "part": _("Parts"),
    "chapter": _("Chapters"),
    "section": _("Sections"),
    "article": _("Articles"),
    "paragraph": _("Paragraphs"),
    "item": _("Items"),
    "subitem": _("Sub-items"),
}


@for_editors
def drafts(request: HttpRequest) -> HttpResponse:
    """List the drafts with their versions."""
    found = (
        Draft.objects.select_related("consultation", "published").prefetch_related("versions__texts").order_by("-pk")
    )
    return render(request, "consultations/studio/drafts.html", {"drafts": found})


@for_editors
def import_source(request: HttpRequest) -> HttpResponse:
    """First step: give the text. What cannot be read is refused with the reason; pasted text stays in the form."""
    target = _target(request)
    form = SourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _review(request, form.parse(), **target)
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal.code, refusal.values, gettext))
    status = 422 if form.is_bound else 200
    return render(request, "consultations/studio/import.html", {"form": form, **target}, status=status)


def _target(request: HttpRequest) -> dict[str, Any]:
    """Read what the text is for: a new draft, a new version of one, a translation or a correction of a version."""
    given = request.POST if request.method == "POST" else request.GET
    target: dict[str, Any] = {"draft": None, "version": None, "purpose": given.get("purpose", "new")}
    if given.get("draft", "").isdecimal():
        target["draft"] = get_object_or_404(Draft, pk=int(given["draft"]))
    if given.get("version", "").isdecimal():
        target["version"] = get_object_or_404(Version, pk=int(given["version"]))
    return target


@for_editors
def review(request: HttpRequest) -> HttpResponse:
    """Second step: read the corrected text again, or keep it."""
    if request.method != "POST":
        return redirect("draft_import")
    target = _target(request)
    language = request.POST.get("language") or None
    try:
        parsed = parse_text(request.POST.get("text", ""), language=language)
        if "keep" not in request.POST:
            return _review(request, parsed, **target)
        version = _keep(request, parsed, target)
    except Refused as refusal:
        form = SourceForm(initial={"text": request.POST.get("text", ""), "language": language})
        error = refusal_message(refusal.code, refusal.values, gettext)
        return render(request, "consultations/studio/import.html", {"form": form, "error": error, **target}, status=422)
    return redirect("draft_version", version_id=version.pk)


def _keep(request: HttpRequest, parsed: ParsedDraft, target: dict[str, Any]) -> Version:
    version: Version | None = target["version"]
    if target["purpose"] == "translation" and version is not None:
        unmatched = actions.add_translation(version, parsed, actor=request.user)
        if unmatched:
            messages.warning(
                request,
                gettext("These clauses stand in one language only: %(keys)s") % {"keys": ", ".join(unmatched[:30])},
            )
        return version
    if target["purpose"] == "correction" and version is not None:
        return actions.replace_text(version.pk, parsed, actor=request.user)
    return actions.store_draft(parsed, draft=target["draft"], actor=request.user)


@for_editors
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version: its tree, what the import doubted, what can be done with it."""
    found = get_object_or_404(Version.objects.select_related("draft__consultation"), pk=version_id)
    clauses = found.clauses.prefetch_related("texts").order_by("position")
    context = {
        "version": found,
        "clauses": clauses,
        "texts": found.texts.all(),
        "doubts": [(doubt["line"], doubt_message(doubt["code"], doubt["values"], gettext)) for doubt in found.doubts],
        "consultations": Consultation.objects.order_by("slug"),
    }
    return render(request, "consultations/studio/version.html", context)


@for_editors
def correct(request: HttpRequest, version_id: int) -> HttpResponse:
    """Open the text of an unpublished version for correction."""
    found = get_object_or_404(Version, pk=version_id, published_at=None)
    text = get_object_or_404(found.texts.order_by("pk")[:1])
    parsed = parse_text(text.source, language=text.language)
    return _review(request, parsed, draft=None, version=found, purpose="correction")


@for_editors
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish a version, attaching its draft to the chosen consultation first."""
    found = get_object_or_404(Version.objects.select_related("draft"), pk=version_id)
    if request.method == "POST":
        chosen = request.POST.get("consultation", "")
        if chosen.isdecimal():
            consultation = get_object_or_404(Consultation, pk=int(chosen))
            actions.attach_draft(found.draft_id, consultation, actor=request.user)
        actions.publish_version(found.pk, now=timezone.now(), actor=request.user)
        messages.success(request, gettext("Version %(n)d is what the public reads now.") % {"n": found.number})
    return redirect("draft_version", version_id=found.pk)
