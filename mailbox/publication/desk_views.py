"""The desk's page about what is published of a case: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from engage.accounts.actors import has_role
from engage.desk.views import frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status, registered_codes
from engage.participation.file_faults import file_fault
from engage.participation.models import Attachment
from engage.publishing import gate
from engage.publishing.redaction.marks import merged, spans
from engage.typed import LARGEST_KEY
from mailbox.desk.queue import CASES
from mailbox.desk.views import for_cases
from mailbox.desk.words import html_lang, language_name
from mailbox.models import Case
from mailbox.publication import actions, building, queries, rules
from mailbox.publication.forms import UPLOAD, CheckForm, FileForm
from mailbox.publication.gated import body
from mailbox.publication.models import Publication
from mailbox.publication.rules import Candidate
from mailbox.publication.words import LACKS, LEFT, WHY

# Refusals that are said beside a field.
BESIDE = {"mark_too_short": "more", "mark_too_long": "more", "too_many_marks": "more", "basis_missing": "basis"}


def _case(request: HttpRequest, pk: int) -> Case:
    """Return a case that the officer prepares for the public; hidden from everybody else."""
    cases = Case.objects.visible_to(request.user).select_related("submission__contact", "triage", "lead")
    case = cases.filter(pk=pk).first() if pk <= LARGEST_KEY else None
    if case is None or not actions.may_prepare(case, request.user):
        raise Http404
    return case


def _publication(request: HttpRequest, case: Case) -> Publication:
    found = queries.publication_of(case, actor=request.user)
    if found is None:
        raise Http404
    found.case = case
    return found


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    own = {"current_queue": CASES, "has_queue": has_role(request.user, *CASES.roles)}
    shared = frame(request, CASES) | own | {"lang": html_lang(context["case"].submission.language)}
    return render(request, f"mailbox/publication/desk/{template}.html", shared | context, status=status)


@require_safe
@for_cases
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is published of a case: what is taken out, its words, its files, and how far it is."""
    case = _case(request, pk)
    if queries.publication_of(case, actor=request.user) is None:
        return _begin(request, case)
    return _prepare(request, case)


def _begin(request: HttpRequest, case: Case, refusal: str = "", status: int = 200) -> HttpResponse:
    is_disclosure = rules.form_for(case.kind, case.result) == rules.DISCLOSURE
    allowed = case.may_publish and rules.is_published(case.kind)
    context = {
        "case": case,
        "is_disclosure": is_disclosure,
        "possible": case.answered_at is not None and (is_disclosure or allowed),
        "refusal": refusal,
    }
    return _page(request, "begin", context, status)


