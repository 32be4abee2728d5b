"""Proof of work, asked only under attack: a browser with JavaScript computes, a browser without waits 30 seconds."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

from altcha import v1 as altcha
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils import timezone

from engage.errors import Refused
from engage.participation.vault import blind_index

# About a second of work on a cheap phone.
MAX_NUMBER = 100_000
VALID_FOR = timedelta(minutes=20)
WAIT_WITHOUT_SCRIPT = timedelta(seconds=30)
_TEXT_FIELDS = ("algorithm", "challenge", "salt", "signature")
_SALT = "engage.participation.challenge"


def make(now: datetime | None = None) -> dict[str, str | int]:
    """Return a fresh challenge in ALTCHA's form, plus `opened`, the signed moment of asking."""
    moment = now or timezone.now()
    options = altcha.ChallengeOptions(hmac_key=settings.SECRET_KEY, max_number=MAX_NUMBER, expires=moment + VALID_FOR)
    return altcha.create_challenge(options).to_dict() | {"opened": sign_moment(moment)}


def sign_moment(moment: datetime) -> str:
    """Sign a moment so that a form can carry it and nobody can move it."""
    return signing.dumps(moment.timestamp(), salt=_SALT)


def signed_moment(signed: str) -> datetime | None:
    """Read a signed moment; None when it is missing, forged or from another site."""
    try:
        return datetime.fromtimestamp(signing.loads(signed, salt=_SALT), tz=timezone.get_current_timezone())
    except (signing.BadSignature, TypeError, ValueError, OverflowError, OSError):
        return None


def _solved(solution: str) -> str | None:
    """Return the challenge that a base64 JSON solution solves; None when it solves none of ours."""
    try:
        payload = json.loads(base64.b64decode(solution, validate=True))
    except ValueError:
        return None
    if not isinstance(payload, dict) or not all(isinstance(payload.get(key), str) for key in _TEXT_FIELDS):
        return None
    solved, _fault = altcha.verify_solution(payload, settings.SECRET_KEY, check_expires=True)  # type: ignore[arg-type]
    return payload["challenge"] if solved else None


def check(solution: str, opened: str, now: datetime, token: str = "") -> None:
    """Accept a solved challenge or a form that waited, each once; raise Refused("challenge_open", seconds=...) else.

    With the form's one-time `token` the same form may come again: it leads to the same submission.
    """
    if solution and len(solution) < 4_000 and (challenge := _solved(solution)) and _first_use(challenge, token):
        return
    asked_at = signed_moment(opened)
    if asked_at is not None and WAIT_WITHOUT_SCRIPT <= now - asked_at <= VALID_FOR and _first_use(opened, token):
        return
    raise Refused("challenge_open", seconds=int(WAIT_WITHOUT_SCRIPT.total_seconds()))


def _first_use(passed: str, token: str) -> bool:
    key, user = f"challenge:{blind_index('challenge', passed)}", blind_index("challenge-user", token)
    return cache.add(key, user, timeout=VALID_FOR.total_seconds()) or bool(token and cache.get(key) == user)
