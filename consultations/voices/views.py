"""Pages around comments: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations import queries as calls
from consultations.models import Comment
from consultations.views import Reading, page_context, reading_of
from consultations.voices import actions, device, queries
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.rules import Window

# Per address: enough for a family or an office, too little for a program.
PRESS_WINDOWS = (Window(30, 60), Window(300, 24 * 3600))


def _public(request: HttpRequest, slug: str, comment_id: int) -> tuple[Reading, Comment]:
    reading = reading_of(request, slug)
    found = calls.public_comment(comment_id)
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
