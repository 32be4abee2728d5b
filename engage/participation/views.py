"""Receipts and tracking: one door for every kind of submission."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from engage.accounts.actors import ReceiptHolder
from engage.errors import Refused
from engage.journal import queries as journal_queries
from engage.pages.messages import refusal_message
from engage.participation import actions, doors, limits, queries, sending, wallet
from engage.participation.forms import TrackForm
from engage.participation.models import Attachment, Submission
from engage.participation.new_code import signed_submission
from engage.participation.receipts import qr_svg, receipt_pdf, track_url
from engage.participation.rules import Window, format_code, parse_reference
from engage.participation.tasks import send_new_code

_TRIES = (Window(settings.RECEIPT_TRIES_PER_WINDOW, settings.RECEIPT_WINDOW_SECONDS),)
_TRIES_PER_ADDRESS = (Window(6 * settings.RECEIPT_TRIES_PER_WINDOW, settings.RECEIPT_WINDOW_SECONDS),)


def _held(request: HttpRequest, reference: str) -> tuple[Submission, ReceiptHolder]:
    """Return what this device may see under a reference; Http404 for everything else."""
    found = wallet.holder(request, reference)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Open any submission by reference and code; list those this device holds."""
    context: dict[str, Any] = {"door": "track", "held": list(reversed(wallet.read(request)))}
    if request.method != "POST":
        context["form"] = TrackForm(initial={"reference": request.GET.get("reference", "")[:64]})
        return render(request, "participation/track.html", context)
    form = TrackForm(request.POST)
    context["form"] = form
    if not form.is_valid() or not all(form.cleaned_data.values()):
        return _track_refused(request, context, _("Give the reference and the tracking code from your receipt"))
    typed, code = form.cleaned_data["reference"], form.cleaned_data["code"]
    try:
        found = _prove_within_limits(request, typed, code)
    except Refused as refusal:
        return _track_refused(request, context, refusal_message(refusal), status=429)
    if found is None:
        # The letter at its end tells a misread reference from a wrong one, and nothing about what exists.
        if parse_reference(typed) is None:
            error = _("This is not a reference. Check it against your receipt")
            return _track_refused(request, context | {"wrong": "reference"}, error)
        error = _(
            "The reference or code is not right. Check your receipt, or have a new code sent to the e-mail you gave"
        )
        return _track_refused(request, context, error)
    reference, address = found
    response = redirect(address)
    wallet.put(request.COOKIES, response, reference, code)
    return response


def _prove_within_limits(request: HttpRequest, reference: str, code: str) -> tuple[str, str] | None:
    """Check a reference and a code; return the reference and the page it opens.

    Wrong tries are counted per address and per reference, right ones are not.
    """
    address = limits.client_address(request)
    pair = f"{address} {parse_reference(reference) or reference.strip().upper()}"
    wait = max(limits.peek("track", pair, _TRIES), limits.peek("track-address", address, _TRIES_PER_ADDRESS))
    if wait:
        raise Refused("too_many", seconds=wait)
    if (found := _opened(reference, code)) is None:
        limits.count("track", pair, _TRIES)
        limits.count("track-address", address, _TRIES_PER_ADDRESS)
    return found


def _opened(typed: str, code: str) -> tuple[str, str] | None:
    reference = str(parse_reference(typed) or "")
    if door := doors.door_of(reference):
        return (reference, door.address(reference)) if door.proves(reference, code) else None
    found = wallet.prove(typed, code)
    return (found[0].reference, reverse("submission", args=[found[0].reference])) if found else None


def _track_refused(request: HttpRequest, context: dict[str, Any], error: str, status: int = 422) -> HttpResponse:
    return render(request, "participation/track.html", context | {"error": error}, status=status)


@never_cache
@require_safe
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one submission to whoever holds its receipt; anybody else is asked for the code."""
    if door := doors.door_of(reference):
        return redirect(door.address(reference))
    found = wallet.holder(request, reference)
    if found is None:
        return redirect(f"{reverse('track')}?reference={reference}")
    tracked = queries.tracked(found[0], actor=found[1], now=timezone.now())
    return render(
        request,
        "participation/submission.html",
        {
            "door": "track",
            "tracked": tracked,
            "story": tracked.story,
            "submission": found[0],
            "has_proof": journal_queries.proof_state(found[0]).checkpoint is not None,
        },
    )


@never_cache
@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the receipt with its code; it survives a reload and a bookmark on this device."""
    found = wallet.holder(request, reference)
    if found is None:
        return redirect(f"{reverse('track')}?reference={reference}")
    return receipt_page(request, found[0], wallet.read(request)[reference])


