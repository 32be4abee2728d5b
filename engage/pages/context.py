"""What every template may use."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language

from engage.departments.models import in_active_language
from engage.pages.models import ArticlePage, Office
from engage.pages.translation import language_links
from engage.pages.visibility import public_only

# A part of an address that is no number and no name of something published may be a key to whoever has it: it stands in
# no link, but for these views, whose parts are open.
_OPEN_VIEWS = frozenset({"clause", "compose", "follow_thing"})
_OPEN_PARTS = frozenset({"slug", "int"})
_PART = re.compile(r"<(?:(\w+):)?\w+>")
# Here somebody writes already, or reads what is their own.
_OWN = frozenset({"write", "track", "receipt"})
_KEPT_SECONDS = 30


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates the office's name, the standing pages in the foot, and this page in the other language."""
    return {
        "demo": settings.DEMO,
        "language_links": language_links(request),
        "site_owner": in_active_language(*_office()),
        "foot_links": foot_links(get_language() or ""),
        "about_path": about_path(request),
    }


def about_path(request: HttpRequest) -> str:
    """Return the address that somebody may ask about in a letter; empty where a part of it may be a key."""
    match = request.resolver_match
    if request.method != "GET" or match is None or _OWN.intersection(request.path.split("/")[2:3]):
        return ""
    if match.view_name not in _OPEN_VIEWS and not _OPEN_PARTS.issuperset(_PART.findall(match.route)):
        return ""
    return request.path


def _office() -> tuple[str, str]:
    names = cache.get("office-names")
    if names is None:
        office = Office.objects.first() or Office()
        names = (office.name_zh, office.name_en)
        cache.set("office-names", names, _KEPT_SECONDS)
    return names


def foot_links(language: str) -> list[dict[str, str]]:
    """Return title and address of the articles that stand in the foot of every page; kept for half a minute."""
    key = f"foot-links:{language}"
    links = cache.get(key)
    if links is None:
        pages = public_only(ArticlePage.objects.filter(in_foot=True, locale__language_code=language)).order_by("path")
        links = [{"title": page.title, "url": page.url} for page in pages if page.url]
        cache.set(key, links, _KEPT_SECONDS)
    return links
