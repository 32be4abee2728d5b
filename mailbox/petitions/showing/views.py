"""The public pages of petitions and their data: parse, one query, render."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from engage.outreach.follows.registry import Tag
from engage.outreach.follows.views import follow_one
from engage.pages.caching import shared_for_seconds
from engage.pages.framing import LINKS, let_any_frame, snippet
from engage.participation.forms import clean_text
from engage.participation.queries import about_options
from engage.spreadsheets import csv_stream
from engage.typed import LARGEST_KEY
from mailbox.petitions.models import Petition
from mailbox.petitions.queries import showing as queries
from mailbox.petitions.queries.moderation import delay
from mailbox.petitions.queries.settings import rules as site_rules
from mailbox.petitions.showing import posters, rules, words
from mailbox.petitions.showing.following import FOLLOWED

# Both together with the roll-up stay below the five seconds in which a signature must show.
COUNT_KEPT_SECONDS = 1
COUNT_MAX_AGE = 3
# A frame on a site that many read; what is hidden meanwhile is gone from there within the minute.
EMBED_KEPT_SECONDS = 3
EMBED_MAX_AGE = 30
EMBED_HEIGHT = 600
ETAGS_MOST = 1_000


# --- lists ----------------------------------------------------------------------------------------------------------


@require_safe
@shared_for_seconds
def petitions(request: HttpRequest) -> HttpResponse:
    """List petitions: one of seven lists, narrowed by region and words, in an order; all of it in the address."""
    filters, after = asked(request)
    found = queries.listed(filters, after=after)
    named = _address(filters)
    context = {
        "door": "petitions",
        "delay": delay(),
        "found": found,
        "filters": filters,
        "tabs": _tabs(filters),
        "regions": about_options("region"),
        "sorts": [(code, words.SORTS[code]) for code in rules.SORTS],
        "can_sort": filters.state != "rejected",
        "narrowed": bool(filters.region or filters.q),
        "next": urlencode(named | {"after": found.after}) if found.after else "",
        "first": urlencode(named) if after else None,
        "data": urlencode(_address(filters)),
        "here": reverse("petitions"),
        "everything": urlencode(_address(queries.Filters(state=filters.state, sort=filters.sort))),
    }
    return render(request, "petitions/list.html", context)


def asked(request: HttpRequest) -> tuple[queries.Filters, str]:
    """Return what a list is asked for; what is not known asks for nothing."""
    return filters_of(request.GET.get), request.GET.get("after", "")[:80]


def filters_of(typed: Any) -> queries.Filters:
    """Return the filters in an address; `typed(name, "")` gives what stands there."""
    state = typed("state", "")
    state = state if state in rules.LISTS else "open"
    sort = typed("sort", "")
    region = typed("region", "")
    return queries.Filters(
        state=state,
        region=region if region in dict(about_options("region")) else "",
        q=clean_text(typed("q", "")[:200]).strip(),
        sort=sort if sort in rules.SORTS else "trending" if state == "open" else "newest",
    )


def _address(filters: queries.Filters) -> dict[str, str]:
    return {name: value for name, value in vars(filters).items() if value}


def _tabs(filters: queries.Filters) -> list[tuple[str, Any, int, str]]:
    counts = queries.overview()
    kept = {name: value for name, value in (("region", filters.region), ("q", filters.q)) if value}
    return [(code, words.LISTS[code], counts[code], urlencode({"state": code} | kept)) for code in rules.LISTS]


@require_safe
def list_json(request: HttpRequest) -> JsonResponse:
    """Give the page of a list that the same address shows, as JSON."""
    filters, after = asked(request)
    found = queries.listed(filters, after=after)
    data = {"count": found.total, "petitions": [queries.row_data(row) for row in found.items], "next": found.after}
    return _json(data)


@require_safe
def list_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give a whole list as a table."""
    filters = filters_of(request.GET.get)
    language = get_language() or settings.LANGUAGE_CODE
    cells = ([row[name] for name in queries.COLUMNS] for row in queries.all_rows(filters, language))
    return StreamingHttpResponse(
        csv_stream(queries.COLUMNS, cells),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": _named(f"petitions-{filters.state}.csv"), "Cache-Control": "private, no-cache"},
    )


# --- one petition ---------------------------------------------------------------------------------------------------


def _found(pk: int) -> Petition:
    petition = queries.one_public(pk) if pk <= LARGEST_KEY else None
    if petition is None:
        raise Http404
    return petition


