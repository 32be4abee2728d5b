"""What the mailbox shows on the home page: its door."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from engage.pages.strips import Strip
from mailbox.letterbox.words import WAYS


def _door(request: HttpRequest) -> dict[str, Any]:
    return {"ways": list(WAYS.values())}


DOOR = Strip("write", "door", 20, "letterbox/strips/door.html", _door)
