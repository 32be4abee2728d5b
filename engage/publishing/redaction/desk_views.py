"""The bench of redaction: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.participation import personal_data
from engage.participation.forms import clean_text
from engage.publishing.redaction import access, actions, engine, queries, words
from engage.publishing.redaction.desk import REDACTION
from engage.publishing.redaction.forms import (
    BasisForm,
    BeginForm,
    BoxForm,
    ConfirmForm,
    FoundForm,
    MakeForm,
    WordsForm,
    refuse,
)
from engage.publishing.redaction.marks import PERSONAL, PICTURE
from engage.publishing.redaction.models import Basis, Redaction
from engage.publishing.redaction.proofs import proof_as_pdf, proof_for_reader
from engage.typed import whole_number

View = Callable[..., HttpResponse]
VIEWS = ("open", "done")


def for_redaction(view: View) -> View:
    """Let in who redacts; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if REDACTION not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"redaction/{template}.html", frame(request, REDACTION) | context, status=status)


def _one(request: HttpRequest, pk: int) -> Redaction:
    return get_object_or_404(Redaction.objects.visible_to(request.user), pk=pk)


def _revision(request: HttpRequest) -> int:
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


# --- the list -------------------------------------------------------------------------------------------------------


@require_safe
@for_redaction
def home(request: HttpRequest) -> HttpResponse:
    """List what is being redacted, or what was confirmed; take a new file."""
    return _home(request, BeginForm())


def _home(request: HttpRequest, form: forms.Form) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    context: dict[str, Any] = {
        "redactions": list(queries.listed(request.user, view)[:200]),
        "view": view,
        "form": form,
        "may_edit_bases": access.may_edit_bases(request.user),
    }
    return _page(request, "list", context, 422 if form.is_bound else 200)