@require_safe
@shared_for_seconds
def petition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one petition with its count, curve, map and story."""
    shown = queries.detail(_found(pk), today=timezone.localdate())
    row, site = shown.row, site_rules()
    address = settings.PUBLIC_URL + row.url
    context = {
        "door": "petitions",
        "shown": shown,
        "row": row,
        "petition": shown.petition,
        "merged_into": queries.merged_into(shown.petition),
        "signed": words.progress(row.signatures, None),
        "progress": words.progress(row.signatures, row.goal),
        "bar_most": row.goal.number if row.goal else max(row.signatures, 1),
        "paused": site.signing_paused,
        "pause": site.pause,
        "address": address,
        "mail": f"mailto:?subject={quote(row.title)}&body={quote(address)}",
        "steps": queries.steps(shown),
        "snippet": _snippet(row) if row.opened_at else "",
    }
    return render(request, "petitions/petition.html", context)


def _snippet(row: queries.Row) -> str:
    return snippet(reverse("petition_embed", args=[row.pk]), row.title, height=EMBED_HEIGHT, sandbox=LINKS)


@require_safe
def petition_json(request: HttpRequest, pk: int) -> JsonResponse:
    """Give one petition as JSON: what its page shows, counts only."""
    return _json(queries.detail_data(queries.detail(_found(pk), today=timezone.localdate())))


@require_safe
def petition_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Give the counts of one petition as a table."""
    shown = queries.detail(_found(pk), today=timezone.localdate())
    return StreamingHttpResponse(
        csv_stream(queries.DETAIL_COLUMNS, list(queries.detail_table(shown))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": _named(f"petition-{pk}.csv"), "Cache-Control": "private, no-cache"},
    )


@require_safe
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the live count: no session, no query while it is kept, nothing again for who has it already."""
    language = get_language() or ""
    key = f"petition-count:{pk}:{language}"
    kept = cache.get(key) if pk <= LARGEST_KEY else None
    if kept is None:
        data = queries.count_data(pk) if pk <= LARGEST_KEY else None
        if data is None:
            raise Http404
        body = JsonResponse(data, json_dumps_params={"ensure_ascii": False}).content
        kept = (body, f'"{sha256(body).hexdigest()[:20]}"')
        cache.set(key, kept, COUNT_KEPT_SECONDS)
    return _kept(request, *kept, max_age=COUNT_MAX_AGE, content_type="application/json")


def _kept(request: HttpRequest, body: bytes, etag: str, *, max_age: int, content_type: str) -> HttpResponse:
    """Answer with what is kept for everybody; nothing again for who has it already."""
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={max_age}"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")[:ETAGS_MOST]):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=content_type, headers=headers)


@require_safe
def embed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a petition small, in a frame of any other site: title, count, what is missing, the way to sign here.

    No form, no script, no cookie: nothing can be pressed in it but links that leave the frame.
    """
    key = f"petition-embed:{pk}:{get_language()}"
    kept = cache.get(key) if pk <= LARGEST_KEY else None
    if kept is None:
        found = _found(pk)
        if found.opened_at is None:
            raise Http404
        row = queries.row_of(found)
        # Without the request: what the page needs of it would be the reader's own.
        context = {"row": row, "progress": words.progress(row.signatures, row.goal)}
        body = render_to_string("petitions/embed.html", context).encode()
        kept = (body, f'"{sha256(body).hexdigest()[:20]}"')
        cache.set(key, kept, EMBED_KEPT_SECONDS)
    return let_any_frame(_kept(request, *kept, max_age=EMBED_MAX_AGE, content_type="text/html; charset=utf-8"))


@require_safe
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a poster with the QR code of a petition, to print and hang."""
    row = queries.row_of(_found(pk))
    headers = {"Content-Disposition": _named(f"petition-{pk}.pdf"), "Cache-Control": "private, no-cache"}
    return HttpResponse(posters.poster(row), content_type="application/pdf", headers=headers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address that wants to follow one petition."""
    row = queries.row_of(_found(pk))
    feeds = [(name, reverse("follow_thing_feed", args=[FOLLOWED, pk, form])) for name, form in words.FEEDS]
    return follow_one(
        request,
        Tag(FOLLOWED, pk),
        title=row.title,
        crumbs=[(gettext("Petitions"), reverse("petitions")), (row.title, row.url)],
        back=(row.url, gettext("Back to the petition")),
        feeds=feeds,
    )


def _json(data: dict[str, Any]) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "private, no-cache"})


def _named(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
