"""A short way for the few POSTs that come by the thousand a second: answered before Django's middleware.

A room registers a pattern of addresses and a handler. The handler answers what is in perfect order; on any doubt, here
or there, the request goes the ordinary way, where the view does and says everything. So nothing is refused here, and
what the short way does must be what the view would have done (tests compare them answer by answer).

What the middleware would have done is done or asked for here: the host is one of ours, the connection as secure as it
has to be, the body small, the form from one of our own pages (Origin, Sec-Fetch-Site, and the token of the cookie where
the view asks for it), and the headers are those that the site's own middleware puts on an answer. Who has a session
goes the ordinary way: it may be that of a practice site.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.csrf import InvalidTokenFormat, _check_token_format, _does_token_match  # type: ignore[attr-defined]
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string

from engage.errors import Refused
from engage.participation import limits

BODY_MOST = 8 * 1024
FIELDS_MOST = 20
_FORM = ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8")
_OURS = (None, "same-origin")
# As many threads as may wait for one commit where the server has none of its own.
_THREADS = 32


@dataclass(frozen=True, slots=True)
class Post:
    """A form that was posted from one of our pages: where, in which language, its fields, the client's address.

    `session` only for a handler that takes one.
    """

    match: re.Match[str]
    path: str
    language: str
    fields: Mapping[str, str]
    client: str
    cookies: Mapping[str, str]
    session: SessionBase | None


@dataclass(frozen=True, slots=True)
class SeeOther:
    """The answer: to a page of ours, with a cookie where one is set (a whole Set-Cookie value)."""

    location: str
    cookie: str = ""
    status: str = "303 See Other"


Handler = Callable[[Post], SeeOther | None]


@dataclass(frozen=True, slots=True)
class _Way:
    pattern: re.Pattern[str]
    handler: Handler
    asks_token: bool
    takes_session: bool


_ways: list[_Way] = []


def register(pattern: str, handler: Handler, *, csrf_exempt: bool = False, takes_session: bool = False) -> None:
    """Have a handler asked for POSTs to addresses like this one, without the language: `/petitions/(\\d+)/sign/`.

    `csrf_exempt`: as the view is. `takes_session`: only those with a session, which is the handler's to read and write.
    """
    paths = "|".join(settings.LANGUAGE_PATHS.values())
    address = re.compile(f"/(?P<language>{paths}){pattern}", re.ASCII)
    _ways.append(_Way(address, handler, not csrf_exempt, takes_session))


# --- one request -----------------------------------------------------------------------------------------------------


def _way(path: str) -> tuple[re.Match[str], _Way] | None:
    for way in _ways:
        if found := way.pattern.fullmatch(path):
            return found, way
    return None


def answer(environ: Mapping[str, Any], body: bytes) -> tuple[SeeOther, list[tuple[str, str]]] | None:
    """Answer a POST whose address is one of ours; None when it has to go the ordinary way."""
    found_way = _way(environ["PATH_INFO"])
    if found_way is None or not _in_order(environ):
        return None
    match, way = found_way
    header, fields = environ.get("HTTP_COOKIE", ""), _fields(body)
    if fields is None or (settings.SESSION_COOKIE_NAME in header) is not way.takes_session:
        return None
    cookies = _cookies(header)
    if way.asks_token and not _token_fits(cookies, fields, environ.get(settings.CSRF_HEADER_NAME, "")):
        return None
    language = _language(match["language"])
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    client = limits.address_of(forwarded, environ.get("REMOTE_ADDR", ""))
    try:
        session = _session(cookies) if way.takes_session else None
        found = way.handler(Post(match, environ["PATH_INFO"], language, fields, client, cookies, session))
    except Refused:
        # The view says why, in words.
        found = None
    finally:
        # No request of Django's ends here, which would give back the connection that the handler may have read with.
        close_old_connections()
    if found is None:
        return None
    headers = [*_headers(language, _is_secure(environ), way.takes_session), ("Location", found.location)]
    return found, [*headers, ("Set-Cookie", found.cookie)] if found.cookie else headers


def _is_secure(environ: Mapping[str, Any]) -> bool:
    if proxy := settings.SECURE_PROXY_SSL_HEADER:
        said = environ.get(proxy[0])
        if said is not None:
            return said.split(",", 1)[0].strip() == proxy[1]
    return environ["wsgi.url_scheme"] == "https"


def _in_order(environ: Mapping[str, Any]) -> bool:
    host, secure = environ.get("HTTP_HOST", ""), _is_secure(environ)
    return (
        not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and environ.get("CONTENT_TYPE", "").lower() in _FORM
        and (secure or not settings.SECURE_SSL_REDIRECT)
        and _is_ours(host, tuple(settings.ALLOWED_HOSTS))
        and environ.get("HTTP_ORIGIN") == f"{'https' if secure else 'http'}://{host}"
        and environ.get("HTTP_SEC_FETCH_SITE") in _OURS
        and not settings.USE_X_FORWARDED_HOST
        and not settings.DEBUG
    )


@lru_cache(maxsize=64)
def _is_ours(host: str, allowed: tuple[str, ...]) -> bool:
    return validate_host(split_domain_port(host)[0], allowed)


def _cookies(header: str) -> Mapping[str, str]:
    found = {}
    for part in header.split(";"):
        name, _equals, value = part.strip().partition("=")
        found[name] = value
    return found


def _session(cookies: Mapping[str, str]) -> SessionBase:
    """Return the session of a cookie, as SessionMiddleware does; an empty one for a key that is none of ours."""
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    return store(key if key.isascii() and key.isalnum() else None)


def _fields(body: bytes) -> Mapping[str, str] | None:
    """Read a form in which each field stands once and nothing has to be guessed."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MOST)
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None