@require_POST
@for_redaction
def begin(request: HttpRequest) -> HttpResponse:
    """Take a file or words in."""
    form = BeginForm(request.POST, request.FILES)
    if not form.is_valid():
        return _home(request, form)
    upload: UploadedFile | None = form.cleaned_data["file"]
    try:
        if upload is not None:
            if (upload.size or 0) > actions.MAX_BYTES:
                raise Refused("file_too_large", most=actions.MAX_BYTES // (1024 * 1024))
            content, name = upload.read(), upload.name or "file"
        else:
            content, name = form.cleaned_data["text"].encode(), "text.txt"
        redaction = actions.begin(content, name, actor=request.user, now=timezone.now())
    except Refused as refusal:
        refuse(form, refusal.code, words.sentence(refusal))
        return _home(request, form)
    return redirect("redaction_bench", redaction.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_redaction
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a document or an image of the Studio."""
    asked = clean_text(request.GET.get("q", ""))[:100]
    documents, images = queries.documents(request.user), queries.images(request.user)
    refusal: Refused | None = None
    if request.method == "POST":
        kind, _colon, number = request.POST.get("file", "").partition(":")
        take = actions.begin_with_image if kind == "image" else actions.begin_with_document
        try:
            made = take(whole_number(number, digits=9, otherwise=0), actor=request.user, now=timezone.now())
            return redirect("redaction_bench", made.pk)
        except Refused as error:
            refusal = error
    if asked:
        documents, images = documents.filter(title__icontains=asked), images.filter(title__icontains=asked)
    context: dict[str, Any] = {
        "q": asked,
        "documents": list(documents[: queries.CHOICES_SHOWN]),
        "images": list(images[: queries.CHOICES_SHOWN]),
    }
    if refusal is not None:
        context["refusal"] = words.sentence(refusal)
    return _page(request, "choose", context, words.status(refusal) if refusal else 200)


# --- the bench ------------------------------------------------------------------------------------------------------


@require_safe
@for_redaction
def bench(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file: what is marked and can be marked, or the result with its proof."""
    return _bench(request, _one(request, pk))


def _bench(
    request: HttpRequest,
    redaction: Redaction,
    *,
    bound: dict[str, forms.Form] | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    bound = bound or {}
    context: dict[str, Any] = {"redaction": redaction, "refusal": fault, "bad_form": next(iter(bound.values()), None)}
    context["can_read_original"] = bool(redaction.original)
    if redaction.state == Redaction.State.OPEN:
        return _page(request, "marking", context | _marking(request, redaction, bound), status)
    context |= {
        "proof": proof_for_reader(redaction.proof or {}),
        "pages": _result_pages(request, redaction),
        "text": _result_text(redaction),
        "confirm_form": bound.get("confirm") or ConfirmForm(),
        "uses": queries.uses(redaction) if redaction.state == Redaction.State.DONE else [],
        "may_replace": redaction.state == Redaction.State.DONE
        and not (redaction.new_document_id or redaction.new_image_id)
        and _may_replace(request, redaction),
        "source": redaction.source_document or redaction.source_image,
    }
    return _page(request, "result", context, status)


def _may_replace(request: HttpRequest, redaction: Redaction) -> bool:
    is_image = redaction.kind in queries.IMAGE_KINDS and redaction.source_document_id is None
    old = redaction.source_image if is_image else redaction.source_document
    return queries.may_replace(request.user, old, is_image=is_image)


def _marking(request: HttpRequest, redaction: Redaction, bound: dict[str, forms.Form]) -> dict[str, Any]:
    survey = queries.survey_of(redaction)
    rows = queries.rows(redaction, survey)
    personal = queries.personal(survey, personal_data.KINDS)
    shown = _shown_page(request, len(survey.sheets))
    sheet = survey.sheets[shown - 1] if survey.sheets else None
    marked_pictures = {row.row.value for row in rows if row.row.kind == PICTURE}
    return {
        "survey": survey,
        "rows": rows,
        "personal": personal,
        "personal_kinds": words.PERSONAL_KINDS,
        "inner_pictures": [
            (number, name) for number, name in enumerate(survey.pictures) if name not in marked_pictures
        ],
        "traces": survey.traces[:50],
        "n_traces": len(survey.traces),
        "sheet": sheet,
        "sheet_boxes": _boxes(survey, shown, sheet) if sheet else [],
        "page": shown,
        "pages": len(survey.sheets),
        "blind": [one.number for one in survey.sheets if not one.has_text] if redaction.kind == "pdf" else [],
        "is_drawn": redaction.kind in engine.DRAWN,
        "places": [(place, rows[place.mark].row) for place in survey.places[: queries.PLACES_SHOWN] if place.words],
        "words_form": bound.get("words") or WordsForm(prefix="w"),
        "found_form": bound.get("found") or FoundForm(choices=[], kind=PERSONAL, prefix="f"),
        "pictures_form": bound.get("pictures") or FoundForm(choices=[], kind=PICTURE, prefix="p"),
        "box_form": bound.get("box") or BoxForm(prefix="b", initial={"page": shown}),
        "make_form": bound.get("make") or MakeForm(initial={"title": redaction.title, "language": redaction.language}),
    }


def _shown_page(request: HttpRequest, pages: int) -> int:
    asked = whole_number(request.GET.get("page", "") or request.POST.get("b-page", ""), digits=5, otherwise=1)
    return min(max(asked, 1), max(pages, 1))


def _boxes(survey: engine.Survey, page: int, sheet: engine.Sheet) -> list[dict[str, str]]:
    """Return the boxes of a page in its own measure, as a drawing takes them."""
    boxes = []
    for place in survey.places:
        if place.page == page:
            for x, y, width, height in place.boxes:
                measure = {"x": x * sheet.width, "y": y * sheet.height}
                measure |= {"width": width * sheet.width, "height": height * sheet.height}
                boxes.append({name: f"{value:.1f}" for name, value in measure.items()})
    return boxes


def _result_pages(request: HttpRequest, redaction: Redaction) -> list[int]:
    if redaction.kind not in engine.DRAWN:
        return []
    pages = len(redaction.survey.get("sheets", [])) or 1
    return list(range(1, pages + 1))


def _result_text(redaction: Redaction) -> str:
    """Return the words of a short text that was redacted; files are downloaded."""
    if redaction.kind != "text" or not redaction.result:
        return ""
    return actions.check_result(redaction).decode("utf-8")[:20_000]


def _mark(request: HttpRequest, pk: int, name: str, form: forms.Form) -> HttpResponse:
    """Add the marks of a form; a fault is said on the bench."""
    redaction = _one(request, pk)
    if not form.is_valid():
        return _bench(request, redaction, bound={name: form}, status=422)
    try:
        actions.add_marks(pk, form.marks, revision=_revision(request), actor=request.user)  # type: ignore[attr-defined]
    except Refused as refusal:
        if words.status(refusal) != 422:
            redaction.refresh_from_db()
            return _bench(
                request, redaction, bound={name: form}, fault=words.sentence(refusal), status=words.status(refusal)
            )
        refuse(form, refusal.code, words.sentence(refusal))
        return _bench(request, redaction, bound={name: form}, status=422)
    page = f"?page={form.cleaned_data['page']}" if name == "box" else ""
    return redirect(f"{reverse('redaction_bench', args=[pk])}{page}#marks")


@require_POST
@for_redaction
def mark_words(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark words."""
    return _mark(request, pk, "words", WordsForm(request.POST, prefix="w"))


@require_POST
@for_redaction
def found(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark personal data that was found."""
    survey = queries.survey_of(_one(request, pk))
    choices = [one.words for one in queries.personal(survey, personal_data.KINDS)]
    return _mark(request, pk, "found", FoundForm(request.POST, choices=choices, kind=PERSONAL, prefix="f"))


@require_POST
@for_redaction
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark pictures inside an office file."""
    survey = queries.survey_of(_one(request, pk))
    form = FoundForm(request.POST, choices=survey.pictures, kind=PICTURE, prefix="p")
    return _mark(request, pk, "pictures", form)


@require_POST
@for_redaction
def box(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a part of a page."""
    if _one(request, pk).kind not in engine.DRAWN:
        raise Http404
    return _mark(request, pk, "box", BoxForm(request.POST, prefix="b"))


def _change(request: HttpRequest, pk: int, change: Callable[[], object]) -> HttpResponse:
    redaction = _one(request, pk)
    try:
        change()
    except Refused as refusal:
        redaction.refresh_from_db()
        return _bench(request, redaction, fault=words.sentence(refusal), status=words.status(refusal))
    return redirect("redaction_bench", pk)


@require_POST
@for_redaction
def unmark(request: HttpRequest, pk: int, mark: int) -> HttpResponse:
    """Take a mark back."""
    return _change(request, pk, lambda: actions.remove_mark(pk, mark, revision=_revision(request), actor=request.user))


@require_POST
@for_redaction
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the result."""
    form = MakeForm(request.POST)
    if not form.is_valid():
        return _bench(request, _one(request, pk), bound={"make": form}, status=422)
    return _change(
        request,
        pk,
        lambda: actions.make(
            pk, **form.cleaned_data, revision=_revision(request), actor=request.user, now=timezone.now()
        ),
    )


@require_POST
@for_redaction
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the result away and go on marking."""
    return _change(request, pk, lambda: actions.reopen(pk, revision=_revision(request), actor=request.user))


@require_POST
@for_redaction
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the result stand."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _bench(request, _one(request, pk), bound={"confirm": form}, status=422)
    days = form.cleaned_data["keep_days"]
    return _change(
        request,
        pk,
        lambda: actions.confirm(
            pk, keep_days=days, revision=_revision(request), actor=request.user, now=timezone.now()
        ),
    )


@require_POST
@for_redaction
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the result into the Studio in place of the file it was made of."""
    return _change(request, pk, lambda: actions.replace(pk, actor=request.user, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@for_redaction
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then throw a redaction away that was never confirmed."""
    redaction = _one(request, pk)
    if redaction.state == Redaction.State.DONE:
        raise Http404
    if request.method == "POST":
        try:
            actions.discard(pk, revision=_revision(request), actor=request.user)
        except Refused as refusal:
            context = {"redaction": redaction, "refusal": words.sentence(refusal)}
            return _page(request, "discard", context, words.status(refusal))
        return redirect("redaction_desk")
    return _page(request, "discard", {"redaction": redaction})


# --- files ----------------------------------------------------------------------------------------------------------


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(content: bytes, name: str, page: int) -> HttpResponse:
    try:
        picture = engine.page_picture(content, name, page)
    except Refused as refusal:
        raise Http404 from refusal
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@for_redaction
def page_picture(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """Draw a page of the original, for who marks it."""
    redaction = _one(request, pk)
    if redaction.state != Redaction.State.OPEN or not redaction.original:
        raise Http404
    return _drawn(queries.original_of(redaction), redaction.name, page)


@require_safe
@for_redaction
def inner_picture(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Draw a picture inside an office file, for who marks it."""
    redaction = _one(request, pk)
    names = queries.survey_of(redaction).pictures
    if redaction.state != Redaction.State.OPEN or number >= len(names):
        raise Http404
    content, name = queries.inner_picture(redaction, names[number])
    return _drawn(content, name, 1)


@require_safe
@for_redaction
def result_picture(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """Draw a page of the result."""
    redaction = _one(request, pk)
    if not redaction.result:
        raise Http404
    return _drawn(actions.check_result(redaction), redaction.result_name, page)


@require_safe
@for_redaction
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the result."""
    redaction = _one(request, pk)
    if not redaction.result:
        raise Http404
    return _file(actions.check_result(redaction), redaction.result_name, "application/octet-stream")


@require_POST
@for_redaction
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the original; a button and no link, because it is written down."""
    try:
        name, content = actions.read_original(pk, actor=request.user)
    except Refused as refusal:
        raise Http404 from refusal
    return _file(content, name, "application/octet-stream")


@require_safe
@for_redaction
def proof_json(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the proof for programs."""
    redaction = _one(request, pk)
    if redaction.proof is None:
        raise Http404
    response = JsonResponse(redaction.proof, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = content_disposition_header(True, f"proof-{pk}.json") or "attachment"
    return response


@require_safe
@for_redaction
def proof_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the proof for people."""
    redaction = _one(request, pk)
    if redaction.proof is None:
        raise Http404
    return _file(proof_as_pdf(redaction), f"proof-{pk}.pdf", "application/pdf")


# --- bases ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_redaction
def bases(request: HttpRequest) -> HttpResponse:
    """List the legal bases; reviewers of law add one."""
    if not access.may_edit_bases(request.user):
        raise Http404
    form = BasisForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = Basis.objects.count() + 1
        actions.save_basis(f"own-{number}", form.cleaned_data, actor=request.user)
        return redirect("redaction_bases")
    context = {"all": list(Basis.objects.all()), "form": form}
    return _page(request, "bases", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_redaction
def basis(request: HttpRequest, code: str) -> HttpResponse:
    """Change a legal basis."""
    if not access.may_edit_bases(request.user):
        raise Http404
    known = get_object_or_404(Basis, code=code)
    form = BasisForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        actions.save_basis(code, form.cleaned_data, actor=request.user)
        return redirect("redaction_bases")
    return _page(request, "basis", {"basis": known, "form": form}, 422 if form.is_bound else 200)
