"""Whole public pages kept for a few seconds for readers who have nothing of their own on them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


def is_shared(request: HttpRequest) -> bool:
    """Tell whether the page looks the same for this reader as for every stranger: without session no basket."""
    return request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES


def shared_for_seconds(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Cache a page for strangers for PAGE_CACHE_SECONDS (under 5, so a publication, a count or a close shows in time).

    Only plain 200 pages without cookies are kept; the key is the whole address, which carries the language. They are
    kept compressed: a long draft would else be compressed anew for each reader. On a page for strangers there is no
    secret that its length could tell (BREACH).
    """

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_shared(request) or len(request.get_full_path()) > 300:
            return view(request, *args, **kwargs)
        key = f"page:{request.get_host()}:{request.get_full_path()}"
        kept = cache.get(key)
        if kept is not None:
            return _kept_page(kept, request)
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.streaming and not response.cookies:
            kept = gzip.compress(response.content, 6, mtime=0)
            cache.set(key, kept, settings.PAGE_CACHE_SECONDS)
            return _kept_page(kept, request)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return cached


def _kept_page(compressed: bytes, request: HttpRequest) -> HttpResponse:
    response = HttpResponse(headers={"Cache-Control": "private, no-cache"})
    patch_vary_headers(response, ("Accept-Encoding",))
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.content = compressed
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = gzip.decompress(compressed)
    return response
