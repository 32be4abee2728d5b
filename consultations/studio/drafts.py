"""The Studio's draft desk: paste or upload a text, see the tree and the doubts, correct, publish."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consultations import actions
from consultations.drafts.changes import ACCEPT, REJECT
from consultations.drafts.messages import REFUSALS, doubt_message, refusal_message
from consultations.drafts.reader import MAX_BYTES, parse_file, parse_html, parse_paste, parse_text
from consultations.drafts.tree import Doubt, ParsedDraft
from consultations.models import Consultation, Draft, Version
from consultations.queries import is_answered
from consultations.rules import QUESTIONS, check_draft_name
from consultations.studio.shown import READERS, ShownDraft, Source, counts, sentences, shown, tree
from engage.errors import Refused
from engage.pages import messages as platform
from engage.studio import for_editors

LANGUAGE_NAMES = {"zh-hans": _("Chinese"), "en": _("English")}


def sentence_of(refusal: Refused) -> str:
    """Return the sentence for a refusal of the reader or of an action."""
    if refusal.code in REFUSALS:
        return refusal_message(refusal.code, refusal.values, gettext)
    return platform.refusal_message(refusal)


class Purpose(TextChoices):
    """What a text becomes; the last two are about a version and are reached from its page."""

    NEW = "new", _("The text of a new call")
    VERSION = "version", _("A new version of a text that is here already")
    ANOTHER = "another", _("Another text of a call, beside the first one")
    QUESTIONS = "questions", _("The questions of a call")
    TRANSLATION = "translation", _("The other language of a version")
    CORRECTION = "correction", _("The corrected text of a version")


CHOSEN = [choice for choice in Purpose.choices if choice[0] not in (Purpose.TRANSLATION, Purpose.CORRECTION)]
# Where a text belongs of which nothing was said.
NOWHERE: dict[str, Any] = {"version": None, "draft": None, "call": None, "name": "", "kind": Draft.Kind.TEXT}
CHANGES = [(ACCEPT, _("Accept them: the newer text")), (REJECT, _("Reject them: the older text"))]


class TargetForm(forms.Form):
    """What the text becomes and where it belongs; carried from step to step."""

    purpose = forms.ChoiceField(
        label=_("What the text becomes"),
        choices=CHOSEN,
        initial=Purpose.NEW,
        required=False,
        widget=forms.RadioSelect,
    )
    draft = forms.ModelChoiceField(
        label=_("The text it is a new version of"),
        queryset=Draft.objects.none(),
        required=False,
        empty_label=_("Choose the text"),
        help_text=_("Only for a new version"),
        error_messages={"invalid_choice": _("Choose a text of the list")},
    )
    call = forms.ModelChoiceField(
        label=_("The call it belongs to"),
        queryset=Consultation.objects.none(),
        required=False,
        empty_label=_("Choose the call"),
        help_text=_("Only for another text and for questions"),
        error_messages={"invalid_choice": _("Choose a call of the list")},
    )
    name = forms.CharField(
        label=_("Its name in addresses"),
        required=False,
        max_length=24,
        help_text=_("For another text: small Latin letters, such as schedule. It stays for good"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draft"].queryset = Draft.objects.select_related("consultation").order_by("-pk")
        # Only a call with a first text, and without an outcome, gets further ones.
        calls = Consultation.objects.filter(drafts__slug="", withdrawn_at=None).exclude(is_answered("pk"))
        self.fields["call"].queryset = calls.prefetch_related("pages__locale").distinct()

    def clean_purpose(self) -> str:
        """Take a text of which nothing was said as that of a new call."""
        return self.cleaned_data["purpose"] or Purpose.NEW

    def clean(self) -> dict[str, Any]:
        """Ask for what the purpose needs, and for nothing else."""
        given = super().clean() or {}
        purpose = given.get("purpose")
        if purpose == Purpose.VERSION and not given.get("draft") and "draft" not in self.errors:
            self.add_error("draft", _("Choose the text that this is a new version of"))
        if purpose in (Purpose.ANOTHER, Purpose.QUESTIONS):
            self._check_place(given, purpose)
        return given

    def _check_place(self, given: dict[str, Any], purpose: str) -> None:
        call = given.get("call")
        if call is None:
            if "call" not in self.errors:
                self.add_error("call", _("Choose the call that this belongs to"))
            return
        if purpose == Purpose.QUESTIONS:
            given["name"] = QUESTIONS
        elif given.get("name") == QUESTIONS:
            self.add_error("name", platform.refusal_message(Refused("draft_name_unfit", name=QUESTIONS)))
            return
        try:
            check_draft_name(given.get("name") or "", set(call.drafts.values_list("slug", flat=True)))
        except Refused as refusal:
            at = "call" if refusal.code == "questions_there" else "name"
            self.add_error(at, platform.refusal_message(refusal))


class SourceForm(forms.Form):
    """Where the text comes from: a file or the clipboard."""

    file = forms.FileField(
        label=_("File (Word, OpenDocument, text, Markdown, HTML, Akoma Ntoso)"),
        required=False,
        allow_empty_file=True,
        help_text=_("At most 10 MB. Only its text is kept."),
        widget=forms.FileInput(attrs={"accept": ".docx,.odt,.fodt,.txt,.md,.markdown,.html,.htm,.xml,.akn"}),
    )
    text = forms.CharField(
        label=_("Or paste the text"),
        required=False,
        strip=False,
        help_text=_("What is pasted from a web page or from Word keeps its headings, lists and footnotes."),
        widget=forms.Textarea(attrs={"rows": 12, "data-rich": "html"}),
    )
    html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    changes = forms.ChoiceField(
        label=_("Tracked changes in it"), choices=CHANGES, initial=ACCEPT, required=False, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Find out")), *LANGUAGE_NAMES.items()], required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        upload = given.get("file")
        if upload is None and not (given.get("text") or "").strip():
            self.add_error("file", _("Choose a file or paste the text"))
        if upload is not None and upload.size > MAX_BYTES:
            self.add_error("file", _("The file is larger than 10 MB. Split it, or save it without pictures"))
        return given

    def read(self, kind: str) -> ShownDraft:
        """Read the draft; raises Refused with the reader's codes."""
        given = self.cleaned_data
        how: dict[str, Any] = {
            "language": given["language"] or None,
            "changes": given["changes"] or ACCEPT,
            "read": READERS[Draft.Kind(kind)],
        }
        if upload := given["file"]:
            parsed = parse_file(upload.read(), name=upload.name, **how)
            return shown(parsed, kind=kind, name=upload.name)
        return shown(
            parse_html(given["html"], **how) if given["html"] else parse_paste(given["text"], **how), kind=kind
        )


