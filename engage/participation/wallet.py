"""The receipts this device holds: an encrypted cookie of reference and code, so that the server keeps no codes."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from engage.accounts.actors import ReceiptHolder
from engage.errors import Refused
from engage.participation.models import Submission
from engage.participation.rules import code_digest, parse_code, parse_reference
from engage.participation.vault import seal, unseal

COOKIE = "engage_receipts"
MOST = 40
_NOBODY = "0" * 64


def read(request: HttpRequest) -> dict[str, str]:
    """Return reference to code, newest last; empty for no cookie or one we did not write."""
    return _held(request.COOKIES.get(COOKIE, ""))


def _held(sealed: str) -> dict[str, str]:
    if not sealed or len(sealed) > 4_000:
        return {}
    try:
        held = json.loads(unseal(sealed))
    except (Refused, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _write(response: HttpResponse, held: dict[str, str]) -> None:
    if not held:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    newest = dict(list(held.items())[-MOST:])
    response.set_cookie(
        COOKIE,
        seal(json.dumps(newest, separators=(",", ":"))),
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )


def put(cookies: Mapping[str, str], response: HttpResponse, reference: str, code: str) -> None:
    """Keep one receipt on the device that sent these cookies; the code in its own form, for the receipt shows it."""
    held = _held(cookies.get(COOKIE, ""))
    held.pop(reference, None)
    _write(response, held | {reference: parse_code(code)})


def forget(request: HttpRequest, response: HttpResponse, reference: str) -> None:
    """Take one receipt off this device."""
    held = read(request)
    held.pop(reference, None)
    _write(response, held)


def prove(typed_reference: str, typed_code: str) -> tuple[Submission, ReceiptHolder] | None:
    """Check a reference and a code; None when they do not belong together.

    Always one query and one constant-time comparison, whether the reference exists, is malformed, or the code is
    wrong, so that neither answer nor time tells which. The contact is read when somebody asks for it: decrypting it
    takes longer than all the rest.
    """
    reference = parse_reference(typed_reference)
    number = reference.number if reference and reference.number < 2**62 else 0
    submission = Submission.objects.select_related("department").filter(pk=number).first()
    matches_reference = submission is not None and reference is not None and submission.reference == str(reference)
    stored = submission.code_digest if submission is not None and matches_reference else _NOBODY
    proven = hmac.compare_digest(stored, code_digest(parse_code(typed_code), settings.TRACKING_KEY))
    if submission is None or not proven:
        return None
    return submission, ReceiptHolder(submission.pk)


def holder(request: HttpRequest, reference: str) -> tuple[Submission, ReceiptHolder] | None:
    """Return the submission and its holder if this device keeps its valid receipt."""
    code = read(request).get(reference)
    return prove(reference, code) if code else None
