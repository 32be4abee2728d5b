"""What a practising person's session and cookies are: a drawer of the real session that the real site never opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

DRAWER = "practice"
# Of the browser, not of a site: they pass the wall.
SHARED_COOKIES = frozenset({settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME})


class PracticeSession(SessionBase):
    """A session that lives in the drawer; saving it is left to the real one."""

    def __init__(self, kept: dict[str, Any]) -> None:
        super().__init__("practice")
        self._session_cache = dict(kept)

    def load(self) -> dict[str, Any]:
        return {}

    def exists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        return

    def save(self, must_create: bool = False) -> None:
        return

    def delete(self, session_key: str | None = None) -> None:
        return

    @property
    def kept(self) -> dict[str, Any]:
        """What is put back into the drawer."""
        return dict(self._session_cache)


def take_cookies(request: HttpRequest, kept: dict[str, str]) -> dict[str, str]:
    """Show the request the cookies of practice instead of the real site's; return the real ones."""
    real = request.COOKIES
    request.COOKIES = {name: value for name, value in real.items() if name in SHARED_COOKIES} | kept
    return real


def keep_cookies(response: HttpResponse, kept: dict[str, str]) -> dict[str, str]:
    """Take what practice set out of the response; return what is kept of it."""
    kept = dict(kept)
    for name in [name for name in response.cookies if name not in SHARED_COOKIES]:
        morsel = response.cookies.pop(name)
        if morsel["max-age"] == 0:
            kept.pop(name, None)
        else:
            kept[name] = morsel.value
    return kept
