"""Following by push: the service worker, and what a script of the page about following asks for."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from engage.errors import Refused
from engage.outreach.follows import actions, links, queries
from engage.outreach.follows.forms import read_tags
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.rules import Window

NETWORK_WINDOWS = (Window(30, 3600),)
ENDPOINT_MOST = 2_000


@lru_cache(maxsize=1)
def _script() -> bytes:
    found = finders.find("js/push-worker.js")
    if not found:
        raise Http404
    with open(found, "rb") as file:
        return file.read()


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, so that it stands for the whole site."""
    return HttpResponse(
        _script(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "max-age=3600"}
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _text(given: dict[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    return value if isinstance(value, str) and len(value) <= most else ""


@never_cache
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Let this browser follow: JSON with `endpoint`, `key`, `auth` and `follow`, a list like that of the form."""
    given = _read(request)
    tags = given.get("follow")
    try:
        limits.check("follow-push", limits.client_address(request), NETWORK_WINDOWS)
        follower = actions.subscribe(
            _text(given, "endpoint", ENDPOINT_MOST),
            _text(given, "key", 200),
            _text(given, "auth", 100),
            read_tags([one for one in tags if isinstance(one, str)] if isinstance(tags, list) else []),
            language=get_language() or settings.LANGUAGE_CODE,
            now=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        return JsonResponse({"error": refusal_message(refusal)}, status=refusal_status(refusal.code))
    return JsonResponse({"manage": reverse("follow_manage", args=[links.managing(follower)])})


@never_cache
@require_POST
def mine(request: HttpRequest) -> HttpResponse:
    """Lead a browser that follows already to the page where it changes or stops."""
    follower = queries.browser(_text(_read(request), "endpoint", ENDPOINT_MOST))
    if follower is None:
        return JsonResponse({})
    return JsonResponse({"manage": reverse("follow_manage", args=[links.managing(follower)])})