def _review(request: HttpRequest, given: ShownDraft, target: dict[str, Any]) -> HttpResponse:
    """Show the tree beside the text that made it; line numbers of doubts are those of the text shown."""
    context = {
        "parsed": given.draft,
        "rows": tree(given.draft),
        "text": given.text,
        "source": given.source.sealed(),
        "counts": counts(given.draft),
        "doubts": sentences(given.draft.doubts),
        "source_doubts": sentences(given.source.doubts),
        **target,
    }
    return render(request, "consultations/studio/review.html", context)


@for_editors
def drafts(request: HttpRequest) -> HttpResponse:
    """List the drafts with their versions."""
    found = Draft.objects.prefetch_related("versions__texts", "consultation__pages__locale").order_by("-pk")
    rows = [
        {
            "name": _title(max(draft.versions.all(), key=lambda version: version.number, default=None)) or draft.name,
            "call": draft.consultation,
            "versions": [
                {"version": version, "public": version.pk == draft.published_id} for version in draft.versions.all()
            ],
            "draft": draft,
        }
        for draft in found
    ]
    return render(request, "consultations/studio/drafts.html", {"rows": rows})


def _title(version: Version | None) -> str:
    """Return a version's title in the active language, or in another; empty when there is none."""
    titles = {text.language: text.title for text in version.texts.all()} if version else {}
    return titles.get(get_language() or "") or next(iter(titles.values()), "")


