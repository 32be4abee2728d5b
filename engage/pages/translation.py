"""The language switch keeps the page: the same address under the other prefix, or the translated Wagtail page."""

from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest


class LanguageLink(TypedDict):
    """One entry of the switch."""

    code: str
    name: str
    url: str


HTML_LANG = {"zh-hans": "zh-Hans", "en": "en"}


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """List the other languages with the address of this very page in each.

    A view may set `request.translated_urls` (code to URL) where swapping the prefix would not do.
    """
    here = request.path_info.lstrip("/").partition("/")
    codes = {path: code for code, path in settings.LANGUAGE_PATHS.items()}
    current = codes.get(here[0]) or getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    given: dict[str, str] = getattr(request, "translated_urls", {})
    rest = here[2] if here[0] in codes else ""
    query = request.META.get("QUERY_STRING", "") if request.method == "GET" and here[0] in codes else ""
    links: list[LanguageLink] = []
    for code, name in settings.LANGUAGES:
        if code == current:
            continue
        url = given.get(code) or f"/{settings.LANGUAGE_PATHS[code]}/{rest}" + (f"?{query}" if query else "")
        links.append({"code": HTML_LANG[code], "name": "中文" if code.startswith("zh") else name, "url": url})
    return links
