"""Addresses of a room: whether an address is one of its own is told by the first word, before any pattern is tried."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLResolver, include
from django.urls.resolvers import RoutePattern


class Room(URLResolver):
    """Patterns that stand beside those of other rooms below the same address.

    Django asks the patterns of one room after the other, some 150 of them for a page; most begin with a word of
    their own, so one look tells that none can fit.
    """

    @cached_property
    def first_words(self) -> frozenset[str] | None:
        """The words with which its addresses begin; None where one of them begins with anything."""
        return _first_words(self)

    def resolve(self, path: Any) -> ResolverMatch:
        """Find the view; raises Resolver404."""
        words = self.first_words
        if words is not None and path.partition("/")[0] not in words:
            raise Resolver404({"tried": [], "path": path})
        return super().resolve(path)


def _first_words(resolver: URLResolver) -> frozenset[str] | None:
    words: set[str] = set()
    for one in resolver.url_patterns:
        route = str(one.pattern) if isinstance(one.pattern, RoutePattern) else ""
        word, ends, _rest = route.partition("/")
        if word and "<" not in word and (ends or not isinstance(one, URLResolver)):
            words.add(word)
        elif route or not isinstance(one, URLResolver):
            return None
        elif (below := _first_words(one)) is not None:
            words |= below
        else:
            return None
    return frozenset(words)


def room(module: str) -> Room:
    """Include the addresses of a room, which stand beside those of others."""
    urlconf, app_name, namespace = include(module)
    return Room(RoutePattern("", is_endpoint=False), urlconf, None, app_name, namespace)
