"""The last press of whatever form sends something: its limits, a press that came twice, the way to the receipt."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from engage.participation import challenge, limits, wallet
from engage.participation.actions import Envelope
from engage.participation.forms import GuardFields
from engage.participation.models import Submission


def sent_before(request: HttpRequest, token: uuid.UUID) -> HttpResponse | None:
    """Answer a repeated POST with the receipt of the first one."""
    probe = Envelope(token=token, language="", received_at=timezone.now())
    submission = Submission.objects.filter(token_digest=probe.digest).first()
    return None if submission is None else to_receipt(request, submission, probe.code)


def to_receipt(request: HttpRequest, submission: Submission, code: str) -> HttpResponseRedirect:
    """Lead to a receipt and let the browser open it."""
    response = redirect("receipt", reference=submission.reference)
    wallet.put(request, response, submission.reference, code)
    return response


def check_limits(request: HttpRequest, guard: GuardFields, *, token: str, email: str) -> None:
    """Apply the limits; raises Refused("too_many", ...) or, under attack, Refused("challenge_open", ...)."""
    if limits.under_attack():
        solution, opened = guard.cleaned_data.get("altcha", ""), request.POST.get("opened", "")[:300]
        challenge.check(solution, opened, timezone.now(), token)
    limits.check("send", limits.client_address(request), limits.SEND_WINDOWS)
    if email:
        limits.check("send-contact", email.lower(), limits.CONTACT_WINDOWS)
    limits.count("site", "all", (limits.ATTACK_WINDOW,))
