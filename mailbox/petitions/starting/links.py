"""The secret links before publication: the starter's confirmation, the link for sponsors. Nothing of them is stored.

The starter's link carries the one-time token of the form, signed: whoever filled in the form knows the token, but only
whoever reads the mail has the signature.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from engage.participation.vault import blind_index

_STARTER = "petition-starter"
LONGEST = 200


def starter_key(token: uuid.UUID) -> str:
    """Return what the link in the starter's mail carries."""
    return signing.Signer(salt=_STARTER).sign(base64.urlsafe_b64encode(token.bytes).decode().rstrip("="))


def starter_token(key: str) -> uuid.UUID | None:
    """Return the token of a link; None for one that is not ours."""
    if len(key) > LONGEST or not key.isascii():
        return None
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(signing.Signer(salt=_STARTER).unsign(key) + "=="))
    except (signing.BadSignature, ValueError):
        return None


def sponsor_key(petition_id: int) -> str:
    """Return the secret part of the link for sponsors."""
    digest = hmac.digest(settings.TRACKING_KEY.encode(), f"petition-sponsors:{petition_id}".encode(), sha256)
    return base64.b32encode(digest).decode().lower()[:24]


def sponsor_digest(petition_id: int) -> str:
    """Return what the petition keeps while the link for sponsors is good."""
    return blind_index("petition-sponsors", sponsor_key(petition_id))


def is_sponsor_link(petition_id: int, key: str) -> bool:
    """Tell whether a link for sponsors is one of ours; whether it is still good, its petition says."""
    return hmac.compare_digest(sponsor_key(petition_id).encode(), key.encode("utf-8", "replace"))


def address(name: str, *arguments: object, language: str) -> str:
    """Return a whole address as letters carry it."""
    with translation.override(language):
        return settings.PUBLIC_URL + reverse(name, args=arguments)