@for_editors
def import_source(request: HttpRequest) -> HttpResponse:
    """First step: give the text. What cannot be read is refused with the reason; pasted text stays in the form."""
    target = _target(request)
    form = SourceForm(request.POST or None, request.FILES or None)
    where = _target_form(request, target)
    if request.method == "POST" and (where is None or where.is_valid()) & form.is_valid():
        target = _settled(target, where)
        try:
            return _review(request, form.read(target["kind"]), target)
        except Refused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "text", sentence_of(refusal))
    return _import_page(request, form, target, where)


def _import_page(
    request: HttpRequest, form: SourceForm, target: dict[str, Any], where: TargetForm | None
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "where": where, "title": _purpose(target), **target}
    return render(request, "consultations/studio/import.html", context, status=status)


def _purpose(target: dict[str, Any]) -> str:
    """Return what the page is called: it says what the text will become."""
    if target["purpose"] == Purpose.TRANSLATION:
        return gettext("Add the other language")
    if target["purpose"] == Purpose.VERSION:
        return gettext("Import a new version")
    return gettext("Import a draft")


def _target(request: HttpRequest) -> dict[str, Any]:
    """Read what the text is for: `purpose`, and the version that a translation or correction belongs to."""
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("purpose", "")
    purpose = Purpose(asked) if asked in Purpose.values else Purpose.NEW
    target: dict[str, Any] = NOWHERE | {"purpose": purpose}
    if purpose in (Purpose.TRANSLATION, Purpose.CORRECTION):
        version = _key(given.get("version", ""))
        target["version"] = get_object_or_404(Version.objects.select_related("draft"), pk=version)
        target["kind"] = target["version"].draft.kind
    return target


def _target_form(request: HttpRequest, target: dict[str, Any]) -> TargetForm | None:
    """Return the form that asks where the text belongs; None when the address has said it: a version's own."""
    if target["version"] is not None:
        return None
    if request.method == "POST":
        return TargetForm(request.POST)
    asked = {name: request.GET.get(name, "") for name in ("draft", "call", "name")}
    return TargetForm(initial={"purpose": target["purpose"], **{name: value for name, value in asked.items() if value}})


def _settled(target: dict[str, Any], where: TargetForm | None) -> dict[str, Any]:
    """Return the target with what the valid form says, and with nothing that its purpose does not need."""
    if where is None:
        return target
    given, purpose = where.cleaned_data, Purpose(where.cleaned_data["purpose"])
    settled = target | {"purpose": purpose}
    if purpose is Purpose.VERSION:
        return settled | {"draft": given["draft"], "kind": given["draft"].kind}
    if purpose in (Purpose.ANOTHER, Purpose.QUESTIONS):
        kind = Draft.Kind.QUESTIONS if purpose is Purpose.QUESTIONS else Draft.Kind.TEXT
        return settled | {"call": given["call"], "name": given["name"], "kind": kind}
    return settled


def _key(typed: str) -> int | None:
    """Read a key from an address; Python itself refuses to read numbers of some thousand digits."""
    return int(typed) if typed.isdecimal() and len(typed) < 20 else None


@for_editors
def review(request: HttpRequest) -> HttpResponse:
    """Second step: read the corrected text again, or keep it. A text that is refused goes back into the first form."""
    if request.method != "POST":
        return redirect("draft_import")
    target = _target(request)
    where = _target_form(request, target)
    text, language = request.POST.get("text", ""), request.POST.get("language", "")
    form = SourceForm({"text": text, "language": language})
    form.is_valid()
    if where is not None and not where.is_valid():
        return _import_page(request, form, target, where)
    target = _settled(target, where)
    try:
        known = language if language in LANGUAGE_NAMES else None
        parsed = parse_text(text, language=known, read=READERS[Draft.Kind(target["kind"])])
        given = shown(parsed, kind=target["kind"], source=Source.unsealed(request.POST.get("source", "")))
        if "keep" not in request.POST:
            return _review(request, given, target)
        version = _keep(request, given, target)
    except Refused as refusal:
        form.add_error("text", sentence_of(refusal))
        return _import_page(request, form, target, where)
    return redirect("draft_version", version_id=version.pk)


