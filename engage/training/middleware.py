"""Who practises gets every page from the practice site, marked as such; all others never notice that there is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from engage.accounts.actors import is_staff
from engage.errors import Refused
from engage.training import places, registry, twins
from engage.training.isolation import Place, inside
from engage.training.sessions import DRAWER, PracticeSession, keep_cookies, take_cookies

# What stays real for who practises: signing in and out, and the help centre, which stands with one foot on each side.
REAL = (
    "/desk/help/",
    "/studio/login/",
    "/studio/logout/",
    *(f"/{path}/accounts/" for path in settings.LANGUAGE_PATHS.values()),
)
# The link over the head of the page stays the first thing on it.
_BODY = re.compile(rb"<body\b[^>]*>(?:\s*<a class=\"skip\"[^>]*>[^<]*</a>)?")


class PracticeMiddleware:
    """Runs the view inside the practice site of this session, after every other middleware has had its say.

    The session, the sign-in and the second factor are the real site's; what the view sees of them is a copy in the
    practice site. Without the mark in the session this costs nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Where no view was found, nobody was asked; the page of refusal wears the bar all the same.
        if request.resolver_match is None and settings.SESSION_COOKIE_NAME in request.COOKIES:
            if request.session.get(DRAWER) and not response.streaming:
                _mark(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: list, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer from the practice site where the session says so and the person may be there."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path_info.startswith(REAL):
            return None
        drawer = request.session.get(DRAWER)
        if not drawer:
            return None
        place = places.ready(request.user.pk) if request.user.is_authenticated and is_staff(request.user) else None
        if place is None:
            # What was meant for the practice site must never reach the real one, so nothing is done with it.
            del request.session[DRAWER]
            return redirect("help" if is_staff(request.user) else "home")
        return answer(request, place, drawer, lambda: view(request, *args, **kwargs))


def answer(request: HttpRequest, place: Place, drawer: dict[str, Any], view: Callable[[], Any]) -> HttpResponse:
    """Run a view in a practice site and bring back a page that has nothing left to read."""
    real_user, real_session = request.user, request.session
    session = PracticeSession(drawer.get("session", {}))
    kept = drawer.get("cookies", {})
    real_cookies = take_cookies(request, kept)
    request.session = session
    try:
        with inside(place):
            request.user = twins.get(drawer["twin"])
            response = _whole(_answered(request, view))
            if request.method == "POST":
                twins.catch_up()
            _mark(request, response)
    finally:
        request.user, request.session, request.COOKIES = real_user, real_session, real_cookies
        request.__dict__.pop("_wagtail_site", None)
    changed = drawer | {"session": session.kept, "cookies": keep_cookies(response, kept)}
    name = request.resolver_match.url_name if request.resolver_match else None
    if name in registry.watched() and response.status_code == 200:
        changed["visited"] = sorted({*drawer.get("visited", []), name})
    if changed != drawer:
        real_session[DRAWER] = changed
    add_never_cache_headers(response)
    return response


def _answered(request: HttpRequest, view: Callable[[], Any]) -> HttpResponse:
    """Answer what the view raises within the practice site, too: its pages of refusal belong to it."""
    from engage.pages.views import refused

    try:
        response = view()
        if callable(getattr(response, "render", None)):
            response = response.render()
        return response
    except Refused as refusal:
        return refused(request, refusal)
    except Exception as exception:
        return response_for_exception(request, exception)


def _whole(response: Any) -> HttpResponse:
    """Read a streamed answer to its end while its database is there."""
    if not response.streaming:
        return response
    whole = HttpResponse(b"".join(response.streaming_content), status=response.status_code)
    whole.headers = response.headers
    whole.cookies = response.cookies
    return whole


def _mark(request: HttpRequest, response: HttpResponse) -> None:
    """Put the bar above every page, also of the Studio and of errors."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    body = _BODY.search(response.content)
    if body is None:
        return
    bar = render_to_string("training/bar.html", {}, request=request).encode()
    response.content = response.content[: body.end()] + bar + response.content[body.end() :]
    response.headers.pop("Content-Length", None)
