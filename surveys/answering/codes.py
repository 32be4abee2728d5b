"""The code under which answers are put aside: it finds them, and it alone opens them."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from django.conf import settings

from engage.participation.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    code_digest,
    external_token,
    parse_code,
    token_digest,
    tracking_code,
)

# Answers of one person, as JSON before it is sealed: far above any real questionnaire, far below what hurts.
SEALED_MOST = 1_000_000


def new_code() -> str:
    """Draw a code of 12 characters (60 bits) that can be read out on the telephone."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """Fold a code as people type it; empty for what can be none."""
    code = parse_code(typed)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else ""


def digest_of(code: str) -> str:
    """Return the keyed hash by which answers are found."""
    return code_digest("saved-answers:" + code, settings.TRACKING_KEY)


def token_of(code: str) -> UUID:
    """Return the one-time token of what is sent from here: sent twice, also from two devices, it is one submission."""
    return UUID(bytes=external_token("saved-answers", code, settings.TRACKING_KEY))


def token_digest_of(code: str) -> str:
    """Return by what the submission that was sent from here is found."""
    return token_digest(token_of(code).bytes, settings.TRACKING_KEY)


def tracking_code_of(code: str) -> str:
    """Return the tracking code of what is sent from here."""
    return tracking_code(token_of(code).bytes, settings.TRACKING_KEY)


def _box(code: str) -> Fernet:
    # HMAC of a secret with 60 random bits is a good key; the site's own secret keeps a stolen table from being tried.
    key = hmac.digest(settings.TRACKING_KEY.encode(), b"sealed-answers:" + code.encode(), sha256)
    return Fernet(urlsafe_b64encode(key))


def seal(state: dict[str, Any], code: str) -> str:
    """Encrypt the state of a sitting with the key of its code."""
    return _box(code).encrypt(json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()).decode()


def seal_bytes(content: bytes, code: str) -> bytes:
    """Encrypt a file with the key of a code."""
    return _box(code).encrypt(content)


def unseal_bytes(sealed: bytes, code: str) -> bytes:
    """Decrypt what `seal_bytes` made; raises as `unseal`."""
    return _box(code).decrypt(sealed)


def unseal(sealed: str, code: str) -> dict[str, Any]:
    """Decrypt what `seal` made; raises cryptography's InvalidToken for another code or changed bytes."""
    return json.loads(_box(code).decrypt(sealed.encode())) if sealed else {}
