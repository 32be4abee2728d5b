"""The site asked by itself, as a stranger would, without the network: what stands at an address of our own."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

from engage.publishing.preflight.rules.markup import parse

_KEPT_SECONDS = 60
# Answers that say that something is there, though not for strangers.
_THERE = frozenset({401, 403, 405, 429})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    html: str

    @property
    def is_there(self) -> bool:
        """Tell whether the address leads somewhere."""
        return self.status < 400 or self.status in _THERE


@lru_cache(maxsize=1)
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def ask(path: str) -> Answer:
    """Return what a stranger gets at a path of this site."""
    parts, site = urlsplit(path), urlsplit(settings.PUBLIC_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme or "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    with translation.override(translation.get_language()):
        response = _handler().get_response(WSGIRequest(environ))
        is_html = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        return Answer(response.status_code, response.content.decode(response.charset) if is_html else "")


def leads_nowhere(path: str) -> str:
    """Return "gone" for a path of this site that leads nowhere, else nothing. What is there is kept for a minute."""
    path = urlsplit(path).path
    if path.startswith(settings.STATIC_URL):
        return ""
    if path.startswith(settings.MEDIA_URL):
        return "" if default_storage.exists(unquote(path.removeprefix(settings.MEDIA_URL))) else "gone"
    key = f"preflight-there:{path[:200]}"
    if cache.get(key):
        return ""
    if not ask(path).is_there:
        return "gone"
    cache.set(key, True, _KEPT_SECONDS)
    return ""


def has_place(path: str, name: str) -> bool:
    """Tell whether the page at a path has the place that `#name` leads to; a file has any."""
    answer = ask(path)
    document = parse(answer.html)
    return document is None or name in document.ids
