"""The one line on the home page that says whether every channel works."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from engage.outreach.health import queries
from engage.outreach.health.words import CHIPS
from engage.pages.strips import Strip


def _status(request: HttpRequest) -> dict[str, Any] | None:
    state, down = queries.overall(timezone.now())
    return {"state": state.value, "chip": CHIPS[state], "down": [probe.label for probe in down]}


STATUS = Strip("status", "foot", 90, "health/strip.html", _status)
