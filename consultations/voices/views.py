"""Pages around comments: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import basket
from consultations import queries as calls
from consultations.models import Comment
from consultations.views import Reading, page_context, reading_of
from consultations.voices import actions, device, files, queries, translations
from consultations.voices.forms import ReportForm, TranslationForm
from consultations.voices.rules import FILES_MOST
from engage.accounts.actors import Role, has_role
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.file_faults import file_fault
from engage.participation.rules import Window
from engage.typed import whole_number

# Per address: enough for a family or an office, too little for a program.
PRESS_WINDOWS = (Window(30, 60), Window(300, 24 * 3600))
REPORT_WINDOWS = (Window(5, 60), Window(30, 24 * 3600))
UPLOAD_WINDOWS = (Window(20, 60), Window(100, 3600))


def _public(request: HttpRequest, slug: str, comment_id: int) -> tuple[Reading, Comment]:
    found = calls.public_comment(comment_id)
    clause = found.clause.key if found and found.clause else ""
    reading = reading_of(request, slug, clause=clause, with_sources=True)
    if found is None or found.consultation_id != reading.call.consultation.pk:
        raise Http404
    return reading, found


def _page(reading: Reading, comment: Comment, **more: Any) -> dict[str, Any]:
    return page_context(reading, comment=calls.present([comment], reading.text)[0], **more)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, slug: str, comment_id: int) -> HttpResponse:
    """Agree with a comment, or take it back on the same day."""
    reading, comment = _public(request, slug, comment_id)
    mark, now = device.read(request), timezone.now()
    own = device.holds_receipt(request, comment.submission.reference)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            limits.check("agree", limits.client_address(request), PRESS_WINDOWS)
            if request.POST.get("do") == "take_back":
                actions.take_agreement_back(comment.pk, device=mark, now=now)
            else:
                actions.agree(comment.pk, device=mark, own=own, now=now)
            return redirect("comment_agree", slug=slug, comment_id=comment_id)
        except Refused as refused:
            refusal = refused
    context = _page(
        reading,
        comment,
        own=own,
        agreed=queries.agreed(comment, mark, timezone.localdate(now)),
        error=refusal_message(refusal) if refusal else "",
    )
    response = render(request, "voices/agree.html", context, status=refusal_status(refusal.code) if refusal else 200)
    device.ensure(request, response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str, comment_id: int) -> HttpResponse:
    """Tell the moderators what is wrong with a comment."""
    reading, comment = _public(request, slug, comment_id)
    mark = device.read(request)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            limits.check("report", limits.client_address(request), REPORT_WINDOWS)
            actions.report(comment.pk, **form.cleaned_data, device=mark, now=timezone.now())
            return redirect("comment_report", slug=slug, comment_id=comment_id)
        except Refused as refusal:
            status, error = refusal_status(refusal.code), refusal_message(refusal)
    context = _page(reading, comment, form=form, error=error, reported=queries.has_reported(comment, mark))
    response = render(request, "voices/report.html", context, status=status)
    device.ensure(request, response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item_files(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Add files to a comment that is not sent yet, or remove one."""
    reading = reading_of(request, slug)
    kept = basket.read(request, slug)
    if kept is None or kept.item(item) is None:
        return redirect("basket", slug=slug)
    error, status = "", 200
    if request.method == "POST":
        try:
            _change_files(request, kept.digest, item)
            return redirect("item_files", slug=slug, item=item)
        except Refused as refusal:
            known = refusal.code in ("files_full", "file_missing", "too_many")
            error = refusal_message(refusal) if known else file_fault(refusal)
            status = refusal_status(refusal.code) if known else 422
    context = page_context(reading, item=kept.item(item), files=files.held(kept.digest).get(item, []), error=error)
    return render(request, "voices/files.html", context | {"most": FILES_MOST}, status=status)


def _change_files(request: HttpRequest, digest: str, item: str) -> None:
    removed = request.POST.get("remove", "")
    if removed:
        number = whole_number(removed, digits=18, otherwise=None)
        if number is not None:
            files.drop(digest, item, number)
        return
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        raise Refused("file_missing")
    limits.check("upload", limits.client_address(request), UPLOAD_WINDOWS)
    files.hold(digest, item, upload.file, upload.name or "", now=timezone.now())


@never_cache
@require_safe
def comment_file(request: HttpRequest, slug: str, comment_id: int, file_id: int) -> FileResponse:
    """Serve a file that was sent with a comment: to everybody when it is published, to staff before."""
    found = files.readable(request.user).filter(comment=comment_id, comment__consultation__slug=slug)
    stored = get_object_or_404(found, pk=file_id).attachment
    return FileResponse(
        stored.file.open("rb"),
        as_attachment=True,
        filename=stored.name,
        headers={"Content-Type": stored.media_type, "Content-Security-Policy": "sandbox; default-src 'none'"},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, slug: str, comment_id: int) -> HttpResponse:
    """Put a translation beside a comment; for everybody but editors there is no such page."""
    if not has_role(request.user, Role.EDITOR):
        raise Http404
    reading, comment = _public(request, slug, comment_id)
    known = comment.translations.first()
    initial = {"language": known.language, "text": known.text} if known else {}
    form = TranslationForm(request.POST if request.method == "POST" else None, own=comment.language, initial=initial)
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            translations.translate(comment.pk, **form.cleaned_data, now=timezone.now(), actor=request.user)
            return redirect("comment", slug=slug, comment_id=comment_id)
        except Refused as refusal:
            status, error = refusal_status(refusal.code), refusal_message(refusal)
    return render(request, "voices/translate.html", _page(reading, comment, form=form, error=error), status=status)
