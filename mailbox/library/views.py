"""The library at the desk: searched, and what is out of date taken out of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from engage.desk.rules import clean_search
from engage.desk.views import frame
from engage.errors import Refused
from engage.typed import LARGEST_KEY
from mailbox.desk.views import for_cases
from mailbox.desk.words import html_lang
from mailbox.letterbox import queries as letterbox
from mailbox.library import actions, queries
from mailbox.library.models import LibraryItem
from mailbox.library.pages import LIBRARY


@require_safe
@for_cases
def home(request: HttpRequest) -> HttpResponse:
    """List what the library has of some words, the newest first."""
    text = clean_search(request.GET.get("q", ""))
    items = list(queries.found(request.user, text)[: queries.SHOWN_MOST])
    retired = actions.retirable(items, request.user)
    shown = [(one, html_lang(one.language), one.pk in retired) for one in items]
    enough = [] if text else letterbox.answers_that_were_enough(request.user, now=timezone.now())
    context = {"q": text, "items": shown, "enough": [(one, html_lang(one.language)) for one in enough]}
    return render(request, "mailbox/library/list.html", frame(request, LIBRARY) | context)


@require_POST
@for_cases
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a case out of the library."""
    try:
        actions.retire_item(pk if pk <= LARGEST_KEY else 0, actor=request.user, now=timezone.now())
    except (LibraryItem.DoesNotExist, Refused):
        raise Http404 from None
    messages.success(request, gettext("It is taken out of the library"))
    return redirect("desk_library")
