"""What the head of a public page says to other sites: its share image, without reading anything."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from engage.middleware import language_path
from engage.outreach import subjects
from engage.outreach.delivery.shown import HOME


def share(request: HttpRequest) -> dict[str, Any]:
    """Give the address of the page's share image, where its kind has one."""
    match = request.resolver_match
    found = subjects.of_page(match.url_name or "") if match else None
    if match is None or found is None:
        return {}
    kind, argument = found
    id = str(match.kwargs.get(argument) or (match.args[0] if match.args else "")).strip("/") or HOME
    path = reverse("share_image", args=[language_path(get_language()), kind.code, id])
    return {"share_image": settings.PUBLIC_URL + path, "share_page": settings.PUBLIC_URL + request.path}
