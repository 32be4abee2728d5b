"""The public pages of the press room: parse, one query or action, render."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from engage.errors import Refused
from engage.outreach.press import actions, packs, queries
from engage.outreach.press.forms import JoinForm
from engage.outreach.press.models import Edition, Material, Release
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.models import Topic
from engage.participation import limits
from engage.participation.rules import Window
from engage.participation.vault import normalised_email
from engage.typed import whole_number

ADDRESS_WINDOWS = (Window(10, 3600),)
CONTACT_WINDOWS = (Window(3, 24 * 3600),)


@require_safe
@shared_for_seconds
def press(request: HttpRequest) -> HttpResponse:
    """List releases and signed articles, newest first, by kind, department, topic and year."""
    now = timezone.now()
    departments = queries.departments_with_news(now)
    topics, years = list(Topic.objects.all()), queries.years(now)
    kinds = [*Release.Kind.choices, (queries.ARTICLE, gettext("signed article"))]
    filters = queries.Filters(
        kind=_one_of(request, "kind", [code for code, _label in kinds]),
        department=_one_of(request, "department", [row.code for row in departments]),
        topic=_one_of(request, "topic", [row.code for row in topics]),
        year=whole_number(_one_of(request, "year", [str(year) for year in years]), digits=4, otherwise=0),
    )
    context = {
        "found": queries.items(filters, page=request.GET.get("page", "")[:9], actor=request.user, now=now),
        "filters": filters,
        "kinds": kinds,
        "departments": departments,
        "topics": topics,
        "years": years,
        "query": _query(request),
    }
    return render(request, "press/press.html", context)


def _one_of(request: HttpRequest, name: str, known: list[str]) -> str:
    given = request.GET.get(name, "")
    return given if given in known else ""


def _query(request: HttpRequest) -> str:
    """Return the rest of the query string for the links between pages."""
    given = request.GET.copy()
    given.pop("page", None)
    encoded = given.urlencode()
    return f"&{encoded}" if encoded else ""


def _found(request: HttpRequest, slug: str, now: datetime, what: str) -> Edition:
    """Return a release the reader may see; reading it before its minute goes on record."""
    row = queries.edition(slug, actor=request.user, now=now)
    if row is None:
        raise Http404
    if row.public_from > now:
        actions.note_early_read(row, what, actor=request.user)
    return row


@require_safe
@shared_for_seconds
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a release."""
    now = timezone.now()
    row = _found(request, slug, now, "page")
    return render(request, "press/release.html", {"shown": queries.shown(row, now), "slug": slug})


@require_safe
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the press everything in one file: the text in both languages, pictures in full size, documents."""
    row = _found(request, slug, timezone.now(), "pack")
    wanted = [entry["id"] for entry in row.content["files"]]
    files = {}
    for material in Material.objects.filter(pk__in=wanted, release=row.release_id):
        with material.file.open("rb") as stored:
            files[material.pk] = stored.read()
    response = HttpResponse(packs.zipped(row.content, files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def file(request: HttpRequest, slug: str, key: int) -> HttpResponseBase:
    """Give one file of a release as it was let through."""
    _edition, row = _material(request, slug, key, f"file {key}")
    return _stream(row.file, row.media_type, row.name, attachment=True)


@require_safe
def picture(request: HttpRequest, slug: str, key: int) -> HttpResponseBase:
    """Show one picture of a release in the size of the page."""
    _edition, row = _material(request, slug, key, f"picture {key}")
    if not row.small:
        raise Http404
    return _stream(row.small, row.media_type, row.name, attachment=False)


def _material(request: HttpRequest, slug: str, key: int, what: str) -> tuple[Edition, Material]:
    now = timezone.now()
    found = queries.material(slug, key, actor=request.user, now=now)
    if found is None:
        raise Http404
    if found[0].public_from > now:
        actions.note_early_read(found[0], what, actor=request.user)
    return found


def _stream(stored: File, media_type: str, name: str, *, attachment: bool) -> HttpResponseBase:
    response = FileResponse(stored.open("rb"), as_attachment=attachment, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@shared_for_seconds
def departments(request: HttpRequest) -> HttpResponse:
    """List the sections of the departments."""
    context = {"sections": queries.section_pages(get_language() or "")}
    return render(request, "press/departments.html", context)


# --- the media list -------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Take an address for the media list; the answer is the same whether it is on it already or not."""
    form = JoinForm(request.POST if request.method == "POST" else None, initial={"language": get_language()})
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            limits.check("media-from", limits.client_address(request), ADDRESS_WINDOWS)
        except Refused as refusal:
            context["error"] = refusal_message(refusal)
            return render(request, "press/join.html", context, status=refusal_status(refusal.code))
        address = normalised_email(given["email"])
        # One address gets few letters a day that it did not confirm, whoever asks and wherever from.
        if not limits.peek("media-for", address, CONTACT_WINDOWS):
            limits.count("media-for", address, CONTACT_WINDOWS)
            actions.ask_to_join(**given, now=timezone.now(), actor=request.user)
        return render(request, "press/join_sent.html", {"email": given["email"]})
    return render(request, "press/join.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then let the address count."""
    found = actions.contact_by(signed)
    if found is None:
        return _over(request)
    done = request.method == "POST"
    if done:
        actions.confirm_contact(found.pk, now=timezone.now(), actor=request.user)
    return render(request, "press/join_confirm.html", {"done": done, "signed": signed})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button, then forget the address."""
    found = actions.contact_by(signed)
    if found is None:
        return _over(request)
    done = request.method == "POST"
    if done:
        actions.end_contact(found.pk, actor=request.user)
    return render(request, "press/join_leave.html", {"done": done})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave_at_once(request: HttpRequest, signed: str) -> HttpResponse:
    """Take an address off when a mail program posts here (RFC 8058): without a cookie, a page or a second question.

    The signed link is the right to do it; opened by hand it leads to the button. Again, it says the same.
    """
    if request.method != "POST":
        return redirect("media_leave", signed)
    if request.POST.get("List-Unsubscribe") != "One-Click" or not actions.is_signed(signed):
        return _over(request)
    found = actions.contact_by(signed)
    if found is not None:
        actions.end_contact(found.pk, actor=request.user)
    return HttpResponse(gettext("The letters stop"), content_type="text/plain; charset=utf-8")


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "press/join_over.html", status=410)
