"""What an officer was shown and has still to say yes to: kept for an hour, sealed, one thing a person and a place."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.core.cache import cache

from engage.accounts.models import User
from engage.participation.vault import seal, unseal

KEPT_SECONDS = 3600


def _key(place: str, user: User) -> str:
    return f"kept:{place}:{user.pk}"


def keep(place: str, user: User, what: dict[str, Any]) -> str:
    """Keep plain JSON; returns its token. What was kept there before is gone."""
    token = secrets.token_urlsafe(16)
    replace(place, user, token, what)
    return token


def replace(place: str, user: User, token: str, what: dict[str, Any]) -> None:
    """Keep something else under a token: what was done, for whoever presses twice."""
    cache.set(_key(place, user), (token, seal(json.dumps(what))), KEPT_SECONDS)


def kept(place: str, user: User, token: str) -> dict[str, Any]:
    """Return what was kept under a token; empty when it is gone, or another came after it."""
    found = cache.get(_key(place, user))
    if found is None or not secrets.compare_digest(found[0].encode(), token.encode()):
        return {}
    return json.loads(unseal(found[1]))
