"""Signed links in letters: the right to manage one follower, and the names of letters. Nothing of them is stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from engage.outreach.follows.models import Follower
from engage.participation.vault import blind_index

_MANAGE, _CONFIRM = "follow", "follow-confirm"
SIGNED_MOST = 400


def _mark(follower: Follower) -> str:
    """Return what tells a follower from another one that got the same number on another day."""
    return (follower.email_index or follower.push.endpoint_index)[:16]


def managing(follower: Follower) -> str:
    """Return what the links of a letter carry."""
    return signing.dumps([follower.pk, _mark(follower)], salt=_MANAGE)


def confirming(follower: Follower, *, language: str, rhythm: str) -> str:
    """Return what the link to confirm carries: what was chosen counts only when it is opened from the address."""
    return signing.dumps([follower.pk, _mark(follower), language, rhythm], salt=_CONFIRM)


def read(signature: str, *, confirms: bool = False) -> list[Any] | None:
    """Return what a link carries; None for one that is not ours."""
    if len(signature) > SIGNED_MOST:
        return None
    try:
        found = signing.loads(signature, salt=_CONFIRM if confirms else _MANAGE)
    except (signing.BadSignature, ValueError):
        return None
    return found if isinstance(found, list) and len(found) == (4 if confirms else 2) else None


def follower_of(signature: str, *, confirms: bool = False) -> Follower | None:
    """Return the follower a link belongs to; None for a forged link and for one that is over."""
    found = read(signature, confirms=confirms)
    if found is None:
        return None
    follower = Follower.objects.filter(pk=found[0]).select_related("contact", "push").first()
    if follower is None or _mark(follower) != found[1]:
        return None
    return follower


def address(name: str, *arguments: object, language: str = "") -> str:
    """Return a whole address as letters carry it."""
    with translation.override(language or translation.get_language()):
        return settings.PUBLIC_URL + reverse(name, args=arguments)


def message_id(mailing_id: int, follower_id: int) -> str:
    """Return the name of a letter: always the same one, and nobody else can make it."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<f{mailing_id}.{follower_id}.{letter_key(mailing_id, follower_id)}@{host}>"


def letter_key(mailing_id: int, follower_id: int) -> str:
    """Return the part of a letter's name that only we can make."""
    return blind_index("letter", f"{mailing_id}.{follower_id}")[:20]
