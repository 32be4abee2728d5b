"""The home page's strips: domain apps register what they show there, the page only places it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Strip:
    """One strip. `place` is `door`, `main`, `side` or `foot`.

    `context(request)` feeds the template; None leaves the strip out.
    """

    code: str
    place: str
    order: int
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


_strips: dict[str, Strip] = {}


def register(strip: Strip) -> None:
    """Add a strip to the home page."""
    _strips[strip.code] = strip


def filled_strips(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """Return place to its strips, each with template and context, in order."""
    filled: dict[str, list[dict[str, Any]]] = {"door": [], "main": [], "side": [], "foot": []}
    for strip in sorted(_strips.values(), key=lambda strip: strip.order):
        context = strip.context(request)
        if context is not None:
            filled[strip.place].append({"template": strip.template, **context})
    return filled
