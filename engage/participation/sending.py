"""The last press of whatever form sends something: its limits, a press that came twice, the way to the receipt."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from engage.participation import challenge, limits, wallet
from engage.participation.actions import Envelope
from engage.participation.models import Submission
from engage.participation.rules import looks_automatic


def sent_before(request: HttpRequest, token: uuid.UUID) -> HttpResponse | None:
    """Answer a repeated POST with the receipt of the first one."""
    probe = Envelope(token=token, language="", received_at=timezone.now())
    submission = Submission.objects.filter(token_digest=probe.digest).first()
    return None if submission is None else to_receipt(request, submission.reference, probe.code)


def to_receipt(request: HttpRequest, reference: str, code: str) -> HttpResponseRedirect:
    """Lead to a receipt and let the browser open it."""
    response = HttpResponseRedirect(receipt_path(reference))
    wallet.put(request.COOKIES, response, reference, code)
    return response


def receipt_path(reference: str) -> str:
    """Return where a receipt is shown in the language of now."""
    before, after = _receipts_at(get_language() or "")
    return f"{before}{reference}{after}"


@lru_cache(maxsize=16)
def _receipts_at(_language: str) -> tuple[str, str]:
    # To put an address together takes as long as to seal the receipt that the browser keeps.
    before, _holder, after = reverse("receipt", args=["-"]).rpartition("-")
    return before, after


def _events(client: str, email: str) -> list[limits.Event]:
    events = [limits.Event("send", client, limits.SEND_WINDOWS)]
    if email:
        events.append(limits.Event("send-contact", email.lower(), limits.CONTACT_WINDOWS))
    return events


def counted(client: str, email: str = "") -> bool:
    """Count something sent from an address, where nothing stands in its way; else count nothing."""
    return limits.Counts.unless_free([limits.SITE, *_events(client, email)]) is None


def seems_automatic(honeypot: str, opened_at: datetime | None, now: datetime) -> bool:
    """Tell whether a form of this site was filled by a program (rules.looks_automatic)."""
    fastest = timedelta(seconds=settings.FASTEST_PERSON_SECONDS)
    return looks_automatic(honeypot=honeypot, opened_at=opened_at, now=now, minimum=fastest)


def check_limits(request: HttpRequest, *, token: str, email: str) -> None:
    """Apply the limits; raises Refused("too_many", ...) or, under attack, Refused("challenge_open", ...)."""
    events = _events(limits.client_address(request), email)
    counts = limits.Counts.unless_free([limits.SITE, *events])
    if counts is None:
        return
    if counts.wait(limits.SITE):
        solution, opened = request.POST.get("altcha", "").strip(), request.POST.get("opened", "")[:300]
        challenge.check(solution, opened, timezone.now(), token)
    counts.take(events, also=[limits.SITE])
