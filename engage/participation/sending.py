"""The last press of whatever form sends something: its limits, a press that came twice, the way to the receipt."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from engage.participation import challenge, limits, wallet
from engage.participation.actions import Envelope
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


def check_limits(request: HttpRequest, *, token: str, email: str) -> None:
    """Apply the limits; raises Refused("too_many", ...) or, under attack, Refused("challenge_open", ...)."""
    events = [limits.Event("send", limits.client_address(request), limits.SEND_WINDOWS)]
    if email:
        events.append(limits.Event("send-contact", email.lower(), limits.CONTACT_WINDOWS))
    counts = limits.Counts([limits.SITE, *events])
    if counts.wait(limits.SITE):
        solution, opened = request.POST.get("altcha", "").strip(), request.POST.get("opened", "")[:300]
        challenge.check(solution, opened, timezone.now(), token)
    counts.take(events, also=[limits.SITE])
