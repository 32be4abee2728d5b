"""The page of topics: parse, one query or action, render."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from engage.accounts.actors import Role
from engage.desk.registry import MAILBOX, DeskPage
from engage.desk.views import frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY
from mailbox.desk import topics as room
from mailbox.desk.views import for_queue

TOPICS = DeskPage(
    code="topics",
    label=pgettext_lazy("desk", "Topics"),
    roles=(Role.OFFICER, Role.APPROVER),
    url_name="desk_topics",
    group=MAILBOX,
)


@require_safe
@for_queue
def topics(request: HttpRequest) -> HttpResponse:
    """List what letters are about, and what grows."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "topics": room.topics(request.user, now=timezone.now()),
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 200
    return render(request, "mailbox/desk/topics.html", frame(request, TOPICS) | context, status=status)


@require_POST
@for_queue
def open_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a review of the policy behind a topic."""
    if pk > LARGEST_KEY:
        raise Http404
    try:
        room.open_review(pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _page(request, refusal)
    messages.success(request, gettext("The review is planned. An editor writes its page in the Studio"))
    return redirect("desk_topics")
