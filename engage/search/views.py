"""The search page: a form that works by its address alone."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from engage.participation.rules import parse_reference
from engage.search import queries
from engage.search.forms import SearchForm
from engage.search.terms import QUERY_MAX_LENGTH
from engage.typed import whole_number


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the answers to `?q=` under the filters `kind`, `department`, `since`, `until`; without any, the newest."""
    form = SearchForm(request.GET, auto_id="f-%s")
    form.is_valid()
    asked = form.cleaned_data
    results = queries.search(
        asked.get("q", ""),
        kinds=asked.get("kind"),
        department=asked.get("department"),
        since=asked.get("since"),
        until=asked.get("until"),
        page=whole_number(request.GET.get("page", ""), digits=4, otherwise=1),
    )
    address = _address(asked)
    # The switch of languages keeps the question, as it was understood rather than as it was sent.
    request.translated_urls = _in_each_language(address)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "question": asked.get("q", "")[:QUERY_MAX_LENGTH],
        "results": results,
        "count_limit": queries.COUNT_LIMIT,
        "filtered": any(asked.get(name) for name in ("kind", "department", "since", "until")),
        "without_filters": _link({"q": asked["q"]} if asked.get("q") else {}),
        "pager": Paginator(range(results.total), queries.PAGE_SIZE).get_page(results.page),
        "query": f"&{urlencode(address, doseq=True)}" if address else "",
        "language": get_language(),
        "reference": parse_reference(asked.get("q", "")),
    }
    return render(request, "search/search.html", context)


def _address(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that ask the same again."""
    address: dict[str, Any] = {
        "q": asked.get("q", "")[:QUERY_MAX_LENGTH],
        "kind": asked.get("kind"),
        "department": asked["department"].code if asked.get("department") else "",
        "since": asked["since"].isoformat() if asked.get("since") else "",
        "until": asked["until"].isoformat() if asked.get("until") else "",
    }
    return {name: value for name, value in address.items() if value}


def _link(address: dict[str, Any]) -> str:
    return f"{reverse('search')}?{urlencode(address, doseq=True)}" if address else reverse("search")


def _in_each_language(address: dict[str, Any]) -> dict[str, str]:
    links = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            links[code] = _link(address)
    return links