def _token_fits(cookies: Mapping[str, str], fields: Mapping[str, str], header: str) -> bool:
    """Compare the form's token, or that of a header, with the cookie's, as CsrfViewMiddleware does."""
    secret, token = cookies.get(settings.CSRF_COOKIE_NAME, ""), fields.get("csrfmiddlewaretoken", "") or header
    try:
        _check_token_format(secret)
        _check_token_format(token)
    except InvalidTokenFormat:
        return False
    return _does_token_match(token, secret)


@lru_cache(maxsize=8)
def _language(path: str) -> str:
    return next(code for code, its_path in settings.LANGUAGE_PATHS.items() if its_path == path)


@lru_cache(maxsize=8)
def _headers(language: str, secure: bool, reads_session: bool) -> tuple[tuple[str, str], ...]:
    """Return what the site's own middleware puts on such an answer; asked once a process."""
    # It brings the whole test client along; no start has to wait for that.
    from django.test import RequestFactory

    def view(request: HttpRequest) -> HttpResponse:
        if reads_session:
            request.session.get("")
        response = HttpResponse(status=303)
        add_never_cache_headers(response)
        return response

    handler: Callable[[HttpRequest], HttpResponse] = view
    for name in reversed(settings.MIDDLEWARE):
        handler = import_string(name)(handler)
    request = RequestFactory().post(f"/{settings.LANGUAGE_PATHS[language]}/petitions/", secure=secure)
    request.META["HTTP_HOST"] = next((host for host in settings.ALLOWED_HOSTS if host[:1] not in ".*"), "localhost")
    if secure and settings.SECURE_PROXY_SSL_HEADER:
        request.META[settings.SECURE_PROXY_SSL_HEADER[0]] = settings.SECURE_PROXY_SSL_HEADER[1]
    before = translation.get_language()
    try:
        response = handler(request)
    finally:
        translation.activate(before) if before else translation.deactivate()
    return (*((name, value) for name, value in response.items() if name != "Content-Length"), ("Content-Length", "0"))


# --- the two doors of a server ---------------------------------------------------------------------------------------


def _length(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= BODY_MOST else None


def wsgi(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Put the short way before a WSGI application."""

    def quick(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and _way(environ["PATH_INFO"]):
            length = _length(environ.get("CONTENT_LENGTH", ""))
            if length is not None and "HTTP_TRANSFER_ENCODING" not in environ:
                body = environ["wsgi.input"].read(length)
                if len(body) == length and (found := answer(environ, body)):
                    start_response(found[0].status, found[1])
                    return [b""]
                environ["wsgi.input"] = io.BytesIO(body)
        return application(environ, start_response)

    return quick


Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def asgi(application: Callable[[Any, Any, Any], Awaitable[None]]) -> Callable[[Any, Any, Any], Awaitable[None]]:
    """Put the short way before an ASGI application: it waits for the database in threads of its own."""
    threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="quick")

    async def quick(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not _way(scope["path"]):
            return await application(scope, receive, send)
        environ = _environ(scope)
        length = _length(environ.get("CONTENT_LENGTH", ""))
        if length is None or "HTTP_TRANSFER_ENCODING" in environ:
            return await application(scope, receive, send)
        kept: list[dict[str, Any]] = []
        while not kept or kept[-1].get("more_body"):
            kept.append(await receive())
            if kept[-1]["type"] != "http.request":
                break
        body = b"".join(message.get("body", b"") for message in kept)
        if len(body) == length:
            found = await asyncio.get_running_loop().run_in_executor(threads, answer, environ, body)
            if found:
                headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in found[1]]
                await send({"type": "http.response.start", "status": int(found[0].status[:3]), "headers": headers})
                return await send({"type": "http.response.body", "body": b""})

        async def once_more() -> dict[str, Any]:
            return kept.pop(0) if kept else await receive()

        return await application(scope, once_more, send)

    return quick


def _environ(scope: dict[str, Any]) -> dict[str, Any]:
    environ = {
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SCRIPT_NAME": scope.get("root_path", ""),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.url_scheme": scope.get("scheme", "http"),
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
