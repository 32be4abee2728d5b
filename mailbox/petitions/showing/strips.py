"""What petitions show on the home page: their door."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from engage.pages.strips import Strip
from mailbox.petitions.queries import showing as queries


def _door(request: HttpRequest) -> dict[str, Any]:
    return {"open": queries.overview()["open"]}


DOOR = Strip("petitions", "door", 30, "petitions/strips/door.html", _door)
