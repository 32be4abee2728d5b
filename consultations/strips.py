"""What consultations show on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from consultations import queries
from consultations.rules import CallState
from engage.accounts.actors import ANYONE
from engage.pages.strips import Strip


def _open_calls() -> list[queries.Call]:
    found = queries.calls(language=get_language() or "", actor=ANYONE, now=timezone.now())
    return [call for call in found if call.state is CallState.OPEN]


def _door(request: HttpRequest) -> dict[str, Any]:
    request.open_calls = _open_calls()  # type: ignore[attr-defined]  # read again by the next strip
    return {"count": len(request.open_calls)}  # type: ignore[attr-defined]


def _closing_soon(request: HttpRequest) -> dict[str, Any]:
    calls = getattr(request, "open_calls", None)
    return {"calls": (_open_calls() if calls is None else calls)[:5]}


def _changes(request: HttpRequest) -> dict[str, Any] | None:
    changes = queries.published_changes(language=get_language() or "", limit=3)
    return {"changes": changes} if changes else None


STRIPS = [
    Strip("have-your-say", "door", 10, "consultations/strips/door.html", _door),
    Strip("closing-soon", "main", 10, "consultations/strips/closing_soon.html", _closing_soon),
    Strip("changed", "side", 10, "consultations/strips/changed.html", _changes),
]
