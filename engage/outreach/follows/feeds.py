"""RSS 2.0, Atom and JSON Feed 1.1 of everything, and of one topic, region, group or department, in each language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.http import http_date
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from engage.outreach.follows import queries
from engage.outreach.follows.queries import Item
from engage.outreach.follows.registry import EVERYTHING, Tag
from engage.pages.translation import HTML_LANG

NEWEST = 50
# A reader that sends more remembers more than any reader should; it gets the whole feed.
HEADER_MOST = 4_096
# What XML cannot hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


FORMS: dict[str, str] = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@require_safe
def everything(request: HttpRequest, form: str) -> HttpResponse:
    """Serve all news."""
    return _serve(request, form, Tag(EVERYTHING, 0), gettext("All news"), reverse("follow"))


@require_safe
def of_thing(request: HttpRequest, kind: str, code: str, form: str) -> HttpResponse:
    """Serve the news of one thing."""
    found = queries.found_by_address(kind, code)
    if found is None:
        raise Http404
    tag, name = found
    return _serve(
        request,
        form,
        tag,
        gettext("News: %(title)s") % {"title": name.title},
        reverse("follow_thing", args=[kind, code]),
    )


def _serve(request: HttpRequest, form: str, tag: Tag, title: str, page: str) -> HttpResponse:
    if form not in FORMS:
        raise Http404
    items = queries.news(tag, limit=NEWEST)
    here = settings.PUBLIC_URL + request.path
    write: Callable[..., bytes] = _write_json if form == "json" else _write_xml
    body = write(form, items, title=_clean(title), page=settings.PUBLIC_URL + page, here=here)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    newest = max((item.event.at for item in items), default=None)
    response = HttpResponse(body, content_type=FORMS[form])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=60"
    if newest is not None:
        response.headers["Last-Modified"] = http_date(newest.timestamp())
    patch_vary_headers(response, ("Accept-Encoding",))
    if any(len(request.headers.get(name, "")) > HEADER_MOST for name in ("If-None-Match", "If-Modified-Since")):
        return response
    last = int(newest.timestamp()) if newest is not None else None
    return get_conditional_response(request, etag, last, response) or response


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _id(item: Item) -> str:
    """Return a name that stays whatever becomes of the address (RFC 4151)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"tag:{host},2026:event-{item.event.pk}"


def _write_xml(form: str, items: Sequence[Item], *, title: str, page: str, here: str) -> bytes:
    make = Atom1Feed if form == "atom" else Rss201rev2Feed
    feed = make(
        title=title,
        link=page,
        description=gettext("What opens for comments, what changes, what was decided"),
        language=HTML_LANG.get(get_language() or "", "zh-Hans"),
        feed_url=here,
        feed_guid=here,
    )
    for item in items:
        feed.add_item(
            title=_clean(item.told.headline),
            link=settings.PUBLIC_URL + item.told.path,
            description=_clean(item.told.text),
            unique_id=_id(item),
            unique_id_is_permalink=False,
            pubdate=item.event.at,
            updateddate=item.event.at,
        )
    return feed.writeString("utf-8").encode()


def _write_json(form: str, items: Sequence[Item], *, title: str, page: str, here: str) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": page,
        "feed_url": here,
        "language": HTML_LANG.get(get_language() or "", "zh-Hans"),
        "items": [
            {
                "id": _id(item),
                "url": settings.PUBLIC_URL + item.told.path,
                "title": _clean(item.told.headline),
                "content_text": _clean(item.told.text),
                "date_published": _moment(item.event.at),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
