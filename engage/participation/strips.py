"""What participation shows on the home page: whether the channels work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from engage.pages.strips import Strip
from engage.participation.queries import is_mail_late


def _status(request: HttpRequest) -> dict[str, Any]:
    return {"mail_late": is_mail_late(timezone.now())}


STATUS = Strip("status", "foot", 90, "participation/strips/status.html", _status)
