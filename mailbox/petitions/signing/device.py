"""What a device keeps of a request to sign: its one-time token, for as long as the link holds.

The token is the key to the receipt; writing it costs the rush of a petition nothing. The page that it opens puts the
receipt into the wallet, where all receipts of a device are.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from engage.participation import wallet
from engage.participation.forms import read_token
from engage.participation.rules import tracking_code
from mailbox.petitions.models import Signature
from mailbox.petitions.queries import signing as queries

COOKIE = "engage_signing"
KEPT_SECONDS = 7 * 24 * 3600


def keep(response: HttpResponse, token: uuid.UUID) -> None:
    """Keep the token of a request on this device."""
    response.set_cookie(
        COOKIE, token.hex, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=settings.PRODUCTION
    )


def signature(request: HttpRequest, reference: str) -> Signature | None:
    """Return the signature that this device holds the receipt of; None for every other."""
    if code := wallet.read(request).get(reference):
        return queries.proven(reference, code)
    token = read_token(request.COOKIES.get(COOKIE, "")[:64])
    return queries.of_token(reference, token) if token else None


def code(request: HttpRequest, reference: str) -> str:
    """Return the tracking code of a signature that this device holds."""
    if known := wallet.read(request).get(reference):
        return known
    token = read_token(request.COOKIES.get(COOKIE, "")[:64])
    return tracking_code(token.bytes, settings.TRACKING_KEY) if token else ""