@require_POST
@for_cases
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to prepare a case."""
    case = _case(request, pk)
    try:
        actions.open_publication(pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _begin(request, case, refusal_message(refusal), refusal_status(refusal.code))
    return redirect("desk_case_publish", pk)


def _offered(case: Case, publication: Publication) -> list[Candidate]:
    """Return what was marked, and what was found in question and answer since."""
    kept = [Candidate(one["value"], one["why"], one["basis"], one["on"]) for one in publication.marks]
    found = building.candidates(case, building.source_of(case), beside=building.file_texts(publication))
    return rules.each_once([*kept, *found])


def _prepare(
    request: HttpRequest,
    case: Case,
    *,
    form: CheckForm | None = None,
    file_form: FileForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    publication = _publication(request, case)
    source = building.source_of(case)
    offered, read = _offered(case, publication), [*source.texts, *building.file_texts(publication)]
    form = form or CheckForm(publication=publication, offered=offered)
    built = building.build(publication)
    marks = building.marks_of(publication)
    is_out_already = publication.is_public and publication.content_hash == built.hash
    address = reverse("release_hand_in", args=[publication.form, publication.pk])
    context = {
        "case": case,
        "publication": publication,
        "is_disclosure": publication.form == rules.DISCLOSURE,
        "texts": [
            (label, [_pieces(line, marks) for line in text.splitlines() if line.strip()])
            for label, text in (
                (gettext("Title"), source.title),
                (gettext("Question"), source.question),
                (gettext("Answer"), source.answer),
                (gettext("Basis"), "\n".join(source.basis)),
            )
            if text
        ],
        "form": form,
        "offered": [(one, WHY[one.why], form.is_out(one), building.times_in(read, one.value)) for one in offered],
        "lacks": [*(str(LACKS[code]) for code in built.lacks), *(str(LEFT) % {"words": one} for one in built.left)],
        "letters": built.content["letters"],
        "files": list(publication.files.filter(removed_at=None).select_related("redaction")),
        "file_form": file_form or FileForm(publication=publication, files=_attachments(request, case)),
        "release": gate.standing_of(publication.form, publication),
        "hand_in": "" if built.lacks or built.left or is_out_already else address,
        "now": timezone.now(),
        "previews": [(code, language_name(code)) for code, _name in settings.LANGUAGES],
        "public_url": reverse(queries.PAGES[publication.form], args=[publication.pk]) if publication.is_public else "",
        "refusal": refusal,
    }
    return _page(request, "prepare", context, status)


def _pieces(text: str, marks: list[Any]) -> list[tuple[str, bool]]:
    """Cut a line where something is taken out: (words, whether they go)."""
    pieces, done = [], 0
    for span in merged(spans(text, marks)):
        pieces += [(text[done : span.start], False), (text[span.start : span.end], True)]
        done = span.end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _attachments(request: HttpRequest, case: Case) -> list[Attachment]:
    return list(Attachment.objects.visible_to(request.user).filter(submission=case.pk).order_by("pk"))


@require_POST
@for_cases
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the words and what is taken out."""
    case = _case(request, pk)
    publication = _publication(request, case)
    form = CheckForm(request.POST, publication=publication, offered=_offered(case, publication))
    if not form.is_valid():
        return _prepare(request, case, form=form, status=422)
    try:
        actions.check_words(publication.pk, form.checked(), actor=request.user, now=timezone.now())
    except Refused as refusal:
        if refusal.code in BESIDE:
            form.add_error(BESIDE[refusal.code], refusal_message(refusal))
            return _prepare(request, case, form=form, status=422)
        if refusal.code == "publication_changed":
            form.data = form.data.copy()
            form.data["revision"] = str(Publication.objects.values_list("revision", flat=True).get(pk=publication.pk))
        said, status = refusal_message(refusal), refusal_status(refusal.code)
        return _prepare(request, case, form=form, refusal=said, status=status)
    messages.success(request, gettext("Kept. Look at the preview, then hand it in"))
    return redirect("desk_case_publish", pk)


# --- files ----------------------------------------------------------------------------------------------------------


@require_POST
@for_cases
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a file go along, as it is or by the redaction bench."""
    case = _case(request, pk)
    publication = _publication(request, case)
    form = FileForm(request.POST, request.FILES, publication=publication, files=_attachments(request, case))
    if not form.is_valid():
        return _prepare(request, case, file_form=form, status=422)
    given = form.cleaned_data
    to_bench = request.POST.get("do") == "bench"
    try:
        if given["source"] == UPLOAD:
            new = actions.uploaded_file(given["upload"], given["upload"].name or "", form.titles)
        else:
            new = actions.attachment_file(publication, int(given["source"]), form.titles, actor=request.user)
        row = actions.add_file(publication.pk, new, to_bench=to_bench, actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _refused_file(request, case, refusal, form)
    if row.redaction_id is not None:
        return redirect("redaction_bench", row.redaction_id)
    return redirect(reverse("desk_case_publish", args=[pk]) + "#files")


def _refused_file(request: HttpRequest, case: Case, refusal: Refused, form: FileForm | None = None) -> HttpResponse:
    known = refusal.code in registered_codes()
    said = refusal_message(refusal) if known else file_fault(refusal)
    status = refusal_status(refusal.code) if known else 422
    return _prepare(request, case, file_form=form, refusal=said, status=status)


@require_POST
@for_cases
def file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Fetch the result of the bench, or take a file out again."""
    case = _case(request, pk)
    publication = _publication(request, case)
    if file > LARGEST_KEY:
        raise Http404
    try:
        if request.POST.get("do") == "fetch":
            actions.fetch_result(publication.pk, file, actor=request.user, now=timezone.now())
        else:
            actions.remove_file(publication.pk, file, actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _refused_file(request, case, refusal)
    return redirect(reverse("desk_case_publish", args=[pk]) + "#files")


# --- looking --------------------------------------------------------------------------------------------------------


@require_safe
@for_cases
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the public page as it would go out now, in one language."""
    case = _case(request, pk)
    publication = _publication(request, case)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    content = building.build(publication).content
    with translation.override(language):
        item = queries.shown(publication, language, content=content, titles=False)
        inside = body(item, preview=True)
    context = {
        "case": case,
        "publication": publication,
        "item": item,
        "name": language_name(language),
        "page_lang": html_lang(language),
        "body": inside,
    }
    return _page(request, "preview", context)