def receipt_page(request: HttpRequest, sent: Submission, code: str) -> HttpResponse:
    """Render the receipt of a submission for whoever has shown that the tracking code is theirs."""
    tracked = queries.tracked(sent, actor=ReceiptHolder(sent.pk), now=timezone.now())
    return render(
        request,
        "participation/receipt.html",
        {
            "door": "track",
            "tracked": tracked,
            "story": tracked.story,
            "submission": sent,
            "code": format_code(code),
            "qr": qr_svg(track_url(sent, code)),
            "has_email": bool(sent.contact and sent.contact.email),
        },
    )


@never_cache
@require_GET
def receipt_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the receipt as a PDF."""
    sent, actor = _held(request, reference)
    tracked = queries.tracked(sent, actor=actor, now=timezone.now())
    pdf = receipt_pdf(tracked, code=wallet.read(request)[reference])
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{reference}.pdf"'},
    )


@never_cache
@require_GET
def receipt_proof(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the proof that the receipt is in the public journal, as JSON; 404 until the next checkpoint."""
    sent, _actor = _held(request, reference)
    proof = journal_queries.inclusion_proof(sent)
    if proof is None:
        return JsonResponse({"errors": [{"code": "not_sealed_yet"}]}, status=404)
    return JsonResponse(proof, json_dumps_params={"indent": 1, "ensure_ascii": False})


@require_POST
def forget(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a receipt off this device: for shared computers."""
    response = redirect("track")
    wallet.forget(request, response, reference)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then withdraw."""
    sent, actor = _held(request, reference)
    kind = sent.kind_of
    if kind.withdraw is None:
        raise Http404
    if request.method == "POST":
        kind.withdraw(sent.pk, actor)
        return redirect("submission", reference=reference)
    return render(request, "participation/withdraw.html", {"door": "track", "submission": sent})


@require_http_methods(["GET", "HEAD", "POST"])
def lost_code(request: HttpRequest) -> HttpResponse:
    """Send a link for a new code to the address on file. Every reference that can be one gets the same answer."""
    if request.method != "POST":
        return render(request, "participation/lost_code.html", {"door": "track"})
    typed = request.POST.get("reference", "")
    reference = parse_reference(typed)
    if reference is None:
        return _lost_code_refused(request, typed, _("This is not a reference. Check it against your receipt"), 422)
    try:
        limits.check("lost-code", limits.client_address(request), (Window(5, 3600),))
    except Refused as refusal:
        return _lost_code_refused(request, typed, refusal_message(refusal), 429)
    if not limits.peek("lost-code-for", str(reference), (Window(3, 24 * 3600),)):
        limits.count("lost-code-for", str(reference), (Window(3, 24 * 3600),))
        # The worker looks whether there is a receipt and an address: the answer takes as long without either.
        send_new_code.enqueue(str(reference))
    return render(request, "participation/lost_code_sent.html", {"door": "track"})


def _lost_code_refused(request: HttpRequest, typed: str, error: str, status: int) -> HttpResponse:
    context = {"door": "track", "typed": typed, "error": error}
    return render(request, "participation/lost_code.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then issue the new code."""
    sent = signed_submission(signed)
    if sent is None:
        return render(request, "participation/link_expired.html", {"door": "track"}, status=410)
    if request.method != "POST":
        return render(request, "participation/new_code.html", {"door": "track"})
    code = actions.renew_code(sent.pk, uuid.uuid4(), actor=ReceiptHolder(sent.pk))
    return sending.to_receipt(request, sent.reference, code)


@never_cache
@require_safe
def attachment(request: HttpRequest, reference: str, attachment_id: int) -> FileResponse:
    """Serve a file to staff or to the holder of the receipt; for everybody else it does not exist."""
    found = wallet.holder(request, reference)
    actor = found[1] if found else request.user
    sent = parse_reference(reference)
    if sent is None:
        raise Http404
    stored = get_object_or_404(Attachment.objects.visible_to(actor), pk=attachment_id, submission_id=sent.number)
    return FileResponse(
        stored.file.open("rb"),
        as_attachment=True,
        filename=stored.name,
        headers={"Content-Type": stored.media_type, "Content-Security-Policy": "sandbox; default-src 'none'"},
    )
