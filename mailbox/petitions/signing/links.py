"""Links in letters to signers: each opens one thing about one signature. Nothing of them is stored."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from engage.participation.rules import Reference

CONFIRM, MINE, NEWS = "confirm", "mine", "news"
KEY_LENGTH = 22


def key(purpose: str, signature_id: int) -> str:
    """Return the secret part of a link: 128 bits that only we can make, another one for each purpose."""
    named = f"signature-{purpose}:{signature_id}".encode()
    return urlsafe_b64encode(hmac.digest(settings.TRACKING_KEY.encode(), named, sha256)[:16]).decode()[:KEY_LENGTH]


def fits(purpose: str, signature_id: int, typed: str) -> bool:
    """Tell whether a link is ours, in a time that does not depend on where it differs."""
    return hmac.compare_digest(key(purpose, signature_id).encode(), typed.encode("utf-8", "replace"))


def reference(signature_id: int, year: int) -> str:
    """Return the public name of a signature, `S-2026-004217-K`."""
    return str(Reference("S", year, signature_id))


def address(name: str, purpose: str, signature_id: int, language: str) -> str:
    """Return a whole address as letters carry it."""
    with translation.override(language):
        return settings.PUBLIC_URL + reverse(name, args=[signature_id, key(purpose, signature_id)])


def confirming(signature_id: int, language: str) -> str:
    """Where a signature is confirmed."""
    return address("petition_confirm", CONFIRM, signature_id, language)


def managing(signature_id: int, language: str) -> str:
    """Where a signer sees the signature, withdraws it, begins and ends letters about it."""
    return address("petition_mine", MINE, signature_id, language)


def leaving(signature_id: int, language: str) -> str:
    """Where a signer ends the letters; a mail program posts there by itself (RFC 8058)."""
    return address("petition_news_stop", NEWS, signature_id, language)


def message_id(letter_id: int) -> str:
    """Return the name of a letter: always the same one, and nobody else can make it."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<s{letter_id}.{key('letter', letter_id)}@{host}>"
