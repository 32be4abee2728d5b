"""Which device asks: a signed, random mark that tells nothing but that it is the same one."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from engage.participation import wallet
from engage.participation.vault import blind_index

COOKIE = "engage_device"
_SALT = "consultations.voices.device"
MAX_AGE_SECONDS = 365 * 24 * 3600


def read(request: HttpRequest) -> str:
    """Return the device's mark; empty for none or one that we did not write."""
    try:
        return str(signing.Signer(salt=_SALT).unsign(request.COOKIES.get(COOKIE, "")[:200]))
    except signing.BadSignature:
        return ""


def ensure(request: HttpRequest, response: HttpResponse) -> None:
    """Give the device a mark with a page that asks for a press; the press is taken only from a marked device."""
    if not read(request):
        response.set_cookie(
            COOKIE,
            signing.Signer(salt=_SALT).sign(uuid.uuid4().hex),
            max_age=MAX_AGE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.PRODUCTION,
        )


def digest(device: str, consultation_id: int) -> str:
    """Return what is stored of a device: another hash in each call, useless without the key."""
    return blind_index("device", f"{consultation_id}:{device}")


def holds_receipt(request: HttpRequest, reference: str) -> bool:
    """Tell whether this device sent a submission; its wallet is encrypted by us."""
    return reference in wallet.read(request)
