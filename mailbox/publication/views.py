"""The public pages of what is published of cases, and the sender's own leave: parse, one query or action, render."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits, wallet
from engage.participation.forms import clean_text
from engage.participation.rules import Window
from engage.participation.vault import blind_index
from engage.typed import LARGEST_KEY, whole_number
from mailbox.models import Case
from mailbox.publication import actions, queries, rules
from mailbox.publication.models import Publication

HELPED_WINDOWS = (Window(30, 60), Window(300, 3600))


# --- lists ----------------------------------------------------------------------------------------------------------


@require_safe
@shared_for_seconds
def replies(request: HttpRequest) -> HttpResponse:
    """List published questions and answers; search them, by topic, unit, kind and year."""
    return _list(request, rules.REPLY)


@require_safe
@shared_for_seconds
def disclosures(request: HttpRequest) -> HttpResponse:
    """List what was given out when people asked for documents and data."""
    return _list(request, rules.DISCLOSURE)


def _list(request: HttpRequest, form: str) -> HttpResponse:
    known = queries.choices(form)
    filters = queries.Filters(
        q=clean_text(request.GET.get("q", ""))[:200].strip(),
        topic=_one_of(request, "topic", known.topics),
        department=_one_of(request, "department", known.departments),
        kind=_one_of(request, "kind", known.kinds),
        year=whole_number(request.GET.get("year", "")[:4], digits=4, otherwise=0),
    )
    before = request.GET.get("before", "")[:40]
    asked = {name: value for name, value in vars(filters).items() if value}
    found = queries.listed(form, filters, language=get_language() or "", before=before)
    context = {
        "form": form,
        "found": found,
        "filters": filters,
        "choices": known,
        "here": reverse(queries.LISTS[form]),
        "narrowed": bool(asked),
        "older": urlencode(asked | {"before": found.after}) if found.after else "",
        "newest": urlencode(asked) if before else None,
    }
    return render(request, "mailbox/publication/list.html", context)


def _one_of(request: HttpRequest, name: str, known: list[tuple[str, str]]) -> str:
    given = request.GET.get(name, "")
    return given if given in dict(known) else ""


# --- one item -------------------------------------------------------------------------------------------------------


def _found(form: str, pk: int) -> Publication:
    row = queries.one_public(form, pk) if pk <= LARGEST_KEY else None
    if row is None:
        raise Http404
    return row


@require_safe
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one published question with its answer."""
    return _item(request, rules.REPLY, pk)


@require_safe
def disclosure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry of the disclosure log."""
    return _item(request, rules.DISCLOSURE, pk)


def _item(request: HttpRequest, form: str, pk: int) -> HttpResponse:
    row = _found(form, pk)
    item = queries.shown(row, get_language() or "")
    said = request.GET.get("said", "")
    context = {
        "item": item,
        "list_url": reverse(queries.LISTS[form]),
        "helped_url": reverse(f"{queries.PAGES[form]}_helped", args=[pk]),
        "ask_url": f"{reverse('write_kind', args=['enquiry'])}?{urlencode({'about': item.url})}",
        "said": said if said in ("yes", "no") else "",
    }
    return render(request, "mailbox/publication/item.html", context)


@require_POST
def reply_helped(request: HttpRequest, pk: int) -> HttpResponse:
    """Note whether a published answer helped."""
    return _helped(request, rules.REPLY, pk)


@require_POST
def disclosure_helped(request: HttpRequest, pk: int) -> HttpResponse:
    """Note whether an entry of the disclosure log helped."""
    return _helped(request, rules.DISCLOSURE, pk)


def _helped(request: HttpRequest, form: str, pk: int) -> HttpResponse:
    """Answer the same whether it counted or not: nobody learns whether somebody else pressed here today."""
    row, now = _found(form, pk), timezone.now()
    yes = request.POST.get("helped") != "no"
    address = limits.client_address(request)
    limits.check("helped", address, HELPED_WINDOWS)
    who = f"{timezone.localdate(now)} {pk} {address} {request.headers.get('User-Agent', '')[:300]}"
    actions.note_helped(row, device=blind_index("helped", who), yes=yes, now=now)
    return redirect(f"{reverse(queries.PAGES[form], args=[pk])}?said={'yes' if yes else 'no'}#helped")


@require_safe
def reply_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Give a file of a published answer, as it was let through."""
    return _file(rules.REPLY, pk, file)


@require_safe
def disclosure_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Give a document that was released, as it was let through."""
    return _file(rules.DISCLOSURE, pk, file)


def _file(form: str, pk: int, file: int) -> HttpResponseBase:
    row = queries.public_file(_found(form, pk), file) if file <= LARGEST_KEY else None
    if row is None:
        raise Http404
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


# --- the sender -----------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the sender allow that question and answer are published, or take that back."""
    holder = wallet.holder(request, reference)
    if holder is None:
        return redirect(f"{reverse('track')}?reference={reference}")
    submission, actor = holder
    case = Case.objects.visible_to(actor).select_related("submission").filter(pk=submission.pk).first()
    if case is None or not rules.asks_consent(case.kind):
        raise Http404
    context: dict[str, Any] = {"door": "track", "case": case, "public": queries.published_of(case)}
    if request.method != "POST":
        return render(request, "mailbox/publication/consent.html", context)
    choice = request.POST.get("publish", "")
    if choice not in ("yes", "no"):
        return render(request, "mailbox/publication/consent.html", context | {"missing": True}, status=422)
    try:
        actions.set_consent(case.pk, may_publish=choice == "yes", actor=actor, now=timezone.now())
    except Refused as refusal:
        context["error"] = refusal_message(refusal)
        return render(request, "mailbox/publication/consent.html", context, status=refusal_status(refusal.code))
    return redirect("submission", reference=reference)