def _keep(request: HttpRequest, given: ShownDraft, target: dict[str, Any]) -> Version:
    parsed: ParsedDraft = replace(given.draft, doubts=given.all_doubts())
    version: Version | None = target["version"]
    if target["purpose"] == Purpose.TRANSLATION and version is not None:
        unmatched = actions.add_translation(version, parsed, actor=request.user)
        if unmatched:
            messages.warning(
                request,
                gettext("These clauses stand in one language only: %(keys)s") % {"keys": ", ".join(unmatched[:30])},
            )
        return version
    if target["purpose"] == Purpose.CORRECTION and version is not None:
        return actions.replace_text(version.pk, parsed, actor=request.user)
    place = actions.Place(target["call"], target["name"]) if target["call"] else None
    source = given.source.name
    return actions.store_draft(parsed, draft=target["draft"], place=place, source_name=source, actor=request.user)


class PublishForm(forms.Form):
    """Which call a text belongs to; asked once, for a draft that belongs to none yet."""

    consultation = forms.ModelChoiceField(
        label=_("Call"),
        queryset=Consultation.objects.none(),
        empty_label=_("Choose the call"),
        error_messages={
            "required": _("Choose the call that this text belongs to"),
            "invalid_choice": _("This call has a text already. Choose another one, or import a new version there"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["consultation"]
        chooser.queryset = Consultation.objects.filter(drafts=None).prefetch_related("pages__locale")


@for_editors
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version: its tree, what the import doubted, what can be done with it."""
    return _version_page(request, get_object_or_404(Version.objects.select_related("draft"), pk=version_id))


def _version_page(request: HttpRequest, found: Version, form: PublishForm | None = None) -> HttpResponse:
    # pages.py stands on this module.
    from consultations.studio.pages import page_states

    call = found.draft.consultation
    texts = [(text.language, LANGUAGE_NAMES[text.language]) for text in found.texts.all()]
    context = {
        "version": found,
        "title": _title(found) or found.draft.name,
        "clauses": found.clauses.prefetch_related("texts").order_by("position"),
        "languages": [name for _code, name in texts],
        "spoken": texts,
        "complete": len(texts) == len(LANGUAGE_NAMES),
        "is_public": found.draft.published_id == found.pk,
        "doubts": [(doubt["line"], doubt_message(doubt["code"], doubt["values"], gettext)) for doubt in found.doubts],
        "call": call,
        # The pages of a call are made from its first text and carry that one's title.
        "pages": page_states(call) if call and not found.draft.slug else [],
        "form": None if call or found.published_at else form or PublishForm(),
    }
    status = 422 if form is not None else 200
    return render(request, "consultations/studio/version.html", context, status=status)


@for_editors
def correct(request: HttpRequest, version_id: int) -> HttpResponse:
    """Open the text of an unpublished version for correction."""
    found = get_object_or_404(Version.objects.select_related("draft"), pk=version_id, published_at=None)
    text = get_object_or_404(found.texts.order_by("pk")[:1])
    of_file = tuple(
        Doubt(doubt["line"], doubt["code"], doubt["values"]) for doubt in found.doubts if doubt["line"] == 0
    )
    kind = found.draft.kind
    parsed = parse_text(text.source, language=text.language, read=READERS[Draft.Kind(kind)])
    given = shown(parsed, kind=kind, source=Source(found.source_name, of_file))
    return _review(request, given, NOWHERE | {"version": found, "purpose": Purpose.CORRECTION, "kind": kind})


@for_editors
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    """Lead to the release gate with the call of a version, attaching its draft to the chosen one first."""
    found = get_object_or_404(Version.objects.select_related("draft"), pk=version_id)
    if request.method != "POST" or found.published_at is not None:
        return redirect("draft_version", version_id=found.pk)
    call = found.draft.consultation
    if call is None:
        form = PublishForm(request.POST)
        if not form.is_valid():
            return _version_page(request, found, form)
        call = form.cleaned_data["consultation"]
        actions.attach_draft(found.draft_id, call, actor=request.user)
    return redirect("release_hand_in", "call", call.pk)
